//! Section 4: lists of leaves.

use std::collections::HashMap;

use super::Cas;
use super::authority_describe::{key_of, milliseconds, one_of, subject_dn};
use super::error::CasError;
use super::leaf::{FoundLeaf, described};
use super::leaf_list_structures::*;
use super::leaf_structures::DescribedLeaf;
use super::page::page;
use super::records::{CLIENT, END_ENTITY, ISSUE, LeafDocument, REVOKE, SERVER};
use super::subject::Fields;
use super::types::TagParameter;
use crate::error::quoted;
use crate::ledger::{Identifier, Ledger, Revocation};
use crate::validity::Time;

/// Revocations that are read at a time.
const REVOCATIONS: usize = 1_000;

impl Cas {
    /// Lists leaves, the latest first (section 4).
    ///
    /// # Errors
    /// `InvalidParameter` for a page out of bounds.
    pub fn list_client_certificate(
        &self,
        request: &ListClientCertificateRequest,
    ) -> Result<ListClientCertificateResponse, CasError> {
        let ListClientCertificateRequest { current_page, identifier, show_size } = request;
        self.operate(|request_id| {
            let all = match identifier {
                Some(text) => {
                    let kept = self.named_leaf(text)?;
                    kept.into_iter().map(|kept| kept.document.identifier).collect()
                }
                None => self.leaf_identifiers()?,
            };
            let default = self.config.page_sizes.1;
            let (shown, page) = page(all, *current_page, *show_size, default, &self.config)?;
            Ok(ListClientCertificateResponse {
                certificate_list: self.shown(shown.iter(), described)?,
                current_page: page.current,
                page_count: page.count(),
                show_size: page.size,
                total_count: page.total,
                request_id,
            })
        })
    }

    /// Lists leaves of an issuer, a status, a kind or a time, the latest first (section 4).
    ///
    /// # Errors
    /// `InvalidParameter` for a page or a filter out of bounds.
    pub fn list_cert(&self, request: &ListCertRequest) -> Result<ListCertResponse, CasError> {
        self.operate(|request_id| {
            one_of("Status", &request.status, &[ISSUE, REVOKE])?;
            one_of("Type", &request.kind, &[SERVER, CLIENT, END_ENTITY])?;
            let from = request.after_date.as_deref().map(|text| date("AfterDate", text, false));
            let until = request.before_date.as_deref().map(|text| date("BeforeDate", text, true));
            let (from, until) = (from.transpose()?, until.transpose()?);
            let revoked = match request.status {
                Some(_) => self.revoked_leaves()?,
                None => HashMap::new(),
            };
            let wanted = |document: &LeafDocument| {
                let status =
                    if revoked.contains_key(&document.identifier) { REVOKE } else { ISSUE };
                let LeafDocument { kind, parent_identifier, created, .. } = document;
                request.parent_identifier.as_ref().is_none_or(|wanted| wanted == parent_identifier)
                    && request.kind.as_ref().is_none_or(|wanted| wanted == kind)
                    && request.status.as_ref().is_none_or(|wanted| wanted == status)
                    && from.is_none_or(|from| *created >= from.unix())
                    && until.is_none_or(|until| *created <= until.unix())
            };
            let mut all = self.leaf_identifiers()?;
            if request.parent_identifier.is_some()
                || request.kind.is_some()
                || request.status.is_some()
                || from.or(until).is_some()
            {
                let mut kept = Vec::new();
                for identifier in all {
                    let document = self.leaf_document(&identifier)?;
                    if document.is_some_and(|kept| wanted(&kept.document)) {
                        kept.push(identifier);
                    }
                }
                all = kept;
            }
            let (current, size) = (request.current_page, request.show_size);
            let (shown, page) = page(all, current, size, self.config.page_sizes.1, &self.config)?;
            Ok(ListCertResponse {
                current_page: page.current,
                list: self.shown(shown.iter(), listed)?,
                page_count: page.count(),
                show_size: page.size,
                total_count: page.total,
                request_id,
            })
        })
    }

    /// Lists leaves that were revoked and not deleted, the latest revocation first (section 4).
    ///
    /// # Errors
    /// `InvalidParameter` for a page out of bounds.
    pub fn list_revoke_certificate(
        &self,
        request: &ListRevokeCertificateRequest,
    ) -> Result<ListRevokeCertificateResponse, CasError> {
        let ListRevokeCertificateRequest { current_page, show_size } = request;
        self.operate(|request_id| {
            let mut all = Vec::new();
            for (identifier, revocation) in self.revoked_leaves()? {
                if self.leaf_document(&identifier)?.is_some() {
                    all.push((revocation.at, identifier));
                }
            }
            all.sort_by(|a, b| b.cmp(a));
            let default = self.config.page_sizes.1;
            let (shown, page) = page(all, *current_page, *show_size, default, &self.config)?;
            let identifiers = shown.iter().map(|(_, identifier)| identifier);
            let found = self.shown(identifiers, revoked)?;
            Ok(ListRevokeCertificateResponse {
                certificate_list: found.into_iter().flatten().collect(),
                current_page: page.current,
                page_count: page.count(),
                show_size: page.size,
                total_count: page.total,
                request_id,
            })
        })
    }

    /// The leaves of a page. One that was deleted meanwhile is left out.
    fn shown<'i, T>(
        &self,
        identifiers: impl Iterator<Item = &'i String>,
        show: impl Fn(&FoundLeaf) -> T,
    ) -> Result<Vec<T>, CasError> {
        let mut shown = Vec::new();
        for identifier in identifiers {
            if let Some(kept) = self.leaf_document(identifier)? {
                shown.push(show(&self.found_leaf(kept)?));
            }
        }
        Ok(shown)
    }

    /// What is revoked of what the CAs issued, by identifier. Deleted leaves and CAs are among it.
    fn revoked_leaves(&self) -> Result<HashMap<String, Revocation>, CasError> {
        let mut revoked = HashMap::new();
        for document in self.authority_documents()? {
            let chain = self.authority_chain(&document.identifier)?;
            let Some(certificate) = chain.first() else { continue };
            let digest = Ledger::digest_of(certificate);
            let mut after = None;
            loop {
                let page = self.ledger.revocations(&digest, after.as_ref(), REVOCATIONS)?;
                let Some(last) = page.last() else { break };
                after = Some(last.serial);
                revoked.extend(page.into_iter().map(|revocation| {
                    (Identifier::of(&digest, &revocation.serial).to_string(), revocation)
                }));
            }
        }
        Ok(revoked)
    }
}

fn listed(found: &FoundLeaf) -> ListedLeaf {
    let FoundLeaf { identifier, kept, certificate, .. } = found;
    let (document, validity) = (&kept.document, certificate.validity());
    let Fields { common_name, organization, organization_unit, .. } =
        Fields::of(certificate.subject());
    let tag = |TagParameter { key, value }: &TagParameter| {
        format!("{key}={}", value.as_deref().unwrap_or_default())
    };
    ListedLeaf {
        after_date: validity.not_after().to_string(),
        after_time: milliseconds(validity.not_after().unix()),
        algorithm: key_of(certificate).0,
        alias_name: document.alias_name.clone(),
        before_date: validity.not_before().to_string(),
        before_time: milliseconds(validity.not_before().unix()),
        certificate_type: document.kind.clone(),
        common_name,
        custom_identifier: document.custom_identifier.clone(),
        identifier: identifier.to_string(),
        key_exportable: document.has_key,
        organization,
        organization_unit,
        serial_number: certificate.serial().to_string(),
        status: found.status().to_owned(),
        subject_dn: subject_dn(certificate.subject()),
        tags: document.tags.iter().map(tag).collect(),
    }
}

/// A leaf that is revoked; none of one whose hold was released meanwhile.
fn revoked(found: &FoundLeaf) -> Option<RevokedLeaf> {
    let revocation = found.revocation.as_ref()?;
    let validity = found.certificate.validity();
    let DescribedLeaf {
        algorithm,
        certificate_type,
        common_name,
        country_code,
        custom_identifier,
        identifier,
        key_size,
        locality,
        md5,
        organization,
        organization_unit,
        parent_identifier,
        sans,
        serial_number,
        sha2,
        sign_algorithm,
        state,
        status,
        subject_dn,
        ..
    } = described(found);
    Some(RevokedLeaf {
        after_date: to_the_minute(validity.not_after()),
        algorithm,
        before_date: to_the_minute(validity.not_before()),
        certificate_type,
        common_name,
        country_code,
        custom_identifier,
        identifier,
        key_size,
        locality,
        md5,
        organization,
        organization_unit,
        parent_identifier,
        revoke_date: to_the_minute(revocation.at),
        sans,
        serial_number,
        sha2,
        sign_algorithm,
        state,
        status,
        subject_dn,
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
