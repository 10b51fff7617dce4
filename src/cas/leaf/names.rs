//! The alternative names of leaves.

use super::super::config::{CommonNameRule, Config};
use super::super::error::{CasError, ErrorKind};
use super::super::parameters::names::{domains, host, names};
use crate::error::quoted;
use crate::name::OtherName;
use crate::profile::Oid;
use crate::{AltName, Error};

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
        (Some(0), list) => names("SanValue", list, other_name),
        (Some(1), list) => names("SanValue", list, AltName::email),
        (Some(2), list) => names("SanValue", list, AltName::dns),
        // The commas of a distinguished name are its own.
        (Some(4), Some(text)) => {
            let name = text.parse().and_then(|name| AltName::directory(&name));
            let wrong = |error| CasError::invalid("SanValue", quoted(text), error);
            Ok(vec![name.map_err(wrong)?])
        }
        (Some(6), list) => names("SanValue", list, AltName::uri),
        (Some(7), list) => names("SanValue", list, AltName::ip),
        (Some(8), list) => names("SanValue", list, |text| Ok(AltName::RegisteredId(text.parse()?))),
        (Some(other), _) => Err(CasError::invalid("SanType", other, SAN_TYPES)),
    }
}

/// What SanType may be. x400Address (3) and ediPartyName (5) are read by nobody (I).
const SAN_TYPES: &str = "0 for other names, 1 for e-mail addresses, 2 for DNS names, 4 for a distinguished \
                         name, 6 for URIs, 7 for IP addresses, 8 for object identifiers";

/// An otherName: the object identifier of its type, a plus sign and its value, or a user principal name alone
/// (F: the model's example is `1.3.6.1.4.1.311.20.2.3` and `user@domain.com`; I: the plus sign between).
fn other_name(text: &str) -> Result<AltName, Error> {
    let parts =
        text.split_once('+').map(|(kind, value)| (kind.trim().parse::<Oid>(), value.trim()));
    match parts {
        Some((Ok(OtherName::UPN), value)) => AltName::upn(value),
        Some((Ok(OtherName::SRV), value)) => AltName::srv(value),
        Some((Ok(kind), _)) => {
            let allowed = format!("{} (UPN) or {} (SRV)", OtherName::UPN, OtherName::SRV);
            Err(Error::unsupported("type of an other name", kind.to_string(), allowed))
        }
        // A plus sign may be part of a user's name.
        Some((Err(_), _)) | None => AltName::upn(text),
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
