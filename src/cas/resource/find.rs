//! Resources by their identifiers.

use super::super::error::{CasError, ErrorKind};
use super::super::leaf::found::named_leaf;
use super::super::order::document::{OrderDocument, instance_id, order_of_instance, orders};
use super::super::parameters::list::one_of;
use super::super::parameters::tags::AnsweredTag;
use super::super::session::Session;
use super::super::shelf::records::{
    AuthorityDocument, Kept, LeafDocument, authority_document, authority_documents, leaf_documents,
};
use crate::error::quoted;
use crate::ledger::Row;

/// The one type of resource that the service has.
pub(super) const INSTANCE: &str = "instance";
const PCA_CERTIFICATE: &str = "pcacertificate";

/// What has tags.
pub(super) enum Resource {
    Authority(Kept<AuthorityDocument>),
    Leaf(Kept<LeafDocument>),
    Order(Kept<OrderDocument>),
}

impl Resource {
    pub(super) fn tags(&self) -> &Vec<AnsweredTag> {
        match self {
            Self::Authority(kept) => &kept.document.record.tags,
            Self::Leaf(kept) => &kept.document.tags,
            Self::Order(kept) => &kept.document.tags,
        }
    }

    pub(super) fn tags_mut(&mut self) -> &mut Vec<AnsweredTag> {
        match self {
            Self::Authority(kept) => &mut kept.document.record.tags,
            Self::Leaf(kept) => &mut kept.document.tags,
            Self::Order(kept) => &mut kept.document.tags,
        }
    }

    /// The resource group; an order's is a tag of its own.
    pub(super) fn group_mut(&mut self) -> Option<&mut Option<String>> {
        match self {
            Self::Authority(kept) => Some(&mut kept.document.record.resource_group_id),
            Self::Leaf(kept) => Some(&mut kept.document.resource_group_id),
            Self::Order(_) => None,
        }
    }

    /// What writes it as it is now.
    pub(super) fn replace(&self) -> Result<Row, CasError> {
        Ok(match self {
            Self::Authority(kept) => kept.replace()?,
            Self::Leaf(kept) => kept.replace()?,
            Self::Order(kept) => kept.replace()?,
        })
    }
}

/// The resource that an identifier names: of a CA or a leaf, or an order's `cas-` and number.
pub(super) fn resource(at: &Session<'_>, text: &str) -> Result<Resource, CasError> {
    if let Some(kept) = order_of_instance(at, text)? {
        return Ok(Resource::Order(kept));
    }
    if let Some(kept) = authority_document(at.rows, text)? {
        return Ok(Resource::Authority(kept));
    }
    let unknown = || CasError::not_found("ResourceId", format!("resource {}", quoted(text)));
    Ok(Resource::Leaf(named_leaf(at, text)?.ok_or_else(unknown)?))
}

/// Those of a list, each once.
pub(super) fn resources(at: &Session<'_>, list: &[String]) -> Result<Vec<Resource>, CasError> {
    if list.is_empty() {
        return Err(CasError::new(ErrorKind::MissingParameter, "ResourceId: missing"));
    }
    for (position, text) in list.iter().enumerate() {
        if list.iter().take(position).any(|earlier| earlier == text) {
            let place = format!("ResourceId.{}", position + 1);
            let given = format!("{} twice", quoted(text));
            return Err(CasError::invalid(&place, given, "each resource once"));
        }
    }
    list.iter().map(|text| resource(at, text)).collect()
}

/// Every resource with tags: its identifier and these.
pub(super) fn tagged(at: &Session<'_>) -> Result<Vec<(String, Vec<AnsweredTag>)>, CasError> {
    let cas =
        authority_documents(at.rows)?.into_iter().map(|it| (it.record.identifier, it.record.tags));
    let leaves = leaf_documents(at.rows)?.into_iter().map(|it| (it.identifier, it.tags));
    let orders = orders(at.rows)?.into_iter().map(|it| (instance_id(&it), it.tags));
    Ok(cas.chain(leaves).chain(orders).filter(|(_, tags)| !tags.is_empty()).collect())
}

/// There is one type of resource, by two names: the models' and that which the service's Terraform provider sends.
pub(super) fn check_type(given: &str) -> Result<(), CasError> {
    one_of("ResourceType", &Some(given.to_ascii_lowercase()), &[INSTANCE, PCA_CERTIFICATE])
}
