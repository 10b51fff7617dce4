//! Revoking certificates, and the CAs below.

use super::Authority;
use super::filed::Filed;
use crate::error::{Denied, Error};
use crate::issuer::Issuer;
use crate::key::{Pinned, Signer};
use crate::ledger::{Change, RevocationRequest, Stamp};
use crate::name::Name;
use crate::profile::Profile;
use crate::serial::SerialNumber;
use crate::validity::Validity;

impl Authority {
    /// Revokes a certificate, or puts it on hold: for a reason and from now on, or as a
    /// [`RevocationRequest`] says. A number that was claimed and whose certificate never came back
    /// can be revoked too.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the time is later than now, or the invalidityDate later than it;
    /// [`Error::Store`] when there is no such number or it is revoked already, or the store fails.
    pub fn revoke(
        &self,
        serial: &SerialNumber,
        request: impl Into<RevocationRequest>,
    ) -> Result<(), Error> {
        let (stamp, change) = self.revocation(serial, &request.into())?;
        Ok(self.ledger.change_one(&stamp, change)?)
    }

    /// The change that revokes.
    pub(crate) fn revocation(
        &self,
        serial: &SerialNumber,
        request: &RevocationRequest,
    ) -> Result<(Stamp, Change), Error> {
        let stamp = self.stamp()?;
        let RevocationRequest { reason, at, invalid_since } = *request;
        let at = at.unwrap_or(stamp.at);
        for (place, time, latest) in [
            ("revocationDate", Some(at), stamp.at),
            ("invalidityDate (RFC 5280 section 5.3.2)", invalid_since, at),
        ] {
            if let Some(time) = time.filter(|time| *time > latest) {
                let problem = format!("{time}; allowed until {latest}");
                return Err(Error::malformed("revocation", place, problem));
            }
        }
        let change = Change::Revoke { serial: *serial, reason, at, invalid_since };
        Ok((stamp, change))
    }

    /// Takes a certificate off hold.
    ///
    /// # Errors
    /// [`Error::Store`] when it is not on hold, or the store fails.
    pub fn release(&self, serial: &SerialNumber) -> Result<(), Error> {
        Ok(self.ledger.change_one(&self.stamp()?, Change::Release { serial: *serial })?)
    }

    /// Issues a CA certificate below this authority's issuer, recorded like any other, and makes it
    /// an issuer. It can be revoked by its serial number.
    ///
    /// # Errors
    /// As [`Issuer::delegate`]; [`Error::Store`] when the store fails.
    pub fn delegate(
        &self,
        name: Name,
        profile: Profile,
        signer: impl Signer + 'static,
    ) -> Result<Issuer, Error> {
        let now = self.clock.now()?;
        let validity = Validity::new(now, now.plus(profile.lifetime())?)?;
        self.delegate_filed(name, profile, signer, validity, &Filed::default())
    }

    /// The same with this validity, filed with records of the caller.
    pub(crate) fn delegate_filed(
        &self,
        name: Name,
        profile: Profile,
        signer: impl Signer + 'static,
        validity: Validity,
        filed: &Filed<'_>,
    ) -> Result<Issuer, Error> {
        let stamp = self.stamp()?;
        if let Some(reason) = self.revoked()? {
            let denied = Error::Denied(Denied { reasons: vec![reason] });
            self.tell_refusal(&stamp, &denied);
            return Err(denied);
        }
        let signer = Pinned::shared(signer);
        let (key, serial) = (signer.public_key(), self.draw_serial()?);
        let prepared = self.issuer.prepare_authority(name, profile, key, serial, validity);
        let prepared = prepared.inspect_err(|error| self.tell_refusal(&stamp, error))?;
        let to_be_signed = prepared.to_be_signed().to_vec();
        let claim = Change::Claim { serial, to_be_signed };
        self.ledger.change_one(&stamp, claim).map_err(|error| self.refusal(error))?;
        let recorded = self.issuer.sign(prepared).and_then(|certificate| {
            let change = filed.change(&certificate)?;
            self.ledger.change_one(&stamp, change).map_err(|error| self.refusal(error))?;
            self.issuer.below(certificate, signer)
        });
        recorded.inspect_err(|error| {
            let problem = error.to_string();
            // The failure that is answered counts; that of the note would hide it.
            let _ = self.ledger.change_one(&stamp, Change::Fail { serial, problem });
        })
    }
}
