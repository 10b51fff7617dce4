//! Leaves that were issued: found, described, revoked, deleted.

use super::super::ca::describe::kept_authority;
use super::super::described::{facts, full_algorithm, milliseconds, number_of, sans};
use super::super::error::{CasError, ErrorKind};
use super::super::json::schema::Secret;
use super::super::kept::record::has_copy;
use super::super::limits::{IDENTIFIER_BYTES, LIST_ITEMS};
use super::super::session::{Named, Run, Session};
use super::super::shelf::records::{
    ISSUE, Kept, LeafDocument, REVOKE, authority_document, custom_identifier, forget_leaf_rows,
    identifier, leaf_document, text as record_text,
};
use super::found_structures::*;
use crate::Certificate;
use crate::crl::{Revocation, RevocationReason};
use crate::error::quoted;
use crate::ledger::{Identifier, IssuerDigest};
use crate::time::Time;

/// A leaf with all that is kept of it.
pub(crate) struct FoundLeaf {
    pub(crate) identifier: Identifier,
    pub(crate) kept: Kept<LeafDocument>,
    pub(crate) certificate: Certificate,
    issuer: IssuerDigest,
    /// The one truth on whether it is revoked is the ledger's.
    pub(crate) revocation: Option<Revocation>,
}

impl FoundLeaf {
    pub(super) fn status(&self) -> &'static str {
        if self.revocation.is_some() { REVOKE } else { ISSUE }
    }
}

impl Run for DescribeClientCertificate {
    type Answer = DescribedLeaf;

    const ANSWER: Named = Some(("Certificate", "The certificate."));

    fn run(&self, at: &Session<'_>) -> Result<DescribedLeaf, CasError> {
        let found = leaf(at, &self.identifier)?;
        let mut described = described(at, &found);
        let above = kept_authority(at, &found.kept.document.parent_identifier)?;
        described.cert_chain = Some(above.chain.to_pem());
        described.upload_flag = Some(has_copy(at, &found.identifier.to_string())?.into());
        Ok(described)
    }
}

impl Run for DescribeClientCertificateStatus {
    type Answer = Vec<LeafStatus>;

    const ANSWER: Named = Some(("CertificateStatus", "The statuses, in the order of the request."));

    fn run(&self, at: &Session<'_>) -> Result<Vec<LeafStatus>, CasError> {
        let items: Vec<&str> = self.identifier.split(',').map(str::trim).collect();
        if items.len() > LIST_ITEMS {
            let given = format!("{} items", items.len());
            return Err(CasError::invalid("Identifier", given, format!("at most {LIST_ITEMS}")));
        }
        if items.contains(&"") {
            return Err(CasError::invalid("Identifier", "an empty item", "no empty item"));
        }
        items.into_iter().map(|item| leaf_status(at, item)).collect()
    }
}

impl Run for CreateRevokeClientCertificate {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let found = leaf(at, &self.identifier)?;
        if found.revocation.is_some() {
            let message = format!("Identifier: {} is revoked already", found.identifier);
            return Err(CasError::new(ErrorKind::UpdateProtection, message));
        }
        // The issuer's key is not needed, nor need the issuer be in force.
        let (serial, kept) = (found.certificate.serial(), found.kept.unchanged());
        at.writer().revoke(&found.issuer, serial, RevocationReason::Unspecified, [kept])?;
        Ok(())
    }
}

impl Run for DeleteClientCertificate {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let FoundLeaf { identifier, kept, revocation, .. } = leaf(at, &self.identifier)?;
        if revocation.is_none() {
            let message = format!("Identifier: {identifier} is not revoked");
            return Err(CasError::new(ErrorKind::DeleteProtection, message));
        }
        let mut rows = forget_leaf_rows(at.rows, &kept)?;
        rows.push(at.ledger.delete_key_row(&leaf_key_name(&identifier))?);
        at.write(rows, &format!("certificate {identifier}"))
    }
}

impl Run for DescribeCertificatePrivateKey {
    type Answer = String;

    const ANSWER: Named =
        Some(("EncryptedData", "The private key in PEM, `ENCRYPTED PRIVATE KEY`."));

    fn run(&self, at: &Session<'_>) -> Result<String, CasError> {
        check_encrypted_code(at, &self.encrypted_code)?;
        let FoundLeaf { identifier, kept, .. } = leaf(at, &self.identifier)?;
        if self.resource_group_id.is_some()
            && self.resource_group_id != kept.document.resource_group_id
        {
            let what = format!("certificate {identifier} in this resource group");
            return Err(CasError::not_found("ResourceGroupId", what));
        }
        let key = match kept.document.has_key {
            true => at.exported_key(&leaf_key_name(&identifier))?,
            false => None,
        };
        let unknown = || {
            let what = format!("private key of certificate {identifier}: it was not made here");
            CasError::not_found("Identifier", what)
        };
        let code = self.encrypted_code.as_str();
        Ok(key.ok_or_else(unknown)?.to_pkcs8_pem_encrypted(code)?)
    }
}

/// The leaf that an identifier, or else a custom identifier, names.
fn leaf(at: &Session<'_>, text: &str) -> Result<FoundLeaf, CasError> {
    let unknown = || CasError::not_found("Identifier", format!("certificate {}", quoted(text)));
    found_leaf(at, named_leaf(at, text)?.ok_or_else(unknown)?)
}

/// The document of a leaf by its identifier, or else by its custom identifier.
pub(crate) fn named_leaf(
    at: &Session<'_>,
    text: &str,
) -> Result<Option<Kept<LeafDocument>>, CasError> {
    if text.len() > IDENTIFIER_BYTES {
        return Ok(None);
    }
    if let Some(kept) = leaf_document(at.rows, text)? {
        return Ok(Some(kept));
    }
    match custom_identifier(at.rows, text)? {
        Some(row) => leaf_document(at.rows, &record_text(&row)?),
        None => Ok(None),
    }
}

/// What the ledger knows of a leaf.
pub(crate) fn found_leaf(
    at: &Session<'_>,
    kept: Kept<LeafDocument>,
) -> Result<FoundLeaf, CasError> {
    let identifier = identifier("Identifier", &kept.document.identifier)?;
    let record = at.ledger.by_identifier(&identifier)?;
    let certificate = record.as_ref().and_then(|record| record.certificate().cloned());
    let (Some(record), Some(certificate)) = (record, certificate) else {
        let message = format!("the certificate {identifier} is not in the ledger");
        return Err(CasError::new(ErrorKind::Other, message));
    };
    let revocation = at.ledger.revocation(&record.issuer, &record.serial)?;
    Ok(FoundLeaf { identifier, kept, certificate, issuer: record.issuer, revocation })
}

pub(crate) fn leaf_status(at: &Session<'_>, text: &str) -> Result<LeafStatus, CasError> {
    let unknown = || LeafStatus { status: "unknown".to_owned(), ..LeafStatus::default() };
    let (serial, revoked) = match named_leaf(at, text)? {
        Some(kept) => {
            let above = revoked_above(at, &kept.document.parent_identifier)?;
            let found = found_leaf(at, kept)?;
            let own = found.revocation.map(|revocation| revocation.at);
            (*found.certificate.serial(), own.into_iter().chain(above).min())
        }
        // One that was deleted is revoked all the same.
        None => {
            let Ok(identifier) = text.parse::<Identifier>() else { return Ok(unknown()) };
            let Some(record) = at.ledger.by_identifier(&identifier)? else {
                return Ok(unknown());
            };
            let leaf = record.certificate().is_some_and(|found| !found.is_authority());
            let revocation = at.ledger.revocation(&record.issuer, &record.serial)?;
            let Some(revocation) = revocation.filter(|_| leaf) else { return Ok(unknown()) };
            (record.serial, Some(revocation.at))
        }
    };
    Ok(LeafStatus {
        revoke_time: revoked.map(milliseconds),
        serial_number: Some(serial.to_string()),
        status: if revoked.is_some() { "revoked" } else { "good" }.to_owned(),
    })
}

/// Since when a CA, or the first of those above it, is revoked.
fn revoked_above(at: &Session<'_>, text: &str) -> Result<Option<Time>, CasError> {
    let mut revoked: Option<i64> = None;
    let mut next = Some(text.to_owned());
    while let Some(text) = next {
        let Some(kept) = authority_document(at.rows, &text)? else { break };
        revoked = revoked.into_iter().chain(kept.document.revoked).min();
        next = kept.document.record.parent_identifier;
    }
    Ok(revoked.map(Time::from_unix).transpose()?)
}

fn check_encrypted_code(at: &Session<'_>, code: &Secret) -> Result<(), CasError> {
    let (code, most) = (code.as_str(), at.config.encrypted_code_bytes);
    if code.len() > most {
        let message = format!("EncryptedCode: given {} bytes, at most {most}", code.len());
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    // What was given is not shown.
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
        let allowed = "letters, digits and other visible characters of ASCII";
        return Err(CasError::invalid("EncryptedCode", "others", allowed));
    }
    Ok(())
}

/// A leaf, without the chain above.
pub(super) fn described(at: &Session<'_>, found: &FoundLeaf) -> DescribedLeaf {
    let (document, validity) = (&found.kept.document, found.certificate.validity());
    let days = validity.lifetime().as_seconds().div_ceil(86_400);
    DescribedLeaf {
        leaf: leaf_facts(found),
        after_date: milliseconds(validity.not_after()),
        alias_name: document.alias_name.clone(),
        before_date: milliseconds(validity.not_before()),
        cert_chain: None,
        days: i64::try_from(days).unwrap_or(i64::MAX),
        full_algorithm: full_algorithm(at.config, &found.certificate),
        id: number_of(&found.identifier),
        tags: document.tags.clone(),
        upload_flag: None,
        x509_certificate: found.certificate.to_pem(),
    }
}

/// What is kept of a leaf, and its certificate.
pub(super) fn leaf_facts(found: &FoundLeaf) -> LeafFacts {
    let document = &found.kept.document;
    LeafFacts {
        facts: facts(&found.certificate),
        certificate_type: document.kind.clone(),
        custom_identifier: document.custom_identifier.clone(),
        identifier: found.identifier.to_string(),
        parent_identifier: document.parent_identifier.clone(),
        resource_group_id: document.resource_group_id.clone(),
        sans: sans(&found.certificate),
        status: found.status().to_owned(),
    }
}

/// The name that the key of a leaf is kept under.
pub(crate) fn leaf_key_name(identifier: &Identifier) -> String {
    format!("certificate/{identifier}")
}
