//! Signatures where this crate's own arithmetic of curves is wrong: none is released, and the
//! RustCrypto crates make another.

#![allow(clippy::panic, clippy::unwrap_used)]

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;

use super::data::{Data, DataSignature};
use super::generation::KeyGeneration;
use super::pair::{KeyPair, Nonces, Secret};
use super::signer::{Pinned, Signer};
use crate::algorithm::{KeyAlgorithm, KeyFamily, SignatureAlgorithm};
use crate::arithmetic::{Arithmetic, failing, own};
use crate::curves::Fault;

const FAULTS: [Fault; 8] = [
    Fault::Entries,
    Fault::Rows,
    Fault::Row,
    Fault::Nonce,
    Fault::Product,
    Fault::Scalar,
    Fault::Infinity,
    Fault::Lane,
];

fn algorithms() -> Vec<KeyAlgorithm> {
    vec![
        #[cfg(feature = "ecc")]
        KeyAlgorithm::EcdsaP256,
        #[cfg(feature = "sm2")]
        KeyAlgorithm::Sm2,
        // Slow without optimisation.
        #[cfg(all(feature = "ecc", not(debug_assertions)))]
        KeyAlgorithm::EcdsaP384,
        #[cfg(all(feature = "ecc", not(debug_assertions)))]
        KeyAlgorithm::EcdsaP521,
    ]
}

fn pair(algorithm: KeyAlgorithm) -> KeyPair {
    let generation = KeyGeneration::new(algorithm).arithmetic(own());
    generation.generate_with(&mut ChaCha20Rng::from_seed([1; 32])).unwrap()
}

fn faulty(algorithm: KeyAlgorithm, fault: Fault) -> KeyPair {
    let mut key = pair(algorithm);
    key.secret = match key.secret {
        #[cfg(feature = "ecc")]
        Secret::Ecdsa(secret) => Secret::Ecdsa(secret.with_fault(fault)),
        #[cfg(feature = "sm2")]
        Secret::Sm2(secret) => Secret::Sm2(Box::new(secret.with_fault(fault))),
        #[cfg(feature = "rsa")]
        Secret::Rsa(_) => panic!("another family"),
    };
    key
}

fn failed() -> u64 {
    Arithmetic::counts().failed
}

#[test]
fn a_fault_is_counted_and_the_rustcrypto_crates_sign() {
    let _guard = failing();
    const WHAT: &str = "test";
    let messages: [&[u8]; 3] = [b"one", b"two", b"three"];
    for algorithm in algorithms() {
        let good = Pinned::shared(pair(algorithm));
        let before = failed();
        good.sign(WHAT, b"message").unwrap();
        assert_eq!(failed(), before, "nothing failed so far");
        for fault in FAULTS {
            let before = failed();
            let key = faulty(algorithm, fault);
            let by_itself = key.sign(b"message").unwrap();
            let is_right = good.public_key().verify(key.algorithm(), b"message", &by_itself);
            // A sum that meets an exception goes to the crates at once; one signature needs no lanes.
            let is_harmless = [Fault::Infinity, Fault::Lane].contains(&fault);
            assert_eq!(is_right.is_ok(), is_harmless, "{algorithm} {fault:?}");

            let key = Pinned::shared(key);
            let mut signed = vec![(&b"message"[..], key.sign(WHAT, b"message"))];
            signed.extend(messages.into_iter().zip(key.sign_many("message", &messages)));
            for (message, signature) in signed {
                match signature {
                    Ok(signature) => good.check(WHAT, message, &signature).unwrap(),
                    // The crates sign with the same scalar: then nothing is released.
                    Err(_) => assert_eq!(fault, Fault::Scalar, "{algorithm}"),
                }
            }
            let expected = match fault {
                Fault::Infinity => 0,
                Fault::Lane => 1,
                _ => 4,
            };
            assert_eq!(failed() - before, expected, "{algorithm} {fault:?}");
        }
    }
}

#[test]
fn a_faulty_signature_of_data_is_not_released() {
    let _guard = failing();
    for algorithm in algorithms() {
        let public = pair(algorithm).public_key().clone();
        let how = DataSignature::Plain(pair(algorithm).algorithm());
        for fault in FAULTS {
            for data in [Data::Message(b"message"), Data::Digest(&[7; 64])] {
                let data = match (data, how) {
                    (Data::Digest(digest), DataSignature::Plain(algorithm)) => {
                        let length = match algorithm {
                            SignatureAlgorithm::EcdsaSha384 => 48,
                            SignatureAlgorithm::EcdsaSha512 => 64,
                            _ => 32,
                        };
                        Data::Digest(&digest[..length])
                    }
                    (data, _) => data,
                };
                match faulty(algorithm, fault).sign_data(how, data) {
                    Ok(signature) => public.verify_data(how, data, &signature).unwrap(),
                    // The crates sign with the same scalar: then nothing is released.
                    Err(_) => assert_eq!(fault, Fault::Scalar, "{algorithm}"),
                }
            }
        }
    }
}

/// The only scalars and nonces that the tables cannot multiply by work, too: by the crates.
#[cfg(feature = "ecc")]
#[test]
fn the_scalar_that_meets_an_exception_is_a_key_as_any_other() {
    // 30·2^252 − n.
    let scalar = "e0000000ffffffff00000000000000004319055258e8617b0c46353d039cdaaf";
    let scalar: Vec<u8> = scalar
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let secret =
        super::ecdsa::Secret::from_scalar(own(), KeyAlgorithm::EcdsaP256, &scalar).unwrap();
    assert!(!secret.is_own());
    let key = KeyPair::from_ecdsa(KeyAlgorithm::EcdsaP256, secret);
    let signature = key.sign(b"message").unwrap();
    key.verify(b"message", &signature).unwrap();
    assert!(key.sign_otherwise(b"message").is_none(), "it is the other way already");
}

/// What embedders that choose another arithmetic get: the same bytes.
#[test]
fn deterministic_signatures_are_those_of_the_crates() {
    for algorithm in algorithms() {
        use SignatureAlgorithm::{EcdsaSha256, EcdsaSha384, EcdsaSha512, Sm2Sm3};
        let hashes: &[SignatureAlgorithm] = match algorithm.family() {
            KeyFamily::Sm2 => &[Sm2Sm3],
            _ => &[EcdsaSha256, EcdsaSha384, EcdsaSha512],
        };
        for hash in hashes {
            let key = pair(algorithm).with_nonces(Nonces::Deterministic);
            let key = key.with_signature_algorithm(*hash).unwrap();
            for length in [0, 1, 100] {
                let message = vec![7; length];
                let signature = key.sign(&message).unwrap();
                let (function, hashed) = key.public_key().hashed(*hash, &message).unwrap();
                let digest = super::digests::digest(function, &hashed);
                let theirs = match &key.secret {
                    #[cfg(feature = "ecc")]
                    Secret::Ecdsa(secret) => secret.sign_by_crate(*hash, &digest, &[]).unwrap(),
                    #[cfg(feature = "sm2")]
                    Secret::Sm2(secret) => secret.sign_by_crate(&digest, &[]).unwrap(),
                    #[cfg(feature = "rsa")]
                    Secret::Rsa(_) => panic!("another family"),
                };
                assert_eq!(signature, theirs, "{algorithm} {hash} {length}");
            }
        }
    }
}

/// Messages that are hashed together, of which none is as long as another: the signatures of one after
/// the other, and each right.
#[test]
fn signatures_of_many_are_those_of_each() {
    let bytes = [7; 400];
    let messages: Vec<&[u8]> = (0..20).map(|at| &bytes[..380 + at]).collect();
    for algorithm in algorithms() {
        let crates = pair(algorithm).with_nonces(Nonces::Deterministic);
        let crates = crates.with_arithmetic(Arithmetic::RustCrypto);
        let expected: Vec<_> =
            messages.iter().map(|message| crates.sign(message).unwrap()).collect();
        for arithmetic in [Arithmetic::Portable, Arithmetic::Vectors, Arithmetic::Scalar] {
            let key = pair(algorithm).with_nonces(Nonces::Deterministic);
            let key = super::signer::Pinned::new(key.with_arithmetic(arithmetic));
            let signed = key.sign_many("message", &messages);
            let signed: Vec<_> = signed.into_iter().map(Result::unwrap).collect();
            assert_eq!(signed, expected, "{algorithm} {arithmetic:?}");
        }
    }
}

/// Keys that are generated together sign as others do, and are no two the same.
#[test]
fn many_keys_are_generated_at_once() {
    for algorithm in algorithms() {
        for arithmetic in [own(), Arithmetic::Portable, Arithmetic::RustCrypto] {
            let generate = |count| {
                let rng = &mut ChaCha20Rng::from_seed([2; 32]);
                let generation = KeyGeneration::new(algorithm).arithmetic(arithmetic);
                generation.generate_many_with(count, rng).unwrap()
            };
            let keys = generate(10);
            let mut all: Vec<_> = keys.iter().map(|key| key.public_key().fingerprint()).collect();
            let again = generate(10);
            assert!(keys.iter().zip(&again).all(|(a, b)| a.public_key() == b.public_key()));
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), 10);
            for key in keys {
                let signature = key.sign(b"message").unwrap();
                key.verify(b"message", &signature).unwrap();
                let read = KeyPair::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap();
                assert_eq!(read.public_key(), key.public_key(), "{algorithm} {arithmetic:?}");
            }
            assert!(generate(0).is_empty());
        }
    }
}

/// Signatures of one key, and of a key each, are verified together with the answers of one after the
/// other, wrong ones among them.
#[test]
fn many_signatures_are_verified_as_each() {
    use super::verify::{Claim, verify_many};
    for algorithm in algorithms() {
        for arithmetic in [own(), Arithmetic::Portable, Arithmetic::Scalar, Arithmetic::RustCrypto]
        {
            let rng = &mut ChaCha20Rng::from_seed([3; 32]);
            let generation = KeyGeneration::new(algorithm).arithmetic(arithmetic);
            let keys = generation.generate_many_with(11, rng).unwrap();
            let message = |at: usize| [at as u8; 20];
            let messages: Vec<_> = (0..keys.len()).map(message).collect();
            for is_often in [false, true] {
                let signatures: Vec<Vec<u8>> = (0..keys.len())
                    .map(|at| {
                        let key = if is_often { &keys[0] } else { &keys[at] };
                        let mut signature = key.sign(&messages[at]).unwrap();
                        match at {
                            3 => *signature.last_mut().unwrap() ^= 1,
                            4 => signature.truncate(20),
                            _ => {}
                        }
                        signature
                    })
                    .collect();
                let claim = |at: usize| Claim {
                    key: if is_often { keys[0].public_key() } else { keys[at].public_key() },
                    algorithm: keys[0].algorithm(),
                    message: if at == 7 { &messages[8] } else { &messages[at] },
                    signature: &signatures[at],
                    is_often,
                };
                let claims: Vec<_> = (0..keys.len()).map(claim).collect();
                for round in 0..3 {
                    let answers = verify_many(&claims);
                    for (at, answer) in answers.iter().enumerate() {
                        let expected = ![3, 4, 7].contains(&at);
                        let what = format!("{algorithm} {arithmetic:?} {is_often} {round} {at}");
                        assert_eq!(answer.is_ok(), expected, "{what}");
                    }
                }
            }
        }
    }
}
