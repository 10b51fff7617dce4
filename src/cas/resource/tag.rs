//! Tags put on resources and taken off.

use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::parameters::tags::{AnsweredTag, TagParameter, check_tags, given, kept};
use super::super::session::{Run, Session};
use super::find::{check_type, resources};
use crate::error::quoted;

structures! {
    /// Puts tags on CAs, leaves and orders; a key that is there gets the new value.
    ///
    /// # Errors
    /// `NotFound` for a resource; `MissingParameter`, `InvalidParameter` and `DataTooLongException` by the
    /// [rules](super::super::rules#orders) of tags, which hold for all that a resource has in the end.
    TagResources {
        /// Identifiers of CAs and leaves, and orders' InstanceIds, at most 50.
        resource_id: Vec<String>,
        /// instance or PcaCertificate, which mean the same.
        resource_type: String,
        /// The tags, at most 20.
        tag: Vec<TagParameter>,
    }

    /// Takes tags off CAs, leaves and orders.
    ///
    /// # Errors
    /// `NotFound` for a resource; `MissingParameter` where there is neither a TagKey nor All.
    UntagResources {
        /// Identifiers of CAs and leaves, and orders' InstanceIds, at most 50.
        resource_id: Vec<String>,
        /// instance or PcaCertificate, which mean the same.
        resource_type: String,
        /// The keys of the tags. A resource that does not have one stays as it is.
        tag_key: Vec<String>,
        /// Takes all tags off, where there is no TagKey.
        all: Option<bool>,
    }
}

impl Run for TagResources {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        check_type(&self.resource_type)?;
        if self.tag.is_empty() {
            return Err(CasError::new(ErrorKind::MissingParameter, "Tag: missing"));
        }
        check_tags(at.config, &self.tag)?;
        change(at, &self.resource_id, "tagged", |tags| {
            for tag in kept(&self.tag) {
                tags.retain(|earlier| earlier.tag_key != tag.tag_key);
                tags.push(tag);
            }
        })
    }
}

impl Run for UntagResources {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        check_type(&self.resource_type)?;
        let all = self.tag_key.is_empty() && self.all.unwrap_or_default();
        if self.tag_key.is_empty() && !all {
            let message = "TagKey: missing, and All is not true";
            return Err(CasError::new(ErrorKind::MissingParameter, message));
        }
        change(at, &self.resource_id, "untagged", |tags| {
            tags.retain(|tag| !all && !self.tag_key.contains(&tag.tag_key));
        })
    }
}

/// Changes the tags of resources, all or none.
fn change(
    at: &Session<'_>,
    list: &[String],
    what: &str,
    change: impl Fn(&mut Vec<AnsweredTag>),
) -> Result<(), CasError> {
    if list.len() > RESOURCES {
        let given = format!("{} resources", list.len());
        return Err(CasError::invalid("ResourceId", given, format!("at most {RESOURCES}")));
    }
    let mut rows = Vec::new();
    for (mut resource, text) in resources(at, list)?.into_iter().zip(list) {
        change(resource.tags_mut());
        check_tags(at.config, &given(resource.tags()))
            .map_err(|error| error.about(&format!("the resource {}", quoted(text))))?;
        rows.push(resource.replace()?);
    }
    at.write(rows, &format!("{what}: {}", list.join(", ")))
}

/// Resources of one call (F).
const RESOURCES: usize = 50;
