//! RSA signatures of one message or many.

use rand_core::TryCryptoRng;

use super::rsa::{Secret, scheme};
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
            lanes.raise(&padded, &mut |octets| rng.try_fill_bytes(octets).is_ok())
        };
        let Some(raised) = self.lanes.as_ref().and_then(&mut raise) else {
            let signed: Vec<Result<Vec<u8>, Error>> =
                messages.iter().map(|message| self.sign_one(algorithm, message, rng)).collect();
            Arithmetic::count_elsewhere(signed.iter().flatten().count());
            return signed;
        };
        Arithmetic::count_in_lanes(raised.iter().flatten().count());
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

/// EMSA-PKCS1-v1_5 (RFC 8017 section 9.2). Every key is long enough for every digest.
pub(super) fn padded(algorithm: SignatureAlgorithm, message: &[u8], length: usize) -> Vec<u8> {
    let (scheme, digest) = scheme(algorithm, message);
    let mut padded = vec![0xff; length.saturating_sub(scheme.prefix.len() + digest.len() + 1)];
    if let [first, second, ..] = padded.as_mut_slice() {
        (*first, *second) = (0, 1);
    }
    padded.push(0);
    padded.extend_from_slice(&scheme.prefix);
    padded.extend_from_slice(&digest);
    padded
}
