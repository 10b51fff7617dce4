//! Issuing a batch: claimed in one transaction, signed together, recorded in another.

use super::filed::Filed;
use super::{Authority, Issued};
use crate::certificate::Certificate;
use crate::error::{Denied, Error, Reason, SignerError, StoreError, StoreErrorKind};
use crate::issuer::Prepared;
use crate::ledger::{Change, Stamp};
use crate::policy::Review;
use crate::serial::SerialNumber;
use crate::validity::Time;

/// How often a serial number is drawn anew when it was claimed before. Two draws of 158 bits do not
/// meet; a generator that repeats itself does, and is not asked for ever.
const SERIAL_DRAWS: usize = 8;

impl Authority {
    /// Claims, signs and records; one answer each.
    pub(super) fn issue_all(
        &self,
        reviews: &[Review],
        filed: &Filed<'_>,
    ) -> Vec<Result<Issued, Error>> {
        let mut answers: Vec<Option<Result<Issued, Error>>> = Vec::new();
        let (mut serials, mut outcomes, mut ready) = (Vec::new(), Vec::new(), Vec::new());
        for prepared in self.prepare_all(reviews) {
            answers.push(match prepared {
                Ok(prepared) => {
                    serials.push(*prepared.serial());
                    outcomes.push(prepared.outcome().to_vec());
                    ready.push(prepared);
                    None
                }
                Err(error) => Some(Err(error)),
            });
        }
        let mut changes = Vec::with_capacity(ready.len());
        let signed: Vec<Result<Certificate, Error>> = self
            .issuer
            .sign_many(ready)
            .into_iter()
            .zip(&serials)
            .map(|(signed, serial)| {
                let recorded = signed.and_then(|signed| Ok((filed.change(&signed)?, signed)));
                recorded
                    .map(|(change, signed)| {
                        changes.push(change);
                        signed
                    })
                    .inspect_err(|error| changes.push(failure(serial, error)))
            })
            .collect();
        let recorded = match self.stamp() {
            Ok(stamp) => {
                let recorded = self.ledger.change(&stamp, changes);
                self.note_unrecorded(&stamp, &serials, &recorded);
                recorded
            }
            Err(error) => return answer(reviews.len(), error),
        };
        let mut issued =
            signed.into_iter().zip(recorded).zip(outcomes).map(|((signed, recorded), outcome)| {
                let certificate = signed?;
                recorded.map_err(|error| self.refusal(error))?;
                Ok(Issued { chain: self.chain(certificate)?, outcome })
            });
        let missing = || Err(SignerError::new("it gave fewer answers than messages").into());
        answers
            .into_iter()
            .map(|answer| answer.unwrap_or_else(|| issued.next().unwrap_or_else(missing)))
            .collect()
    }

    /// Notes in the audit log whose certificates were signed and not recorded, as far as the store
    /// goes on. The failure that is answered counts; that of the note would hide it.
    fn note_unrecorded(
        &self,
        stamp: &Stamp,
        serials: &[SerialNumber],
        recorded: &[Result<(), StoreError>],
    ) {
        let unrecorded = serials.iter().zip(recorded).filter_map(|(serial, recorded)| {
            let error = recorded.as_ref().err()?;
            let problem = error.to_string();
            (error.kind() == StoreErrorKind::Conflict)
                .then_some(Change::Fail { serial: *serial, problem })
        });
        let _ = self.ledger.change(stamp, unrecorded.collect());
    }

    /// Checks every rule and claims a serial number for each review, all in one transaction.
    pub(super) fn prepare_all(&self, reviews: &[Review]) -> Vec<Result<Prepared, Error>> {
        if reviews.is_empty() {
            return Vec::new();
        }
        let stamp = match self.stamp() {
            Ok(stamp) => stamp,
            Err(error) => return answer(reviews.len(), error),
        };
        let mut revoked = match self.revoked() {
            Ok(revoked) => revoked,
            Err(error) => return answer(reviews.len(), error),
        };
        let mut answers: Vec<Result<Prepared, Error>> =
            reviews.iter().map(|review| self.prepare_one(review, stamp.at, &revoked)).collect();
        let mut open: Vec<usize> = (0..answers.len()).collect();
        for draw in 1..=SERIAL_DRAWS {
            let (positions, changes) = claims(&answers, &open);
            let claimed = self.ledger.change(&stamp, changes);
            open.clear();
            if claimed.iter().any(|claimed| {
                claimed.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::Conflict)
            }) {
                // It may not be the number: the issuer may have been revoked meanwhile.
                revoked = match self.revoked() {
                    Ok(revoked) => revoked,
                    Err(error) => return answer(reviews.len(), error),
                };
            }
            for (position, claimed) in positions.into_iter().zip(claimed) {
                let (Err(error), Some(review)) = (claimed, reviews.get(position)) else { continue };
                let again = error.kind() == StoreErrorKind::Conflict && draw < SERIAL_DRAWS;
                if let Some(answer) = answers.get_mut(position) {
                    *answer = if again {
                        open.push(position);
                        self.prepare_one(review, stamp.at, &revoked)
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

    /// Tells the audit log what policy and issuer refused.
    fn tell_refusals<T>(&self, stamp: &Stamp, answers: &[Result<T, Error>]) {
        let denied = answers.iter().filter_map(|answer| answer.as_ref().err());
        self.ledger.tell_refusals(stamp, denied.filter_map(refusal));
    }

    /// Tells the audit log of one that was refused.
    pub(super) fn tell_refusal(&self, stamp: &Stamp, error: &Error) {
        self.ledger.tell_refusals(stamp, refusal(error).into_iter());
    }

    /// Checks every rule of policy and issuer.
    fn prepare_one(
        &self,
        review: &Review,
        now: Time,
        revoked: &Option<Reason>,
    ) -> Result<Prepared, Error> {
        let mut reasons = review.objections();
        reasons.extend(revoked.clone());
        reasons.extend(self.issuer.objections(review.draft(), now));
        if !reasons.is_empty() {
            return Err(Error::Denied(Denied { reasons }));
        }
        // Approved: there is no reason against it.
        self.issuer.prepare_unobjected(review.draft(), self.draw_serial()?, now)
    }
}

/// What the audit log is told of a refusal by policy or issuer.
fn refusal(error: &Error) -> Option<String> {
    matches!(error, Error::Denied(_)).then(|| format!("issuance: {error}"))
}

fn failure(serial: &SerialNumber, error: &Error) -> Change {
    Change::Fail { serial: *serial, problem: error.to_string() }
}

/// The positions that are prepared among the open ones, and their claims.
fn claims(answers: &[Result<Prepared, Error>], open: &[usize]) -> (Vec<usize>, Vec<Change>) {
    let prepared = open.iter().filter_map(|position| {
        let prepared = answers.get(*position)?.as_ref().ok()?;
        let (serial, to_be_signed) = (*prepared.serial(), prepared.to_be_signed().to_vec());
        Some((*position, Change::Claim { serial, to_be_signed }))
    });
    prepared.unzip()
}

/// The same failure for all.
fn answer<T>(count: usize, error: Error) -> Vec<Result<T, Error>> {
    let message = error.to_string();
    let mut answers: Vec<Result<T, Error>> = (1..count)
        .map(|_| Err(StoreError::new(StoreErrorKind::Backend, message.clone()).into()))
        .collect();
    answers.push(Err(error));
    answers
}
