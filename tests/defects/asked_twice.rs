//! Requests whose extensions are asked for under Microsoft's identifier, or twice; and encodings of
//! keys and algorithms that other readers take for something else.

use certwright::key::PublicKey;
use certwright::policy::Decision;
use certwright::{AltName, CertificateRequest, KeyAlgorithm, KeyPair, Policy, Profile, Signer};

use crate::common::is_built;
use crate::key_files::{
    NULL, bit_string, curve, hex, integer, malformed, pkcs8, public_key, sec1, seeded, value,
};

const PKCS9: &str = "06092a864886f70d01090e";
const MICROSOFT: &str = "060a2b060104018237 02010e";
const OTHER: &str = "060a2b060104018237 0d0203";
const ECDSA_SHA256: &str = "06082a8648ce3d040302";

#[test]
fn names_under_the_identifier_of_microsoft_are_reviewed() {
    let Some(key) = key() else { return };
    let asked = names(&["a.example", "b.example"]);
    for attributes in [
        vec![attribute(MICROSOFT, &asked)],
        // Both, and the same.
        vec![attribute(PKCS9, &asked), attribute(MICROSOFT, &asked)],
    ] {
        let request = CertificateRequest::from_der(&signed(&key, &attributes)).unwrap();
        assert_eq!(request.requested_alt_names().len(), 2);
        assert_eq!(request.attributes().count(), 0);
        let policy = Policy::new(Profile::tls_server()).allow_dns("a.example").unwrap();
        let review = policy.review(&request);
        let decided = |name: &str| {
            let name = AltName::dns(name).unwrap().to_string();
            &review.items().iter().find(|item| item.value == name).unwrap().decision
        };
        assert_eq!(*decided("a.example"), Decision::Granted);
        assert!(matches!(decided("b.example"), Decision::Denied(_)));
    }
}

#[test]
fn extensions_that_are_asked_for_twice_are_refused() {
    let Some(key) = key() else { return };
    let (one, other) = (names(&["a.example"]), names(&["b.example"]));
    for (attributes, words) in [
        (vec![attribute(PKCS9, &one), attribute(MICROSOFT, &other)], "different extensions"),
        (vec![attribute(MICROSOFT, &other), attribute(PKCS9, &one)], "different extensions"),
        (vec![attribute(PKCS9, &one), attribute(MICROSOFT, &[0x30, 0])], "different extensions"),
        (vec![attribute(MICROSOFT, &one), attribute(MICROSOFT, &one)], "given twice"),
        (vec![attribute(PKCS9, &one), attribute(PKCS9, &one)], "given twice"),
    ] {
        let (place, problem) = malformed(CertificateRequest::from_der(&signed(&key, &attributes)));
        assert_eq!(place, "extensionRequest");
        assert!(problem.contains(words), "{problem}");
    }
    let oid = "1.3.6.1.4.1.311.2.1.14".parse().unwrap();
    let built = CertificateRequest::builder("CN=a".parse().unwrap()).attribute(oid, &one);
    assert!(malformed(built.and_then(|built| built.sign(&key))).1.contains("use extension"));
}

#[test]
fn every_other_attribute_is_named_in_the_review() {
    let Some(key) = key() else { return };
    let der = signed(&key, &[attribute(OTHER, &value(0x16, &[b"10.0.20348.2"]))]);
    let request = CertificateRequest::from_der(&der).unwrap();
    let review = Policy::new(Profile::tls_server()).review(&request);
    let item = review.items().iter().find(|item| item.kind == "attribute").unwrap();
    assert_eq!(item.value, "1.3.6.1.4.1.311.13.2.3");
    assert!(matches!(item.decision, Decision::Overridden { .. }));
}

#[test]
fn points_in_other_forms_than_the_three_are_refused() {
    for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::EcdsaP384, KeyAlgorithm::Sm2] {
        if !is_built(algorithm.family()) {
            continue;
        }
        let key = seeded(algorithm, 7);
        let point = key.public_key().as_bytes();
        let (x, y) = point[1..].split_at(point.len() / 2);
        let compressed = [&[2 + (y[y.len() - 1] & 1)][..], x].concat();
        let compact = [&[5][..], x].concat();
        let hybrid = [&[6 + (y[y.len() - 1] & 1)][..], x, y].concat();
        let spki = |point: &[u8]| PublicKey::from_der(&public_key(&curve(algorithm), point));
        assert_eq!(&spki(&compressed).unwrap(), key.public_key());
        for point in [&compact[..], &hybrid, &[0], &[]] {
            assert!(malformed(spki(point)).1.contains("compressed (02, 03)"), "{algorithm}");
        }
        // Beside a private key, too.
        let file = key.to_pkcs8_der().unwrap();
        let scalar =
            &file.as_bytes()[if algorithm == KeyAlgorithm::EcdsaP384 { 35..83 } else { 36..68 }];
        let sealed = |point: &[u8]| {
            KeyPair::from_pkcs8_der(&pkcs8(&curve(algorithm), &sec1(scalar, None, Some(point))))
        };
        assert!(sealed(&compressed).is_ok());
        assert_eq!(malformed(sealed(&compact)).0, "publicKey");
    }
}

#[test]
fn parameters_that_must_be_absent_are_refused_where_they_are_null() {
    let Some(key) = key() else { return };
    let good = signed(&key, &[]);
    assert!(CertificateRequest::from_der(&good).is_ok());
    let info = info(&key, &[]);
    let algorithm = value(0x30, &[&hex(ECDSA_SHA256), NULL]);
    let with_null = value(0x30, &[&info, &algorithm, &bit_string(&key.sign(&info).unwrap())]);
    let (place, problem) = malformed(CertificateRequest::from_der(&with_null));
    assert_eq!(place, "signatureAlgorithm");
    assert!(problem.contains("NULL parameters"), "{problem}");
    if is_built(certwright::key::KeyFamily::Sm2) {
        let algorithm = value(0x30, &[&hex("06082a811ccf55018375"), NULL]);
        let with_null = value(0x30, &[&info, &algorithm, &bit_string(&[0; 64])]);
        assert!(malformed(CertificateRequest::from_der(&with_null)).1.contains("NULL parameters"));
    }
}

fn key() -> Option<KeyPair> {
    let algorithm = KeyAlgorithm::EcdsaP256;
    is_built(algorithm.family()).then(|| seeded(algorithm, 7))
}

/// The extensions of an extensionRequest that asks for names.
fn names(names: &[&str]) -> Vec<u8> {
    let names: Vec<u8> = names.iter().flat_map(|name| value(0x82, &[name.as_bytes()])).collect();
    let names = value(0x04, &[&value(0x30, &[&names])]);
    value(0x30, &[&value(0x30, &[&hex("0603551d11"), &names])])
}

fn attribute(oid: &str, asked: &[u8]) -> Vec<u8> {
    value(0x30, &[&hex(oid), &value(0x31, &[asked])])
}

fn info(key: &KeyPair, attributes: &[Vec<u8>]) -> Vec<u8> {
    let attributes = value(0xa0, &[&attributes.concat()]);
    value(0x30, &[&integer(&[]), &value(0x30, &[]), &key.public_key().to_der(), &attributes])
}

fn signed(key: &KeyPair, attributes: &[Vec<u8>]) -> Vec<u8> {
    let info = info(key, attributes);
    let algorithm = value(0x30, &[&hex(ECDSA_SHA256)]);
    value(0x30, &[&info, &algorithm, &bit_string(&key.sign(&info).unwrap())])
}
