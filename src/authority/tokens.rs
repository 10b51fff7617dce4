//! Calls that have a name: repeated, they are answered as the first time.

use super::issuance::Issuance;
use super::issue::Reviewed;
use super::{Authority, Issued};
use crate::error::{Denied, Error, Reason, Rule};
use crate::key::fingerprint;
use crate::ledger::{Identifier, TokenRecord, Write, token_write};
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
        let answer = Identifier::of(&self.digest, serial).to_octets();
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
        Reviewed { issuance, review }: &Reviewed<'_, '_>,
    ) -> Result<Option<Issued>, Error> {
        let Some(token) = &issuance.token else { return Ok(None) };
        let Some(earlier) = self.ledger.token(token)? else { return Ok(None) };
        if earlier.request != self.digest_of(issuance, review) {
            let (given, allowed) =
                ("another request", "the request that the token was first used for");
            let reason = Reason::new(Rule::TokenReused, "idempotency token", given, allowed);
            return Err(Error::Denied(Denied { reasons: vec![reason] }));
        }
        let identifier = Identifier::from_octets(&earlier.answer);
        let record = match identifier {
            Some(identifier) => self.ledger.certificate_called(&identifier)?,
            None => None,
        };
        let Some(record) = record else { return Ok(None) };
        let Some(certificate) = record.certificate() else { return Ok(None) };
        // Prepared for the same time, it tells again whether the validity was cut.
        let (serial, at) = (*certificate.serial(), record.claimed_at);
        let outcome = match self.issuer.prepare_unobjected(review.draft(), serial, at) {
            Ok(prepared) => prepared.outcome().to_vec(),
            // The issuer is another by now.
            Err(_) => review.items().to_vec(),
        };
        self.issued(certificate.clone(), outcome).map(Some)
    }
}
