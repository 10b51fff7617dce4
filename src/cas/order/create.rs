//! Orders by the create operations.

use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::groups::Applicant;
use super::super::parameters::tags::TagParameter;
use super::super::session::{Named, Run, Session};
use super::application::{CreateCertificateForPackageRequest as Application, ORDER_ID, apply};

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
        /// Tags, at most 20.
        tags: Vec<TagParameter>,
    }
}

impl Run for CreateCertificateRequest {
    type Answer = i64;

    const ANSWER: Named = ORDER_ID;

    fn run(&self, at: &Session<'_>) -> Result<i64, CasError> {
        let Self { applicant, domain, tags } = self;
        let application = Application {
            applicant: applicant.clone(),
            domain: Some(domain.clone()),
            tags: tags.clone(),
            ..Default::default()
        };
        apply(at, &application, 1, None)
    }
}

impl Run for CreateCertificateWithCsrRequest {
    type Answer = i64;

    const ANSWER: Named = ORDER_ID;

    fn run(&self, at: &Session<'_>) -> Result<i64, CasError> {
        let Self { csr, applicant, tags } = self;
        let (applicant, csr, tags) = (applicant.clone(), Some(csr.clone()), tags.clone());
        apply(at, &Application { applicant, csr, tags, ..Default::default() }, 1, None)
    }
}
