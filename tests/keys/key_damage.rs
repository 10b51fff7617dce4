//! Damaged key files never panic, and damage never turns one key into another.

use certwright::key::{KeyFamily, PublicKey};
use certwright::{Error, KeyAlgorithm, KeyPair};

use crate::common::{families, is_built};
use crate::key_files::{self, content, curve, pkcs8, sec1, seeded, whole};

/// Each byte with one bit flipped, another one from byte to byte.
fn flips(good: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..good.len()).map(|position| {
        let mut file = good.to_vec();
        file[position] ^= 1 << (position % 8);
        file
    })
}

/// Malformed or unsupported input is called so.
#[track_caller]
fn assert_refused<T>(answer: Result<T, Error>) {
    match answer {
        Err(Error::Malformed(_) | Error::Unsupported { .. }) => {}
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was taken"),
    }
}

#[test]
fn a_private_key_that_is_cut_anywhere_is_refused() {
    for algorithm in families() {
        let key = seeded(algorithm, 1);
        let good = key.to_pkcs8_der().unwrap();
        for length in 0..good.as_bytes().len() {
            assert_refused(KeyPair::from_pkcs8_der(&good.as_bytes()[..length]));
        }
        assert_refused(KeyPair::from_pkcs8_der(&[good.as_bytes(), &[0]].concat()));
        let text = key.to_pkcs8_pem().unwrap();
        let whole = text.as_str().trim_end().len();
        for length in 0..whole {
            assert_refused(KeyPair::from_pem(&text.as_str()[..length]));
        }
        assert_eq!(
            KeyPair::from_pem(&text.as_str()[..whole]).unwrap().public_key(),
            key.public_key()
        );
    }
}

#[test]
fn a_flipped_bit_in_a_private_key_never_gives_another_key() {
    for algorithm in families() {
        let good = seeded(algorithm, 1);
        let der = good.to_pkcs8_der().unwrap();
        let mut taken = 0;
        for file in flips(der.as_bytes()) {
            match KeyPair::from_pkcs8_der(&file) {
                // The version may become 1, and the CRT values of RSA are computed again.
                Ok(read) => {
                    taken += 1;
                    assert!(read.to_pkcs8_der().unwrap() == der, "{file:02x?}");
                }
                Err(Error::Malformed(_) | Error::Unsupported { .. }) => {}
                Err(other) => panic!("{other}: {file:02x?}"),
            }
        }
        let without_effect = match algorithm.family() {
            KeyFamily::Rsa => 3 * 129,
            _ => 0,
        };
        assert!(taken <= 1 + without_effect, "{algorithm}: {taken}");
    }
}

#[test]
fn a_private_key_is_read_by_the_reader_of_its_form_only() {
    for algorithm in families() {
        let key = seeded(algorithm, 1);
        let der = key.to_pkcs8_der().unwrap();
        assert_refused(KeyPair::from_sec1_der(der.as_bytes()));
        assert_refused(KeyPair::from_pkcs1_der(der.as_bytes()));
        assert_refused(KeyPair::from_pkcs8_der_encrypted(der.as_bytes(), "x"));
        assert_refused(KeyPair::from_pkcs8_der(&key.public_key().to_der()));
        let after_version = &content(der.as_bytes())[3..];
        let inner = content(&after_version[whole(after_version).len()..]);
        assert_refused(KeyPair::from_pkcs8_der(inner));
        if algorithm.family() == KeyFamily::Rsa {
            assert_refused(KeyPair::from_sec1_der(inner));
            KeyPair::from_pkcs1_der(inner).unwrap();
        } else {
            assert_refused(KeyPair::from_pkcs1_der(inner));
            let scalar = content(&content(inner)[3..]);
            KeyPair::from_sec1_der(&sec1(scalar, Some(algorithm), None)).unwrap();
        }
    }
}

#[test]
fn a_damaged_public_key_is_refused_or_another_key_that_reads_back() {
    for algorithm in families() {
        let good = seeded(algorithm, 1).public_key().to_der();
        for length in 0..good.len() {
            assert_refused(PublicKey::from_der(&good[..length]));
        }
        for file in flips(&good) {
            match PublicKey::from_der(&file) {
                Ok(read) => {
                    assert_eq!(PublicKey::from_der(&read.to_der()).unwrap(), read);
                    assert!(read.verify(read.algorithm().default_signature(), b"", b"").is_err());
                }
                Err(Error::Malformed(_) | Error::Unsupported { .. }) => {}
                Err(other) => panic!("{other}: {file:02x?}"),
            }
        }
    }
}

#[test]
fn a_key_file_beyond_1_mib_is_refused_before_it_is_read() {
    let long = vec![0x30; 1024 * 1024 + 1];
    let problem = "1048577 bytes; at most 1048576";
    assert_eq!(key_files::malformed(KeyPair::from_pkcs8_der(&long)).1, problem);
    assert_eq!(key_files::malformed(PublicKey::from_der(&long)).1, problem);
    assert_eq!(key_files::malformed(KeyPair::from_pkcs8_der_encrypted(&long, "x")).1, problem);
    let text = "-".repeat(1024 * 1024 + 1);
    assert_eq!(key_files::malformed(KeyPair::from_pem(&text)).1, problem);
}

#[test]
fn an_rsa_key_that_calls_itself_a_curves_is_refused() {
    if !is_built(KeyFamily::Rsa) {
        return;
    }
    let der = seeded(KeyAlgorithm::Rsa2048, 1).to_pkcs8_der().unwrap();
    let after_version = &content(der.as_bytes())[3..];
    let inner = content(&after_version[whole(after_version).len()..]);
    assert_refused(KeyPair::from_pkcs8_der(&pkcs8(&curve(KeyAlgorithm::EcdsaP256), inner)));
}
