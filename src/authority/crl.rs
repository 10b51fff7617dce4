//! Issuing CRLs.

use super::Authority;
use crate::crl::{self, CrlRequest, Draft, IssuedCrl};
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::ledger::{AuditAction, Change, Stamp};

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
    /// list. [`RevocationList`](crate::RevocationList) reads up to 64 MiB; who expects to revoke a
    /// million certificates divides them among shards from the start
    /// ([`CrlDistribution`](crate::CrlDistribution)).
    ///
    /// # Errors
    /// [`Error::Denied`] when the issuer may sign no CRL, or not now, when the request asks for what
    /// there is not, or the clock is not to be believed ([`CrlRequest::force_date`]);
    /// [`Error::Signer`] when the issuer's key is not here (nothing is claimed), or the signer fails
    /// (the number stays claimed); [`Error::Store`] when the
    /// store does.
    pub fn issue_crl(&self, request: &CrlRequest) -> Result<IssuedCrl, Error> {
        self.check_has_key()?;
        let (stamp, draft) = self.claim_crl(request)?;
        let (base, shard) = (request.base(), request.shard());
        let (number, sequence) = (draft.number, draft.sequence);
        let crl = crl::sign(&self.issuer, draft).inspect_err(|error| {
            self.note_failure(&stamp, format!("CRL number {number}: {error}"));
        })?;
        let signed = Change::CrlSigned { number, base, shard, sequence };
        self.ledger.change_one(&stamp, signed)?;
        Ok(crl)
    }

    /// Drafts a CRL and claims its number, again where another took it.
    fn claim_crl(&self, request: &CrlRequest) -> Result<(Stamp, Draft), Error> {
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
            match self.ledger.change_one(&stamp, claim).map_err(Error::from) {
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
