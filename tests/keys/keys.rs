//! Keys are generated, written and read back, and sign; what is secret does not show.

use std::convert::Infallible;
use std::fmt;
use std::sync::LazyLock;

use certwright::key::{KeyFamily, Nonces, SignatureAlgorithm, Sm2Id, WeakKeys};
use certwright::{Error, KeyAlgorithm, KeyPair, Signer};
use rand_core::{TryCryptoRng, TryRng};

#[cfg(feature = "encrypted-keys")]
use crate::common::step;
use crate::common::{algorithms, families, is_built};
use crate::key_files::{self, malformed, seeded, unsupported};

/// One key of each algorithm.
static KEYS: LazyLock<Vec<KeyPair>> =
    LazyLock::new(|| algorithms().into_iter().map(|algorithm| seeded(algorithm, 1)).collect());

/// Two keys are the same when their private halves are.
#[track_caller]
fn assert_same(read: &KeyPair, made: &KeyPair) {
    assert_eq!(read.public_key(), made.public_key());
    assert!(read.to_pkcs8_der().unwrap() == made.to_pkcs8_der().unwrap());
    let signature = read.sign(b"message").unwrap();
    made.public_key().verify(read.algorithm(), b"message", &signature).unwrap();
}

#[test]
fn every_algorithm_is_generated_at_its_exact_size() {
    for (key, algorithm) in KEYS.iter().zip(algorithms()) {
        assert_eq!(key.public_key().algorithm(), algorithm);
        assert_eq!(key.algorithm(), algorithm.default_signature());
        assert_eq!(key.public_key().weaknesses(), [""; 0], "{algorithm}");
        let bytes = key.public_key().as_bytes();
        let bits = algorithm.bits() as usize;
        match algorithm.family() {
            KeyFamily::Ecc | KeyFamily::Sm2 => {
                assert_eq!(bytes.len(), 1 + 2 * bits.div_ceil(8), "{algorithm}");
                assert_eq!(bytes[0], 4, "{algorithm}: uncompressed");
            }
            KeyFamily::Rsa => {
                let modulus = key_files::content(key_files::content(bytes));
                assert_eq!(modulus.len(), 1 + bits / 8, "{algorithm}: a zero, then the modulus");
                assert_eq!((modulus[0], modulus[1] >> 7), (0, 1), "{algorithm}: the top bit is on");
                assert!(bytes.ends_with(&[2, 3, 1, 0, 1]), "{algorithm}: e = 65537");
            }
            other => panic!("the tests do not know {other}"),
        }
    }
}

#[test]
fn a_signature_is_of_one_message_one_key_and_one_algorithm() {
    for key in KEYS.iter() {
        let signature = key.sign(b"message").unwrap();
        let public = key.public_key();
        let refused = |message: &[u8], signature: &[u8]| {
            let answer = public.verify(key.algorithm(), message, signature);
            matches!(answer, Err(Error::InvalidSignature { what: "message" }))
        };
        public.verify(key.algorithm(), b"message", &signature).unwrap();
        assert!(refused(b"massage", &signature), "{key:?}: another message");
        assert!(refused(b"message", b""), "{key:?}: nothing");
        assert!(refused(b"message", &signature[1..]), "{key:?}: cut in front");
        assert!(refused(b"message", &[&signature[..], &[0]].concat()), "{key:?}: one byte more");
        for other in KEYS.iter().filter(|other| other.public_key() != public) {
            let answer = other.public_key().verify(other.algorithm(), b"message", &signature);
            assert!(answer.is_err(), "{other:?} takes what {key:?} signed");
        }
    }
}

#[test]
fn pkcs8_comes_back_as_der_and_as_pem() {
    for key in KEYS.iter() {
        assert_same(&KeyPair::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap(), key);
        let text = key.to_pkcs8_pem().unwrap();
        assert!(text.as_str().starts_with("-----BEGIN PRIVATE KEY-----\n"));
        assert!(text.as_str().ends_with("\n-----END PRIVATE KEY-----\n"));
        assert_same(&KeyPair::from_pem(text.as_str()).unwrap(), key);
    }
}

#[cfg(feature = "encrypted-keys")]
#[test]
fn encrypted_pkcs8_comes_back_as_der_and_as_pem() {
    // Without optimisation 600,000 rounds take a while.
    for key in KEYS.iter().step_by(step(3)) {
        let der = key.to_pkcs8_der_encrypted("pässword").unwrap();
        assert_same(&KeyPair::from_pkcs8_der_encrypted(&der, "pässword").unwrap(), key);
    }
    for key in KEYS.iter().take(1) {
        let text = key.to_pkcs8_pem_encrypted("pässword").unwrap();
        assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assert_same(&KeyPair::from_pem_encrypted(&text, "pässword").unwrap(), key);
    }
}

#[test]
fn pem_is_found_between_other_text_and_with_crlf() {
    for key in KEYS.iter() {
        let text = key.to_pkcs8_pem().unwrap();
        let around = format!("Bag Attributes\n  friendlyName: x\n\n{}\ntail", text.as_str());
        assert_same(&KeyPair::from_pem(&around).unwrap(), key);
        assert_same(&KeyPair::from_pem(&around.replace('\n', "\r\n")).unwrap(), key);
    }
}

#[test]
fn pem_without_a_key_or_with_two_is_refused() {
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for key in KEYS.iter().take(1) {
        let text = key.to_pkcs8_pem().unwrap();
        for (text, told) in [
            ("", "an empty text"),
            (certificate, "given PEM of CERTIFICATE, allowed PEM of PRIVATE KEY, "),
            (&text.as_str().repeat(2), "one"),
        ] {
            let (_, problem) = malformed(KeyPair::from_pem(text));
            assert!(problem.contains(told), "{problem}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_key_and_another_seed_another() {
    for algorithm in families() {
        assert_same(&seeded(algorithm, 2), &seeded(algorithm, 2));
        assert_ne!(seeded(algorithm, 2).public_key(), seeded(algorithm, 3).public_key());
    }
}

#[test]
fn the_systems_random_numbers_give_new_keys() {
    for algorithm in families() {
        let [one, other] = [(); 2].map(|()| KeyPair::generate(algorithm).unwrap());
        assert_ne!(one.public_key(), other.public_key());
    }
}

#[test]
fn a_generator_that_fails_makes_no_key() {
    struct Broken;
    #[derive(Debug)]
    struct NoNoise;
    impl fmt::Display for NoNoise {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no noise")
        }
    }
    impl std::error::Error for NoNoise {}
    impl TryRng for Broken {
        type Error = NoNoise;
        fn try_next_u32(&mut self) -> Result<u32, NoNoise> {
            Err(NoNoise)
        }
        fn try_next_u64(&mut self) -> Result<u64, NoNoise> {
            Err(NoNoise)
        }
        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), NoNoise> {
            Err(NoNoise)
        }
    }
    impl TryCryptoRng for Broken {}
    for algorithm in families() {
        match KeyPair::generate_with(algorithm, WeakKeys::Refuse, &mut Broken) {
            Err(Error::Random { source }) => assert_eq!(source.to_string(), "no noise"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_generator_of_zeros_still_ends() {
    struct Zeros;
    impl TryRng for Zeros {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(0)
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(0)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            bytes.fill(0);
            Ok(())
        }
    }
    impl TryCryptoRng for Zeros {}
    for algorithm in families() {
        let key = KeyPair::generate_with(algorithm, WeakKeys::Refuse, &mut Zeros).unwrap();
        assert_eq!(key.public_key().algorithm(), algorithm);
    }
}

#[test]
fn hedged_signatures_of_one_message_differ_and_verify() {
    for key in KEYS.iter().filter(|key| key.algorithm().family() != KeyFamily::Rsa) {
        let [one, other] = [(); 2].map(|()| key.sign(b"message").unwrap());
        assert_ne!(one, other, "{key:?}");
        for signature in [one, other] {
            key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
        }
    }
}

#[test]
fn deterministic_signatures_of_one_message_are_the_same_and_verify() {
    for algorithm in families() {
        let key = seeded(algorithm, 2).with_nonces(Nonces::Deterministic);
        let signature = key.sign(b"message").unwrap();
        assert_eq!(key.sign(b"message").unwrap(), signature, "{algorithm}");
        assert_ne!(key.sign(b"massage").unwrap(), signature, "{algorithm}");
        key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
    }
}

#[test]
fn a_key_takes_the_signature_algorithms_of_its_family_only() {
    let all = [
        SignatureAlgorithm::EcdsaSha256,
        SignatureAlgorithm::EcdsaSha384,
        SignatureAlgorithm::EcdsaSha512,
        SignatureAlgorithm::RsaSha256,
        SignatureAlgorithm::RsaSha384,
        SignatureAlgorithm::RsaSha512,
        SignatureAlgorithm::Sm2Sm3,
    ];
    for algorithm in families() {
        for signature in all {
            let answer = seeded(algorithm, 2).with_signature_algorithm(signature);
            if signature.family() == algorithm.family() {
                assert_eq!(answer.unwrap().algorithm(), signature);
                continue;
            }
            let (what, given, allowed) = unsupported(answer);
            assert_eq!((what, given), ("signature algorithm", signature.to_string()));
            assert_eq!(allowed, format!("those of {} keys", algorithm.family()));
        }
    }
}

#[test]
fn sm2_signatures_bind_the_identifier() {
    if !is_built(KeyFamily::Sm2) {
        return;
    }
    let id = |text: &str| Sm2Id::new(text).unwrap();
    let longest = "x".repeat(8191);
    for text in ["", "ALICE123@YAHOO.COM", "签名者", &longest] {
        let key = seeded(KeyAlgorithm::Sm2, 2).with_sm2_id(id(text));
        assert_eq!(key.public_key().sm2_id().as_str(), text);
        let signature = key.sign(b"message").unwrap();
        let check = |public: &certwright::key::PublicKey| {
            public.verify(SignatureAlgorithm::Sm2Sm3, b"message", &signature)
        };
        check(key.public_key()).unwrap();
        let other = key.public_key().clone().with_sm2_id(Sm2Id::default());
        assert!(matches!(check(&other), Err(Error::InvalidSignature { .. })), "{text}");
    }
    let (_, problem) = malformed(Sm2Id::new(&"x".repeat(8192)));
    assert_eq!(problem, "8192 bytes; at most 8191");
}

#[test]
fn debug_shows_nothing_of_the_key() {
    for (key, algorithm) in KEYS.iter().zip(algorithms()) {
        assert_eq!(format!("{key:?}"), format!("KeyPair({algorithm} …)"));
        assert_eq!(format!("{key:#?}"), format!("KeyPair({algorithm} …)"));
        assert_eq!(format!("{:?}", key.to_pkcs8_der().unwrap()), "SecretBytes(…)");
        assert_eq!(format!("{:?}", key.to_pkcs8_pem().unwrap()), "SecretText(…)");
    }
}

#[test]
#[cfg(not(all(feature = "ecc", feature = "rsa", feature = "sm2")))]
fn a_family_that_is_left_out_is_named_with_its_feature() {
    let all = [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048, KeyAlgorithm::Sm2];
    for algorithm in all.into_iter().filter(|algorithm| !is_built(algorithm.family())) {
        let (what, given, allowed) = unsupported(KeyPair::generate(algorithm));
        assert_eq!((what, given), ("key family", algorithm.family().to_string()));
        let feature = algorithm.family().to_string().to_lowercase();
        assert!(allowed.ends_with(&format!("the feature {feature:?} adds it")), "{allowed}");
    }
}
