//! Calls that have a name: repeated, they are answered as the first time.

use super::issuance::Issuance;
use super::issue::Reviewed;
use super::{Authority, Issued};
use crate::error::{Denied, Error, Reason, Rule, StoreError, StoreErrorKind};
use crate::key::fingerprint;
use crate::ledger::{CertificateRecord, Identifier, RecordState, TokenRecord, Write, token_write};
use crate::policy::Review;
use crate::serial::SerialNumber;
use crate::validity::Time;

impl Authority {
    /// What records that a certificate was issued under a token.
    pub(super) fn token_write(
        &self,
        token: &str,
        issuance: &Issuance<'_>,
        review: &Review,
        serial: &SerialNumber,
        at: Time,
    ) -> Write {
        let request = self.digest_of(issuance, review);
        let answer = Identifier::of(&self.digest, serial).to_bytes();
        token_write(token, &TokenRecord { request, at, answer })
    }

    /// The digest of what is asked for, granted or not, and of this issuer.
    fn digest_of(&self, issuance: &Issuance<'_>, review: &Review) -> [u8; 32] {
        let draft = review.draft();
        let purposes = draft.profile.extended_key_usage().iter().map(ToString::to_string);
        let items =
            review.items().iter().flat_map(|item| [item.kind.to_string(), item.value.clone()]);
        let mut bytes = [self.digest, draft.digest()].concat();
        for text in purposes.chain(items).chain(issuance.fixed()) {
            // With its length, since anything may be in a text that is not granted.
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        fingerprint(&bytes)
    }

    /// What was issued before under the token of an issuance, if it has one.
    pub(super) fn issued_under_token(
        &self,
        reviewed: &Reviewed<'_, '_>,
    ) -> Result<Option<Issued>, Error> {
        let Some(record) = self.record_under_token(reviewed)? else { return Ok(None) };
        let (serial, at, review) = (record.serial, record.claimed_at, &reviewed.review);
        let certificate = match record.state {
            RecordState::Issued { certificate, .. } => certificate,
            RecordState::Claimed { .. } => {
                let message = format!(
                    "serial number {serial} was prepared under this token, and is pending: \
                     complete or cancel it"
                );
                return Err(StoreError::new(StoreErrorKind::Conflict, message).into());
            }
            RecordState::Cancelled { .. } => return Ok(None),
        };
        // Prepared for the same time, it tells again whether the validity was cut.
        let outcome = match self.issuer.prepare_unobjected(review.draft(), serial, at) {
            Ok(prepared) => prepared.outcome().to_vec(),
            // The issuer is another by now.
            Err(_) => review.items().to_vec(),
        };
        self.issued(*certificate, outcome).map(Some)
    }

    /// The record of what was first asked for under the token of an issuance, if it has one.
    pub(super) fn record_under_token(
        &self,
        Reviewed { issuance, review }: &Reviewed<'_, '_>,
    ) -> Result<Option<CertificateRecord>, Error> {
        let Some(token) = &issuance.token else { return Ok(None) };
        let Some(earlier) = self.ledger.token(token)? else { return Ok(None) };
        if earlier.request != self.digest_of(issuance, review) {
            let (given, allowed) =
                ("another request", "the request that the token was first used for");
            let reason = Reason::new(Rule::TokenReused, "idempotency token", given, allowed);
            return Err(Error::Denied(Denied { reasons: vec![reason] }));
        }
        match Identifier::from_bytes(&earlier.answer) {
            Some(identifier) => self.ledger.by_identifier(&identifier),
            None => Ok(None),
        }
    }
}
