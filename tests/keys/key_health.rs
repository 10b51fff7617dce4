//! RSA keys that are well formed and yet can be broken are refused, each with its reason.

#![cfg(feature = "rsa")]

use certwright::error::Rule;
use certwright::key::{PublicKey, WeakKeys};
use certwright::testing::SeededRng;
use certwright::{Error, KeyAlgorithm, KeyPair, Signer};
use crypto_bigint::{BoxedUint, ConcatenatingMul};

use crate::key_files::rsa::{Numbers, boxed, inverse, number, product, whole_private_key};
use crate::key_files::weak_rsa::{
    COFACTOR, COMPOSITE, FAR_ENOUGH, FERMAT_95, FERMAT_110, NEXT_TO_P, P, Q, ROCA_P, ROCA_Q,
    SHARED_P, SHARED_Q, TOO_CLOSE,
};
use crate::key_files::{
    NULL, RSA_ENCRYPTION, SEQUENCE, hex, integer, malformed, pkcs8, rsa_public_key, unsupported,
    value,
};

const EXPONENT: &str = "the public exponent is not 65537";
const FACTOR: &str = "the modulus has a prime factor below 752";
const ROCA: &str = "the modulus has the pattern of CVE-2017-15361 (ROCA)";
const FERMAT: &str = "the prime factors are so close that Fermat's method finds them";
const COMPOSITE_FACTOR: &str = "a factor is not prime";
const DISTANCE: &str = "|p-q| is not above 2^(n/2-100)";
const SMALL_D: &str = "the private exponent is not above 2^(n/2)";
const MISMATCH: &str = "the numbers are inconsistent";
const SIZE: &str = "a number of the wrong size";
const SIZES: &str = "RSA of 1024 bits, or of 2048 to 8192 bits";
const PRIVATE_SIZES: &str = "private keys of RSA with exactly 1024, 2048, 3072 or 4096 bits";

#[test]
fn a_healthy_key_is_read_and_signs() {
    let numbers = Numbers::new(P, Q, 65_537);
    let key = KeyPair::from_pkcs1_der(&numbers.pkcs1()).unwrap();
    assert_eq!(key.public_key().algorithm(), KeyAlgorithm::Rsa2048);
    assert_eq!(key.public_key().to_der(), numbers.public());
    assert_eq!(key.public_key().weaknesses(), [""; 0]);
    let signature = key.sign(b"message").unwrap();
    key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
    let algorithm = value(SEQUENCE, &[&hex(RSA_ENCRYPTION), NULL]);
    let der = pkcs8(&algorithm, &numbers.pkcs1());
    assert_eq!(key.to_pkcs8_der().unwrap().as_bytes(), der);
    let without_null = pkcs8(&value(SEQUENCE, &[&hex(RSA_ENCRYPTION)]), &numbers.pkcs1());
    let read = KeyPair::from_pkcs8_der(&without_null).unwrap();
    assert_eq!(read.public_key(), key.public_key());
}

#[test]
fn other_honest_forms_of_the_same_key_are_read() {
    let numbers = Numbers::new(P, FAR_ENOUGH, 65_537);
    // d modulo (p-1)(q-1), as tools before FIPS 186-4 wrote it; the smaller prime first.
    let phi = numbers.p_minus_1().concatenating_mul(numbers.q_minus_1());
    let long = Numbers { d: inverse(&number(65_537), &phi), ..numbers.clone() };
    assert_ne!(long.d, numbers.d);
    for numbers in [long, Numbers::new(FAR_ENOUGH, P, 65_537)] {
        let key = KeyPair::from_pkcs1_der(&numbers.pkcs1()).unwrap();
        assert_eq!(key.public_key().to_der(), numbers.public());
        let signature = key.sign(b"message").unwrap();
        key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
    }
}

#[test]
fn crt_values_are_computed_and_not_believed() {
    let numbers = Numbers::new(P, Q, 65_537);
    let key = KeyPair::from_pkcs1_der(&numbers.pkcs1_with_crt([&[1], &[2], &[3]])).unwrap();
    let signature = key.sign(b"message").unwrap();
    key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
    let written = key.to_pkcs8_der().unwrap();
    let algorithm = value(SEQUENCE, &[&hex(RSA_ENCRYPTION), NULL]);
    assert_eq!(written.as_bytes(), pkcs8(&algorithm, &numbers.pkcs1()));
}

#[test]
fn an_exponent_other_than_65537_is_refused() {
    for exponent in [3, 7, 257, 65_539, (1 << 33) - 1] {
        let numbers = Numbers::new(P, Q, exponent);
        assert_eq!(numbers.refusal(), EXPONENT, "{exponent}");
        let public = PublicKey::from_der(&numbers.public()).unwrap();
        assert_eq!(public.weaknesses(), [EXPONENT], "{exponent}");
    }
    let good = Numbers::new(P, Q, 65_537);
    for exponent in [0, 1, 2, 65_536, (1 << 33) - 2] {
        let numbers = Numbers { e: number(exponent), ..good.clone() };
        let outside = "the modulus is even, or the exponent even or outside 3..2^33";
        assert_eq!(numbers.refusal(), outside, "{exponent}");
        assert_eq!(malformed(PublicKey::from_der(&numbers.public())).1, outside, "{exponent}");
    }
    for e in [number(1 << 33), number((1 << 33) + 1), number(u64::MAX), good.n.clone()] {
        let numbers = Numbers { e, ..good.clone() };
        assert_eq!(numbers.refusal(), "the public exponent is above 2^33");
    }
}

#[test]
fn a_composite_factor_is_refused() {
    // d is right for the factors as they are given, so that nothing but primality is wrong.
    assert_eq!(Numbers::new(P, COMPOSITE, 65_537).refusal(), COMPOSITE_FACTOR);
    assert_eq!(Numbers::new(COMPOSITE, Q, 65_537).refusal(), COMPOSITE_FACTOR);
}

#[test]
fn factors_that_are_too_close_are_refused() {
    let refusal = |q| Numbers::new(P, q, 65_537).refusal();
    assert_eq!(refusal(NEXT_TO_P), format!("{FERMAT}; {DISTANCE}"));
    assert_eq!(refusal(FERMAT_95), format!("{FERMAT}; {DISTANCE}"));
    assert_eq!(refusal(FERMAT_110), DISTANCE);
    assert_eq!(refusal(TOO_CLOSE), DISTANCE);
    assert!(KeyPair::from_pkcs1_der(&Numbers::new(P, FAR_ENOUGH, 65_537).pkcs1()).is_ok());
}

#[test]
fn close_factors_show_in_a_public_key() {
    let weaknesses = |q| public_weaknesses(&product(P, q));
    assert_eq!(weaknesses(NEXT_TO_P), [FERMAT]);
    assert_eq!(weaknesses(FERMAT_95), [FERMAT]);
    assert_eq!(weaknesses(FERMAT_110), [""; 0], "beyond the rounds of Fermat's method");
    assert_eq!(weaknesses(Q), [""; 0]);
}

#[test]
fn the_square_of_a_prime_is_refused() {
    assert!(Numbers::new(P, P, 65_537).refusal().contains(DISTANCE));
    assert_eq!(public_weaknesses(&product(P, P)), [FERMAT]);
}

#[test]
fn a_short_private_exponent_is_refused() {
    let numbers = Numbers::new(SHARED_P, SHARED_Q, 65_537);
    assert!(numbers.d.bit_width_vartime() <= 1024);
    assert_eq!(numbers.refusal(), SMALL_D);
    // The same key with d + lcm(p-1, q-1), which is long and does the same.
    let lcm = numbers.lcm();
    let long = Numbers { d: numbers.d.concatenating_add(&lcm), ..numbers };
    assert!(long.d.bit_width_vartime() > 1024);
    assert_eq!(long.refusal(), SMALL_D);
}

#[test]
fn numbers_that_do_not_belong_together_are_refused() {
    let good = Numbers::new(P, Q, 65_537);
    let two = number(2);
    let other = boxed(TOO_CLOSE);
    for (numbers, reason) in [
        (Numbers { n: good.n.wrapping_add(&two), ..good.clone() }, MISMATCH),
        (Numbers { d: good.d.wrapping_add(&two), ..good.clone() }, MISMATCH),
        (Numbers { d: number(0), ..good.clone() }, MISMATCH),
        (Numbers { p: other.clone(), ..good.clone() }, MISMATCH),
        (Numbers { q: other, ..good.clone() }, MISMATCH),
        (Numbers { q: number(1), ..good.clone() }, MISMATCH),
        (Numbers { p: good.n.clone(), q: number(1), ..good.clone() }, SIZE),
        (Numbers { p: number(0), ..good.clone() }, SIZE),
        (Numbers { d: good.n.concatenating_mul(&two), ..good.clone() }, SIZE),
    ] {
        assert_eq!(numbers.refusal(), reason);
    }
    // d not below n (RFC 8017 section 3.2), though it works.
    let lcm = good.lcm();
    let mut d = good.d.clone();
    while d < good.n {
        d = d.concatenating_add(&lcm);
    }
    assert!([MISMATCH, SIZE].contains(&Numbers { d, ..good }.refusal().as_str()));
}

#[test]
fn a_modulus_with_a_small_factor_is_weak() {
    let modulus = |small| product(P, COFACTOR).concatenating_mul(number(small));
    assert_eq!(public_weaknesses(&modulus(747)), [FACTOR], "3·3·83");
    assert_eq!(public_weaknesses(&modulus(751)), [FACTOR]);
    assert_eq!(public_weaknesses(&modulus(757)), [""; 0], "the first prime above the bound");
}

#[test]
fn an_even_modulus_is_no_key() {
    let even = product(P, Q).wrapping_sub(number(1));
    let answer = PublicKey::from_der(&rsa_public_key(&even.to_be_bytes(), &[1, 0, 1]));
    let reason = "the modulus is even, or the exponent even or outside 3..2^33";
    assert_eq!(malformed(answer), ("RSA-2048".to_owned(), reason.to_owned()));
}

#[test]
fn a_modulus_with_the_pattern_of_roca_is_weak() {
    assert_eq!(public_weaknesses(&product(ROCA_P, ROCA_Q)), [ROCA]);
    assert_eq!(public_weaknesses(&product(ROCA_P, Q)), [""; 0], "one factor alone does not show");
    assert_eq!(Numbers::new(ROCA_P, ROCA_Q, 65_537).refusal(), ROCA);
}

#[test]
fn sizes_that_are_not_read_are_unsupported_and_those_that_are_named() {
    for bits in [512_usize, 1023, 1025, 1536, 2047, 2049, 3071, 4095, 4097, 8192, 8193] {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] >>= (8 - bits % 8) % 8;
        let public = PublicKey::from_der(&rsa_public_key(&modulus, &[1, 0, 1]));
        let numbers = [&[][..], &modulus, &[1, 0, 1], &[1], &[1], &[1], &[1], &[1], &[1]];
        let private = value(SEQUENCE, &[&numbers.map(integer).concat()]);
        let shown = format!("RSA of {bits} bits");
        let refused = unsupported(KeyPair::from_pkcs1_der(&private));
        assert_eq!(refused, ("private key", shown.clone(), PRIVATE_SIZES.to_owned()));
        match public {
            // Public keys of other sizes are read; generating one is another matter.
            Ok(public) if (2049..=8192).contains(&bits) => {
                let algorithm = public.algorithm();
                assert_eq!(algorithm, KeyAlgorithm::rsa(bits as u32).unwrap());
                assert_eq!(algorithm.to_string(), format!("RSA-{bits}"));
                assert_eq!(algorithm.to_string().parse::<KeyAlgorithm>().unwrap(), algorithm);
                assert!(matches!(
                    KeyPair::generate(algorithm),
                    Err(certwright::Error::Unsupported { .. })
                ));
            }
            public => {
                assert_eq!(unsupported(public), ("public key", shown, SIZES.to_owned()));
                assert!(KeyAlgorithm::rsa(bits as u32).is_err());
            }
        }
    }
    for text in ["RSA-02560", "RSA-+2560", "RSA-1536", "RSA-8193", "RSA-", "rsa-2560"] {
        assert!(text.parse::<KeyAlgorithm>().is_err(), "{text}");
    }
    for bits in [1024, 2048, 3072, 4096] {
        let key = PublicKey::from_der(&rsa_public_key(&vec![0xff; bits / 8], &[1, 0, 1])).unwrap();
        assert_eq!(key.algorithm().bits() as usize, bits);
    }
}

#[test]
fn rsa_1024_needs_the_dangerous_word_to_be_generated_and_to_be_read() {
    let rsa_1024 = KeyAlgorithm::Rsa1024;
    let dangerous = WeakKeys::DangerouslyAllowRsa1024;
    let key = KeyPair::generate_with(rsa_1024, dangerous, &mut SeededRng::new(1)).unwrap();
    assert_eq!(key.public_key().algorithm(), rsa_1024);
    let der = key.to_pkcs8_der().unwrap();
    let pem = key.to_pkcs8_pem().unwrap();
    let inner = whole_private_key(der.as_bytes());
    let mut rng = SeededRng::new(1);
    let mut answers = vec![
        KeyPair::generate(rsa_1024),
        KeyPair::generate_with(rsa_1024, WeakKeys::Refuse, &mut rng),
        KeyPair::from_pkcs8_der(der.as_bytes()),
        KeyPair::from_pkcs8_der_with(der.as_bytes(), WeakKeys::default()),
        KeyPair::from_pkcs1_der(inner),
        KeyPair::from_pem(pem.as_str()),
        KeyPair::from_pem_with(pem.as_str(), WeakKeys::Refuse),
    ];
    if cfg!(feature = "encrypted-keys") {
        let encrypted = key.to_pkcs8_der_encrypted("x").unwrap();
        answers.push(KeyPair::from_pkcs8_der_encrypted(&encrypted, "x"));
    }
    for answer in answers {
        let error = answer.unwrap_err();
        let [reason] = error.reasons() else { panic!("{error}") };
        assert!(matches!(error, Error::Denied(_)));
        assert_eq!((reason.rule, reason.given.as_str()), (Rule::KeyWeak, "RSA-1024"));
        let allowed = "2048 bits or more, unless WeakKeys::DangerouslyAllowRsa1024 is chosen";
        assert_eq!(reason.allowed, allowed);
    }
    let read = KeyPair::from_pkcs8_der_with(der.as_bytes(), dangerous).unwrap();
    assert_eq!(read.public_key(), key.public_key());
    let read = KeyPair::from_pem_with(pem.as_str(), dangerous).unwrap();
    let signature = read.sign(b"message").unwrap();
    key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
}

#[test]
fn a_generated_key_keeps_the_bounds_of_fips_186_5() {
    for seed in 1..=4 {
        let algorithm = KeyAlgorithm::Rsa2048;
        let mut rng = SeededRng::new(seed);
        let key = KeyPair::generate_with(algorithm, WeakKeys::Refuse, &mut rng).unwrap();
        let numbers = Numbers::read(whole_private_key(key.to_pkcs8_der().unwrap().as_bytes()));
        assert_eq!(numbers.p.concatenating_mul(&numbers.q), numbers.n);
        assert_eq!(numbers.e, number(65_537));
        assert_eq!((numbers.p.bit_width_vartime(), numbers.q.bit_width_vartime()), (1024, 1024));
        assert_eq!(numbers.d, inverse(&numbers.e, &numbers.lcm()), "d modulo lcm(p-1, q-1)");
        assert!(numbers.d.bit_width_vartime() > 1024);
        let (p, q) = (&numbers.p, &numbers.q);
        let distance = if p > q { p.wrapping_sub(q) } else { q.wrapping_sub(p) };
        assert!(distance.bit_width_vartime() > 924);
    }
}

#[test]
fn a_key_of_three_primes_is_unsupported() {
    let mut der = Numbers::new(P, Q, 65_537).pkcs1();
    let version = der.iter().position(|byte| *byte == 2).unwrap() + 2;
    der[version] = 1;
    let (what, given, _) = unsupported(KeyPair::from_pkcs1_der(&der));
    assert_eq!((what, given.as_str()), ("RSA private key", "more than two primes"));
}

#[track_caller]
fn public_weaknesses(modulus: &BoxedUint) -> Vec<&'static str> {
    assert_eq!(modulus.bit_width_vartime(), 2048);
    let der = rsa_public_key(&modulus.to_be_bytes(), &[1, 0, 1]);
    PublicKey::from_der(&der).unwrap().weaknesses()
}
