//! What the audit log says of a claim.

use super::audit::AuditAction;
use super::{IssuerDigest, Ledger};
use crate::error::Error;
use crate::hexadecimal::hexadecimal;
use crate::key::fingerprint;
use crate::serial::SerialNumber;

/// Entries that are read at a time.
const PAGE: usize = 1_024;

/// What the entry of a claim says of the bytes that are to be signed.
pub(super) fn detail(to_be_signed: &[u8]) -> String {
    format!("to be signed: SHA-256 {}", hexadecimal(&fingerprint(to_be_signed)))
}

impl Ledger {
    /// Whether these are the bytes that the audit log says were claimed. A claim that the log does not
    /// know is none.
    pub(crate) fn was_claimed(
        &self,
        issuer: &IssuerDigest,
        serial: &SerialNumber,
        to_be_signed: &[u8],
    ) -> Result<bool, Error> {
        let mut from = 1;
        loop {
            let entries = self.audit(from, PAGE)?;
            let claim = entries.iter().find(|entry| {
                entry.action == AuditAction::Claimed
                    && entry.issuer == *issuer
                    && entry.serial == Some(*serial)
            });
            if let Some(claim) = claim {
                return Ok(claim.detail == detail(to_be_signed));
            }
            let Some(next) = entries.last().and_then(|last| last.number.checked_add(1)) else {
                return Ok(false);
            };
            from = next;
        }
    }
}
