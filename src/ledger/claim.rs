//! What the audit log says of a claim.

use super::audit::{AuditAction, record_digest};
use super::record::CertificateRecord;
use super::{KeyAndValue, Ledger};
use crate::error::Error;
use crate::hexadecimal::hexadecimal;
use crate::key::fingerprint;

/// What the entry of a claim says of the bytes that are to be signed.
pub(super) fn detail(to_be_signed: &[u8]) -> String {
    format!("to be signed: SHA-256 {}", hexadecimal(&fingerprint(to_be_signed)))
}

impl Ledger {
    /// Whether the entry of a claim says that these bytes were claimed and, where something waits with
    /// it, that it wrote this record. A claim that the log does not know is none.
    pub(crate) fn was_claimed(
        &self,
        record: &CertificateRecord,
        to_be_signed: &[u8],
        waiting: Option<&KeyAndValue>,
    ) -> Result<bool, Error> {
        let CertificateRecord { issuer, serial, claimed_at: _, entry, state: _ } = record;
        let waiting = waiting.map(|(key, value)| record_digest(key, value));
        // Whoever exchanged the number of the entry, too, finds no other for this serial number.
        let entries = self.audit(*entry, 1)?;
        Ok(entries.iter().any(|found| {
            found.number == *entry
                && found.action == AuditAction::Claimed
                && found.issuer == *issuer
                && found.serial == Some(*serial)
                && found.detail == detail(to_be_signed)
                && waiting.is_none_or(|digest| found.written.contains(&digest))
        }))
    }
}
