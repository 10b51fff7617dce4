//! The certificates of every operation, for requests that OpenSSL made, before OpenSSL.

use certwright::cas::{Config, OPERATIONS, ValidityRule};
use certwright::key::{KeyFamily, WeakKeys};
use certwright::{Certificate, KeyAlgorithm, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{self, algorithms, families, folder, judge, openssl, read, write};
use crate::leaf_world::{DAY, NOW, World, alt_names, with};
use crate::openssl::theirs::{generate, signing};
use crate::openssl::{name_with_types, verify_leaf};

/// A CSR that OpenSSL makes for a key that it generates into `leaf.key`. It asks for much.
fn theirs(folder: &TempDir, algorithm: KeyAlgorithm) -> String {
    generate(folder.path(), algorithm, "leaf.key");
    let mut arguments = vec!["req", "-new", "-key", "leaf.key", "-out", "leaf.csr", "-utf8"];
    arguments.extend(["-subj", "/C=FR/O=Théirs/CN=www.example.test"]);
    arguments.extend(["-addext", "subjectAltName=DNS:left.example.test"]);
    arguments.extend(["-addext", "keyUsage=critical,keyCertSign"]);
    arguments.extend(["-addext", "basicConstraints=critical,CA:TRUE"]);
    arguments.extend(signing(algorithm));
    openssl(folder.path(), &arguments).expect_success();
    read(folder, "leaf.csr")
}

/// OpenSSL verifies the leaf of an answer up to its root, for a purpose, at the time of the test.
#[track_caller]
fn verified(folder: &TempDir, algorithm: KeyAlgorithm, answer: &Value, purpose: &str) {
    let chain = answer["CertificateChain"].as_str().unwrap();
    let above: Vec<String> =
        Certificate::many_from_pem(chain).unwrap().iter().map(Certificate::to_pem).collect();
    assert_eq!(above.len(), 2);
    write(folder, "leaf.pem", answer["X509Certificate"].as_str().unwrap());
    write(folder, "ca.pem", &above[0]);
    write(folder, "root.pem", &above[1]);
    let at = NOW.to_string();
    let arguments = ["-purpose", purpose, "-attime", &at];
    verify_leaf(folder.path(), algorithm, &arguments).expect_success();
}

/// The certificate as OpenSSL shows it.
fn shown(folder: &TempDir) -> String {
    openssl(folder.path(), &["x509", "-in", "leaf.pem", "-noout", "-text"]).expect_success().text()
}

/// The operations that issue leaves, with what they need and what OpenSSL calls their purpose.
fn operations(csr: &str, ca: &str, algorithm: &str) -> [(&'static str, Value, &'static str); 5] {
    let all = json!({ "ParentIdentifier": ca, "Immediately": 2, "EnableCrl": 1 });
    let with_csr = with(&all, json!({ "Csr": csr, "Days": 30 }));
    let generated =
        with(&all, json!({ "CommonName": "www.example.test", "Algorithm": algorithm, "Days": 30 }));
    let domain = json!({ "Domain": "*.example.test,10.0.0.7,2001:db8::7" });
    let email = json!({ "SanType": 1, "SanValue": "bob@example.test" });
    let custom = json!({
        "Days": null, "Validity": "30d", "ApiPassthrough": { "Extensions": {
            "KeyUsage": { "DigitalSignature": true, "ContentCommitment": true },
            "ExtendedKeyUsages": ["clientAuth", "1.3.6.1.4.1.311.20.2.2"],
            "SubjectAlternativeNames": [{ "Type": "rfc822Name", "Value": "bob@example.test" }],
            "Criticals": ["ExtendedKeyUsages"],
        } },
    });
    [
        ("CreateServerCertificateWithCsr", with(&with_csr, domain.clone()), "sslserver"),
        ("CreateServerCertificate", with(&generated, domain), "sslserver"),
        ("CreateClientCertificateWithCsr", with(&with_csr, email.clone()), "sslclient"),
        ("CreateClientCertificate", with(&generated, email), "sslclient"),
        ("CreateCustomCertificate", with(&with_csr, custom), "sslclient"),
    ]
}

#[test]
fn openssl_verifies_the_certificate_of_every_operation_for_every_family() {
    if !judge("openssl") {
        return;
    }
    for algorithm in families() {
        let world = World::of(common::service_name(algorithm));
        let folder = folder();
        let csr = theirs(&folder, algorithm);
        for (name, given, purpose) in operations(&csr, &world.ca, common::service_name(algorithm)) {
            assert!(OPERATIONS.iter().any(|operation| operation.name == name));
            let answer = world.call(name, given);
            verified(&folder, algorithm, &answer, purpose);
            let text = shown(&folder);
            assert!(
                text.contains(&format!("URI:http://crl.example.test/{}.crl", world.ca)),
                "{text}"
            );
            assert!(!text.contains("CA:TRUE") && !text.contains("Certificate Sign"), "{text}");
            assert!(!text.contains("left.example.test"), "{text}");
            let encipherment = algorithm.family() == KeyFamily::Rsa && !name.contains("Custom");
            assert_eq!(text.contains("Key Encipherment"), encipherment, "{name}: {text}");
            let signature = match algorithm.family() {
                KeyFamily::Ecc => "ecdsa-with-SHA256",
                KeyFamily::Rsa => "sha256WithRSAEncryption",
                KeyFamily::Sm2 => "SM2-with-SM3",
                other => panic!("the tests do not know {other}"),
            };
            assert!(text.contains(signature), "{text}");
        }
    }
}

#[test]
fn openssl_reads_the_names_and_usages_that_were_asked_for() {
    if !judge("openssl") {
        return;
    }
    let world = World::new();
    let folder = folder();
    let csr = theirs(&folder, KeyAlgorithm::EcdsaP256);
    let ours = "CN=UTF8STRING:www.example.test,OU=UTF8STRING:Aliyun CDN,\
                O=UTF8STRING:Alibaba Inc,L=UTF8STRING:Hangzhou,ST=UTF8STRING:Zhejiang,\
                C=PRINTABLESTRING:";
    let server = "DNS:www.example.test, DNS:*.example.test, IP Address:10.0.0.7, \
                  IP Address:2001:DB8:0:0:0:0:0:7";
    for (name, given, purpose) in operations(&csr, &world.ca, "ECC_256") {
        let answer = world.call(name, given);
        verified(&folder, KeyAlgorithm::EcdsaP256, &answer, purpose);
        let subject = name_with_types(folder.path(), "x509", "leaf.pem", "-subject");
        let text = shown(&folder);
        let (country, usage, names) = match name {
            "CreateCustomCertificate" => {
                assert_eq!(
                    subject,
                    "CN=UTF8STRING:www.example.test,O=UTF8STRING:Théirs,C=PRINTABLESTRING:FR"
                );
                assert!(text.contains("X509v3 Extended Key Usage: critical"), "{text}");
                assert!(text.contains("Digital Signature, Non Repudiation"), "{text}");
                assert!(text.contains("Not After : Feb 14 08:00:00 2027 GMT"), "{text}");
                continue;
            }
            _ if purpose == "sslserver" => ("DE", "TLS Web Server Authentication", server),
            _ => ("CN", "TLS Web Client Authentication", "email:bob@example.test"),
        };
        assert_eq!(subject, format!("{ours}{country}"), "{name}");
        assert!(text.contains(usage) && text.contains(names), "{name}: {text}");
        let serial = openssl(folder.path(), &["x509", "-in", "leaf.pem", "-noout", "-serial"]);
        let serial = serial.expect_success().text().trim().to_lowercase();
        assert_eq!(serial, format!("serial={}", answer["SerialNumber"].as_str().unwrap()));
    }
}

#[test]
fn csrs_of_every_length_of_a_family_are_issued_for() {
    if !judge("openssl") {
        return;
    }
    for family in families() {
        let world = World::of(common::service_name(family));
        let members = algorithms().into_iter().filter(|one| one.family() == family.family());
        for algorithm in members {
            let folder = folder();
            let given = json!({
                "Csr": theirs(&folder, algorithm), "ParentIdentifier": world.ca, "Days": 30,
                "Algorithm": common::service_name(algorithm), "Immediately": 2,
            });
            let answer = world.call("CreateServerCertificateWithCsr", given);
            verified(&folder, family, &answer, "sslserver");
            let described = json!({ "Identifier": answer["Identifier"] });
            let described = world.call("DescribeClientCertificate", described);
            assert_eq!(described["Certificate"]["KeySize"], algorithm.bits());
            let md5 = ["x509", "-in", "leaf.pem", "-noout", "-fingerprint", "-md5"];
            let md5 = openssl(folder.path(), &md5).expect_success().text().replace(':', "");
            let ours = described["Certificate"]["Md5"].as_str().unwrap().to_uppercase();
            assert!(md5.trim().ends_with(&ours), "{md5} {ours}");
        }
    }
}

#[test]
fn issuers_of_every_curve_sign_with_sha_256() {
    for algorithm in algorithms().into_iter().filter(|one| one.family() == KeyFamily::Ecc) {
        let world = World::of(common::service_name(algorithm));
        let given = json!({ "ParentIdentifier": world.ca, "Days": 30 });
        let leaf = world.certificate("CreateClientCertificate", given);
        assert_eq!(leaf.signature_algorithm().unwrap().to_string(), "ecdsa-with-SHA256");
        assert_eq!(
            leaf.public_key().unwrap().algorithm(),
            KeyAlgorithm::EcdsaP256,
            "the first of the family"
        );
    }
}

#[test]
fn a_key_that_is_answered_encrypted_is_read_by_openssl() {
    if !judge("openssl") {
        return;
    }
    // Keys of every family are encrypted alike: tests/judges/openssl_key_encryption.rs.
    for algorithm in families().into_iter().take(1) {
        let world = World::of(common::service_name(algorithm));
        let given = json!({ "ParentIdentifier": world.ca, "Days": 30, "Immediately": 1 });
        let answer = world.call("CreateClientCertificate", given);
        let given = json!({ "Identifier": answer["Identifier"], "EncryptedCode": "!Demo@WS3ed" });
        let key = world.call("DescribeCertificatePrivateKey", given);
        let folder = folder();
        write(&folder, "leaf.key", key["EncryptedData"].as_str().unwrap());
        write(&folder, "leaf.pem", answer["X509Certificate"].as_str().unwrap());
        let arguments = ["pkey", "-in", "leaf.key", "-passin", "pass:!Demo@WS3ed", "-pubout"];
        let theirs = openssl(folder.path(), &arguments).expect_success().text();
        let of_certificate = ["x509", "-in", "leaf.pem", "-noout", "-pubkey"];
        assert_eq!(theirs, openssl(folder.path(), &of_certificate).expect_success().text());
        let wrong = ["pkey", "-in", "leaf.key", "-passin", "pass:wrong", "-noout"];
        assert!(!openssl(folder.path(), &wrong).success);
        let pem = key["EncryptedData"].as_str().unwrap();
        let ours = KeyPair::from_pem_encrypted(pem, "!Demo@WS3ed").unwrap();
        let certificate = Certificate::from_pem(answer["X509Certificate"].as_str().unwrap());
        assert_eq!(ours.public_key(), certificate.unwrap().public_key().unwrap());
    }
}

#[test]
fn openssl_refuses_a_leaf_once_it_is_revoked_and_also_once_it_is_deleted() {
    if !judge("openssl") {
        return;
    }
    for algorithm in families() {
        let world = World::of(common::service_name(algorithm));
        let folder = folder();
        let given = json!({
            "Csr": theirs(&folder, algorithm), "ParentIdentifier": world.ca, "Days": 30,
            "Immediately": 2,
        });
        let answer = world.call("CreateServerCertificateWithCsr", given);
        verified(&folder, algorithm, &answer, "sslserver");
        let leaf = json!({ "Identifier": answer["Identifier"] });
        let publish = || {
            let crl = world.call("CreateCrl", json!({ "Identifier": world.ca }));
            write(&folder, "ca.crl", crl["Crl"].as_str().unwrap());
            let text = openssl(folder.path(), &["crl", "-in", "ca.crl", "-noout", "-text"]);
            text.expect_success().text().to_lowercase()
        };
        let verdict = || {
            let at = NOW.to_string();
            let arguments = ["-crl_check", "-CRLfile", "ca.crl", "-attime", &at];
            verify_leaf(folder.path(), algorithm, &arguments)
        };
        let serial = answer["SerialNumber"].as_str().unwrap();
        assert!(!publish().contains(serial));
        // OpenSSL 3.0 cannot be told the identifier of the signer of a CRL, so of SM2 it only reads
        // the entries.
        let judges = algorithm != KeyAlgorithm::Sm2;
        if judges {
            verdict().expect_success();
        }
        for name in ["CreateRevokeClientCertificate", "DeleteClientCertificate"] {
            world.call(name, leaf.clone());
            assert!(publish().contains(serial), "{name}");
            let refused = verdict();
            assert!(!refused.success, "{name}");
            assert!(!judges || refused.all().contains("revoked"), "{}", refused.all());
        }
    }
}

/// The example of the documentation of CreateServerCertificateWithCsr, its masked values filled in.
#[test]
fn the_example_of_the_seed_page_is_issued() {
    if !judge("openssl") {
        return;
    }
    let world = World::of("RSA_2048");
    let folder = folder();
    let given = json!({
        "Csr": theirs(&folder, KeyAlgorithm::Rsa2048), "Domain": "example.com",
        "Organization": "ec server o", "OrganizationUnit": "IT", "Country": "CN",
        "CommonName": "mtcsq.com", "State": "Zhejiang", "Locality": "Hangzhou",
        "Algorithm": "RSA_2048", "ParentIdentifier": world.ca, "Years": "1", "Months": "12",
        "Days": "365", "BeforeTime": "1634283958", "AfterTime": "1665819958", "Immediately": "2",
        "EnableCrl": "1",
    });
    let answer = world.call("CreateServerCertificateWithCsr", given.clone());
    verified(&folder, KeyAlgorithm::Rsa2048, &answer, "sslserver");
    let certificate = Certificate::from_pem(answer["X509Certificate"].as_str().unwrap()).unwrap();
    assert_eq!(
        certificate.subject().to_string(),
        "CN=www.example.test,OU=IT,O=ec server o,L=Hangzhou,ST=Zhejiang,C=CN"
    );
    assert_eq!(alt_names(&certificate), ["DNS:www.example.test", "DNS:example.com"]);
    assert_eq!(certificate.validity().not_after().unix(), NOW + 365 * DAY, "Days decides");
    // Without Days its times begin before this issuer.
    let without = with(&given, json!({ "Days": null }));
    world.refuses("CreateServerCertificateWithCsr", without, "InvalidParameter", "2021-10-15");
    assert_eq!(world.cas.config().validity, ValidityRule::Strict);
}

#[test]
fn rsa_1024_is_issued_only_behind_its_switch() {
    if !judge("openssl") {
        return;
    }
    let mut config = Config::default();
    config.weak_keys = WeakKeys::DangerouslyAllowRsa1024;
    let (weak, strong) = (World::configured("RSA_2048", config), World::of("RSA_2048"));
    let folder = folder();
    let csr = theirs(&folder, KeyAlgorithm::Rsa1024);
    let with_csr = |world: &World| json!({ "Csr": csr, "ParentIdentifier": world.ca, "Days": 30, "Immediately": 2 });
    let name = "CreateServerCertificateWithCsr";
    let named = |world: &World| with(&with_csr(world), json!({ "Algorithm": "RSA_1024" }));
    let answer = weak.call(name, named(&weak));
    let leaf = Certificate::from_pem(answer["X509Certificate"].as_str().unwrap()).unwrap();
    assert_eq!(leaf.public_key().unwrap().algorithm(), KeyAlgorithm::Rsa1024);
    strong.refuses(name, with_csr(&strong), "InvalidParameter", "RSA_1024");
    strong.refuses(name, named(&strong), "InvalidParameter", "Algorithm");
    let generated = |world: &World| {
        let given = json!({ "ParentIdentifier": world.ca, "Days": 30, "Algorithm": "RSA_1024" });
        with(&given, json!({ "CommonName": "www.example.test" }))
    };
    for name in ["CreateServerCertificate", "CreateClientCertificate"] {
        let leaf = weak.certificate(name, generated(&weak));
        assert_eq!(leaf.public_key().unwrap().algorithm(), KeyAlgorithm::Rsa1024);
        strong.refuses(name, generated(&strong), "InvalidParameter", "Algorithm");
    }
    let leaf = weak.identifier("CreateClientCertificate", generated(&weak));
    let key = json!({ "Identifier": leaf, "EncryptedCode": "code" });
    weak.call("DescribeCertificatePrivateKey", key);
}
