//! A file of another kind than the one asked for is named as what it is, with the way on, and by one
//! cause.

use certwright::crl::{CrlRequest, RevocationList};
use certwright::key::PublicKeyInfo;
use certwright::request::UnverifiedRequest;
use certwright::time::Lifetime;
use certwright::{Certificate, CertificateRequest, Error, KeyPair};

use crate::common::{families, key};
use crate::craft::{Ladder, internal, oid, sequence, tlv};

/// Written by `openssl pkcs12 -export`.
const PKCS12: &[u8] = include_bytes!("../data/other/bundle.p12");

struct Kind {
    named: &'static str,
    /// A word of the way on, for what no reader takes.
    way: &'static str,
    bytes: Vec<u8>,
}

#[test]
fn each_reader_names_what_it_was_given_instead() {
    for algorithm in families() {
        for kind in kinds(algorithm) {
            let der = &kind.bytes;
            let answers: [(&str, &str, Option<Error>); 8] = [
                ("a certificate", "certificate", Certificate::from_der(der).err()),
                (
                    "a certificate request",
                    "certificate request",
                    CertificateRequest::from_der(der).err(),
                ),
                (
                    "a certificate request",
                    "certificate request",
                    UnverifiedRequest::from_der(der).err(),
                ),
                (
                    "a certificate revocation list",
                    "certificate revocation list",
                    RevocationList::from_der(der).err(),
                ),
                ("a public key", "public key", PublicKeyInfo::from_der(der).err()),
                ("a private key (PKCS #8)", "private key", KeyPair::from_pkcs8_der(der).err()),
                (
                    "an encrypted private key (PKCS #8)",
                    "encrypted private key",
                    KeyPair::from_pkcs8_der_encrypted(der, "x").err(),
                ),
                ("a private key (SEC 1)", "private key", KeyPair::from_sec1_der(der).err()),
            ];
            for (own, what, error) in answers {
                if own == kind.named {
                    // It is read, or the key derivation of the example is refused.
                    continue;
                }
                let error = error.unwrap_or_else(|| panic!("{} was taken as {what}", kind.named));
                let Error::Unsupported { what: "input", given, allowed } = &error else {
                    panic!("{} as {what}: {error}", kind.named);
                };
                assert_eq!(given, kind.named, "as {what}");
                assert!(allowed.starts_with(&format!("DER of a {what}")), "{allowed}");
                assert!(allowed.contains(kind.way), "{}: {allowed}", kind.named);
            }
        }
    }
}

#[test]
fn a_label_that_does_not_fit_is_told_by_what_is_inside() {
    for algorithm in families() {
        let request = Ladder::new(algorithm).request(&["a.internal"]).to_pem();
        let error = Certificate::from_pem(&request.replace("CERTIFICATE REQUEST", "CERTIFICATE"))
            .unwrap_err();
        let expected =
            "unsupported input: given a certificate request, allowed DER of a certificate";
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn what_is_damaged_is_not_called_another_kind() {
    for algorithm in families() {
        let der = Ladder::new(algorithm).request(&["a.internal"]).as_der().to_vec();
        for cut in [1, 2, 10, 100, der.len() - 1] {
            let error = Certificate::from_der(&der[..cut]).unwrap_err();
            assert!(matches!(error, Error::Malformed(_)), "{cut}: {error}");
        }
        for garbage in [&b""[..], b"\x30\x00", b"\x30\x03\x02\x01\x05", b"Dear diary", &[0xff; 40]]
        {
            let error = KeyPair::from_pkcs8_der(garbage).unwrap_err();
            assert!(matches!(error, Error::Malformed(_)), "{garbage:02x?}: {error}");
        }
    }
}

fn kinds(algorithm: certwright::KeyAlgorithm) -> Vec<Kind> {
    let ladder = Ladder::new(algorithm);
    let list =
        ladder.authority(internal()).issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
    let own = key(algorithm);
    let number = |value: u8| tlv(2, &[&[value]]);
    let kind = |named, way, bytes: &[u8]| Kind { named, way, bytes: bytes.to_vec() };
    // What is inside does not matter for what it is.
    let encrypted = sequence(&[sequence(&[oid("1.2.3")]), tlv(4, &[b"ciphertext"])]);
    let scalar = sequence(&[number(1), tlv(4, &[&[1; 32]])]);
    let pkcs7 = sequence(&[oid("1.2.840.113549.1.7.2"), tlv(0xa0, &[&sequence(&[])])]);
    vec![
        kind("a certificate", "", ladder.ca.certificate().as_der()),
        kind("a certificate request", "", ladder.request(&["a.internal"]).as_der()),
        kind("a certificate revocation list", "", &list.to_der()),
        kind("a public key", "", &own.public_key().to_der()),
        kind("a private key (PKCS #8)", "", own.to_pkcs8_der().unwrap().as_bytes()),
        kind("an encrypted private key (PKCS #8)", "", &encrypted),
        kind("a private key (SEC 1)", "", &scalar),
        kind("a private key (PKCS #1)", "", &sequence(&[number(0), number(3), number(5)])),
        kind(
            "an RSA public key without its algorithm (PKCS #1)",
            "openssl rsa -RSAPublicKey_in",
            &sequence(&[number(15), number(3)]),
        ),
        kind("a PKCS #7 or CMS file", "openssl pkcs7", &pkcs7),
        kind("a PKCS #12 file (PFX)", "openssl pkcs12", PKCS12),
        kind("a Java key store (JKS, JCEKS)", "keytool", b"\xfe\xed\xfe\xed\0\0\0\x02"),
        kind("a Java key store (JKS, JCEKS)", "keytool", b"\xce\xce\xce\xce\0\0\0\x02"),
        kind("an OpenSSH key", "ssh-keygen", b"openssh-key-v1\0\0\0\0\x04none"),
        kind("a ZIP or gzip archive", "unpack", b"PK\x03\x04\x14\0"),
        kind("a ZIP or gzip archive", "unpack", b"\x1f\x8b\x08\0"),
        kind("PEM text", "PEM", own.to_pkcs8_pem().unwrap().as_str().as_bytes()),
    ]
}
