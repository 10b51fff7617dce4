//! What is known of CAs.

use std::slice;

use super::super::described::{facts, full_algorithm, milliseconds, pems};
use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::groups::CertificateFacts;
use super::super::parameters::list::{List, Listed, PageAsked, count, one_of};
use super::super::session::{Named, Run, Session};
use super::super::shelf::records::{
    AuthorityDocument, AuthorityRecord, authority_document, authority_documents, identifier,
    issued_count,
};
use super::parent::published_crl;
use crate::error::quoted;
use crate::ledger::IssuerRecord;

structures! {
    /// Describes a CA.
    ///
    /// # Errors
    /// `NotFound`.
    DescribeCACertificate {
        /// The CA's identifier.
        identifier: String,
    }

    /// Lists CAs, the earliest first.
    ///
    /// # Errors
    /// `InvalidParameter` for a page or a filter out of bounds.
    DescribeCACertificateList {
        /// The page.
        page as ..: PageAsked,
        /// Only those of this status: issue, forbidden or revoke. This engine forbids none.
        ca_status: Option<String>,
        /// Only those of this kind: root, subRoot or externalCa.
        cert_type: Option<String>,
        /// Only the one with this identifier.
        identifier: Option<String>,
        /// Only those whose key is held so: local, iTrusChina or external. Here none is iTrusChina.
        issuer_type: Option<String>,
        /// Only those of this resource group.
        resource_group_id: Option<String>,
        /// Only those that are valid now, or that are notValid.
        valid_status: Option<String>,
    }

    /// Counts CAs, of every kind and status.
    ///
    /// # Errors
    /// `Error` when the store fails.
    DescribeCACertificateCount {
    }

    /// A CA.
    DescribedAuthority {
        /// What its certificate says.
        facts as ..: CertificateFacts,
        /// notAfter, in milliseconds since 1970.
        after_date: i64,
        /// notBefore, in milliseconds since 1970.
        before_date: i64,
        /// The certificates above, its issuer's first; of a root, the root.
        ca_cert_chain: String,
        /// How many leaves it issued.
        cert_issued_count: i64,
        /// How many more it may issue.
        cert_remaining_count: i64,
        /// How many leaves it may issue.
        cert_total_count: i64,
        /// ROOT or SUB_ROOT.
        certificate_type: String,
        /// Where its CRL is published.
        crl_url: Option<String>,
        /// The value of `Algorithm`, such as `ECC_256`.
        full_algorithm: String,
        /// Where its key is: local, or external.
        issuer_type: String,
        /// What else is kept of it.
        record as ..: AuthorityRecord,
        /// The certificate in PEM.
        x509_certificate: String,
    }
}

impl Listed for DescribedAuthority {
    const LIST: &'static str = "CertificateList";
}

impl Run for DescribeCACertificate {
    type Answer = DescribedAuthority;

    const ANSWER: Named = Some(("Certificate", "The CA."));

    fn run(&self, at: &Session<'_>) -> Result<DescribedAuthority, CasError> {
        let unknown =
            || CasError::not_found("Identifier", format!("CA {}", quoted(&self.identifier)));
        let kept = authority_document(at.rows, &self.identifier)?.ok_or_else(unknown)?;
        described(at, &kept.document.record)
    }
}

impl Run for DescribeCACertificateList {
    type Answer = List<DescribedAuthority>;

    fn run(&self, at: &Session<'_>) -> Result<List<DescribedAuthority>, CasError> {
        let Self { page, ca_status, cert_type, identifier, issuer_type, .. } = self;
        let Self { resource_group_id, valid_status, .. } = self;
        one_of("CaStatus", ca_status, &["issue", "forbidden", "revoke"])?;
        one_of("CertType", cert_type, &["root", "subRoot", "externalCa"])?;
        one_of("IssuerType", issuer_type, &[LOCAL, "iTrusChina", EXTERNAL])?;
        one_of("ValidStatus", valid_status, &["valid", "notValid"])?;
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|it| it == found);
        let is_held_as_wanted = |record: &AuthorityRecord| -> Result<bool, CasError> {
            if cert_type.is_none() && issuer_type.is_none() {
                return Ok(true);
            }
            let holder = holder(&kept_authority(at, &record.identifier)?);
            Ok(is(cert_type, cert_kind(record, holder)) && is(issuer_type, holder))
        };
        let mut wanted = Vec::new();
        for AuthorityDocument { record, .. } in authority_documents(at.rows)? {
            if is(ca_status, &record.status.to_ascii_lowercase())
                && is(identifier, &record.identifier)
                && is_held_as_wanted(&record)?
                && is(resource_group_id, record.resource_group_id.as_deref().unwrap_or_default())
                && is_valid_as_wanted(at, &record, valid_status.as_deref())?
            {
                wanted.push(record);
            }
        }
        List::page(&wanted, *page, at.config, |record| described(at, record).map(Some))
    }
}

/// Where the key of a CA is: that of another's is elsewhere.
fn holder(kept: &IssuerRecord) -> &'static str {
    if kept.has_key { LOCAL } else { EXTERNAL }
}

/// What CertType calls a CA.
fn cert_kind(record: &AuthorityRecord, holder: &str) -> &'static str {
    match (kind_of(record) == ROOT, holder == LOCAL) {
        (true, _) => "root",
        (false, true) => "subRoot",
        (false, false) => "externalCa",
    }
}

impl Run for DescribeCACertificateCount {
    type Answer = i64;

    const ANSWER: Named = Some(("TotalCount", "How many CAs there are, of every kind and status."));

    fn run(&self, at: &Session<'_>) -> Result<i64, CasError> {
        Ok(count(authority_documents(at.rows)?.len()))
    }
}

/// A CA as the ledger keeps it: its certificate and those above.
pub(crate) fn kept_authority(at: &Session<'_>, text: &str) -> Result<IssuerRecord, CasError> {
    let kept = at.ledger.issuer(&identifier("Identifier", text)?)?;
    kept.ok_or_else(|| CasError::not_found("Identifier", format!("CA {text}")))
}

fn is_valid_as_wanted(
    at: &Session<'_>,
    record: &AuthorityRecord,
    wanted: Option<&str>,
) -> Result<bool, CasError> {
    let Some(wanted) = wanted else { return Ok(true) };
    let chain = kept_authority(at, &record.identifier)?.chain;
    Ok(chain.leaf().validity().contains(at.now) == (wanted == "valid"))
}

pub(super) fn described(
    at: &Session<'_>,
    record: &AuthorityRecord,
) -> Result<DescribedAuthority, CasError> {
    let kept = kept_authority(at, &record.identifier)?;
    let (chain, certificate) = (&kept.chain, kept.chain.leaf());
    let above = if chain.above().is_empty() { slice::from_ref(certificate) } else { chain.above() };
    let (issued, total) = (issued_count(at.rows, &record.identifier)?, at.config.leaves_of_a_ca);
    Ok(DescribedAuthority {
        facts: facts(certificate),
        after_date: milliseconds(certificate.validity().not_after()),
        before_date: milliseconds(certificate.validity().not_before()),
        ca_cert_chain: pems(above),
        cert_issued_count: issued,
        cert_remaining_count: total.saturating_sub(issued).max(0),
        cert_total_count: total,
        certificate_type: kind_of(record).to_owned(),
        crl_url: published_crl(at, record)?,
        full_algorithm: full_algorithm(at.config, certificate),
        issuer_type: holder(&kept).to_owned(),
        x509_certificate: certificate.to_pem(),
        record: record.clone(),
    })
}

/// Where keys are.
const LOCAL: &str = "local";
const EXTERNAL: &str = "external";

const ROOT: &str = "ROOT";
const SUB_ROOT: &str = "SUB_ROOT";

pub(super) fn kind_of(record: &AuthorityRecord) -> &'static str {
    if record.parent_identifier.is_some() { SUB_ROOT } else { ROOT }
}
