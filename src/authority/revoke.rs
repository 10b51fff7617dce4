//! Revoking certificates, and the CAs below.

use super::Authority;
use super::issuance::Issuance;
use crate::error::Error;
use crate::issuer::Issuer;
use crate::key::{Pinned, Signer};
use crate::ledger::{Change, RevocationRequest};
use crate::name::Name;
use crate::profile::Profile;
use crate::serial::SerialNumber;

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
        let writer = self.ledger.writer(&self.actor, self.clock.now()?);
        writer.revoke(&self.digest, serial, request, [])
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
        let signer = Pinned::shared(signer);
        let key = signer.public_key().clone();
        let issued = self.issue(Issuance::for_accepted_authority(key, name, profile))?;
        self.issuer.below(issued.certificate().clone(), signer)
    }
}
