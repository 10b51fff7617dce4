//! CAs of others: their CSR becomes an intermediate here, and they issue elsewhere.

use certwright::issuance::Issuance;
use certwright::{
    Authority, Certificate, CertificateRequest, Chain, ChainVerifier, Issuer, KeyAlgorithm,
    KeyPair, MemoryStore, Policy, Profile,
};
use serde_json::{Value, json};

use crate::common::key;
use crate::craft;
use crate::world::*;

const CREATE: &str = "CreateExternalCACertificate";

/// What another team sends: a request that asks to be a CA, and for names as well.
fn request(subject: &[(&str, u8, &[u8])], key: &KeyPair) -> String {
    let authority = craft::sequence(&[craft::tlv(1, &[&[0xff]])]);
    let extensions = [
        craft::extension("2.5.29.19", true, &authority),
        craft::extension("2.5.29.17", false, &craft::alt_names(&[(0x82, b"a.example")])),
    ];
    let der = craft::request(&craft::name(subject), &[craft::extension_request(&extensions)], key);
    CertificateRequest::from_der(&der).unwrap().to_pem()
}

fn named(key: &KeyPair) -> String {
    request(&[("2.5.4.10", 0x0c, b"Other Team"), ("2.5.4.3", 0x0c, b"Other CA")], key)
}

fn certificate(answer: &Value) -> Certificate {
    Certificate::from_pem(text(answer, "Certificate")).unwrap()
}

#[test]
fn a_csr_becomes_a_ca_that_issues_elsewhere() {
    for (algorithm, name) in [
        (KeyAlgorithm::EcdsaP256, "ECC_256"),
        (KeyAlgorithm::Rsa2048, "RSA_2048"),
        (KeyAlgorithm::Sm2, "SM2_256"),
    ] {
        let cas = cas();
        let root = root(&cas, name);
        let theirs = key(algorithm);
        let given = json!({ "Csr": named(&theirs), "InstanceId": root, "Validity": "3y" });
        let answered = cas.call_with_outcome(CREATE, &given.to_string()).unwrap();
        let left_out: Vec<String> = answered.left_out().map(|item| item.value.clone()).collect();
        // The path length of 0, which it did not ask for, goes before what it asked for.
        assert_eq!(left_out, ["DNS:a.example", "CA"], "what else it asked for is told");
        let answer: Value = serde_json::from_str(&answered.answer).unwrap();
        let issued = certificate(&answer);
        assert!(issued.is_authority());
        assert_eq!(issued.path_len(), Some(0));
        assert_eq!(issued.public_key().unwrap(), theirs.public_key());
        assert_eq!(issued.subject().to_string(), "CN=Other CA,O=Other Team");
        assert_eq!(issued.validity().not_after().to_string(), "2030-01-15T08:00:00Z");
        assert!(issued.alt_names().is_empty(), "what else it asked for is left out");
        let above = Chain::from_pem(text(&answer, "CertificateChain")).unwrap();
        issued.verify_signature(above.leaf().public_key().unwrap()).unwrap();

        let identifier = text(&answer, "Identifier");
        let described = call(&cas, "DescribeCACertificate", json!({ "Identifier": identifier }));
        let described = &described["Certificate"];
        assert_eq!(text(described, "ParentIdentifier"), root);
        assert_eq!((text(described, "Status"), &described["Years"]), ("ISSUE", &json!(3)));
        assert_eq!(text(described, "IssuerType"), "external");
        for (filter, value, number) in [
            ("CertType", "externalCa", 1),
            ("CertType", "subRoot", 0),
            ("CertType", "root", 1),
            ("IssuerType", "external", 1),
            ("IssuerType", "local", 1),
            ("IssuerType", "iTrusChina", 0),
        ] {
            let listed = call(&cas, "DescribeCACertificateList", json!({ filter: value }));
            assert_eq!(listed["CertificateList"].as_array().unwrap().len(), number, "{value}");
        }
        let older = json!({ "Version": "2020-04-07", "CertType": "CA" });
        let listed = call(&cas, "ListCert", older);
        for entry in listed["CertList"].as_array().unwrap() {
            let is_here = text(entry, "Identifier") == root;
            assert_eq!(entry["ExistPrivateKey"], json!(is_here), "{entry}");
        }
        // It does not issue here, since its key is elsewhere.
        let leaf = json!({ "CommonName": "a.example", "Algorithm": name, "Days": 9,
                           "ParentIdentifier": identifier });
        let words = [identifier, "issues elsewhere"];
        refused(&cas, "CreateServerCertificate", leaf, "InvalidParameter", &words);

        // Its holder issues, and whoever trusts the root believes it.
        let root = above.leaf().clone();
        let at = issued.validity().not_before();
        let issuer = Issuer::load([issued, root.clone()], theirs).unwrap();
        let policy = Policy::new(Profile::tls_server()).allow_dns(".example").unwrap();
        let authority = Authority::new(issuer, policy, MemoryStore::default())
            .with_clock(certwright::time::FixedClock(at));
        let leaf = Issuance::for_key(key(algorithm).public_key().clone())
            .alt_name("a.example".parse().unwrap());
        let leaf = authority.issue(leaf).unwrap();
        ChainVerifier::new([root], at).verify(leaf.chain()).unwrap();

        call(
            &cas,
            "UpdateCACertificateStatus",
            json!({ "Identifier": identifier, "Status": "REVOKE" }),
        );
        let described = call(&cas, "DescribeCACertificate", json!({ "Identifier": identifier }));
        assert_eq!(text(&described["Certificate"], "Status"), "REVOKE");
    }
}

#[test]
fn what_is_passed_through_goes_before_the_csr() {
    let cas = cas();
    let root = root(&cas, "ECC_256");
    let given = json!({
        "Csr": named(&key(KeyAlgorithm::EcdsaP384)), "InstanceId": root, "Validity": "2028-01-01T00:00:00Z",
        "CertMaxTime": 90, "ResourceGroupId": "rg-1",
        "ApiPassthrough": {
            "Subject": { "CommonName": "Given CA", "Country": "DE" },
            "Extensions": { "PathLenConstraint": 1, "ExtendedKeyUsages": ["serverAuth"] },
        },
        "Tags": [{ "Key": "team", "Value": "other" }],
    });
    let issued = certificate(&call(&cas, CREATE, given));
    assert_eq!(issued.subject().to_string(), "CN=Given CA,C=DE");
    assert_eq!(
        (issued.path_len(), issued.extended_key_usage().map(<[_]>::len)),
        (Some(1), Some(1))
    );
    assert_eq!(issued.validity().not_after().to_string(), "2028-01-01T00:00:00Z");
}

#[test]
fn the_limit_of_leaves_is_none_of_cas_and_a_name_above_is_nobodys() {
    let cas = cas();
    let root = root(&cas, "ECC_256");
    let above = json!({ "CertMaxTime": 90, "PathLenConstraint": 1 });
    let above = intermediate(&cas, &root, "ECC_256", above);
    let csr = |name: &[u8]| request(&[("2.5.4.3", 0x0c, name)], &key(KeyAlgorithm::EcdsaP256));
    let given = |csr: String| json!({ "Csr": csr, "InstanceId": above, "Validity": "3y" });
    let issued = certificate(&call(&cas, CREATE, given(csr(b"Other CA"))));
    assert_eq!(issued.validity().not_after().to_string(), "2030-01-15T08:00:00Z");
    // As the CA above, or the root, is called; string types, case and blanks do not count.
    let described = call(&cas, "DescribeCACertificate", json!({ "Identifier": above }));
    let pem = text(&described["Certificate"], "X509Certificate");
    let name = Certificate::from_pem(pem).unwrap().subject().to_string();
    for above_name in [
        name.clone(),
        name.replace("Example CA", "example  ca"),
        name.replace("Example CA", "Example Root"),
    ] {
        let subject: certwright::Name = above_name.parse().unwrap();
        let made = CertificateRequest::builder(subject).sign(&key(KeyAlgorithm::EcdsaP256));
        let words = ["ApiPassthrough.Subject", "the name of a CA above"];
        refused(&cas, CREATE, given(made.unwrap().to_pem()), "InvalidParameter", &words);
    }
}

#[test]
fn what_is_out_of_bounds_is_refused_by_its_name() {
    let cas = cas();
    let (root, sub) = hierarchy(&cas, "ECC_256");
    let good = json!({ "Csr": named(&key(KeyAlgorithm::EcdsaP256)), "InstanceId": root, "Validity": "1y" });
    let extensions = |more: Value| json!({ "ApiPassthrough": { "Extensions": more } });
    let path_len = "ApiPassthrough.Extensions.PathLenConstraint";
    let usages = "ApiPassthrough.Extensions.ExtendedKeyUsages";
    for (more, code, words) in [
        (json!({ "Csr": "x" }), "CertificateFormatException", &["Csr"][..]),
        (json!({ "Csr": named(&key(KeyAlgorithm::Rsa2048)) }), "InvalidParameter", &["Csr", "ECC"]),
        (
            json!({ "Csr": request(&[], &key(KeyAlgorithm::EcdsaP256)) }),
            "InvalidParameter",
            &["ApiPassthrough.Subject"],
        ),
        (json!({ "InstanceId": "0123456789abcdef0123456789abcdef" }), "NotFound", &["InstanceId"]),
        (
            json!({ "InstanceId": sub }),
            "InvalidParameter",
            &["InstanceId", "PathLenConstraint is 0"],
        ),
        (
            json!({ "Validity": "11y" }),
            "InvalidParameter",
            &["Validity", "the end of the issuing CA"],
        ),
        (json!({ "Validity": "1x" }), "InvalidParameter", &["Validity", "Ny"]),
        (json!({ "CertMaxTime": 0 }), "InvalidParameter", &["CertMaxTime"]),
        (extensions(json!({ "PathLenConstraint": 256 })), "InvalidParameter", &[path_len]),
        (extensions(json!({ "PathLenConstraint": -1 })), "InvalidParameter", &[path_len]),
        (extensions(json!({ "ExtendedKeyUsages": ["tea"] })), "InvalidParameter", &[usages]),
    ] {
        refused(&cas, CREATE, with(good.clone(), more), code, words);
    }
    for name in ["Csr", "InstanceId", "Validity"] {
        refused(&cas, CREATE, without(good.clone(), name), "MissingParameter", &[name]);
    }
    call(&cas, CREATE, good);
}
