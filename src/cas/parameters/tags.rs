//! Tags, and what became of the items of a CSR.

use super::super::config::Config;
use super::super::error::{CasError, ErrorKind};
use super::super::json::schema::{Parameter, Problems};
use super::super::json::structures::structures;
use crate::error::quoted;
use crate::policy::ReviewItem;

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
    let (key_characters, value_characters) = config.tag_characters;
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
        if !good {
            let allowed =
                "a letter, then letters, digits, '.', '_' and '-', not aliyun or acs: first";
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

/// What became of each item of the CSR is for callers of the library, and not sent.
impl Parameter for Vec<ReviewItem> {
    fn kind() -> String {
        "nothing".to_owned()
    }

    fn read(_given: &serde_json::Value, place: &str, problems: &mut Problems) -> Option<Self> {
        problems.wrong.push(format!("{place}: it is not sent"));
        None
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn write(&self) -> Option<serde_json::Value> {
        None
    }
}
