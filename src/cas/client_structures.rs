//! Section 4: what the operations on client certificates take and answer.

use super::structures::structures;
use super::types::{Outcome, TagParameter};

structures! {
    /// What CreateClientCertificate takes (section 4).
    CreateClientCertificateRequest {
        /// The common name: a person, a company or a program. There may be none.
        common_name: Option<String>,
        /// The organization; Alibaba Inc.
        organization: Option<String>,
        /// The department; Aliyun CDN.
        organization_unit: Option<String>,
        /// The country, two letters; CN.
        country: Option<String>,
        /// The province; the issuer's.
        state: Option<String>,
        /// The city; the issuer's.
        locality: Option<String>,
        /// The key, such as `ECC_256`: of the issuer's family; RSA_2048, ECC_256 or SM2_256.
        algorithm: Option<String>,
        /// The identifier of the issuing intermediate CA.
        parent_identifier: String,
        /// What SanValue holds: 1 e-mail addresses, 6 URIs. Only with SanValue.
        san_type: Option<i64>,
        /// Alternative names, separated by commas. Only with SanType.
        san_value: Option<String>,
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
        /// A name for people, that lists show.
        alias_name: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// What CreateClientCertificate answers (section 4).
    CreateClientCertificateResponse {
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

    /// What CreateClientCertificateWithCsr takes (section 4).
    CreateClientCertificateWithCsrRequest {
        /// The CSR in PEM. It contributes its key and its common name; what else it asks for is left
        /// out.
        csr: String,
        /// The common name, where the CSR has none.
        common_name: Option<String>,
        /// The organization; Alibaba Inc.
        organization: Option<String>,
        /// The department; Aliyun CDN.
        organization_unit: Option<String>,
        /// The country, two letters; CN.
        country: Option<String>,
        /// The province; the issuer's.
        state: Option<String>,
        /// The city; the issuer's.
        locality: Option<String>,
        /// The key of the CSR, such as `ECC_256`: of the issuer's family. Another than the CSR's is
        /// refused.
        algorithm: Option<String>,
        /// The identifier of the issuing intermediate CA.
        parent_identifier: String,
        /// What SanValue holds: 1 e-mail addresses, 6 URIs. Only with SanValue.
        san_type: Option<i64>,
        /// Alternative names, separated by commas. Only with SanType.
        san_value: Option<String>,
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
        /// A name for people, that lists show.
        alias_name: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// What CreateClientCertificateWithCsr answers (section 4).
    CreateClientCertificateWithCsrResponse {
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
}
