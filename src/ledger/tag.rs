//! Tags: what a certificate is marked with.

use crate::error::{Error, cut};
use crate::limits::{TAG_BYTES, TAGS};

/// A key and a value that mark a certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs)] // A tag is these two.
pub struct Tag {
    /// The key.
    pub key: String,
    /// The value, which may be empty.
    pub value: String,
}

/// Adds a tag: a key of 1 to 128 bytes that is not there yet, a value of at most 256; at most 20 tags.
pub(crate) fn add_tag(tags: &mut Vec<Tag>, key: &str, value: &str) -> Result<(), Error> {
    let problem = if !(1..=TAG_BYTES).contains(&key.len()) {
        format!("a key of {} bytes; allowed 1 to {TAG_BYTES}", key.len())
    } else if value.len() > 2 * TAG_BYTES {
        format!("a value of {} bytes; at most {}", value.len(), 2 * TAG_BYTES)
    } else if tags.len() == TAGS {
        format!("more than {TAGS} tags")
    } else if tags.iter().any(|tag| tag.key == key) {
        "a key that was given before".to_owned()
    } else {
        tags.push(Tag { key: key.to_owned(), value: value.to_owned() });
        return Ok(());
    };
    Err(Error::malformed("tag", cut(key).escape_debug().to_string(), problem))
}
