//! The end of the audit log: where entries are appended, and what vouches for it.

use std::ops::ControlFlow;

use super::audit::{self, AuditAction, AuditEntry, Stamp, record_digest};
use super::bytes::{corrupt, versioned};
use super::unlocked::{Checkpoint, PROOF_BYTES, SEAL, Unlocked};
use crate::error::StoreError;
use crate::serial::SerialNumber;
use crate::store::{Changes, ReadTransaction, WriteTransaction};
use crate::validity::{Time, system_time};

pub(super) const HEAD: &[u8] = b"audit-head";
const VERSION: u8 = 2;
const WHAT: &str = "the head of the audit log";

/// What an entry says of its change, beside the stamp.
pub(super) struct Note<'n> {
    pub(super) action: AuditAction,
    pub(super) serial: Option<&'n SerialNumber>,
    pub(super) detail: String,
}

/// The last entry of the log, and the last state of it that a holder of the sealing key wrote.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) digest: [u8; 32],
    pub(super) checkpoint: Option<Checkpoint>,
}

/// The digests of the records that a change removed or replaced, and of those that it wrote.
#[derive(Default)]
pub(super) struct Effects {
    removed: Vec<[u8; 32]>,
    written: Vec<[u8; 32]>,
}

impl Effects {
    /// What changes do to the records below them.
    pub(super) fn of(changes: &Changes, below: &dyn ReadTransaction) -> Result<Self, StoreError> {
        let mut effects = Self::default();
        let keys: Vec<&[u8]> = changes.keys().map(Vec::as_slice).collect();
        let old = below.get_many(&keys)?;
        for ((key, new), old) in changes.iter().zip(old) {
            if old != *new {
                effects.removed.extend(old.map(|old| record_digest(key, &old)));
                effects.written.extend(new.iter().map(|new| record_digest(key, new)));
            }
        }
        Ok(effects)
    }
}

/// The end of the log inside a transaction.
#[derive(Clone)]
pub(super) struct Log {
    head: Head,
    at_opening: u64,
    recorded_at: Option<Time>,
    process: String,
}

impl Log {
    /// The end of the log, which must be whole: the last entry is the one that the head names, and,
    /// where the sealing key is known, what follows the last checkpoint hangs together with it. What
    /// was cut off is so never vouched for by the next checkpoint.
    pub(super) fn open(
        transaction: &dyn ReadTransaction,
        unlocked: Option<&Unlocked>,
    ) -> Result<Self, StoreError> {
        let head = head(transaction)?;
        if let Some(next) = head.number.checked_add(1)
            && transaction.get(&audit::key(next))?.is_some()
        {
            return Err(corrupt(WHAT, &format!("it counts {}; there are more", head.number)));
        }
        if head.number > 0 {
            let number = head.number;
            let last = transaction.get(&audit::key(number))?;
            if last.is_none_or(|last| audit::digest(number, &last) != head.digest) {
                let what = format!("audit entry {number}");
                return Err(corrupt(&what, "it is missing or was altered, or the head was"));
            }
        }
        check_checkpoint(transaction, &head, unlocked)?;
        let (at_opening, recorded_at, process) = (head.number, system_time().ok(), process());
        Ok(Self { head, at_opening, recorded_at, process })
    }

    /// The number of the next entry.
    pub(super) fn next(&self) -> Result<u64, StoreError> {
        self.head.number.checked_add(1).ok_or_else(|| corrupt(WHAT, "no number is left"))
    }

    pub(super) fn append(
        &mut self,
        transaction: &mut dyn WriteTransaction,
        stamp: &Stamp,
        note: Note<'_>,
        effects: Effects,
    ) -> Result<(), StoreError> {
        let number = self.next()?;
        let value = audit::encode(&AuditEntry {
            number,
            at: stamp.at,
            recorded_at: self.recorded_at,
            action: note.action,
            issuer: stamp.issuer,
            serial: note.serial.copied(),
            actor: stamp.actor.to_string(),
            process: self.process.clone(),
            detail: note.detail,
            removed: effects.removed,
            written: effects.written,
            previous: self.head.digest,
        });
        transaction.put(&audit::key(number), &value)?;
        (self.head.number, self.head.digest) = (number, audit::digest(number, &value));
        Ok(())
    }

    /// Writes the head, if anything was appended; who has the key of the seal vouches for it.
    pub(super) fn close(
        self,
        transaction: &mut dyn WriteTransaction,
        unlocked: Option<&Unlocked>,
    ) -> Result<(), StoreError> {
        let Head { number, digest, mut checkpoint } = self.head;
        if number == self.at_opening {
            return Ok(());
        }
        if let Some(unlocked) = unlocked
            && transaction.get(SEAL)?.as_ref() == Some(&unlocked.header)
        {
            checkpoint = Some(unlocked.checkpoint(number, digest, self.recorded_at)?);
        }
        let mut value = [&[VERSION][..], &number.to_be_bytes(), &digest].concat();
        if let Some(Checkpoint { number, digest, at, proof }) = checkpoint {
            value.extend(number.to_be_bytes());
            value.extend(digest);
            value.extend(at.to_be_bytes());
            value.extend(proof);
        }
        transaction.put(HEAD, &value)
    }
}

/// The head; that of an empty log where there is neither head nor entry.
pub(super) fn head(transaction: &dyn ReadTransaction) -> Result<Head, StoreError> {
    let Some(value) = transaction.get(HEAD)? else {
        let mut empty = true;
        transaction.scan(audit::PREFIX, audit::PREFIX, &mut |_, _| {
            empty = false;
            ControlFlow::Break(())
        })?;
        let lost = || corrupt(WHAT, "it is missing, and there are entries");
        return empty.then(Head::default).ok_or_else(lost);
    };
    let content = versioned(&value, VERSION, || WHAT.to_owned())?;
    let parsed = take_state(content).and_then(|(number, digest, rest)| {
        let checkpoint = match rest {
            [] => None,
            _ => {
                let (number, digest, rest) = take_state(rest)?;
                let (at, rest) = rest.split_first_chunk::<8>()?;
                let proof = <[u8; PROOF_BYTES]>::try_from(rest).ok()?;
                Some(Checkpoint { number, digest, at: i64::from_be_bytes(*at), proof })
            }
        };
        Some(Head { number, digest, checkpoint })
    });
    parsed.filter(|head| head.number > 0).ok_or_else(|| corrupt(WHAT, "damaged"))
}

fn take_state(bytes: &[u8]) -> Option<(u64, [u8; 32], &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    let (digest, rest) = rest.split_first_chunk::<32>()?;
    Some((u64::from_be_bytes(*number), *digest, rest))
}

/// Holds the checkpoint of a head against the seal and the entries after it, as far as the sealing
/// key is known, and answers up to which entry that vouches for the log.
pub(super) fn check_checkpoint(
    transaction: &dyn ReadTransaction,
    head: &Head,
    unlocked: Option<&Unlocked>,
) -> Result<Option<u64>, StoreError> {
    let seal = transaction.get(SEAL)?;
    let checkpoint = match (&seal, &head.checkpoint) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(corrupt("the record of the seal", "it is missing")),
        (Some(_), None) => {
            return Err(corrupt(WHAT, "it is not authenticated, although private keys are sealed"));
        }
        (Some(_), Some(checkpoint)) => checkpoint,
    };
    let Some(unlocked) = unlocked.filter(|unlocked| seal.as_ref() == Some(&unlocked.header)) else {
        return Ok(None);
    };
    let cut = "it is not what the holder of the sealing key wrote last: the log was cut or altered";
    if !unlocked.vouches_for(checkpoint) || checkpoint.number > head.number {
        return Err(corrupt(WHAT, cut));
    }
    // What another ledger added without the sealing key hangs together with what it found.
    let (mut number, mut digest) = (checkpoint.number, checkpoint.digest);
    while number < head.number {
        number += 1;
        let key = audit::key(number);
        let value = transaction.get(&key)?;
        let value = value.ok_or_else(|| corrupt(&format!("audit entry {number}"), "missing"))?;
        if audit::decode(&key, &value)?.previous != digest {
            return Err(corrupt(WHAT, cut));
        }
        digest = audit::digest(number, &value);
    }
    if digest == head.digest { Ok(Some(checkpoint.number)) } else { Err(corrupt(WHAT, cut)) }
}

/// The process, as the operating system says.
fn process() -> String {
    if cfg!(target_family = "wasm") {
        // The standard library panics there.
        return String::new();
    }
    let pid = std::process::id();
    #[cfg(target_os = "linux")]
    if let Ok(of_process) = std::fs::metadata("/proc/self") {
        let uid = std::os::unix::fs::MetadataExt::uid(&of_process);
        return format!("uid {uid}, pid {pid}");
    }
    format!("pid {pid}")
}
