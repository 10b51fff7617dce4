//! Tags.

use super::super::config::Config;
use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
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
