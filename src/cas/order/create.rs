//! Orders by the create operations.

use std::cell::OnceCell;

use super::super::Cas;
use super::super::error::CasError;
use super::super::structures::structures;
use super::super::types::TagParameter;
use super::application::Application;

structures! {
    /// What CreateCertificateRequest takes (seed page CreateCertificateRequest).
    CreateCertificateRequestRequest {
        /// The product; digicert-free-1-free.
        product_code: Option<String>,
        /// The applicant.
        username: String,
        /// The applicant's telephone number.
        phone: String,
        /// The applicant's e-mail address.
        email: String,
        /// The domain, exactly one: a wildcard such as `*.example.com` if, and only if, the product
        /// is for wildcards.
        domain: String,
        /// How the control of the domain is shown: DNS or FILE.
        validate_type: String,
        /// Tags, at most 20.
        tags: Vec<TagParameter>,
    }

    /// What CreateCertificateRequest answers (seed page CreateCertificateRequest).
    CreateCertificateRequestResponse {
        /// The order's number.
        order_id: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// What CreateCertificateWithCsrRequest takes (seed page CreateCertificateWithCsrRequest).
    CreateCertificateWithCsrRequestRequest {
        /// The CSR in PEM: RSA of 2048 bits or more, or ECC; its common name is the domain.
        csr: String,
        /// The product; digicert-free-1-free.
        product_code: Option<String>,
        /// The applicant.
        username: String,
        /// The applicant's telephone number.
        phone: String,
        /// The applicant's e-mail address.
        email: String,
        /// How the control of the domain is shown: DNS or FILE.
        validate_type: String,
    }

    /// What CreateCertificateWithCsrRequest answers (seed page CreateCertificateWithCsrRequest).
    CreateCertificateWithCsrRequestResponse {
        /// The order's number.
        order_id: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// What CreateCertificateForPackageRequest takes (section 5).
    CreateCertificateForPackageRequestRequest {
        /// The product; digicert-free-1-free.
        product_code: Option<String>,
        /// The applicant.
        username: String,
        /// The applicant's telephone number.
        phone: String,
        /// The applicant's e-mail address.
        email: String,
        /// The applicant's company. It is kept with the order, and not in the certificate, which
        /// asserts the domains only.
        company_name: Option<String>,
        /// The domains, at most 5, separated by commas: all wildcards if the product is for
        /// wildcards, else none. Without it, the CSR's common name.
        domain: Option<String>,
        /// The CSR in PEM: RSA of 2048 bits or more, or ECC; its common name is one of the domains.
        /// Without it, one is generated.
        csr: Option<String>,
        /// How the control of the domains is shown: DNS or FILE.
        validate_type: String,
        /// Tags, at most 20.
        tags: Vec<TagParameter>,
    }

    /// What CreateCertificateForPackageRequest answers (section 5).
    CreateCertificateForPackageRequestResponse {
        /// The order's number.
        order_id: i64,
        /// The request's identifier.
        request_id: String,
    }
}

impl Cas {
    /// Orders a certificate for a domain; key and CSR are generated here (seed page
    /// CreateCertificateRequest). It uses one of the product's quota.
    ///
    /// # Errors
    /// `NotFoundPackage` where no package was bought, `NotRemainCount` where all is used;
    /// `MissingParameter`, `InvalidParameter` and `DataTooLongException` for values out of bounds;
    /// `CreateCertificateRequestFailed` when the key cannot be made; `Error` when the store fails
    /// or may not keep a private key.
    pub fn create_certificate_request(
        &self,
        request: &CreateCertificateRequestRequest,
    ) -> Result<CreateCertificateRequestResponse, CasError> {
        let key = OnceCell::new();
        self.operate(|request_id| {
            let application = Application {
                product_code: request.product_code.as_deref(),
                domain: Some(&request.domain),
                most_domains: 1,
                csr: None,
                username: &request.username,
                phone: &request.phone,
                email: &request.email,
                company_name: None,
                validate_type: &request.validate_type,
                tags: &request.tags,
                renews: None,
            };
            let order_id = self.apply(&application, &key)?;
            Ok(CreateCertificateRequestResponse { order_id, request_id })
        })
    }

    /// Orders a certificate for a CSR, whose common name is the domain (seed page
    /// CreateCertificateWithCsrRequest). It uses one of the product's quota.
    ///
    /// # Errors
    /// As [`Cas::create_certificate_request`], and `CertificateFormatException` for a CSR that does
    /// not parse or whose signature is wrong.
    pub fn create_certificate_with_csr_request(
        &self,
        request: &CreateCertificateWithCsrRequestRequest,
    ) -> Result<CreateCertificateWithCsrRequestResponse, CasError> {
        let key = OnceCell::new();
        self.operate(|request_id| {
            let application = Application {
                product_code: request.product_code.as_deref(),
                domain: None,
                most_domains: 1,
                csr: Some(&request.csr),
                username: &request.username,
                phone: &request.phone,
                email: &request.email,
                company_name: None,
                validate_type: &request.validate_type,
                tags: &[],
                renews: None,
            };
            let order_id = self.apply(&application, &key)?;
            Ok(CreateCertificateWithCsrRequestResponse { order_id, request_id })
        })
    }

    /// Orders one certificate for up to five domains, for a CSR or for a key that is generated here
    /// (section 5). It uses one of the product's quota.
    ///
    /// # Errors
    /// As [`Cas::create_certificate_with_csr_request`].
    pub fn create_certificate_for_package_request(
        &self,
        request: &CreateCertificateForPackageRequestRequest,
    ) -> Result<CreateCertificateForPackageRequestResponse, CasError> {
        let key = OnceCell::new();
        self.operate(|request_id| {
            let application = Application {
                product_code: request.product_code.as_deref(),
                domain: request.domain.as_deref(),
                most_domains: self.config.order_domains,
                csr: request.csr.as_deref(),
                username: &request.username,
                phone: &request.phone,
                email: &request.email,
                company_name: request.company_name.as_deref(),
                validate_type: &request.validate_type,
                tags: &request.tags,
                renews: None,
            };
            let order_id = self.apply(&application, &key)?;
            Ok(CreateCertificateForPackageRequestResponse { order_id, request_id })
        })
    }
}
