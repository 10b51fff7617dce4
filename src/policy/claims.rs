//! What attributes of a subject claim beside what they say: names that need the leave of the rules for
//! alternative names, because clients take them for such.

use crate::error::Rule;
use crate::name::{AltName, AttributeType, HostReading, read_as_host};
use crate::profile::Profile;
use crate::usage::ExtendedKeyUsage;

use super::names::NameRules;

/// Why an attribute may not claim what it claims, if it may not. What is granted as an alternative name
/// may be claimed.
pub(super) fn refuse(
    profile: &Profile,
    rules: &NameRules,
    granted: &[AltName],
    kind: AttributeType,
    value: &str,
) -> Option<(Rule, String)> {
    let claimed = match kind {
        AttributeType::COMMON_NAME => host(profile, value),
        AttributeType::EMAIL_ADDRESS => mailbox(profile, value),
        _ => HostReading::Nothing,
    };
    match claimed {
        HostReading::Nothing => None,
        HostReading::Host(name) if granted.contains(&name) || rules.permit(&name) => None,
        HostReading::Host(_) => Some((Rule::NameNotAllowed, rules.describe())),
        HostReading::Unclear => {
            let allowed = "a well-formed name that the policy allows, or text that is not a name";
            Some((Rule::NameMalformed, allowed.to_owned()))
        }
    }
}

/// The host that a common name claims. A single label is one where the profile lists TLS servers;
/// where it lists no purpose, it is rather a person or a product.
fn host(profile: &Profile, value: &str) -> HostReading {
    if !profile.serves(ExtendedKeyUsage::SERVER_AUTH) {
        return HostReading::Nothing;
    }
    match read_as_host(value) {
        HostReading::Host(AltName::Dns(name))
            if !name.as_str().contains('.') && !profile.lists(ExtendedKeyUsage::SERVER_AUTH) =>
        {
            HostReading::Nothing
        }
        read => read,
    }
}

/// The mailbox that an emailAddress claims: it counts as an rfc822Name (RFC 5280 sections 4.1.2.6 and
/// 4.2.1.10).
fn mailbox(profile: &Profile, value: &str) -> HostReading {
    if !profile.serves(ExtendedKeyUsage::EMAIL_PROTECTION) {
        return HostReading::Nothing;
    }
    AltName::email(value).map_or(HostReading::Unclear, HostReading::Host)
}
