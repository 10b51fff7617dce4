//! Tags.

use super::super::config::Config;
use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::limits::RESOURCE_GROUP_BYTES;
use crate::error::quoted;

structures! {
    /// A tag.
    #[derive(Clone)]
    TagParameter {
        /// Its key: at most 64 characters, letters, digits, `.`, `_` and `-`, a letter first, not
        /// `aliyun` or `acs:`.
        key: String,
        /// Its value: at most 128 characters; may be empty.
        value: Option<String>,
    }
}

structures! {
    /// A tag that is kept, as answers name its parts.
    #[derive(Clone)]
    AnsweredTag {
        /// Its key.
        tag_key: String,
        /// Its value; none where that is empty.
        tag_value: Option<String>,
    }
}

/// Tags as they are kept and answered.
pub(crate) fn kept(tags: &[TagParameter]) -> Vec<AnsweredTag> {
    let tag = |TagParameter { key, value }: &TagParameter| AnsweredTag {
        tag_key: key.clone(),
        tag_value: value.clone(),
    };
    tags.iter().map(tag).collect()
}

/// Kept tags as they are given.
pub(crate) fn given(tags: &[AnsweredTag]) -> Vec<TagParameter> {
    let tag = |AnsweredTag { tag_key, tag_value }: &AnsweredTag| TagParameter {
        key: tag_key.clone(),
        value: tag_value.clone(),
    };
    tags.iter().map(tag).collect()
}

/// The resource group of what has these tags: the one that is named, or else the value of the tag that names
/// it.
pub(crate) fn resource_group(
    given: Option<&str>,
    tags: &[TagParameter],
) -> Result<Option<String>, CasError> {
    let tagged = || {
        let tag = tags.iter().find(|tag| tag.key == RESOURCE_GROUP_TAG)?;
        tag.value.as_deref()
    };
    let Some(group) = given.or_else(tagged) else { return Ok(None) };
    let characters = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if group.len() > RESOURCE_GROUP_BYTES || !group.chars().all(characters) {
        let allowed = format!("at most {RESOURCE_GROUP_BYTES} letters, digits, '-' and '_'");
        return Err(CasError::invalid("ResourceGroupId", quoted(group), allowed));
    }
    Ok(Some(group.to_owned()))
}

/// The key of the tag that names a resource group (S CreateCertificateRequest).
const RESOURCE_GROUP_TAG: &str = "acs:rm:rgId";

/// Checks tags by their [rules](crate::cas::rules#orders).
pub(crate) fn check_tags(config: &Config, tags: &[TagParameter]) -> Result<(), CasError> {
    if tags.len() > config.tags {
        return Err(CasError::invalid("Tags", tags.len(), format!("at most {}", config.tags)));
    }
    let (key_characters, value_characters) =
        (config.tag_key_characters, config.tag_value_characters);
    for (at, TagParameter { key, value }) in tags.iter().enumerate() {
        let name = format!("Tags.{}.Key", at + 1);
        if key.chars().count() > key_characters {
            let message = format!("{name}: at most {key_characters} characters");
            return Err(CasError::new(ErrorKind::DataTooLong, message));
        }
        let characters = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        let good = key.starts_with(|c: char| c.is_ascii_alphabetic())
            && key.chars().all(characters)
            && !key.starts_with("aliyun");
        if !good && !config.reserved_tag_keys.contains(key) {
            let reserved: String =
                config.reserved_tag_keys.iter().map(|key| format!(", or {key}")).collect();
            let allowed = format!(
                "a letter, then letters, digits, '.', '_' and '-', not aliyun or acs: first{reserved}"
            );
            return Err(CasError::invalid(&name, quoted(key), allowed));
        }
        if tags.iter().take(at).any(|earlier| earlier.key == *key) {
            return Err(CasError::invalid(
                &name,
                format!("{} twice", quoted(key)),
                "each key once",
            ));
        }
        let value = value.as_deref().unwrap_or_default();
        if value.chars().count() > value_characters {
            let message = format!("Tags.{}.Value: at most {value_characters} characters", at + 1);
            return Err(CasError::new(ErrorKind::DataTooLong, message));
        }
        if value.contains("http://") || value.contains("https://") {
            let name = format!("Tags.{}.Value", at + 1);
            return Err(CasError::invalid(&name, quoted(value), "no http:// or https://"));
        }
    }
    Ok(())
}
