//! Rules, what breaks them, and the list of it.

use std::fmt;
use std::net::IpAddr;

use super::LintProfile;
use crate::hexadecimal::hexadecimal;
use crate::limits::LINT_FINDINGS;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Severity {
    /// The source says MUST: readers may refuse what breaks it.
    Error,
    /// The source says SHOULD, or allows exceptions that nothing in the bytes shows, or is a MUST
    /// that much of the world disregards and readers let pass.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A rule that certificates or revocation lists are held against.
#[derive(Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LintRule {
    /// Its stable name, such as `rfc5280-4.1.2.2-serial-positive`.
    pub id: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The document and section that it is from.
    pub citation: &'static str,
    /// What to do about it.
    pub hint: &'static str,
    /// The profile that it belongs to; none for those that hold for all.
    pub profile: Option<LintProfile>,
}

/// A place where a rule is broken.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule's stable name, such as `rfc5280-4.1.2.2-serial-positive`.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The document and section that the rule is from.
    pub citation: &'static str,
    /// Where it is broken, such as `subjectAltName`.
    pub place: String,
    /// What is there.
    pub given: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, severity, citation, place, given, hint } = self;
        write!(f, "{severity} {rule}, {place}: {given}; {hint} ({citation})")
    }
}

/// The findings of one lint while it goes on.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) findings: Vec<Finding>,
    pub(super) profiles: Vec<LintProfile>,
}

impl Notes {
    /// Adds a finding, if the rule's profile is asked for.
    pub(super) fn add(
        &mut self,
        rule: &'static LintRule,
        place: impl Into<String>,
        given: impl Into<String>,
    ) {
        if self.findings.len() >= LINT_FINDINGS || !rule.profile.is_none_or(|p| self.asks(p)) {
            return;
        }
        let LintRule { id, severity, citation, hint, profile: _ } = *rule;
        let (place, given) = (place.into(), given.into());
        self.findings.push(Finding { rule: id, severity, citation, place, given, hint });
    }

    /// Whether the rules of a profile are asked for.
    pub(super) fn asks(&self, profile: LintProfile) -> bool {
        self.profiles.contains(&profile)
    }
}

/// Bytes of strangers in a finding: text where it is harmless, else digits; the first of them. Of bytes
/// that are no text at most three: they may be of a key that was taken for a certificate.
pub(super) fn shown(bytes: &[u8]) -> String {
    let first = bytes.get(..SHOWN).unwrap_or(bytes);
    let rest = if first.len() < bytes.len() { "…" } else { "" };
    if !first.is_empty() && first.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return format!("{:?}{rest}", String::from_utf8_lossy(first));
    }
    match bytes.get(..FIRST) {
        Some(first) if bytes.len() > FIRST => {
            format!("{} bytes that begin with {}", bytes.len(), hexadecimal(first))
        }
        _ if bytes.is_empty() => "no bytes".to_owned(),
        _ => format!("bytes {}", hexadecimal(bytes)),
    }
}

/// The bytes of an iPAddress in a finding: an address, or in name constraints one with its mask; what
/// is neither as other bytes are.
pub(super) fn shown_address(bytes: &[u8]) -> String {
    let (base, mask) = match bytes.len() {
        8 | 32 => bytes.split_at(bytes.len() / 2),
        _ => (bytes, &[][..]),
    };
    match (address(base), address(mask)) {
        (Some(base), Some(mask)) => format!("{base} with the mask {mask}"),
        (Some(address), None) => address.to_string(),
        _ => shown(bytes),
    }
}

/// The address of 4 or 16 bytes.
pub(super) fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// Of a text, so many characters are shown.
const SHOWN: usize = 64;

/// Of bytes that are no text, so many: fewer than the four by which secrets are searched for.
const FIRST: usize = 3;

/// Defines rules, and `RULES`, the list of them.
macro_rules! rules {
    ($profile:expr; $($name:ident = $severity:ident $id:literal, $citation:literal: $hint:literal;)*) => {
        $(
            pub(in crate::lint) static $name: $crate::lint::LintRule = $crate::lint::LintRule {
                id: $id,
                severity: $crate::lint::Severity::$severity,
                citation: $citation,
                hint: $hint,
                profile: $profile,
            };
        )*
        pub(in crate::lint) static RULES: &[&$crate::lint::LintRule] = &[$(&$name),*];
    };
}
pub(super) use rules;
