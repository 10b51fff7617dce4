//! Revoking a certificate.

use super::change::Change;
use super::row::{Row, writes_of};
use super::{IssuerDigest, LedgerWriter, RevocationReason, Stamp};
use crate::error::Error;
use crate::serial::SerialNumber;
use crate::validity::Time;

/// What is revoked why, and since when. A [`RevocationReason`] alone means from now on.
///
/// ```
/// use certwright::crl::{RevocationReason, RevocationRequest};
/// use certwright::time::Time;
/// let stolen = RevocationRequest::new(RevocationReason::KeyCompromise)
///     .at("2026-07-02T08:00:00Z".parse()?)
///     .invalid_since("2026-06-30T00:00:00Z".parse()?);
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RevocationRequest {
    reason: RevocationReason,
    at: Option<Time>,
    invalid_since: Option<Time>,
}

impl RevocationRequest {
    /// A revocation from now on.
    pub fn new(reason: RevocationReason) -> Self {
        Self { reason, at: None, invalid_since: None }
    }

    /// Revoked since this time, which is not in the future.
    #[must_use]
    pub fn at(mut self, time: Time) -> Self {
        self.at = Some(time);
        self
    }

    /// Invalid since this time already, not later than the revocation: the invalidityDate of the
    /// entry in CRLs (RFC 5280 section 5.3.2).
    #[must_use]
    pub fn invalid_since(mut self, time: Time) -> Self {
        self.invalid_since = Some(time);
        self
    }
}

impl From<RevocationReason> for RevocationRequest {
    fn from(reason: RevocationReason) -> Self {
        Self::new(reason)
    }
}

impl LedgerWriter {
    /// Revokes a certificate of an issuer, or puts it on hold, together with rows of the caller.
    /// Neither the issuer's key is needed, nor need it be in force. A number that was claimed and
    /// whose certificate never came back can be revoked too.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the time is later than now, or the invalidityDate later than it;
    /// [`Error::Store`] when there is no such number or it is revoked already, when a row is not what
    /// it was, or the store fails.
    pub fn revoke(
        &self,
        issuer: &IssuerDigest,
        serial: &SerialNumber,
        request: impl Into<RevocationRequest>,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<(), Error> {
        let now = self.stamp().at;
        let RevocationRequest { reason, at, invalid_since } = request.into();
        let at = at.unwrap_or(now);
        for (place, time, latest) in [
            ("revocationDate", Some(at), now),
            ("invalidityDate (RFC 5280 section 5.3.2)", invalid_since, at),
        ] {
            if let Some(time) = time.filter(|time| *time > latest) {
                let problem = format!("{time}; allowed until {latest}");
                return Err(Error::malformed("revocation", place, problem));
            }
        }
        let stamp = Stamp { issuer: *issuer, ..self.stamp().clone() };
        let revoke = Change::Revoke { serial: *serial, reason, at, invalid_since };
        Ok(self.ledger.change_one(&stamp, revoke.with(writes_of(rows)))?)
    }
}
