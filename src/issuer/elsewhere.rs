//! Keys that are somewhere else.

use crate::algorithm::SignatureAlgorithm;
use crate::error::{Error, SignerError};
use crate::key::{PublicKey, Signer};

/// A key that is not here.
pub(super) struct Elsewhere {
    pub(super) public_key: PublicKey,
    pub(super) algorithm: SignatureAlgorithm,
}

impl Signer for Elsewhere {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Error> {
        Err(SignerError::new(
            "the issuer has no key here; attach a signature that was made elsewhere",
        )
        .into())
    }
}
