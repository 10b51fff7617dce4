//! Certificates whose signature is made elsewhere: prepared, and then completed or cancelled.

use super::issuance::Issuance;
use super::issue::{Purpose, Reviewed};
use super::{Authority, Issued, one};
use crate::certificate::Certificate;
use crate::error::{Denied, Error, StoreError, StoreErrorKind};
use crate::issuer::Prepared;
use crate::ledger::{Change, Identifier, RecordState, Row, WaitingCertificate, Write, writes_of};
use crate::lint;
use crate::serial::SerialNumber;

impl Authority {
    /// Prepares a certificate for a key that is elsewhere, and claims its serial number. It waits,
    /// also over a restart ([`Ledger::waiting`](crate::ledger::Ledger::waiting)), until
    /// [`Authority::complete`] takes the signature or [`Authority::cancel`] gives it up. Its tags and
    /// its token wait with it: the same under the same token is answered with what waits already.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::key::SignatureAlgorithm;
    /// use certwright::ledger::WaitingFor;
    /// use certwright::name::AttributeType;
    /// use certwright::policy::RootLeaves;
    /// use certwright::*;
    /// # let key = std::sync::Arc::new(KeyPair::generate(KeyAlgorithm::EcdsaP256)?);
    /// # let hsm = std::sync::Arc::clone(&key);
    /// # let ca = Issuer::self_signed("CN=CA".parse()?, Profile::root(), key)?;
    /// # let policy = Policy::new(Profile::tls_client())
    /// #     .allow_subject_attribute(AttributeType::COMMON_NAME)
    /// #     .with_root_leaves(RootLeaves::Allow);
    /// # let request = CertificateRequest::builder("CN=client".parse()?).sign(&*hsm)?;
    /// let certificates = ca.chain();
    /// let cold = Issuer::without_key(certificates, SignatureAlgorithm::EcdsaSha256)?;
    /// let authority = Authority::new(cold, policy, MemoryStore::default());
    /// authority.prepare(&request)?;
    ///
    /// // Later, perhaps in another process: what waits is signed where the key is.
    /// for waiting in authority.ledger().waiting(None, 100)? {
    ///     let signature = hsm.sign(&waiting.to_be_signed)?;
    ///     if let WaitingFor::Certificate { serial } = waiting.what {
    ///         println!("{}", authority.complete(&serial, &signature)?.to_pem());
    ///     }
    /// }
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Authority::issue`], but for the key. [`Error::Malformed`] for an issuance with rows, which
    /// are computed from the certificate: give them to [`Authority::complete_with`].
    pub fn prepare<'a>(&self, issuance: impl Into<Issuance<'a>>) -> Result<Prepared, Error> {
        let issuance = issuance.into();
        if issuance.rows.is_some() {
            let problem = "rows are computed from the certificate, which does not exist yet: pass \
                           them to Authority::complete_with";
            return Err(Error::malformed("issuance to prepare", "", problem));
        }
        let reviewed = [self.reviewed(&issuance)];
        let [asked] = &reviewed;
        if let Some(waiting) = self.prepared_under_token(asked)? {
            return Ok(waiting);
        }
        match one(self.prepare_all(&reviewed, Purpose::SignElsewhere)) {
            // Another thread may have used the token meanwhile.
            Err(error) => self.prepared_under_token(asked)?.ok_or(error),
            prepared => prepared,
        }
    }

    /// What waits under the token of an issuance, if it has one.
    fn prepared_under_token(&self, reviewed: &Reviewed<'_, '_>) -> Result<Option<Prepared>, Error> {
        let Some(record) = self.record_under_token(reviewed)? else { return Ok(None) };
        let serial = record.serial;
        match record.state {
            RecordState::Claimed { to_be_signed } => {
                let draft = reviewed.review.draft();
                // Prepared for the same time, it is the same to the byte.
                let again = self.issuer.prepare_unobjected(draft, serial, record.claimed_at)?;
                if again.to_be_signed() == to_be_signed {
                    return Ok(Some(again));
                }
                let problem = "pending under this token, prepared by other rules of the issuer: \
                               complete or cancel it";
                Err(conflict(format!("serial number {serial}: {problem}")))
            }
            RecordState::Issued { .. } => {
                Err(conflict(format!("serial number {serial} was issued under this token")))
            }
            RecordState::Cancelled { .. } => Ok(None),
        }
    }

    /// Completes a certificate that was prepared, with a signature made elsewhere over its
    /// to-be-signed bytes. A number that was claimed and whose signature was lost, such as in a crash,
    /// can be completed too; one that was to be issued with rows of the caller wants
    /// [`Authority::complete_with`] with those rows.
    ///
    /// What waits in the store may have been exchanged while the signature was made, by whoever can
    /// write to it. So it is held against the digest that the audit log has of it
    /// ([`Ledger::verify_audit`](crate::ledger::Ledger::verify_audit) says whether the log is whole), linted,
    /// and held against the issuer's rules again, as of now.
    ///
    /// # Errors
    /// [`Error::Store`] when nothing with this serial number waits for a signature, or it was revoked;
    /// or it is not what the audit log says was claimed;
    /// [`Error::Denied`] when the issuer was revoked, or what waits breaks its rules;
    /// [`Error::Signer`] when the signature is not the issuer's over it (it goes on waiting).
    pub fn complete(&self, serial: &SerialNumber, signature: &[u8]) -> Result<Issued, Error> {
        self.complete_with(serial, signature, |_| Ok(Vec::new()))
    }

    /// The same with rows of the caller in the same transaction, computed from the certificate.
    ///
    /// # Errors
    /// As [`Authority::complete`], and those of `rows`.
    pub fn complete_with(
        &self,
        serial: &SerialNumber,
        signature: &[u8],
        rows: impl FnOnce(&Certificate) -> Result<Vec<Row>, Error>,
    ) -> Result<Issued, Error> {
        let missing = |problem: &str| {
            let message = format!("no pending certificate with serial number {serial}: {problem}");
            Error::from(StoreError::new(StoreErrorKind::NotFound, message))
        };
        let record = self.ledger.certificate(&self.digest, serial)?;
        let record = record.ok_or_else(|| missing("this issuer never assigned it"))?;
        let to_be_signed = match &record.state {
            RecordState::Claimed { to_be_signed } => to_be_signed,
            RecordState::Cancelled { .. } => return Err(missing("it was cancelled")),
            RecordState::Issued { .. } => return Err(missing("its certificate was issued")),
        };
        if let Some(reason) = self.revoked()? {
            return Err(Error::Denied(Denied { reasons: vec![reason] }));
        }
        let stamp = self.stamp()?;
        let (waiting, place) = self.ledger.waiting_certificate(&self.digest, serial)?.unzip();
        if !self.ledger.was_claimed(&record, to_be_signed, place.as_ref())? {
            return Err(corrupt(serial, "not what the audit log says was claimed"));
        }
        lint::refuse(to_be_signed)?;
        let certificate = self.issuer.attach_recorded(to_be_signed, signature)?;
        if certificate.serial() != serial {
            let problem = format!("serial number {}, which is not its own", certificate.serial());
            return Err(corrupt(serial, &problem));
        }
        let reasons = self.issuer.objections_to(&certificate, stamp.at);
        if !reasons.is_empty() {
            return Err(Error::Denied(Denied { reasons }));
        }
        let mut writes = writes_of(rows(&certificate)?);
        writes.extend(place.map(|(key, value)| Write::delete(key, value)));
        let WaitingCertificate { tags, left_out, .. } = waiting.unwrap_or_default();
        let recorded = Box::new(certificate.clone());
        let change = Change::Issue { certificate: recorded, tags, left_out }.with(writes);
        self.ledger.change_one(&stamp, change).map_err(|error| self.refusal(error))?;
        self.issued(certificate, Vec::new())
    }

    /// Gives up a certificate that was prepared, or whose serial number was claimed by a call that did not
    /// end: it can no longer be completed, and its token is free again. Its serial number is not given
    /// again, and can be revoked, should there be a signature after all.
    ///
    /// # Errors
    /// [`Error::Store`] when there is no such number, it has its certificate or was cancelled already,
    /// or the store fails.
    pub fn cancel(&self, serial: &SerialNumber) -> Result<(), Error> {
        let stamp = self.stamp()?;
        let mut writes = Vec::new();
        if let Some((waiting, (key, value))) =
            self.ledger.waiting_certificate(&self.digest, serial)?
        {
            writes.push(Write::delete(key, value));
            if let Some(token) = &waiting.token {
                let answer = Identifier::of(&self.digest, serial).to_bytes();
                writes.extend(self.ledger.forget_token_write(token, &answer)?);
            }
        }
        let cancel = Change::Cancel { serial: *serial }.with(writes);
        Ok(self.ledger.change_one(&stamp, cancel)?)
    }
}

fn conflict(message: String) -> Error {
    StoreError::new(StoreErrorKind::Conflict, message).into()
}

fn corrupt(serial: &SerialNumber, problem: &str) -> Error {
    let message = format!("pending certificate with serial number {serial}: {problem}");
    StoreError::new(StoreErrorKind::Corrupt, message).into()
}
