//! Section 4: server certificates.

use super::Cas;
use super::config::CommonNameRule;
use super::csr::read_csr;
use super::error::{CasError, ErrorKind};
use super::issue::{IssuedLeaf, Leaf, immediately};
use super::names::domains;
use super::records::SERVER;
use super::structures::structures;
use super::subject::{self, Fields, given_fields};
use super::types::{Outcome, TagParameter};
use super::validity::asked_validity;
use crate::issuer::Issuer;
use crate::name::AltName;
use crate::profile::{AltNames, Profile};
use crate::request::CertificateRequest;

structures! {
    /// What CreateServerCertificateWithCsr takes (seed page CreateServerCertificateWithCsr).
    CreateServerCertificateWithCsrRequest {
        /// The CSR in PEM. It contributes its key and its common name; what else it asks for is left
        /// out.
        csr: String,
        /// Further domain names and IP addresses, separated by commas.
        domain: Option<String>,
        /// The organization; Alibaba Inc.
        organization: Option<String>,
        /// The department; Aliyun CDN.
        organization_unit: Option<String>,
        /// The country, two letters; the issuer's.
        country: Option<String>,
        /// The common name, where the CSR has none.
        common_name: Option<String>,
        /// The province; the issuer's.
        state: Option<String>,
        /// The city; the issuer's.
        locality: Option<String>,
        /// The key of the CSR, such as `ECC_256`: of the issuer's family. Another than the CSR's is
        /// refused.
        algorithm: Option<String>,
        /// The identifier of the issuing intermediate CA.
        parent_identifier: String,
        /// Years of validity, where `ValidityRule::Lenient` takes them.
        years: Option<i64>,
        /// Months of validity, where `ValidityRule::Lenient` takes them.
        months: Option<i64>,
        /// Days of validity from now on. At least one of Days, BeforeTime and AfterTime is needed;
        /// Days goes before the others.
        days: Option<i64>,
        /// notBefore in UNIX seconds; only with AfterTime.
        before_time: Option<i64>,
        /// notAfter in UNIX seconds; only with BeforeTime. Not after the issuer's.
        after_time: Option<i64>,
        /// 0 answers no certificate, 1 the certificate, 2 the certificate and its chain; 0.
        immediately: Option<i64>,
        /// 1 points to the issuer's CRL; 0.
        enable_crl: Option<i64>,
        /// An identifier of the caller's own, that no other certificate has.
        custom_identifier: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// What CreateServerCertificateWithCsr answers (seed page CreateServerCertificateWithCsr).
    CreateServerCertificateWithCsrResponse {
        /// The certificate in PEM, if it was asked for.
        x509_certificate: Option<String>,
        /// The certificates above, the issuer's first, if they were asked for.
        certificate_chain: Option<String>,
        /// The certificate's identifier.
        identifier: String,
        /// Its serial number in hexadecimal.
        serial_number: String,
        /// The request's identifier.
        request_id: String,
        /// What became of each item of the CSR; not sent.
        outcome: Outcome,
    }

    /// What CreateServerCertificate takes (section 4).
    CreateServerCertificateRequest {
        /// Further domain names and IP addresses, separated by commas.
        domain: Option<String>,
        /// The organization; Alibaba Inc.
        organization: Option<String>,
        /// The department; Aliyun CDN.
        organization_unit: Option<String>,
        /// The country, two letters; the issuer's.
        country: Option<String>,
        /// The common name.
        common_name: String,
        /// The province; the issuer's.
        state: Option<String>,
        /// The city; the issuer's.
        locality: Option<String>,
        /// The key, such as `ECC_256`: of the issuer's family.
        algorithm: String,
        /// The identifier of the issuing intermediate CA.
        parent_identifier: String,
        /// Years of validity, where `ValidityRule::Lenient` takes them.
        years: Option<i64>,
        /// Months of validity, where `ValidityRule::Lenient` takes them.
        months: Option<i64>,
        /// Days of validity from now on.
        days: Option<i64>,
        /// notBefore in UNIX seconds; only with AfterTime.
        before_time: Option<i64>,
        /// notAfter in UNIX seconds; only with BeforeTime.
        after_time: Option<i64>,
        /// 0 answers no certificate, 1 the certificate, 2 the certificate and its chain; 0.
        immediately: Option<i64>,
        /// 1 points to the issuer's CRL; 0.
        enable_crl: Option<i64>,
        /// An identifier of the caller's own, that no other certificate has.
        custom_identifier: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// What CreateServerCertificate answers (section 4).
    CreateServerCertificateResponse {
        /// The certificate in PEM, if it was asked for.
        x509_certificate: Option<String>,
        /// The certificates above, the issuer's first, if they were asked for.
        certificate_chain: Option<String>,
        /// The certificate's identifier.
        identifier: String,
        /// Its serial number in hexadecimal.
        serial_number: String,
        /// The request's identifier.
        request_id: String,
    }
}

impl Cas {
    /// Issues a server certificate for a CSR (seed page CreateServerCertificateWithCsr).
    ///
    /// # Errors
    /// `MissingParameter` for the rule on Days, BeforeTime and AfterTime; `InvalidParameter` for
    /// values out of bounds, another family than the issuer's, a root as issuer and an end after the
    /// issuer's; `CertificateFormatException` for a CSR that does not parse or whose signature is
    /// wrong; `NotFound` for the issuer, `InvalidStatus.UpdateProtection` when it is revoked,
    /// `CertificateExpired` when it is over; `ParamRepeat` for a CustomIdentifier that is taken.
    pub fn create_server_certificate_with_csr(
        &self,
        request: &CreateServerCertificateWithCsrRequest,
    ) -> Result<CreateServerCertificateWithCsrResponse, CasError> {
        self.operate(|request_id| {
            let now = self.now()?;
            let shown = immediately(request.immediately)?;
            let csr = read_csr(&request.csr)?;
            let parent = self.leaf_parent(&request.parent_identifier, now)?;
            self.check_csr_key(&csr, request.algorithm.as_deref(), &parent)?;
            let validity = self.leaf_validity(asked_validity!(request), &parent, now)?;
            let given = given_fields!(request, request.common_name.clone());
            let defaults = self.server_defaults(&parent.issuer);
            let fields = self.leaf_fields(given, Some(&csr), defaults)?;
            let subject = fields.clone().name(&subject::LEAF)?;
            let alt_names = self.server_names(request.domain.as_deref(), &fields)?;
            let leaf = Leaf {
                parent: &parent,
                request: &csr,
                key: None,
                kind: SERVER,
                profile: server_profile(),
                subject,
                alt_names,
                validity,
                enable_crl: self.check_enable_crl(request.enable_crl, &parent)?,
                serial: None,
                custom_identifier: request.custom_identifier.as_deref(),
                alias_name: None,
                tags: &request.tags,
                writes: Vec::new(),
            };
            let issued = self.issue_leaf(leaf, now)?;
            let (x509_certificate, certificate_chain) = shown(&issued);
            let IssuedLeaf { certificate, identifier, chain: _, outcome } = issued;
            Ok(CreateServerCertificateWithCsrResponse {
                x509_certificate,
                certificate_chain,
                identifier: identifier.to_string(),
                serial_number: certificate.serial().to_string(),
                request_id,
                outcome,
            })
        })
    }

    /// Issues a server certificate for a key that is generated here and kept sealed (section 4).
    ///
    /// # Errors
    /// As [`Cas::create_server_certificate_with_csr`]; `Error` when the store may not keep a private
    /// key.
    pub fn create_server_certificate(
        &self,
        request: &CreateServerCertificateRequest,
    ) -> Result<CreateServerCertificateResponse, CasError> {
        self.operate(|request_id| {
            let now = self.now()?;
            let shown = immediately(request.immediately)?;
            let parent = self.leaf_parent(&request.parent_identifier, now)?;
            let algorithm = self.leaf_algorithm(Some(&request.algorithm), &parent)?;
            let validity = self.leaf_validity(asked_validity!(request), &parent, now)?;
            let given = given_fields!(request, Some(request.common_name.clone()));
            let fields = self.leaf_fields(given, None, self.server_defaults(&parent.issuer))?;
            let subject = fields.clone().name(&subject::LEAF)?;
            let alt_names = self.server_names(request.domain.as_deref(), &fields)?;
            let enable_crl = self.check_enable_crl(request.enable_crl, &parent)?;
            self.check_keys_can_be_kept()?;
            let key = self.generate(algorithm)?;
            let csr = CertificateRequest::builder(subject.clone()).sign(&key)?;
            let leaf = Leaf {
                parent: &parent,
                request: &csr,
                key: Some(&key),
                kind: SERVER,
                profile: server_profile(),
                subject,
                alt_names,
                validity,
                enable_crl,
                serial: None,
                custom_identifier: request.custom_identifier.as_deref(),
                alias_name: None,
                tags: &request.tags,
                writes: Vec::new(),
            };
            let issued = self.issue_leaf(leaf, now)?;
            let (x509_certificate, certificate_chain) = shown(&issued);
            Ok(CreateServerCertificateResponse {
                x509_certificate,
                certificate_chain,
                identifier: issued.identifier.to_string(),
                serial_number: issued.certificate.serial().to_string(),
                request_id,
            })
        })
    }

    /// The defaults of a server leaf: organization and department of the service, province, city and
    /// country of the issuer.
    fn server_defaults(&self, issuer: &Issuer) -> Fields {
        let above = Fields::of_issuer(issuer.certificate().subject());
        Fields {
            country: above.country,
            state: above.state,
            locality: above.locality,
            organization: Some(self.config.organization.clone()),
            organization_unit: Some(self.config.organization_unit.clone()),
            common_name: None,
        }
    }

    /// The alternative names of a server leaf: its common name, where that is one, and `Domain`.
    fn server_names(
        &self,
        domain: Option<&str>,
        fields: &Fields,
    ) -> Result<Vec<AltName>, CasError> {
        let mut names = domains("Domain", domain)?;
        let common_name = fields.common_name.as_deref().map(str::parse::<AltName>);
        if let Some(Ok(name)) = common_name
            && self.config.common_name == CommonNameRule::AlsoAltName
            && !names.contains(&name)
        {
            names.insert(0, name);
        }
        require_host("Domain", &names, fields.common_name.as_deref())?;
        Ok(names)
    }
}

/// A server certificate names a host, or no client could find it for any. The common name counts,
/// though most clients no longer look at it (RFC 9525 section 2): where it is not written as an
/// alternative name too, that was chosen.
pub(super) fn require_host(
    parameter: &str,
    names: &[AltName],
    common_name: Option<&str>,
) -> Result<(), CasError> {
    if !names.is_empty() || common_name.is_some_and(|name| name.parse::<AltName>().is_ok()) {
        return Ok(());
    }
    let message = format!(
        "{parameter}: missing, and the common name is no domain name or IP address either; a server \
         certificate needs one"
    );
    Err(CasError::new(ErrorKind::MissingParameter, message))
}

/// TLS servers; the common name need not be an alternative name, if that is the rule.
pub(super) fn server_profile() -> Profile {
    Profile::tls_server().with_alt_names(AltNames::Optional)
}
