//! Section 3: what is known of CAs.

use super::Cas;
use super::error::CasError;
use super::page::page;
use super::records::{AuthorityDocument, REVOKE, identifier};
use super::structures::structures;
use super::subject::Fields;
use super::types::{TagParameter, copied};
use crate::certificate::Certificate;
use crate::error::quoted;
use crate::hexadecimal::hexadecimal;
use crate::key::{fingerprint, md5_fingerprint};
use crate::name::{AttributeType, Name};

structures! {
    /// What DescribeCACertificate takes (section 3).
    DescribeCACertificateRequest {
        /// The CA's identifier.
        identifier: String,
    }

    /// What DescribeCACertificate answers (section 3).
    DescribeCACertificateResponse {
        /// The CA.
        certificate: DescribedAuthority,
        /// The request's identifier.
        request_id: String,
    }

    /// What DescribeCACertificateList takes (section 3).
    DescribeCACertificateListRequest {
        /// The page, from 1 on.
        current_page: Option<i64>,
        /// Items of a page; 20.
        show_size: Option<i64>,
        /// Only those of this kind: ROOT or SUB_ROOT.
        certificate_type: Option<String>,
        /// Only the intermediates below this CA.
        parent_identifier: Option<String>,
        /// Only those of this status: ISSUE or REVOKE.
        status: Option<String>,
        /// Only those with this text in their common name or organization.
        key_word: Option<String>,
    }

    /// What DescribeCACertificateList answers (section 3).
    DescribeCACertificateListResponse {
        /// The CAs, the earliest first.
        certificate_list: Vec<DescribedAuthority>,
        /// The page.
        current_page: i64,
        /// How many pages there are.
        page_count: i64,
        /// Items of a page.
        show_size: i64,
        /// How many there are.
        total_count: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// What DescribeCACertificateCount takes (section 3).
    DescribeCACertificateCountRequest {
    }

    /// What DescribeCACertificateCount answers (section 3).
    DescribeCACertificateCountResponse {
        /// How many CAs there are, of every kind and status.
        total_count: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// A CA (section 3).
    DescribedAuthority {
        /// notAfter, in milliseconds since 1970.
        after_date: i64,
        /// RSA, ECC or SM2.
        algorithm: String,
        /// notBefore, in milliseconds since 1970.
        before_date: i64,
        /// The certificates above, its issuer's first; of a root, the root.
        ca_cert_chain: String,
        /// How many leaves it issued.
        cert_issued_count: i64,
        /// The longest leaf it may issue, in days.
        cert_max_time: Option<i64>,
        /// ROOT or SUB_ROOT.
        certificate_type: String,
        /// The common name.
        common_name: Option<String>,
        /// The country.
        country_code: Option<String>,
        /// Days until its next CRL.
        crl_day: i64,
        /// Whether it has CRLs.
        crl_status: bool,
        /// Where its CRL is published.
        crl_url: Option<String>,
        /// The value of `Algorithm`, such as `ECC_256`.
        full_algorithm: String,
        /// Its identifier.
        identifier: String,
        /// Where its key is: local.
        issuer_type: String,
        /// Bits.
        key_size: i64,
        /// The city.
        locality: Option<String>,
        /// The MD5 of the certificate, in hexadecimal. For comparing with lists of old; it proves
        /// nothing.
        md5: String,
        /// The organization.
        organization: Option<String>,
        /// The department.
        organization_unit: Option<String>,
        /// The identifier of the CA above.
        parent_identifier: Option<String>,
        /// The serial number in hexadecimal.
        serial_number: String,
        /// The SHA-256 of the certificate, in hexadecimal.
        sha2: String,
        /// How the certificate is signed, such as SHA256WITHECDSA.
        sign_algorithm: String,
        /// The province.
        state: Option<String>,
        /// ISSUE or REVOKE.
        status: String,
        /// The subject: `C=,O=,OU=,L=,ST=,CN=`, without what it does not have.
        subject_dn as "SubjectDN": String,
        /// Its tags.
        tags: Vec<TagParameter>,
        /// The certificate in PEM.
        x509_certificate: String,
        /// The years that were asked for.
        years: i64,
    }
}

impl Cas {
    /// Describes a CA (section 3).
    ///
    /// # Errors
    /// `NotFound`.
    pub fn describe_ca_certificate(
        &self,
        request: &DescribeCACertificateRequest,
    ) -> Result<DescribeCACertificateResponse, CasError> {
        self.operate(|request_id| {
            let unknown = || {
                let what = format!("CA {}", quoted(&request.identifier));
                CasError::not_found("Identifier", what)
            };
            let kept = self.authority_document(&request.identifier)?.ok_or_else(unknown)?;
            Ok(DescribeCACertificateResponse {
                certificate: self.described(&kept.document)?,
                request_id,
            })
        })
    }

    /// Lists CAs, the earliest first (section 3).
    ///
    /// # Errors
    /// `InvalidParameter` for a page or a filter out of bounds.
    pub fn describe_ca_certificate_list(
        &self,
        request: &DescribeCACertificateListRequest,
    ) -> Result<DescribeCACertificateListResponse, CasError> {
        self.operate(|request_id| {
            one_of("CertificateType", &request.certificate_type, &[ROOT, SUB_ROOT])?;
            one_of("Status", &request.status, &[super::records::ISSUE, REVOKE])?;
            let mut wanted = Vec::new();
            for document in self.authority_documents()? {
                if request.certificate_type.as_deref().is_none_or(|kind| kind == kind_of(&document))
                    && request.status.as_ref().is_none_or(|status| *status == document.status)
                    && request
                        .parent_identifier
                        .as_ref()
                        .is_none_or(|parent| document.parent_identifier.as_ref() == Some(parent))
                    && self.has_word(&document, request.key_word.as_deref())?
                {
                    wanted.push(document);
                }
            }
            let (documents, page) = page(
                wanted,
                request.current_page,
                request.show_size,
                self.config.page_sizes.1,
                &self.config,
            )?;
            let described: Result<Vec<DescribedAuthority>, CasError> =
                documents.iter().map(|document| self.described(document)).collect();
            Ok(DescribeCACertificateListResponse {
                certificate_list: described?,
                current_page: page.current,
                page_count: page.count(),
                show_size: page.size,
                total_count: page.total,
                request_id,
            })
        })
    }

    /// Counts CAs (section 3).
    ///
    /// # Errors
    /// `Error` when the store fails.
    pub fn describe_ca_certificate_count(
        &self,
        _request: &DescribeCACertificateCountRequest,
    ) -> Result<DescribeCACertificateCountResponse, CasError> {
        self.operate(|request_id| {
            let count = self.authority_documents()?.len();
            let total_count = i64::try_from(count).unwrap_or(i64::MAX);
            Ok(DescribeCACertificateCountResponse { total_count, request_id })
        })
    }

    /// The certificates of a CA: its own, then those above.
    pub(super) fn authority_chain(&self, text: &str) -> Result<Vec<Certificate>, CasError> {
        let identifier = identifier("Identifier", text)?;
        let kept = self.ledger.issuer(&identifier)?;
        let kept = kept.ok_or_else(|| CasError::not_found("Identifier", format!("CA {text}")))?;
        Ok(kept.chain.certificates().cloned().collect())
    }

    fn has_word(&self, document: &AuthorityDocument, word: Option<&str>) -> Result<bool, CasError> {
        let Some(word) = word else { return Ok(true) };
        let chain = self.authority_chain(&document.identifier)?;
        let kinds = [AttributeType::COMMON_NAME, AttributeType::ORGANIZATION];
        Ok(chain.first().is_some_and(|certificate| {
            let mut values = kinds.into_iter().filter_map(|kind| certificate.subject().value(kind));
            values.any(|value| value.contains(word))
        }))
    }

    fn described(&self, document: &AuthorityDocument) -> Result<DescribedAuthority, CasError> {
        let chain = self.authority_chain(&document.identifier)?;
        let unknown = || CasError::not_found("Identifier", format!("CA {}", document.identifier));
        let (certificate, above) = chain.split_first().ok_or_else(unknown)?;
        let above = if above.is_empty() { chain.as_slice() } else { above };
        let subject = certificate.subject();
        let fields = Fields::of(subject);
        let (family, bits) = key_of(certificate);
        let crl_url = match &self.config.crl_base_url {
            Some(_) if document.enable_crl => {
                let identifier = identifier("Identifier", &document.identifier)?;
                Some(self.crl_url("EnableCrl", &identifier)?)
            }
            _ => None,
        };
        Ok(DescribedAuthority {
            after_date: milliseconds(certificate.validity().not_after().unix()),
            algorithm: family,
            before_date: milliseconds(certificate.validity().not_before().unix()),
            ca_cert_chain: above.iter().map(Certificate::to_pem).collect(),
            cert_issued_count: self.issued_count(&document.identifier)?,
            cert_max_time: document.cert_max_time,
            certificate_type: kind_of(document).to_owned(),
            common_name: fields.common_name,
            country_code: fields.country,
            crl_day: document.crl_day,
            crl_status: document.enable_crl,
            crl_url,
            full_algorithm: certificate.public_key_info().to_string(),
            identifier: document.identifier.clone(),
            issuer_type: "local".to_owned(),
            key_size: bits,
            locality: fields.locality,
            md5: hexadecimal(&md5_fingerprint(certificate.as_der())),
            organization: fields.organization,
            organization_unit: fields.organization_unit,
            parent_identifier: document.parent_identifier.clone(),
            serial_number: certificate.serial().to_string(),
            sha2: hexadecimal(&fingerprint(certificate.as_der())),
            sign_algorithm: sign_algorithm(certificate),
            state: fields.state,
            status: document.status.clone(),
            subject_dn: subject_dn(subject),
            tags: copied(&document.tags),
            x509_certificate: certificate.to_pem(),
            years: document.years,
        })
    }
}

pub(super) const ROOT: &str = "ROOT";
pub(super) const SUB_ROOT: &str = "SUB_ROOT";

fn kind_of(document: &AuthorityDocument) -> &'static str {
    if document.parent_identifier.is_some() { SUB_ROOT } else { ROOT }
}

/// A filter whose values are known.
pub(super) fn one_of(name: &str, given: &Option<String>, allowed: &[&str]) -> Result<(), CasError> {
    match given {
        Some(given) if !allowed.contains(&given.as_str()) => {
            Err(CasError::invalid(name, quoted(given), allowed.join(" or ")))
        }
        _ => Ok(()),
    }
}

/// The service's dates are milliseconds.
pub(super) fn milliseconds(seconds: i64) -> i64 {
    seconds.saturating_mul(1_000)
}

/// The family of a certificate's key and its size in bits.
pub(super) fn key_of(certificate: &Certificate) -> (String, i64) {
    match certificate.public_key().map(|key| key.algorithm()) {
        Ok(algorithm) => (algorithm.family().to_string(), i64::from(algorithm.bits())),
        Err(_) => (certificate.public_key_info().to_string(), 0),
    }
}

/// How a certificate is signed, as the service says it.
pub(super) fn sign_algorithm(certificate: &Certificate) -> String {
    use crate::algorithm::SignatureAlgorithm as Algorithm;
    match certificate.signature_algorithm() {
        Ok(Algorithm::EcdsaSha256) => "SHA256WITHECDSA",
        Ok(Algorithm::EcdsaSha384) => "SHA384WITHECDSA",
        Ok(Algorithm::EcdsaSha512) => "SHA512WITHECDSA",
        Ok(Algorithm::RsaSha256) => "SHA256WITHRSA",
        Ok(Algorithm::RsaSha384) => "SHA384WITHRSA",
        Ok(Algorithm::RsaSha512) => "SHA512WITHRSA",
        Ok(Algorithm::Sm2Sm3) => "SM3WITHSM2",
        Err(_) => return certificate.signature_identifier().to_string(),
    }
    .to_owned()
}

/// A subject as `C=,O=,OU=,L=,ST=,CN=`, values as they are in RFC 4514.
pub(super) fn subject_dn(subject: &Name) -> String {
    let kinds = [
        AttributeType::COUNTRY,
        AttributeType::ORGANIZATION,
        AttributeType::ORGANIZATIONAL_UNIT,
        AttributeType::LOCALITY,
        AttributeType::STATE_OR_PROVINCE,
        AttributeType::COMMON_NAME,
    ];
    let shown: Vec<String> = kinds
        .into_iter()
        .flat_map(|kind| subject.attributes().filter(move |attribute| attribute.kind() == kind))
        .map(ToString::to_string)
        .collect();
    shown.join(",")
}
