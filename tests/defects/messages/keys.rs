//! Private and public keys.

use certwright::key::{PublicKey, Sm2Id, WeakEncryption};
use certwright::{CertificateRequest, KeyAlgorithm, KeyPair};

use super::{Row, row};
use crate::common::key;
use crate::craft;
use crate::key_files::{NULL, OCTET_STRING, SEQUENCE, curve, hex, integer, pkcs8, sec1, value};

const HEADERS: &str =
    "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,1636397559833337BC1643459875ED7E\n";

pub fn rows() -> Vec<Row> {
    let p256 = KeyAlgorithm::EcdsaP256;
    let own = key(p256);
    let encrypted = own.to_pkcs8_pem_encrypted("a passphrase").unwrap();
    let plain = own.to_pkcs8_pem().unwrap();
    let weak =
        format!("-----BEGIN EC PRIVATE KEY-----\n{HEADERS}\nAAAA\n-----END EC PRIVATE KEY-----\n");
    let ed25519 = value(SEQUENCE, &[&value(SEQUENCE, &[&hex("06032b6570")]), &[3, 2, 0, 1]]);
    let scheme = |oid: &str| {
        let salt = value(OCTET_STRING, &[&[1; 8]]);
        let parameters = value(SEQUENCE, &[&salt, &integer(&[8, 0])]);
        let algorithm = value(SEQUENCE, &[&hex(oid), &parameters]);
        value(SEQUENCE, &[&algorithm, &value(OCTET_STRING, &[&[0; 64]])])
    };
    let small = value(SEQUENCE, &[&hex("06092a864886f70d010101"), NULL]);
    let rsa_512 = value(SEQUENCE, &[&integer(&[0x81; 64]), &integer(&[3])]);
    let rsa_512 = value(SEQUENCE, &[&small, &value(3, &[&[0], &rsa_512])]);
    let sm2 = key(KeyAlgorithm::Sm2).with_sm2_id(Sm2Id::new("").unwrap());
    let sm2 = CertificateRequest::builder("CN=a".parse().unwrap()).sign(&sm2).unwrap();
    let mut broken = craft::Ladder::new(p256).request(&["a.internal"]).as_der().to_vec();
    *broken.last_mut().unwrap() ^= 1;
    vec![
        row("an encrypted key without a passphrase", KeyPair::from_pem(&encrypted)),
        row("a wrong passphrase", KeyPair::from_pem_encrypted(&encrypted, "another")),
        row(
            "a passphrase for a key that has none",
            KeyPair::from_pem_encrypted(plain.as_str(), "x"),
        ),
        row("an empty passphrase to write with", own.to_pkcs8_pem_encrypted("")),
        row(
            "a passphrase of 1,025 bytes",
            KeyPair::from_pem_encrypted(&encrypted, &"x".repeat(1025)),
        ),
        row("RFC 1421 encryption, no passphrase", KeyPair::from_pem(&weak)),
        row("RFC 1421 encryption, a passphrase", KeyPair::from_pem_encrypted(&weak, "x")),
        row(
            "RFC 1421 encryption, allowed, wrong passphrase",
            KeyPair::from_pem_encrypted_with(&weak, "x", WeakEncryption::DangerouslyRead),
        ),
        row(
            "PBES1 with 3DES",
            KeyPair::from_pkcs8_der_encrypted(&scheme("060a2a864886f70d010c0103"), "x"),
        ),
        row(
            "PBES1 with MD5 and DES",
            KeyPair::from_pkcs8_der_encrypted(&scheme("06092a864886f70d010503"), "x"),
        ),
        row(
            "a scalar of zero",
            KeyPair::from_pkcs8_der(&pkcs8(&curve(p256), &sec1(&[0; 32], None, None))),
        ),
        row(
            "a scalar of 40 bytes",
            KeyPair::from_pkcs8_der(&pkcs8(&curve(p256), &sec1(&[7; 40], None, None))),
        ),
        row("SEC 1 without its curve", KeyPair::from_sec1_der(&sec1(&[7; 32], None, None))),
        row(
            "Ed25519",
            PublicKey::from_der(&value(
                SEQUENCE,
                &[&value(SEQUENCE, &[&hex("06032b6570")]), &value(3, &[&[0; 33]])],
            )),
        ),
        row("no key but its algorithm", PublicKey::from_der(&ed25519)),
        row("RSA of 512 bits", PublicKey::from_der(&rsa_512)),
        row("a weak key to generate", KeyPair::generate(KeyAlgorithm::Rsa1024)),
        row(
            "a signature algorithm of another family",
            key(p256).with_signature_algorithm(certwright::key::SignatureAlgorithm::Sm2Sm3),
        ),
        row("an SM2 request with the empty identifier", CertificateRequest::from_der(sm2.as_der())),
        row("an SM2 identifier of 8,192 bytes", Sm2Id::new(&"x".repeat(8192))),
        row("a request whose signature was changed", CertificateRequest::from_der(&broken)),
    ]
}
