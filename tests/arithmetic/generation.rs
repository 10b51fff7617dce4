//! Keys that every kind of arithmetic generates.

use std::ops::ControlFlow;

use certwright::key::{Arithmetic, KeyGeneration, WeakKeys};
use certwright::testing::SeededRng;
use certwright::{Error, KeyAlgorithm, KeyPair, Signer};
use crypto_bigint::{ConcatenatingMul, NonZero};
use crypto_primes::{Flavor, is_prime};

use super::{KINDS, alone};
use crate::key_files::rsa::{Numbers, number, whole_private_key};

fn generation<'a>(
    arithmetic: Arithmetic,
    algorithm: KeyAlgorithm,
    is_independent: bool,
) -> KeyGeneration<'a> {
    let generation = KeyGeneration::new(algorithm).weak_keys(WeakKeys::DangerouslyAllowRsa1024);
    let generation = generation.arithmetic(arithmetic);
    if is_independent { generation.independent_candidates() } else { generation }
}

/// The numbers of a generated key, which are what FIPS 186-5 A.1.1 and A.1.3 ask, with the top bits
/// of the kind of search.
#[track_caller]
fn assert_sound(key: &KeyPair, is_independent: bool) -> Numbers {
    let numbers = Numbers::read(whole_private_key(key.to_pkcs8_der().unwrap().as_bytes()));
    let half = key.public_key().algorithm().bits() / 2;
    assert_eq!(numbers.n.bit_width_vartime(), 2 * half);
    for prime in [&numbers.p, &numbers.q] {
        assert!(is_prime(Flavor::Any, prime));
        assert_eq!(prime.bit_width_vartime(), half);
        // x ≥ √2·2^(bits−1): x² ≥ 2^(2·bits−1).
        assert_eq!(prime.concatenating_mul(prime).bit_width_vartime(), 2 * half);
        // Successive candidates begin with two ones.
        assert!(is_independent || prime.bit_vartime(half - 2));
        let less_one = prime.wrapping_sub(number(1));
        let rest = less_one.rem_limb(NonZero::new(65_537_u32.into()).unwrap());
        assert_ne!(rest.0, 0, "65537 divides p - 1");
    }
    let signature = key.sign(b"message").unwrap();
    key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
    numbers
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn every_kind_generates_sound_keys_and_the_same_for_the_same_seed() {
    let _alone = alone();
    for arithmetic in KINDS {
        for is_independent in [false, true] {
            let key = |seed: u64| {
                let generation = generation(arithmetic, KeyAlgorithm::Rsa1024, is_independent);
                generation.generate_with(&mut SeededRng::new(seed)).unwrap()
            };
            let numbers = assert_sound(&key(1), is_independent);
            assert_eq!(assert_sound(&key(1), is_independent).n, numbers.n, "{arithmetic:?}");
            assert_ne!(assert_sound(&key(2), is_independent).n, numbers.n, "{arithmetic:?}");
        }
    }
}

/// In lanes or alone, the candidates and the verdicts are the same, but how many are tested together
/// is not: successive candidates give the same key, for the next random numbers are drawn after one
/// has passed.
#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn every_kind_finds_the_same_successive_primes() {
    let _alone = alone();
    for seed in 3..6 {
        let keys = KINDS.map(|arithmetic| {
            let generation = generation(arithmetic, KeyAlgorithm::Rsa1024, false);
            let key = generation.generate_with(&mut SeededRng::new(seed)).unwrap();
            key.public_key().as_bytes().to_vec()
        });
        assert!(keys.iter().all(|key| *key == keys[0]), "seed {seed}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn progress_grows_with_every_report_and_can_be_broken_off() {
    let _alone = alone();
    for arithmetic in KINDS {
        for is_independent in [false, true] {
            let mut told = Vec::new();
            let observed = generation(arithmetic, KeyAlgorithm::Rsa1024, is_independent)
                .on_progress(|progress| {
                    told.push(progress.candidates);
                    ControlFlow::Continue(())
                })
                .generate_with(&mut SeededRng::new(7));
            assert_sound(&observed.unwrap(), is_independent);
            assert!(told.len() > 1 && told[0] > 0, "{told:?}");
            assert!(told.is_sorted_by(|before, after| before < after), "{told:?}");
            // As many candidates as there are words at most: eight.
            let most = if arithmetic == Arithmetic::RustCrypto { 1 } else { 8 };
            assert!(told.windows(2).all(|pair| pair[1] - pair[0] <= most), "{told:?}");
            // Broken off at each of the first reports, and at the last, when the second prime is not
            // proved yet.
            for reports in [1, 2, told.len()] {
                let mut seen = 0;
                let stopped = generation(arithmetic, KeyAlgorithm::Rsa1024, is_independent)
                    .on_progress(|_| {
                        seen += 1;
                        if seen < reports {
                            ControlFlow::Continue(())
                        } else {
                            ControlFlow::Break(())
                        }
                    })
                    .generate_with(&mut SeededRng::new(7));
                let Err(Error::Cancelled { what }) = stopped else { panic!("not broken off") };
                assert_eq!(what, "key generation");
                assert_eq!(seen, reports);
            }
        }
    }
}

#[test]
#[ignore = "long keys are for a build with optimisation"]
fn every_kind_generates_sound_keys_of_2048_to_4096_bits() {
    let _alone = alone();
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::Rsa3072, KeyAlgorithm::Rsa4096] {
        for arithmetic in KINDS {
            for is_independent in [false, true] {
                let key = generation(arithmetic, algorithm, is_independent)
                    .generate_with(&mut SeededRng::new(1))
                    .unwrap();
                assert_sound(&key, is_independent);
            }
        }
    }
}
