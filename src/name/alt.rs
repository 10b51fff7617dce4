//! Subject alternative names (RFC 5280 section 4.2.1.6).

use std::net::IpAddr;
use std::str::FromStr;

use super::address;
use super::directory::DirectoryName;
use super::distinguished::Name;
use super::dns::DnsName;
use super::email::EmailAddress;
use super::other::OtherName;
use super::uri::Uri;
use crate::error::{Error, quoted};
use crate::oid::Oid;

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
    /// directoryName.
    Directory(DirectoryName),
    /// dNSName.
    Dns(DnsName),
    /// rfc822Name.
    Email(EmailAddress),
    /// iPAddress. An IPv4-mapped address is written as the IPv4 address that it stands for.
    Ip(IpAddr),
    /// otherName, such as a user principal name.
    OtherName(OtherName),
    /// registeredID: an object identifier.
    RegisteredId(Oid),
    /// uniformResourceIdentifier.
    Uri(Uri),
}

impl AltName {
    /// A distinguished name; see [`DirectoryName::new`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is empty or an attribute breaks its bounds.
    pub fn directory(name: &Name) -> Result<Self, Error> {
        DirectoryName::new(name).map(Self::Directory)
    }

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

    /// An IPv4 or IPv6 address.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is neither, has a zone (`fe80::1%eth0`), or is an IPv4-mapped address
    /// (`::ffff:10.0.0.7`).
    pub fn ip(text: &str) -> Result<Self, Error> {
        let malformed = |problem| Error::malformed("IP address", quoted(text), problem);
        address::read(text).map(Self::Ip).map_err(malformed)
    }

    /// The name of a service; see [`OtherName::srv`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one.
    pub fn srv(text: &str) -> Result<Self, Error> {
        OtherName::srv(text).map(Self::OtherName)
    }

    /// A user principal name; see [`OtherName::upn`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one.
    pub fn upn(text: &str) -> Result<Self, Error> {
        OtherName::upn(text).map(Self::OtherName)
    }

    /// A URI; see [`Uri::new`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one.
    pub fn uri(text: &str) -> Result<Self, Error> {
        Uri::new(text).map(Self::Uri)
    }

    /// Whether the name, or the host in it, has an underscore ([`DnsName::has_underscore`]).
    pub fn has_underscore(&self) -> bool {
        match self {
            Self::Dns(name) => name.has_underscore(),
            Self::Email(address) => address.host().has_underscore(),
            Self::Uri(uri) => uri.named_host().is_some_and(|host| host.contains('_')),
            Self::Directory(_) | Self::Ip(_) | Self::OtherName(_) | Self::RegisteredId(_) => false,
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

    /// Reads an IPv4 or IPv6 address, or else a DNS name; names of other types, see [`AltName::typed`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is neither; as [`AltName::ip`] and [`AltName::dns`].
    fn from_str(text: &str) -> Result<Self, Error> {
        // No DNS name has a colon.
        match text.contains(':') || text.parse::<IpAddr>().is_ok() {
            true => Self::ip(text),
            false if text.contains('@') => {
                let problem = "an @, which DNS names and IP addresses do not have; AltName::email reads \
                               e-mail addresses";
                Err(Error::malformed("alternative name", quoted(text), problem))
            }
            false => Self::dns(text),
        }
    }
}
