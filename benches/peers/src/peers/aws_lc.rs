//! aws-lc-rs: RSA and the NIST curves.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1,
    ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_SHA256, VerificationAlgorithm,
};
use certwright::KeyAlgorithm;

use super::{Generator, Key, Peer};

/// aws-lc-rs.
pub struct AwsLc;

impl Peer for AwsLc {
    fn name(&self) -> &'static str {
        "aws-lc-rs"
    }

    fn key(&self, algorithm: KeyAlgorithm, pkcs8: &[u8]) -> Option<Box<dyn Key>> {
        let rng = SystemRandom::new();
        if let Some((signing, verifying)) = curve(algorithm) {
            let key = EcdsaKeyPair::from_pkcs8(signing, pkcs8).unwrap();
            let public = ParsedPublicKey::new(verifying, key.public_key()).unwrap();
            return Some(Box::new(Ecdsa { key, public, rng }));
        }
        size(algorithm)?;
        let key = rsa::KeyPair::from_pkcs8(pkcs8).unwrap();
        let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key()).unwrap();
        Some(Box::new(Rsa { key, public, rng }))
    }

    fn generator(&self, algorithm: KeyAlgorithm) -> Option<Generator> {
        if let Some((signing, _)) = curve(algorithm) {
            return Some(Generator(Box::new(move || {
                let key = EcdsaKeyPair::generate(signing).unwrap();
                Box::new(move || key.to_pkcs8v1().unwrap().as_ref().to_vec())
            })));
        }
        let size = size(algorithm)?;
        Some(Generator(Box::new(move || {
            let key = rsa::KeyPair::generate(size).unwrap();
            Box::new(move || key.as_der().unwrap().as_ref().to_vec())
        })))
    }
}

fn curve(
    algorithm: KeyAlgorithm,
) -> Option<(&'static EcdsaSigningAlgorithm, &'static dyn VerificationAlgorithm)> {
    match algorithm {
        KeyAlgorithm::EcdsaP256 => Some((&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P256_SHA256_ASN1)),
        KeyAlgorithm::EcdsaP384 => Some((&ECDSA_P384_SHA384_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1)),
        KeyAlgorithm::EcdsaP521 => Some((&ECDSA_P521_SHA512_ASN1_SIGNING, &ECDSA_P521_SHA512_ASN1)),
        _ => None,
    }
}

fn size(algorithm: KeyAlgorithm) -> Option<KeySize> {
    match algorithm {
        KeyAlgorithm::Rsa2048 => Some(KeySize::Rsa2048),
        KeyAlgorithm::Rsa3072 => Some(KeySize::Rsa3072),
        KeyAlgorithm::Rsa4096 => Some(KeySize::Rsa4096),
        _ => None,
    }
}

struct Ecdsa {
    key: EcdsaKeyPair,
    public: ParsedPublicKey,
    rng: SystemRandom,
}

impl Key for Ecdsa {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(&self.rng, message).unwrap().as_ref().to_vec()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify_sig(message, signature).is_ok()
    }
}

struct Rsa {
    key: rsa::KeyPair,
    public: ParsedPublicKey,
    rng: SystemRandom,
}

impl Key for Rsa {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &self.rng, message, &mut signature).unwrap();
        signature
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify_sig(message, signature).is_ok()
    }
}
