//! The entries of the audit log: what they say and how they are written.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::IssuerDigest;
use super::bytes::{corrupt, padded, take_text, take_time, text, time, versioned};
use super::standing::Standing;
use crate::error::StoreError;
use crate::key::fingerprint;
use crate::limits::{AUDIT_TEXT_BYTES, SERIAL_BYTES};
use crate::serial::SerialNumber;
use crate::store::Store;
use crate::validity::Time;

pub(super) const PREFIX: &[u8] = b"audit/";
const VERSION: u8 = 2;

/// What stands for a time of the system's clock where there is none: outside the years a [`Time`]
/// knows.
const NO_TIME: [u8; 8] = i64::MAX.to_be_bytes();

/// Who changes something, when, and of which issuer: as the caller says.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) actor: Arc<str>,
    pub(crate) at: Time,
    pub(crate) issuer: IssuerDigest,
    /// What must hold of the issuer.
    pub(crate) standing: Arc<Standing>,
}

/// One state change, or one refusal.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Its number; the first is 1.
    pub number: u64,
    /// When, by the caller's clock: what [`Authority`](crate::Authority) or the writer was given.
    pub at: Time,
    /// When it was written, by the system's clock, whatever the caller says; none where there is no
    /// clock.
    pub recorded_at: Option<Time>,
    /// What.
    pub action: AuditAction,
    /// Of which issuer.
    pub issuer: IssuerDigest,
    /// Of which certificate, where it is about one.
    pub serial: Option<SerialNumber>,
    /// Who, as the caller says.
    pub actor: String,
    /// The process that wrote it, as the operating system says: `uid 1000, pid 4711` on Linux, its
    /// pid elsewhere.
    pub process: String,
    /// More, such as the reason of a revocation.
    pub detail: String,
    /// The digests of the records that the change removed or replaced: the SHA-256 of the key's
    /// length (4 bytes), the key, and the value that was there.
    pub removed: Vec<[u8; 32]>,
    /// The digests of the records that it wrote, made in the same way.
    pub written: Vec<[u8; 32]>,
    /// The digest of the entry before.
    pub previous: [u8; 32],
}

/// What an audit entry is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AuditAction {
    /// What waited for a signature from elsewhere will not be completed; its number stays claimed.
    Cancelled,
    /// A serial number was claimed for what is about to be signed.
    Claimed,
    /// A CRL was numbered and signed.
    CrlIssued,
    /// A record other than a certificate was removed, such as a request.
    Deleted,
    /// Signing failed; the number stays claimed.
    Failed,
    /// A certificate that another engine issued was taken over.
    Imported,
    /// A certificate was recorded.
    Issued,
    /// A private key is handed out ([`LedgerWriter::export_key`](super::LedgerWriter::export_key)).
    KeyExported,
    /// A private key works for somebody, and is not handed out
    /// ([`LedgerWriter::use_key`](super::LedgerWriter::use_key)).
    KeyUsed,
    /// A record other than a certificate was written, such as a request or a sealed key.
    Recorded,
    /// An issuance, a revocation or a release was refused.
    Refused,
    /// A certificate was taken off hold.
    Released,
    /// Every private key was sealed again, under another key.
    Resealed,
    /// A certificate was revoked or put on hold.
    Revoked,
}

impl AuditAction {
    /// The number that stands for it in an entry.
    fn number(self) -> u8 {
        match self {
            Self::Claimed => 1,
            Self::CrlIssued => 2,
            Self::Failed => 3,
            Self::Issued => 4,
            Self::Released => 5,
            Self::Revoked => 6,
            Self::Deleted => 7,
            Self::Imported => 8,
            Self::Recorded => 9,
            Self::Resealed => 10,
            Self::Refused => 11,
            Self::KeyExported => 12,
            Self::Cancelled => 13,
            Self::KeyUsed => 14,
        }
    }

    fn of_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Claimed,
            2 => Self::CrlIssued,
            3 => Self::Failed,
            4 => Self::Issued,
            5 => Self::Released,
            6 => Self::Revoked,
            7 => Self::Deleted,
            8 => Self::Imported,
            9 => Self::Recorded,
            10 => Self::Resealed,
            11 => Self::Refused,
            12 => Self::KeyExported,
            13 => Self::Cancelled,
            14 => Self::KeyUsed,
            _ => return None,
        })
    }
}

impl fmt::Display for AuditAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "cancelled",
            Self::Claimed => "claimed",
            Self::CrlIssued => "crl-issued",
            Self::Deleted => "deleted",
            Self::Failed => "failed",
            Self::Imported => "imported",
            Self::Issued => "issued",
            Self::KeyExported => "key-exported",
            Self::KeyUsed => "key-used",
            Self::Recorded => "recorded",
            Self::Refused => "refused",
            Self::Released => "released",
            Self::Resealed => "resealed",
            Self::Revoked => "revoked",
        })
    }
}

/// The digest of a record: of its key and its value, so that neither stands for another.
pub(super) fn record_digest(key: &[u8], value: &[u8]) -> [u8; 32] {
    fingerprint(&[&(key.len() as u32).to_be_bytes(), key, value].concat())
}

/// The digest of an entry.
pub(super) fn digest(number: u64, value: &[u8]) -> [u8; 32] {
    fingerprint(&[&number.to_be_bytes(), value].concat())
}

pub(super) fn key(number: u64) -> Vec<u8> {
    [PREFIX, &number.to_be_bytes()].concat()
}

/// The value of an entry.
pub(super) fn encode(entry: &AuditEntry) -> Vec<u8> {
    let AuditEntry {
        number: _,
        at,
        recorded_at,
        action,
        issuer,
        serial,
        actor,
        process,
        detail,
        removed,
        written,
        previous,
    } = entry;
    [
        &[VERSION][..],
        &time(*at),
        &recorded_at.map_or(NO_TIME, time),
        &[action.number()],
        issuer,
        &serial.as_ref().filter(|it| it.is_conforming()).map_or(vec![0; SERIAL_BYTES], padded),
        &text(actor, AUDIT_TEXT_BYTES),
        &text(process, AUDIT_TEXT_BYTES),
        &text(detail, AUDIT_TEXT_BYTES),
        &(removed.len() as u32).to_be_bytes(),
        removed.as_flattened(),
        &(written.len() as u32).to_be_bytes(),
        written.as_flattened(),
        previous,
    ]
    .concat()
}

pub(super) fn decode(key: &[u8], value: &[u8]) -> Result<AuditEntry, StoreError> {
    let number = key.strip_prefix(PREFIX).and_then(|rest| <[u8; 8]>::try_from(rest).ok());
    let number = number.ok_or_else(|| corrupt("the key of an audit entry", "not a number"))?;
    let number = u64::from_be_bytes(number);
    let what = || format!("audit entry {number}");
    let content = versioned(value, VERSION, what)?;
    let parsed = Some(content).and_then(|rest| {
        let (at, rest) = take_time(rest)?;
        let (recorded_at, rest) = match rest.split_first_chunk::<8>()? {
            (&NO_TIME, rest) => (None, rest),
            _ => take_time(rest).map(|(time, rest)| (Some(time), rest))?,
        };
        let (action, rest) = rest.split_first()?;
        let (issuer, rest) = rest.split_first_chunk::<32>()?;
        let (serial, rest) = rest.split_first_chunk::<SERIAL_BYTES>()?;
        let (actor, rest) = take_text(rest)?;
        let (process, rest) = take_text(rest)?;
        let (detail, rest) = take_text(rest)?;
        let (removed, rest) = take_digests(rest)?;
        let (written, rest) = take_digests(rest)?;
        Some(AuditEntry {
            number,
            at,
            recorded_at,
            action: AuditAction::of_number(*action)?,
            issuer: *issuer,
            serial: SerialNumber::from_bytes(serial).ok(),
            actor,
            process,
            detail,
            removed,
            written,
            previous: rest.try_into().ok()?,
        })
    });
    parsed.ok_or_else(|| corrupt(&what(), "damaged"))
}

fn take_digests(bytes: &[u8]) -> Option<(Vec<[u8; 32]>, &[u8])> {
    let (count, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*count)).ok()?.checked_mul(32)?;
    let (digests, rest) = rest.split_at_checked(length)?;
    Some((digests.as_chunks().0.to_vec(), rest))
}

/// A page of entries.
pub(super) fn page(
    store: &dyn Store,
    from: u64,
    limit: usize,
) -> Result<Vec<AuditEntry>, StoreError> {
    let mut found = Vec::new();
    store.read(&mut |transaction| {
        found.clear();
        if limit == 0 {
            return Ok(());
        }
        transaction.scan(PREFIX, &key(from), &mut |key, value| {
            found.push(decode(key, value));
            if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    })?;
    found.into_iter().collect()
}
