//! The changes of a ledger, their rules, and what they write.

use super::audit::{AuditAction, Stamp};
use super::log::{Effects, Log, Note};
use super::record::{self, CertificateRecord, RecordState};
use super::revocation::{self, Revocation, RevocationReason};
use super::tag::Tag;
use super::write::{self, Write};
use super::{IssuerDigest, claim, index, lists, newest};
use crate::certificate::Certificate;
use crate::error::{StoreError, StoreErrorKind};
use crate::serial::SerialNumber;
use crate::store::{Changes, Overlay, WriteTransaction};
use crate::validity::Time;

/// One change. It owns what it needs, so that another thread can carry it out.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// Says of a claim that no signature will come.
    Cancel { serial: SerialNumber },
    /// Gives a serial number to what is about to be signed. A number is given once.
    Claim { serial: SerialNumber, to_be_signed: Vec<u8> },
    /// Gives a number to a CRL before it is signed, unless another was numbered since `last`.
    /// `forced`: the caller vouches for its date.
    CrlClaim { last: u64, number: u64, next_update: Time, forced: bool },
    /// Counts the number of the issuer's CRLs up to that of a CRL of another engine, or of this one
    /// that a backup knows nothing of, with its thisUpdate and nextUpdate where they are known.
    CrlNumber { number: u64, dates: Option<(Time, Time)> },
    /// Records that a CRL of this date was signed, full or a delta to another, that lists the
    /// revocations up to this sequence.
    CrlSigned { number: u64, base: Option<u64>, shard: u16, sequence: u64, dated: Time },
    /// Records that signing failed. The number stays claimed.
    Fail { serial: SerialNumber, problem: String },
    /// Takes over a certificate that another engine issued, with its revocation, which the next CRL
    /// is the first to list.
    Import { certificate: Box<Certificate>, revocation: Option<Revocation> },
    /// Records the certificate of a claimed number. `left_out`: what its request asked for and it does not
    /// have, for the log.
    Issue { certificate: Box<Certificate>, tags: Vec<Tag>, left_out: String },
    /// Records that something failed that has no serial number, or not yet.
    Note { action: AuditAction, detail: String },
    /// Takes over a revocation that a CRL lists, of a certificate that the ledger need not know. What
    /// is revoked here stays as it is.
    Relist { serial: SerialNumber, reason: RevocationReason, at: Time, invalid_since: Option<Time> },
    /// Takes a certificate off hold.
    Release { serial: SerialNumber },
    /// Revokes a certificate, or puts it on hold.
    Revoke { serial: SerialNumber, reason: RevocationReason, at: Time, invalid_since: Option<Time> },
    /// A change together with records, or neither.
    With { writes: Vec<Write>, change: Box<Change> },
    /// Writes records.
    Write { writes: Vec<Write>, action: AuditAction, detail: String },
}

impl Change {
    /// The change together with records, where there are any.
    pub(crate) fn with(self, writes: Vec<Write>) -> Self {
        if writes.is_empty() { self } else { Self::With { writes, change: Box::new(self) } }
    }

    /// Carries the change out above others of its job, with its entry in the log. The outer error is
    /// the store's, or tells of a damaged record, and ends the job; the inner is the rule's. In both
    /// cases nothing of the change is above the job; of a refused decision the log may have an entry.
    pub(super) fn carry_out(
        &self,
        stamp: &Stamp,
        job: &mut Overlay<'_>,
        log: &mut Log,
        admit_refusal: &dyn Fn() -> bool,
    ) -> Result<Result<(), StoreError>, StoreError> {
        // What came first elsewhere is no refusal: the caller looks again.
        let mut change = self;
        while let Self::With { writes, change: inner } = change {
            if let Some(conflict) = write::check(writes, job)? {
                return Ok(Err(conflict));
            }
            change = inner;
        }
        let mut own = Overlay::new(job);
        let applied = self.apply(stamp, &mut own, log.next()?)?;
        let (note, changes, answer) = match applied {
            Ok(None) => return Ok(Ok(())),
            Ok(Some(note)) => (note, own.into_changes(), Ok(())),
            Err(refusal) => match change.refused(&refusal) {
                Some(note) if admit_refusal() => (note, Changes::new(), Err(refusal)),
                _ => return Ok(Err(refusal)),
            },
        };
        let effects = Effects::of(&changes, job)?;
        job.change(changes);
        log.append(job, stamp, note, effects)?;
        Ok(answer)
    }

    /// What the log is told of a refusal; nothing where it is no decision about a certificate.
    fn refused(&self, refusal: &StoreError) -> Option<Note<'_>> {
        let (what, serial) = match self {
            Self::Release { serial } => ("release", serial),
            Self::Revoke { serial, .. } => ("revocation", serial),
            _ => return None,
        };
        let detail = format!("{what}: {}", refusal.message());
        Some(Note { action: AuditAction::Refused, serial: Some(serial), detail })
    }

    /// Applies the change; no note where there was nothing to do. `entry` is the number of its entry in the log.
    fn apply(
        &self,
        stamp: &Stamp,
        transaction: &mut dyn WriteTransaction,
        entry: u64,
    ) -> Result<Result<Option<Note<'_>>, StoreError>, StoreError> {
        let issuer = &stamp.issuer;
        let recorded = match self {
            Self::Claim { serial, .. } | Self::Relist { serial, .. } => Some(serial),
            Self::Import { certificate, .. } => Some(certificate.serial()),
            _ => None,
        };
        // Records are found by numbers of at most 20 bytes.
        if let Some(serial) = recorded.filter(|serial| !serial.is_conforming()) {
            let allowed = "a positive number of at most 20 bytes (RFC 5280 section 4.1.2.2)";
            return refuse(format!(
                "serial number {serial} cannot be recorded; allowed is {allowed}"
            ));
        }
        let (action, serial, detail) = match self {
            Self::Claim { serial, to_be_signed } => {
                if let Some(broken) = stamp.standing.broken(transaction)? {
                    return Ok(Err(broken));
                }
                let key = record::key(issuer, serial);
                if transaction.get(&key)?.is_some() {
                    return refuse(format!("serial number {serial} was claimed before"));
                }
                transaction.put(&key, &record::encode_claimed(stamp.at, entry, to_be_signed))?;
                (AuditAction::Claimed, Some(serial), claim::detail(to_be_signed))
            }
            Self::Cancel { serial } => {
                let Some(record) = record::get(transaction, issuer, serial)? else {
                    return missing(format!("no certificate has serial number {serial}"));
                };
                let to_be_signed = match &record.state {
                    RecordState::Claimed { to_be_signed } => to_be_signed,
                    RecordState::Cancelled { .. } => {
                        return refuse(format!("serial number {serial} was cancelled already"));
                    }
                    RecordState::Issued { .. } => {
                        return refuse(format!(
                            "serial number {serial}: its certificate was issued already"
                        ));
                    }
                };
                let claimed = (record.claimed_at, record.entry);
                let value = record::encode_cancelled(claimed, to_be_signed);
                transaction.put(&record::key(issuer, serial), &value)?;
                (AuditAction::Cancelled, Some(serial), String::new())
            }
            Self::Issue { certificate, tags, left_out } => {
                if let Some(broken) = stamp.standing.broken(transaction)? {
                    return Ok(Err(broken));
                }
                let serial = certificate.serial();
                let claim = match record::get(transaction, issuer, serial)? {
                    Some(record) => record,
                    None => return refuse(format!("serial number {serial} was not claimed")),
                };
                match &claim.state {
                    RecordState::Claimed { to_be_signed }
                        if to_be_signed == certificate.to_be_signed() => {}
                    RecordState::Cancelled { .. } => {
                        return refuse(format!("serial number {serial} was cancelled"));
                    }
                    _ => return refuse(format!("serial number {serial} was claimed for another")),
                }
                if is_revoked(transaction, issuer, serial)? {
                    return refuse(format!("serial number {serial} was revoked meanwhile"));
                }
                let claimed = (claim.claimed_at, claim.entry);
                let value = record::encode_issued(claimed, stamp.at, tags, certificate.as_der());
                transaction.put(&record::key(issuer, serial), &value)?;
                index::put(transaction, issuer, certificate)?;
                (AuditAction::Issued, Some(serial), left_out.clone())
            }
            Self::Fail { serial, problem } => (AuditAction::Failed, Some(serial), problem.clone()),
            Self::Import { certificate, revocation } => {
                let serial = certificate.serial();
                let key = record::key(issuer, serial);
                if transaction.get(&key)?.is_some() {
                    return refuse(format!("serial number {serial} was claimed before"));
                }
                let der = certificate.as_der();
                let value = record::encode_issued((stamp.at, entry), stamp.at, &[], der);
                transaction.put(&key, &value)?;
                index::put(transaction, issuer, certificate)?;
                if let Some(revocation) = revocation {
                    let sequence = revocation::next(transaction, issuer)?;
                    let revocation = Revocation { sequence, ..*revocation };
                    revocation::put(transaction, issuer, &revocation)?;
                }
                (AuditAction::Imported, Some(serial), String::new())
            }
            Self::Note { action, detail } => (*action, None, detail.clone()),
            Self::Revoke { serial, reason, at, invalid_since } => {
                let Some(record) = record::get(transaction, issuer, serial)? else {
                    return missing(format!("no certificate has serial number {serial}"));
                };
                if let Some(earlier) = revocation::get(transaction, issuer, serial)? {
                    // A hold may become a revocation, a released one anything; a revocation stays.
                    let held = earlier.reason == RevocationReason::CertificateHold;
                    let again = held && *reason == RevocationReason::CertificateHold;
                    if !earlier.released && (!held || again) {
                        return refuse(format!("serial number {serial} is revoked already"));
                    }
                }
                let revocation = Revocation {
                    serial: *serial,
                    reason: *reason,
                    at: *at,
                    invalid_since: *invalid_since,
                    not_after: end(Some(&record)),
                    sequence: revocation::next(transaction, issuer)?,
                    released: false,
                };
                revocation::put(transaction, issuer, &revocation)?;
                (AuditAction::Revoked, Some(serial), reason.to_string())
            }
            Self::Release { serial } => {
                match revocation::get(transaction, issuer, serial)? {
                    Some(held)
                        if held.reason == RevocationReason::CertificateHold && !held.released =>
                    {
                        let sequence = revocation::next(transaction, issuer)?;
                        let released = Revocation { sequence, released: true, ..held };
                        revocation::put(transaction, issuer, &released)?;
                    }
                    _ => return refuse(format!("serial number {serial} is not on hold")),
                }
                (AuditAction::Released, Some(serial), String::new())
            }
            Self::Relist { serial, reason, at, invalid_since } => {
                let known = revocation::get(transaction, issuer, serial)?;
                let hold = RevocationReason::CertificateHold;
                if known.is_some_and(|known| {
                    !known.released && (known.reason != hold || *reason == hold)
                }) {
                    // Revoked meanwhile.
                    return Ok(Ok(None));
                }
                let record = record::get(transaction, issuer, serial)?;
                let revocation = Revocation {
                    serial: *serial,
                    reason: *reason,
                    at: *at,
                    invalid_since: *invalid_since,
                    not_after: end(record.as_ref()),
                    sequence: revocation::next(transaction, issuer)?,
                    released: false,
                };
                revocation::put(transaction, issuer, &revocation)?;
                (AuditAction::Revoked, Some(serial), format!("{reason}, as a CRL lists it"))
            }
            Self::CrlClaim { last, number, next_update, forced } => {
                if let Some(changed) = stamp.standing.changed(transaction)? {
                    return Ok(Err(changed));
                }
                let (found, dates) = lists::last(transaction, issuer)?;
                if found != *last || number <= last {
                    return refuse(format!("CRL number {number} is not the next after {found}"));
                }
                let earlier = dates.filter(|_| !forced).map(|(_, next)| next);
                let due = earlier.map_or(*next_update, |earlier| earlier.max(*next_update));
                lists::put_last(transaction, issuer, *number, Some((stamp.at, due)))?;
                if *forced {
                    newest::put(transaction, stamp.at)?;
                }
                let forced = if *forced { ", its date forced" } else { "" };
                (AuditAction::Claimed, None, format!("CRL number {number}{forced}"))
            }
            Self::CrlNumber { number, dates } => {
                let (last, earlier) = lists::last(transaction, issuer)?;
                if last >= *number {
                    return refuse(format!("CRL number {number} is not above the last, {last}"));
                }
                lists::put_last(transaction, issuer, *number, dates.or(earlier))?;
                (AuditAction::Claimed, None, format!("CRL number {number}"))
            }
            Self::CrlSigned { number, base, shard, sequence, dated } => {
                // Of two that were signed at once, the later number stays.
                let last = lists::full(transaction, issuer, *shard)?;
                if base.is_none() && last.is_none_or(|(last, ..)| last < *number) {
                    let full = (*number, *dated, *sequence);
                    lists::put_full(transaction, issuer, *shard, full)?;
                }
                let kind = base.map_or("full".to_owned(), |base| format!("delta to {base}"));
                let detail = format!("number {number}, {kind}, shard {shard}");
                (AuditAction::CrlIssued, None, detail)
            }
            Self::With { writes, change } => {
                if let Some(conflict) = write::check(writes, transaction)? {
                    return Ok(Err(conflict));
                }
                let note = match change.apply(stamp, transaction, entry)? {
                    Ok(note) => note,
                    Err(refused) => return Ok(Err(refused)),
                };
                write::carry_out(writes, transaction)?;
                // What is written has an entry, also where the change itself had nothing to do.
                let (action, detail) = (AuditAction::Recorded, String::new());
                return Ok(Ok(note.or(Some(Note { action, serial: None, detail }))));
            }
            Self::Write { writes, action, detail } => {
                if let Some(conflict) = write::check(writes, transaction)? {
                    return Ok(Err(conflict));
                }
                write::carry_out(writes, transaction)?;
                (*action, None, detail.clone())
            }
        };
        newest::note(transaction, stamp.at)?;
        Ok(Ok(Some(Note { action, serial, detail })))
    }
}

/// When what a serial number was given to ends, as far as that is known.
fn end(record: Option<&CertificateRecord>) -> Time {
    match record.map(|record| &record.state) {
        Some(RecordState::Issued { certificate, .. }) => certificate.validity().not_after(),
        Some(RecordState::Cancelled { .. } | RecordState::Claimed { .. }) | None => {
            Time::NO_EXPIRATION
        }
    }
}

/// Whether a serial number is revoked or on hold.
fn is_revoked(
    transaction: &dyn WriteTransaction,
    issuer: &IssuerDigest,
    serial: &SerialNumber,
) -> Result<bool, StoreError> {
    Ok(revocation::get(transaction, issuer, serial)?.is_some_and(|found| !found.released))
}

fn refuse<T>(message: String) -> Result<Result<T, StoreError>, StoreError> {
    Ok(Err(StoreError::new(StoreErrorKind::Conflict, message)))
}

fn missing<T>(message: String) -> Result<Result<T, StoreError>, StoreError> {
    Ok(Err(StoreError::new(StoreErrorKind::NotFound, message)))
}
