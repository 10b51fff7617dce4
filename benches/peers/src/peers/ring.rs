//! ring: RSA, P-256 and P-384; it generates no RSA keys.

use certwright::KeyAlgorithm;
use ring::rand::SystemRandom;
use ring::rsa;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1,
    ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};

use super::{Generator, Key, Peer};

/// ring.
pub struct Ring;

impl Peer for Ring {
    fn name(&self) -> &'static str {
        "ring"
    }

    fn key(&self, algorithm: KeyAlgorithm, pkcs8: &[u8]) -> Option<Box<dyn Key>> {
        let rng = SystemRandom::new();
        if let Some((signing, verifying)) = curve(algorithm) {
            let key = EcdsaKeyPair::from_pkcs8(signing, pkcs8, &rng).unwrap();
            let public = UnparsedPublicKey::new(verifying, key.public_key().as_ref().to_vec());
            return Some(Box::new(Ecdsa { key, public, rng }));
        }
        if !matches!(algorithm, KeyAlgorithm::EcdsaP521 | KeyAlgorithm::Sm2) {
            let key = rsa::KeyPair::from_pkcs8(pkcs8).unwrap();
            let bytes = key.public_key().as_ref().to_vec();
            let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, bytes);
            return Some(Box::new(Rsa { key, public, rng }));
        }
        None
    }

    fn generator(&self, algorithm: KeyAlgorithm) -> Option<Generator> {
        let (signing, _) = curve(algorithm)?;
        let rng = SystemRandom::new();
        Some(Generator(Box::new(move || {
            let document = EcdsaKeyPair::generate_pkcs8(signing, &rng).unwrap();
            Box::new(move || document.as_ref().to_vec())
        })))
    }
}

fn curve(
    algorithm: KeyAlgorithm,
) -> Option<(&'static EcdsaSigningAlgorithm, &'static dyn VerificationAlgorithm)> {
    match algorithm {
        KeyAlgorithm::EcdsaP256 => Some((&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P256_SHA256_ASN1)),
        KeyAlgorithm::EcdsaP384 => Some((&ECDSA_P384_SHA384_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1)),
        _ => None,
    }
}

struct Ecdsa {
    key: EcdsaKeyPair,
    public: UnparsedPublicKey<Vec<u8>>,
    rng: SystemRandom,
}

impl Key for Ecdsa {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(&self.rng, message).unwrap().as_ref().to_vec()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify(message, signature).is_ok()
    }
}

struct Rsa {
    key: rsa::KeyPair,
    public: UnparsedPublicKey<Vec<u8>>,
    rng: SystemRandom,
}

impl Key for Rsa {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &self.rng, message, &mut signature).unwrap();
        signature
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify(message, signature).is_ok()
    }
}
