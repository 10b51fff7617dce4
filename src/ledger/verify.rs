//! The records against the log, and the log against the records.
//!
//! Every entry of the log holds the digests of the records that its change wrote and of those that
//! it removed or replaced. Over the whole log, what was written less what was removed must be what
//! there is. Two such collections are compared by sums: each digest is hashed with a key that is
//! drawn for this one comparison, so that nobody can prepare records whose sums agree; that needs 1
//! MiB, however many records there are. The sums are kept by groups of digests, so where they differ
//! a second pass looks at the records of some such groups alone and names them.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use super::Ledger;
use super::audit::{self, AuditEntry, record_digest};
use super::bytes::corrupt;
use super::chain::Chain;
use super::log::{self, HEAD};
use super::unlocked::Unlocked;
use crate::error::{Error, StoreError};
use crate::hexadecimal::hexadecimal;
use crate::key::fingerprint;
use crate::store::ReadTransaction;

/// Groups of digests, by two bytes of their keyed hash.
const GROUPS: usize = 1 << 16;

/// Groups that are looked at to name what differs.
const GROUPS_NAMED: usize = 64;

/// Differences that are named one by one.
const NAMED: usize = 8;

/// The last entry of the audit log. Whoever notes its digest elsewhere (on paper, in another system)
/// can demand later that the log still holds everything up to it ([`Ledger::verify_since`]).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AuditHead {
    /// Its number; 0 where the log is empty.
    pub number: u64,
    /// Its digest; zeros where the log is empty.
    pub digest: [u8; 32],
}

/// What was found in order ([`Ledger::verify`]).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Verification {
    /// The last entry of the log; its number is how many there are.
    pub head: AuditHead,
    /// How many records there are beside the log, each as the log says.
    pub records: u64,
    /// Up to which entry the sealing key vouches for the log: to the last, unless changes were made
    /// since by a ledger that was not unlocked. None where nothing is sealed in the store, or this
    /// ledger is not unlocked.
    pub authenticated: Option<u64>,
    /// The number of the entry whose digest was demanded ([`Ledger::verify_since`]).
    pub demanded: Option<u64>,
}

impl Ledger {
    /// The last entry of the audit log.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails, or the head of the log cannot be read.
    pub fn audit_head(&self) -> Result<AuditHead, Error> {
        let mut found = None;
        self.store.read(&mut |transaction| {
            found = Some(log::head(transaction)?);
            Ok(())
        })?;
        let head = found.unwrap_or_default();
        Ok(AuditHead { number: head.number, digest: head.digest })
    }

    /// Verifies the whole store: the checksums of its engine ([`Store::check`](crate::Store::check)),
    /// the chain of the audit log, and every record, of whichever kind, against the log, so that none
    /// was altered, added, removed or put in another's place since the ledger wrote it. Where the
    /// ledger is unlocked and something is sealed in the store, it also verifies that whoever had the
    /// sealing key wrote the end of the log last, so that its tail was not cut off with its records.
    ///
    /// What it cannot tell is an older copy of the whole store from a store in which nothing happened
    /// since. Only what is kept elsewhere can: [`Ledger::verify_since`]. And who has no sealing key to
    /// give, or keeps none in the store, learns of damage and of clumsy forgery, not of somebody who
    /// rewrites log and records together.
    ///
    /// It reads everything with 1 MiB of memory
    /// beside the store's own. Writers wait for the check of the engine and go on after it.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::ledger::Ledger;
    /// use certwright::time::Time;
    /// use certwright::*;
    /// let ledger = Ledger::new(MemoryStore::default());
    /// let root = Issuer::self_signed(
    ///     "CN=Root".parse()?,
    ///     Profile::root(),
    ///     KeyPair::generate(KeyAlgorithm::EcdsaP256)?,
    /// )?;
    /// ledger.writer("alice", Time::from_unix(1_800_000_000)?).put_issuer(&root.chain(), None)?;
    /// let noted = ledger.audit_head()?.digest;
    ///
    /// let found = ledger.verify_since(&noted)?;
    /// assert_eq!((found.head.number, found.demanded), (1, Some(1)));
    /// assert!(ledger.verify_since(&[7; 32]).is_err(), "the digest of no entry");
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Corrupt`](crate::error::StoreErrorKind::Corrupt),
    /// and what is wrong: of many differences, some are named; when the store fails;
    /// [`Error::Random`] without random numbers.
    pub fn verify(&self) -> Result<Verification, Error> {
        self.verify_with(None)
    }

    /// The same, and that the log holds the entry with this digest, which was its head once
    /// ([`Ledger::audit_head`]): so everything up to it is as it was then.
    ///
    /// # Errors
    /// As [`Ledger::verify`].
    pub fn verify_since(&self, head: &[u8; 32]) -> Result<Verification, Error> {
        self.verify_with(Some(head))
    }

    /// Verifies the chain of the audit log alone, from its first entry to its last, and says how many
    /// there are. [`Ledger::verify`] also holds the records against it.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Corrupt`](crate::error::StoreErrorKind::Corrupt) and
    /// the number of the first entry that was altered, removed or moved.
    pub fn verify_audit(&self) -> Result<u64, Error> {
        let mut count = 0;
        self.store.read(&mut |transaction| {
            let mut chain = Chain::default();
            transaction.scan(audit::PREFIX, audit::PREFIX, &mut |key, value| {
                chain.follow(key, value, &mut |_, _| {})
            })?;
            count = chain.end(&log::head(transaction)?)?;
            Ok(())
        })?;
        Ok(count)
    }

    fn verify_with(&self, demanded: Option<&[u8; 32]>) -> Result<Verification, Error> {
        self.store.check()?;
        let (secret, unlocked) = (self.randomness.bytes()?, self.vault.unlocked());
        let mut found = None;
        self.store.read(&mut |transaction| {
            found = Some(verify(transaction, &secret, unlocked.as_deref(), demanded)?);
            Ok(())
        })?;
        found.ok_or_else(|| StoreError::ran_nothing().into())
    }
}

/// Verifies log and records in a transaction.
pub(super) fn verify(
    transaction: &dyn ReadTransaction,
    secret: &[u8; 16],
    unlocked: Option<&Unlocked>,
    demanded: Option<&[u8; 32]>,
) -> Result<Verification, StoreError> {
    let head = log::head(transaction)?;
    let mut sums = Sums { secret, groups: vec![0; GROUPS] };
    let mut records = 0;
    // The head of an empty log is that of every log.
    let mut seen = demanded.filter(|demanded| **demanded == [0; 32]).map(|_| 0);
    let chain = walk(transaction, &mut |found| match found {
        Found::Entry(entry, digest) => {
            entry.removed.iter().for_each(|digest| sums.count(digest, u128::wrapping_sub));
            entry.written.iter().for_each(|digest| sums.count(digest, u128::wrapping_add));
            if demanded == Some(digest) {
                seen = Some(entry.number);
            }
        }
        Found::Record(key, value) => {
            records += 1;
            sums.count(&record_digest(key, value), u128::wrapping_sub);
        }
    })?;
    chain.end(&head)?;
    let differing = sums.differing();
    if !differing.is_empty() {
        return Err(differences(transaction, &sums, &differing)?);
    }
    let authenticated = log::check_checkpoint(transaction, &head, unlocked)?;
    if let (Some(demanded), None) = (demanded, seen) {
        let problem = format!(
            "no entry has the digest {} that was expected: the log was cut back, or is another \
             store's",
            hexadecimal(demanded)
        );
        return Err(corrupt("the audit log", &problem));
    }
    let head = AuditHead { number: head.number, digest: head.digest };
    Ok(Verification { head, records, authenticated, demanded: seen })
}

/// What a walk comes by.
enum Found<'f> {
    /// An entry of the log and its digest.
    Entry(&'f AuditEntry, &'f [u8; 32]),
    /// Any other record, by key and value.
    Record(&'f [u8], &'f [u8]),
}

/// Goes through everything, and answers the chain of the log.
fn walk(
    transaction: &dyn ReadTransaction,
    visit: &mut dyn FnMut(Found<'_>),
) -> Result<Chain, StoreError> {
    let mut chain = Chain::default();
    transaction.scan(b"", b"", &mut |key, value| {
        if key.starts_with(audit::PREFIX) {
            return chain.follow(key, value, &mut |entry, digest| {
                visit(Found::Entry(entry, digest));
            });
        }
        if key != HEAD {
            visit(Found::Record(key, value));
        }
        ControlFlow::Continue(())
    })?;
    Ok(chain)
}

/// The sums of keyed hashes, by groups of them.
struct Sums<'s> {
    secret: &'s [u8; 16],
    groups: Vec<u128>,
}

impl Sums<'_> {
    /// The group of a digest, and what it counts there.
    fn place(&self, digest: &[u8; 32]) -> (usize, u128) {
        let keyed = fingerprint(&[&self.secret[..], digest].concat());
        let (number, rest) = keyed.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        let group = rest.first_chunk::<2>().copied().unwrap_or_default();
        (usize::from(u16::from_be_bytes(group)), u128::from_be_bytes(*number))
    }

    fn count(&mut self, digest: &[u8; 32], how: fn(u128, u128) -> u128) {
        let (group, number) = self.place(digest);
        if let Some(sum) = self.groups.get_mut(group) {
            *sum = how(*sum, number);
        }
    }

    fn differing(&self) -> HashSet<usize> {
        let groups = self.groups.iter().enumerate();
        groups.filter(|(_, sum)| **sum != 0).map(|(group, _)| group).take(GROUPS_NAMED).collect()
    }
}

/// Where the count of a digest last changed.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
enum Origin {
    Record(String),
    Entry(u64, String),
}

/// Names what differs in some groups.
fn differences(
    transaction: &dyn ReadTransaction,
    sums: &Sums<'_>,
    groups: &HashSet<usize>,
) -> Result<StoreError, StoreError> {
    let mut counts: HashMap<[u8; 32], (i64, Origin)> = HashMap::new();
    let mut count = |digest: &[u8; 32], by: i64, origin: &dyn Fn() -> Origin| {
        if groups.contains(&sums.place(digest).0) {
            let counted = counts.entry(*digest).or_insert_with(|| (0, origin()));
            *counted = (counted.0 + by, origin());
        }
    };
    walk(transaction, &mut |found| match found {
        Found::Entry(entry, _) => {
            let origin = || Origin::Entry(entry.number, said(entry));
            entry.removed.iter().for_each(|digest| count(digest, -1, &origin));
            entry.written.iter().for_each(|digest| count(digest, 1, &origin));
        }
        Found::Record(key, value) => {
            count(&record_digest(key, value), -1, &|| Origin::Record(spoken(key)));
        }
    })?;
    let mut differing: Vec<(Origin, i64)> = counts
        .into_values()
        .filter(|(count, _)| *count != 0)
        .map(|(count, origin)| (origin, count))
        .collect();
    differing.sort();
    let named = differing.iter().take(NAMED).map(|(origin, count)| match origin {
        Origin::Record(key) => format!("record {key}: no audit entry wrote it as it is"),
        Origin::Entry(number, said) if *count > 0 => {
            format!("what audit entry {number} ({said}) wrote is missing or was altered")
        }
        Origin::Entry(number, said) => {
            format!("audit entry {number} ({said}) replaced what no entry wrote")
        }
    });
    let mut named: Vec<String> = named.collect();
    if differing.len() > NAMED {
        named.push(format!("{} more", differing.len() - NAMED));
    }
    Ok(corrupt("the records differ from the audit log", &named.join("; ")))
}

/// An entry for people.
fn said(entry: &AuditEntry) -> String {
    match &entry.serial {
        Some(serial) => format!("{}, serial number {serial}", entry.action),
        None => entry.action.to_string(),
    }
}

/// A key for people: its first part, and the rest in hexadecimal where it is no text.
fn spoken(key: &[u8]) -> String {
    let slash = key.iter().position(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (kind, rest) = key.split_at_checked(slash).unwrap_or_default();
    let is_text = |part: &[u8]| part.iter().all(u8::is_ascii_graphic);
    let spoken = |part: &[u8]| match is_text(part) {
        true => String::from_utf8_lossy(part).into_owned(),
        false => hexadecimal(part),
    };
    [spoken(kind), spoken(rest)].concat()
}
