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
