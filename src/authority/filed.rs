//! What is recorded together with a certificate: tags, tokens, records of the caller.

use crate::certificate::Certificate;
use crate::error::{Denied, Error, Reason, Rule};
use crate::key::fingerprint;
use crate::ledger::{Change, Filing, Identifier, Tag, TokenRecord, Write, token_write};
use crate::policy::Review;

use super::{Authority, Issued};

/// What is recorded together with each certificate of a call.
#[derive(Default)]
pub(crate) struct Filed<'f> {
    pub(crate) tags: &'f [Tag],
    /// Computes records from the certificate; none where there are none.
    pub(crate) writes: Option<&'f Writes<'f>>,
}

/// Computes the records that are written together with a certificate.
pub(crate) type Writes<'f> = dyn Fn(&Certificate) -> Result<Vec<Write>, Error> + 'f;

impl Filed<'_> {
    /// The change that records a certificate.
    pub(super) fn change(&self, certificate: &Certificate) -> Result<Change, Error> {
        let tags = self.tags.to_vec();
        let issue = Change::Issue { certificate: Box::new(certificate.clone()), tags };
        match self.writes {
            Some(writes) => {
                Ok(Change::With { writes: writes(certificate)?, change: Box::new(issue) })
            }
            None => Ok(issue),
        }
    }
}

impl Authority {
    /// Issues a certificate for a review and files it. A call that repeats the token of an earlier
    /// one is answered with what that was answered.
    ///
    /// # Errors
    /// As [`Authority::issue`]; [`Error::Denied`] when the token was used for another request.
    pub fn issue_filed(&self, review: &Review, filing: &Filing) -> Result<Issued, Error> {
        let Filing { tags, token } = filing;
        let Some(token) = token else {
            return self.issue_one(review, &Filed { tags, writes: None });
        };
        let request = self.digest_of(review);
        if let Some(earlier) = self.issued_under(token, &request, review)? {
            return Ok(earlier);
        }
        let at = self.clock.now()?;
        let writes = |certificate: &Certificate| {
            let identifier = Identifier::of(&self.digest, certificate.serial());
            let answer = identifier.to_octets();
            Ok(vec![token_write(token, &TokenRecord { request, at, answer })])
        };
        let issued = self.issue_one(review, &Filed { tags, writes: Some(&writes) });
        match issued {
            // Another thread may have used the token meanwhile.
            Err(error) => self.issued_under(token, &request, review)?.ok_or(error),
            issued => issued,
        }
    }

    /// The digest of what is asked for, granted or not, and of this issuer.
    fn digest_of(&self, review: &Review) -> [u8; 32] {
        let draft = review.draft();
        let purposes = draft.profile.extended_key_usage().iter().map(ToString::to_string);
        let items =
            review.items().iter().flat_map(|item| [item.kind.to_string(), item.value.clone()]);
        let mut octets = [self.digest, draft.digest()].concat();
        for text in purposes.chain(items) {
            // With its length, since anything may be in a text that is not granted.
            octets.extend((text.len() as u64).to_be_bytes());
            octets.extend(text.as_bytes());
        }
        fingerprint(&octets)
    }

    /// What was issued under a token before.
    fn issued_under(
        &self,
        token: &str,
        request: &[u8; 32],
        review: &Review,
    ) -> Result<Option<Issued>, Error> {
        let Some(earlier) = self.ledger.token(token)? else { return Ok(None) };
        if earlier.request != *request {
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
        Ok(Some(Issued { chain: self.chain(certificate.clone())?, outcome }))
    }
}
