//! Revoking certificates, issuing CRLs, and the CAs below.

use super::Authority;
use crate::certificate::Certificate;
use crate::crl::{self, CrlRequest, IssuedCrl};
use crate::error::{Denied, Error, Reason, Rule, StoreError, StoreErrorKind};
use crate::issuer::Issuer;
use crate::key::Signer;
use crate::ledger::{Change, Ledger, RevocationReason};
use crate::name::Name;
use crate::profile::Profile;
use crate::serial::SerialNumber;
use crate::validity::Validity;

/// How often the next CRL number is tried for when other threads take it.
const NUMBER_DRAWS: usize = 64;

impl Authority {
    /// Revokes a certificate from now on, or puts it on hold. A number that was claimed and whose
    /// certificate never came back can be revoked too.
    ///
    /// # Errors
    /// [`Error::Store`] when there is no such number or it is revoked already, or the store fails.
    pub fn revoke(&self, serial: &SerialNumber, reason: RevocationReason) -> Result<(), Error> {
        let stamp = self.stamp()?;
        let change = Change::Revoke { serial: *serial, reason, at: stamp.at };
        Ok(self.ledger.change_one(&stamp, change)?)
    }

    /// Takes a certificate off hold.
    ///
    /// # Errors
    /// [`Error::Store`] when it is not on hold, or the store fails.
    pub fn release(&self, serial: &SerialNumber) -> Result<(), Error> {
        Ok(self.ledger.change_one(&self.stamp()?, Change::Release { serial: *serial })?)
    }

    /// Issues a CRL: its number is claimed, then it is made of the ledger's revocations and signed.
    ///
    /// # Errors
    /// [`Error::Denied`] when the issuer may sign no CRL, or not now, or the request asks for what
    /// there is not; [`Error::Signer`] when the signer fails (the number stays claimed);
    /// [`Error::Store`] when the store does.
    pub fn issue_crl(&self, request: &CrlRequest) -> Result<IssuedCrl, Error> {
        let stamp = self.stamp()?;
        let (base, shard) = (request.base(), request.shard());
        for draw in 1.. {
            let state = self.ledger.crl_state(&self.digest, shard)?;
            let full = state.full;
            crl::check(&self.issuer, request, full.map(|(number, _)| number), stamp.at)?;
            let number = state.number.saturating_add(1);
            match self.ledger.change_one(&stamp, Change::CrlNumber { number }) {
                Ok(()) => {
                    let pruned = full.map(|(_, at)| at);
                    let (issuer, ledger) = (&self.issuer, &self.ledger);
                    let crl = crl::issue(issuer, ledger, request, number, stamp.at, pruned)?;
                    let signed = Change::CrlSigned { number, base, shard };
                    self.ledger.change_one(&stamp, signed)?;
                    return Ok(crl);
                }
                // Another thread took the number.
                Err(error) if error.kind() == StoreErrorKind::Conflict && draw < NUMBER_DRAWS => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::new(StoreErrorKind::Conflict, "no CRL number could be claimed").into())
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
        let stamp = self.stamp()?;
        if let Some(reason) = self.revoked()? {
            return Err(Error::Denied(Denied { reasons: vec![reason] }));
        }
        let validity = Validity::new(stamp.at, stamp.at.plus(profile.lifetime())?)?;
        let (key, serial) = (signer.public_key(), self.draw_serial()?);
        let prepared = self.issuer.prepare_authority(name, profile, key, serial, validity)?;
        let to_be_signed = prepared.to_be_signed().to_vec();
        self.ledger.change_one(&stamp, Change::Claim { serial, to_be_signed })?;
        let certificate = self.issuer.sign(prepared)?;
        let change = Change::Issue { certificate: Box::new(certificate.clone()) };
        self.ledger.change_one(&stamp, change)?;
        self.issuer.below(certificate, signer)
    }

    /// The reason against issuing anything, where this store knows the issuer, or a CA above it, as
    /// revoked.
    pub(super) fn revoked(&self) -> Result<Option<Reason>, Error> {
        let chain = self.issuer.chain();
        let certificates: Vec<&Certificate> = chain.certificates().collect();
        for pair in certificates.windows(2) {
            let [below, above] = pair else { continue };
            let digest = Ledger::issuer_digest(above.public_key());
            if let Some(revocation) = self.ledger.revocation(&digest, below.serial())? {
                let (subject, serial) = (below.subject(), below.serial());
                let (at, why) = (revocation.at, revocation.reason);
                let given = format!("{subject}, serial {serial}, revoked at {at} ({why})");
                let allowed = "an issuer that is not revoked";
                return Ok(Some(Reason::new(Rule::IssuerRevoked, "issuer", given, allowed)));
            }
        }
        Ok(None)
    }
}
