//! Leaves of this engine, put beside the certificates of users.

use std::collections::BTreeSet;

use super::super::ca::describe::kept_authority;
use super::super::error::{CasError, ErrorKind};
use super::super::leaf::found::{FoundLeaf, found_leaf, leaf_key_name};
use super::super::limits::LIST_ITEMS;
use super::super::session::{Run, Session};
use super::super::shelf::records::{leaf_document, leaf_of_id};
use super::record::{UserCertificate, check_name, has_copy, next_numbers, texts};
use super::structures::UploadPcaCertToCas;
use super::upload::described;
use crate::Chain;
use crate::error::quoted;

impl Run for UploadPcaCertToCas {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let items: Vec<&str> = self.ids.split(',').map(str::trim).collect();
        if items.len() > LIST_ITEMS {
            let given = format!("{} items", items.len());
            return Err(CasError::invalid("Ids", given, format!("at most {LIST_ITEMS}")));
        }
        let (mut seen, mut leaves) = (BTreeSet::new(), Vec::new());
        for item in items {
            let found = leaf(at, item)?;
            let identifier = found.identifier.to_string();
            if seen.insert(identifier.clone()) && !has_copy(at, &identifier)? {
                leaves.push(found);
            }
        }
        if leaves.is_empty() {
            return Ok(());
        }
        let (first, taken) = next_numbers(at, leaves.len())?;
        let mut rows = vec![taken];
        for (number, found) in (first..).zip(&leaves) {
            let document = &found.kept.document;
            let name = found.identifier.to_string();
            check_name(at, &name)?;
            let key = match document.has_key {
                true => at.ledger.key(&leaf_key_name(&found.identifier))?,
                false => None,
            };
            let above = kept_authority(at, &document.parent_identifier)?;
            let above = above.chain.certificates().cloned().collect();
            let chain = Chain::new(found.certificate.clone(), above)?;
            let copy = UserCertificate {
                leaf: Some(name.clone()),
                has_key: key.is_some(),
                resource_group_id: document.resource_group_id.clone(),
                tags: document.tags.clone(),
                ..described(number, name, &found.certificate)
            };
            rows.extend(copy.rows(at, &texts(&chain, None))?);
            // While it is still there: it may be revoked, and deleted, meanwhile.
            rows.push(found.kept.unchanged());
            if let Some(key) = key {
                rows.push(at.ledger.key_row(&copy.key_name(), &key)?);
            }
        }
        let names: Vec<String> = leaves.iter().map(|leaf| leaf.identifier.to_string()).collect();
        at.write(rows, &format!("copies of certificates {}", names.join(", ")))
    }
}

/// A leaf by its Id or its identifier, if it is not revoked.
fn leaf(at: &Session<'_>, text: &str) -> Result<FoundLeaf, CasError> {
    if text.is_empty() {
        return Err(CasError::invalid("Ids", "an empty item", "no empty item"));
    }
    let kept = match text.parse::<i64>().ok().filter(|id| id.to_string() == text) {
        Some(id) => leaf_of_id(at.rows, id)?,
        None => leaf_document(at.rows, text)?,
    };
    let unknown = || CasError::not_found("Ids", format!("certificate {}", quoted(text)));
    let found = found_leaf(at, kept.ok_or_else(unknown)?)?;
    if found.revocation.is_some() {
        let message = format!("Ids: {} is revoked", found.identifier);
        return Err(CasError::new(ErrorKind::UpdateProtection, message));
    }
    Ok(found)
}
