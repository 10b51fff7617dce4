//! Subtrees of names: what constraints and policies list. This is the only code that matches names.

use std::fmt;

use super::alt::AltName;
use super::distinguished::Name;
use super::dns::DnsName;
use super::email::EmailAddress;
use super::ip_network::IpNetwork;
use crate::error::{Error, quoted};
use crate::limits::DNS_NAME_CHARACTERS;

/// A set of names of one type.
///
/// A base in another form than its type allows (`*.x`, `x.`, `https://x/`, a host that is an address,
/// for e-mail and URI also the empty text) means something, and nobody knows what: permitted it holds
/// no name, excluded it holds every name of its type, and it is never written into a certificate.
/// That is for certificates that are read; for those that are issued, [`Subtree::dns`],
/// [`Subtree::email`], [`Subtree::ip`] and [`Subtree::uri_host`] refuse such a base.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Subtree {
    /// directoryName: every name that begins with these relative names.
    Directory(Name),
    /// dNSName in lower case. `example.com` holds itself and every name below it, `.example.com`
    /// only the names below, the empty text every name.
    Dns(String),
    /// rfc822Name. `a@example.com` holds one mailbox, `example.com` all mailboxes of that host,
    /// `.example.com` those of all hosts below.
    Email(String),
    /// iPAddress: an address range.
    Ip(IpNetwork),
    /// What this crate does not match: permitted it holds no name, excluded every name of its type.
    Other {
        /// The tag number in GeneralName.
        tag: u8,
    },
    /// uniformResourceIdentifier, by host: `example.com` holds that host, `.example.com` the hosts
    /// below.
    Uri(String),
}

impl Subtree {
    /// DNS names: `example.com` holds itself and every name below it, `.example.com` only the names
    /// below, the empty text every name.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    pub fn dns(base: &str) -> Result<Self, Error> {
        if !base.is_empty() {
            check_host_base(base)?;
        }
        Ok(Self::Dns(base.to_ascii_lowercase()))
    }

    /// E-mail addresses: `a@example.com` holds one mailbox, `example.com` all mailboxes of that host,
    /// `.example.com` those of all hosts below.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    pub fn email(base: &str) -> Result<Self, Error> {
        match base.contains('@') {
            true => EmailAddress::new(base).map(drop)?,
            false => check_host_base(base)?,
        }
        Ok(Self::Email(base.to_owned()))
    }

    /// IP addresses: one, such as `2001:db8::1`, or a range, such as `10.0.0.0/8`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is neither.
    pub fn ip(range: &str) -> Result<Self, Error> {
        range.parse().map(Self::Ip)
    }

    /// URIs by host: `example.com` holds that host, `.example.com` the hosts below.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is neither.
    pub fn uri_host(base: &str) -> Result<Self, Error> {
        check_host_base(base)?;
        Ok(Self::Uri(base.to_ascii_lowercase()))
    }

    /// The tag number of its type in GeneralName (RFC 5280 section 4.2.1.6).
    pub(crate) fn tag(&self) -> u8 {
        match self {
            Self::Email(_) => 1,
            Self::Dns(_) => 2,
            Self::Directory(_) => 4,
            Self::Uri(_) => 6,
            Self::Ip(_) => 7,
            Self::Other { tag } => *tag,
        }
    }

    /// Whether it can be written into a certificate without loss.
    pub(crate) fn is_writable(&self) -> bool {
        !self.is_unreadable() && !matches!(self, Self::Ip(network) if network.is_mapped())
    }

    /// Whether its base is in another form than its type allows, so that nobody knows what it leaves.
    pub(crate) fn is_unreadable(&self) -> bool {
        match self {
            Self::Directory(_) | Self::Ip(_) => false,
            Self::Dns(base) => !base.is_empty() && !is_host_base(base),
            // RFC 5280 section 4.2.1.10: a mailbox, a host, or a domain behind a dot.
            Self::Email(base) => !is_host_base(base) && EmailAddress::new(base).is_err(),
            Self::Uri(base) => !is_host_base(base),
            Self::Other { .. } => true,
        }
    }

    /// Whether the name, and for a wildcard every name it stands for, lies inside.
    pub fn holds(&self, name: &AltName) -> bool {
        match (self, name) {
            (Self::Dns(base), AltName::Dns(name)) => {
                let host = name.as_str().strip_prefix("*.").unwrap_or(name.as_str());
                // The names a wildcard stands for lie below its parent, so a base equal to the
                // parent holds them in both forms.
                match base.strip_prefix('.') {
                    Some(parent) => below(host, parent) || (name.is_wildcard() && host == parent),
                    None => base.is_empty() || host == base || below(host, base),
                }
            }
            // A host holds no @, so that a base with one can only be a mailbox.
            (Self::Email(base), AltName::Email(address)) => {
                let host = address.host().as_str();
                host_matches(base, host) || is_mailbox(base, address.local(), host)
            }
            // Other verifiers do not take a mapped range for one of IPv4, so that it permits nothing.
            (Self::Ip(network), AltName::Ip(address)) => {
                !network.is_mapped() && network.contains(*address)
            }
            // RFC 5280: a URI whose host is not a DNS name cannot be inside.
            (Self::Uri(base), AltName::Uri(uri)) => {
                uri.named_host().is_some_and(|host| host_matches(base, host))
            }
            _ => false,
        }
    }

    /// Whether the name, or any name that a wildcard stands for, lies inside. An exclusion that is
    /// readable reads names this way: what cannot be shown to be outside is inside, and mailboxes that
    /// differ in case alone are one on most hosts.
    pub(super) fn touches(&self, name: &AltName) -> bool {
        match (self, name) {
            (Self::Dns(base), AltName::Dns(dns)) if dns.is_wildcard() => {
                let parent = dns.as_str().strip_prefix("*.").unwrap_or_default();
                let base = base.strip_prefix('.').unwrap_or(base);
                self.holds(name) || below(base, parent) || base == parent
            }
            (Self::Email(base), AltName::Email(address)) => {
                self.holds(name) || base.eq_ignore_ascii_case(&address.to_string())
            }
            (Self::Ip(network), AltName::Ip(address)) => network.contains(*address),
            (Self::Uri(_), AltName::Uri(uri)) => uri.named_host().is_none() || self.holds(name),
            _ => self.holds(name),
        }
    }
}

impl fmt::Display for Subtree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(name) => write!(f, "directory name {name}"),
            Self::Dns(base) => write!(f, "DNS:{}", base.escape_default()),
            Self::Email(base) => write!(f, "email:{}", base.escape_default()),
            Self::Ip(network) => write!(f, "IP:{network}"),
            Self::Other { tag } => write!(f, "a subtree of name type [{tag}]"),
            Self::Uri(base) => write!(f, "URI:{}", base.escape_default()),
        }
    }
}

/// Whether the base is a host name, or one behind a dot.
fn is_host_base(base: &str) -> bool {
    check_host_base(base).is_ok()
}

fn check_host_base(base: &str) -> Result<(), Error> {
    let problem = |problem| Error::malformed("host pattern", quoted(base), problem);
    if base.len() > DNS_NAME_CHARACTERS {
        return Err(problem("longer than 253 characters"));
    }
    match DnsName::new(base.strip_prefix('.').unwrap_or(base)) {
        Ok(name) if name.is_wildcard() => Err(problem("a wildcard; write a leading dot")),
        Ok(_) => Ok(()),
        Err(_) => Err(problem("not a host name, or one behind a dot")),
    }
}

/// Whether `host` lies below `parent`, whatever the case.
fn below(host: &str, parent: &str) -> bool {
    let length = host.len().checked_sub(parent.len());
    length.and_then(|length| host.split_at_checked(length)).is_some_and(|(rest, tail)| {
        rest.len() > 1 && rest.ends_with('.') && tail.eq_ignore_ascii_case(parent)
    })
}

/// Whether the base is this mailbox; the case of the host does not count.
fn is_mailbox(base: &str, local: &str, host: &str) -> bool {
    base.len() == local.len() + 1 + host.len()
        && base
            .strip_prefix(local)
            .and_then(|rest| rest.strip_prefix('@'))
            .is_some_and(|rest| rest.eq_ignore_ascii_case(host))
}

/// A host constraint of e-mail and URI subtrees: a leading dot means below, none means equal.
fn host_matches(base: &str, host: &str) -> bool {
    match base.strip_prefix('.') {
        Some(parent) => below(host, parent),
        None => host.eq_ignore_ascii_case(base),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dns(text: &str) -> AltName {
        AltName::dns(text).unwrap()
    }

    #[test]
    fn dns_subtrees() {
        let within = Subtree::Dns("b.example".to_owned());
        let under = Subtree::Dns(".b.example".to_owned());
        for (name, in_within, in_under) in [
            ("b.example", true, false),
            ("a.b.example", true, true),
            ("*.b.example", true, true),
            ("*.a.b.example", true, true),
            ("xb.example", false, false),
            ("*.example.com", false, false),
            ("example", false, false),
        ] {
            assert_eq!(within.holds(&dns(name)), in_within, "{name}");
            assert_eq!(under.holds(&dns(name)), in_under, "{name}");
        }
        assert!(Subtree::Dns(String::new()).holds(&dns("anything")));
    }

    #[test]
    fn a_base_is_made_only_where_it_can_be_read() {
        let made = |base: &str| [Subtree::dns(base), Subtree::email(base), Subtree::uri_host(base)];
        for base in ["example", ".A.example", "x@a.example", "", "*.a.example", "a..b", "a b", "."]
        {
            let read = [Subtree::Dns, Subtree::Email, Subtree::Uri]
                .map(|of| !of(base.to_owned()).is_unreadable());
            assert_eq!(made(base).map(|made| made.is_ok()), read, "{base}");
        }
        assert_eq!(Subtree::dns(".A.example").unwrap(), Subtree::Dns(".a.example".to_owned()));
        let error = Subtree::dns("*.a.example").unwrap_err().to_string();
        assert!(error.contains("*.a.example") && error.contains("leading dot"), "{error}");
        assert!(Subtree::ip("10.0.0.0/8").is_ok() && Subtree::ip("10.0.0.0/33").is_err());
    }

    #[test]
    fn bases_that_can_be_read() {
        let unreadable = |base: &str| {
            let base = base.to_owned();
            let all =
                [Subtree::Dns(base.clone()), Subtree::Email(base.clone()), Subtree::Uri(base)];
            all.map(|subtree| subtree.is_unreadable())
        };
        for base in
            ["example", ".example", "a.example", ".a.example", "A.Example", "xn--4ca.example"]
        {
            assert_eq!(unreadable(base), [false; 3], "{base}");
        }
        let long = format!(".{}example", "a.".repeat(123));
        for base in [
            ".",
            "..a",
            "a..b",
            "a.",
            "*.a.example",
            ".*.a.example",
            "a,b",
            "a b",
            "10.0.0.1",
            "1",
            "[::1]",
            "a.example:443",
            "https://a.example",
            "//a.example",
            "a%2eexample",
            "@a.example",
            "x@",
            "x@.a.example",
            "x@*.a.example",
            "\"a b\"@a.example",
            "a@b@c.example",
            "a/b",
            &long,
        ] {
            assert_eq!(unreadable(base), [true; 3], "{base}");
        }
        assert_eq!(
            unreadable(""),
            [false, true, true],
            "RFC 5280 gives the empty one to DNS alone"
        );
        assert_eq!(unreadable("x@a.example"), [true, false, true]);
        assert!(Subtree::Other { tag: 0 }.is_unreadable());
    }

    #[test]
    fn mailboxes_hosts_and_uris() {
        let email = |text| AltName::email(text).unwrap();
        assert!(Subtree::Email("a@b.example".into()).holds(&email("a@B.example")));
        assert!(!Subtree::Email("a@b.example".into()).holds(&email("A@b.example")));
        assert!(Subtree::Email("b.example".into()).holds(&email("x@b.example")));
        assert!(!Subtree::Email("b.example".into()).holds(&email("x@a.b.example")));
        assert!(Subtree::Email(".b.example".into()).holds(&email("x@a.b.example")));
        let uri = |text| AltName::uri(text).unwrap();
        assert!(Subtree::Uri(".b.example".into()).holds(&uri("https://a.b.example/x")));
        assert!(!Subtree::Uri("b.example".into()).holds(&uri("https://a.b.example/x")));
    }
}
