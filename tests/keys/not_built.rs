//! What this build leaves out is refused, and the feature is named that adds it.

#[cfg(not(feature = "encrypted-keys"))]
#[test]
fn encrypted_keys_name_their_feature() {
    use certwright::KeyPair;
    use certwright_tests::common::families;
    use certwright_tests::key_files::{seeded, unsupported};
    // PBES2 with PBKDF2 and AES-256-CBC, by its outermost parts.
    let encrypted = [0x30, 0x0a, 0x30, 0x04, 0x06, 0x02, 0x2a, 0x03, 0x04, 0x02, 0x01, 0x02];
    let mut answers = vec![KeyPair::from_pkcs8_der_encrypted(&encrypted, "x").map(drop)];
    for algorithm in families() {
        answers.push(seeded(algorithm, 1).to_pkcs8_der_encrypted("x").map(drop));
    }
    for answer in answers {
        assert!(unsupported(answer).2.contains("\"encrypted-keys\""));
    }
}

#[cfg(not(feature = "sealed-keys"))]
#[test]
fn keys_at_rest_name_their_feature() {
    use certwright::key::SealingKey;
    use certwright::ledger::Ledger;
    use certwright::time::Time;
    use certwright::{Error, MemoryStore};
    use certwright_tests::common::families;
    use certwright_tests::key_files::seeded;
    let ledger = Ledger::new(MemoryStore::default());
    let writer = ledger.writer("tests", Time::from_unix(0).unwrap());
    let by_passphrase = SealingKey::from_passphrase("x").unwrap();
    let mut answers =
        vec![ledger.unlock(&SealingKey::from_bytes([7; 32])), ledger.unlock(&by_passphrase)];
    for algorithm in families() {
        answers.push(writer.put_key("mine", &seeded(algorithm, 1)));
    }
    for answer in answers {
        let error = answer.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        assert!(error.to_string().contains("\"sealed-keys\""), "{error}");
    }
    assert_eq!(ledger.key_names(None, 1).unwrap(), [""; 0]);
}
