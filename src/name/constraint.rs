//! Subtrees of names: what an issuer's nameConstraints (RFC 5280 section 4.2.1.10) and a policy's
//! lists permit. This is the only code that matches names.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::alt::AltName;
use super::distinguished::Name;
use crate::error::Error;

/// The names that an issuer may certify.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NameConstraints {
    /// Where one subtree of a type is here, names of that type must lie in one of them.
    pub permitted: Vec<Subtree>,
    /// No name may lie in any of these.
    pub excluded: Vec<Subtree>,
}

impl NameConstraints {
    /// Why the name is not permitted, if it is not.
    pub fn refuse(&self, name: &AltName) -> Option<String> {
        self.decide(
            |subtree| subtree.same_type(name),
            |s| s.holds(name),
            |s| s.touches(name),
        )
    }

    /// Why the distinguished name is not permitted, if it is not. Its emailAddress attributes count
    /// as e-mail names (RFC 5280 section 4.2.1.10).
    pub fn refuse_subject(&self, subject: &Name) -> Option<String> {
        let emails = subject
            .attributes()
            .filter(|attribute| attribute.kind() == super::AttributeType::EMAIL_ADDRESS)
            .map(|attribute| AltName::email(&attribute.value()));
        for email in emails {
            let constrains = |subtree: &Subtree| matches!(subtree, Subtree::Email(_));
            let refused = match email {
                Ok(email) => self.refuse(&email),
                // What cannot be read cannot be shown to be inside.
                Err(error) => self
                    .permitted
                    .iter()
                    .chain(&self.excluded)
                    .any(constrains)
                    .then(|| error.to_string()),
            };
            if refused.is_some() {
                return refused;
            }
        }
        if subject.is_empty() {
            return None;
        }
        let holds = |subtree: &Subtree| subtree.holds_subject(subject);
        self.decide(
            |subtree| matches!(subtree, Subtree::Directory(_)),
            holds,
            holds,
        )
    }

    /// The one rule: outside every excluded subtree and, where any of the type is permitted, inside
    /// one of those.
    fn decide(
        &self,
        same_type: impl Fn(&Subtree) -> bool,
        holds: impl Fn(&Subtree) -> bool,
        touches: impl Fn(&Subtree) -> bool,
    ) -> Option<String> {
        if let Some(excluded) = self.excluded.iter().find(|s| same_type(s) && touches(s)) {
            return Some(format!("names outside the excluded {excluded}"));
        }
        let permitted: Vec<&Subtree> = self.permitted.iter().filter(|s| same_type(s)).collect();
        if permitted.is_empty() || permitted.iter().any(|s| holds(s)) {
            return None;
        }
        let list: Vec<String> = permitted.iter().map(ToString::to_string).collect();
        Some(format!("names within the permitted {}", list.join(", ")))
    }
}

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
    fn same_type(&self, name: &AltName) -> bool {
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
            (Self::Email(base), AltName::Email(address)) => match base.split_once('@') {
                Some((local, host)) => {
                    address.local() == local && host.eq_ignore_ascii_case(address.host().as_str())
                }
                None => host_matches(base, address.host().as_str()),
            },
            (Self::Ip(network), AltName::Ip(address)) => network.contains(*address),
            // RFC 5280: a URI whose host is not a DNS name cannot be inside.
            (Self::Uri(base), AltName::Uri(uri)) => uri
                .host()
                .is_some_and(|host| host.parse::<IpAddr>().is_err() && host_matches(base, host)),
            _ => false,
        }
    }

    /// Whether the name, or any name that a wildcard stands for, lies inside. An exclusion reads
    /// names this way: what cannot be shown to be outside is inside.
    fn touches(&self, name: &AltName) -> bool {
        match (self, name) {
            (Self::Dns(base), AltName::Dns(dns)) if dns.is_wildcard() => {
                let parent = dns.as_str().strip_prefix("*.").unwrap_or_default();
                let base = base.strip_prefix('.').unwrap_or(base);
                self.holds(name) || below(base, parent) || base == parent
            }
            (Self::Uri(_), AltName::Uri(uri)) => {
                let named = uri
                    .host()
                    .is_some_and(|host| host.parse::<IpAddr>().is_err());
                !named || self.holds(name)
            }
            _ => self.holds(name),
        }
    }

    fn holds_subject(&self, subject: &Name) -> bool {
        matches!(self, Self::Directory(base) if subject.relative().starts_with(base.relative()))
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

/// Whether `host` lies below `parent`.
fn below(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent)
        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

/// A host constraint of e-mail and URI subtrees: a leading dot means below, none means equal.
fn host_matches(base: &str, host: &str) -> bool {
    let base = base.to_ascii_lowercase();
    match base.strip_prefix('.') {
        Some(parent) => below(host, parent),
        None => host == base,
    }
}

/// A range of IP addresses: those that agree with `address` in the bits of `mask`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IpNetwork {
    address: IpAddr,
    mask: IpAddr,
}

impl IpNetwork {
    /// A range from an address and its prefix length in bits.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the prefix is longer than the address, or the address has bits
    /// outside the prefix.
    pub fn new(address: IpAddr, prefix: u8) -> Result<Self, Error> {
        let shown = format!("{address}/{prefix}");
        let mask: Option<IpAddr> = match address {
            IpAddr::V4(_) if prefix <= 32 => Some(
                u32::MAX
                    .checked_shl(32 - u32::from(prefix))
                    .unwrap_or(0)
                    .to_be_bytes()
                    .into(),
            ),
            IpAddr::V6(_) if prefix <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                Some(mask.to_be_bytes().into())
            }
            _ => None,
        };
        let malformed = |problem| Error::malformed("IP range", shown.clone(), problem);
        let mask = mask.ok_or_else(|| malformed("the prefix is longer than the address"))?;
        let network = Self { address, mask };
        if network.masked(address) != Some(bits(address)) {
            return Err(malformed("the address has bits outside the prefix"));
        }
        Ok(network)
    }

    /// A range as a certificate writes it: the address, then the mask, 4 or 16 octets each.
    pub(crate) fn from_octets(octets: &[u8]) -> Option<Self> {
        let (address, mask) = octets.split_at_checked(octets.len() / 2)?;
        if let (Ok(address), Ok(mask)) = (<[u8; 4]>::try_from(address), <[u8; 4]>::try_from(mask)) {
            return Some(Self {
                address: address.into(),
                mask: mask.into(),
            });
        }
        let (address, mask) = (
            <[u8; 16]>::try_from(address).ok()?,
            <[u8; 16]>::try_from(mask).ok()?,
        );
        Some(Self {
            address: address.into(),
            mask: mask.into(),
        })
    }

    pub(crate) fn to_octets(self) -> Vec<u8> {
        let octets = |address| match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        [octets(self.address), octets(self.mask)].concat()
    }

    /// Whether the address is of this range.
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && self
                .masked(address)
                .is_some_and(|masked| Some(masked) == self.masked(self.address))
    }

    fn masked(&self, address: IpAddr) -> Option<u128> {
        (address.is_ipv4() == self.mask.is_ipv4()).then(|| bits(address) & bits(self.mask))
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl FromStr for IpNetwork {
    type Err = Error;

    /// Reads `10.0.0.0/8` or `2001:db8::/32`; an address alone is a range of one.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one.
    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = |problem| Error::malformed("IP range", format!("{text:?}"), problem);
        let (address, prefix) = text
            .split_once('/')
            .map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address
            .parse()
            .map_err(|_| malformed("not an IP address"))?;
        let prefix = match prefix {
            Some(prefix) => prefix
                .parse()
                .map_err(|_| malformed("the prefix is not a number"))?,
            None if address.is_ipv4() => 32,
            None => 128,
        };
        Self::new(address, prefix)
    }
}

impl fmt::Display for IpNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = if self.address.is_ipv4() { 32 } else { 128 };
        let ones = bits(self.mask).count_ones();
        let contiguous = Self::new(self.address, ones as u8).is_ok_and(|n| n.mask == self.mask);
        if contiguous && ones <= width {
            write!(f, "{}/{ones}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.mask)
        }
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
    fn an_exclusion_also_stops_the_wildcard_that_could_stand_for_it() {
        let constraints = NameConstraints {
            permitted: vec![Subtree::Dns("example.com".to_owned())],
            excluded: vec![Subtree::Dns("secret.a.example.com".to_owned())],
        };
        for refused in [
            "secret.a.example.com",
            "*.a.example.com",
            "x.secret.a.example.com",
            "other.org",
        ] {
            assert!(constraints.refuse(&dns(refused)).is_some(), "{refused}");
        }
        for permitted in ["a.example.com", "*.b.example.com", "b.a.example.com"] {
            assert!(constraints.refuse(&dns(permitted)).is_none(), "{permitted}");
        }
        assert!(
            constraints
                .refuse(&AltName::Ip([10, 0, 0, 1].into()))
                .is_none(),
            "another type"
        );
    }

    #[test]
    fn ranges_of_addresses() {
        let range: IpNetwork = "10.0.0.0/8".parse().unwrap();
        assert!(range.contains([10, 255, 0, 1].into()) && !range.contains([11, 0, 0, 1].into()));
        assert!(
            !range.contains("::ffff:10.0.0.1".parse().unwrap()),
            "another family"
        );
        assert_eq!(IpNetwork::from_octets(&range.to_octets()), Some(range));
        assert!(
            "0.0.0.0/0"
                .parse::<IpNetwork>()
                .unwrap()
                .contains([1, 2, 3, 4].into())
        );
        assert!(
            "::/0"
                .parse::<IpNetwork>()
                .unwrap()
                .contains("2001:db8::1".parse().unwrap())
        );
        for text in ["10.0.0.1/8", "10.0.0.0/33", "x", "10.0.0.0/", "::/129"] {
            assert!(text.parse::<IpNetwork>().is_err(), "{text}");
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
        let excluded = NameConstraints {
            excluded: vec![Subtree::Uri("b.example".into())],
            ..Default::default()
        };
        assert!(
            excluded.refuse(&uri("urn:x:y")).is_some(),
            "a URI without a host cannot be judged"
        );
        assert!(excluded.refuse(&uri("https://c.example/")).is_none());
    }

    #[test]
    fn directory_names_begin_with_the_base() {
        let constraints = NameConstraints {
            permitted: vec![Subtree::Directory("O=Example,C=DE".parse().unwrap())],
            ..Default::default()
        };
        assert!(
            constraints
                .refuse_subject(&"CN=a,O=Example,C=DE".parse().unwrap())
                .is_none()
        );
        assert!(
            constraints
                .refuse_subject(&"CN=a,O=Other,C=DE".parse().unwrap())
                .is_some()
        );
        assert!(constraints.refuse_subject(&Name::default()).is_none());
    }
}
