//! RSA signatures of one message or many, always blinded.

use rand_core::TryCryptoRng;

use super::rsa::Secret;
use super::rsa_numbers::{padded, scheme};
use crate::algorithm::SignatureAlgorithm;
use crate::arithmetic::Arithmetic;
use crate::error::{Error, SignerError};
use crate::lanes::RsaKey;

impl Secret {
    /// Signs messages; `rng` blinds the private operation and does not change the signatures.
    pub(super) fn sign_many<R: TryCryptoRng + ?Sized>(
        &self,
        algorithm: SignatureAlgorithm,
        messages: &[&[u8]],
        rng: &mut R,
    ) -> Vec<Result<Vec<u8>, Error>> {
        let mut raise = |lanes: &RsaKey| {
            let length = self.public_numbers().0.len();
            let padded: Vec<Vec<u8>> =
                messages.iter().map(|message| padded(algorithm, message, length)).collect();
            let padded: Vec<&[u8]> = padded.iter().map(Vec::as_slice).collect();
            lanes.raise(&padded, &mut |bytes| rng.try_fill_bytes(bytes).is_ok())
        };
        let raised = self.lanes.as_ref().and_then(|lanes| Some((lanes, raise(lanes)?)));
        let Some((lanes, raised)) = raised else {
            let signed: Vec<Result<Vec<u8>, Error>> =
                messages.iter().map(|message| self.sign_one(algorithm, message, rng)).collect();
            Arithmetic::count_elsewhere(signed.iter().flatten().count());
            return signed;
        };
        lanes.count(raised.iter().flatten().count());
        let either = messages.iter().zip(raised).map(|(message, raised)| match raised {
            Some(signature) => Ok(signature),
            // Wrong: the crate has arithmetic of its own.
            None => {
                Arithmetic::count_failed();
                self.sign_one(algorithm, message, rng)
            }
        });
        either.collect()
    }

    fn sign_one<R: TryCryptoRng + ?Sized>(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, Error> {
        let (scheme, digest) = scheme(algorithm, message);
        ::rsa::traits::SignatureScheme::sign(scheme, Some(rng), &self.key, &digest)
            .map_err(|_| SignerError::new("the RSA private operation failed").into())
    }
}
