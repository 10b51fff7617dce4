//! Groups of fields that several operations share.

use super::super::json::structures::structures;
use super::tags::TagParameter;

structures! {
    /// How a certificate is kept, and what is answered of it.
    LeafOptions {
        /// 0 answers no certificate, 1 the certificate, 2 the certificate and its chain; 0.
        immediately: Option<i64>,
        /// 1 points to the issuer's CRL; 0.
        enable_crl: Option<i64>,
        /// An identifier of the caller's own, that no other certificate has.
        custom_identifier: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// What is answered of a certificate that was issued.
    IssuedLeaf {
        /// The certificate in PEM, if it was asked for.
        x509_certificate: Option<String>,
        /// The certificates above, the issuer's first, if they were asked for.
        certificate_chain: Option<String>,
        /// The certificate's identifier.
        identifier: String,
        /// Its serial number in hexadecimal.
        serial_number: String,
    }

    /// Who and where a CA is, and what it is called by.
    AuthoritySubject {
        /// The common name.
        common_name: String,
        /// The organization.
        organization: String,
        /// The department.
        organization_unit: String,
        /// The city.
        locality: String,
        /// The province.
        state: String,
        /// The country, two letters; CN.
        country_code: Option<String>,
    }

    /// Who orders a certificate, and how the control of its domains is shown.
    #[derive(Clone)]
    Applicant {
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

    /// What a certificate says.
    CertificateFacts {
        /// RSA, ECC or SM2.
        algorithm: String,
        /// The common name.
        common_name: Option<String>,
        /// The country.
        country_code: Option<String>,
        /// Bits.
        key_size: i64,
        /// The city.
        locality: Option<String>,
        /// The MD5 of the certificate, in hexadecimal. For comparing with old lists; it proves
        /// nothing.
        md5: String,
        /// The organization.
        organization: Option<String>,
        /// The department.
        organization_unit: Option<String>,
        /// The serial number in hexadecimal.
        serial_number: String,
        /// The SHA-256 of the certificate, in hexadecimal.
        sha2: String,
        /// How the certificate is signed, such as SHA256WITHECDSA.
        sign_algorithm: String,
        /// The province.
        state: Option<String>,
        /// The subject: `C=,O=,OU=,L=,ST=,CN=`, without what it does not have.
        subject_dn as "SubjectDN": String,
    }
}
