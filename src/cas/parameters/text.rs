//! Names for people.

use super::super::config::Config;
use super::super::error::{CasError, ErrorKind};
use crate::error::quoted;

/// An AliasName is in order.
pub(crate) fn check_alias(config: &Config, alias: &str) -> Result<(), CasError> {
    let (count, most) = (alias.chars().count(), config.alias_name_characters);
    if count > most {
        let message = format!("AliasName: given {count} characters, at most {most}");
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    if alias.chars().any(char::is_control) {
        let given = quoted(alias);
        return Err(CasError::invalid("AliasName", given, "no control characters"));
    }
    Ok(())
}
