//! purecrypto: a crate of one author with all the algorithms, in pure Rust.

use std::hint::black_box;

use certwright::KeyAlgorithm;
use purecrypto::bignum::BoxedUint;
use purecrypto::ec::ecdsa::{EcdsaPrivateKey, EcdsaPublicKey, Signature};
use purecrypto::ec::{
    BoxedEcdsaPrivateKey, BoxedEcdsaPublicKey, BoxedEcdsaSignature, CurveId, Sm2PrivateKey,
    Sm2PublicKey, Sm2Signature,
};
use purecrypto::hash::{Digest, Sha256, Sha384, Sha512};
use purecrypto::rng::OsRng;
use purecrypto::rsa::{BoxedRsaPrivateKey, BoxedRsaPublicKey};

use super::{Generator, Key, Peer, SM2_ID};

/// purecrypto.
pub struct PureCrypto;

impl Peer for PureCrypto {
    fn name(&self) -> &'static str {
        "purecrypto"
    }

    fn key(&self, algorithm: KeyAlgorithm, pkcs8: &[u8]) -> Option<Box<dyn Key>> {
        let curve = || BoxedEcdsaPrivateKey::from_pkcs8_der(pkcs8).unwrap();
        Some(match algorithm {
            // It has a type for P-256 that is faster than the one for all curves.
            KeyAlgorithm::EcdsaP256 => {
                let scalar = curve().to_bytes();
                let key = EcdsaPrivateKey::from_bytes(scalar.as_slice().try_into().unwrap());
                let key = key.unwrap();
                Box::new(P256 { public: key.public_key(), key })
            }
            KeyAlgorithm::EcdsaP384 => Box::new(Curve::<Sha384>::of(curve(), CurveId::P384)),
            KeyAlgorithm::EcdsaP521 => Box::new(Curve::<Sha512>::of(curve(), CurveId::P521)),
            KeyAlgorithm::Sm2 => {
                let key = Sm2PrivateKey::from_bytes(&curve().to_bytes()).unwrap();
                Box::new(Sm2 { public: key.public_key(), key })
            }
            _ => {
                let key = BoxedRsaPrivateKey::from_pkcs8_der(pkcs8).unwrap();
                Box::new(Rsa { public: key.public_key(), key })
            }
        })
    }

    fn generator(&self, algorithm: KeyAlgorithm) -> Option<Generator> {
        let curve = match algorithm {
            KeyAlgorithm::EcdsaP256 => CurveId::P256,
            KeyAlgorithm::EcdsaP384 => CurveId::P384,
            KeyAlgorithm::EcdsaP521 => CurveId::P521,
            KeyAlgorithm::Sm2 => CurveId::Sm2p256v1,
            _ => {
                let bits = algorithm.bits() as usize;
                return Some(Generator(Box::new(move || {
                    let exponent = BoxedUint::from_u64(65_537);
                    let key = BoxedRsaPrivateKey::generate(bits, exponent, &mut OsRng, ROUNDS);
                    Box::new(move || key.to_pkcs8_der())
                })));
            }
        };
        // It draws the scalar alone: without its point, there is no key pair yet.
        Some(match algorithm {
            KeyAlgorithm::EcdsaP256 => Generator(Box::new(move || {
                let key = EcdsaPrivateKey::generate(&mut OsRng);
                black_box(key.public_key());
                Box::new(move || {
                    let key = BoxedEcdsaPrivateKey::from_bytes(curve, &key.to_bytes()).unwrap();
                    key.to_pkcs8_der()
                })
            })),
            _ => Generator(Box::new(move || {
                let key = BoxedEcdsaPrivateKey::generate(curve, &mut OsRng);
                black_box(key.public_key());
                Box::new(move || key.to_pkcs8_der())
            })),
        })
    }
}

/// Rounds of Miller and Rabin's test: what its own tool uses.
const ROUNDS: usize = 20;

struct P256 {
    key: EcdsaPrivateKey,
    public: EcdsaPublicKey,
}

impl Key for P256 {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign::<Sha256>(message).unwrap().to_der()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_der(signature);
        signature.is_ok_and(|signature| self.public.verify::<Sha256>(message, &signature).is_ok())
    }
}

/// P-384 or P-521.
struct Curve<D> {
    key: BoxedEcdsaPrivateKey,
    public: BoxedEcdsaPublicKey,
    curve: CurveId,
    digest: std::marker::PhantomData<D>,
}

impl<D> Curve<D> {
    fn of(key: BoxedEcdsaPrivateKey, curve: CurveId) -> Self {
        Self { public: key.public_key(), key, curve, digest: std::marker::PhantomData }
    }
}

impl<D: Digest> Key for Curve<D> {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign::<D>(message).unwrap().to_der(self.curve)
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = BoxedEcdsaSignature::from_der(signature);
        signature.is_ok_and(|signature| self.public.verify::<D>(message, &signature).is_ok())
    }
}

struct Sm2 {
    key: Sm2PrivateKey,
    public: Sm2PublicKey,
}

impl Key for Sm2 {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message, SM2_ID.as_bytes(), &mut OsRng).unwrap().to_der()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Sm2Signature::from_der(signature).is_ok_and(|signature| {
            self.public.verify(message, &signature, SM2_ID.as_bytes()).is_ok()
        })
    }
}

struct Rsa {
    key: BoxedRsaPrivateKey,
    public: BoxedRsaPublicKey,
}

impl Key for Rsa {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign_pkcs1v15::<Sha256>(message).unwrap()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify_pkcs1v15::<Sha256>(message, signature).is_ok()
    }
}
