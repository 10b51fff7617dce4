//! DNS names as certificates carry them (RFC 5280 section 4.2.1.6, RFC 1034 section 3.5, RFC 9525).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::error::Error;
use crate::limits::{DNS_LABEL_CHARACTERS, DNS_NAME_CHARACTERS};

/// A DNS name in lower case: a host name, or a wildcard such as `*.example.com`.
///
/// International names are given in their A-label form (`xn--…`).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DnsName {
    text: String,
}

impl DnsName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it consists of labels of 1 to 63 letters, digits and inner
    /// hyphens, at most 253 characters in all, the last label not a number (it would read as an IP
    /// address). A wildcard is the whole leftmost label, and two labels or more follow it, or TLS
    /// clients would refuse the name.
    pub fn new(text: &str) -> Result<Self, Error> {
        match problem(text) {
            Some(problem) => Err(Error::malformed("DNS name", crate::error::quoted(text), problem)),
            None => Ok(Self { text: text.to_ascii_lowercase() }),
        }
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many labels it has.
    pub(super) fn labels(&self) -> usize {
        self.text.split('.').count()
    }

    /// Whether its leftmost label is `*`.
    pub fn is_wildcard(&self) -> bool {
        self.text.starts_with("*.")
    }

    /// Whether this name, as a certificate carries it, covers the host: equal, or a wildcard that
    /// stands for exactly the leftmost label (RFC 9525 section 6.3).
    pub fn covers(&self, host: &Self) -> bool {
        match self.text.strip_prefix("*.") {
            None => self.text == host.text,
            Some(parent) => {
                !host.is_wildcard()
                    && host.text.split_once('.').is_some_and(|(_, rest)| rest == parent)
            }
        }
    }
}

impl FromStr for DnsName {
    type Err = Error;

    /// The same as [`DnsName::new`].
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("empty");
    }
    if text.len() > DNS_NAME_CHARACTERS {
        return Some("longer than 253 characters");
    }
    if text.parse::<IpAddr>().is_ok() {
        return Some("an IP address; write it as an iPAddress name");
    }
    let host = text.strip_prefix("*.").unwrap_or(text);
    if host.contains('*') {
        return Some("a wildcard that is not the whole leftmost label");
    }
    if host.len() < text.len() && !host.contains('.') {
        return Some("a wildcard with fewer than two labels after it, which TLS clients refuse");
    }
    let is_label = |label: &str| {
        (1..=DNS_LABEL_CHARACTERS).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if !host.split('.').all(is_label) {
        return Some("a label is not 1 to 63 letters, digits and inner hyphens");
    }
    if host.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
        return Some("the last label is a number");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_peers_accept_and_we_refuse() {
        for text in [
            "",
            "*.*.com",
            "foo bar",
            "http://x",
            "a..b",
            ".a",
            "a.",
            "*",
            "*.com",
            "a.*.com",
            "f*.example.com",
            "-a.com",
            "a-.com",
            "a_b.com",
            "10.0.0.7",
            "::1",
            "1.2.3",
            "b\u{fc}cher.de",
        ] {
            assert!(DnsName::new(text).is_err(), "{text:?}");
        }
        assert!(DnsName::new(&"a".repeat(64)).is_err());
        assert!(DnsName::new(&format!("{}a", "a.".repeat(127))).is_err());
    }

    #[test]
    fn good_names_are_taken_in_lower_case() {
        for text in ["localhost", "db.internal", "*.b.example", "xn--bcher-kva.example", "3com.com"]
        {
            assert_eq!(DnsName::new(&text.to_ascii_uppercase()).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_wildcard_covers_one_label() {
        let name = |text| DnsName::new(text).unwrap();
        assert!(name("*.b.example").covers(&name("a.b.example")));
        for other in ["b.example", "x.a.b.example", "*.b.example"] {
            assert!(!name("*.b.example").covers(&name(other)), "{other}");
        }
    }
}
