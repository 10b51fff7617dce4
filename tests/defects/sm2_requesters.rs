//! Requests of SM2 keys as others sign them: with an identifier that nobody names, under the name of ECDSA, or
//! as r and s without their encoding. Whoever has the key is told what to change.
#![cfg(feature = "sm2")]

use certwright::key::{SignatureAlgorithm, Sm2Id};
use certwright::request::UnverifiedRequest;
use certwright::{CertificateRequest, Error, KeyAlgorithm, KeyPair, Signer as _};

use crate::craft;

fn key(id: &str) -> KeyPair {
    let key = craft::key(KeyAlgorithm::Sm2, 7).to_pkcs8_der().unwrap();
    KeyPair::from_pkcs8_der(key.as_bytes()).unwrap().with_sm2_id(Sm2Id::new(id).unwrap())
}

/// A request of that key, and the bytes that were signed.
fn request(id: &str) -> (Vec<u8>, Vec<u8>) {
    let der = craft::request(&craft::name(&[("2.5.4.3", 0x0c, b"a.internal")]), &[], &key(id));
    let to_be_signed = UnverifiedRequest::from_der(&der).unwrap().to_be_signed().to_vec();
    (der, to_be_signed)
}

fn ids(texts: &[&str]) -> Vec<Sm2Id> {
    texts.iter().map(|text| Sm2Id::new(text).unwrap()).collect()
}

#[test]
fn identifiers_are_tried_in_their_order_and_the_first_that_verifies_is_the_requests() {
    for signed in [Sm2Id::DEFAULT, "", "alice@example"] {
        let (der, _) = request(signed);
        let all = ids(&["bob@example", "", "alice@example", Sm2Id::DEFAULT]);
        let read = CertificateRequest::from_der_with_sm2_ids(&der, &all).unwrap();
        assert_eq!(read.public_key().sm2_id().as_str(), signed);
    }
    let (der, _) = request("");
    let many = ids(&["x"; 17]);
    let error = CertificateRequest::from_der_with_sm2_ids(&der, &many).unwrap_err();
    assert!(error.to_string().contains("17 identifiers; at most 16"), "{error}");
    let full = [ids(&["x"; 15]), ids(&[""])].concat();
    CertificateRequest::from_der_with_sm2_ids(&der, &full).unwrap();
}

#[test]
fn the_error_says_which_identifier_would_verify() {
    let (der, _) = request("");
    let says = "unsupported SM2 identifier of the certificate request: given the empty one (\"\"), with which \
                it verifies, allowed \"1234567812345678\"; sign with one of these, or add \"\" to the \
                identifiers that are tried";
    let mut errors = vec![CertificateRequest::from_der(&der).unwrap_err()];
    errors.extend(CertificateRequest::from_der_many(&[&der]).remove(0).err());
    errors.extend(UnverifiedRequest::from_der(&der).unwrap().verify().err());
    assert_eq!(errors.len(), 3);
    for error in errors {
        assert_eq!(error.to_string(), says);
    }
    let (der, _) = request(Sm2Id::DEFAULT);
    let error = CertificateRequest::from_der_with_sm2_ids(&der, &ids(&["", "x"])).unwrap_err();
    let says =
        "given \"1234567812345678\", with which it verifies, allowed the empty one (\"\"), \"x\"";
    assert!(error.to_string().contains(says), "{error}");
    // An identifier that nobody knows, and a signature that is none, are not told apart.
    for der in [request("carol@example").0, broken(request("").0)] {
        let error = CertificateRequest::from_der(&der).unwrap_err();
        assert!(
            matches!(error, Error::InvalidSignature { what: "certificate request" }),
            "{error}"
        );
    }
}

/// One bit of its signature is another.
fn broken(mut der: Vec<u8>) -> Vec<u8> {
    *der.last_mut().unwrap() ^= 1;
    der
}

#[test]
fn a_signature_without_its_encoding_is_named() {
    for id in [Sm2Id::DEFAULT, ""] {
        let (_, to_be_signed) = request(id);
        let signature = key(id).sign(&to_be_signed).unwrap();
        let raw: Vec<u8> = craft::children(&signature)
            .iter()
            .flat_map(|number| {
                let digits = &number[craft::extent(number).0..];
                let digits = &digits[digits.iter().take_while(|digit| **digit == 0).count()..];
                [vec![0; 32 - digits.len()], digits.to_vec()].concat()
            })
            .collect();
        let der = craft::envelope(&to_be_signed, SignatureAlgorithm::Sm2Sm3, &raw);
        let error = CertificateRequest::from_der(&der).unwrap_err().to_string();
        for part in ["malformed certificate request, signature", "r and s", "SEQUENCE { r, s }"] {
            assert!(error.contains(part), "{error}");
        }
        // One that is no signature either is none.
        let mut other = raw;
        other[40] ^= 1;
        let der = craft::envelope(&to_be_signed, SignatureAlgorithm::Sm2Sm3, &other);
        let error = CertificateRequest::from_der(&der).unwrap_err();
        assert!(matches!(error, Error::InvalidSignature { .. }), "{error}");
    }
}

#[test]
fn ecdsa_over_an_sm2_key_is_named_and_so_is_sm2_under_its_name() {
    let (_, to_be_signed) = request("");
    let signature = key("").sign(&to_be_signed).unwrap();
    let of = |signature: &[u8]| {
        let der = craft::envelope(&to_be_signed, SignatureAlgorithm::EcdsaSha256, signature);
        CertificateRequest::from_der(&der).unwrap_err().to_string()
    };
    let misnamed = of(&signature);
    let given =
        "given ecdsa-with-SHA256 over a key of SM2, allowed a signature algorithm of SM2 keys; ";
    assert!(misnamed.contains(given), "{misnamed}");
    assert!(misnamed.contains("the signature is SM2 with SM3, so name it"), "{misnamed}");
    let other = of(&craft::sequence(&[vec![2, 1, 5], vec![2, 1, 7]]));
    assert!(other.contains(given) && other.contains("ECDSA is not for SM2 keys"), "{other}");
}
