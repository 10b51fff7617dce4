//! What the operations on certificates of users take and answer.

use super::super::json::schema::Secret;
use super::super::json::structures::structures;
use super::super::parameters::list::{Listed, PageAsked};
use super::super::parameters::tags::{AnsweredTag, TagParameter};

structures! {
    /// Keeps a certificate that was issued elsewhere, with its private key, sealed. It is read and never
    /// trusted: whoever verifies it elsewhere finds what it is worth.
    ///
    /// # Errors
    /// `MissingParameter` without Cert and Key, or all four of a double certificate of SM2;
    /// `CertificateFormatException` for what does not parse, and a chain out of order;
    /// `NotMatch.CsrAndPrivateKey` when a key is not its certificate's; `InvalidParameter` for a certificate of a
    /// CA, a kind of key that is not known here and tags; `NameRepeat` for a name that is taken;
    /// `DataTooLongException` for what is too long; `NotRemainCount` when no more are kept.
    UploadUserCertificate {
        /// The certificate in PEM, and after it, where they are given, those above it, its issuer first: at most
        /// 10 certificates and 65,536 bytes.
        cert: Option<String>,
        /// Its private key in PEM.
        key: Option<Secret>,
        /// Of a double certificate of SM2, that for signatures, as Cert. Left out where Cert and Key are given.
        sign_cert: Option<String>,
        /// Its private key in PEM.
        sign_private_key: Option<Secret>,
        /// Of a double certificate of SM2, that for encryption, as Cert. Left out where Cert and Key are given.
        encrypt_cert: Option<String>,
        /// Its private key in PEM.
        encrypt_private_key: Option<Secret>,
        /// A name that no other has: at most 63 characters.
        name: String,
        /// The resource group that it belongs to; else the value of the tag `acs:rm:rgId`, where there is one.
        resource_group_id: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
        /// Names this call: repeated with the same parameters, it is answered as the first time. At most 64
        /// characters of ASCII.
        client_token: Option<String>,
    }

    /// A certificate that was uploaded.
    UploadedCertificate {
        /// Its number.
        cert_id: i64,
        /// What it is called by as a resource: `cas-upload-` and its number.
        resource_id: String,
    }

    /// Deletes a certificate that was uploaded, and its private key. Its number never comes again. The leaf that it
    /// is a copy of, if it is one, stays.
    ///
    /// # Errors
    /// `NotFound`.
    DeleteUserCertificate {
        /// Its number.
        cert_id: i64,
        /// Names this call: repeated, it is answered as the first time. At most 64 characters of ASCII.
        client_token: Option<String>,
    }

    /// Puts copies of leaves, with the private keys that are kept of them, beside the certificates of users. One that
    /// is there stays as it is. The copy is named after the leaf's identifier.
    ///
    /// # Errors
    /// `NotFound` for a leaf, `InvalidStatus.UpdateProtection` for one that is revoked; `InvalidParameter` for an
    /// empty item, too many, and an Id that several leaves have; `NameRepeat` when a name is taken;
    /// `NotRemainCount` when no more are kept.
    UploadPcaCertToCas {
        /// The Ids of leaves that DescribeClientCertificate answers, or their identifiers, separated by
        /// commas; at most 100.
        ids: String,
    }

    /// Shows a certificate of a user.
    ///
    /// # Errors
    /// `NotFound`.
    GetUserCertificateDetail {
        /// Its number.
        cert_id: i64,
        /// Whether certificates and private keys are left out; false.
        cert_filter: Option<bool>,
    }

    /// A certificate of a user, with its private key.
    UserCertificateDetail {
        /// RSA, ECC or SM2.
        algorithm: String,
        /// false: it was not bought here.
        buy_in_aliyun: bool,
        /// The certificate in PEM and those above it that were given, if it is no double certificate of SM2.
        cert: Option<String>,
        /// The certificate and those above it that were given.
        cert_chain: Vec<ChainLink>,
        /// Its number and the region: `5-cn-hangzhou`.
        cert_identifier: String,
        /// The SHA-256 of the certificate, in hexadecimal.
        cert_sha2: String,
        /// The city.
        city: Option<String>,
        /// The common name.
        common: Option<String>,
        /// The country.
        country: Option<String>,
        /// Of a double certificate of SM2, that for encryption, in PEM.
        encrypt_cert: Option<String>,
        /// Its private key in PEM.
        encrypt_private_key: Option<Secret>,
        /// The day of its end: `yyyy-MM-dd`.
        end_date: String,
        /// Whether it has expired.
        expired: bool,
        /// The SHA-256 of the certificate, in hexadecimal.
        fingerprint: String,
        /// Its number.
        id: i64,
        /// `cas-upload-` and its number.
        instance_id: String,
        /// The issuer's common name.
        issuer: Option<String>,
        /// The private key in PEM, if it is kept and this is no double certificate of SM2.
        key: Option<Secret>,
        /// Its name.
        name: String,
        /// notAfter, in milliseconds since 1970.
        not_after: i64,
        /// notBefore, in milliseconds since 1970.
        not_before: i64,
        /// The organization.
        org_name: Option<String>,
        /// The province.
        province: Option<String>,
        /// The resource group that it belongs to.
        resource_group_id: Option<String>,
        /// The alternative names, separated by commas.
        sans: Option<String>,
        /// The serial number in hexadecimal.
        serial_no: String,
        /// The SHA-256 of the certificate, in hexadecimal.
        sha2: String,
        /// Of a double certificate of SM2, that for signatures, in PEM.
        sign_cert: Option<String>,
        /// Its private key in PEM.
        sign_private_key: Option<Secret>,
        /// The day of its begin: `yyyy-MM-dd`.
        start_date: String,
        /// Its tags.
        tags: Vec<AnsweredTag>,
    }

    /// A certificate of a chain.
    ChainLink {
        /// The common name.
        common_name: Option<String>,
        /// The issuer's common name.
        issuer_common_name: Option<String>,
        /// notAfter, in milliseconds since 1970.
        not_after: i64,
        /// notBefore, in milliseconds since 1970.
        not_before: i64,
        /// Whole days that are left; 0 after its end.
        remain_day: i64,
    }

    /// Shows what a certificate of a user says, without its private key.
    ///
    /// # Errors
    /// `NotFound`.
    GetCertificateDetail {
        /// Its number.
        certificate_id: i64,
    }

    /// What a certificate of a user says.
    UserCertificateFacts {
        /// RSA, ECC or SM2.
        algorithm: String,
        /// Its number and the region: `5-cn-hangzhou`.
        cert_identifier: String,
        /// Its name.
        certificate_name: String,
        /// UPLOAD.
        certificate_source: String,
        /// issued, willExpire, expired; revoked, of a copy of a leaf.
        certificate_status: String,
        /// The common name.
        common_name: Option<String>,
        /// The alternative names, separated by commas.
        domain: Option<String>,
        /// Whether its private key is kept.
        exist_private_key: bool,
        /// The SHA-256 of the public key (SubjectPublicKeyInfo), in hexadecimal.
        finger_print: String,
        /// `cas-upload-` and its number.
        instance_id: String,
        /// The issuer's common name.
        issuer: Option<String>,
        /// Bits of the key.
        key_size: i64,
        /// notAfter, in milliseconds since 1970.
        not_after: i64,
        /// notBefore, in milliseconds since 1970.
        not_before: i64,
        /// The serial number in hexadecimal.
        serial: String,
        /// The alternative names.
        subject_alternative_names: Vec<String>,
    }

    /// A certificate of a user, without its private key.
    CertificateDetail {
        /// What it says.
        facts as ..: UserCertificateFacts,
        /// The certificate and those above it that were given.
        certificate_chain_list: Vec<CertificateLink>,
        /// Its number.
        certificate_id: i64,
        /// Its tags.
        tags: Vec<AnsweredTag>,
    }

    /// A certificate of a chain.
    CertificateLink {
        /// The issuer's common name.
        issuer: Option<String>,
        /// notAfter, in milliseconds since 1970.
        not_after: i64,
        /// notBefore, in milliseconds since 1970.
        not_before: i64,
        /// Whole days that are left; 0 after its end.
        remain_day: i64,
        /// The common name.
        subject: Option<String>,
    }

    /// Lists certificates of users, the latest first.
    ///
    /// # Errors
    /// `InvalidParameter` for a filter or a page out of bounds.
    ListCertificates {
        /// Only those of this source: UPLOAD; BUY and TEST, of which there are none.
        certificate_source: Option<String>,
        /// Only those of this status: issued, revoked, willExpire or expired.
        certificate_status: Option<String>,
        /// Only the one that is called by this: `cas-upload-` and its number.
        instance_id: Option<String>,
        /// Only those with this text in their common name, alternative names, name or InstanceId.
        keyword: Option<String>,
        /// Only those of this resource group.
        resource_group_id: Option<String>,
        /// The page; of 10 where no size is given.
        page as ..: PageAsked,
    }

    /// A certificate of a user in a list.
    ListedCertificate {
        /// What it says.
        facts as ..: UserCertificateFacts,
        /// Its number.
        certificate_id: String,
    }
}

impl Listed for ListedCertificate {
    const LIST: &'static str = "CertificateList";
    const OF_CERTIFICATES: bool = false;
}
