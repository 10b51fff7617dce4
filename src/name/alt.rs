//! Subject alternative names (RFC 5280 section 4.2.1.6).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::dns::DnsName;
use super::email::EmailAddress;
use super::uri::Uri;
use crate::error::Error;

/// An alternative name that keeps its type's rules.
///
/// ```
/// use certwright::AltName;
/// assert_eq!("10.0.0.7".parse::<AltName>()?, AltName::Ip([10, 0, 0, 7].into()));
/// assert_eq!("DB.internal".parse::<AltName>()?, AltName::dns("db.internal")?);
/// assert!(AltName::dns("*.*.com").is_err());
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum AltName {
    /// dNSName.
    Dns(DnsName),
    /// rfc822Name.
    Email(EmailAddress),
    /// iPAddress.
    Ip(IpAddr),
    /// uniformResourceIdentifier.
    Uri(Uri),
}

impl AltName {
    /// A DNS name; see [`DnsName::new`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one.
    pub fn dns(text: &str) -> Result<Self, Error> {
        DnsName::new(text).map(Self::Dns)
    }

    /// An e-mail address; see [`EmailAddress::new`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one.
    pub fn email(text: &str) -> Result<Self, Error> {
        EmailAddress::new(text).map(Self::Email)
    }

    /// A URI; see [`Uri::new`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one.
    pub fn uri(text: &str) -> Result<Self, Error> {
        Uri::new(text).map(Self::Uri)
    }

    /// The tag number of its type in GeneralName (RFC 5280 section 4.2.1.6).
    pub(crate) fn tag(&self) -> u8 {
        match self {
            Self::Email(_) => 1,
            Self::Dns(_) => 2,
            Self::Uri(_) => 6,
            Self::Ip(_) => 7,
        }
    }

    /// The name in the one form it is compared in: an IPv4-mapped address is the IPv4 address that
    /// it stands for (RFC 4291 section 2.5.5.2).
    pub(crate) fn canonical(self) -> Self {
        match self {
            Self::Ip(address) => Self::Ip(address.to_canonical()),
            other => other,
        }
    }

    /// Whether the name is a DNS wildcard.
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Self::Dns(name) if name.is_wildcard())
    }
}

impl FromStr for AltName {
    type Err = Error;

    /// Reads an IPv4 or IPv6 address, or else a DNS name. An IPv4-mapped address (`::ffff:10.0.0.7`)
    /// is read as the IPv4 address that it stands for.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is neither.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.parse::<IpAddr>() {
            Ok(address) => Ok(Self::Ip(address.to_canonical())),
            Err(_) => Self::dns(text),
        }
    }
}

impl fmt::Display for AltName {
    /// The type and the value, such as `DNS:a.example` (as OpenSSL prints it).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS:{name}"),
            Self::Email(address) => write!(f, "email:{address}"),
            Self::Ip(address) => write!(f, "IP:{address}"),
            Self::Uri(uri) => write!(f, "URI:{uri}"),
        }
    }
}

/// An alternative name as somebody wrote it into a request or certificate: nothing is checked.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum UncheckedName {
    /// dNSName, any ASCII text.
    Dns(String),
    /// rfc822Name, any ASCII text.
    Email(String),
    /// iPAddress, any bytes.
    Ip(Vec<u8>),
    /// A type this crate does not issue: its context tag number and its encoded value.
    Other {
        /// The tag number in GeneralName: 0 otherName, 3 x400Address, 4 directoryName,
        /// 5 ediPartyName, 8 registeredID.
        tag: u8,
        /// The content bytes.
        value: Vec<u8>,
    },
    /// uniformResourceIdentifier, any ASCII text.
    Uri(String),
}

impl UncheckedName {
    /// The tag number of its type in GeneralName (RFC 5280 section 4.2.1.6).
    pub(crate) fn tag(&self) -> u8 {
        match self {
            Self::Email(_) => 1,
            Self::Dns(_) => 2,
            Self::Uri(_) => 6,
            Self::Ip(_) => 7,
            Self::Other { tag, .. } => *tag,
        }
    }

    /// The name, if it keeps its type's rules.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it breaks them, [`Error::Unsupported`] for other types. An
    /// IPv4-mapped address breaks them: Go and Java connect to the IPv4 address in it, whatever the
    /// name constraints say of IPv6.
    pub fn check(&self) -> Result<AltName, Error> {
        match self {
            Self::Dns(text) => AltName::dns(text),
            Self::Email(text) => AltName::email(text),
            Self::Uri(text) => AltName::uri(text),
            Self::Ip(bytes) => match ip_address(bytes) {
                Some(address) if address.to_canonical() != address => {
                    let four = address.to_canonical();
                    let problem = format!(
                        "{address}, an IPv4-mapped address; write {four} in 4 bytes (RFC 4291 \
                         section 2.5.5.2)"
                    );
                    Err(Error::malformed("IP address", "", problem))
                }
                Some(address) => Ok(AltName::Ip(address)),
                None => {
                    let problem = format!("{} bytes; 4 for IPv4, 16 for IPv6", bytes.len());
                    Err(Error::malformed("IP address", "", problem))
                }
            },
            Self::Other { .. } => Err(Error::unsupported(
                "alternative name",
                self.to_string(),
                "dNSName, rfc822Name, iPAddress, uniformResourceIdentifier",
            )),
        }
    }
}

impl From<&AltName> for UncheckedName {
    /// The name as it is written; an IPv4-mapped address as the IPv4 address that it stands for.
    fn from(name: &AltName) -> Self {
        match &name.clone().canonical() {
            AltName::Dns(name) => Self::Dns(name.to_string()),
            AltName::Email(address) => Self::Email(address.to_string()),
            AltName::Ip(IpAddr::V4(address)) => Self::Ip(address.octets().to_vec()),
            AltName::Ip(IpAddr::V6(address)) => Self::Ip(address.octets().to_vec()),
            AltName::Uri(uri) => Self::Uri(uri.to_string()),
        }
    }
}

impl fmt::Display for UncheckedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Escaped, so that a name cannot steer a terminal or forge a line of a log.
        match self {
            Self::Dns(text) => write!(f, "DNS:{}", text.escape_default()),
            Self::Email(text) => write!(f, "email:{}", text.escape_default()),
            Self::Uri(text) => write!(f, "URI:{}", text.escape_default()),
            Self::Ip(bytes) => match ip_address(bytes) {
                Some(address) => write!(f, "IP:{address}"),
                None => write!(f, "IP of {} bytes", bytes.len()),
            },
            Self::Other { tag, .. } => f.write_str(match tag {
                0 => "otherName",
                3 => "x400Address",
                4 => "directoryName",
                5 => "ediPartyName",
                8 => "registeredID",
                _ => "a name of unknown type",
            }),
        }
    }
}

fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(four.into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}
