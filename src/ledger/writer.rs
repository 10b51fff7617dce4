//! Writing to a ledger in somebody's name: what the records of certificates do not cover.

use std::sync::Arc;

use super::Ledger;
use super::audit::{AuditAction, Stamp};
use super::change::Change;
use super::row::{Row, writes_of};
use super::write::{Effect, Write};
use crate::certificate::Certificate;
use crate::error::Error;
use crate::validity::Time;

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
/// let identifier = writer.put_issuer(&ca.chain(), Some(&key))?;
///
/// // Later, perhaps in another process:
/// let kept = ledger.issuer(&identifier)?.expect("it was kept");
/// let key = ledger.issuer_key(&identifier)?.expect("with its key");
/// let ca = Issuer::load(kept.chain, key)?;
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

    /// Writes what is computed from what is there, with an entry in the audit log, and begins again
    /// when another change came first.
    pub(super) fn write_computed<T>(
        &self,
        action: AuditAction,
        compute: impl Fn() -> Result<(T, Vec<Write>, String), Error>,
    ) -> Result<T, Error> {
        let attempt = || {
            let (answer, writes, detail) = compute()?;
            self.write(writes, action, detail)?;
            Ok(answer)
        };
        self.ledger.retry(attempt, Error::is_conflict)
    }

    /// Writes rows, all or none, with an entry in the audit log: what was done, in words. It is
    /// [`AuditAction::Deleted`] where a row is removed and none is inserted, otherwise
    /// [`AuditAction::Recorded`].
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Conflict`](crate::error::StoreErrorKind::Conflict) when a row
    /// is not what it was, or when the store fails.
    pub fn write_rows(
        &self,
        rows: impl IntoIterator<Item = Row>,
        detail: &str,
    ) -> Result<(), Error> {
        let writes = writes_of(rows);
        let removed = writes.iter().any(|write| write.effect == Effect::Delete);
        let inserted = writes.iter().any(Write::inserts);
        let action =
            if removed && !inserted { AuditAction::Deleted } else { AuditAction::Recorded };
        self.write(writes, action, detail.to_owned())
    }

    /// Records a certificate that signed itself, with further records, in one transaction.
    pub(crate) fn record_self_signed(
        &self,
        certificate: &Certificate,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<(), Error> {
        let issuer = Ledger::issuer_digest(certificate.public_key()?);
        let stamp = Stamp { issuer, ..self.stamp().clone() };
        let (serial, to_be_signed) = (*certificate.serial(), certificate.to_be_signed().to_vec());
        let claim = Change::Claim { serial, to_be_signed };
        let (certificate, tags) = (Box::new(certificate.clone()), Vec::new());
        let issue = Change::Issue { certificate, tags, left_out: String::new() };
        // Without the records there is no claim, and without the claim no certificate.
        let changes = vec![claim.with(writes_of(rows)), issue];
        self.ledger.change(&stamp, changes).into_iter().try_for_each(|answer| Ok(answer?))
    }
}
