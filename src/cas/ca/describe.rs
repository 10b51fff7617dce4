//! What is known of CAs.

use std::slice;

use super::super::described::{facts, milliseconds, pems};
use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::groups::CertificateFacts;
use super::super::parameters::list::{List, Listed, PageAsked, count, one_of};
use super::super::session::{Named, Run, Session};
use super::super::shelf::records::{
    AuthorityDocument, AuthorityRecord, ISSUE, REVOKE, authority_document, authority_documents,
    identifier, issued_count,
};
use super::parent::published_crl;
use crate::Certificate;
use crate::error::quoted;
use crate::ledger::IssuerRecord;
use crate::name::AttributeType;

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
        /// Only those of this kind: ROOT or SUB_ROOT.
        certificate_type: Option<String>,
        /// Only the intermediates below this CA.
        parent_identifier: Option<String>,
        /// Only those of this status: ISSUE or REVOKE.
        status: Option<String>,
        /// Only those with this text in their common name or organization.
        key_word: Option<String>,
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
        /// ROOT or SUB_ROOT.
        certificate_type: String,
        /// Where its CRL is published.
        crl_url: Option<String>,
        /// The value of `Algorithm`, such as `ECC_256`.
        full_algorithm: String,
        /// Where its key is: local.
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
        let Self { page, certificate_type, parent_identifier, status, key_word } = self;
        one_of("CertificateType", certificate_type, &[ROOT, SUB_ROOT])?;
        one_of("Status", status, &[ISSUE, REVOKE])?;
        let mut wanted = Vec::new();
        for AuthorityDocument { record, .. } in authority_documents(at.rows)? {
            let above = &record.parent_identifier;
            if certificate_type.as_deref().is_none_or(|kind| kind == kind_of(&record))
                && status.as_ref().is_none_or(|status| *status == record.status)
                && parent_identifier.as_ref().is_none_or(|parent| above.as_ref() == Some(parent))
                && has_word(at, &record, key_word.as_deref())?
            {
                wanted.push(record);
            }
        }
        List::page(&wanted, *page, at.config, |record| described(at, record).map(Some))
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

fn has_word(
    at: &Session<'_>,
    record: &AuthorityRecord,
    word: Option<&str>,
) -> Result<bool, CasError> {
    let Some(word) = word else { return Ok(true) };
    let chain = kept_authority(at, &record.identifier)?.chain;
    let kinds = [AttributeType::COMMON_NAME, AttributeType::ORGANIZATION];
    let mut values = kinds.into_iter().filter_map(|kind| chain.leaf().subject().value(kind));
    Ok(values.any(|value| value.contains(word)))
}

fn described(at: &Session<'_>, record: &AuthorityRecord) -> Result<DescribedAuthority, CasError> {
    let chain = kept_authority(at, &record.identifier)?.chain;
    let certificate = chain.leaf();
    let above = if chain.above().is_empty() { slice::from_ref(certificate) } else { chain.above() };
    Ok(DescribedAuthority {
        facts: facts(certificate),
        after_date: milliseconds(certificate.validity().not_after()),
        before_date: milliseconds(certificate.validity().not_before()),
        ca_cert_chain: pems(above),
        cert_issued_count: issued_count(at.rows, &record.identifier)?,
        certificate_type: kind_of(record).to_owned(),
        crl_url: published_crl(at, record)?,
        full_algorithm: full_algorithm(at, certificate),
        issuer_type: "local".to_owned(),
        x509_certificate: certificate.to_pem(),
        record: record.clone(),
    })
}

/// The value of `Algorithm` that means the key of a certificate.
fn full_algorithm(at: &Session<'_>, certificate: &Certificate) -> String {
    match certificate.public_key() {
        Ok(key) => at.config.name_of(key.algorithm()),
        Err(_) => certificate.public_key_info().to_string(),
    }
}

const ROOT: &str = "ROOT";
const SUB_ROOT: &str = "SUB_ROOT";

fn kind_of(record: &AuthorityRecord) -> &'static str {
    if record.parent_identifier.is_some() { SUB_ROOT } else { ROOT }
}
