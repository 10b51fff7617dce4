//! Revoking a certificate.

use super::change::Change;
use super::row::{Row, writes_of};
use super::{IssuerDigest, LedgerWriter, RevocationRequest, Stamp};
use crate::error::Error;
use crate::serial::SerialNumber;

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
