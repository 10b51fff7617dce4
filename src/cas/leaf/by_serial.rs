//! Leaves by their serial numbers, which only an issuer gives once: every CA here is asked.

use super::super::ca::describe::kept_authority;
use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::limits::LIST_ITEMS;
use super::super::session::{Named, Run, Session};
use super::super::shelf::records::{authority_documents, leaf_document};
use super::found::{described, found_leaf, leaf_status};
use super::found_structures::{DescribedLeaf, LeafStatus};
use crate::SerialNumber;
use crate::error::quoted;
use crate::ledger::{Identifier, IssuerDigest};

structures! {
    /// Describes leaves by their serial numbers.
    ///
    /// # Errors
    /// `InvalidParameter` for what is no serial number, or too many.
    DescribeClientCertificateForSerialNumber {
        /// Serial numbers in hexadecimal, separated by commas; at most 100. One that is not known is left
        /// out of the answer.
        serial_number: String,
    }

    /// Says of leaves by their serial numbers whether they are revoked, or a CA above them is.
    ///
    /// # Errors
    /// `InvalidParameter` for what is no serial number, or too many.
    DescribeClientCertificateStatusForSerialNumber {
        /// Serial numbers in hexadecimal, separated by commas; at most 100.
        serial_number: String,
    }
}

impl Run for DescribeClientCertificateForSerialNumber {
    type Answer = Vec<DescribedLeaf>;

    const ANSWER: Named = Some(("CertificateList", "The certificates that are known."));

    fn run(&self, at: &Session<'_>) -> Result<Vec<DescribedLeaf>, CasError> {
        let mut list = Vec::new();
        for (_, found) in named(at, &self.serial_number)? {
            for identifier in found {
                if let Some(kept) = leaf_document(at.rows, &identifier)? {
                    list.push(described(at, &found_leaf(at, kept)?));
                }
            }
        }
        Ok(list)
    }
}

impl Run for DescribeClientCertificateStatusForSerialNumber {
    type Answer = Vec<LeafStatus>;

    const ANSWER: Named = Some(("CertificateStatus", "The statuses, in the order of the request."));

    fn run(&self, at: &Session<'_>) -> Result<Vec<LeafStatus>, CasError> {
        let mut list = Vec::new();
        for (serial, found) in named(at, &self.serial_number)? {
            let before = list.len();
            for identifier in found {
                let status = leaf_status(at, &identifier)?;
                list.extend(Some(status).filter(|status| status.serial_number.is_some()));
            }
            if list.len() == before {
                let (serial_number, status) = (Some(serial.to_string()), "unknown".to_owned());
                list.push(LeafStatus { serial_number, status, revoke_time: None });
            }
        }
        Ok(list)
    }
}

/// The serial numbers of a list, each with the identifiers of what has it.
fn named(at: &Session<'_>, list: &str) -> Result<Vec<(SerialNumber, Vec<String>)>, CasError> {
    let items: Vec<&str> = list.split(',').map(str::trim).collect();
    if items.len() > LIST_ITEMS {
        let given = format!("{} items", items.len());
        return Err(CasError::invalid("SerialNumber", given, format!("at most {LIST_ITEMS}")));
    }
    let issuers: Vec<IssuerDigest> = authority_documents(at.rows)?
        .iter()
        .map(|document| Ok(kept_authority(at, &document.record.identifier)?.digest()))
        .collect::<Result<_, CasError>>()?;
    let mut named = Vec::new();
    for item in items {
        let wrong = || {
            let allowed = "a serial number in hexadecimal, of at most 20 bytes";
            CasError::invalid("SerialNumber", format!("item {}", quoted(item)), allowed)
        };
        let serial = serial(item).ok_or_else(wrong)?;
        let mut found = Vec::new();
        for issuer in &issuers {
            if at.ledger.certificate(issuer, &serial)?.is_some() {
                found.push(Identifier::of(issuer, &serial).to_string());
            }
        }
        named.push((serial, found));
    }
    Ok(named)
}

/// A number in hexadecimal, as operations answer it, in any case.
fn serial(text: &str) -> Option<SerialNumber> {
    super::custom_content::serial(text, super::super::config::SerialForm::Hexadecimal)
}
