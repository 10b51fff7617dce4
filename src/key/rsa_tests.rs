//! RSA signatures where the arithmetic in lanes is wrong: the rsa crate makes them.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fmt;

use ::rsa::BoxedUint;
use ::rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;
use rand_core::{TryCryptoRng, TryRng};

use super::data::DataSignature;
use super::data_encryption::DataEncryption;
use super::generation::KeyGeneration;
use super::pair;
use super::rsa::Secret;
use super::rsa_numbers::{Public, scheme};
use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm, WeakKeys};
use crate::arithmetic::{Arithmetic, own};
use crate::lanes::{PrivateNumbers, RsaKey};

const SHA_256: SignatureAlgorithm = SignatureAlgorithm::RsaSha256;

const MESSAGES: [&[u8]; 5] = [b"", b"a", b"message", b"massage", &[0; 300]];

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

/// Lanes, and one number at a time.
fn kinds() -> [Arithmetic; 2] {
    [own(), Arithmetic::Scalar]
}

fn secret(arithmetic: Arithmetic) -> Box<Secret> {
    let weak_keys = WeakKeys::DangerouslyAllowRsa1024;
    let generation = KeyGeneration::new(KeyAlgorithm::Rsa1024).weak_keys(weak_keys);
    let key = generation.arithmetic(arithmetic).generate_with(&mut rng()).unwrap();
    match key.secret {
        pair::Secret::Rsa(secret) => secret,
        #[cfg(any(feature = "ecc", feature = "sm2"))]
        _ => panic!("another family"),
    }
}

/// n, p, q, dp, dq and 1/q modulo p.
fn numbers(secret: &Secret) -> [Vec<u8>; 6] {
    let bytes = |number: &BoxedUint| number.to_be_bytes().to_vec();
    let key = &secret.key;
    let [p, q] = key.primes() else { panic!("not two primes") };
    [
        key.n_bytes().to_vec(),
        bytes(p.as_ref()),
        bytes(q.as_ref()),
        bytes(key.dp().unwrap()),
        bytes(key.dq().unwrap()),
        bytes(&key.crt_coefficient().unwrap()),
    ]
}

fn key(
    arithmetic: Arithmetic,
    [modulus, p, q, dp, dq, q_inverse]: &[Vec<u8>; 6],
) -> Option<RsaKey> {
    RsaKey::new(arithmetic, &PrivateNumbers { modulus, p, q, dp, dq, q_inverse })
}

fn signatures<R: TryCryptoRng>(secret: &Secret, rng: &mut R) -> Vec<Option<Vec<u8>>> {
    secret.sign_many(SHA_256, &MESSAGES, rng).into_iter().map(Result::ok).collect()
}

/// By the rsa crate alone.
fn expected(secret: &Secret) -> Vec<Option<Vec<u8>>> {
    let sign = |message: &&[u8]| {
        let (scheme, digest) = scheme(SHA_256, message);
        Some(secret.key.sign(scheme, &digest).unwrap())
    };
    MESSAGES.iter().map(sign).collect()
}

/// As many as fill a part of the words, all of them, and more: few and many may have words of their own.
#[test]
fn any_number_of_messages_is_signed_as_by_the_rsa_crate() {
    for arithmetic in kinds() {
        let secret = secret(arithmetic);
        let expected = expected(&secret);
        for count in 0..=2 * MESSAGES.len() {
            let messages: Vec<_> = MESSAGES.into_iter().cycle().take(count).collect();
            let signed = secret.sign_many(SHA_256, &messages, &mut rng());
            let signed: Vec<_> = signed.into_iter().map(Result::ok).collect();
            let expected: Vec<_> = expected.iter().cloned().cycle().take(count).collect();
            assert_eq!(signed, expected, "{arithmetic:?}, {count} messages");
        }
    }
}

#[test]
fn a_fault_in_our_arithmetic_is_counted_and_the_rsa_crate_signs() {
    let _guard = crate::arithmetic::failing();
    for arithmetic in kinds() {
        assert_faults_are_counted(arithmetic);
    }
}

fn assert_faults_are_counted(arithmetic: Arithmetic) {
    let mut secret = secret(arithmetic);
    let lanes = |numbers: &[Vec<u8>; 6]| key(arithmetic, numbers);
    let (good, expected) = (numbers(&secret), expected(&secret));
    let failed = || Arithmetic::counts().failed;
    let before = failed();
    assert!(secret.lanes.is_some() || lanes(&good).is_some());
    secret.lanes = lanes(&good);
    assert_eq!(signatures(&secret, &mut rng()), expected);
    assert_eq!(failed(), before, "nothing failed so far");
    let mut faults = 0;
    for number in 0..6 {
        // The middle, and the lowest bits; a modulus stays odd.
        for (place, bit) in [(20, 0x10), (0, 0x02)] {
            let mut numbers = good.clone();
            let last = numbers[number].len() - 1;
            numbers[number][last - place] ^= bit;
            secret.lanes = lanes(&numbers);
            assert!(secret.lanes.is_some());
            assert_eq!(signatures(&secret, &mut rng()), expected, "number {number}, {place}");
            faults += 5;
            assert_eq!(failed(), before + faults, "number {number}, {place}");
        }
    }
    // The right numbers again.
    secret.lanes = lanes(&good);
    assert_eq!(signatures(&secret, &mut rng()), expected);
    assert_eq!(failed(), before + faults);
    // Without random numbers nothing is blinded, and so nothing is signed, in lanes or elsewhere.
    secret.lanes = lanes(&good);
    assert_eq!(signatures(&secret, &mut Broken), [const { None }; 5]);
    secret.lanes = None;
    assert_eq!(signatures(&secret, &mut Broken), [const { None }; 5]);
    assert_eq!(failed(), before + faults, "the lanes were not wrong");
}

/// By arithmetic that is right, by one that is wrong, and by that of the rsa crate.
#[test]
fn digests_are_signed_and_ciphertexts_read_whichever_arithmetic_works() {
    let _guard = crate::arithmetic::failing();
    for arithmetic in kinds() {
        let mut secret = secret(arithmetic);
        let good = numbers(&secret);
        let mut wrong = good.clone();
        wrong[1][20] ^= 0x10;
        for (numbers, failures) in [(Some(&good), 0), (Some(&wrong), 1), (None, 0)] {
            secret.lanes = numbers.and_then(|numbers| key(arithmetic, numbers));
            assert_eq!(secret.lanes.is_some(), numbers.is_some());
            assert_works(&secret, failures);
        }
    }
}

/// `failures` says how often its own arithmetic is wrong for each number.
fn assert_works(secret: &Secret, failures: u64) {
    let (modulus, exponent) = secret.public_numbers();
    let (_, public) = Public::from_numbers(&modulus, &exponent).unwrap();
    let failed = || Arithmetic::counts().failed;
    let before = failed();
    let digest = [7; 32];
    for how in [DataSignature::Plain(SHA_256), DataSignature::RsaPssSha256] {
        let signature = secret.sign_digest(how, &digest, &mut rng()).unwrap();
        assert!(public.verify_digest(how, &digest, &signature));
        assert!(!public.verify_digest(how, &[8; 32], &signature));
        if how == DataSignature::Plain(SHA_256) {
            let expected = secret.key.sign(scheme(SHA_256, &[]).0, &digest).unwrap();
            assert_eq!(signature, expected);
        }
        // Our own arithmetic has what blinds the next number since the last.
        if secret.lanes.is_none() {
            assert!(secret.sign_digest(how, &digest, &mut Broken).is_err(), "nothing blinds it");
        }
    }
    assert_eq!(failed() - before, 2 * failures);
    for how in [DataEncryption::RsaOaepSha1, DataEncryption::RsaOaepSha256] {
        let ciphertext = public.encrypt(how, b"plaintext", &mut rng()).unwrap();
        let decrypted = |ciphertext: &[u8]| secret.decrypt(how, ciphertext, &mut rng());
        let before = failed();
        assert_eq!(**decrypted(&ciphertext).unwrap(), *b"plaintext");
        assert_eq!(failed() - before, failures);
        for at in (0..ciphertext.len()).step_by(13) {
            let mut broken = ciphertext.clone();
            broken[at] ^= 1;
            assert!(decrypted(&broken).is_none(), "{at}");
        }
        // The modulus, what is above it, and what is no number of its length.
        for none in [&modulus[..], &[0xff; 128], &[0; 128], &ciphertext[1..], &[]] {
            assert!(decrypted(none).is_none());
        }
        if secret.lanes.is_none() {
            assert!(secret.decrypt(how, &ciphertext, &mut Broken).is_none());
        }
    }
}

/// A generator without numbers.
struct Broken;

impl TryRng for Broken {
    type Error = fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, fmt::Error> {
        Err(fmt::Error)
    }

    fn try_next_u64(&mut self) -> Result<u64, fmt::Error> {
        Err(fmt::Error)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), fmt::Error> {
        Err(fmt::Error)
    }
}

impl TryCryptoRng for Broken {}
