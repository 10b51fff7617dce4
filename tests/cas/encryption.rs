//! Encryption for the keys of certificates, before OpenSSL.

use std::collections::BTreeSet;

use certwright::KeyAlgorithm;
use certwright::ledger::AuditAction;
use serde_json::{Value, json};

use crate::common::{folder, judge, openssl, write};
use crate::kept::{foreign, number};
use crate::leaf_world::{DAY, NOW, World, with};
use crate::work::{base64, bytes, leaf, uploaded};

/// Each algorithm with a key of it, and what OpenSSL calls it.
const ALGORITHMS: [(&str, KeyAlgorithm, &[&str]); 3] = [
    ("RSAES_OAEP_SHA_1", KeyAlgorithm::Rsa2048, &["-pkeyopt", "rsa_padding_mode:oaep"]),
    (
        "RSAES_OAEP_SHA_256",
        KeyAlgorithm::Rsa2048,
        &[
            "-pkeyopt",
            "rsa_padding_mode:oaep",
            "-pkeyopt",
            "rsa_oaep_md:sha256",
            "-pkeyopt",
            "rsa_mgf1_md:sha256",
        ],
    ),
    ("SM2PKE", KeyAlgorithm::Sm2, &[]),
];

const SECRET: &str = "a secret: 密";

#[test]
fn openssl_decrypts_what_encrypt_answers_and_decrypt_reads_what_openssl_makes() {
    if !judge("openssl") {
        return;
    }
    let world = World::new();
    for (name, algorithm, options) in ALGORITHMS {
        let folder = folder();
        let path = folder.path();
        let which = uploaded(&world, path, algorithm);
        let asked = with(&which, json!({ "Algorithm": name }));
        for (given, kind) in [
            (SECRET.to_owned(), None),
            (SECRET.to_owned(), Some("RAW")),
            (base64(SECRET), Some("Base64")),
        ] {
            let plaintext = json!({ "Plaintext": given, "MessageType": kind });
            let answer = world.call("Encrypt", with(&asked, plaintext));
            assert_eq!(answer["CertIdentifier"], which["CertIdentifier"]);
            write(&folder, "ciphertext", bytes(&answer, "CiphertextBlob"));
            let decrypt = ["pkeyutl", "-decrypt", "-inkey", "key.pem", "-in", "ciphertext"];
            let found = openssl(path, &[&decrypt[..], options].concat()).expect_success();
            assert_eq!(found.stdout, SECRET.as_bytes(), "{name} {kind:?}");
        }
        write(&folder, "plaintext", SECRET);
        let encrypt = ["pkeyutl", "-encrypt", "-pubin", "-inkey", "public.pem", "-in", "plaintext"];
        let files = ["-out", "theirs"];
        openssl(path, &[&encrypt[..], &files, options].concat()).expect_success();
        let theirs = base64(std::fs::read(path.join("theirs")).unwrap());
        let asked = with(&asked, json!({ "CiphertextBlob": theirs }));
        for (kind, expected) in [
            (None, base64(SECRET)),
            (Some("Base64"), base64(SECRET)),
            (Some("RAW"), SECRET.to_owned()),
        ] {
            let answer = world.call("Decrypt", with(&asked, json!({ "MessageType": kind })));
            assert_eq!(answer["Plaintext"], expected, "{name} {kind:?}");
            assert_eq!(answer["CertIdentifier"], which["CertIdentifier"]);
        }
    }
}

fn uses(world: &World) -> usize {
    let entries = world.cas.ledger().audit(1, 10_000).unwrap();
    entries.iter().filter(|entry| entry.action == AuditAction::KeyUsed).count()
}

#[test]
fn decrypt_answers_whatever_is_wrong_alike_and_the_audit_log_has_each_attempt() {
    let world = World::of("SM2_256");
    let which = leaf(&world, json!({ "Algorithm": "SM2_256" }));
    let asked = with(&which, json!({ "Algorithm": "SM2PKE" }));
    let plaintext = with(&asked, json!({ "Plaintext": SECRET }));
    let answer = world.call("Encrypt", plaintext.clone());
    assert_eq!(uses(&world), 0);
    let good = bytes(&answer, "CiphertextBlob");
    let mut told = BTreeSet::new();
    let mut attempts = 0;
    for at in (0..good.len()).step_by(3) {
        let mut broken = good.clone();
        broken[at] ^= 0x10;
        for ciphertext in [&broken[..], &good[..at]] {
            if ciphertext.is_empty() {
                continue;
            }
            let given = with(&asked, json!({ "CiphertextBlob": base64(ciphertext) }));
            let error = world.cas.call("Decrypt", &given.to_string()).unwrap_err();
            told.insert((error.code(), error.message().to_owned()));
            attempts += 1;
        }
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told.first().unwrap().0, "InvalidParameter");
    assert_eq!(uses(&world), attempts);

    // What was encrypted while it was in force is still read.
    let decrypt = with(&asked, json!({ "CiphertextBlob": base64(&good), "MessageType": "RAW" }));
    assert_eq!(world.call("Decrypt", decrypt.clone())["Plaintext"], SECRET);
    world.clock.set(NOW + 31 * DAY);
    world.refuses("Encrypt", plaintext.clone(), "CertificateExpired", "valid from");
    assert_eq!(world.call("Decrypt", decrypt.clone())["Plaintext"], SECRET);
    world.clock.set(NOW);
    let revoke = json!({ "Identifier": which["CertIdentifier"] });
    world.call("CreateRevokeClientCertificate", revoke);
    world.refuses("Encrypt", plaintext, "InvalidStatus.UpdateProtection", "revoked");
    assert_eq!(world.call("Decrypt", decrypt)["Plaintext"], SECRET);
    world.cas.ledger().verify().unwrap();
}

#[test]
fn what_cannot_be_encrypted_or_decrypted_is_refused() {
    let world = World::of("SM2_256");
    let sm2 = leaf(&world, json!({ "Algorithm": "SM2_256" }));
    let (cert, _) = foreign(KeyAlgorithm::EcdsaP256, "ECC_256");
    let put = world.call("UploadPCACert", json!({ "Cert": cert, "WarehouseId": 2 }));
    let ecc = put["Identifier"].clone();
    let good = with(&sm2, json!({ "Algorithm": "SM2PKE", "Plaintext": "p" }));
    for (changes, code, says) in [
        (json!({ "CertIdentifier": null }), "MissingParameter", "CertIdentifier"),
        (json!({ "Plaintext": null }), "MissingParameter", "Plaintext"),
        (json!({ "Algorithm": null }), "MissingParameter", "Algorithm"),
        (json!({ "CertIdentifier": world.ca }), "NotFound", "CertIdentifier"),
        (json!({ "CertIdentifier": ecc }), "InvalidParameter", "sign only"),
        (json!({ "Algorithm": "RSAES_OAEP_SHA_256" }), "InvalidParameter", "SM2PKE"),
        (json!({ "Algorithm": "RSAES_PKCS1_V1_5" }), "InvalidParameter", "SM2PKE"),
        (json!({ "MessageType": "DIGEST" }), "InvalidParameter", "RAW or Base64"),
        (
            json!({ "MessageType": "Base64", "Plaintext": "secret!" }),
            "InvalidParameter",
            "Plaintext",
        ),
        (json!({ "Plaintext": "p".repeat(6048) }), "DataTooLongException", "6048"),
        (json!({ "WarehouseId": 2 }), "NotFound", "WarehouseId"),
    ] {
        let error = world.refuses("Encrypt", with(&good, changes), code, says);
        assert!(!error.message().contains("secret!"), "{error}");
    }
    let most = with(&good, json!({ "Plaintext": "p".repeat(6047) }));
    let blob = world.call("Encrypt", most)["CiphertextBlob"].clone();
    let good = with(&good, json!({ "Plaintext": null, "CiphertextBlob": blob }));
    for (changes, code, says) in [
        (json!({ "CiphertextBlob": null }), "MissingParameter", "CiphertextBlob"),
        (json!({ "CiphertextBlob": "?" }), "InvalidParameter", "CiphertextBlob"),
        (json!({ "CertIdentifier": ecc }), "InvalidParameter", "sign only"),
        (json!({ "CertIdentifier": world.root }), "NotFound", "CertIdentifier"),
        (json!({ "MessageType": "HEX" }), "InvalidParameter", "RAW or Base64"),
    ] {
        world.refuses("Decrypt", with(&good, changes), code, says);
    }
    assert_eq!(uses(&world), 0, "a refusal uses no key");
    // 0xff is no UTF-8.
    let binary = json!({ "Plaintext": base64([0xff, 0xfe]), "MessageType": "Base64" });
    let asked = with(&sm2, json!({ "Algorithm": "SM2PKE" }));
    let blob = world.call("Encrypt", with(&asked, binary))["CiphertextBlob"].clone();
    let asked = with(&asked, json!({ "CiphertextBlob": blob }));
    assert_eq!(world.call("Decrypt", asked.clone())["Plaintext"], base64([0xff, 0xfe]));
    let raw = with(&asked, json!({ "MessageType": "RAW" }));
    assert_eq!(world.cas.call("Decrypt", &raw.to_string()).unwrap_err().code(), "InvalidParameter");
}

#[test]
fn of_a_double_certificate_each_half_does_its_own_work() {
    let world = World::of("SM2_256");
    let (sign, encrypt) =
        (foreign(KeyAlgorithm::Sm2, "SM2_256"), foreign(KeyAlgorithm::Sm2, "SM2_256"));
    let given = json!({
        "Name": "double", "SignCert": sign.0, "SignPrivateKey": sign.1, "EncryptCert": encrypt.0,
        "EncryptPrivateKey": encrypt.1,
    });
    let upload = |given: Value| {
        let id = number(&world.call("UploadUserCertificate", given));
        json!({ "CertIdentifier": format!("{id}-cn-hangzhou") })
    };
    let double = upload(given);
    let [signing, encrypting] = [("s", sign), ("e", encrypt)]
        .map(|(name, (cert, key))| upload(json!({ "Name": name, "Cert": cert, "Key": key })));
    let asked = with(&double, json!({ "Message": "m", "SigningAlgorithm": "SM3withSM2" }));
    let signature = world.call("Sign", asked.clone())["Signature"].clone();
    let verified = |which: &Value| {
        let given = with(&with(&asked, which.clone()), json!({ "SignatureValue": signature }));
        world.call("Verify", given)["SignatureValid"] == true
    };
    assert!(verified(&double) && verified(&signing) && !verified(&encrypting));
    let asked = with(&double, json!({ "Algorithm": "SM2PKE", "Plaintext": SECRET }));
    let blob = world.call("Encrypt", asked)["CiphertextBlob"].clone();
    let decrypted = |which: &Value| {
        let given = json!({ "Algorithm": "SM2PKE", "CiphertextBlob": blob, "MessageType": "RAW" });
        world.cas.call("Decrypt", &with(which, given).to_string()).is_ok()
    };
    assert!(decrypted(&double) && decrypted(&encrypting) && !decrypted(&signing));
}
