//! Subtrees of names: what constraints and policies list. This is the only code that matches names.

use std::fmt;

use super::alt::AltName;
use super::comparison::{Incomparable, Prepared};
use super::distinguished::Name;
use super::dns::DnsName;
use super::email::EmailAddress;
use super::ip_network::IpNetwork;
use super::name_type::NameType;
use crate::error::{Error, quoted};
use crate::limits::DNS_NAME_CHARACTERS;
use crate::oid::Oid;

/// A set of names of one type.
///
/// A base in another form than its type allows (`*.x`, `x.`, `https://x/`, a host that is an address,
/// for e-mail and URI also the empty text) means something, and nobody knows what: permitted it holds
/// no name, excluded it holds every name of its type, and it is never written into a certificate.
/// That is for certificates that are read; for those that are issued, [`GeneralSubtree::dns`],
/// [`GeneralSubtree::email`], [`GeneralSubtree::ip`] and [`GeneralSubtree::uri_host`] refuse such a base.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum GeneralSubtree {
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
    /// otherName of one type. No rule says for these types which names lie inside, so that permitted it
    /// holds no name, excluded every name of that type; names of other types are not concerned.
    OtherName {
        /// The type.
        kind: Oid,
    },
    /// uniformResourceIdentifier, by host: `example.com` holds that host, `.example.com` the hosts
    /// below.
    Uri(String),
}

impl GeneralSubtree {
    /// DNS names: `example.com` holds itself and every name below it, `.example.com` only the names
    /// below, the empty text every name.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    pub fn dns(base: &str) -> Result<Self, Error> {
        match base.is_empty() {
            true => Ok(Self::Dns(String::new())),
            false => host_base(base, DnsName::new).map(Self::Dns),
        }
    }

    /// E-mail addresses: `a@example.com` holds one mailbox, `example.com` all mailboxes of that host,
    /// `.example.com` those of all hosts below.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    pub fn email(base: &str) -> Result<Self, Error> {
        match base.contains('@') {
            true => EmailAddress::new(base).map(|address| Self::Email(address.to_string())),
            false => host_base(base, DnsName::new).map(Self::Email),
        }
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
        host_base(base, DnsName::new).map(Self::Uri)
    }

    /// What its type is to constraints.
    pub(super) fn name_type(&self) -> NameType {
        match self {
            Self::Email(_) => NameType::EMAIL,
            Self::Dns(_) => NameType::DNS,
            Self::Directory(_) => NameType::DIRECTORY,
            Self::Uri(_) => NameType::URI,
            Self::Ip(_) => NameType::IP,
            Self::OtherName { kind } => NameType::OtherName(*kind),
            Self::Other { tag } => NameType::Tag(*tag),
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
            Self::Email(base) => !is_host_base(base) && EmailAddress::read(base).is_err(),
            Self::Uri(base) => !is_host_base(base),
            Self::Other { .. } | Self::OtherName { .. } => true,
        }
    }

    /// Whether the name, and for a wildcard every name it stands for, lies inside.
    pub fn holds(&self, name: &AltName) -> bool {
        match (self, name) {
            (Self::Directory(base), AltName::Directory(name)) => {
                let name = name.to_name();
                Prepared::of(base).is_prefix_of(&Prepared::of(&name), Incomparable::Differs)
            }
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
            // A mailbox whose address is not compared: RFC 9598.
            (Self::Email(_), AltName::OtherName(_)) => true,
            (Self::Email(base), AltName::Email(address)) => {
                self.holds(name) || base.eq_ignore_ascii_case(&address.to_string())
            }
            (Self::Ip(network), AltName::Ip(address)) => network.contains(*address),
            (Self::Uri(_), AltName::Uri(uri)) => uri.named_host().is_none() || self.holds(name),
            _ => self.holds(name),
        }
    }
}

impl fmt::Display for GeneralSubtree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(name) => write!(f, "directory name {name}"),
            Self::Dns(base) => write!(f, "DNS:{}", base.escape_default()),
            Self::Email(base) => write!(f, "email:{}", base.escape_default()),
            Self::Ip(network) => write!(f, "IP:{network}"),
            Self::Other { tag } => write!(f, "a subtree of name type [{tag}]"),
            Self::OtherName { kind } => {
                write!(f, "otherName of {kind}, for which no rule says what lies inside")
            }
            Self::Uri(base) => write!(f, "URI:{}", base.escape_default()),
        }
    }
}

/// Whether the base is a host name, or one behind a dot, as certificates carry them.
fn is_host_base(base: &str) -> bool {
    host_base(base, DnsName::read).is_ok()
}

/// A host name, or one behind a dot, in lower case.
fn host_base(base: &str, name: fn(&str) -> Result<DnsName, Error>) -> Result<String, Error> {
    let problem = |problem: &str| Error::malformed("host pattern", quoted(base), problem);
    let (dot, host) = base.strip_prefix('.').map_or(("", base), |host| (".", host));
    match name(host) {
        Ok(name) if name.is_wildcard() => Err(problem("a wildcard; write a leading dot")),
        Ok(name) if dot.len() + name.as_str().len() > DNS_NAME_CHARACTERS => {
            Err(problem("longer than 253 characters"))
        }
        Ok(name) => Ok(format!("{dot}{name}")),
        Err(error) => {
            Err(problem(&format!("not a host name, or one behind a dot: {}", error.problem())))
        }
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
        let within = GeneralSubtree::Dns("b.example".to_owned());
        let under = GeneralSubtree::Dns(".b.example".to_owned());
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
        assert!(GeneralSubtree::Dns(String::new()).holds(&dns("anything")));
    }

    #[test]
    fn a_base_is_made_only_where_it_can_be_read() {
        let made = |base: &str| {
            [GeneralSubtree::dns(base), GeneralSubtree::email(base), GeneralSubtree::uri_host(base)]
        };
        for base in ["example", ".A.example", "x@a.example", "", "*.a.example", "a..b", "a b", "."]
        {
            let read = [GeneralSubtree::Dns, GeneralSubtree::Email, GeneralSubtree::Uri]
                .map(|of| !of(base.to_owned()).is_unreadable());
            assert_eq!(made(base).map(|made| made.is_ok()), read, "{base}");
        }
        assert_eq!(
            GeneralSubtree::dns(".A.example").unwrap(),
            GeneralSubtree::Dns(".a.example".to_owned())
        );
        let error = GeneralSubtree::dns("*.a.example").unwrap_err().to_string();
        assert!(error.contains("*.a.example") && error.contains("leading dot"), "{error}");
        assert!(
            GeneralSubtree::ip("10.0.0.0/8").is_ok() && GeneralSubtree::ip("10.0.0.0/33").is_err()
        );
    }

    #[test]
    fn bases_that_can_be_read() {
        let unreadable = |base: &str| {
            let base = base.to_owned();
            let all = [
                GeneralSubtree::Dns(base.clone()),
                GeneralSubtree::Email(base.clone()),
                GeneralSubtree::Uri(base),
            ];
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
        assert!(GeneralSubtree::Other { tag: 0 }.is_unreadable());
    }

    #[test]
    fn mailboxes_hosts_and_uris() {
        let email = |text| AltName::email(text).unwrap();
        assert!(GeneralSubtree::Email("a@b.example".into()).holds(&email("a@B.example")));
        assert!(!GeneralSubtree::Email("a@b.example".into()).holds(&email("A@b.example")));
        assert!(GeneralSubtree::Email("b.example".into()).holds(&email("x@b.example")));
        assert!(!GeneralSubtree::Email("b.example".into()).holds(&email("x@a.b.example")));
        assert!(GeneralSubtree::Email(".b.example".into()).holds(&email("x@a.b.example")));
        let uri = |text| AltName::uri(text).unwrap();
        assert!(GeneralSubtree::Uri(".b.example".into()).holds(&uri("https://a.b.example/x")));
        assert!(!GeneralSubtree::Uri("b.example".into()).holds(&uri("https://a.b.example/x")));
    }
}
