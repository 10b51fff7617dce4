//! Section 4: what the lists of leaves take and answer.

use super::leaf_structures::DescribedLeaf;
use super::structures::structures;

structures! {
    /// What ListClientCertificate takes (section 4).
    ListClientCertificateRequest {
        /// The page, from 1 on.
        current_page: Option<i64>,
        /// Only the one with this identifier, or CustomIdentifier.
        identifier: Option<String>,
        /// Items of a page; 20.
        show_size: Option<i64>,
    }

    /// What ListClientCertificate answers (section 4).
    ListClientCertificateResponse {
        /// The certificates, the latest first.
        certificate_list: Vec<DescribedLeaf>,
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

    /// What ListCert takes (section 4).
    ListCertRequest {
        /// Only those issued at this time or later: `yyyy-MM-dd`, `yyyy-MM-dd HH:mm:ss` or RFC 3339,
        /// in UTC.
        after_date: Option<String>,
        /// Only those issued at this time or earlier; of a day, the whole day.
        before_date: Option<String>,
        /// The page, from 1 on.
        current_page: Option<i64>,
        /// Only those of this CA.
        parent_identifier: Option<String>,
        /// Items of a page; 20.
        show_size: Option<i64>,
        /// Only those of this status: ISSUE or REVOKE.
        status: Option<String>,
        /// Only those of this kind: SERVER, CLIENT or END_ENTITY.
        kind as "Type": Option<String>,
    }

    /// What ListCert answers (section 4).
    ListCertResponse {
        /// The page.
        current_page: i64,
        /// The certificates, the latest first.
        list: Vec<ListedLeaf>,
        /// How many pages there are.
        page_count: i64,
        /// Items of a page.
        show_size: i64,
        /// How many there are.
        total_count: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// A leaf in the list of ListCert (section 4).
    ListedLeaf {
        /// notAfter in UTC (RFC 3339).
        after_date: String,
        /// notAfter, in milliseconds since 1970.
        after_time: i64,
        /// RSA, ECC or SM2.
        algorithm: String,
        /// The name for people.
        alias_name: Option<String>,
        /// notBefore in UTC (RFC 3339).
        before_date: String,
        /// notBefore, in milliseconds since 1970.
        before_time: i64,
        /// SERVER, CLIENT or END_ENTITY.
        certificate_type: String,
        /// The common name.
        common_name: Option<String>,
        /// The caller's own identifier.
        custom_identifier: Option<String>,
        /// The identifier.
        identifier: String,
        /// Whether DescribeCertificatePrivateKey answers its key.
        key_exportable: bool,
        /// The organization.
        organization: Option<String>,
        /// The department.
        organization_unit: Option<String>,
        /// The serial number in hexadecimal.
        serial_number: String,
        /// ISSUE or REVOKE.
        status: String,
        /// The subject: `C=,O=,OU=,L=,ST=,CN=`, without what it does not have.
        subject_dn: String,
        /// Its tags, each `key=value`.
        tags: Vec<String>,
    }

    /// What ListRevokeCertificate takes (section 4).
    ListRevokeCertificateRequest {
        /// The page, from 1 on.
        current_page: Option<i64>,
        /// Items of a page; 20.
        show_size: Option<i64>,
    }

    /// What ListRevokeCertificate answers (section 4).
    ListRevokeCertificateResponse {
        /// The certificates that were revoked and not deleted, the latest revocation first.
        certificate_list: Vec<RevokedLeaf>,
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

    /// A leaf that was revoked (section 4).
    RevokedLeaf {
        /// notAfter in UTC, `yyyy-MM-ddTHH:mmZ`.
        after_date: String,
        /// RSA, ECC or SM2.
        algorithm: String,
        /// notBefore in UTC, `yyyy-MM-ddTHH:mmZ`.
        before_date: String,
        /// SERVER, CLIENT or END_ENTITY.
        certificate_type: String,
        /// The common name.
        common_name: Option<String>,
        /// The country.
        country_code: Option<String>,
        /// The caller's own identifier.
        custom_identifier: Option<String>,
        /// The identifier.
        identifier: String,
        /// Bits.
        key_size: i64,
        /// The city.
        locality: Option<String>,
        /// The MD5 of the certificate, in hexadecimal.
        md5: String,
        /// The organization.
        organization: Option<String>,
        /// The department.
        organization_unit: Option<String>,
        /// The identifier of the CA that issued it.
        parent_identifier: String,
        /// When it was revoked, in UTC, `yyyy-MM-ddTHH:mmZ`.
        revoke_date: String,
        /// The alternative names, as DescribeClientCertificate answers them.
        sans: Option<String>,
        /// The serial number in hexadecimal.
        serial_number: String,
        /// The SHA-256 of the certificate, in hexadecimal.
        sha2: String,
        /// How the certificate is signed, such as SHA256WITHECDSA.
        sign_algorithm: String,
        /// The province.
        state: Option<String>,
        /// REVOKE.
        status: String,
        /// The subject: `C=,O=,OU=,L=,ST=,CN=`, without what it does not have.
        subject_dn as "SubjectDN": String,
    }
}
