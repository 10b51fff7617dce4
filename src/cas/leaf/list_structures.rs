//! What the lists of leaves take and answer.

use super::super::json::structures::structures;
use super::super::parameters::list::{Listed, PageAsked, TokenPage};
use super::found_structures::LeafFacts;

structures! {
    /// Lists leaves, the latest first.
    ///
    /// # Errors
    /// `InvalidParameter` for a page out of bounds.
    ListClientCertificate {
        /// The page.
        page as ..: TokenPage,
        /// Only the one with this identifier, or CustomIdentifier.
        identifier: Option<String>,
        /// Only those of this resource group.
        resource_group_id: Option<String>,
    }

    /// Lists leaves of an issuer, a status, a kind or a time, the latest first.
    ///
    /// # Errors
    /// `InvalidParameter` for a page or a filter out of bounds.
    ListCert {
        /// Only those issued at this time or later: `yyyy-MM-dd`, `yyyy-MM-dd HH:mm:ss` or RFC 3339,
        /// in UTC.
        after_date: Option<String>,
        /// Only those issued at this time or earlier; of a day, the whole day.
        before_date: Option<String>,
        /// The page.
        page as ..: TokenPage,
        /// Only those of this CA.
        parent_identifier: Option<String>,
        /// Only those of this status: ISSUE or REVOKE.
        status: Option<String>,
        /// Only those of this kind: SERVER, CLIENT or END_ENTITY.
        kind as "Type": Option<String>,
    }

    /// A leaf in the list of ListCert.
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
        /// A number for it, of its identifier.
        id: i64,
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

    /// Lists leaves that were revoked and not deleted, the latest revocation first.
    ///
    /// # Errors
    /// `InvalidParameter` for a page out of bounds.
    ListRevokeCertificate {
        /// The page.
        page as ..: PageAsked,
    }

    /// A leaf that was revoked.
    RevokedLeaf {
        /// What is kept of it, and its certificate.
        leaf as ..: LeafFacts,
        /// notAfter in UTC, `yyyy-MM-ddTHH:mmZ`.
        after_date: String,
        /// notBefore in UTC, `yyyy-MM-ddTHH:mmZ`.
        before_date: String,
        /// When it was revoked, in UTC, `yyyy-MM-ddTHH:mmZ`.
        revoke_date: String,
    }
}

impl Listed for ListedLeaf {
    const LIST: &'static str = "List";
    const HAS_TOKENS: bool = true;
}

impl Listed for RevokedLeaf {
    const LIST: &'static str = "CertificateList";
}
