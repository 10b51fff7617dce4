//! RSA on one number at a time: the signatures of the rsa crate, blinding, and checks.

#![cfg(test)] // what is not as it should be panics

use ::rsa::Pkcs1v15Sign;
use crypto_bigint::BoxedUint;

use super::Random;
use super::oracle::{bytes, minus, plus, power, small, times, two_to_the};
use super::rsa_keys::Numbers;
use crate::scalar::{PrivateKey, Signed, private_key, public_key};

/// Whether a signature is right; `None` where there is no such key.
fn is_right(signed: &Signed<'_>, exponent: u64) -> Option<bool> {
    public_key(signed.modulus, exponent).map(|key| key.is_right(signed))
}

/// The private key of these numbers.
pub(super) fn key(numbers: &Numbers) -> Option<Box<dyn PrivateKey>> {
    numbers.with(private_key)
}

/// A digest, its padding as long as the modulus (RFC 8017 section 9.2, without the prefix), and
/// what the rsa crate signs.
fn signed(numbers: &Numbers, random: &mut Random) -> [Vec<u8>; 2] {
    let (p, q) = (numbers.p.clone(), numbers.q.clone());
    let key = ::rsa::PrivateKey::from_p_q(p, q, small(65_537)).unwrap();
    let length = 2 * numbers.bits() as usize / 8;
    let mut digest = [0; 32];
    random.fill(&mut digest);
    let mut padded = vec![0xff; length];
    (padded[0], padded[1], padded[length - 33]) = (0, 1, 0);
    padded[length - 32..].copy_from_slice(&digest);
    let scheme = Pkcs1v15Sign::new_unprefixed();
    [padded, key.sign(scheme, &digest).unwrap()]
}

fn signatures(bits: u32, count: usize) {
    let numbers = Numbers::of_bits(bits);
    let key = key(&numbers).unwrap();
    let mut random = Random(12);
    let modulus = &bytes(&numbers.modulus, bits as usize / 4);
    for _ in 0..count {
        let [padded, expected] = &signed(&numbers, &mut random);
        let raised = key.raise(padded, &mut |bytes| random.fill(bytes));
        assert!(raised == Some(Some(expected.clone())), "{bits}");
        let is_right = |signature: &[u8], padded: &[u8]| {
            is_right(&Signed { modulus, signature, padded }, 65_537)
        };
        assert_eq!(is_right(expected, padded), Some(true));
        for place in [0, 1, 17, padded.len() - 1] {
            let flip = |bytes: &[u8]| {
                let mut bytes = bytes.to_vec();
                bytes[place] ^= 4;
                bytes
            };
            assert_eq!(is_right(&flip(expected), padded), Some(false), "{place}");
            assert_eq!(is_right(expected, &flip(padded)), Some(false), "{place}");
        }
        assert_eq!(is_right(&expected[1..], padded), Some(false));
    }
}

#[test]
fn signatures_of_1024_bits_are_those_of_the_rsa_crate() {
    signatures(512, 2);
}

#[test]
#[ignore = "long keys are for a build with optimisation"]
fn signatures_of_every_size_are_those_of_the_rsa_crate() {
    for bits in [512, 1024, 1536, 2048] {
        signatures(bits, 20);
    }
}

/// Messages at the edges: those below n are raised, those above are no messages.
fn edges(bits: u32) {
    let numbers = Numbers::of_bits(bits);
    let length = bits as usize / 4;
    let (n, one, k) = (&numbers.modulus, small(1), small(12_345_678_901));
    let key = key(&numbers).unwrap();
    let mut random = Random(13);
    let mut raise = |message: &[u8]| key.raise(message, &mut |bytes| random.fill(bytes)).unwrap();
    for message in [
        small(0),
        one.clone(),
        small(2),
        minus(n, &one),
        numbers.p.clone(),
        numbers.q.clone(),
        times(&numbers.p, &k),
        times(&numbers.q, &k),
        minus(n, &numbers.p),
        two_to_the(bits),
        minus(&two_to_the(bits), &one),
    ] {
        let expected = bytes(&power(&message, &numbers.d, n), length);
        assert_eq!(raise(&bytes(&message, length)), Some(expected), "{message}");
    }
    for above in [n.clone(), plus(n, &one), minus(&two_to_the(2 * bits), &one)] {
        assert_eq!(raise(&bytes(&above, length)), None);
    }
    for other in [0, 1, length - 1, length + 1] {
        assert_eq!(raise(&vec![0; other]), None);
    }
}

#[test]
fn messages_at_the_edges() {
    edges(512);
}

#[test]
#[ignore = "long keys are for a build with optimisation"]
fn messages_at_the_edges_of_long_keys() {
    for bits in [1024, 1536, 2048] {
        edges(bits);
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn blinding_is_drawn_anew_after_128_uses_and_every_signature_is_right() {
    let numbers = Numbers::of_bits(512);
    let key = key(&numbers).unwrap();
    let (mut random, mut draws) = (Random(1), 0);
    let uses = if cfg!(debug_assertions) { 130 } else { 300 };
    for message in 0..uses {
        let expected = bytes(&power(&small(message), &numbers.d, &numbers.modulus), 128);
        let raised = key.raise(&bytes(&small(message), 128), &mut |bytes| {
            draws += 1;
            random.fill(bytes)
        });
        assert_eq!(raised, Some(Some(expected)), "use {message}");
        // One pair for each prime.
        assert_eq!(draws, 2 * (message / 128 + 1));
    }
}

#[test]
fn no_random_numbers_give_no_signature_and_bad_ones_no_wrong_one() {
    let numbers = Numbers::of_bits(512);
    let key = key(&numbers).unwrap();
    let message = &bytes(&small(7), 128);
    assert_eq!(key.raise(message, &mut |_| false), None);
    // 0 has no inverse: what comes out is wrong, and found to be.
    let zeros = &mut |bytes: &mut [u8]| {
        bytes.fill(0);
        true
    };
    assert_eq!(key.raise(message, zeros), Some(None));
    // The pairs of zeros are squared until they are used up; then random numbers are there again.
    let mut random = Random(2);
    let mut last = None;
    for _ in 0..128 {
        last = key.raise(message, &mut |bytes| random.fill(bytes));
    }
    assert!(matches!(last, Some(Some(_))));
    // Pairs are there.
    assert!(matches!(key.raise(message, &mut |_| false), Some(Some(_))));
    // The half of the second prime fails after that of the first was drawn.
    let key = self::key(&numbers).unwrap();
    let mut left = 1;
    let once = &mut |bytes: &mut [u8]| {
        left -= 1;
        left >= 0 && random.fill(bytes)
    };
    assert_eq!(key.raise(message, once), None);
    assert!(matches!(key.raise(message, &mut |bytes| random.fill(bytes)), Some(Some(_))));
}

#[test]
fn a_key_is_taken_if_its_primes_are_half_as_long_as_a_usual_modulus() {
    for bits in [512, 1024, 1536, 2048] {
        assert!(key(&Numbers::of_bits(bits)).is_some(), "{bits}");
    }
    let good = Numbers::of_bits(512);
    let shorter = minus(&two_to_the(511), &small(187));
    for numbers in [
        Numbers::small(),
        Numbers { p: shorter.clone(), ..good.clone() },
        Numbers { q: shorter, ..good.clone() },
        Numbers { modulus: minus(&two_to_the(1023), &small(1)), ..good.clone() },
        Numbers { p: small(0), q: small(0), modulus: small(0), ..good },
    ] {
        assert!(key(&numbers).is_none());
    }
}

#[test]
fn what_is_no_public_key_is_not_judged() {
    let right = |modulus: &BoxedUint, exponent: u64| {
        let modulus = &bytes(modulus, modulus.bit_width_vartime().div_ceil(8) as usize);
        let one = bytes(&small(1), modulus.len());
        is_right(&Signed { modulus, signature: &one, padded: &one }, exponent)
    };
    let odd = |bits: u32| plus(&two_to_the(bits - 1), &small(9));
    for bits in [512, 1024, 1025, 2048, 2560, 3072, 4095, 4096, 4100, 6144, 6145, 8192] {
        assert_eq!(right(&odd(bits), 3), Some(true), "{bits}");
        assert_eq!(right(&odd(bits), (1 << 33) - 1), Some(true), "{bits}");
    }
    assert_eq!(right(&odd(511), 3), None);
    assert_eq!(right(&odd(8193), 3), None);
    assert_eq!(right(&minus(&odd(2048), &small(1)), 3), None);
    for exponent in [0, 1, 2, 65_536] {
        assert_eq!(right(&odd(2048), exponent), None, "{exponent}");
    }
}
