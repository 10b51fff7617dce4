//! The CRLs of CAs.

use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::parameters::validity::days;
use super::super::session::{Run, Session};
use super::super::shelf::records::{authority_document, identifier};
use super::parent::{listing_with, published_crl, published_delta};
use crate::Issuer;
use crate::crl::{CrlDistribution, CrlRequest, RevocationList};
use crate::ledger::Ledger;
use crate::time::Lifetime;

structures! {
    /// Signs the CRL of a CA; the next follows in CrlDay days. The service publishes CRLs by itself;
    /// this operation is only this engine's. A CA that was revoked goes on listing what it issued.
    ///
    /// # Errors
    /// `NotFound`; `CertificateExpired` when the CA has expired; `InvalidParameter` when `LastCrl` is
    /// no CRL of this CA, a delta is asked for where there are none, or the date is refused
    /// ([`CrlRequest::force_date`]).
    CreateCrl {
        /// The identifier of the CA whose CRL it is.
        identifier: String,
        /// The last CRL that was published, in PEM, after a backup was restored: its revocations are
        /// taken over, and the next CRL has a higher number.
        last_crl: Option<String>,
        /// Dates the CRL by the clock although that is before the last CRL, or far ahead of the
        /// ledger: somebody has checked the clock.
        force_date: Option<bool>,
        /// The delta CRL: what changed since the last complete one.
        delta: Option<bool>,
    }

    /// A CRL that was signed.
    CreatedCrl {
        /// The CRL in PEM.
        crl: String,
        /// Its number.
        crl_number: i64,
        /// Where certificates say that it is published.
        crl_url: Option<String>,
    }
}

impl Run for CreateCrl {
    type Answer = CreatedCrl;

    fn run(&self, at: &Session<'_>) -> Result<CreatedCrl, CasError> {
        let text = &self.identifier;
        identifier("Identifier", text)?;
        let unknown = || CasError::not_found("Identifier", format!("CA {text}"));
        let kept = authority_document(at.rows, text)?.ok_or_else(unknown)?;
        let record = &kept.document.record;
        let (url, delta_url) = (published_crl(at, record)?, published_delta(at, record)?);
        // Deltas and complete CRLs have one scope: all that the CA issued.
        let crls = match (&url, &delta_url) {
            (Some(url), Some(delta)) => Some(
                CrlDistribution::at(url)?
                    .without_issuing_distribution_point()?
                    .with_deltas(delta)?,
            ),
            _ => None,
        };
        let authority = listing_with(at, text, crls)?;
        let (validity, now) = (authority.issuer().certificate().validity(), at.now);
        if !validity.contains(now) {
            let message = format!("Identifier: the CA is valid from {validity}, now is {now}");
            return Err(CasError::new(ErrorKind::CertificateExpired, message));
        }
        if let Some(last) = &self.last_crl {
            let list = RevocationList::from_pem(last)
                .map_err(|error| CasError::invalid("LastCrl", error, "a CRL of this CA in PEM"))?;
            authority.resume_from(&list)?;
        }
        let is_delta = self.delta.unwrap_or_default();
        let mut next = match is_delta {
            true => delta(at, authority.issuer(), delta_url.is_some())?,
            false => CrlRequest::full(days(record.crl_day)),
        };
        if self.force_date.unwrap_or_default() {
            next = next.force_date();
        }
        let crl = authority.issue_crl(&next)?;
        Ok(CreatedCrl {
            crl: crl.to_pem(),
            crl_number: i64::try_from(crl.number()).unwrap_or(i64::MAX),
            crl_url: if is_delta { delta_url } else { url },
        })
    }
}

/// A delta to the last complete CRL.
fn delta(at: &Session<'_>, ca: &Issuer, has_deltas: bool) -> Result<CrlRequest, CasError> {
    let state = at.ledger.crl_state(&Ledger::issuer_digest(ca.public_key()), 0)?;
    let base = state.full.filter(|_| has_deltas).map(|(number, _)| number);
    let none = || {
        let allowed =
            "false where crl_delta_hours is 0, or the CA has no complete CRL or publishes none";
        CasError::invalid("Delta", true, allowed)
    };
    let hours = u32::try_from(at.config.crl_delta_hours).unwrap_or_default();
    Ok(CrlRequest::delta(base.ok_or_else(none)?, Lifetime::hours(hours)))
}
