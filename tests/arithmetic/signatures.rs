//! Signatures are the same with every kind of arithmetic, and are counted.

use certwright::key::{Arithmetic, ArithmeticCounts, SignatureAlgorithm, WeakKeys};
use certwright::testing::SeededRng;
use certwright::{KeyAlgorithm, KeyPair, Signer};
use crypto_bigint::{BoxedUint, ConcatenatingMul};
use crypto_primes::{Flavor, is_prime};

use super::{KINDS, Place, alone, place};
use crate::key_files::rsa::{Numbers, inverse, number};
use crate::key_files::weak_rsa::{P, Q};

const WEAK: WeakKeys = WeakKeys::DangerouslyAllowRsa1024;

fn read(arithmetic: Arithmetic, pkcs8: &[u8]) -> KeyPair {
    KeyPair::from_pkcs8_der_with(pkcs8, WEAK).unwrap().with_arithmetic(arithmetic)
}

fn pkcs8(algorithm: KeyAlgorithm) -> Vec<u8> {
    let key = KeyPair::generate_with(algorithm, WEAK, &mut SeededRng::new(1)).unwrap();
    key.to_pkcs8_der().unwrap().as_bytes().to_vec()
}

/// Signatures of batches of every size, and what was counted meanwhile.
fn signed(key: &KeyPair, batches: &[usize]) -> (Vec<Vec<u8>>, ArithmeticCounts) {
    let before = Arithmetic::counts();
    let messages: Vec<Vec<u8>> = (0..9).map(|message| vec![message; 100]).collect();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let mut signatures = Vec::new();
    for count in batches {
        let batch = &messages[..*count];
        for (message, signature) in batch.iter().zip(key.sign_many(batch)) {
            let signature = signature.unwrap();
            key.public_key().verify(key.algorithm(), message, &signature).unwrap();
            signatures.push(signature);
        }
    }
    let mut counts = Arithmetic::counts();
    counts.in_lanes -= before.in_lanes;
    counts.on_curves -= before.on_curves;
    counts.scalar -= before.scalar;
    counts.elsewhere -= before.elsewhere;
    counts.failed -= before.failed;
    (signatures, counts)
}

#[track_caller]
fn assert_same(algorithm: KeyAlgorithm, batches: &[usize], kinds: &[Arithmetic]) {
    let _alone = alone();
    let pkcs8 = pkcs8(algorithm);
    let count = batches.iter().sum::<usize>() as u64;
    let hashes = [
        SignatureAlgorithm::RsaSha256,
        SignatureAlgorithm::RsaSha384,
        SignatureAlgorithm::RsaSha512,
    ];
    for hash in hashes {
        let with = |arithmetic: Arithmetic| {
            signed(&read(arithmetic, &pkcs8).with_signature_algorithm(hash).unwrap(), batches)
        };
        let (expected, _) = with(Arithmetic::RustCrypto);
        assert_eq!(expected.len() as u64, count);
        for arithmetic in kinds {
            let (signatures, counts) = with(*arithmetic);
            assert!(signatures == expected, "{algorithm} {hash} {arithmetic:?}");
            let expected = match place(*arithmetic) {
                Place::Lanes => [count, 0, 0, 0],
                Place::Scalar => [0, count, 0, 0],
                Place::Elsewhere => [0, 0, count, 0],
            };
            let ArithmeticCounts { in_lanes, scalar, elsewhere, failed, .. } = counts;
            assert_eq!([in_lanes, scalar, elsewhere, failed], expected, "{arithmetic:?}");
        }
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn every_kind_signs_alike_with_1024_bits() {
    assert_same(KeyAlgorithm::Rsa1024, &[1, 2, 3, 4, 5, 8, 9], &KINDS);
}

#[test]
fn each_key_has_its_own_arithmetic() {
    let _alone = alone();
    let pkcs8 = pkcs8(KeyAlgorithm::Rsa1024);
    let key = read(Arithmetic::Portable, &pkcs8);
    let other = read(Arithmetic::RustCrypto, &pkcs8);
    assert_eq!(signed(&key, &[2]).1.in_lanes, 2);
    assert_eq!(signed(&other, &[2]).1.elsewhere, 2);
    let other = other.with_arithmetic(Arithmetic::Scalar);
    assert_eq!(signed(&other, &[2]).1.scalar, 2);
    assert_eq!(signed(&key.with_arithmetic(Arithmetic::RustCrypto), &[2]).1.elsewhere, 2);
    assert_eq!(signed(&other.with_arithmetic(Arithmetic::Portable), &[2]).1.in_lanes, 2);
}

#[test]
#[ignore = "long keys are for a build with optimisation"]
fn every_kind_signs_alike_with_2048_to_4096_bits() {
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::Rsa3072, KeyAlgorithm::Rsa4096] {
        assert_same(algorithm, &[1, 2, 3, 4, 5, 8, 9], &KINDS);
    }
}

/// Our arithmetic takes an exponent of 65537 and primes half as long as the modulus. No other key is read, so
/// that none has to go elsewhere.
#[test]
fn a_key_that_does_not_fit_our_arithmetic_is_no_key() {
    for exponent in [3, 17] {
        let refusal = Numbers::new(P, Q, exponent).refusal();
        assert_eq!(refusal, "the public exponent is not 65537");
    }
    // 1,000 and 1,048 bits.
    let (short, long) = (next_prime(1000), next_prime(1048));
    let n = short.concatenating_mul(&long);
    assert_eq!(n.bit_width_vartime(), 2048);
    let mut numbers = Numbers { n, e: number(65_537), d: number(0), p: long, q: short };
    numbers.d = inverse(&numbers.e, &numbers.lcm());
    assert_eq!(numbers.refusal(), "a number of the wrong size");
}

/// The first prime above 1.5·2^(bits−1).
fn next_prime(bits: u32) -> BoxedUint {
    let mut bytes = vec![0; bits as usize / 8];
    bytes[0] = 0xc0;
    let start = BoxedUint::from_be_slice_vartime(&bytes);
    let candidates = (1..).step_by(2).map(|more| start.wrapping_add(number(more)));
    candidates.into_iter().find(|candidate| is_prime(Flavor::Any, candidate)).unwrap()
}
