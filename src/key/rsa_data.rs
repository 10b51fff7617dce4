//! RSA signatures of digests, by the rsa crate: PKCS #1 v1.5 and PSS (RFC 8017 section 8).

use ::rsa::Pkcs1v15Sign;
use ::rsa::traits::SignatureScheme as _;
use rand_core::TryCryptoRng;
use sha2::Sha256;

use super::data::DataSignature;
use super::rsa::Secret;
use super::rsa_numbers::{Public, scheme};
use crate::arithmetic::Arithmetic;
use crate::error::{Error, SignerError};

impl Secret {
    /// Signs a digest that is as long as those of the hash function; `rng` blinds the private operation, and
    /// draws the salt of PSS.
    pub(super) fn sign_digest<R: TryCryptoRng + ?Sized>(
        &self,
        how: DataSignature,
        digest: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, Error> {
        let signed = match how {
            DataSignature::Plain(algorithm) => {
                let scheme: Pkcs1v15Sign = scheme(algorithm, &[]).0;
                scheme.sign(Some(rng), &self.key, digest)
            }
            DataSignature::RsaPssSha256 => {
                self.key.pss_sign_prehash_with_rng::<Sha256, _>(rng, digest)
            }
        };
        Arithmetic::count_elsewhere(1);
        signed.map_err(|_| SignerError::new("the RSA private operation failed").into())
    }
}

impl Public {
    /// Whether the key signed a digest.
    pub(super) fn verify_digest(
        &self,
        how: DataSignature,
        digest: &[u8],
        signature: &[u8],
    ) -> bool {
        signature.len() == self.modulus.len()
            && self.key().is_some_and(|key| match how {
                DataSignature::Plain(algorithm) => {
                    scheme(algorithm, &[]).0.verify(key, digest, signature).is_ok()
                }
                DataSignature::RsaPssSha256 => {
                    key.pss_verify_prehash::<Sha256>(digest, signature).is_ok()
                }
            })
    }
}
