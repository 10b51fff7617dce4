//! Lists of names in one parameter, separated by commas.

use std::borrow::Cow;

use super::super::error::CasError;
use super::super::limits::DOMAINS;
use crate::error::quoted;
use crate::{AltName, Error};

/// The DNS names and IP addresses of a list: no item is empty, malformed or there twice.
pub(crate) fn domains(parameter: &str, list: Option<&str>) -> Result<Vec<AltName>, CasError> {
    names(parameter, list, str::parse)
}

/// The names of a list, as `read` reads them.
pub(crate) fn names(
    parameter: &str,
    list: Option<&str>,
    read: impl Fn(&str) -> Result<AltName, Error>,
) -> Result<Vec<AltName>, CasError> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let mut names: Vec<AltName> = Vec::new();
    for item in list.split(',') {
        let item = item.trim();
        let refuse = |allowed: &str| {
            Err(CasError::invalid(parameter, format!("item {}", quoted(item)), allowed))
        };
        if item.is_empty() {
            return refuse("no empty item");
        }
        if names.len() == DOMAINS {
            return refuse(&format!("at most {DOMAINS} items"));
        }
        let name = match read(item) {
            Ok(name) => name,
            Err(error) => return refuse(&format!("a well-formed name ({error})")),
        };
        if name.has_underscore() {
            return refuse(NO_UNDERSCORE);
        }
        if names.contains(&name) {
            return refuse("each name once");
        }
        names.push(name);
    }
    Ok(names)
}

/// The host that a common name is, if it is one. A word in other letters than ASCII is rather a person or
/// a product; names with an underscore are not certified.
pub(crate) fn host(common_name: &str) -> Option<AltName> {
    let is_word = !common_name.is_ascii() && !common_name.contains(['.', '\u{3002}']);
    let name = (!is_word).then(|| common_name.parse::<AltName>().ok()).flatten();
    name.filter(|name| !name.has_underscore())
}

/// A common name, in A-labels where it is an international name: clients compare names in ASCII.
pub(crate) fn in_ascii(common_name: &str) -> Cow<'_, str> {
    match host(common_name) {
        Some(AltName::Dns(name)) if !common_name.is_ascii() => Cow::Owned(name.to_string()),
        _ => Cow::Borrowed(common_name),
    }
}

/// The service's names of hosts are those of RFC 1034 (I).
pub(crate) const NO_UNDERSCORE: &str = "host names without an underscore";
