//! The algorithm of a signature as it was read, which this crate may not know.

use std::fmt;

use super::SignatureAlgorithm;
use crate::error::{Error, Unusable};
use crate::oid::Oid;

/// The algorithm that a certificate, request or CRL says it was signed with: one that this crate verifies
/// with, or another, which can be shown and not used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignatureIdentifier {
    oid: Oid,
    algorithm: Result<SignatureAlgorithm, Unusable>,
}

impl SignatureIdentifier {
    pub(crate) fn new(oid: Oid, algorithm: Result<SignatureAlgorithm, Error>) -> Self {
        Self { oid, algorithm: algorithm.map_err(Unusable::from) }
    }

    /// The same identifier, of which nothing can be used for this reason.
    pub(crate) fn refused(self, reason: Error) -> Self {
        Self { algorithm: Err(reason.into()), ..self }
    }

    /// The object identifier of the algorithm.
    pub const fn oid(&self) -> Oid {
        self.oid
    }

    /// The algorithm, to verify with.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for one that this crate does not verify with, by name;
    /// [`Error::Malformed`] where its parameters are none of the algorithm's.
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, Error> {
        self.algorithm.as_ref().map(|algorithm| *algorithm).map_err(Error::from)
    }
}

impl fmt::Display for SignatureIdentifier {
    /// The name of the algorithm; with its object identifier, or only that, where this crate does not
    /// verify with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.algorithm {
            Ok(algorithm) => algorithm.fmt(f),
            Err(_) => f.write_str(&self.oid.named()),
        }
    }
}
