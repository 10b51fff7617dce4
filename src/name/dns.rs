//! DNS names as certificates carry them (RFC 5280 section 4.2.1.6, RFC 1034 section 3.5, RFC 9525).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::international;
use crate::error::Error;
use crate::limits::{DNS_LABEL_CHARACTERS, DNS_NAME_CHARACTERS};

/// A DNS name in lower case: a host name, or a wildcard such as `*.example.com`.
///
/// International names are kept in their A-label form (`xn--…`, RFC 5890), whichever was given.
///
/// ```
/// # #[cfg(feature = "idna")] {
/// use certwright::name::DnsName;
/// assert_eq!(DnsName::new("例子.中国")?.as_str(), "xn--fsqu00a.xn--fiqs8s");
/// assert!(DnsName::new("xn--a.example").is_err(), "it decodes to nothing");
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DnsName {
    text: String,
}

impl DnsName {
    /// Checks a name. U-labels (`例子.中国`) become A-labels with the feature `idna` (UTS #46 without
    /// transitional processing); with it, A-labels that are given are checked, too.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it consists of labels of 1 to 63 letters, digits, underscores and
    /// inner hyphens, at most 253 characters in all, the last label not a number (it would read as an
    /// IP address). A wildcard is the whole leftmost label, and two labels or more follow it, or TLS
    /// clients would refuse the name. A policy has a say about underscores
    /// ([`Policy::allow_underscores`](crate::Policy::allow_underscores)).
    pub fn new(text: &str) -> Result<Self, Error> {
        let malformed =
            |problem: &str| Error::malformed("DNS name", crate::error::quoted(text), problem);
        let (wildcard, host) = text.strip_prefix("*.").map_or(("", text), |host| ("*.", host));
        let host = international::to_ascii(host).map_err(|problem| malformed(&problem))?;
        // No other character is a wildcard, whatever it is mapped to.
        if host.contains('*') {
            return Err(malformed("a wildcard that is not the whole leftmost label"));
        }
        Self::of_ascii(&format!("{wildcard}{host}")).map_err(malformed)
    }

    /// A name as a certificate carries it, whose A-labels are not checked: to match them needs no
    /// Unicode.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        Self::of_ascii(text)
            .map_err(|problem| Error::malformed("DNS name", crate::error::quoted(text), problem))
    }

    fn of_ascii(text: &str) -> Result<Self, &'static str> {
        match problem(text) {
            Some(problem) => Err(problem),
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

    /// Whether it has an underscore, which the preferred name syntax of hosts does not have (RFC 1034
    /// section 3.5).
    pub fn has_underscore(&self) -> bool {
        self.text.contains('_')
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
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    if address.parse::<IpAddr>().is_ok() {
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
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if !host.split('.').all(is_label) {
        return Some("a label is not 1 to 63 letters, digits, underscores and inner hyphens");
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
            "10.0.0.7",
            "::1",
            "fe80::1%eth0",
            "1.2.3",
            "\u{ff0a}.example.com",
            "b\u{fc}cher.*.de",
            "\u{ff11}0.0.0.7",
        ] {
            assert!(DnsName::new(text).is_err(), "{text:?}");
        }
        assert!(DnsName::new(&"a".repeat(64)).is_err());
        assert!(DnsName::new(&format!("{}a", "a.".repeat(127))).is_err());
    }

    #[test]
    fn good_names_are_taken_in_lower_case() {
        for text in [
            "localhost",
            "db.internal",
            "*.b.example",
            "xn--bcher-kva.example",
            "3com.com",
            "_dmarc.a_b.example",
        ] {
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
