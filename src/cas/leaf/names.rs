//! The alternative names of leaves.

use super::super::config::{CommonNameRule, Config};
use super::super::error::{CasError, ErrorKind};
use super::super::parameters::names::{domains, host, names};
use crate::AltName;

/// Those of a server leaf: its common name, where that is one, and `Domain`.
pub(super) fn server(
    config: &Config,
    domain: Option<&str>,
    common_name: Option<&str>,
) -> Result<Vec<AltName>, CasError> {
    let mut names = domains("Domain", domain)?;
    if let Some(name) = common_name.and_then(host)
        && config.common_name == CommonNameRule::AlsoAltName
        && !names.contains(&name)
    {
        names.insert(0, name);
    }
    require_host("Domain", &names, common_name)?;
    Ok(names)
}

/// Those of a client leaf: SanType says what they are.
pub(super) fn client(
    san_type: Option<i64>,
    san_value: Option<&str>,
) -> Result<Vec<AltName>, CasError> {
    let missing = |message: &str| Err(CasError::new(ErrorKind::MissingParameter, message));
    match (san_type, san_value) {
        (None, None) => Ok(Vec::new()),
        (Some(_), None) => missing("SanValue: missing beside SanType"),
        (None, Some(_)) => missing("SanType: missing beside SanValue"),
        (Some(1), list) => names("SanValue", list, AltName::email),
        (Some(6), list) => names("SanValue", list, AltName::uri),
        (Some(other), _) => {
            Err(CasError::invalid("SanType", other, "1 for e-mail addresses, 6 for URIs"))
        }
    }
}

/// A server certificate names a host, or no client could find it for any. The common name counts,
/// though most clients no longer look at it (RFC 9525 section 2): where it is not written as an
/// alternative name too, that was chosen.
pub(super) fn require_host(
    parameter: &str,
    names: &[AltName],
    common_name: Option<&str>,
) -> Result<(), CasError> {
    if !names.is_empty() || common_name.and_then(host).is_some() {
        return Ok(());
    }
    let message = format!(
        "{parameter}: missing, and the common name is no domain name or IP address either; a server \
         certificate needs one"
    );
    Err(CasError::new(ErrorKind::MissingParameter, message))
}
