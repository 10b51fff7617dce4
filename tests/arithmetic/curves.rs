//! Keys on curves with every kind of arithmetic: the same keys, the same deterministic signatures,
//! and signatures that each takes from the other.

use certwright::key::{Arithmetic, KeyGeneration, Nonces, PublicKey};
use certwright::testing::SeededRng;
use certwright::{KeyAlgorithm, KeyPair, Signer};

use super::{KINDS, alone};

const CURVES: [KeyAlgorithm; 4] =
    [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Sm2, KeyAlgorithm::EcdsaP384, KeyAlgorithm::EcdsaP521];

/// The long ones take minutes without optimisation.
fn curves() -> &'static [KeyAlgorithm] {
    if cfg!(debug_assertions) { &CURVES[..2] } else { &CURVES }
}

/// Whether a key on a curve is worked on by the crate's own arithmetic with this choice.
fn is_own(arithmetic: Arithmetic) -> bool {
    match arithmetic {
        Arithmetic::Fastest => !cfg!(debug_assertions),
        Arithmetic::RustCrypto => false,
        _ => true,
    }
}

fn key(arithmetic: Arithmetic, algorithm: KeyAlgorithm, seed: u64) -> KeyPair {
    let generation = KeyGeneration::new(algorithm).arithmetic(arithmetic);
    generation.generate_with(&mut SeededRng::new(seed)).unwrap()
}

/// Batches whose sizes fill lanes, do not, and are too few for them.
#[test]
fn every_kind_signs_and_verifies_many_alike() {
    let _alone = alone();
    for algorithm in curves() {
        for count in [1, 3, 8, 13] {
            let messages: Vec<Vec<u8>> = (0..count).map(|at| vec![at; 7]).collect();
            let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
            let of_each = KINDS.map(|arithmetic| {
                let key = key(arithmetic, *algorithm, 5).with_nonces(Nonces::Deterministic);
                let signatures: Vec<Vec<u8>> =
                    key.sign_many(&messages).into_iter().map(Result::unwrap).collect();
                let mut signed: Vec<(&[u8], &[u8])> =
                    messages.iter().copied().zip(signatures.iter().map(Vec::as_slice)).collect();
                let verify = |signed: &[_]| -> Vec<bool> {
                    let answers = key.public_key().verify_many(key.algorithm(), signed);
                    answers.iter().map(Result::is_ok).collect()
                };
                assert!(verify(&signed).iter().all(|right| *right), "{algorithm} {arithmetic:?}");
                signed[0].0 = b"another";
                let right = verify(&signed);
                assert!(!right[0] && right[1..].iter().all(|right| *right));
                signatures
            });
            assert!(of_each.iter().all(|other| *other == of_each[0]), "{algorithm} {count}");
        }
    }
}

#[test]
fn every_kind_makes_the_same_keys_and_deterministic_signatures() {
    let _alone = alone();
    for algorithm in curves() {
        for seed in 1..4 {
            let of_each = KINDS.map(|arithmetic| {
                let key = key(arithmetic, *algorithm, seed).with_nonces(Nonces::Deterministic);
                assert_eq!(key.arithmetic(), arithmetic);
                let before = Arithmetic::counts();
                let signatures: Vec<Vec<u8>> = (0..4_u8)
                    .map(|message| key.sign(&vec![message; 50 * usize::from(message)]).unwrap())
                    .collect();
                let counts = Arithmetic::counts();
                let counts = [
                    counts.on_curves - before.on_curves,
                    counts.elsewhere - before.elsewhere,
                    counts.failed - before.failed,
                ];
                let expected = if is_own(arithmetic) { [4, 0, 0] } else { [0, 4, 0] };
                assert_eq!(counts, expected, "{algorithm} {arithmetic:?}");
                let file = key.to_pkcs8_der().unwrap().as_bytes().to_vec();
                (file, key.public_key().to_der(), signatures)
            });
            assert!(of_each.iter().all(|other| *other == of_each[0]), "{algorithm} {seed}");
        }
    }
}

#[test]
fn each_kind_takes_the_hedged_signatures_of_the_others() {
    let _alone = alone();
    // Enough for a table of the key's multiples, which is made after 13.
    const COUNT: u8 = 16;
    for algorithm in curves() {
        let made = [Arithmetic::Portable, Arithmetic::RustCrypto].map(|arithmetic| {
            let key = key(arithmetic, *algorithm, 5);
            let signatures: Vec<Vec<u8>> =
                (0..COUNT).map(|message| key.sign(&[message]).unwrap()).collect();
            assert_ne!(signatures[0], key.sign(&[0]).unwrap(), "hedged");
            (key, signatures)
        });
        for (signer, signatures) in &made {
            for (verifier, _) in &made {
                let [by_crates, by_us] =
                    [Arithmetic::RustCrypto, Arithmetic::Portable].map(|arithmetic| {
                        let read = PublicKey::from_der(&signer.public_key().to_der()).unwrap();
                        read.with_arithmetic(arithmetic)
                    });
                for (message, signature) in signatures.iter().enumerate() {
                    let message = message as u8;
                    verifier.verify(&[message], signature).unwrap();
                    assert!(verifier.verify(&[message + 1], signature).is_err());
                    for public in [verifier.public_key(), &by_crates, &by_us] {
                        public.verify(verifier.algorithm(), &[message], signature).unwrap();
                    }
                }
            }
        }
    }
}

/// Compressed points, which the crates decompress.
#[test]
fn every_kind_reads_the_same_points() {
    let _alone = alone();
    for algorithm in CURVES {
        let key = key(Arithmetic::RustCrypto, algorithm, 6);
        let der = key.public_key().to_der();
        let point = key.public_key().as_bytes().to_vec();
        let (x, y) = point[1..].split_at(point.len() / 2);
        let mut compressed = der[..der.len() - point.len()].to_vec();
        compressed.extend_from_slice(&[&[2 + (y[y.len() - 1] & 1)], x].concat());
        // The lengths of the BIT STRING and of the whole, which are short enough for one byte.
        let removed = y.len() as u8;
        let mut wrong = der.clone();
        *wrong.last_mut().unwrap() ^= 1;
        for arithmetic in KINDS {
            let read = |der: &[u8]| {
                PublicKey::from_der(der).map(|key| key.with_arithmetic(arithmetic).to_der())
            };
            assert_eq!(read(&der).unwrap(), der, "{algorithm}");
            assert!(read(&wrong).is_err(), "{algorithm} {arithmetic:?}");
            if algorithm.bits() == 256 {
                compressed[1] = der[1] - removed;
                let bit_string = der.len() - point.len() - 2;
                compressed[bit_string] = der[bit_string] - removed;
                assert_eq!(read(&compressed).unwrap(), der, "{algorithm} {arithmetic:?}");
            }
        }
    }
}
