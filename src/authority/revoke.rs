//! Revoking certificates, issuing CRLs, and the CAs below.

use super::Authority;
use super::filed::Filed;
use crate::certificate::Certificate;
use crate::crl::{self, CrlRequest, IssuedCrl};
use crate::error::{Denied, Error, Reason, Rule, StoreError, StoreErrorKind};
use crate::issuer::Issuer;
use crate::key::{Pinned, Signer};
use crate::ledger::{AuditAction, Change, Ledger, RevocationReason, Stamp};
use crate::name::Name;
use crate::profile::Profile;
use crate::serial::SerialNumber;
use crate::validity::{Time, Validity};

/// How often the next CRL number is tried for when other threads take it.
const NUMBER_DRAWS: usize = 64;

/// What is revoked why, and since when. A [`RevocationReason`] alone means from now on.
///
/// ```
/// use certwright::{RevocationReason, RevocationRequest, Time};
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

    /// Issues a CRL: its number is claimed, then it is made of the ledger's revocations and signed.
    ///
    /// There is no limit on its length, since a CA without a list is worse off than one with a long
    /// list. [`RevocationList`](crate::RevocationList) reads up to 64 MiB; who expects to revoke a
    /// million certificates divides them among shards from the start
    /// ([`CrlDistribution`](crate::CrlDistribution)).
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
                    let (issuer, ledger) = (&self.issuer, &self.ledger);
                    let crl = crl::issue(issuer, ledger, request, number, stamp.at, full)
                        .inspect_err(|error| {
                            self.note_failure(&stamp, format!("CRL number {number}: {error}"));
                        })?;
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
            return Err(Error::Denied(Denied { reasons: vec![reason] }));
        }
        let signer = Pinned::shared(signer);
        let (key, serial) = (signer.public_key(), self.draw_serial()?);
        let prepared = self.issuer.prepare_authority(name, profile, key, serial, validity)?;
        let to_be_signed = prepared.to_be_signed().to_vec();
        self.ledger.change_one(&stamp, Change::Claim { serial, to_be_signed })?;
        let recorded = self.issuer.sign(prepared).and_then(|certificate| {
            self.ledger.change_one(&stamp, filed.change(&certificate)?)?;
            self.issuer.below(certificate, signer)
        });
        recorded.inspect_err(|error| {
            let problem = error.to_string();
            // The failure that is answered counts; that of the note would hide it.
            let _ = self.ledger.change_one(&stamp, Change::Fail { serial, problem });
        })
    }

    /// Notes in the audit log that something failed. The failure that is answered counts; that of the
    /// note would hide it.
    fn note_failure(&self, stamp: &Stamp, detail: String) {
        let note = Change::Note { action: AuditAction::Failed, detail };
        let _ = self.ledger.change_one(stamp, note);
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
