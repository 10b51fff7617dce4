//! Issuing CRLs.

use super::Authority;
use crate::crl::{self, CrlRequest, Draft, IssuedCrl, PreparedCrl};
use crate::error::{Denied, Error, Reason, Rule, StoreError, StoreErrorKind};
use crate::ledger::{AuditAction, Change, KeyAndValue, Stamp, WaitingCrl, Write, crl_write};
use crate::lint;

impl Authority {
    /// Issues a CRL: it is made of the ledger's revocations as they are at one moment, gets the next
    /// number if no other CRL was numbered since, and is signed. So a list of a higher number never
    /// knows less than one of a lower, and those who revoke and issue do not wait for a long list.
    ///
    /// An entry stays until a full CRL was issued after its certificate ended (RFC 5280 section 3.3),
    /// by the dates of that CRL and of the new one.
    ///
    /// An issuer that was revoked goes on issuing CRLs. They give no trust: whoever verifies the
    /// issuer's own chain refuses all below it, and whoever knows its key by another certificate
    /// needs them (CA/Browser BR 4.9.7 has them go on until no certificate of that key is in force).
    ///
    /// There is no limit on its length, since a CA without a list is worse off than one with a long
    /// list. [`RevocationList`](crate::crl::RevocationList) reads up to 64 MiB; who expects to revoke a
    /// million certificates divides them among shards from the start
    /// ([`CrlDistribution`](crate::crl::CrlDistribution)).
    ///
    /// # Errors
    /// [`Error::Denied`] when the issuer may sign no CRL, or not now, when the request asks for what
    /// there is not, or the clock is not to be believed ([`CrlRequest::force_date`]);
    /// [`Error::Signer`] when the issuer's key is not here (nothing is claimed), or the signer fails
    /// (the number stays claimed); [`Error::Store`] when the
    /// store does.
    pub fn issue_crl(&self, request: &CrlRequest) -> Result<IssuedCrl, Error> {
        self.check_has_key()?;
        let (stamp, draft) = self.claim_crl(request, false)?;
        let (base, shard) = (request.base(), request.shard());
        let (number, sequence) = (draft.number, draft.sequence);
        let crl = crl::sign(&self.issuer, draft).inspect_err(|error| {
            self.note_failure(&stamp, format!("CRL number {number}: {error}"));
        })?;
        let dated = stamp.at;
        let signed = Change::CrlSigned { number, base, shard, sequence, dated };
        self.ledger.change_one(&stamp, signed)?;
        Ok(crl)
    }

    /// Prepares a CRL for a key that is elsewhere, and claims its number. It waits, also over a
    /// restart ([`Ledger::waiting`](crate::ledger::Ledger::waiting)), until [`Authority::complete_crl`] takes
    /// the signature or [`Authority::cancel_crl`] gives it up. Revocations from now on are not on it.
    ///
    /// # Errors
    /// As [`Authority::issue_crl`].
    pub fn prepare_crl(&self, request: &CrlRequest) -> Result<PreparedCrl, Error> {
        let (_, Draft { number, to_be_signed, .. }) = self.claim_crl(request, true)?;
        let algorithm = self.issuer.signature_algorithm();
        Ok(PreparedCrl { number, to_be_signed, algorithm })
    }

    /// Completes a CRL that was prepared, with a signature made elsewhere over its to-be-signed bytes.
    ///
    /// What waits in the store is held against the digest that the audit log has of it, and linted
    /// again.
    ///
    /// # Errors
    /// [`Error::Store`] when no CRL of this number waits, or it is not what was prepared;
    /// [`Error::Denied`] when its nextUpdate is over; [`Error::Signer`] when the signature is not the
    /// issuer's over it (it goes on waiting).
    pub fn complete_crl(&self, number: u64, signature: &[u8]) -> Result<IssuedCrl, Error> {
        let (crl, record) = self.waiting_crl(number)?;
        let stamp = self.stamp()?;
        if !self.ledger.was_written(crl.after_entry.saturating_add(1), &record)? {
            let message =
                format!("pending CRL number {number}: not what the audit log says was prepared");
            return Err(StoreError::new(StoreErrorKind::Corrupt, message).into());
        }
        if crl.next_update <= stamp.at {
            let given = format!("{}, past at {}", crl.next_update, stamp.at);
            let allowed = "a nextUpdate in the future: cancel this CRL, and prepare another";
            let reason = Reason::new(Rule::CrlDate, "nextUpdate", given, allowed);
            return Err(Error::Denied(Denied { reasons: vec![reason] }));
        }
        lint::refuse(&crl.to_be_signed)?;
        let WaitingCrl { base, shard, sequence, since: dated, to_be_signed, .. } = crl;
        let issued = crl::attach(&self.issuer, to_be_signed, number, signature)?;
        let signed = Change::CrlSigned { number, base, shard, sequence, dated };
        self.ledger.change_one(&stamp, signed.with(vec![Write::delete(record.0, record.1)]))?;
        Ok(issued)
    }

    /// Gives a CRL up that was prepared: it can no longer be completed. Its number is not given again.
    ///
    /// # Errors
    /// [`Error::Store`] when no CRL of this number waits, or the store fails.
    pub fn cancel_crl(&self, number: u64) -> Result<(), Error> {
        let (_, (key, value)) = self.waiting_crl(number)?;
        let detail = format!("CRL number {number}");
        let note = Change::Note { action: AuditAction::Cancelled, detail };
        let cancel = note.with(vec![Write::delete(key, value)]);
        Ok(self.ledger.change_one(&self.stamp()?, cancel)?)
    }

    fn waiting_crl(&self, number: u64) -> Result<(WaitingCrl, KeyAndValue), Error> {
        self.ledger.waiting_crl(&self.digest, number)?.ok_or_else(|| {
            let message = format!(
                "no pending CRL with number {number}: none was prepared, or it was \
                 completed or cancelled"
            );
            StoreError::new(StoreErrorKind::NotFound, message).into()
        })
    }

    /// Drafts a CRL and claims its number, again where another took it.
    fn claim_crl(&self, request: &CrlRequest, waits: bool) -> Result<(Stamp, Draft), Error> {
        let shard = request.shard();
        let attempt = || {
            let stays = |error: Error| (error, false);
            let last = self.ledger.crl_state(&self.digest, shard).map_err(stays)?.number;
            // The clock is read after the last number, so that it is not before the last date.
            let stamp = self.stamp().map_err(stays)?;
            let draft = crl::draft(&self.issuer, &self.ledger, request, last, stamp.at);
            let Some(draft) = draft.map_err(stays)? else {
                let message = "other CRLs took every number that was tried";
                return Err((StoreError::new(StoreErrorKind::Conflict, message).into(), true));
            };
            let (number, next_update, forced) =
                (draft.number, draft.next_update, request.is_forced());
            let claim = Change::CrlClaim { last: draft.last, number, next_update, forced };
            let mut waiting = Vec::new();
            if waits {
                waiting.push(crl_write(
                    &self.digest,
                    number,
                    &WaitingCrl {
                        since: stamp.at,
                        after_entry: self.ledger.audit_head().map_err(stays)?.number,
                        next_update,
                        base: request.base(),
                        shard,
                        sequence: draft.sequence,
                        to_be_signed: draft.to_be_signed.clone(),
                    },
                ));
            }
            match self.ledger.change_one(&stamp, claim.with(waiting)).map_err(Error::from) {
                Ok(()) => Ok((stamp, draft)),
                Err(error) => {
                    // Otherwise it is not for the number.
                    let lost = error.is_conflict()
                        && self.ledger.crl_state(&self.digest, shard).map_err(stays)?.number
                            != last;
                    Err((error, lost))
                }
            }
        };
        let claimed = self.ledger.crl_line.retry(attempt, |(_, lost)| *lost);
        claimed.map_err(|(error, _)| error)
    }

    /// Notes in the audit log that something failed. The failure that is answered counts; that of the
    /// note would hide it.
    fn note_failure(&self, stamp: &Stamp, detail: String) {
        let note = Change::Note { action: AuditAction::Failed, detail };
        let _ = self.ledger.change_one(stamp, note);
    }
}
