//! Issuing CRLs.

use std::sync::PoisonError;

use super::Authority;
use crate::crl::{self, CrlRequest, IssuedCrl};
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::ledger::{AuditAction, Change, Stamp};

/// How often a CRL is begun again when another takes its number.
const ATTEMPTS: usize = 64;

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
    /// [`Error::Signer`] when the signer fails (the number stays claimed); [`Error::Store`] when the
    /// store does.
    pub fn issue_crl(&self, request: &CrlRequest) -> Result<IssuedCrl, Error> {
        let (base, shard) = (request.base(), request.shard());
        let mut turn = None;
        for _ in 0..ATTEMPTS {
            let last = self.ledger.crl_state(&self.digest, shard)?.number;
            // The clock is read after the last number, so that it is not before the last date.
            let stamp = self.stamp()?;
            if let Some(draft) = crl::draft(&self.issuer, &self.ledger, request, last, stamp.at)? {
                let (number, sequence) = (draft.number, draft.sequence);
                let (next_update, forced) = (draft.next_update, request.is_forced());
                let claim = Change::CrlClaim { last: draft.last, number, next_update, forced };
                match self.ledger.change_one(&stamp, claim) {
                    Ok(()) => {
                        let crl = crl::sign(&self.issuer, draft).inspect_err(|error| {
                            self.note_failure(&stamp, format!("CRL number {number}: {error}"));
                        })?;
                        let signed = Change::CrlSigned { number, base, shard, sequence };
                        self.ledger.change_one(&stamp, signed)?;
                        return Ok(crl);
                    }
                    Err(error) if error.kind() != StoreErrorKind::Conflict => {
                        return Err(error.into());
                    }
                    Err(error) => {
                        if self.ledger.crl_state(&self.digest, shard)?.number == last {
                            // Not for the number.
                            return Err(error.into());
                        }
                    }
                }
            }
            // Whoever lost once stands in line, so that many do not go on losing.
            let line = || self.ledger.crl_line.lock().unwrap_or_else(PoisonError::into_inner);
            turn = turn.or_else(|| Some(line()));
        }
        Err(StoreError::new(
            StoreErrorKind::Conflict,
            "other CRLs took every number that was tried",
        )
        .into())
    }

    /// Notes in the audit log that something failed. The failure that is answered counts; that of the
    /// note would hide it.
    fn note_failure(&self, stamp: &Stamp, detail: String) {
        let note = Change::Note { action: AuditAction::Failed, detail };
        let _ = self.ledger.change_one(stamp, note);
    }
}
