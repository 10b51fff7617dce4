//! Section 4: what the operations on leaves that were issued take and answer.

use super::schema::Secret;
use super::structures::structures;
use super::types::TagParameter;

structures! {
    /// What DescribeClientCertificate takes (section 4).
    DescribeClientCertificateRequest {
        /// The certificate's identifier, or its CustomIdentifier.
        identifier: String,
    }

    /// What DescribeClientCertificate answers (section 4).
    DescribeClientCertificateResponse {
        /// The certificate.
        certificate: DescribedLeaf,
        /// The request's identifier.
        request_id: String,
    }

    /// A leaf (section 4).
    DescribedLeaf {
        /// notAfter, in milliseconds since 1970.
        after_date: i64,
        /// RSA, ECC or SM2.
        algorithm: String,
        /// The name for people.
        alias_name: Option<String>,
        /// notBefore, in milliseconds since 1970.
        before_date: i64,
        /// The certificates above, the issuer's first; not in lists.
        cert_chain: Option<String>,
        /// SERVER, CLIENT or END_ENTITY.
        certificate_type: String,
        /// The common name.
        common_name: Option<String>,
        /// The country.
        country_code: Option<String>,
        /// The caller's own identifier.
        custom_identifier: Option<String>,
        /// From notBefore to notAfter in days, a begun one counted.
        days: i64,
        /// The identifier.
        identifier: String,
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
        /// The identifier of the CA that issued it.
        parent_identifier: String,
        /// The alternative names, a list in JSON: Type is 1 for an e-mail address, 2 for a DNS name,
        /// 6 for a URI and 7 for an IP address.
        sans: Option<String>,
        /// The serial number in hexadecimal.
        serial_number: String,
        /// The SHA-256 of the certificate, in hexadecimal.
        sha2: String,
        /// How the certificate is signed, such as SHA256WITHECDSA.
        sign_algorithm: String,
        /// The province.
        state: Option<String>,
        /// ISSUE or REVOKE. One that is over and was not revoked is ISSUE.
        status: String,
        /// The subject: `C=,O=,OU=,L=,ST=,CN=`, without what it does not have.
        subject_dn as "SubjectDN": String,
        /// Its tags.
        tags: Vec<TagParameter>,
        /// The certificate in PEM.
        x509_certificate: String,
    }

    /// What DescribeClientCertificateStatus takes (section 4).
    DescribeClientCertificateStatusRequest {
        /// Identifiers, or CustomIdentifiers, separated by commas; at most 100.
        identifier: String,
    }

    /// What DescribeClientCertificateStatus answers (section 4).
    DescribeClientCertificateStatusResponse {
        /// The statuses, in the order of the request.
        certificate_status: Vec<LeafStatus>,
        /// The request's identifier.
        request_id: String,
    }

    /// Whether a leaf is revoked (section 4).
    LeafStatus {
        /// When it was revoked, or a CA above it, in milliseconds since 1970.
        revoke_time: Option<i64>,
        /// The serial number in hexadecimal, of one that is known.
        serial_number: Option<String>,
        /// good; revoked, also when a CA above it is; or unknown.
        status: String,
    }

    /// What CreateRevokeClientCertificate takes (section 4).
    CreateRevokeClientCertificateRequest {
        /// The certificate's identifier, or its CustomIdentifier.
        identifier: String,
    }

    /// What CreateRevokeClientCertificate answers (section 4).
    CreateRevokeClientCertificateResponse {
        /// The request's identifier.
        request_id: String,
    }

    /// What DeleteClientCertificate takes (section 4).
    DeleteClientCertificateRequest {
        /// The certificate's identifier, or its CustomIdentifier.
        identifier: String,
    }

    /// What DeleteClientCertificate answers (section 4).
    DeleteClientCertificateResponse {
        /// The request's identifier.
        request_id: String,
    }

    /// What DescribeCertificatePrivateKey takes (section 4).
    DescribeCertificatePrivateKeyRequest {
        /// The certificate's identifier, or its CustomIdentifier.
        identifier: String,
        /// The passphrase that the key is encrypted under: at most 32 letters, digits and other
        /// visible characters of ASCII.
        encrypted_code: Secret,
    }

    /// What DescribeCertificatePrivateKey answers (section 4).
    DescribeCertificatePrivateKeyResponse {
        /// The private key in PEM, `ENCRYPTED PRIVATE KEY`.
        encrypted_data: String,
        /// The request's identifier.
        request_id: String,
    }
}
