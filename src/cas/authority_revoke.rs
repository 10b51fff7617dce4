//! Section 3: revoking CAs, and their CRLs.

use super::error::{CasError, ErrorKind};
use super::parent::days;
use super::records::{ISSUE, REVOKE, identifier};
use super::structures::structures;
use super::{Cas, Operator};
use crate::crl::CrlRequest;
use crate::crl::RevocationRequest;
use crate::error::quoted;
use crate::ledger::{AuditAction, Ledger, RevocationReason, Row};
use crate::revocation_list::RevocationList;

structures! {
    /// What UpdateCACertificateStatus takes (section 3).
    UpdateCACertificateStatusRequest {
        /// The CA's identifier.
        identifier: String,
        /// REVOKE.
        status: String,
    }

    /// What UpdateCACertificateStatus answers (section 3).
    UpdateCACertificateStatusResponse {
        /// The request's identifier.
        request_id: String,
    }

    /// What CreateCrl takes.
    CreateCrlRequest {
        /// The identifier of the CA whose CRL it is.
        identifier: String,
        /// The last CRL that was published, in PEM, after a backup was restored: its revocations are
        /// taken over, and the next CRL has a higher number.
        last_crl: Option<String>,
        /// Dates the CRL by the clock although that is before the last CRL, or far ahead of the
        /// ledger: somebody has checked the clock.
        force_date: Option<bool>,
    }

    /// What CreateCrl answers.
    CreateCrlResponse {
        /// The CRL in PEM.
        crl: String,
        /// Its number.
        crl_number: i64,
        /// Where certificates say that it is published.
        crl_url: Option<String>,
        /// The request's identifier.
        request_id: String,
    }
}

impl Cas {
    /// Revokes a CA: it issues nothing more, what is below it is no longer valid, and it is in the
    /// next CRL of the CA above (section 3).
    ///
    /// # Errors
    /// `NotFound`; `InvalidParameter` for another status than REVOKE; `InvalidStatus.UpdateProtection`
    /// when it is revoked already.
    pub fn update_ca_certificate_status(
        &self,
        request: &UpdateCACertificateStatusRequest,
    ) -> Result<UpdateCACertificateStatusResponse, CasError> {
        self.operate(|request_id| {
            let text = &request.identifier;
            if request.status != REVOKE {
                let given = quoted(&request.status);
                return Err(CasError::invalid("Status", given, REVOKE));
            }
            let identifier = identifier("Identifier", text)?;
            let unknown = || CasError::not_found("Identifier", format!("CA {text}"));
            let mut kept = self.authority_document(text)?.ok_or_else(unknown)?;
            if kept.document.status != ISSUE {
                let message = format!("Identifier: CA {text} is revoked already");
                return Err(CasError::new(ErrorKind::UpdateProtection, message));
            }
            let now = self.now()?;
            kept.document.status = REVOKE.to_owned();
            kept.document.revoked = Some(now.unix());
            let above = kept.document.parent_identifier.clone();
            let writes = vec![kept.replace()?];
            let detail = format!("CA {identifier} revoked");
            let Some(above) = above else {
                // Nobody's CRL lists a root.
                self.write(writes, AuditAction::Recorded, detail)?;
                return Ok(UpdateCACertificateStatusResponse { request_id });
            };
            let chain = self.authority_chain(text)?;
            let certificate = chain.first().ok_or_else(unknown)?;
            let revocation = RevocationRequest::new(RevocationReason::CessationOfOperation);
            let authority = self.listing_authority(&above)?;
            let above = Ledger::issuer_digest(authority.issuer().public_key());
            let writer = self.ledger.writer(&self.actor, now);
            writer.revoke(&above, certificate.serial(), revocation, [Row::of(writes)])?;
            Ok(UpdateCACertificateStatusResponse { request_id })
        })
    }

    pub(super) fn create_crl_operation(
        &self,
        request: &CreateCrlRequest,
    ) -> Result<CreateCrlResponse, CasError> {
        self.operate(|request_id| {
            let text = &request.identifier;
            let identifier = identifier("Identifier", text)?;
            let unknown = || CasError::not_found("Identifier", format!("CA {text}"));
            let kept = self.authority_document(text)?.ok_or_else(unknown)?;
            let authority = self.listing_authority(text)?;
            let now = self.now()?;
            let validity = *authority.issuer().certificate().validity();
            if !validity.contains(now) {
                let message = format!("Identifier: the CA is valid from {validity}, now is {now}");
                return Err(CasError::new(ErrorKind::CertificateExpired, message));
            }
            if let Some(last) = &request.last_crl {
                let list = RevocationList::from_pem(last);
                let list = list.map_err(|error| {
                    CasError::invalid("LastCrl", error, "a CRL of this CA in PEM")
                })?;
                authority.resume_from(&list)?;
            }
            let mut next = CrlRequest::full(days(kept.document.crl_day));
            if request.force_date.unwrap_or_default() {
                next = next.force_date();
            }
            let crl = authority.issue_crl(&next)?;
            Ok(CreateCrlResponse {
                crl: crl.to_pem(),
                crl_number: i64::try_from(crl.number()).unwrap_or(i64::MAX),
                crl_url: match &self.config.crl_base_url {
                    Some(_) if kept.document.enable_crl => {
                        Some(self.crl_url("Identifier", &identifier)?)
                    }
                    _ => None,
                },
                request_id,
            })
        })
    }
}

impl Operator<'_> {
    /// Signs the CRL of a CA; the next follows in CrlDay days. The service publishes CRLs by itself;
    /// this operation is only this engine's. A CA that was revoked goes on listing what it issued.
    ///
    /// # Errors
    /// `NotFound`; `CertificateExpired` when the CA is over; `InvalidParameter` when `LastCrl` is no
    /// CRL of this CA, or the date is refused ([`CrlRequest::force_date`]).
    pub fn create_crl(&self, request: &CreateCrlRequest) -> Result<CreateCrlResponse, CasError> {
        self.cas.create_crl_operation(request)
    }
}
