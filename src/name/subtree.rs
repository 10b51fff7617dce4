//! Subtrees of names: what constraints and policies list. This is the only code that matches names.

use std::fmt;

use super::alt::AltName;
use super::attribute::Attribute;
use super::distinguished::Name;
use super::dns::DnsName;
use super::ip_network::IpNetwork;
use crate::limits::DNS_NAME_CHARACTERS;

/// A set of names of one type.
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
    /// A name type that this crate does not match; where it constrains, nothing of that type passes.
    Other {
        /// The tag number in GeneralName.
        tag: u8,
    },
    /// uniformResourceIdentifier, by host: `example.com` holds that host, `.example.com` the hosts
    /// below.
    Uri(String),
}

impl Subtree {
    /// Whether it can be written into a certificate without loss.
    pub(crate) fn is_writable(&self) -> bool {
        match self {
            Self::Directory(_) | Self::Ip(_) => true,
            Self::Dns(base) => Self::is_dns_base(base),
            Self::Email(base) | Self::Uri(base) => base.is_ascii(),
            Self::Other { .. } => false,
        }
    }

    /// Whether DNS names can be below it: a name without wildcard, one behind a dot, or nothing.
    pub(crate) fn is_dns_base(base: &str) -> bool {
        let name = base.strip_prefix('.').unwrap_or(base);
        base.is_empty()
            || base.len() <= DNS_NAME_CHARACTERS
                && DnsName::new(name).is_ok_and(|name| !name.is_wildcard())
    }

    pub(super) fn same_type(&self, name: &AltName) -> bool {
        matches!(
            (self, name),
            (Self::Dns(_), AltName::Dns(_))
                | (Self::Email(_), AltName::Email(_))
                | (Self::Uri(_), AltName::Uri(_))
        ) || matches!((self, name), (Self::Ip(_), AltName::Ip(_)))
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
            (Self::Ip(network), AltName::Ip(address)) => network.contains(*address),
            // RFC 5280: a URI whose host is not a DNS name cannot be inside.
            (Self::Uri(base), AltName::Uri(uri)) => {
                uri.named_host().is_some_and(|host| host_matches(base, host))
            }
            _ => false,
        }
    }

    /// Whether it is of DNS names and its base is no name (`*.x`, `x.`): it means something, and
    /// nobody knows what it leaves.
    pub(super) fn is_unreadable(&self) -> bool {
        matches!(self, Self::Dns(base) if !is_dns_base(base))
    }

    /// Whether the name, or any name that a wildcard stands for, lies inside. An exclusion that is
    /// readable reads names this way: what cannot be shown to be outside is inside.
    pub(super) fn touches(&self, name: &AltName) -> bool {
        match (self, name) {
            (Self::Dns(base), AltName::Dns(dns)) if dns.is_wildcard() => {
                let parent = dns.as_str().strip_prefix("*.").unwrap_or_default();
                let base = base.strip_prefix('.').unwrap_or(base);
                self.holds(name) || below(base, parent) || base == parent
            }
            (Self::Uri(_), AltName::Uri(uri)) => uri.named_host().is_none() || self.holds(name),
            _ => self.holds(name),
        }
    }

    /// Whether a distinguished name lies inside, whatever the spelling (RFC 5280 section 7.1): case,
    /// blanks and string types do not count. An attribute that is no text equals one when `unknown`
    /// says so.
    pub(super) fn holds_subject(&self, subject: &Folded<'_>, unknown: bool) -> bool {
        let Self::Directory(base) = self else { return false };
        base.relative().len() <= subject.0.len()
            && base.relative().iter().zip(&subject.0).all(|(base, subject)| {
                base.len() == subject.len()
                    && base.iter().all(|ours| {
                        let ours = FoldedAttribute::of(ours);
                        subject.iter().any(|theirs| ours.is_same(theirs, unknown))
                    })
            })
    }
}

/// A distinguished name without what does not count in a comparison. It is folded once, however many
/// subtrees it is held against.
pub(super) struct Folded<'n>(Vec<Vec<FoldedAttribute<'n>>>);

impl<'n> Folded<'n> {
    pub(super) fn of(name: &'n Name) -> Self {
        let fold = |set: &'n Vec<Attribute>| set.iter().map(FoldedAttribute::of).collect();
        Self(name.relative().iter().map(fold).collect())
    }
}

struct FoldedAttribute<'n> {
    attribute: &'n Attribute,
    /// In lower case, with single blanks; none where it is no text.
    text: Option<String>,
}

impl<'n> FoldedAttribute<'n> {
    fn of(attribute: &'n Attribute) -> Self {
        let text = attribute
            .text()
            .map(|text| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" "));
        Self { attribute, text }
    }

    /// Whether both say the same, apart from case, blanks and string types.
    fn is_same(&self, other: &Self, unknown: bool) -> bool {
        self.attribute.kind() == other.attribute.kind()
            && match (&self.text, &other.text) {
                (Some(ours), Some(theirs)) => ours == theirs,
                _ => unknown || self.attribute.octets() == other.attribute.octets(),
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

/// Whether the base of a DNS subtree is empty, a name, or a name with a dot before it.
fn is_dns_base(base: &str) -> bool {
    let name = base.strip_prefix('.').unwrap_or(base);
    base.is_empty() || DnsName::new(name).is_ok_and(|name| !name.is_wildcard())
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
    fn bases_of_dns_subtrees() {
        for base in ["", "example", ".example", "a.example", ".a.example"] {
            assert!(Subtree::is_dns_base(base), "{base}");
        }
        let long = format!(".{}example", "a.".repeat(123));
        for base in [".", "..a", "a..b", "a.", "*.a.example", ".*.a.example", "a,b", "a b", &long] {
            assert!(!Subtree::is_dns_base(base), "{base}");
        }
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
