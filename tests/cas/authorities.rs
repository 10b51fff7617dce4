//! Root and intermediate CAs.

use certwright::cas::{Cas, Config};
use certwright::crl::RevocationList;
use certwright::key::SignatureAlgorithm;
use certwright::profile::KeyUsage;
use certwright::time::{FixedClock, Time};
use certwright::{Certificate, MemoryStore};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::common;
use crate::world::*;

fn certificate(answer: &Value, name: &str) -> Certificate {
    Certificate::from_pem(text(answer, name)).unwrap()
}

fn below(root: &str, more: Value) -> Value {
    with(with(authority("Example CA", 5, "ECC_256"), json!({ "ParentIdentifier": root })), more)
}

#[test]
fn a_root_has_the_subject_in_order_and_the_years_of_the_calendar() {
    let cas = cas();
    let answer = call(&cas, "CreateRootCACertificate", authority("Root", 10, "ECC_384"));
    let root = certificate(&answer, "Certificate");
    let subject = "CN=Root,OU=Security,O=Example,L=Hangzhou,ST=Zhejiang,C=CN";
    assert_eq!(root.subject().to_string(), subject);
    assert_eq!(root.validity().not_before().unix(), NOW);
    assert_eq!(root.validity().not_after().to_string(), "2037-01-15T08:00:00Z");
    assert!(root.is_authority());
    assert_eq!(root.path_len(), None);
    assert!(root.key_usage().unwrap().contains(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN));
    assert_eq!(text(&answer, "CertificateChain"), text(&answer, "Certificate"));
    let identifier = text(&answer, "Identifier");
    assert!(identifier.len() == 32 && identifier.bytes().all(|o| b"0123456789abcdef".contains(&o)));
}

#[test]
fn every_ecc_issuer_signs_with_sha256() {
    let cas = cas();
    for algorithm in ["ECC_256", "ECC_384", "ECC_512"] {
        let answer = call(&cas, "CreateRootCACertificate", authority("Root", 1, algorithm));
        let root = certificate(&answer, "Certificate");
        assert_eq!(root.signature_algorithm().unwrap(), SignatureAlgorithm::EcdsaSha256);
        let sub = below(text(&answer, "Identifier"), json!({ "Algorithm": algorithm, "Years": 1 }));
        let sub = certificate(&call(&cas, "CreateSubCACertificate", sub), "Certificate");
        assert_eq!(sub.signature_algorithm().unwrap(), SignatureAlgorithm::EcdsaSha256);
    }
}

#[test]
fn a_root_that_names_no_algorithm_is_rsa_2048_and_no_country_is_cn() {
    let cas = cas();
    let parameters = without(without(authority("Root", 1, ""), "Algorithm"), "CountryCode");
    let answer = call(&cas, "CreateRootCACertificate", parameters);
    let root = certificate(&answer, "Certificate");
    assert_eq!(root.public_key().unwrap().algorithm().to_string(), "RSA-2048");
    assert!(root.subject().to_string().ends_with("C=CN"));
}

#[test]
fn a_root_needs_its_required_parameters() {
    let cas = cas();
    for name in ["CommonName", "Organization", "OrganizationUnit", "Locality", "State", "Years"] {
        let missing = without(authority("Root", 1, "ECC_256"), name);
        refused(&cas, "CreateRootCACertificate", missing, "MissingParameter", &[name]);
    }
}

#[test]
fn a_root_refuses_values_out_of_bounds() {
    let cas = cas();
    for (name, value, code) in [
        ("Years", json!(0), "InvalidParameter"),
        ("Years", json!(-1), "InvalidParameter"),
        ("Years", json!(8000), "InvalidParameter"),
        ("Years", json!("ten"), "InvalidParameter"),
        ("Algorithm", json!("RSA_1024"), "InvalidParameter"),
        ("Algorithm", json!("ECC_521"), "InvalidParameter"),
        ("CountryCode", json!("China"), "InvalidParameter"),
        ("CommonName", json!("a".repeat(65)), "DataTooLongException"),
        ("Tags", json!([{ "Key": "acs:a" }]), "InvalidParameter"),
    ] {
        let parameters = with(authority("Root", 1, "ECC_256"), json!({ name: value }));
        refused(&cas, "CreateRootCACertificate", parameters, code, &[name]);
    }
}

#[test]
fn rsa_1024_exists_only_behind_its_switch() {
    let mut config = Config::default();
    config.weak_keys = certwright::key::WeakKeys::DangerouslyAllowRsa1024;
    let cas = service(config);
    let answer = call(&cas, "CreateRootCACertificate", authority("Root", 1, "RSA_1024"));
    let root = certificate(&answer, "Certificate");
    assert_eq!(root.public_key().unwrap().algorithm().to_string(), "RSA-1024");
}

#[test]
fn an_intermediate_is_below_its_parent_with_path_length_0() {
    let cas = cas();
    let root = root(&cas, "ECC_256");
    let answer = call(&cas, "CreateSubCACertificate", below(&root, json!({})));
    let sub = certificate(&answer, "Certificate");
    assert_eq!(sub.path_len(), Some(0));
    let above = certificate(&answer, "CertificateChain");
    sub.verify_signature(above.public_key().unwrap()).unwrap();
    assert!(text(&answer, "CertificateChain").ends_with("-----END CERTIFICATE-----\n"));
    let deep = below(&root, json!({ "PathLenConstraint": 3 }));
    let deep = call(&cas, "CreateSubCACertificate", deep);
    assert_eq!(certificate(&deep, "Certificate").path_len(), Some(3));
    for bad in [-1, 256] {
        let bad = below(&root, json!({ "PathLenConstraint": bad }));
        refused(&cas, "CreateSubCACertificate", bad, "InvalidParameter", &["PathLenConstraint"]);
    }
}

#[test]
fn a_path_length_of_0_lets_no_intermediate_follow() {
    let cas = cas();
    let (_, sub) = hierarchy(&cas, "ECC_256");
    let third = below(&sub, json!({}));
    refused(&cas, "CreateSubCACertificate", third, "InvalidParameter", &[]);
}

#[test]
fn the_family_is_the_parents_and_the_length_may_differ() {
    let cas = cas();
    let root = root(&cas, "ECC_256");
    call(&cas, "CreateSubCACertificate", below(&root, json!({ "Algorithm": "ECC_384" })));
    for other in ["RSA_2048", "SM2_256"] {
        let other_family = below(&root, json!({ "Algorithm": other }));
        let words = ["Algorithm", other, "ECC"];
        refused(&cas, "CreateSubCACertificate", other_family, "InvalidParameter", &words);
    }
}

#[test]
fn an_intermediate_has_no_more_years_than_its_parent_and_ends_with_it() {
    let clock = Arc::new(Ticking::at(NOW));
    let cas = Cas::new(MemoryStore::default(), Arc::clone(&clock), Config::default());
    let root = call(&cas, "CreateRootCACertificate", authority("Root", 2, "ECC_256"));
    let identifier = text(&root, "Identifier");
    let longer = below(identifier, json!({ "Years": 3 }));
    refused(&cas, "CreateSubCACertificate", longer, "InvalidParameter", &["Years", "3", "2"]);
    // A year later, two years more would be too long: the end is cut to the root's.
    clock.go_on(365 * 86_400);
    let same = call(&cas, "CreateSubCACertificate", below(identifier, json!({ "Years": 2 })));
    let end = certificate(&root, "Certificate").validity().not_after();
    assert_eq!(certificate(&same, "Certificate").validity().not_after(), end);
    // And when the root is over, it issues nothing.
    clock.go_on(366 * 86_400 + 1);
    let late = below(identifier, json!({ "Years": 1 }));
    refused(&cas, "CreateSubCACertificate", late, "CertificateExpired", &["ParentIdentifier"]);
}

#[test]
fn extended_key_usages_are_names_or_identifiers() {
    let cas = cas();
    let root = root(&cas, "ECC_256");
    let names = [
        "any",
        "serverAuth",
        "clientAuth",
        "codeSigning",
        "emailProtection",
        "timeStamping",
        "OCSPSigning",
        "1.2.3.4",
    ];
    let sub =
        call(&cas, "CreateSubCACertificate", below(&root, json!({ "ExtendedKeyUsages": names })));
    let usages = certificate(&sub, "Certificate").extended_key_usage().unwrap().len();
    assert_eq!(usages, names.len());
    for bad in [json!(["server"]), json!(["serverAuth", "serverAuth"]), json!(["1.2.x"])] {
        let bad = below(&root, json!({ "ExtendedKeyUsages": bad }));
        refused(&cas, "CreateSubCACertificate", bad, "InvalidParameter", &["ExtendedKeyUsages"]);
    }
    let many: Vec<String> = (1..=101).map(|last| format!("1.2.3.{last}")).collect();
    let many = below(&root, json!({ "ExtendedKeyUsages": many }));
    refused(
        &cas,
        "CreateSubCACertificate",
        many,
        "InvalidParameter",
        &["ExtendedKeyUsages", "100"],
    );
}

#[test]
fn crl_days_are_1_to_365_and_a_crl_needs_a_place() {
    let cas = cas_with_crls();
    let parent = root(&cas, "ECC_256");
    for days in [0, 366] {
        let bad = below(&parent, json!({ "EnableCrl": true, "CrlDay": days }));
        refused(&cas, "CreateSubCACertificate", bad, "InvalidParameter", &["CrlDay"]);
    }
    call(
        &cas,
        "CreateSubCACertificate",
        below(&parent, json!({ "EnableCrl": "True", "CrlDay": 365 })),
    );
    let nowhere = crate::world::cas();
    let parent = root(&nowhere, "ECC_256");
    let bad = below(&parent, json!({ "EnableCrl": true }));
    refused(&nowhere, "CreateSubCACertificate", bad, "InvalidParameter", &["EnableCrl"]);
}

#[test]
fn cert_max_time_bounds_leaves() {
    let cas = cas();
    let root = root(&cas, "ECC_256");
    let sub = intermediate(&cas, &root, "ECC_256", json!({ "CertMaxTime": 30 }));
    let csr = csr(&cas, "ECC", 256, "a.example");
    let leaf = |days| json!({ "Csr": csr, "ParentIdentifier": sub, "Days": days });
    call(&cas, "CreateServerCertificateWithCsr", leaf(30));
    let words = ["30 days", "CertMaxTime"];
    refused(&cas, "CreateServerCertificateWithCsr", leaf(31), "InvalidParameter", &words);
}

#[test]
fn an_unknown_parent_is_not_found() {
    let cas = cas();
    for unknown in ["00000000000000000000000000000000", "x", "0000"] {
        let orphan = below(unknown, json!({}));
        refused(&cas, "CreateSubCACertificate", orphan, "NotFound", &["ParentIdentifier", unknown]);
    }
}

#[test]
fn a_client_token_answers_the_same_call_once_and_refuses_another() {
    let cas = cas();
    let named = with(authority("Root", 2, "ECC_256"), json!({ "ClientToken": "call-1" }));
    let first = call(&cas, "CreateRootCACertificate", named.clone());
    assert_eq!(call(&cas, "CreateRootCACertificate", named.clone()), first);
    assert_eq!(call(&cas, "DescribeCACertificateCount", json!({}))["TotalCount"], 1);
    let other = with(named, json!({ "Years": 3 }));
    refused(&cas, "CreateRootCACertificate", other, "InvalidParameter", &["ClientToken"]);
    let sub = below(text(&first, "Identifier"), json!({ "ClientToken": "call-1", "Years": 1 }));
    let one = call(&cas, "CreateSubCACertificate", sub.clone());
    assert_eq!(call(&cas, "CreateSubCACertificate", sub.clone()), one);
    for bad in ["a".repeat(65), "é".to_owned()] {
        let bad = with(sub.clone(), json!({ "ClientToken": bad }));
        refused(&cas, "CreateSubCACertificate", bad, "InvalidParameter", &["ClientToken"]);
    }
}

#[test]
fn the_same_token_from_eight_threads_makes_one_ca() {
    let cas = cas();
    let named = with(authority("Root", 2, "ECC_256"), json!({ "ClientToken": "call-1" }));
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| call(&cas, "CreateRootCACertificate", named.clone())))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(call(&cas, "DescribeCACertificateCount", json!({}))["TotalCount"], 1);
    let records = cas.ledger().certificates(None, 100).unwrap();
    assert_eq!(records.len(), 1, "no claim is left of those that came second");
}

#[test]
fn a_ca_is_described_whole() {
    let cas = cas_with_crls();
    let parent = root(&cas, "RSA_2048");
    let tags = json!([{ "Key": "team", "Value": "payments" }]);
    let more = json!({ "EnableCrl": true, "CrlDay": 3, "CertMaxTime": 90, "Algorithm": "RSA_2048", "Tags": tags });
    let created = call(&cas, "CreateSubCACertificate", below(&parent, more));
    let identifier = text(&created, "Identifier");
    let answer = call(&cas, "DescribeCACertificate", json!({ "Identifier": identifier }));
    let described = &answer["Certificate"];
    let sub = certificate(&created, "Certificate");
    let serial = sub.serial().to_string();
    let expected = json!({
        "AfterDate": sub.validity().not_after().unix() * 1000,
        "Algorithm": "RSA",
        "BeforeDate": NOW * 1000,
        "CaCertChain": created["CertificateChain"],
        "CertIssuedCount": 0,
        "CertRemainingCount": 1_000_000_000,
        "CertTotalCount": 1_000_000_000,
        "CertMaxTime": 90,
        "CertificateType": "SUB_ROOT",
        "CommonName": "Example CA",
        "CountryCode": "CN",
        "CrlDay": 3,
        "CrlStatus": true,
        "CrlUrl": format!("{CRL_BASE}/{identifier}.crl"),
        "FullAlgorithm": "RSA_2048",
        "Identifier": identifier,
        "IssuerType": "local",
        "KeySize": 2048,
        "Locality": "Hangzhou",
        "Md5": described["Md5"],
        "Organization": "Example",
        "OrganizationUnit": "Security",
        "ParentIdentifier": parent,
        "SerialNumber": serial,
        "Sha2": described["Sha2"],
        "SignAlgorithm": "SHA256WITHRSA",
        "State": "Zhejiang",
        "Status": "ISSUE",
        "SubjectDN": "C=CN,O=Example,OU=Security,L=Hangzhou,ST=Zhejiang,CN=Example CA",
        "Tags": [{ "TagKey": "team", "TagValue": "payments" }],
        "X509Certificate": created["Certificate"],
        "Years": 5,
    });
    assert_eq!(*described, expected);
    if common::judge("openssl") {
        let folder = common::folder();
        common::write(&folder, "ca.pem", text(&created, "Certificate"));
        for (digest, name) in [("-md5", "Md5"), ("-sha256", "Sha2")] {
            let arguments = ["x509", "-in", "ca.pem", "-noout", "-fingerprint", digest];
            let printed = common::openssl(folder.path(), &arguments).expect_success().text();
            let hexadecimal: String = printed.split('=').nth(1).unwrap().trim().replace(':', "");
            assert_eq!(hexadecimal.to_lowercase(), text(described, name));
        }
    }
    refused(
        &cas,
        "DescribeCACertificate",
        json!({ "Identifier": "x" }),
        "NotFound",
        &["Identifier"],
    );
}

#[test]
fn cas_are_listed_in_order_filtered_and_paged() {
    let cas = cas();
    let root = root(&cas, "ECC_256");
    for _ in 0..3 {
        intermediate(&cas, &root, "ECC_256", json!({}));
    }
    let list = |filter: Value| call(&cas, "DescribeCACertificateList", filter);
    let all = list(json!({}));
    assert_eq!((all["TotalCount"].as_i64(), all["ShowSize"].as_i64()), (Some(4), Some(20)));
    for (filter, count) in [
        (json!({ "CertType": "root" }), 1),
        (json!({ "CertType": "subRoot" }), 3),
        (json!({ "CertType": "externalCa" }), 0),
        (json!({ "CaStatus": "issue" }), 4),
        (json!({ "CaStatus": "revoke" }), 0),
        (json!({ "Identifier": root }), 1),
        (json!({ "IssuerType": "local" }), 4),
        (json!({ "IssuerType": "external" }), 0),
        (json!({ "ResourceGroupId": "rg-1" }), 0),
        (json!({ "ValidStatus": "valid" }), 4),
        (json!({ "ValidStatus": "notValid" }), 0),
    ] {
        assert_eq!(list(filter.clone())["TotalCount"], count, "{filter}");
    }
    let page = list(json!({ "CurrentPage": 2, "ShowSize": 3 }));
    assert_eq!(page["CertificateList"].as_array().unwrap().len(), 1);
    assert_eq!((page["PageCount"].as_i64(), page["TotalCount"].as_i64()), (Some(2), Some(4)));
    assert_eq!(call(&cas, "DescribeCACertificateCount", json!({}))["TotalCount"], 4);
    let name = "DescribeCACertificateList";
    refused(
        &cas,
        name,
        json!({ "CertType": "LEAF" }),
        "InvalidParameter",
        &["CertType", "root or subRoot or externalCa"],
    );
    refused(&cas, name, json!({ "ShowSize": 1_001 }), "InvalidParameter", &["ShowSize"]);
}

#[test]
fn a_revoked_intermediate_issues_nothing_and_is_in_its_parents_crl() {
    let cas = cas_with_crls();
    let parent = root(&cas, "ECC_256");
    let sub = intermediate(&cas, &parent, "ECC_256", json!({}));
    let csr = csr(&cas, "ECC", 256, "a.example");
    let leaf = json!({ "Csr": csr, "ParentIdentifier": sub, "Days": 1 });
    call(&cas, "CreateServerCertificateWithCsr", leaf.clone());
    let revoke = json!({ "Identifier": sub, "Status": "REVOKE" });
    let other = json!({ "Identifier": sub, "Status": "ISSUE" });
    refused(&cas, "UpdateCACertificateStatus", other, "InvalidParameter", &["Status"]);
    call(&cas, "UpdateCACertificateStatus", revoke.clone());
    let code = "InvalidStatus.UpdateProtection";
    refused(&cas, "UpdateCACertificateStatus", revoke, code, &[&sub]);
    refused(&cas, "CreateServerCertificateWithCsr", leaf, code, &["ParentIdentifier"]);
    let answer = call(&cas, "CreateCrl", json!({ "Identifier": parent }));
    let crl = RevocationList::from_pem(text(&answer, "Crl")).unwrap();
    let described = call(&cas, "DescribeCACertificate", json!({ "Identifier": sub }));
    let serial = text(&described["Certificate"], "SerialNumber").parse().unwrap();
    assert_eq!(crl.find(&serial).map(|(at, _)| at.unix()), Some(NOW));
    assert_eq!(described["Certificate"]["Status"], "REVOKE");
    assert_eq!(answer["CrlNumber"], 1);
    assert_eq!(answer["CrlUrl"], format!("{CRL_BASE}/{parent}.crl"));
}

#[test]
fn a_revoked_root_makes_everything_below_it_issue_nothing() {
    let cas = cas();
    let (root, sub) = hierarchy(&cas, "ECC_256");
    let csr = csr(&cas, "ECC", 256, "a.example");
    call(&cas, "UpdateCACertificateStatus", json!({ "Identifier": root, "Status": "REVOKE" }));
    let code = "InvalidStatus.UpdateProtection";
    let leaf = json!({ "Csr": csr, "ParentIdentifier": sub, "Days": 1 });
    refused(&cas, "CreateServerCertificateWithCsr", leaf, code, &[&root]);
    refused(&cas, "CreateSubCACertificate", below(&root, json!({})), code, &[&root]);
}

#[test]
fn a_crl_comes_every_crl_day_and_openssl_reads_it() {
    let cas = cas_with_crls();
    let (_, sub) = {
        let root = root(&cas, "SM2_256");
        let more = json!({ "Algorithm": "SM2_256", "EnableCrl": true, "CrlDay": 2 });
        let sub = intermediate(&cas, &root, "SM2_256", more);
        (root, sub)
    };
    let first = call(&cas, "CreateCrl", json!({ "Identifier": sub }));
    let second = call(&cas, "CreateCrl", json!({ "Identifier": sub }));
    assert_eq!((first["CrlNumber"].as_i64(), second["CrlNumber"].as_i64()), (Some(1), Some(2)));
    let crl = RevocationList::from_pem(text(&second, "Crl")).unwrap();
    assert_eq!(crl.next_update(), Some(Time::from_unix(NOW + 2 * 86_400).unwrap()));
    refused(&cas, "CreateCrl", json!({ "Identifier": "y" }), "NotFound", &["Identifier"]);
    if common::judge("openssl") {
        let folder = common::folder();
        common::write(&folder, "a.crl", text(&second, "Crl"));
        let printed = common::openssl(folder.path(), &["crl", "-in", "a.crl", "-noout", "-text"]);
        assert!(printed.expect_success().text().contains("CRL Number"));
    }
}

/// A clock that goes on when it is told to.
struct Ticking(std::sync::Mutex<i64>);

impl Ticking {
    fn at(seconds: i64) -> Self {
        Self(std::sync::Mutex::new(seconds))
    }

    fn go_on(&self, seconds: i64) {
        *self.0.lock().unwrap() += seconds;
    }
}

impl certwright::time::Clock for Ticking {
    fn now(&self) -> Result<Time, certwright::Error> {
        FixedClock(Time::from_unix(*self.0.lock().unwrap())?).now()
    }
}
