//! Signatures both ways: OpenSSL verifies what this crate signs, and this crate what OpenSSL signs.

use certwright::key::{KeyFamily, Nonces, SignatureAlgorithm, Sm2Id};
use certwright::{Error, KeyAlgorithm, KeyPair, Signer};
use tempfile::TempDir;

use crate::common::{
    self, Answer, algorithms, folder, genpkey, is_built, judge, openssl, read, write,
};

use SignatureAlgorithm::{
    EcdsaSha256, EcdsaSha384, EcdsaSha512, RsaSha256, RsaSha384, RsaSha512, Sm2Sm3,
};

#[test]
fn each_algorithm_with_each_hash_of_its_family_agrees_with_openssl() {
    if !judge("openssl") {
        return;
    }
    for algorithm in algorithms() {
        let folder = folder();
        generate(&folder, algorithm);
        let pairs = match algorithm.family() {
            KeyFamily::Ecc => vec![EcdsaSha256, EcdsaSha384, EcdsaSha512],
            KeyFamily::Rsa => vec![RsaSha256, RsaSha384, RsaSha512],
            KeyFamily::Sm2 => vec![Sm2Sm3],
            other => panic!("the tests do not know {other}"),
        };
        for signature in pairs {
            let options = match signature {
                EcdsaSha256 | RsaSha256 => vec!["-sha256"],
                EcdsaSha384 | RsaSha384 => vec!["-sha384"],
                EcdsaSha512 | RsaSha512 => vec!["-sha512"],
                Sm2Sm3 => vec!["-sm3", "-sigopt", common::SM2_ID],
                other => panic!("the tests do not know {other}"),
            };
            let key = key(&folder).with_signature_algorithm(signature).unwrap();
            assert_agree(&folder, key, &options);
        }
    }
}

#[test]
fn sm2_agrees_with_openssl_on_other_identifiers() {
    if !judge("openssl") || !is_built(KeyFamily::Sm2) {
        return;
    }
    let folder = folder();
    generate(&folder, KeyAlgorithm::Sm2);
    // One byte less than this crate takes: OpenSSL compares with >= where GB/T 32918.2 has <=.
    let longest = "x".repeat(8190);
    for text in ["ALICE123@YAHOO.COM", "a", "签名者", &longest] {
        let key = key(&folder).with_sm2_id(Sm2Id::new(text).unwrap());
        let option = format!("distid:{text}");
        assert_agree(&folder, key, &["-sm3", "-sigopt", &option]);
    }
    // OpenSSL 3.0 takes an empty identifier when it is told none.
    let key = key(&folder).with_sm2_id(Sm2Id::new("").unwrap());
    assert_agree(&folder, key, &["-sm3"]);
}

#[test]
fn sm2_with_another_identifier_is_no_signature_on_either_side() {
    if !judge("openssl") || !is_built(KeyFamily::Sm2) {
        return;
    }
    let folder = folder();
    generate(&folder, KeyAlgorithm::Sm2);
    let alice = key(&folder).with_sm2_id(Sm2Id::new("ALICE123@YAHOO.COM").unwrap());
    write(&folder, "message", "message");
    write(&folder, "signature", alice.sign(b"message").unwrap());
    let default = ["-sm3", "-sigopt", common::SM2_ID];
    assert_refused(&dgst_verify(&folder, &default));
    dgst_sign(&folder, &default);
    let signature = std::fs::read(folder.path().join("signature")).unwrap();
    let answer = alice.public_key().verify(Sm2Sm3, b"message", &signature);
    assert!(matches!(answer, Err(Error::InvalidSignature { .. })));
}

/// Each side verifies the other's signatures, and neither takes them for another message.
#[track_caller]
fn assert_agree(folder: &TempDir, key: KeyPair, options: &[&str]) {
    let message = [b"message ".as_slice(); 200].concat();
    let sign = |nonces| {
        let key = key_with(folder, &key, nonces);
        write(folder, "message", &message);
        write(folder, "signature", key.sign(&message).unwrap());
        let answer = dgst_verify(folder, options);
        assert!(answer.success && answer.text().contains("Verified OK"), "{}", answer.all());
        write(folder, "message", b"another");
        assert_refused(&dgst_verify(folder, options));
    };
    sign(Nonces::Hedged);
    sign(Nonces::Deterministic);

    write(folder, "message", &message);
    dgst_sign(folder, options);
    let signature = std::fs::read(folder.path().join("signature")).unwrap();
    let public = key.public_key();
    public.verify(key.algorithm(), &message, &signature).unwrap();
    let answer = public.verify(key.algorithm(), b"another", &signature);
    assert!(matches!(answer, Err(Error::InvalidSignature { .. })));
}

/// The key of the folder, signing as this one does, with these nonces.
fn key_with(folder: &TempDir, like: &KeyPair, nonces: Nonces) -> KeyPair {
    let key = key(folder).with_signature_algorithm(like.algorithm()).unwrap();
    key.with_sm2_id(like.public_key().sm2_id().clone()).with_nonces(nonces)
}

#[track_caller]
fn assert_refused(answer: &Answer) {
    // "Verification failure" in OpenSSL 3, "Verification Failure" before.
    let text = answer.all().to_lowercase();
    assert!(!answer.success && text.contains("verification failure"), "{text}");
}

fn generate(folder: &TempDir, algorithm: KeyAlgorithm) {
    let options = [&["genpkey", "-out", "key.pem"], &genpkey(algorithm)[..]].concat();
    openssl(folder.path(), &options).expect_success();
    let public = ["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"];
    openssl(folder.path(), &public).expect_success();
}

fn key(folder: &TempDir) -> KeyPair {
    KeyPair::from_pem(&read(folder, "key.pem")).unwrap()
}

/// Verifies the file `signature` of the file `message`.
fn dgst_verify(folder: &TempDir, options: &[&str]) -> Answer {
    let command = ["dgst", "-verify", "public.pem", "-signature", "signature"];
    openssl(folder.path(), &[&command[..], options, &["message"]].concat())
}

/// Writes the file `signature` of the file `message`.
fn dgst_sign(folder: &TempDir, options: &[&str]) {
    let command = ["dgst", "-sign", "key.pem", "-out", "signature"];
    openssl(folder.path(), &[&command[..], options, &["message"]].concat()).expect_success();
}
