//! Lists of names in one parameter, separated by commas.

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
        if names.contains(&name) {
            return refuse("each name once");
        }
        names.push(name);
    }
    Ok(names)
}
