//! The crates of RustCrypto: rsa (blinded), p256, p384, p521 and sm2.

use certwright::KeyAlgorithm;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use p256::elliptic_curve::Generate as _;
use rsa::PrivateKey;
use rsa::pkcs1v15;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use rsa::signature::{
    Keypair as _, RandomizedSigner as _, SignatureEncoding as _, Signer as _, Verifier as _,
};
use sha2::Sha256;

use super::{Generator, Key, Peer, SM2_ID};

/// RustCrypto.
pub struct RustCrypto;

impl Peer for RustCrypto {
    fn name(&self) -> &'static str {
        "rustcrypto"
    }

    fn key(&self, algorithm: KeyAlgorithm, pkcs8: &[u8]) -> Option<Box<dyn Key>> {
        Some(match algorithm {
            KeyAlgorithm::EcdsaP256 => {
                Box::new(p256::ecdsa::SigningKey::from_pkcs8_der(pkcs8).unwrap())
            }
            KeyAlgorithm::EcdsaP384 => {
                Box::new(p384::ecdsa::SigningKey::from_pkcs8_der(pkcs8).unwrap())
            }
            KeyAlgorithm::EcdsaP521 => {
                Box::new(p521::ecdsa::SigningKey::from_pkcs8_der(pkcs8).unwrap())
            }
            KeyAlgorithm::Sm2 => {
                let secret = sm2::SecretKey::from_pkcs8_der(pkcs8).unwrap();
                Box::new(sm2::dsa::SigningKey::new(SM2_ID, &secret).unwrap())
            }
            _ => {
                let key = PrivateKey::from_pkcs8_der(pkcs8).unwrap();
                let signing = pkcs1v15::SigningKey::<Sha256>::new(key);
                Box::new(Rsa { verifying: signing.verifying_key(), signing })
            }
        })
    }

    fn generator(&self, algorithm: KeyAlgorithm) -> Option<Generator> {
        Some(Generator(match algorithm {
            KeyAlgorithm::EcdsaP256 => Box::new(|| {
                let key = p256::ecdsa::SigningKey::generate_from_rng(&mut random());
                Box::new(move || key.to_pkcs8_der().unwrap().as_bytes().to_vec())
            }),
            KeyAlgorithm::EcdsaP384 => Box::new(|| {
                let key = p384::ecdsa::SigningKey::generate_from_rng(&mut random());
                Box::new(move || key.to_pkcs8_der().unwrap().as_bytes().to_vec())
            }),
            KeyAlgorithm::EcdsaP521 => Box::new(|| {
                let key = p521::ecdsa::SigningKey::generate_from_rng(&mut random());
                Box::new(move || key.to_pkcs8_der().unwrap().as_bytes().to_vec())
            }),
            KeyAlgorithm::Sm2 => Box::new(|| {
                // A secret key has no public half yet; that of its signing key is computed.
                let key = sm2::SecretKey::generate_from_rng(&mut random());
                let pair = sm2::dsa::SigningKey::new(SM2_ID, &key).unwrap();
                Box::new(move || {
                    assert_eq!(pair.verifying_key().as_affine(), key.public_key().as_affine());
                    key.to_pkcs8_der().unwrap().as_bytes().to_vec()
                })
            }),
            _ => Box::new(move || {
                let key = PrivateKey::new(&mut random(), algorithm.bits() as usize).unwrap();
                Box::new(move || key.to_pkcs8_der().unwrap().as_bytes().to_vec())
            }),
        }))
    }
}

fn random() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

macro_rules! curve {
    ($($module:path),*) => {$(const _: () = {
        use $module as curve;

        impl Key for curve::SigningKey {
            fn sign(&self, message: &[u8]) -> Vec<u8> {
                let signature: curve::Signature = self.try_sign(message).unwrap();
                signature.to_der().as_bytes().to_vec()
            }

            fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
                let signature = curve::Signature::from_der(signature).unwrap();
                self.verifying_key().verify(message, &signature).is_ok()
            }
        }
    };)*};
}

curve!(p256::ecdsa, p384::ecdsa, p521::ecdsa);

impl Key for sm2::dsa::SigningKey {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.try_sign(message).unwrap().to_der().to_vec()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = sm2::dsa::Signature::from_der(signature).unwrap();
        self.verifying_key().verify(message, &signature).is_ok()
    }
}

struct Rsa {
    signing: pkcs1v15::SigningKey<Sha256>,
    verifying: pkcs1v15::VerifyingKey<Sha256>,
}

impl Key for Rsa {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signing.sign_with_rng(&mut random(), message).to_vec()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = pkcs1v15::Signature::try_from(signature).unwrap();
        self.verifying.verify(message, &signature).is_ok()
    }
}
