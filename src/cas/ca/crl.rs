//! The CRLs of CAs.

use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::parameters::validity::days;
use super::super::session::{Run, Session};
use super::super::shelf::records::{authority_document, identifier};
use super::parent::{listing, published_crl};
use crate::crl::{CrlRequest, RevocationList};

structures! {
    /// Signs the CRL of a CA; the next follows in CrlDay days. The service publishes CRLs by itself;
    /// this operation is only this engine's. A CA that was revoked goes on listing what it issued.
    ///
    /// # Errors
    /// `NotFound`; `CertificateExpired` when the CA has expired; `InvalidParameter` when `LastCrl` is
    /// no CRL of this CA, or the date is refused ([`CrlRequest::force_date`]).
    CreateCrl {
        /// The identifier of the CA whose CRL it is.
        identifier: String,
        /// The last CRL that was published, in PEM, after a backup was restored: its revocations are
        /// taken over, and the next CRL has a higher number.
        last_crl: Option<String>,
        /// Dates the CRL by the clock although that is before the last CRL, or far ahead of the
        /// ledger: somebody has checked the clock.
        force_date: Option<bool>,
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
        let authority = listing(at, text)?;
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
        let mut next = CrlRequest::full(days(kept.document.record.crl_day));
        if self.force_date.unwrap_or_default() {
            next = next.force_date();
        }
        let crl = authority.issue_crl(&next)?;
        Ok(CreatedCrl {
            crl: crl.to_pem(),
            crl_number: i64::try_from(crl.number()).unwrap_or(i64::MAX),
            crl_url: published_crl(at, &kept.document.record)?,
        })
    }
}
