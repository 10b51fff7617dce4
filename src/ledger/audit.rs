//! The audit log: a chain of entries, each of which holds the digest of the one before.

use std::fmt;
use std::ops::ControlFlow;

use super::IssuerDigest;
use super::change::Stamp;
use super::octets::{corrupt, padded, take_text, take_time, text, time, versioned};
use crate::error::StoreError;
use crate::key::fingerprint;
use crate::limits::SERIAL_OCTETS;
use crate::serial::SerialNumber;
use crate::store::{ReadTransaction, Store, WriteTransaction};
use crate::validity::Time;

const PREFIX: &[u8] = b"audit/";
const HEAD: &[u8] = b"audit-head";
const VERSION: u8 = 1;

/// Octets of an actor or a detail that are kept: a text has a length of two octets, and an entry
/// stays small.
const TEXT_OCTETS: usize = 1_024;

/// One state change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditEntry {
    /// Its number; the first is 1.
    pub number: u64,
    /// When.
    pub at: Time,
    /// What.
    pub action: AuditAction,
    /// Of which issuer.
    pub issuer: IssuerDigest,
    /// Of which certificate, where it is about one.
    pub serial: Option<SerialNumber>,
    /// Who, as the caller says.
    pub actor: String,
    /// More, such as the reason of a revocation.
    pub detail: String,
    /// The digest of the entry before.
    pub previous: [u8; 32],
}

/// What an audit entry is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AuditAction {
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
    /// A record other than a certificate was written, such as a request or a sealed key.
    Recorded,
    /// A certificate was taken off hold.
    Released,
    /// Every private key was sealed anew, under another key.
    Resealed,
    /// A certificate was revoked or put on hold.
    Revoked,
}

const ACTIONS: [(AuditAction, u8, &str); 10] = [
    (AuditAction::Claimed, 1, "claimed"),
    (AuditAction::CrlIssued, 2, "crl-issued"),
    (AuditAction::Deleted, 7, "deleted"),
    (AuditAction::Failed, 3, "failed"),
    (AuditAction::Imported, 8, "imported"),
    (AuditAction::Issued, 4, "issued"),
    (AuditAction::Recorded, 9, "recorded"),
    (AuditAction::Released, 5, "released"),
    (AuditAction::Resealed, 10, "resealed"),
    (AuditAction::Revoked, 6, "revoked"),
];

impl fmt::Display for AuditAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = ACTIONS.iter().find(|(action, ..)| action == self).map(|(.., name)| *name);
        f.write_str(name.unwrap_or_default())
    }
}

/// The end of the log inside a transaction.
pub(super) struct Log {
    number: u64,
    digest: [u8; 32],
}

impl Log {
    pub(super) fn open(transaction: &dyn ReadTransaction) -> Result<Self, StoreError> {
        let (number, digest) = head(transaction)?;
        Ok(Self { number, digest })
    }

    pub(super) fn append(
        &mut self,
        transaction: &mut dyn WriteTransaction,
        stamp: &Stamp,
        action: AuditAction,
        serial: Option<&SerialNumber>,
        detail: &str,
    ) -> Result<(), StoreError> {
        let number = self.number.checked_add(1);
        self.number = number.ok_or_else(|| corrupt("the head of the audit log", "damaged"))?;
        let action = ACTIONS.iter().find(|(known, ..)| *known == action).map_or(0, |(_, n, _)| *n);
        let value = [
            &[VERSION][..],
            &time(stamp.at),
            &[action],
            &stamp.issuer,
            &serial.map_or(vec![0; SERIAL_OCTETS], padded),
            &text(&stamp.actor, TEXT_OCTETS),
            &text(detail, TEXT_OCTETS),
            &self.digest,
        ]
        .concat();
        transaction.put(&key(self.number), &value)?;
        self.digest = digest(self.number, &value);
        Ok(())
    }

    pub(super) fn close(self, transaction: &mut dyn WriteTransaction) -> Result<(), StoreError> {
        let value = [&[VERSION][..], &self.number.to_be_bytes(), &self.digest].concat();
        transaction.put(HEAD, &value)
    }
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

/// Follows the chain from the first entry to the head.
pub(super) fn verify(store: &dyn Store) -> Result<u64, StoreError> {
    let mut count = 0;
    store.read(&mut |transaction| {
        let mut chain = Chain::default();
        transaction.scan(PREFIX, PREFIX, &mut |key, value| chain.follow(key, value))?;
        count = chain.end(head(transaction)?)?;
        Ok(())
    })?;
    Ok(count)
}

/// A walk along the log.
#[derive(Default)]
struct Chain {
    /// The number and digest of the entry before.
    number: u64,
    digest: [u8; 32],
    /// An entry that does not hold the digest of the one before: whether it or the one before was
    /// altered, only what follows can tell.
    doubtful: Option<u64>,
    broken: Option<StoreError>,
}

impl Chain {
    fn follow(&mut self, key: &[u8], value: &[u8]) -> ControlFlow<()> {
        let number = self.number + 1;
        let entry = match decode(key, value) {
            Ok(entry) if entry.number == number => entry,
            // What comes first in the log is named first.
            _ if self.doubtful.is_some() => {
                return self
                    .fail(self.doubtful.unwrap_or(number), "it or the one before was altered");
            }
            Ok(_) => return self.fail(number, "it is missing"),
            Err(error) => {
                self.broken = Some(error);
                return ControlFlow::Break(());
            }
        };
        let holds = entry.previous == self.digest;
        if let Some(doubtful) = self.doubtful {
            return self.tell(doubtful, holds);
        }
        if !holds {
            self.doubtful = Some(number);
        }
        (self.number, self.digest) = (number, digest(number, value));
        ControlFlow::Continue(())
    }

    /// The entry after a doubtful one holds its digest, or not: so it is whole and the one before it
    /// was altered, or it was altered itself.
    fn tell(&mut self, doubtful: u64, whole: bool) -> ControlFlow<()> {
        let altered = if whole && doubtful > 1 { doubtful - 1 } else { doubtful };
        self.fail(altered, "it was altered")
    }

    fn fail(&mut self, number: u64, problem: &str) -> ControlFlow<()> {
        self.broken = Some(corrupt(&format!("audit entry {number}"), problem));
        ControlFlow::Break(())
    }

    /// Holds the end against the head, and says how many entries there are.
    fn end(mut self, head: (u64, [u8; 32])) -> Result<u64, StoreError> {
        if let (Some(doubtful), None) = (self.doubtful, &self.broken) {
            let _ = self.tell(doubtful, head == (self.number, self.digest));
        }
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        match head {
            head if head == (self.number, self.digest) => Ok(self.number),
            (last, _) if last > self.number => {
                let what = format!("audit entry {}", self.number + 1);
                Err(corrupt(&what, &format!("it is missing; the head counts {last} entries")))
            }
            _ => {
                let what = format!("audit entry {}", self.number);
                Err(corrupt(&what, "it was altered, or the head of the log was"))
            }
        }
    }
}

fn head(transaction: &dyn ReadTransaction) -> Result<(u64, [u8; 32]), StoreError> {
    let Some(value) = transaction.get(HEAD)? else { return Ok((0, [0; 32])) };
    let what = || "the head of the audit log".to_owned();
    let content = versioned(&value, VERSION, what)?;
    let parsed = content.split_first_chunk::<8>().and_then(|(number, rest)| {
        Some((u64::from_be_bytes(*number), <[u8; 32]>::try_from(rest).ok()?))
    });
    parsed.ok_or_else(|| corrupt(&what(), "damaged"))
}

fn decode(key: &[u8], value: &[u8]) -> Result<AuditEntry, StoreError> {
    let number = key.strip_prefix(PREFIX).and_then(|rest| <[u8; 8]>::try_from(rest).ok());
    let number = number.ok_or_else(|| corrupt("the key of an audit entry", "not a number"))?;
    let number = u64::from_be_bytes(number);
    let what = || format!("audit entry {number}");
    let content = versioned(value, VERSION, what)?;
    let parsed = Some(content).and_then(|rest| {
        let (at, rest) = take_time(rest)?;
        let (action, rest) = rest.split_first()?;
        let (issuer, rest) = rest.split_first_chunk::<32>()?;
        let (serial, rest) = rest.split_first_chunk::<SERIAL_OCTETS>()?;
        let (actor, rest) = take_text(rest)?;
        let (detail, rest) = take_text(rest)?;
        Some(AuditEntry {
            number,
            at,
            action: ACTIONS.iter().find(|(_, known, _)| known == action)?.0,
            issuer: *issuer,
            serial: SerialNumber::from_bytes(serial).ok(),
            actor,
            detail,
            previous: rest.try_into().ok()?,
        })
    });
    parsed.ok_or_else(|| corrupt(&what(), "damaged"))
}

fn key(number: u64) -> Vec<u8> {
    [PREFIX, &number.to_be_bytes()].concat()
}

fn digest(number: u64, value: &[u8]) -> [u8; 32] {
    fingerprint(&[&number.to_be_bytes(), value].concat())
}
