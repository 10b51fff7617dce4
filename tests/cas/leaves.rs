//! Leaves that were issued: described, revoked, deleted, their keys.

use crate::world::CallJson;
use certwright::cas::{Cas, Config};
use certwright::crl::RevocationList;
use certwright::ledger::Identifier;
use certwright::{Certificate, KeyPair};
use serde_json::{Value, json};

use crate::leaf_world::{DAY, NOW, World, csr, with};

const MILLISECONDS: i64 = 1_000;

/// A server leaf with a name of each kind that servers have, and all that can be given to it.
fn server(world: &World) -> String {
    let given = json!({
        "Csr": csr("CN=www.example.test"), "ParentIdentifier": world.ca, "Days": 30,
        "Domain": "10.0.0.7,2001:db8::7", "CustomIdentifier": "own", "EnableCrl": 1,
        "Tags.1.Key": "team", "Tags.1.Value": "payments",
    });
    world.identifier("CreateServerCertificateWithCsr", given)
}

fn client(world: &World, changes: Value) -> String {
    let given = json!({ "ParentIdentifier": world.ca, "CommonName": "Bob", "Days": 30 });
    world.identifier("CreateClientCertificate", with(&given, changes))
}

fn describe(world: &World, identifier: &str) -> Value {
    let described = world.call("DescribeClientCertificate", json!({ "Identifier": identifier }));
    described["Certificate"].clone()
}

fn revoke(world: &World, identifier: &str) {
    world.call("CreateRevokeClientCertificate", json!({ "Identifier": identifier }));
}

fn status(world: &World, list: &str) -> Vec<Value> {
    let answer = world.call("DescribeClientCertificateStatus", json!({ "Identifier": list }));
    answer["CertificateStatus"].as_array().unwrap().clone()
}

/// The serial numbers in the next CRL of a CA.
fn listed(world: &World, ca: &str) -> Vec<String> {
    let crl = world.call("CreateCrl", json!({ "Identifier": ca }));
    let crl = RevocationList::from_pem(crl["Crl"].as_str().unwrap()).unwrap();
    crl.serials().map(ToString::to_string).collect()
}

#[test]
fn a_leaf_is_described_as_it_was_issued() {
    let world = World::new();
    let identifier = server(&world);
    let found = describe(&world, &identifier);
    let pem = found["X509Certificate"].as_str().unwrap();
    let certificate = Certificate::from_pem(pem).unwrap();
    for (name, value) in [
        ("AfterDate", json!((NOW + 30 * DAY) * MILLISECONDS)),
        ("Algorithm", json!("ECC")),
        ("BeforeDate", json!(NOW * MILLISECONDS)),
        ("CertificateType", json!("SERVER")),
        ("CommonName", json!("www.example.test")),
        ("CountryCode", json!("DE")),
        ("CustomIdentifier", json!("own")),
        ("Days", json!(30)),
        ("Identifier", json!(identifier)),
        ("KeySize", json!(256)),
        ("Locality", json!("Hangzhou")),
        ("Organization", json!("Alibaba Inc")),
        ("OrganizationUnit", json!("Aliyun CDN")),
        ("ParentIdentifier", json!(world.ca)),
        ("SerialNumber", json!(certificate.serial().to_string())),
        ("SignAlgorithm", json!("SHA256WITHECDSA")),
        ("State", json!("Zhejiang")),
        ("Status", json!("ISSUE")),
        (
            "SubjectDN",
            json!("C=DE,O=Alibaba Inc,OU=Aliyun CDN,L=Hangzhou,ST=Zhejiang,CN=www.example.test"),
        ),
        ("Tags", json!([{ "TagKey": "team", "TagValue": "payments" }])),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
    let sans: Value = serde_json::from_str(found["Sans"].as_str().unwrap()).unwrap();
    let expected = json!([
        { "Type": 2, "Value": "www.example.test" },
        { "Type": 7, "Value": "10.0.0.7" },
        { "Type": 7, "Value": "2001:db8::7" },
    ]);
    assert_eq!(sans, expected);
    let sha2: String = certificate.fingerprint().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(found["Sha2"], sha2);
    assert_eq!(found["Md5"].as_str().unwrap().len(), 32);
    let chain = found["CertChain"].as_str().unwrap();
    assert_eq!(Certificate::many_from_pem(chain).unwrap().len(), 2);
}

#[test]
fn names_of_clients_are_described_by_their_types() {
    let world = World::new();
    for (kind, value) in [(1, "bob@example.test"), (6, "spiffe://example.test/bob")] {
        let leaf = client(&world, json!({ "SanType": kind, "SanValue": value }));
        let found = describe(&world, &leaf);
        assert_eq!(found["Sans"], json!([{ "Type": kind, "Value": value }]).to_string());
        assert_eq!(found["CertificateType"], "CLIENT");
    }
    assert!(describe(&world, &client(&world, json!({}))).get("Sans").is_none());
}

#[test]
fn a_leaf_is_found_by_its_custom_identifier_wherever_an_identifier_is_taken() {
    let world = World::new();
    let leaf = client(&world, json!({ "CustomIdentifier": "bob's phone" }));
    let own = json!({ "Identifier": "bob's phone" });
    assert_eq!(describe(&world, "bob's phone")["Identifier"], leaf);
    assert_eq!(status(&world, "bob's phone")[0]["Status"], "good");
    let list = world.call("ListClientCertificate", own.clone());
    assert_eq!(list["CertificateList"][0]["Identifier"], leaf);
    let key = with(&own, json!({ "EncryptedCode": "code" }));
    world.call("DescribeCertificatePrivateKey", key);
    world.call("CreateRevokeClientCertificate", own.clone());
    world.call("DeleteClientCertificate", own.clone());
    world.refuses("DescribeClientCertificate", own, "NotFound", "bob's phone");
    // It is free again.
    client(&world, json!({ "CustomIdentifier": "bob's phone" }));
}

#[test]
fn an_unknown_certificate_is_not_found() {
    let world = World::new();
    let unknown = ["0".repeat(32), "x".to_owned(), "a".repeat(4_096), world.ca.clone()];
    for name in [
        "DescribeClientCertificate",
        "CreateRevokeClientCertificate",
        "DeleteClientCertificate",
        "DescribeCertificatePrivateKey",
    ] {
        let code = match name {
            "DescribeCertificatePrivateKey" => json!({ "EncryptedCode": "code" }),
            _ => json!({}),
        };
        for identifier in &unknown {
            let given = with(&code, json!({ "Identifier": identifier }));
            world.refuses(name, given, "NotFound", "Identifier");
        }
        world.refuses(name, code, "MissingParameter", "Identifier");
    }
}

#[test]
fn a_revoked_leaf_is_in_the_next_crl_of_its_issuer() {
    let world = World::new();
    let leaf = server(&world);
    let serial = describe(&world, &leaf)["SerialNumber"].as_str().unwrap().to_owned();
    assert!(listed(&world, &world.ca).is_empty());
    world.clock.set(NOW + DAY);
    revoke(&world, &leaf);
    assert_eq!(describe(&world, &leaf)["Status"], "REVOKE");
    assert_eq!(listed(&world, &world.ca), [serial]);
    assert!(listed(&world, &world.root).is_empty());
}

#[test]
fn only_what_is_issued_is_revoked() {
    let world = World::new();
    let leaf = server(&world);
    revoke(&world, &leaf);
    let given = json!({ "Identifier": leaf });
    let code = "InvalidStatus.UpdateProtection";
    world.refuses("CreateRevokeClientCertificate", given, code, &leaf);
}

#[test]
fn a_revocation_by_the_ledger_counts_as_well() {
    let world = World::new();
    let leaf = server(&world);
    let identifier: Identifier = leaf.parse().unwrap();
    let ledger = world.cas.ledger();
    let record = ledger.by_identifier(&identifier).unwrap().unwrap();
    assert!(ledger.revocation(&record.issuer, &record.serial).unwrap().is_none());
    revoke(&world, &leaf);
    let revocation = ledger.revocation(&record.issuer, &record.serial).unwrap().unwrap();
    assert_eq!(revocation.at.unix(), NOW);
    let last = ledger.audit(1, 1_000).unwrap().pop().unwrap();
    assert_eq!((last.action.to_string(), last.serial), ("revoked".to_owned(), Some(record.serial)));
}

#[test]
fn an_expired_leaf_is_still_issued_and_may_still_be_revoked() {
    let world = World::new();
    let leaf = server(&world);
    world.clock.set(NOW + 40 * DAY);
    assert_eq!(describe(&world, &leaf)["Status"], "ISSUE");
    assert_eq!(status(&world, &leaf)[0]["Status"], "good");
    revoke(&world, &leaf);
    // So too when the issuer is over.
    let other = client(&world, json!({}));
    world.clock.set(NOW + 20 * 365 * DAY);
    revoke(&world, &other);
}

#[test]
fn status_answers_each_item_in_order() {
    let world = World::new();
    let (good, revoked) = (client(&world, json!({})), server(&world));
    world.clock.set(NOW + 5);
    revoke(&world, &revoked);
    let unknown = "f".repeat(32);
    let found = status(&world, &format!("{unknown}, {revoked},own,nobody,{good},{}", world.ca));
    let statuses: Vec<&str> = found.iter().map(|item| item["Status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["unknown", "revoked", "revoked", "unknown", "good", "unknown"]);
    assert_eq!(found[1]["RevokeTime"], (NOW + 5) * MILLISECONDS);
    assert_eq!(found[1]["SerialNumber"], describe(&world, &revoked)["SerialNumber"]);
    assert_eq!(found[4]["SerialNumber"], describe(&world, &good)["SerialNumber"]);
    assert!(found[4].get("RevokeTime").is_none());
    assert!(found[0].get("SerialNumber").is_none());
}

#[test]
fn a_list_of_statuses_has_no_empty_item_and_at_most_100() {
    let world = World::new();
    let name = "DescribeClientCertificateStatus";
    world.refuses(name, json!({}), "MissingParameter", "Identifier");
    for list in ["a,,b", ",", "a,"] {
        world.refuses(name, json!({ "Identifier": list }), "InvalidParameter", "empty");
    }
    assert_eq!(status(&world, &vec!["a"; 100].join(",")).len(), 100);
    let many = json!({ "Identifier": vec!["a"; 101].join(",") });
    world.refuses(name, many, "InvalidParameter", "101");
}

#[test]
fn below_a_revoked_ca_every_leaf_is_revoked_since_then() {
    for root in [false, true] {
        let world = World::new();
        let (leaf, earlier) = (server(&world), client(&world, json!({})));
        world.clock.set(NOW + 10);
        revoke(&world, &earlier);
        world.clock.set(NOW + 20);
        let ca = if root { &world.root } else { &world.ca };
        let given = json!({ "Identifier": ca, "Status": "REVOKE" });
        world.call("UpdateCACertificateStatus", given);
        let found = status(&world, &format!("{leaf},{earlier}"));
        assert_eq!(
            (&found[0]["Status"], &found[1]["Status"]),
            (&json!("revoked"), &json!("revoked"))
        );
        assert_eq!(found[0]["RevokeTime"], (NOW + 20) * MILLISECONDS);
        assert_eq!(found[1]["RevokeTime"], (NOW + 10) * MILLISECONDS);
        // It was not revoked itself.
        assert_eq!(describe(&world, &leaf)["Status"], "ISSUE");
        revoke(&world, &leaf);
        assert_eq!(describe(&world, &leaf)["Status"], "REVOKE");
    }
}

#[test]
fn only_what_is_revoked_is_deleted_and_the_ledger_keeps_it() {
    let world = World::new();
    let leaf = client(&world, json!({ "CustomIdentifier": "own" }));
    let given = json!({ "Identifier": leaf });
    let name = "DeleteClientCertificate";
    world.refuses(name, given.clone(), "InvalidStatus.DeleteProtection", &leaf);
    revoke(&world, &leaf);
    let serial = describe(&world, &leaf)["SerialNumber"].as_str().unwrap().to_owned();
    let keys = world.cas.ledger().key_names(None, 100).unwrap();
    assert!(keys.contains(&format!("certificate/{leaf}")), "{keys:?}");
    world.call(name, given.clone());
    world.refuses(name, given.clone(), "NotFound", "Identifier");
    world.refuses("DescribeClientCertificate", given.clone(), "NotFound", "Identifier");
    let key = with(&given, json!({ "EncryptedCode": "code" }));
    world.refuses("DescribeCertificatePrivateKey", key, "NotFound", "Identifier");
    assert_eq!(world.call("ListClientCertificate", json!({}))["TotalCount"], 0);
    assert_eq!(world.call("ListRevokeCertificate", json!({}))["TotalCount"], 0);
    let keys = world.cas.ledger().key_names(None, 100).unwrap();
    assert!(!keys.contains(&format!("certificate/{leaf}")), "{keys:?}");
    // The certificate, its revocation and its entry in CRLs stay.
    let identifier: Identifier = leaf.parse().unwrap();
    assert!(world.cas.ledger().by_identifier(&identifier).unwrap().is_some());
    assert_eq!(listed(&world, &world.ca), [serial]);
    let found = status(&world, &leaf);
    assert_eq!(
        (&found[0]["Status"], &found[0]["RevokeTime"]),
        (&json!("revoked"), &json!(NOW * 1_000))
    );
}

#[test]
fn a_key_is_answered_encrypted_where_it_was_generated_here() {
    let world = World::new();
    let leaf = client(&world, json!({}));
    let given = json!({ "Identifier": leaf, "EncryptedCode": "a-Code_of,32.visible+characters#" });
    let answer = world.call("DescribeCertificatePrivateKey", given);
    let pem = answer["EncryptedData"].as_str().unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "{pem}");
    let key = KeyPair::from_pem_encrypted(pem, "a-Code_of,32.visible+characters#").unwrap();
    assert!(KeyPair::from_pem_encrypted(pem, "another").is_err());
    let certificate = describe(&world, &leaf)["X509Certificate"].as_str().unwrap().to_owned();
    assert_eq!(
        key.public_key(),
        Certificate::from_pem(&certificate).unwrap().public_key().unwrap()
    );
    let elsewhere = json!({ "Identifier": server(&world), "EncryptedCode": "code" });
    world.refuses("DescribeCertificatePrivateKey", elsewhere, "NotFound", "private key");
}

#[test]
fn the_encrypted_code_is_required_and_bounded_and_never_shown() {
    let world = World::new();
    let leaf = json!({ "Identifier": client(&world, json!({})) });
    for (code, error) in [
        (json!(null), "MissingParameter"),
        (json!(""), "MissingParameter"),
        (json!("s".repeat(33)), "DataTooLongException"),
        (json!("secret secret"), "InvalidParameter"),
        (json!("secret\n"), "InvalidParameter"),
        (json!("sécret"), "InvalidParameter"),
        (json!(["secret"]), "InvalidParameter"),
    ] {
        let given = with(&leaf, json!({ "EncryptedCode": code }));
        let refused = world.refuses("DescribeCertificatePrivateKey", given, error, "EncryptedCode");
        assert!(!refused.message().contains("cret"), "{refused}");
    }
    let debugged = format!("{:?}", certwright::cas::Secret::new("secret"));
    assert!(!debugged.contains("secret"));
}

#[test]
#[cfg(feature = "redb")]
fn on_a_durable_store_that_is_locked_keys_are_neither_made_nor_answered() {
    let folder = crate::common::folder();
    let path = folder.path().join("store");
    let store = || std::sync::Arc::new(certwright::RedbStore::open_or_create(&path).unwrap());
    let clock = crate::leaf_world::HandClock::new();
    let unlocked = |store| {
        let cas = Cas::new(store, clock.clone(), Config::default());
        cas.ledger().unlock(&certwright::key::SealingKey::from_bytes([7; 32])).unwrap();
        cas
    };
    let store = store();
    let cas = unlocked(std::sync::Arc::clone(&store));
    let fields = json!({
        "CommonName": "CA", "Organization": "O", "OrganizationUnit": "U", "Locality": "L", "State": "S",
        "Years": 10, "Algorithm": "ECC_256",
    });
    let identifier = |answer: Value| answer["Identifier"].as_str().unwrap().to_owned();
    let root = identifier(cas.call_json("CreateRootCACertificate", fields.clone()).unwrap());
    let below = with(&fields, json!({ "CommonName": "Sub", "Years": 5, "ParentIdentifier": root }));
    let ca = identifier(cas.call_json("CreateSubCACertificate", below).unwrap());
    let client = json!({ "ParentIdentifier": ca, "Days": 1 });
    let leaf = identifier(cas.call_json("CreateClientCertificate", client.clone()).unwrap());
    drop(cas);
    let locked = Cas::new(std::sync::Arc::clone(&store), clock.clone(), Config::default());
    for (name, given) in [
        ("CreateClientCertificate", client),
        ("DescribeCertificatePrivateKey", json!({ "Identifier": leaf, "EncryptedCode": "code" })),
    ] {
        let error = locked.call_json(name, given).unwrap_err();
        assert_eq!((error.code(), error.http_status()), ("Error", 500), "{error}");
    }
    // Revoking needs no key.
    locked.call_json("CreateRevokeClientCertificate", json!({ "Identifier": leaf })).unwrap();
}
