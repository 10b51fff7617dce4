//! Issuing: claimed in one transaction, signed together, recorded in another.

use std::collections::HashSet;

use super::issuance::Issuance;
use super::issued::left_out;
use super::{Authority, Issued};
use crate::certificate::Certificate;
use crate::error::{Denied, Error, Reason, SignerError, StoreError, StoreErrorKind};
use crate::issuer::Prepared;
use crate::ledger::{
    Change, Identifier, Stamp, WaitingCertificate, certificate_write, identifier_write, writes_of,
};
use crate::policy::{Review, ReviewItem, without_consequences};
use crate::serial::SerialNumber;
use crate::validity::Time;

/// How often a serial number is drawn again when it was claimed before. Two draws of 158 bits do not
/// meet; a generator that repeats itself does, and is not asked for ever.
const SERIAL_DRAWS: usize = 8;

/// An issuance, and what the policy says of it.
pub(super) struct Reviewed<'i, 'a> {
    pub(super) issuance: &'i Issuance<'a>,
    pub(super) review: Review,
}

/// Where what is prepared will be signed.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Purpose {
    /// Where the key is, so that it waits.
    SignElsewhere,
    /// Here, right after.
    SignHere,
}

impl Authority {
    /// Issues all; one answer each.
    pub(super) fn issue_all(&self, issuances: &[Issuance<'_>]) -> Vec<Result<Issued, Error>> {
        // Of several under one token, the first is issued, and the others look for it afterwards.
        let mut tokens = HashSet::new();
        let is_first = |issuance: &Issuance<'_>| match &issuance.token {
            Some(token) => tokens.insert(token.clone()),
            None => true,
        };
        let first: Vec<bool> = issuances.iter().map(is_first).collect();
        let round = |wanted: bool| {
            let all = issuances.iter().zip(&first).filter(move |(_, first)| **first == wanted);
            let reviewed = all.map(|(issuance, _)| self.reviewed(issuance)).collect();
            self.issue_round(reviewed).into_iter()
        };
        let (mut firsts, mut others) = (round(true), round(false));
        let missing = || Err(SignerError::new("it returned fewer signatures than messages").into());
        first
            .iter()
            .map(|first| if *first { firsts.next() } else { others.next() })
            .map(|answer| answer.unwrap_or_else(missing))
            .collect()
    }

    pub(super) fn reviewed<'i, 'a>(&self, issuance: &'i Issuance<'a>) -> Reviewed<'i, 'a> {
        Reviewed { issuance, review: issuance.review(&self.policy) }
    }

    /// Issues what was not issued before under its token.
    fn issue_round(&self, all: Vec<Reviewed<'_, '_>>) -> Vec<Result<Issued, Error>> {
        let mut open = Vec::with_capacity(all.len());
        let mut answers: Vec<Option<Result<Issued, Error>>> = Vec::with_capacity(all.len());
        for reviewed in all {
            let earlier = self.issued_under_token(&reviewed).transpose();
            if earlier.is_none() {
                open.push(reviewed);
            }
            answers.push(earlier);
        }
        let issued = self.issue_together(&open);
        let mut issued = issued.into_iter().zip(&open).map(|(issued, reviewed)| match issued {
            // Another thread may have used the token meanwhile.
            Err(error) => self.issued_under_token(reviewed)?.ok_or(error),
            issued => issued,
        });
        let missing = || Err(SignerError::new("it returned fewer signatures than messages").into());
        answers
            .into_iter()
            .map(|answer| answer.unwrap_or_else(|| issued.next().unwrap_or_else(missing)))
            .collect()
    }

    /// Claims, signs and records; one answer each.
    fn issue_together(&self, all: &[Reviewed<'_, '_>]) -> Vec<Result<Issued, Error>> {
        if let Err(error) = self.check_has_key() {
            return answer(all.len(), error);
        }
        let mut answers: Vec<Option<Result<Issued, Error>>> = Vec::new();
        let (mut asked, mut serials) = (Vec::new(), Vec::new());
        let (mut outcomes, mut ready) = (Vec::new(), Vec::new());
        for (prepared, reviewed) in self.prepare_all(all, Purpose::SignHere).into_iter().zip(all) {
            answers.push(match prepared {
                Ok(prepared) => {
                    asked.push(reviewed);
                    serials.push(*prepared.serial());
                    outcomes.push(prepared.outcome().to_vec());
                    ready.push(prepared);
                    None
                }
                Err(error) => Some(Err(error)),
            });
        }
        let stamp = match self.stamp() {
            Ok(stamp) => stamp,
            Err(error) => return answer(all.len(), error),
        };
        let mut changes = Vec::with_capacity(ready.len());
        let signed: Vec<Result<Certificate, Error>> = self
            .issuer
            .sign_many(ready)
            .into_iter()
            .zip(serials.iter().zip(&asked).zip(&outcomes))
            .map(|(signed, ((serial, asked), outcome))| {
                let recorded = signed.and_then(|signed| {
                    Ok((self.record(asked, &signed, outcome, stamp.at)?, signed))
                });
                recorded
                    .map(|(change, signed)| {
                        changes.push(change);
                        signed
                    })
                    .inspect_err(|error| changes.push(failure(serial, error)))
            })
            .collect();
        let recorded = self.ledger.change(&stamp, changes);
        self.note_unrecorded(&stamp, &asked, &serials, &recorded);
        let mut issued =
            signed.into_iter().zip(recorded).zip(outcomes).map(|((signed, recorded), outcome)| {
                let certificate = signed?;
                recorded.map_err(|error| self.refusal(error))?;
                self.issued(certificate, outcome)
            });
        let missing = || Err(SignerError::new("it returned fewer signatures than messages").into());
        answers
            .into_iter()
            .map(|answer| answer.unwrap_or_else(|| issued.next().unwrap_or_else(missing)))
            .collect()
    }

    /// The change that records a certificate with all that goes with it.
    fn record(
        &self,
        Reviewed { issuance, review }: &Reviewed<'_, '_>,
        certificate: &Certificate,
        outcome: &[ReviewItem],
        at: Time,
    ) -> Result<Change, Error> {
        let mut writes = writes_of(issuance.unchanged.iter().cloned());
        if let Some(token) = &issuance.token {
            writes.push(self.token_write(token, issuance, review, certificate.serial(), at));
        }
        if let Some(rows) = &issuance.rows {
            writes.extend(writes_of(rows(certificate)?));
        }
        let (tags, left_out) = (issuance.tags.clone(), left_out(outcome));
        let certificate = Box::new(certificate.clone());
        Ok(Change::Issue { certificate, tags, left_out }.with(writes))
    }

    /// What is answered of a certificate.
    pub(super) fn issued(
        &self,
        certificate: Certificate,
        outcome: Vec<ReviewItem>,
    ) -> Result<Issued, Error> {
        let identifier = Identifier::of(&self.digest, certificate.serial());
        Ok(Issued { chain: self.chain(certificate)?, identifier, outcome })
    }

    /// Notes in the audit log whose certificates were signed and not recorded, as far as the store
    /// goes on. The failure that is answered counts; that of the note would hide it.
    fn note_unrecorded(
        &self,
        stamp: &Stamp,
        asked: &[&Reviewed<'_, '_>],
        serials: &[SerialNumber],
        recorded: &[Result<(), StoreError>],
    ) {
        let all = asked.iter().zip(serials).zip(recorded);
        let unrecorded = all.filter_map(|((asked, serial), recorded)| {
            let error = recorded.as_ref().err()?;
            let problem = error.to_string();
            // Where the store failed, a note would most likely fail, too: it is tried for a CA.
            (error.kind() == StoreErrorKind::Conflict || asked.issuance.is_for_authority())
                .then_some(Change::Fail { serial: *serial, problem })
        });
        let _ = self.ledger.change(stamp, unrecorded.collect());
    }

    /// Checks every rule and claims a serial number for each, all in one transaction.
    pub(super) fn prepare_all(
        &self,
        all: &[Reviewed<'_, '_>],
        purpose: Purpose,
    ) -> Vec<Result<Prepared, Error>> {
        if all.is_empty() {
            return Vec::new();
        }
        let stamp = match self.stamp() {
            Ok(stamp) => stamp,
            Err(error) => return answer(all.len(), error),
        };
        let mut revoked = match self.revoked() {
            Ok(revoked) => revoked,
            Err(error) => return answer(all.len(), error),
        };
        let mut answers: Vec<Result<Prepared, Error>> =
            all.iter().map(|reviewed| self.prepare_one(reviewed, stamp.at, &revoked)).collect();
        let mut open: Vec<usize> = (0..answers.len()).collect();
        for draw in 1..=SERIAL_DRAWS {
            let (positions, changes) = self.claims(all, &answers, &open, purpose, stamp.at);
            let claimed = self.ledger.change(&stamp, changes);
            open.clear();
            if claimed.iter().any(|claimed| {
                claimed.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::Conflict)
            }) {
                // It may not be the number: the issuer may have been revoked meanwhile.
                revoked = match self.revoked() {
                    Ok(revoked) => revoked,
                    Err(error) => return answer(all.len(), error),
                };
            }
            for (position, claimed) in positions.into_iter().zip(claimed) {
                let (Err(error), Some(reviewed)) = (claimed, all.get(position)) else { continue };
                // One that is free may be drawn; one that was chosen is taken.
                let again = error.kind() == StoreErrorKind::Conflict
                    && draw < SERIAL_DRAWS
                    && (reviewed.issuance.serial.is_none() || revoked.is_some());
                if let Some(answer) = answers.get_mut(position) {
                    *answer = if again {
                        open.push(position);
                        self.prepare_one(reviewed, stamp.at, &revoked)
                    } else {
                        Err(error.into())
                    };
                }
            }
            if open.is_empty() {
                break;
            }
        }
        self.tell_refusals(&stamp, &answers);
        answers
    }

    /// The positions that are prepared among the open ones, and their claims.
    fn claims(
        &self,
        all: &[Reviewed<'_, '_>],
        answers: &[Result<Prepared, Error>],
        open: &[usize],
        purpose: Purpose,
        at: Time,
    ) -> (Vec<usize>, Vec<Change>) {
        let prepared = open.iter().filter_map(|position| {
            let prepared = answers.get(*position)?.as_ref().ok()?;
            let (serial, to_be_signed) = (*prepared.serial(), prepared.to_be_signed().to_vec());
            let Reviewed { issuance, review } = all.get(*position)?;
            let mut writes = writes_of(issuance.unchanged.iter().cloned());
            if purpose == Purpose::SignElsewhere {
                let (token, tags) = (issuance.token.clone(), issuance.tags.clone());
                if let Some(token) = &token {
                    writes.push(self.token_write(token, issuance, review, &serial, at));
                    writes.push(identifier_write(&self.digest, &serial));
                }
                let left_out = left_out(prepared.outcome());
                let waiting = WaitingCertificate { token, tags, left_out };
                writes.push(certificate_write(&self.digest, &serial, &waiting));
            }
            Some((*position, Change::Claim { serial, to_be_signed }.with(writes)))
        });
        prepared.unzip()
    }

    /// Tells the audit log what policy and issuer refused.
    fn tell_refusals<T>(&self, stamp: &Stamp, answers: &[Result<T, Error>]) {
        let denied = answers.iter().filter_map(|answer| answer.as_ref().err());
        self.ledger.tell_refusals(stamp, denied.filter_map(refusal));
    }

    /// Checks every rule of policy and issuer.
    fn prepare_one(
        &self,
        Reviewed { issuance, review }: &Reviewed<'_, '_>,
        now: Time,
        revoked: &Option<Reason>,
    ) -> Result<Prepared, Error> {
        let mut reasons = review.objections();
        reasons.extend(revoked.clone());
        reasons.extend(if issuance.is_for_authority() {
            self.issuer.objections_to_authority(review.draft(), now)
        } else {
            self.issuer.objections(review.draft(), now)
        });
        if !reasons.is_empty() {
            let reasons = without_consequences(reasons);
            return Err(Error::Denied(Denied { reasons }));
        }
        let serial = match issuance.serial {
            Some(serial) => serial,
            None => self.draw_serial()?,
        };
        // Approved: there is no reason against it.
        self.issuer.prepare_unobjected(review.draft(), serial, now)
    }

    /// An issuer without its key can prepare, and nothing else: no number is claimed in vain.
    pub(super) fn check_has_key(&self) -> Result<(), Error> {
        if self.issuer.has_key() {
            return Ok(());
        }
        let message = "the issuer has no key here: call Authority::prepare, sign where the key \
                       is, and pass the signature to Authority::complete";
        Err(SignerError::new(message).into())
    }
}

/// What the audit log is told of a refusal by policy or issuer.
fn refusal(error: &Error) -> Option<String> {
    matches!(error, Error::Denied(_)).then(|| format!("issuance: {error}"))
}

fn failure(serial: &SerialNumber, error: &Error) -> Change {
    Change::Fail { serial: *serial, problem: error.to_string() }
}

/// The same failure for all.
fn answer<T>(count: usize, error: Error) -> Vec<Result<T, Error>> {
    let message = error.to_string();
    let mut answers: Vec<Result<T, Error>> = (1..count)
        .map(|_| Err(StoreError::new(StoreErrorKind::Backend, message.clone()).into()))
        .collect();
    if count > 0 {
        answers.push(Err(error));
    }
    answers
}
