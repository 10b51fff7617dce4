//! What the operations on leaves that were issued take and answer.

use super::super::json::schema::Secret;
use super::super::json::structures::structures;
use super::super::parameters::groups::CertificateFacts;
use super::super::parameters::list::Listed;
use super::super::parameters::tags::AnsweredTag;

structures! {
    /// Describes a leaf.
    ///
    /// # Errors
    /// `NotFound`.
    DescribeClientCertificate {
        /// The certificate's identifier, or its CustomIdentifier.
        identifier: String,
    }

    /// What is kept of a leaf, and its certificate.
    LeafFacts {
        /// What its certificate says.
        facts as ..: CertificateFacts,
        /// SERVER, CLIENT or END_ENTITY.
        certificate_type: String,
        /// The caller's own identifier.
        custom_identifier: Option<String>,
        /// The identifier.
        identifier: String,
        /// The identifier of the CA that issued it.
        parent_identifier: String,
        /// The resource group that it belongs to.
        resource_group_id: Option<String>,
        /// The alternative names, a list in JSON: Type is 0 for an other name, 1 for an e-mail address, 2 for a DNS
        /// name, 4 for a distinguished name, 6 for a URI, 7 for an IP address and 8 for an object identifier.
        sans: Option<String>,
        /// ISSUE or REVOKE. One that has expired and was not revoked is ISSUE.
        status: String,
    }

    /// A leaf.
    DescribedLeaf {
        /// What is kept of it, and its certificate.
        leaf as ..: LeafFacts,
        /// notAfter, in milliseconds since 1970.
        after_date: i64,
        /// The name for people.
        alias_name: Option<String>,
        /// notBefore, in milliseconds since 1970.
        before_date: i64,
        /// The certificates above, the issuer's first; not in lists.
        cert_chain: Option<String>,
        /// From notBefore to notAfter in days, a begun one counted.
        days: i64,
        /// The value of `Algorithm`, such as `ECC_256`.
        full_algorithm: String,
        /// A number for it, of its identifier.
        id: i64,
        /// Its tags.
        tags: Vec<AnsweredTag>,
        /// 1 where a copy of it is beside the certificates of users (UploadPcaCertToCas), 0 where none is. Only
        /// DescribeClientCertificate answers it.
        upload_flag: Option<i64>,
        /// The certificate in PEM.
        x509_certificate: String,
    }

    /// Says of leaves whether they are revoked, or a CA above them is. One that was deleted stays
    /// revoked.
    ///
    /// # Errors
    /// `InvalidParameter` for an empty item, or too many.
    DescribeClientCertificateStatus {
        /// Identifiers, or CustomIdentifiers, separated by commas; at most 100.
        identifier: String,
    }

    /// Whether a leaf is revoked.
    LeafStatus {
        /// When it was revoked, or a CA above it, in milliseconds since 1970.
        revoke_time: Option<i64>,
        /// The serial number in hexadecimal, of one that is known.
        serial_number: Option<String>,
        /// good; revoked, also when a CA above it is; or unknown.
        status: String,
    }

    /// Revokes a leaf from now on: it is in the next CRL of its CA.
    ///
    /// # Errors
    /// `NotFound`; `InvalidStatus.UpdateProtection` when it is revoked already.
    CreateRevokeClientCertificate {
        /// The certificate's identifier, or its CustomIdentifier.
        identifier: String,
    }

    /// Deletes a leaf that was revoked, and its private key. The ledger keeps the certificate and its
    /// revocation, and CRLs go on listing it.
    ///
    /// # Errors
    /// `NotFound`; `InvalidStatus.DeleteProtection` when it is not revoked.
    DeleteClientCertificate {
        /// The certificate's identifier, or its CustomIdentifier.
        identifier: String,
    }

    /// Answers the private key of a leaf in PEM, encrypted under a passphrase.
    ///
    /// # Errors
    /// `NotFound`, also when the key was not generated here; `DataTooLongException` and
    /// `InvalidParameter` for the passphrase; `Error` when the ledger is not unlocked.
    DescribeCertificatePrivateKey {
        /// The certificate's identifier, or its CustomIdentifier.
        identifier: String,
        /// The passphrase that the key is encrypted under: at most 32 letters, digits and other
        /// visible characters of ASCII.
        encrypted_code: Secret,
        /// The resource group that it must belong to.
        resource_group_id: Option<String>,
    }
}

impl Listed for DescribedLeaf {
    const LIST: &'static str = "CertificateList";
    const HAS_TOKENS: bool = true;
}
