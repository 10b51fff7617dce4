//! Certificates whose keys work for callers: leaves, and certificates of users.

use super::super::error::{CasError, ErrorKind};
use super::super::leaf::found::{found_leaf, leaf_key_name, leaf_status, named_leaf};
use super::super::session::Session;
use super::super::shelf::records::leaf_document;
use super::record::{UserCertificate, certificate_of_identifier};
use super::warehouse::{LEAVES, UPLOADED, WarehouseCertificate, warehouse_certificate};
use super::work_structures::WhichCertificate;
use crate::error::quoted;
use crate::{Certificate, Chain, KeyPair};

/// What a key is wanted for, of those of a double certificate.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Work {
    Encryption,
    Signatures,
}

/// A certificate that was named, and where its key is.
pub(super) struct Worker {
    /// What it is called by.
    pub(super) identifier: String,
    pub(super) certificate: Certificate,
    /// The name that its key is kept under, if it is.
    key_name: Option<String>,
    is_revoked: bool,
}

impl WhichCertificate {
    /// The certificate that is meant.
    pub(super) fn find(&self, at: &Session<'_>, work: Work) -> Result<Worker, CasError> {
        let (name, text) = match (&self.cert_identifier, &self.custom_identifier) {
            (Some(text), custom) => {
                if let Some(custom) = custom {
                    at.tell_overruled("CustomIdentifier", &quoted(custom), "CertIdentifier");
                }
                ("CertIdentifier", text)
            }
            (None, Some(text)) => ("CustomIdentifier", text),
            (None, None) => {
                let message = "CertIdentifier and CustomIdentifier: one is needed";
                return Err(CasError::new(ErrorKind::MissingParameter, message));
            }
        };
        let unknown = || CasError::not_found(name, format!("certificate {}", quoted(text)));
        let (worker, warehouse) = match name {
            "CertIdentifier" => match certificate_of_identifier(at, text)? {
                Some(kept) => (Worker::of_user(at, &kept.document, work)?, None),
                None => match warehouse_certificate(at, text)? {
                    Some(kept) => (Worker::of_warehouse(&kept.document)?, Some(UPLOADED)),
                    None => (Worker::of_leaf(at, text)?.ok_or_else(unknown)?, Some(LEAVES)),
                },
            },
            _ => {
                let leaf = named_leaf(at, text)?.filter(|kept| {
                    kept.document.custom_identifier.as_deref() == Some(text.as_str())
                });
                let leaf = leaf.ok_or_else(unknown)?.document.identifier;
                (Worker::of_leaf(at, &leaf)?.ok_or_else(unknown)?, Some(LEAVES))
            }
        };
        if self.warehouse_id.is_some() && self.warehouse_id != warehouse {
            let what = format!("certificate {} in this warehouse", worker.identifier);
            return Err(CasError::not_found("WarehouseId", what));
        }
        Ok(worker)
    }
}

impl Worker {
    fn of_leaf(at: &Session<'_>, text: &str) -> Result<Option<Self>, CasError> {
        let Some(kept) = leaf_document(at.rows, text)? else { return Ok(None) };
        let found = found_leaf(at, kept)?;
        let identifier = found.identifier.to_string();
        Ok(Some(Self {
            key_name: found.kept.document.has_key.then(|| leaf_key_name(&found.identifier)),
            is_revoked: is_revoked(at, &identifier)?,
            identifier,
            certificate: found.certificate,
        }))
    }

    fn of_user(at: &Session<'_>, kept: &UserCertificate, work: Work) -> Result<Self, CasError> {
        let texts = kept.texts(at)?;
        let (chain, key_name) = match (work, texts.encrypt_cert) {
            (Work::Encryption, Some(chain)) => (chain, kept.encryption_key_name()),
            _ => (texts.cert, kept.key_name()),
        };
        Ok(Self {
            identifier: kept.cert_identifier(at.config),
            certificate: Chain::from_pem(&chain)?.leaf().clone(),
            key_name: kept.has_key.then_some(key_name),
            is_revoked: match &kept.leaf {
                Some(leaf) => is_revoked(at, leaf)?,
                None => false,
            },
        })
    }

    fn of_warehouse(kept: &WarehouseCertificate) -> Result<Self, CasError> {
        Ok(Self {
            identifier: kept.identifier.clone(),
            certificate: kept.chain()?.leaf().clone(),
            key_name: kept.has_key.then(|| kept.key_name()),
            // Nobody here knows.
            is_revoked: false,
        })
    }

    /// It can be relied on now, as far as is known here.
    pub(super) fn check_in_force(&self, at: &Session<'_>) -> Result<(), CasError> {
        let (identifier, validity, now) = (&self.identifier, self.certificate.validity(), at.now);
        if self.is_revoked {
            let message = format!("CertIdentifier: {identifier} is revoked");
            return Err(CasError::new(ErrorKind::UpdateProtection, message));
        }
        if !validity.contains(now) {
            let message =
                format!("CertIdentifier: {identifier} is valid from {validity}, now is {now}");
            return Err(CasError::new(ErrorKind::CertificateExpired, message));
        }
        Ok(())
    }

    /// Its private key, which the audit log tells of first.
    pub(super) fn key(&self, at: &Session<'_>, purpose: &str) -> Result<KeyPair, CasError> {
        let key = match &self.key_name {
            Some(name) => at.used_key(name, purpose)?,
            None => None,
        };
        let what = format!("private key of certificate {}: it is not kept here", self.identifier);
        key.ok_or_else(|| CasError::not_found("CertIdentifier", what))
    }
}

/// Whether a leaf, or a CA above it, is revoked.
fn is_revoked(at: &Session<'_>, leaf: &str) -> Result<bool, CasError> {
    Ok(leaf_status(at, leaf)?.status == "revoked")
}
