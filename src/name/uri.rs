//! URIs as certificates carry them (RFC 5280 section 4.2.1.6, RFC 3986).

use std::fmt;
use std::net::IpAddr;

use super::dns::DnsName;
use crate::error::Error;
use crate::limits::URI_CHARACTERS;

/// An absolute URI such as `spiffe://example.org/service`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Uri {
    text: String,
    host: Option<String>,
    /// Whether the host is a DNS name and no address.
    is_named: bool,
}

impl Uri {
    /// Checks a URI.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it is ASCII of RFC 3986's characters, at most 2048 of them, with
    /// a scheme and something after it, and, where it has an authority, with a host that is a DNS
    /// name or an IP address.
    pub fn new(text: &str) -> Result<Self, Error> {
        Self::of(text, DnsName::new)
    }

    /// A URI as a certificate carries it: the A-labels of its host are not checked.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        Self::of(text, DnsName::read)
    }

    fn of(text: &str, name: fn(&str) -> Result<DnsName, Error>) -> Result<Self, Error> {
        match host(text, name) {
            Ok(host) => {
                let is_named = host.as_deref().is_some_and(|host| host.parse::<IpAddr>().is_err());
                Ok(Self { text: text.to_owned(), host, is_named })
            }
            Err(problem) => Err(Error::malformed("URI", crate::error::quoted(text), problem)),
        }
    }

    /// The URI as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host of its authority in lower case, where it has one that is not empty.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }
}

impl Uri {
    /// The host, if it is a DNS name.
    pub(crate) fn named_host(&self) -> Option<&str> {
        self.host.as_deref().filter(|_| self.is_named)
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The host of a well-formed URI, or what is wrong with it.
fn host(text: &str, name: fn(&str) -> Result<DnsName, Error>) -> Result<Option<String>, String> {
    if text.len() > URI_CHARACTERS {
        return Err("longer than 2048 characters".to_owned());
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b)) {
        let problem = "a character that RFC 3986 does not allow; a host's international name is written \
                       in A-labels (`xn--…`), other text percent-encoded";
        return Err(problem.to_owned());
    }
    let (scheme, rest) = text.split_once(':').ok_or("no scheme")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if !is_scheme {
        return Err("the scheme is not a letter followed by letters, digits, + - .".to_owned());
    }
    if rest.is_empty() {
        return Err("nothing after the scheme".to_owned());
    }
    let Some(rest) = rest.strip_prefix("//") else {
        return Ok(None);
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host_and_port.is_empty() {
        // As in file:///path.
        return Ok(None);
    }
    let (host, port) = match host_and_port.strip_prefix('[') {
        Some(literal) => {
            let (address, port) = literal.split_once(']').ok_or("the host's [ has no ]")?;
            // A zone is written %25 there (RFC 6874).
            let plain = address.replace("%25", "%");
            match super::address::read(&plain).map_err(|problem| format!("the host: {problem}"))? {
                IpAddr::V6(_) => {}
                IpAddr::V4(_) => return Err("the host in [] is not an IPv6 address".to_owned()),
            }
            (address, port.strip_prefix(':').or(port.is_empty().then_some("")))
        }
        None => match host_and_port.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host_and_port, Some("")),
        },
    };
    if !port.is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit())) {
        return Err("the port is not a number".to_owned());
    }
    if host.parse::<IpAddr>().is_err() {
        match name(host) {
            Ok(name) if !name.is_wildcard() => {}
            Ok(_) => return Err("the host is a wildcard".to_owned()),
            Err(error) => {
                // Not the host itself: the whole text decides whether it may be shown.
                let problem = error.problem();
                return Err(format!("the host is neither an IP address nor a DNS name: {problem}"));
            }
        }
    }
    Ok(Some(host.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found() {
        let host = |text| Uri::new(text).unwrap().host().map(str::to_owned);
        assert_eq!(host("https://A.example:443/x?y#z").as_deref(), Some("a.example"));
        assert_eq!(host("https://u:p@10.0.0.7/").as_deref(), Some("10.0.0.7"));
        assert_eq!(host("https://[2001:db8::1]:8443/").as_deref(), Some("2001:db8::1"));
        assert_eq!(host("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"), None);
        assert_eq!(host("file:///etc/passwd"), None);
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        for text in [
            "",
            "a",
            "/path",
            "1a:b",
            "a:",
            "http://a b",
            "http://a..b/",
            "http://*.a.b/",
            "http://[::1/",
            "http://[zz]/",
            "http://[fe80::1%25eth0]/",
            "http://[::ffff:10.0.0.1]/",
            "http://a:b/",
            "http://\u{fc}/",
        ] {
            assert!(Uri::new(text).is_err(), "{text:?}");
        }
    }
}
