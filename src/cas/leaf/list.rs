//! Lists of leaves: chosen by what an index holds, so that only the leaves of a page are read.

use std::collections::HashMap;

use super::super::ca::describe::kept_authority;
use super::super::described::{key_of, milliseconds, number_of, subject_dn};
use super::super::error::CasError;
use super::super::parameters::list::{List, one_of};
use super::super::parameters::tags::AnsweredTag;
use super::super::session::{Run, Session};
use super::super::shelf::records::{
    CLIENT, END_ENTITY, ISSUE, REVOKE, SERVER, authority_documents, leaf_document, leaf_identifiers,
};
use super::found::{FoundLeaf, described, found_leaf, leaf_facts, named_leaf};
use super::found_structures::DescribedLeaf;
use super::list_structures::*;
use crate::crl::Revocation;
use crate::error::quoted;
use crate::ledger::Identifier;
use crate::name::AttributeType;
use crate::time::Time;

/// Revocations that are read at a time.
const REVOCATIONS: usize = 1_000;

impl Run for ListClientCertificate {
    type Answer = List<DescribedLeaf>;

    fn run(&self, at: &Session<'_>) -> Result<List<DescribedLeaf>, CasError> {
        let all = match &self.identifier {
            Some(text) => {
                named_leaf(at, text)?.into_iter().map(|kept| kept.document.identifier).collect()
            }
            None => leaf_identifiers(at.rows, |_, _, _, _| true)?,
        };
        let all = match &self.resource_group_id {
            Some(group) => of_group(at, all, group)?,
            None => all,
        };
        List::page(&all, self.page.page()?, at.config, |identifier| {
            Ok(found(at, identifier)?.map(|found| described(at, &found)))
        })
    }
}

impl Run for ListCert {
    type Answer = List<ListedLeaf>;

    fn run(&self, at: &Session<'_>) -> Result<List<ListedLeaf>, CasError> {
        let Self { parent_identifier, status, kind, .. } = self;
        one_of("Status", status, &[ISSUE, REVOKE])?;
        one_of("Type", kind, &[SERVER, CLIENT, END_ENTITY])?;
        let from = self.after_date.as_deref().map(|text| date("AfterDate", text, false));
        let until = self.before_date.as_deref().map(|text| date("BeforeDate", text, true));
        let from = from.transpose()?.map_or(i64::MIN, Time::unix);
        let until = until.transpose()?.map_or(i64::MAX, Time::unix);
        let revoked = match status {
            Some(_) => revoked_leaves(at)?,
            None => HashMap::new(),
        };
        let status_of = |leaf: &str| if revoked.contains_key(leaf) { REVOKE } else { ISSUE };
        let all = leaf_identifiers(at.rows, |created, identifier, parent, kept_kind| {
            (from..=until).contains(&created)
                && parent_identifier.as_ref().is_none_or(|wanted| wanted == parent)
                && kind.as_ref().is_none_or(|wanted| wanted == kept_kind)
                && status.as_ref().is_none_or(|wanted| wanted == status_of(identifier))
        })?;
        List::page(&all, self.page.page()?, at.config, |identifier| {
            Ok(found(at, identifier)?.map(|found| listed(&found)))
        })
    }
}

impl Run for ListRevokeCertificate {
    type Answer = List<RevokedLeaf>;

    fn run(&self, at: &Session<'_>) -> Result<List<RevokedLeaf>, CasError> {
        let revoked = revoked_leaves(at)?;
        let kept =
            leaf_identifiers(at.rows, |_, identifier, _, _| revoked.contains_key(identifier))?;
        let since = |identifier: &String| revoked.get(identifier).map(|revocation| revocation.at);
        let mut all: Vec<(Option<Time>, String)> =
            kept.into_iter().map(|identifier| (since(&identifier), identifier)).collect();
        all.sort_by(|a, b| b.cmp(a));
        List::page(&all, self.page, at.config, |(_, identifier)| {
            Ok(found(at, identifier)?.as_ref().and_then(revoked_leaf))
        })
    }
}

/// Those of a resource group, for which each record is read.
fn of_group(at: &Session<'_>, all: Vec<String>, group: &str) -> Result<Vec<String>, CasError> {
    let mut found = Vec::new();
    for identifier in all {
        let kept = leaf_document(at.rows, &identifier)?;
        if kept.is_some_and(|kept| kept.document.resource_group_id.as_deref() == Some(group)) {
            found.push(identifier);
        }
    }
    Ok(found)
}

/// A leaf of a page; none that was deleted meanwhile.
pub(super) fn found(at: &Session<'_>, identifier: &str) -> Result<Option<FoundLeaf>, CasError> {
    leaf_document(at.rows, identifier)?.map(|kept| found_leaf(at, kept)).transpose()
}

/// What is revoked of what the CAs issued, by identifier. Deleted leaves and CAs are among it.
pub(super) fn revoked_leaves(at: &Session<'_>) -> Result<HashMap<String, Revocation>, CasError> {
    let mut revoked = HashMap::new();
    for document in authority_documents(at.rows)? {
        let digest = kept_authority(at, &document.record.identifier)?.digest();
        let mut after = None;
        loop {
            let page = at.ledger.revocations(&digest, after.as_ref(), REVOCATIONS)?;
            let Some(last) = page.last() else { break };
            after = Some(last.serial);
            revoked.extend(page.into_iter().map(|revocation| {
                (Identifier::of(&digest, &revocation.serial).to_string(), revocation)
            }));
        }
    }
    Ok(revoked)
}

fn listed(found: &FoundLeaf) -> ListedLeaf {
    let FoundLeaf { identifier, kept, certificate, .. } = found;
    let (document, validity) = (&kept.document, certificate.validity());
    let subject = certificate.subject();
    let tag = |AnsweredTag { tag_key, tag_value }: &AnsweredTag| {
        format!("{tag_key}={}", tag_value.as_deref().unwrap_or_default())
    };
    ListedLeaf {
        after_date: validity.not_after().to_string(),
        after_time: milliseconds(validity.not_after()),
        algorithm: key_of(certificate).0,
        alias_name: document.alias_name.clone(),
        before_date: validity.not_before().to_string(),
        before_time: milliseconds(validity.not_before()),
        certificate_type: document.kind.clone(),
        common_name: subject.value(AttributeType::COMMON_NAME),
        custom_identifier: document.custom_identifier.clone(),
        id: number_of(identifier),
        identifier: identifier.to_string(),
        key_exportable: document.has_key,
        organization: subject.value(AttributeType::ORGANIZATION),
        organization_unit: subject.value(AttributeType::ORGANIZATIONAL_UNIT),
        serial_number: certificate.serial().to_string(),
        status: found.status().to_owned(),
        subject_dn: subject_dn(subject),
        tags: document.tags.iter().map(tag).collect(),
    }
}

/// A leaf that is revoked; none of one whose hold was released meanwhile.
fn revoked_leaf(found: &FoundLeaf) -> Option<RevokedLeaf> {
    let validity = found.certificate.validity();
    Some(RevokedLeaf {
        leaf: leaf_facts(found),
        after_date: to_the_minute(validity.not_after()),
        before_date: to_the_minute(validity.not_before()),
        revoke_date: to_the_minute(found.revocation.as_ref()?.at),
    })
}

/// A time as ListRevokeCertificate alone writes it: `yyyy-MM-ddTHH:mmZ`.
fn to_the_minute(time: Time) -> String {
    let text = time.to_string();
    format!("{}Z", text.get(.."yyyy-MM-ddTHH:mm".len()).unwrap_or(&text))
}

/// A date of a filter, in UTC: of a day alone, its first second or its last.
fn date(name: &str, text: &str, whole_day: bool) -> Result<Time, CasError> {
    let time = match (text.len(), whole_day) {
        (10, false) => format!("{text}T00:00:00Z"),
        (10, true) => format!("{text}T23:59:59Z"),
        (19, _) => format!("{}Z", text.replacen(' ', "T", 1)),
        _ => text.to_owned(),
    };
    time.parse().map_err(|_| {
        let allowed = "yyyy-MM-dd, yyyy-MM-dd HH:mm:ss or RFC 3339";
        CasError::invalid(name, quoted(text), allowed)
    })
}
