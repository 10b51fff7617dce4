//! Section 3: revoking CAs, and their CRLs.

use super::error::{CasError, ErrorKind};
use super::parent::days;
use super::records::{ISSUE, REVOKE, identifier};
use super::structures::structures;
use super::{Cas, Operator};
use crate::authority::RevocationRequest;
use crate::crl::CrlRequest;
use crate::ledger::{AuditAction, Change, RevocationReason};

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
                let given = format!("{:?}", super::records::cut(&request.status));
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
            let (stamp, change) = authority.revocation(certificate.serial(), &revocation)?;
            let change = Change::With { writes, change: Box::new(change) };
            self.ledger.change_one(&stamp, change).map_err(crate::error::Error::from)?;
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
            let next = CrlRequest::full(days(kept.document.crl_day));
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
    /// `NotFound`; `InvalidParameter` when the CA has no CRLs; `CertificateExpired` when it is over.
    pub fn create_crl(&self, request: &CreateCrlRequest) -> Result<CreateCrlResponse, CasError> {
        self.cas.create_crl_operation(request)
    }
}
