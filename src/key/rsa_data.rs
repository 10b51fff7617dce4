//! RSA signatures of digests: PKCS #1 v1.5 and PSS (RFC 8017 section 8).

use ::rsa::traits::SignatureScheme as _;
use rand_core::TryCryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::data::DataSignature;
use super::rsa::Secret;
use super::rsa_numbers::{Public, padded_digest, scheme};
use super::rsa_padding::pss_encoded;
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
        let length = self.public_numbers().0.len();
        let encoded = match how {
            DataSignature::Plain(algorithm) => {
                Some(padded_digest(&scheme(algorithm, &[]).0, digest, length))
            }
            DataSignature::RsaPssSha256 => {
                let mut salt = [0; 32];
                rng.try_fill_bytes(&mut salt)
                    .map_err(|error| Error::Random { source: error.to_string().into() })?;
                pss_encoded(digest, &salt, length)
            }
        };
        if let Some(signature) = encoded.and_then(|encoded| self.raised(&encoded, rng)) {
            return Ok(signature.to_vec());
        }
        let signed = match how {
            DataSignature::Plain(algorithm) => {
                scheme(algorithm, &[]).0.sign(Some(rng), &self.key, digest)
            }
            DataSignature::RsaPssSha256 => {
                self.key.pss_sign_prehash_with_rng::<Sha256, _>(rng, digest)
            }
        };
        Arithmetic::count_elsewhere(1);
        signed.map_err(|_| SignerError::new("the RSA private operation failed").into())
    }

    /// A number below the modulus, of as many bytes, raised to the private exponent by this crate's own arithmetic,
    /// blinded, and checked with the public one; `None` where that does not work on the key, or was wrong.
    pub(super) fn raised<R: TryCryptoRng + ?Sized>(
        &self,
        number: &[u8],
        rng: &mut R,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let lanes = self.lanes.as_ref()?;
        // Both are public.
        let modulus = self.public_numbers().0;
        if number.len() != modulus.len() || *number >= *modulus {
            return None;
        }
        let raised =
            lanes.raise(&[number], &mut |bytes| rng.try_fill_bytes(bytes).is_ok())?.pop()?;
        match raised {
            Some(_) => lanes.count(1),
            None => Arithmetic::count_failed(),
        }
        raised.map(Zeroizing::new)
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
