//! What the keys of certificates do for callers, before OpenSSL.

use std::path::Path;

use base64ct::{Base64, Encoding as _};
use certwright::KeyAlgorithm;
use certwright::cas::{Config, RawMessage};
use certwright::ledger::AuditAction;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::common::{SM2_ID, folder, judge, openssl, service_name, write};
use crate::kept::{foreign, number};
use crate::leaf_world::{DAY, NOW, World, with};

/// Each algorithm with a key of it, and what OpenSSL calls it: of messages, and of digests.
const ALGORITHMS: [(&str, KeyAlgorithm, &[&str], &[&str]); 5] = [
    ("SHA256withRSA", KeyAlgorithm::Rsa2048, &["-sha256"], &["-pkeyopt", "digest:sha256"]),
    (
        "SHA256withRSA/PSS",
        KeyAlgorithm::Rsa2048,
        &["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"],
        &[
            "-pkeyopt",
            "digest:sha256",
            "-pkeyopt",
            "rsa_padding_mode:pss",
            "-pkeyopt",
            "rsa_pss_saltlen:32",
        ],
    ),
    ("SHA256withECDSA", KeyAlgorithm::EcdsaP256, &["-sha256"], &[]),
    ("SHA256withECDSA", KeyAlgorithm::EcdsaP384, &["-sha256"], &[]),
    ("SM3withSM2", KeyAlgorithm::Sm2, &["-sm3", "-sigopt", SM2_ID], &[]),
];

const MESSAGE: &str = "What is signed: 例, and a line\nmore.";

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    Base64::encode_string(bytes.as_ref())
}

pub fn bytes(answer: &Value, name: &str) -> Vec<u8> {
    Base64::decode_vec(answer[name].as_str().unwrap()).unwrap()
}

/// A certificate of a user whose key is also in `key.pem`, and its public half in `public.pem`: what names it.
pub fn uploaded(world: &World, folder: &Path, algorithm: KeyAlgorithm) -> Value {
    let family = service_name(match algorithm {
        KeyAlgorithm::EcdsaP384 => KeyAlgorithm::EcdsaP256,
        other => other,
    });
    let (cert, key) = foreign(algorithm, family);
    std::fs::write(folder.join("key.pem"), &key).unwrap();
    let public = ["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"];
    openssl(folder, &public).expect_success();
    let name = folder.display().to_string();
    let given = json!({ "Name": name, "Cert": cert, "Key": key });
    let id = number(&world.call("UploadUserCertificate", given));
    json!({ "CertIdentifier": format!("{id}-cn-hangzhou") })
}

#[test]
fn openssl_verifies_what_sign_answers_and_verify_what_openssl_signs() {
    if !judge("openssl") {
        return;
    }
    let world = World::new();
    for (name, algorithm, message_options, digest_options) in ALGORITHMS {
        let folder = folder();
        let path = folder.path();
        let which = uploaded(&world, path, algorithm);
        let asked = with(&which, json!({ "SigningAlgorithm": name }));
        write(&folder, "message", MESSAGE);
        for (message, kind) in [
            (MESSAGE.to_owned(), None),
            (MESSAGE.to_owned(), Some("RAW")),
            (base64(MESSAGE), Some("BASE64")),
        ] {
            let asked = with(&asked, json!({ "Message": message, "MessageType": kind }));
            write(&folder, "signature", bytes(&world.call("Sign", asked.clone()), "Signature"));
            let verify = ["-verify", "public.pem", "-signature", "signature", "message"];
            openssl(path, &[&["dgst"], message_options, &verify].concat()).expect_success();

            let sign = ["-sign", "key.pem", "-out", "theirs", "message"];
            openssl(path, &[&["dgst"], message_options, &sign].concat()).expect_success();
            let mut theirs = std::fs::read(folder.path().join("theirs")).unwrap();
            let verified = |signature: &[u8]| {
                let given = with(&asked, json!({ "SignatureValue": base64(signature) }));
                world.call("Verify", given)["SignatureValid"].clone()
            };
            assert_eq!(verified(&theirs), true, "{name} {kind:?}");
            *theirs.last_mut().unwrap() ^= 1;
            assert_eq!(verified(&theirs), false, "{name} {kind:?}");
        }

        // Of SM2 any 32 bytes may be e.
        let digest = Sha256::digest(MESSAGE);
        let asked = with(&asked, json!({ "Message": base64(digest), "MessageType": "DIGEST" }));
        let answer = world.call("Sign", asked.clone());
        write(&folder, "digest", digest);
        write(&folder, "signature", bytes(&answer, "Signature"));
        let verify = ["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-in", "digest"];
        let files = ["-sigfile", "signature"];
        openssl(path, &[&verify[..], &files, digest_options].concat()).expect_success();
        let given = with(&asked, json!({ "SignatureValue": answer["Signature"] }));
        assert_eq!(world.call("Verify", given.clone())["SignatureValid"], true);
        if algorithm != KeyAlgorithm::Sm2 {
            let of_message = json!({ "Message": MESSAGE, "MessageType": "RAW" });
            let of_message = with(&given, of_message);
            assert_eq!(world.call("Verify", of_message)["SignatureValid"], true);
        }
        let of_bytes = with(&given, json!({ "MessageType": "BASE64" }));
        assert_eq!(
            world.call("Verify", of_bytes)["SignatureValid"],
            false,
            "a digest is no message"
        );
    }
}

/// A leaf whose key is kept, and what names it.
pub fn leaf(world: &World, more: Value) -> Value {
    let given = json!({
        "CommonName": "signer.test", "ParentIdentifier": world.ca, "Days": 30,
        "Algorithm": "ECC_256",
    });
    let identifier = world.identifier("CreateServerCertificate", with(&given, more));
    json!({ "CertIdentifier": identifier })
}

fn used(world: &World) -> Vec<String> {
    let entries = world.cas.ledger().audit(1, 10_000).unwrap();
    let used = entries.into_iter().filter(|entry| entry.action == AuditAction::KeyUsed);
    used.map(|entry| entry.detail).collect()
}

#[test]
fn the_key_of_a_leaf_signs_as_long_as_that_is_in_force_and_the_audit_log_tells() {
    let world = World::new();
    let which = leaf(&world, json!({ "CustomIdentifier": "mine" }));
    let identifier = which["CertIdentifier"].as_str().unwrap();
    let message =
        json!({ "Message": "m", "MessageType": "RAW", "SigningAlgorithm": "SHA256withECDSA" });
    let asked = with(&which, message.clone());
    let custom = with(&message, json!({ "CustomIdentifier": "mine", "WarehouseId": 1 }));
    let signature = world.call("Sign", asked.clone())["Signature"].clone();
    let verify = |given: &Value| {
        let given = with(given, json!({ "SignatureValue": signature }));
        world.call("Verify", given)["SignatureValid"] == true
    };
    assert!(verify(&asked) && verify(&custom));
    assert_eq!(
        used(&world),
        [format!("private key certificate/{identifier}: signs by SHA256withECDSA")]
    );
    world.call("Sign", custom.clone());
    assert_eq!(used(&world).len(), 2);

    // Both names: the first decides, and the answer's outcome tells.
    let both = with(&asked, json!({ "CustomIdentifier": "another's" })).to_string();
    assert_eq!(world.cas.call_with_outcome("Sign", &both).unwrap().left_out().count(), 1);

    let before = used(&world).len();
    world.clock.set(NOW + 31 * DAY);
    world.refuses("Sign", asked.clone(), "CertificateExpired", identifier);
    assert!(verify(&asked), "what was signed stays signed");
    world.clock.set(NOW);
    world.call("CreateRevokeClientCertificate", json!({ "Identifier": identifier }));
    world.refuses("Sign", custom, "InvalidStatus.UpdateProtection", identifier);
    assert!(verify(&asked));
    assert_eq!(used(&world).len(), before);
    world.cas.ledger().verify().unwrap();
}

#[test]
fn a_leaf_below_a_revoked_ca_signs_nothing() {
    let world = World::new();
    let which = leaf(&world, json!({}));
    let revoke = json!({ "Identifier": world.ca, "Status": "REVOKE" });
    world.call("UpdateCACertificateStatus", revoke);
    let asked = json!({ "Message": "m", "SigningAlgorithm": "SHA256withECDSA" });
    world.refuses("Sign", with(&which, asked), "InvalidStatus.UpdateProtection", "revoked");
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let world = World::new();
    let with_csr = json!({
        "Csr": crate::leaf_world::csr("CN=elsewhere.test"), "ParentIdentifier": world.ca, "Days": 30,
    });
    let elsewhere = world.identifier("CreateServerCertificateWithCsr", with_csr);
    let good = with(
        &leaf(&world, json!({})),
        json!({ "Message": "m", "MessageType": "RAW", "SigningAlgorithm": "SHA256withECDSA" }),
    );
    for (changes, code, says) in [
        (json!({ "CertIdentifier": null }), "MissingParameter", "CertIdentifier"),
        (json!({ "Message": null }), "MissingParameter", "Message"),
        (json!({ "SigningAlgorithm": null }), "MissingParameter", "SigningAlgorithm"),
        (json!({ "CertIdentifier": "x" }), "NotFound", "CertIdentifier"),
        (json!({ "CertIdentifier": "5-cn-hangzhou" }), "NotFound", "CertIdentifier"),
        // Whoever has messages signed by the key of a CA makes certificates of them.
        (json!({ "CertIdentifier": world.ca }), "NotFound", "CertIdentifier"),
        (json!({ "CertIdentifier": world.root }), "NotFound", "CertIdentifier"),
        (json!({ "CertIdentifier": elsewhere }), "NotFound", "not kept here"),
        (json!({ "CertIdentifier": null, "CustomIdentifier": elsewhere }), "NotFound", "Custom"),
        (json!({ "WarehouseId": 2 }), "NotFound", "WarehouseId"),
        (json!({ "SigningAlgorithm": "SHA256withRSA" }), "InvalidParameter", "SHA256withECDSA"),
        (json!({ "SigningAlgorithm": "SHA256withRSA/P7" }), "InvalidParameter", "SHA256withECDSA"),
        (json!({ "MessageType": "BLIND" }), "InvalidParameter", "RAW or BASE64 or DIGEST"),
        (json!({ "MessageType": "BASE64", "Message": "ü" }), "InvalidParameter", "base64"),
        (json!({ "MessageType": "BASE64", "Message": "YQ" }), "InvalidParameter", "base64"),
        (
            json!({ "MessageType": "DIGEST", "Message": "YQ==" }),
            "InvalidParameter",
            "a digest of 32 bytes",
        ),
        (json!({ "Message": "m".repeat(4097) }), "DataTooLongException", "at most 4096"),
    ] {
        world.refuses("Sign", with(&good, changes), code, says);
    }
    world.call("Sign", with(&good, json!({ "Message": "m".repeat(4096) })));
    assert_eq!(used(&world).len(), 1, "a refusal uses no key");

    // To verify, no key is needed.
    let verify = json!({ "CertIdentifier": elsewhere, "SignatureValue": base64([0; 70]) });
    let verify = with(&good, verify);
    assert_eq!(world.call("Verify", verify.clone())["SignatureValid"], false);
    let long = with(&verify, json!({ "SignatureValue": base64([0x30; 5000]) }));
    assert_eq!(world.call("Verify", long)["SignatureValid"], false);
    let none = with(&verify, json!({ "SignatureValue": "?" }));
    world.refuses("Verify", none, "InvalidParameter", "SignatureValue");
}

#[test]
fn a_raw_message_is_base64_where_the_rules_say_so() {
    let mut config = Config::default();
    config.raw_message = RawMessage::Base64;
    let world = World::configured("ECC_256", config);
    let asked = with(&leaf(&world, json!({})), json!({ "SigningAlgorithm": "SHA256withECDSA" }));
    let raw = with(&asked, json!({ "Message": base64(MESSAGE), "MessageType": "RAW" }));
    let signature = world.call("Sign", raw.clone())["Signature"].clone();
    for given in [raw.clone(), with(&raw, json!({ "MessageType": "BASE64" }))] {
        let given = with(&given, json!({ "SignatureValue": signature }));
        assert_eq!(world.call("Verify", given)["SignatureValid"], true);
    }
    world.refuses("Sign", with(&raw, json!({ "Message": MESSAGE })), "InvalidParameter", "base64");
}
