//! Structures that several operations share.

use super::config::Config;
use super::error::{CasError, ErrorKind};
use super::schema::{Parameter, ParameterHelp, Problems};
use super::structures::structures;
use crate::error::quoted;
use crate::policy::ReviewItem;

structures! {
    /// A tag.
    TagParameter {
        /// Its key: at most 64 characters, letters, digits, `.`, `_` and `-`, a letter first, not
        /// `aliyun` or `acs:` (seed page CreateCertificateRequest).
        key: String,
        /// Its value: at most 128 characters; may be empty (seed page CreateCertificateRequest).
        value: Option<String>,
    }
}

/// Checks tags by the rules of the seed page CreateCertificateRequest.
pub(super) fn check_tags(config: &Config, tags: &[TagParameter]) -> Result<(), CasError> {
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

/// The same tags once more.
pub(super) fn copied(tags: &[TagParameter]) -> Vec<TagParameter> {
    tags.iter().map(|tag| TagParameter { key: tag.key.clone(), value: tag.value.clone() }).collect()
}

/// What became of each item of the CSR: this is for callers of the library and not sent.
#[derive(Debug, Default)]
pub struct Outcome(Vec<ReviewItem>);

impl Outcome {
    pub(super) fn new(items: Vec<ReviewItem>) -> Self {
        Self(items)
    }

    /// Every item of the CSR, and whether it was granted or left out.
    pub fn items(&self) -> &[ReviewItem] {
        &self.0
    }
}

impl Parameter for Outcome {
    const REQUIRED: bool = false;

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

    fn parts() -> Vec<ParameterHelp> {
        Vec::new()
    }
}
