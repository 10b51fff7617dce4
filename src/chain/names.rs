//! Names in path validation.

use crate::certificate::Certificate;
use crate::error::ChainRule;
use crate::limits::NAME_COMPARISONS;
use crate::name::{AltName, GeneralName, NameConstraints, OtherName};
use crate::usage::ExtendedKeyUsage;

/// A rule, and what was found and is allowed.
pub(super) type Broken = (ChainRule, String);

/// Whether a name of a certificate covers a name that was asked for: hosts and schemes in any case, and
/// what stands before the @ or behind the host as it is written (RFC 5280 sections 7.2, 7.4 and 7.5).
pub(super) fn covers(found: &GeneralName, wanted: &AltName) -> bool {
    if let (GeneralName::Directory(found), AltName::Directory(wanted)) = (found, wanted) {
        return found.matches(&wanted.to_name());
    }
    match (found.to_match(), wanted) {
        (Ok(AltName::Dns(found)), AltName::Dns(wanted)) => found.covers(wanted),
        (Ok(AltName::Uri(found)), AltName::Uri(wanted)) => {
            folded(found.as_str()) == folded(wanted.as_str())
        }
        (Ok(AltName::OtherName(found)), AltName::OtherName(wanted)) => {
            found == *wanted || found.kind() == wanted.kind() && same_domain(&found, wanted)
        }
        (Ok(found), wanted) => found == *wanted,
        (Err(_), _) => false,
    }
}

/// A URI whose scheme and host are in lower case, which is all that may be folded (RFC 3986 section 6.2.2.1).
fn folded(uri: &str) -> String {
    let (scheme, rest) = uri.split_once(':').unwrap_or((uri, ""));
    let scheme = scheme.to_ascii_lowercase();
    let Some(rest) = rest.strip_prefix("//") else { return format!("{scheme}:{rest}") };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let user = authority.rfind('@').map_or(0, |at| at + 1);
    let (user, host) = authority.split_at_checked(user).unwrap_or(("", authority));
    let host = host.to_ascii_lowercase();
    format!("{scheme}://{user}{host}{path}")
}

/// Whether two user principal names have the same user, and domains that differ in case alone.
fn same_domain(found: &OtherName, wanted: &OtherName) -> bool {
    let parts = |name: &OtherName| -> Option<(String, String)> {
        let (user, domain) =
            name.text().filter(|_| name.kind() == OtherName::UPN)?.split_once('@')?;
        Some((user.to_owned(), domain.to_ascii_lowercase()))
    };
    parts(found).is_some_and(|found| parts(wanted) == Some(found))
}

/// Adds the comparisons that the constraints of a path ask for to those of the paths before; fails, with
/// the link, where there is no time for so many.
pub(super) fn check_comparisons(
    path: &[&Certificate],
    comparisons: &mut usize,
) -> Result<(), (usize, Broken)> {
    let mut below = 0;
    for (link, certificate) in path.iter().enumerate() {
        let constraints = certificate.name_constraints().map_or(0, NameConstraints::len);
        *comparisons = comparisons.saturating_add(below * constraints);
        below += certificate.alt_names().len() + certificate.subject().attributes().count();
        if *comparisons > NAME_COMPARISONS {
            let detail = format!("{comparisons} comparisons of names; at most {NAME_COMPARISONS}");
            return Err((link, (ChainRule::NameConstraints, detail)));
        }
    }
    Ok(())
}

pub(super) fn check_constraints(
    constraints: &NameConstraints,
    certificate: &Certificate,
) -> Result<(), Broken> {
    let matcher = constraints.matcher();
    let subject = matcher
        .refuse_subject(certificate.subject())
        .map(|allowed| format!("subject {}; allowed {allowed}", certificate.subject()));
    let names = certificate.alt_names().iter().find_map(|name| {
        matcher.refuse_unchecked(name).map(|allowed| format!("{name}; allowed {allowed}"))
    });
    let common_name = || {
        if !serves_tls(certificate) {
            return None;
        }
        let has = |wanted: fn(&GeneralName) -> bool| certificate.alt_names().iter().any(wanted);
        let has_dns = has(|name| matches!(name, GeneralName::Dns(_)));
        // Beside a dNSName nobody looks for an address in the common name.
        let has_ip = has_dns || has(|name| matches!(name, GeneralName::Ip(_)));
        let refused = matcher.refuse_common_names(certificate.subject(), has_dns, has_ip);
        refused
            .map(|allowed| format!("common name of {}; allowed {allowed}", certificate.subject()))
    };
    match subject.or(names).or_else(common_name) {
        Some(detail) => Err((ChainRule::NameConstraints, detail)),
        None => Ok(()),
    }
}

/// Whether clients could take a certificate for that of a TLS server.
fn serves_tls(certificate: &Certificate) -> bool {
    let serves = |usages: &[ExtendedKeyUsage]| {
        usages.contains(&ExtendedKeyUsage::SERVER_AUTH) || usages.contains(&ExtendedKeyUsage::ANY)
    };
    !certificate.is_authority() && certificate.extended_key_usage().is_none_or(serves)
}
