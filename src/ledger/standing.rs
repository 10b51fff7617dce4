//! What must hold of an issuer whenever something is claimed or recorded in its name.

use super::write::{self, Write};
use super::{IssuerDigest, revocation};
use crate::error::{StoreError, StoreErrorKind};
use crate::serial::SerialNumber;
use crate::store::ReadTransaction;

/// What must hold of an issuer. It is checked inside the transactions that claim and record, so that
/// nothing is claimed after a revocation was answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// The issuer's certificate and those above it: none is revoked.
    pub(crate) lineage: Vec<Link>,
    /// Records of the caller that are still what was read.
    pub(crate) unchanged: Vec<Write>,
}

/// A CA certificate, as its own issuer's revocations name it.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// The digest of the key that issued it.
    pub(crate) issuer: IssuerDigest,
    pub(crate) serial: SerialNumber,
    pub(crate) subject: String,
}

impl Standing {
    /// What no longer holds, for something that gives trust: a claim, a certificate.
    pub(super) fn broken(
        &self,
        transaction: &dyn ReadTransaction,
    ) -> Result<Option<StoreError>, StoreError> {
        for Link { issuer, serial, subject } in &self.lineage {
            let found = revocation::get(transaction, issuer, serial)?;
            if found.is_some_and(|revocation| !revocation.released) {
                let message =
                    format!("the issuer {subject}, serial {serial}, was revoked meanwhile");
                return Ok(Some(StoreError::new(StoreErrorKind::Conflict, message)));
            }
        }
        self.changed(transaction)
    }

    /// What no longer holds, for something that takes trust away: a CRL. A revoked issuer makes them.
    pub(super) fn changed(
        &self,
        transaction: &dyn ReadTransaction,
    ) -> Result<Option<StoreError>, StoreError> {
        write::check(&self.unchanged, transaction)
    }
}
