//! Certificate signing requests.

use certwright::{CertificateRequest, KeyAlgorithm, KeyPair};
use serde_json::{Value, json};

use crate::common;
use crate::world::*;

fn parameters() -> Value {
    json!({
        "Algorithm": "ECC", "KeySize": 256, "CommonName": "db.example", "CountryCode": "CN",
        "Province": "Zhejiang", "Locality": "Hangzhou", "CorpName": "Example", "Department": "IT",
        "Sans": "www.db.example, 10.0.0.7", "Name": "csr-123",
    })
}

fn upload(name: &str) -> (Value, KeyPair) {
    let key = common::key(KeyAlgorithm::EcdsaP256);
    let csr = CertificateRequest::builder("CN=up.example".parse().unwrap()).sign(&key).unwrap();
    (json!({ "Csr": csr.to_pem(), "Name": name }), key)
}

fn pem(key: &KeyPair) -> String {
    key.to_pkcs8_pem().unwrap().as_str().to_owned()
}

#[test]
fn create_csr_makes_every_key_of_the_page_and_of_its_neighbours() {
    let cas = cas();
    for (algorithm, size, key) in [
        ("RSA", 2048, KeyAlgorithm::Rsa2048),
        ("ECC", 256, KeyAlgorithm::EcdsaP256),
        ("ECC", 384, KeyAlgorithm::EcdsaP384),
        ("ECC", 512, KeyAlgorithm::EcdsaP521),
        ("ECC", 521, KeyAlgorithm::EcdsaP521),
        ("SM2", 256, KeyAlgorithm::Sm2),
    ] {
        let csr = CertificateRequest::from_pem(&csr(&cas, algorithm, size, "a.example")).unwrap();
        assert_eq!(csr.public_key().algorithm(), key);
    }
}

#[test]
fn create_csr_writes_subject_and_names_and_openssl_verifies_it() {
    let cas = cas();
    let answer = call(&cas, "CreateCsr", parameters());
    let csr = CertificateRequest::from_pem(text(&answer, "Csr")).unwrap();
    let expected = "CN=db.example,OU=IT,O=Example,L=Hangzhou,ST=Zhejiang,C=CN";
    assert_eq!(csr.subject().to_string(), expected);
    let names: Vec<String> = csr.requested_alt_names().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["DNS:db.example", "DNS:www.db.example", "IP:10.0.0.7"]);
    assert_eq!(answer["CsrId"], 1);
    if common::judge("openssl") {
        let folder = common::folder();
        common::write(&folder, "a.csr", text(&answer, "Csr"));
        let judged = common::openssl(folder.path(), &["req", "-verify", "-noout", "-in", "a.csr"]);
        assert!(judged.all().contains("verify OK"), "{judged:?}");
    }
}

#[test]
fn create_csr_needs_its_required_parameters_and_names_all_that_are_missing() {
    let cas = cas();
    let required = ["Algorithm", "KeySize", "CommonName", "CountryCode", "Province", "Locality"];
    refused(&cas, "CreateCsr", json!({}), "MissingParameter", &required);
    for name in required {
        refused(&cas, "CreateCsr", without(parameters(), name), "MissingParameter", &[name]);
        let empty = with(parameters(), json!({ name: "" }));
        refused(&cas, "CreateCsr", empty, "MissingParameter", &[name]);
    }
}

#[test]
fn create_csr_refuses_other_keys_and_says_which_there_are() {
    let cas = cas();
    for (algorithm, size) in
        [("RSA", 1024), ("RSA", 2047), ("ECC", 255), ("SM2", 512), ("DSA", 2048), ("rsa", 2048)]
    {
        let other = with(parameters(), json!({ "Algorithm": algorithm, "KeySize": size }));
        let words = [algorithm, &size.to_string(), "RSA of 2048", "ECC of 256", "SM2 of 256"];
        refused(&cas, "CreateCsr", other, "InvalidParameter", &words);
    }
}

#[test]
fn create_csr_holds_every_field_to_its_bound() {
    let cas = cas();
    for (name, value, code) in [
        ("CommonName", "a".repeat(65), "DataTooLongException"),
        ("CorpName", "a".repeat(65), "DataTooLongException"),
        ("Department", "a".repeat(65), "DataTooLongException"),
        ("Province", "a".repeat(129), "DataTooLongException"),
        ("Locality", "a".repeat(129), "DataTooLongException"),
        ("Name", "a".repeat(51), "DataTooLongException"),
        ("Name", "a b".to_owned(), "InvalidParameter"),
        ("CountryCode", "CHN".to_owned(), "InvalidParameter"),
        ("CountryCode", "C1".to_owned(), "InvalidParameter"),
        ("Sans", "a.example,,b.example".to_owned(), "InvalidParameter"),
        ("Sans", "a.example,a.example".to_owned(), "InvalidParameter"),
        ("Sans", "a..example".to_owned(), "InvalidParameter"),
        ("Sans", "www.*.example".to_owned(), "InvalidParameter"),
    ] {
        refused(&cas, "CreateCsr", with(parameters(), json!({ name: value })), code, &[name]);
    }
    let longest = json!({ "CommonName": "a".repeat(64), "Province": "b".repeat(128), "Name": "c".repeat(50) });
    call(&cas, "CreateCsr", with(parameters(), longest));
}

#[test]
fn a_country_in_lower_case_is_read_back_as_given() {
    let cas = cas();
    let answer = call(&cas, "CreateCsr", with(parameters(), json!({ "CountryCode": "cn" })));
    let csr = CertificateRequest::from_pem(text(&answer, "Csr")).unwrap();
    assert!(csr.subject().to_string().ends_with("C=cn"));
}

#[test]
fn a_name_is_given_once_and_is_free_again_after_the_csr() {
    let cas = cas();
    let first = call(&cas, "CreateCsr", parameters());
    refused(&cas, "CreateCsr", parameters(), "NameRepeat", &["csr-123"]);
    refused(&cas, "UploadCsr", upload("csr-123").0, "NameRepeat", &["csr-123"]);
    call(&cas, "DeleteCsr", json!({ "CsrId": first["CsrId"] }));
    let again = call(&cas, "CreateCsr", parameters());
    assert_ne!(first["CsrId"], again["CsrId"], "a number is given once");
}

#[test]
fn upload_csr_takes_a_csr_with_its_key_or_without() {
    let cas = cas();
    let (without_key, key) = upload("one");
    let one = call(&cas, "UploadCsr", without_key.clone());
    let detail = call(&cas, "GetCsrDetail", json!({ "CsrId": one["CsrId"] }));
    assert_eq!(detail["Csr"], without_key["Csr"]);
    assert!(detail.get("PrivateKey").is_none());
    let with_key = with(without_key, json!({ "Key": pem(&key), "Name": "two" }));
    let two = call(&cas, "UploadCsr", with_key);
    let detail = call(&cas, "GetCsrDetail", json!({ "CsrId": two["CsrId"] }));
    let kept = KeyPair::from_pem(text(&detail, "PrivateKey")).unwrap();
    assert_eq!(kept.public_key(), key.public_key());
}

#[test]
fn upload_csr_refuses_what_does_not_parse_and_the_key_of_another() {
    let cas = cas();
    let (good, _) = upload("one");
    let broken = text(&good, "Csr").replacen("MI", "MA", 1);
    let code = "CertificateFormatException";
    refused(&cas, "UploadCsr", with(good.clone(), json!({ "Csr": broken })), code, &[]);
    refused(&cas, "UploadCsr", with(good.clone(), json!({ "Csr": "no PEM" })), code, &["Csr: "]);
    let other = pem(&common::key(KeyAlgorithm::EcdsaP256));
    let mismatch = "NotMatch.CsrAndPrivateKey";
    refused(&cas, "UploadCsr", with(good.clone(), json!({ "Key": other })), mismatch, &["Key: "]);
    refused(&cas, "UploadCsr", with(good, json!({ "Key": "no PEM" })), code, &["Key: "]);
}

#[test]
fn update_csr_adds_the_key_once() {
    let cas = cas();
    let (csr, key) = upload("one");
    let id = call(&cas, "UploadCsr", csr)["CsrId"].clone();
    let other = pem(&common::key(KeyAlgorithm::EcdsaP256));
    let code = "NotMatch.CsrAndPrivateKey";
    refused(&cas, "UpdateCsr", json!({ "CsrId": id, "Key": other }), code, &["Key"]);
    call(&cas, "UpdateCsr", json!({ "CsrId": id, "Key": pem(&key) }));
    let again = json!({ "CsrId": id, "Key": pem(&key) });
    refused(&cas, "UpdateCsr", again, "CertificatePrivateKey.Existed", &["CsrId"]);
    refused(&cas, "UpdateCsr", json!({ "CsrId": 99, "Key": pem(&key) }), "NotFound", &["99"]);
}

#[test]
fn list_csr_shows_all_fields_filters_and_pages() {
    let cas = cas();
    let first = call(&cas, "CreateCsr", parameters());
    csr(&cas, "SM2", 256, "sm.example");
    call(&cas, "UploadCsr", upload("up").0);
    let all = call(&cas, "ListCsr", json!({}));
    assert_eq!((all["TotalCount"].as_i64(), all["ShowSize"].as_i64()), (Some(3), Some(50)));
    let ids: Vec<i64> = all["CsrList"]
        .as_array()
        .unwrap()
        .iter()
        .map(|csr| csr["CsrId"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, [3, 2, 1], "the latest first");
    let listed = &all["CsrList"][2];
    let csr = CertificateRequest::from_pem(text(&first, "Csr")).unwrap();
    let digest = {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(csr.public_key().to_der());
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let expected = json!({
        "Algorithm": "ECC", "CommonName": "db.example", "CorpName": "Example", "CountryCode": "CN",
        "CsrId": 1, "Department": "IT", "HasPrivateKey": true, "KeySha2": digest, "KeySize": 256,
        "Locality": "Hangzhou", "Name": "csr-123", "Province": "Zhejiang",
        "Sans": "db.example,www.db.example,10.0.0.7",
    });
    assert_eq!(*listed, expected);
    let count = |filter: Value| call(&cas, "ListCsr", filter)["TotalCount"].as_i64().unwrap();
    assert_eq!(count(json!({ "Algorithm": "SM2" })), 1);
    assert_eq!(count(json!({ "KeyWord": "www.db" })), 1);
    assert_eq!(count(json!({ "KeyWord": "csr-1" })), 1);
    assert_eq!(count(json!({ "KeyWord": "nothing" })), 0);
    let page = call(&cas, "ListCsr", json!({ "CurrentPage": 2, "ShowSize": 2 }));
    assert_eq!(page["CsrList"].as_array().unwrap().len(), 1);
    assert_eq!(page["TotalCount"], 3);
    refused(&cas, "ListCsr", json!({ "CurrentPage": 0 }), "InvalidParameter", &["CurrentPage"]);
    refused(&cas, "ListCsr", json!({ "ShowSize": 0 }), "InvalidParameter", &["ShowSize"]);
    refused(&cas, "ListCsr", json!({ "Algorithm": "DSA" }), "InvalidParameter", &["Algorithm"]);
}

#[test]
fn delete_csr_removes_the_key_too() {
    let cas = cas();
    let id = call(&cas, "CreateCsr", parameters())["CsrId"].clone();
    assert_eq!(cas.ledger().key_names(None, 10).unwrap().len(), 1);
    call(&cas, "DeleteCsr", json!({ "CsrId": id }));
    assert!(cas.ledger().key_names(None, 10).unwrap().is_empty());
    for name in ["DeleteCsr", "GetCsrDetail"] {
        refused(&cas, name, json!({ "CsrId": id }), "NotFound", &["CsrId"]);
        refused(&cas, name, json!({ "CsrId": -1 }), "NotFound", &["CsrId"]);
    }
}

#[cfg(feature = "redb")]
#[test]
fn a_durable_store_keeps_no_private_key_unless_it_is_sealed() {
    use certwright::RedbStore;
    use certwright::cas::{Cas, Config};
    use certwright::key::SealingKey;
    use certwright::time::SystemClock;
    let folder = common::folder();
    let store = RedbStore::create(folder.path().join("ca.redb")).unwrap();
    let cas = Cas::new(store, SystemClock, Config::default());
    refused(&cas, "CreateCsr", parameters(), "Error", &["sealed"]);
    let root = authority("Root", 1, "ECC_256");
    refused(&cas, "CreateRootCACertificate", root.clone(), "Error", &["sealed"]);
    call(&cas, "UploadCsr", upload("a").0);
    cas.ledger().unlock(&SealingKey::from_bytes([7; 32])).unwrap();
    call(&cas, "CreateCsr", parameters());
    call(&cas, "CreateRootCACertificate", root);
}
