//! Orders by the create operations.

use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::groups::Applicant;
use super::super::parameters::tags::TagParameter;
use super::super::session::{Named, Run, Session};
use super::application::{Application, apply};

structures! {
    /// Orders a certificate for a domain; key and CSR are generated here. It uses one of the product's
    /// quota. The answer is the order's number.
    ///
    /// # Errors
    /// `NotFoundPackage` where no package was bought, `NotRemainCount` where all is used;
    /// `MissingParameter`, `InvalidParameter` and `DataTooLongException` for values out of bounds;
    /// `CreateCertificateRequestFailed` when the key cannot be made; `Error` when the store fails
    /// or may not keep a private key.
    CreateCertificateRequest {
        /// Who orders, and how control is shown.
        applicant as ..: Applicant,
        /// The domain, exactly one: a wildcard such as `*.example.com` if, and only if, the product
        /// is for wildcards.
        domain: String,
        /// Tags, at most 20.
        tags: Vec<TagParameter>,
    }

    /// Orders a certificate for a CSR, whose common name is the domain. It uses one of the product's
    /// quota. The answer is the order's number.
    ///
    /// # Errors
    /// As [`CreateCertificateRequest`], and `CertificateFormatException` for a CSR that does not parse
    /// or whose signature is wrong.
    CreateCertificateWithCsrRequest {
        /// The CSR in PEM: RSA of 2048 bits or more, or ECC; its common name is the domain.
        csr: String,
        /// Who orders, and how control is shown.
        applicant as ..: Applicant,
    }

    /// Orders one certificate for up to five domains, for a CSR or for a key that is generated here.
    /// It uses one of the product's quota. The answer is the order's number.
    ///
    /// # Errors
    /// As [`CreateCertificateWithCsrRequest`].
    CreateCertificateForPackageRequest {
        /// Who orders, and how control is shown.
        applicant as ..: Applicant,
        /// The applicant's company. It is kept with the order, and not in the certificate, which
        /// asserts the domains only.
        company_name: Option<String>,
        /// The domains, at most 5, separated by commas: all wildcards if the product is for
        /// wildcards, else none. Without it, the CSR's common name.
        domain: Option<String>,
        /// The CSR in PEM: RSA of 2048 bits or more, or ECC; its common name is one of the domains.
        /// Without it, one is generated.
        csr: Option<String>,
        /// Tags, at most 20.
        tags: Vec<TagParameter>,
    }
}

/// What the operations that order are answered.
pub(super) const ORDER_ID: Option<(&str, &str)> = Some(("OrderId", "The order's number."));

impl Run for CreateCertificateRequest {
    type Answer = i64;

    const ANSWER: Named = ORDER_ID;

    fn run(&self, at: &Session<'_>) -> Result<i64, CasError> {
        let application = Application {
            applicant: &self.applicant,
            company_name: None,
            domain: Some(&self.domain),
            most_domains: 1,
            csr: None,
            tags: &self.tags,
            renews: None,
        };
        apply(at, &application)
    }
}

impl Run for CreateCertificateWithCsrRequest {
    type Answer = i64;

    const ANSWER: Named = ORDER_ID;

    fn run(&self, at: &Session<'_>) -> Result<i64, CasError> {
        let application = Application {
            applicant: &self.applicant,
            company_name: None,
            domain: None,
            most_domains: 1,
            csr: Some(&self.csr),
            tags: &[],
            renews: None,
        };
        apply(at, &application)
    }
}

impl Run for CreateCertificateForPackageRequest {
    type Answer = i64;

    const ANSWER: Named = ORDER_ID;

    fn run(&self, at: &Session<'_>) -> Result<i64, CasError> {
        let application = Application {
            applicant: &self.applicant,
            company_name: self.company_name.as_deref(),
            domain: self.domain.as_deref(),
            most_domains: at.config.order_domains,
            csr: self.csr.as_deref(),
            tags: &self.tags,
            renews: None,
        };
        apply(at, &application)
    }
}
