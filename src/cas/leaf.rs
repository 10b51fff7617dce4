//! Section 4: leaves that were issued: found, described, revoked, deleted.

use serde_json::json;

use super::Cas;
use super::authority_describe::{key_of, milliseconds, sign_algorithm, subject_dn};
use super::error::{CasError, ErrorKind};
use super::issue::leaf_key_name;
use super::leaf_structures::*;
use super::limits::LIST_ITEMS;
use super::records::{ISSUE, Kept, LeafDocument, REVOKE, forget_leaf_writes, identifier};
use super::schema::Secret;
use super::subject::Fields;
use super::types::copied;
use crate::certificate::Certificate;
use crate::error::quoted;
use crate::hexadecimal::hexadecimal;
use crate::key::{fingerprint, md5_fingerprint};
use crate::ledger::{AuditAction, Identifier, IssuerDigest, Revocation, RevocationReason};
use crate::limits::KEPT_NAME_OCTETS;
use crate::name::UncheckedName;
use std::net::IpAddr;

/// A leaf with all that is kept of it.
pub(super) struct FoundLeaf {
    pub(super) identifier: Identifier,
    pub(super) kept: Kept<LeafDocument>,
    pub(super) certificate: Certificate,
    issuer: IssuerDigest,
    /// The one truth on whether it is revoked is the ledger's.
    pub(super) revocation: Option<Revocation>,
}

impl FoundLeaf {
    pub(super) fn status(&self) -> &'static str {
        if self.revocation.is_some() { REVOKE } else { ISSUE }
    }
}

impl Cas {
    /// Describes a leaf (section 4).
    ///
    /// # Errors
    /// `NotFound`.
    pub fn describe_client_certificate(
        &self,
        request: &DescribeClientCertificateRequest,
    ) -> Result<DescribeClientCertificateResponse, CasError> {
        self.operate(|request_id| {
            let found = self.leaf("Identifier", &request.identifier)?;
            let mut certificate = described(&found);
            let above = self.authority_chain(&found.kept.document.parent_identifier)?;
            certificate.cert_chain = Some(above.iter().map(Certificate::to_pem).collect());
            Ok(DescribeClientCertificateResponse { certificate, request_id })
        })
    }

    /// Says of leaves whether they are revoked, or a CA above them is (section 4). One that was
    /// deleted stays revoked.
    ///
    /// # Errors
    /// `InvalidParameter` for an empty item, or too many.
    pub fn describe_client_certificate_status(
        &self,
        request: &DescribeClientCertificateStatusRequest,
    ) -> Result<DescribeClientCertificateStatusResponse, CasError> {
        self.operate(|request_id| {
            let items: Vec<&str> = request.identifier.split(',').map(str::trim).collect();
            if items.len() > LIST_ITEMS {
                let given = format!("{} items", items.len());
                let allowed = format!("at most {LIST_ITEMS}");
                return Err(CasError::invalid("Identifier", given, allowed));
            }
            if items.contains(&"") {
                return Err(CasError::invalid("Identifier", "an empty item", "no empty item"));
            }
            let statuses: Result<Vec<LeafStatus>, CasError> =
                items.into_iter().map(|item| self.leaf_status(item)).collect();
            Ok(DescribeClientCertificateStatusResponse {
                certificate_status: statuses?,
                request_id,
            })
        })
    }

    /// Revokes a leaf from now on: it is in the next CRL of its CA (section 4).
    ///
    /// # Errors
    /// `NotFound`; `InvalidStatus.UpdateProtection` when it is revoked already.
    pub fn create_revoke_client_certificate(
        &self,
        request: &CreateRevokeClientCertificateRequest,
    ) -> Result<CreateRevokeClientCertificateResponse, CasError> {
        self.operate(|request_id| {
            let found = self.leaf("Identifier", &request.identifier)?;
            if found.revocation.is_some() {
                let message = format!("Identifier: {} is revoked already", found.identifier);
                return Err(CasError::new(ErrorKind::UpdateProtection, message));
            }
            let at = self.now()?;
            // The issuer's key is not needed, nor need the issuer be in force.
            let writer = self.ledger.writer(&self.actor, at);
            let (serial, kept) = (found.certificate.serial(), found.kept.unchanged().into());
            let reason = RevocationReason::Unspecified;
            writer.revoke(&found.issuer, serial, reason, [kept])?;
            Ok(CreateRevokeClientCertificateResponse { request_id })
        })
    }

    /// Deletes a leaf that was revoked, and its private key (section 4). The ledger keeps the
    /// certificate and its revocation, and CRLs go on listing it.
    ///
    /// # Errors
    /// `NotFound`; `InvalidStatus.DeleteProtection` when it is not revoked.
    pub fn delete_client_certificate(
        &self,
        request: &DeleteClientCertificateRequest,
    ) -> Result<DeleteClientCertificateResponse, CasError> {
        self.operate(|request_id| {
            let FoundLeaf { identifier, kept, revocation, .. } =
                self.leaf("Identifier", &request.identifier)?;
            if revocation.is_none() {
                let message = format!("Identifier: {identifier} is not revoked");
                return Err(CasError::new(ErrorKind::DeleteProtection, message));
            }
            let mut writes = forget_leaf_writes(kept);
            writes.extend(self.ledger.forget_key_writes(&leaf_key_name(&identifier))?);
            self.write(writes, AuditAction::Deleted, format!("certificate {identifier}"))?;
            Ok(DeleteClientCertificateResponse { request_id })
        })
    }

    /// Answers the private key of a leaf, encrypted under a passphrase (section 4).
    ///
    /// # Errors
    /// `NotFound`, also when the key was not generated here; `DataTooLongException` and
    /// `InvalidParameter` for the passphrase; `Error` when the ledger is not unlocked.
    pub fn describe_certificate_private_key(
        &self,
        request: &DescribeCertificatePrivateKeyRequest,
    ) -> Result<DescribeCertificatePrivateKeyResponse, CasError> {
        self.operate(|request_id| {
            self.check_encrypted_code(&request.encrypted_code)?;
            let FoundLeaf { identifier, kept, .. } =
                self.leaf("Identifier", &request.identifier)?;
            let key = match kept.document.has_key {
                true => self.exported_key(&leaf_key_name(&identifier))?,
                false => None,
            };
            let unknown = || {
                let what = format!("private key of certificate {identifier}: it was not made here");
                CasError::not_found("Identifier", what)
            };
            let code = request.encrypted_code.as_str();
            let encrypted_data = key.ok_or_else(unknown)?.to_pkcs8_pem_encrypted(code)?;
            Ok(DescribeCertificatePrivateKeyResponse { encrypted_data, request_id })
        })
    }

    /// The leaf that an identifier, or else a custom identifier, names.
    pub(super) fn leaf(&self, name: &str, text: &str) -> Result<FoundLeaf, CasError> {
        let kept = self.named_leaf(text)?;
        let unknown = || CasError::not_found(name, format!("certificate {}", quoted(text)));
        self.found_leaf(kept.ok_or_else(unknown)?)
    }

    /// The document of a leaf by its identifier, or else by its custom identifier.
    pub(super) fn named_leaf(&self, text: &str) -> Result<Option<Kept<LeafDocument>>, CasError> {
        if text.len() > KEPT_NAME_OCTETS {
            return Ok(None);
        }
        if let Some(kept) = self.leaf_document(text)? {
            return Ok(Some(kept));
        }
        match self.custom_identifier(text)? {
            Some(identifier) => self.leaf_document(&identifier),
            None => Ok(None),
        }
    }

    /// What the ledger knows of a leaf.
    pub(super) fn found_leaf(&self, kept: Kept<LeafDocument>) -> Result<FoundLeaf, CasError> {
        let text = &kept.document.identifier;
        let identifier = identifier("Identifier", text)?;
        let record = self.ledger.certificate_called(&identifier)?;
        let certificate = record.as_ref().and_then(|record| record.certificate().cloned());
        let (Some(record), Some(certificate)) = (record, certificate) else {
            let message = format!("the certificate {identifier} is not in the ledger");
            return Err(CasError::new(ErrorKind::Other, message));
        };
        let revocation = self.ledger.revocation(&record.issuer, &record.serial)?;
        Ok(FoundLeaf { identifier, kept, certificate, issuer: record.issuer, revocation })
    }

    fn leaf_status(&self, text: &str) -> Result<LeafStatus, CasError> {
        let unknown = || LeafStatus { status: "unknown".to_owned(), ..LeafStatus::default() };
        let (serial, revoked) = match self.named_leaf(text)? {
            Some(kept) => {
                let above = self.revoked_above(&kept.document.parent_identifier)?;
                let found = self.found_leaf(kept)?;
                let own = found.revocation.map(|revocation| revocation.at.unix());
                let earliest = own.into_iter().chain(above).min();
                (*found.certificate.serial(), earliest)
            }
            // One that was deleted is revoked all the same.
            None => {
                let Ok(identifier) = text.parse::<Identifier>() else { return Ok(unknown()) };
                let Some(record) = self.ledger.certificate_called(&identifier)? else {
                    return Ok(unknown());
                };
                let leaf = record.certificate().is_some_and(|found| !found.is_authority());
                let revocation = self.ledger.revocation(&record.issuer, &record.serial)?;
                let Some(revocation) = revocation.filter(|_| leaf) else { return Ok(unknown()) };
                (record.serial, Some(revocation.at.unix()))
            }
        };
        Ok(LeafStatus {
            revoke_time: revoked.map(milliseconds),
            serial_number: Some(serial.to_string()),
            status: if revoked.is_some() { "revoked" } else { "good" }.to_owned(),
        })
    }

    /// Since when a CA, or the first of those above it, is revoked.
    fn revoked_above(&self, text: &str) -> Result<Option<i64>, CasError> {
        let mut revoked: Option<i64> = None;
        let mut next = Some(text.to_owned());
        while let Some(text) = next {
            let Some(kept) = self.authority_document(&text)? else { break };
            revoked = revoked.into_iter().chain(kept.document.revoked).min();
            next = kept.document.parent_identifier;
        }
        Ok(revoked)
    }

    fn check_encrypted_code(&self, code: &Secret) -> Result<(), CasError> {
        let (code, most) = (code.as_str(), self.config.encrypted_code_octets);
        if code.len() > most {
            let message = format!("EncryptedCode: given {} octets, at most {most}", code.len());
            return Err(CasError::new(ErrorKind::DataTooLong, message));
        }
        // What was given is not shown.
        if code.is_empty() || !code.bytes().all(|octet| octet.is_ascii_graphic()) {
            let allowed = "letters, digits and other visible characters of ASCII";
            return Err(CasError::invalid("EncryptedCode", "others", allowed));
        }
        Ok(())
    }
}

/// A leaf, without the chain above.
pub(super) fn described(found: &FoundLeaf) -> DescribedLeaf {
    let FoundLeaf { identifier, kept, certificate, .. } = found;
    let (document, validity) = (&kept.document, certificate.validity());
    let fields = Fields::of(certificate.subject());
    let (family, bits) = key_of(certificate);
    DescribedLeaf {
        after_date: milliseconds(validity.not_after().unix()),
        algorithm: family,
        alias_name: document.alias_name.clone(),
        before_date: milliseconds(validity.not_before().unix()),
        cert_chain: None,
        certificate_type: document.kind.clone(),
        common_name: fields.common_name,
        country_code: fields.country,
        custom_identifier: document.custom_identifier.clone(),
        days: i64::try_from(validity.lifetime().as_seconds().div_ceil(86_400)).unwrap_or(i64::MAX),
        identifier: identifier.to_string(),
        key_size: bits,
        locality: fields.locality,
        md5: hexadecimal(&md5_fingerprint(certificate.as_der())),
        organization: fields.organization,
        organization_unit: fields.organization_unit,
        parent_identifier: document.parent_identifier.clone(),
        sans: sans(certificate),
        serial_number: certificate.serial().to_string(),
        sha2: hexadecimal(&fingerprint(certificate.as_der())),
        sign_algorithm: sign_algorithm(certificate),
        state: fields.state,
        status: found.status().to_owned(),
        subject_dn: subject_dn(certificate.subject()),
        tags: copied(&document.tags),
        x509_certificate: certificate.to_pem(),
    }
}

/// The alternative names as the service lists them, by their numbers in GeneralName.
fn sans(certificate: &Certificate) -> Option<String> {
    let listed = |name: &UncheckedName| {
        let (kind, value) = match name {
            UncheckedName::Dns(text) => (2, text.clone()),
            UncheckedName::Email(text) => (1, text.clone()),
            UncheckedName::Ip(octets) => (7, address(octets)?),
            UncheckedName::Uri(text) => (6, text.clone()),
            // No operation issues others.
            _ => return None,
        };
        Some(json!({ "Type": kind, "Value": value }))
    };
    let names: Vec<serde_json::Value> = certificate.alt_names().iter().filter_map(listed).collect();
    (!names.is_empty()).then(|| serde_json::Value::from(names).to_string())
}

fn address(octets: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let sixteen = <[u8; 16]>::try_from(octets).map(IpAddr::from);
    four.or(sixteen).ok().map(|address| address.to_string())
}
