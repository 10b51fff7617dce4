//! Every certificate, of CAs and leaves, in one list: what ListCert lists in the older version.

use std::collections::HashMap;

use super::super::ca::describe::kept_authority;
use super::super::described::{key_of, milliseconds, names_of, sign_algorithm};
use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::kept::warehouse::{
    LEAVES, UPLOADED, WarehouseCertificate, instance_of, warehouse_certificates,
};
use super::super::parameters::list::{List, Listed, PageAsked, one_of};
use super::super::session::{Run, Session};
use super::super::shelf::records::{
    AuthorityRecord, ISSUE, REVOKE, authority_documents, leaf_identifiers,
};
use super::list::{found, revoked_leaves};
use crate::Certificate;
use crate::name::AttributeType;

structures! {
    /// Lists the certificates of leaves, the latest first, then of CAs, the earliest first, and then what was put
    /// into a warehouse, the latest first, in the older version's form.
    ///
    /// # Errors
    /// `InvalidParameter` for a page or a filter out of bounds.
    ListCert20200407 {
        /// CA or CERT: only those of CAs, or of leaves.
        cert_type: Option<String>,
        /// Only those with these identifiers, separated by commas.
        identifiers: Option<String>,
        /// Only those with this text in their common name or alternative names.
        key_word: Option<String>,
        /// The page.
        page as ..: PageAsked,
        /// aliyun: of this engine; upload: what UploadPCACert put into a warehouse. Certificates of users are listed
        /// by ListCertificates.
        source_type: Option<String>,
        /// Only those of this status: ISSUE or REVOKE.
        status: Option<String>,
        /// Only those of this warehouse: 1, of leaves, or 2, of what was put there.
        warehouse_id: Option<i64>,
    }

    /// A certificate in the list of the older ListCert.
    ListedCert {
        /// notAfter, in milliseconds since 1970.
        after_date: i64,
        /// RSA, ECC or SM2.
        algorithm: String,
        /// notBefore, in milliseconds since 1970.
        before_date: i64,
        /// CA or CERT.
        cert_type: String,
        /// The common name.
        common_name: Option<String>,
        /// Whether its private key is kept here.
        exist_private_key: bool,
        /// The identifier.
        identifier: String,
        /// The issuer's common name.
        issuer: Option<String>,
        /// The alternative names, separated by commas.
        sans: Option<String>,
        /// The serial number in hexadecimal.
        serial_no: String,
        /// How the certificate is signed, such as SHA256WITHECDSA.
        sign_algorithm: String,
        /// aliyun or upload.
        source_type: String,
        /// ISSUE or REVOKE. Of what was put into a warehouse nobody here knows whether it is revoked: ISSUE.
        status: String,
        /// The number of the warehouse that it is in. CAs are in none.
        wh_id: Option<i64>,
        /// What the warehouse is called by.
        wh_instance_id: Option<String>,
    }
}

impl Listed for ListedCert {
    const LIST: &'static str = "CertList";
    const OF_CERTIFICATES: bool = false;
}

/// What is listed.
enum Entry {
    Authority(AuthorityRecord),
    Leaf(String),
    Uploaded(WarehouseCertificate),
}

impl Run for ListCert20200407 {
    type Answer = List<ListedCert>;

    fn run(&self, at: &Session<'_>) -> Result<List<ListedCert>, CasError> {
        let Self { cert_type, identifiers, key_word, page, source_type, status, warehouse_id } =
            self;
        one_of("CertType", cert_type, &[CA, CERT])?;
        one_of("SourceType", source_type, &[ALIYUN, UPLOAD])?;
        one_of("Status", status, &[ISSUE, REVOKE])?;
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|it| it == found);
        let is_in = |warehouse| warehouse_id.is_none() || *warehouse_id == warehouse;
        let from = |source, warehouse| is(source_type, source) && is_in(warehouse);
        let named = |identifier: &str| match identifiers {
            Some(list) => list.split(',').any(|item| item.trim() == identifier),
            None => true,
        };
        let revoked = match status {
            Some(_) => revoked_leaves(at)?,
            None => HashMap::new(),
        };
        let status_of = |leaf: &str| if revoked.contains_key(leaf) { REVOKE } else { ISSUE };
        let mut all = Vec::new();
        if from(ALIYUN, Some(LEAVES)) && is(cert_type, CERT) {
            let leaves = leaf_identifiers(at.rows, |_, identifier, _, _| {
                named(identifier) && is(status, status_of(identifier))
            })?;
            all.extend(leaves.into_iter().map(Entry::Leaf));
        }
        if from(ALIYUN, None) && is(cert_type, CA) {
            let cas = authority_documents(at.rows)?.into_iter().map(|document| document.record);
            let cas = cas.filter(|ca| named(&ca.identifier) && is(status, &ca.status));
            all.extend(cas.map(Entry::Authority));
        }
        if from(UPLOAD, Some(UPLOADED)) && is(cert_type, CERT) && is(status, ISSUE) {
            let kept = warehouse_certificates(at)?.into_iter();
            let kept = kept.filter(|kept| named(&kept.identifier));
            all.extend(kept.map(Entry::Uploaded));
        }
        if let Some(word) = key_word {
            let mut with_word = Vec::new();
            for entry in all {
                let found = listed(at, &entry)?;
                let has = |text: &Option<String>| text.as_ref().is_some_and(|it| it.contains(word));
                if found.is_some_and(|found| has(&found.common_name) || has(&found.sans)) {
                    with_word.push(entry);
                }
            }
            all = with_word;
        }
        List::page(&all, *page, at.config, |entry| listed(at, entry))
    }
}

fn listed(at: &Session<'_>, entry: &Entry) -> Result<Option<ListedCert>, CasError> {
    Ok(match entry {
        Entry::Authority(record) => {
            let kept = kept_authority(at, &record.identifier)?;
            let leaf = kept.chain.leaf();
            Some(cert(leaf, CA, kept.has_key, (&record.identifier, &record.status), None))
        }
        Entry::Leaf(identifier) => found(at, identifier)?.map(|found| {
            let has_key = found.kept.document.has_key;
            let named = (identifier.as_str(), found.status());
            cert(&found.certificate, CERT, has_key, named, Some(LEAVES))
        }),
        Entry::Uploaded(kept) => {
            let named = (kept.identifier.as_str(), ISSUE);
            let chain = kept.chain()?;
            let listed = cert(chain.leaf(), CERT, kept.has_key, named, Some(UPLOADED));
            Some(ListedCert { source_type: UPLOAD.to_owned(), ..listed })
        }
    })
}

fn cert(
    certificate: &Certificate,
    cert_type: &str,
    exist_private_key: bool,
    (identifier, status): (&str, &str),
    warehouse: Option<i64>,
) -> ListedCert {
    ListedCert {
        after_date: milliseconds(certificate.validity().not_after()),
        algorithm: key_of(certificate).0,
        before_date: milliseconds(certificate.validity().not_before()),
        cert_type: cert_type.to_owned(),
        common_name: certificate.subject().value(AttributeType::COMMON_NAME),
        exist_private_key,
        identifier: identifier.to_owned(),
        issuer: certificate.issuer().value(AttributeType::COMMON_NAME),
        sans: names_of(certificate.alt_names()),
        serial_no: certificate.serial().to_string(),
        sign_algorithm: sign_algorithm(certificate),
        source_type: ALIYUN.to_owned(),
        status: status.to_owned(),
        wh_id: warehouse,
        wh_instance_id: warehouse.map(instance_of),
    }
}

const CA: &str = "CA";
const CERT: &str = "CERT";
const ALIYUN: &str = "aliyun";
const UPLOAD: &str = "upload";
