//! Writing to a ledger in somebody's name: what the records of certificates do not cover.

use std::sync::Arc;

use super::Ledger;
use super::audit::{AuditAction, Stamp};
use super::change::Change;
use super::write::Write;
use crate::certificate::Certificate;
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::validity::Time;

/// How often a write begins anew when another change came first.
const ATTEMPTS: usize = 64;

/// Writes to a ledger in somebody's name: what the records of certificates do not cover.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use std::sync::Arc;
/// use certwright::key::SealingKey;
/// use certwright::ledger::Ledger;
/// use certwright::time::Time;
/// use certwright::*;
/// let ledger = Ledger::new(MemoryStore::default());
/// ledger.unlock(&SealingKey::from_bytes([7; 32]))?;
/// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
/// let root = Issuer::self_signed("CN=Root".parse()?, Profile::root(), key)?;
///
/// let key = Arc::new(KeyPair::generate(KeyAlgorithm::EcdsaP256)?);
/// let ca = root.delegate("CN=CA".parse()?, Profile::intermediate(0), Arc::clone(&key))?;
/// let writer = ledger.writer("alice", Time::from_unix(1_800_000_000)?);
/// let identifier = writer.keep_issuer(&ca.chain(), Some(&key))?;
///
/// // Later, perhaps in another process:
/// let kept = ledger.issuer(&identifier)?.expect("it was kept");
/// let key = ledger.issuer_key(&identifier)?.expect("with its key");
/// let ca = Issuer::load(kept.chain.certificates().cloned().collect(), key)?;
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone)]
pub struct LedgerWriter {
    pub(super) ledger: Ledger,
    pub(super) stamp: Stamp,
}

impl Ledger {
    /// Writes in somebody's name, whom the audit log tells, at a time.
    pub fn writer(&self, actor: &str, at: Time) -> LedgerWriter {
        // About no issuer.
        let (actor, standing) = (Arc::from(actor), Arc::default());
        let stamp = Stamp { actor, at, issuer: [0; 32], standing };
        LedgerWriter { ledger: self.clone(), stamp }
    }
}

impl LedgerWriter {
    /// Writes records, with an entry in the audit log.
    pub(crate) fn write(
        &self,
        writes: Vec<Write>,
        action: AuditAction,
        detail: String,
    ) -> Result<(), Error> {
        let change = Change::Write { writes, action, detail };
        Ok(self.ledger.change_one(&self.stamp, change)?)
    }

    pub(crate) fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// Writes what is computed from what is there, with an entry in the audit log, and begins anew
    /// when another change came first.
    pub(super) fn write_computed<T>(
        &self,
        action: AuditAction,
        compute: impl Fn() -> Result<(T, Vec<Write>, String), Error>,
    ) -> Result<T, Error> {
        for attempt in 1..=ATTEMPTS {
            let (answer, writes, detail) = compute()?;
            match self.write(writes, action, detail) {
                Ok(()) => return Ok(answer),
                Err(Error::Store(error))
                    if error.kind() == StoreErrorKind::Conflict && attempt < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::new(StoreErrorKind::Conflict, "other changes came first").into())
    }

    /// Records a certificate that signed itself, with further records, in one transaction.
    pub(crate) fn record_self_signed(
        &self,
        certificate: &Certificate,
        writes: Vec<Write>,
    ) -> Result<(), Error> {
        let issuer = Ledger::issuer_digest(certificate.public_key());
        let stamp = Stamp { issuer, ..self.stamp().clone() };
        let (serial, to_be_signed) = (*certificate.serial(), certificate.to_be_signed().to_vec());
        let claim = Change::Claim { serial, to_be_signed };
        let issue = Change::Issue { certificate: Box::new(certificate.clone()), tags: Vec::new() };
        // Without the records there is no claim, and without the claim no certificate.
        let changes = vec![Change::With { writes, change: Box::new(claim) }, issue];
        self.ledger.change(&stamp, changes).into_iter().try_for_each(|answer| Ok(answer?))
    }
}
