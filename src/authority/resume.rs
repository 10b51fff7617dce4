//! Going on after a restored backup: what published CRLs know and the ledger does not.

use std::collections::BTreeMap;

use super::Authority;
use crate::crl::ResumeSummary;
use crate::error::{Error, StoreErrorKind};
use crate::ledger::{Change, Revocation, RevocationReason};
use crate::revocation_list::RevocationList;
use crate::serial::SerialNumber;

const WHAT: &str = "certificate revocation list";

/// removeFromCRL: only delta CRLs say it (RFC 5280 section 5.3.1).
const REMOVE_FROM_CRL: u8 = 8;

impl Authority {
    /// Takes over what a CRL that this issuer published knows and the ledger does not: its number and
    /// dates, so that the next CRL has a higher number and no earlier date, and its revocations, also
    /// of serial numbers that the ledger does not know. Without it, a ledger that was restored from a
    /// backup gives numbers twice (RFC 5280 section 5.2.3) and un-revokes what was revoked after the
    /// backup.
    ///
    /// After a backup was restored, or a CA was taken over from another program, and before anything is issued or revoked, call it for the last
    /// full CRL that was published, that of each shard, and the last delta CRLs. All of a list is
    /// taken over, in one transaction, or nothing; it can be repeated. What is revoked here stays as
    /// it is; a hold becomes the revocation that the list has; what was released after the backup is
    /// on hold again and has to be released again. A serial number that the ledger does not know
    /// stays on the lists for ever, since nobody knows when its certificate ends.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::crl::{CrlRequest, RevocationList};
    /// use certwright::time::Lifetime;
    /// use certwright::*;
    /// # let signer = std::sync::Arc::new(KeyPair::generate(KeyAlgorithm::EcdsaP256)?);
    /// # let ca = Issuer::self_signed("CN=CA".parse()?, Profile::root(), signer)?;
    /// # let policy = || Policy::new(Profile::tls_client());
    /// # let lost = Authority::new(ca.clone(), policy(), MemoryStore::default());
    /// # lost.issue_crl(&CrlRequest::full(Lifetime::days(7)))?;
    /// # let published = lost.issue_crl(&CrlRequest::full(Lifetime::days(7)))?.to_pem();
    /// # let restored = MemoryStore::default();
    /// let authority = Authority::new(ca, policy(), restored);
    /// authority.resume_from(&RevocationList::from_pem(&published)?)?;
    /// let next = authority.issue_crl(&CrlRequest::full(Lifetime::days(7)))?;
    /// assert_eq!(next.number(), 3, "the last that was published was 2");
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] when the list is another issuer's; [`Error::InvalidSignature`] when this
    /// issuer's key did not sign it; [`Error::Unsupported`] when its number has more than 64 bits;
    /// [`Error::Store`] when the store fails.
    pub fn resume_from(&self, list: &RevocationList) -> Result<ResumeSummary, Error> {
        let own = self.issuer.certificate();
        if list.issuer() != own.subject() {
            let problem = format!("{}; allowed: {}, this issuer", list.issuer(), own.subject());
            return Err(Error::malformed(WHAT, "issuer", problem));
        }
        list.verify_signature(self.issuer.public_key())?;
        if list.number().is_none() && list.has_number() {
            let given = "one of more than 64 bits";
            return Err(Error::unsupported("CRL number", given, "numbers of up to 64 bits"));
        }
        let known = self.revocations()?;
        let mut changes = Vec::new();
        for serial in list.serials() {
            changes.extend(relisted(list, serial, known.get(serial)));
        }
        let revoked = changes.len();
        let dates = (list.this_update(), list.next_update().unwrap_or(list.this_update()));
        changes
            .extend(list.number().map(|number| Change::CrlNumber { number, dates: Some(dates) }));
        for (position, answer) in
            self.ledger.change(&self.stamp()?, changes).into_iter().enumerate()
        {
            match answer {
                // The ledger's number is as high already.
                Err(error) if position == revoked && error.kind() == StoreErrorKind::Conflict => {}
                answer => answer?,
            }
        }
        let crl_number = self.ledger.crl_state(&self.digest, 0)?.number;
        Ok(ResumeSummary { revoked, crl_number })
    }

    /// What is revoked, on hold or released.
    fn revocations(&self) -> Result<BTreeMap<SerialNumber, Revocation>, Error> {
        self.ledger.with_revocations(&self.digest, &mut |each| {
            let mut found = BTreeMap::new();
            each(&mut |revocation| {
                found.insert(revocation.serial, *revocation);
            })?;
            Ok(found)
        })
    }
}

/// The change that takes an entry over, if it is news.
fn relisted(
    list: &RevocationList,
    serial: &SerialNumber,
    known: Option<&Revocation>,
) -> Option<Change> {
    let (at, code) = list.find(serial)?;
    if code == Some(REMOVE_FROM_CRL) {
        return None;
    }
    let reason = code.and_then(RevocationReason::from_code).unwrap_or_default();
    let hold = RevocationReason::CertificateHold;
    let stays = known.is_some_and(|known| {
        // A hold that was released is the one the list has, or another after it.
        let same = known.released && reason == hold && known.at == at;
        same || (!known.released && (known.reason != hold || reason == hold))
    });
    let invalid_since = list.invalid_since(serial);
    (!stays).then_some(Change::Relist { serial: *serial, reason, at, invalid_since })
}
