//! Section 4: client certificates.

use super::Cas;
use super::client_structures::{
    CreateClientCertificateRequest, CreateClientCertificateResponse,
    CreateClientCertificateWithCsrRequest, CreateClientCertificateWithCsrResponse,
};
use super::csr::read_csr;
use super::error::{CasError, ErrorKind};
use super::issue::{IssuedLeaf, Leaf, immediately};
use super::names::names;
use super::records::CLIENT;
use super::subject::{self, Fields, given_fields};
use super::validity::asked_validity;
use crate::issuer::Issuer;
use crate::name::AltName;
use crate::profile::Profile;
use crate::request::CertificateRequest;

impl Cas {
    /// Issues a client certificate for a key that is generated here and kept sealed (section 4).
    ///
    /// # Errors
    /// As [`Cas::create_client_certificate_with_csr`]; `Error` when the store may not keep a private
    /// key.
    pub fn create_client_certificate(
        &self,
        request: &CreateClientCertificateRequest,
    ) -> Result<CreateClientCertificateResponse, CasError> {
        self.operate(|request_id| {
            let now = self.now()?;
            let shown = immediately(request.immediately)?;
            let parent = self.leaf_parent(&request.parent_identifier, now)?;
            let algorithm = self.leaf_algorithm(request.algorithm.as_deref(), &parent)?;
            let asked = asked_validity!(request);
            let validity = self.leaf_validity(asked, &parent, now)?;
            let given = given_fields!(request, request.common_name.clone());
            let fields = self.leaf_fields(given, None, self.client_defaults(&parent.issuer))?;
            let subject = fields.name(&subject::LEAF)?;
            let alt_names = client_names(request.san_type, request.san_value.as_deref())?;
            let enable_crl = self.check_enable_crl(request.enable_crl, &parent)?;
            self.check_keys_can_be_kept()?;
            let key = self.generate(algorithm)?;
            let csr = CertificateRequest::builder(subject.clone()).sign(&key)?;
            let leaf = Leaf {
                parent: &parent,
                request: &csr,
                key: Some(&key),
                kind: CLIENT,
                profile: Profile::tls_client(),
                subject,
                alt_names,
                validity,
                enable_crl,
                serial: None,
                custom_identifier: request.custom_identifier.as_deref(),
                alias_name: request.alias_name.as_deref(),
                tags: &request.tags,
                writes: Vec::new(),
            };
            let issued = self.issue_leaf(leaf, now)?;
            let (x509_certificate, certificate_chain) = shown(&issued);
            Ok(CreateClientCertificateResponse {
                x509_certificate,
                certificate_chain,
                identifier: issued.identifier.to_string(),
                serial_number: issued.certificate.serial().to_string(),
                request_id,
            })
        })
    }

    /// Issues a client certificate for a CSR (section 4).
    ///
    /// # Errors
    /// `MissingParameter` for the rule on Days, BeforeTime and AfterTime, and for one of SanType and
    /// SanValue without the other; `InvalidParameter` for values out of bounds, another family than
    /// the issuer's, a root as issuer and an end after the issuer's; `CertificateFormatException` for
    /// a CSR that does not parse or whose signature is wrong; `NotFound` for the issuer,
    /// `InvalidStatus.UpdateProtection` when it is revoked, `CertificateExpired` when it is over;
    /// `ParamRepeat` for a CustomIdentifier that is taken.
    pub fn create_client_certificate_with_csr(
        &self,
        request: &CreateClientCertificateWithCsrRequest,
    ) -> Result<CreateClientCertificateWithCsrResponse, CasError> {
        self.operate(|request_id| {
            let now = self.now()?;
            let shown = immediately(request.immediately)?;
            let csr = read_csr(&request.csr)?;
            let parent = self.leaf_parent(&request.parent_identifier, now)?;
            self.check_csr_key(&csr, request.algorithm.as_deref(), &parent)?;
            let asked = asked_validity!(request);
            let validity = self.leaf_validity(asked, &parent, now)?;
            let given = given_fields!(request, request.common_name.clone());
            let defaults = self.client_defaults(&parent.issuer);
            let fields = self.leaf_fields(given, Some(&csr), defaults)?;
            let leaf = Leaf {
                parent: &parent,
                request: &csr,
                key: None,
                kind: CLIENT,
                profile: Profile::tls_client(),
                subject: fields.name(&subject::LEAF)?,
                alt_names: client_names(request.san_type, request.san_value.as_deref())?,
                validity,
                enable_crl: self.check_enable_crl(request.enable_crl, &parent)?,
                serial: None,
                custom_identifier: request.custom_identifier.as_deref(),
                alias_name: request.alias_name.as_deref(),
                tags: &request.tags,
                writes: Vec::new(),
            };
            let issued = self.issue_leaf(leaf, now)?;
            let (x509_certificate, certificate_chain) = shown(&issued);
            let IssuedLeaf { certificate, identifier, chain: _, outcome } = issued;
            Ok(CreateClientCertificateWithCsrResponse {
                x509_certificate,
                certificate_chain,
                identifier: identifier.to_string(),
                serial_number: certificate.serial().to_string(),
                request_id,
                outcome,
            })
        })
    }

    /// The defaults of a client leaf: organization, department and country of the service, province
    /// and city of the issuer.
    fn client_defaults(&self, issuer: &Issuer) -> Fields {
        let above = Fields::of_issuer(issuer.certificate().subject());
        Fields {
            country: Some(self.config.client_country.clone()),
            state: above.state,
            locality: above.locality,
            organization: Some(self.config.organization.clone()),
            organization_unit: Some(self.config.organization_unit.clone()),
            common_name: None,
        }
    }
}

/// The alternative names of a client leaf: SanType says what they are.
fn client_names(san_type: Option<i64>, san_value: Option<&str>) -> Result<Vec<AltName>, CasError> {
    let missing = |message: &str| Err(CasError::new(ErrorKind::MissingParameter, message));
    match (san_type, san_value) {
        (None, None) => Ok(Vec::new()),
        (Some(_), None) => missing("SanValue: missing beside SanType"),
        (None, Some(_)) => missing("SanType: missing beside SanValue"),
        (Some(1), list) => names("SanValue", list, AltName::email),
        (Some(6), list) => names("SanValue", list, AltName::uri),
        (Some(other), _) => {
            Err(CasError::invalid("SanType", other, "1 for e-mail addresses, 6 for URIs"))
        }
    }
}
