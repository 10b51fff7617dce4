//! Alternative names as they were written into requests and certificates, whatever they are.

use std::fmt;
use std::net::IpAddr;

use super::address;
use super::alt::AltName;
use super::distinguished::Name;
use super::dns::DnsName;
use super::email::EmailAddress;
use super::escape::is_direction;
use super::international;
use super::name_type::NameType;
use super::other::{self, OtherName};
use super::uri::Uri;
use crate::error::{Error, may_be_secret};
use crate::hexadecimal::hexadecimal;
use crate::oid::Oid;

/// An alternative name as somebody wrote it into a request or certificate: nothing is checked.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum GeneralName {
    /// directoryName.
    Directory(Name),
    /// dNSName, any ASCII text.
    Dns(String),
    /// rfc822Name, any ASCII text.
    Email(String),
    /// iPAddress, any bytes.
    Ip(Vec<u8>),
    /// x400Address, ediPartyName, and any name whose content is not of its type's form, such as a
    /// dNSName with other than ASCII characters.
    Other {
        /// The tag number in GeneralName (RFC 5280 section 4.2.1.6).
        tag: u8,
        /// The content bytes.
        value: Vec<u8>,
    },
    /// otherName: a type that somebody registered, and the DER of its value.
    OtherName {
        /// Of the value, such as 1.3.6.1.4.1.311.20.2.3 for Microsoft's user principal names.
        kind: Oid,
        /// The DER of the value.
        value: Vec<u8>,
    },
    /// registeredID.
    RegisteredId(Oid),
    /// uniformResourceIdentifier, any ASCII text.
    Uri(String),
}

impl GeneralName {
    /// The name, if it keeps its type's rules.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it breaks them, [`Error::Unsupported`] for x400Address and
    /// ediPartyName. An IPv4-mapped address breaks them: Go and Java connect to the IPv4 address in it,
    /// whatever the name constraints say of IPv6.
    pub fn check(&self) -> Result<AltName, Error> {
        match self {
            Self::Dns(text) => AltName::dns(text),
            Self::Email(text) => AltName::email(text),
            Self::Uri(text) => AltName::uri(text),
            Self::Directory(name) => AltName::directory(name),
            Self::Ip(content) => check_ip(content),
            Self::OtherName { kind, value } => {
                OtherName::new(*kind, value.clone()).map(AltName::OtherName)
            }
            Self::RegisteredId(oid) => Ok(AltName::RegisteredId(*oid)),
            Self::Other { tag: tag @ (1 | 2 | 6), value } => {
                let problem = international_problem(*tag, value);
                Err(Error::malformed("alternative name", self.to_string(), problem))
            }
            Self::Other { tag: 0 | 4 | 8, .. } => Err(Error::malformed(
                "alternative name",
                self.to_string(),
                "its content is not of its type's form (RFC 5280 section 4.2.1.6)",
            )),
            Self::Other { .. } => Err(Error::unsupported(
                "alternative name",
                self.to_string(),
                "dNSName, rfc822Name, iPAddress, uniformResourceIdentifier, directoryName, otherName, \
                 registeredID",
            )),
        }
    }

    /// The name, if it can be matched: as [`GeneralName::check`], but that A-labels are compared as they
    /// are, whether or not they decode.
    pub(crate) fn to_match(&self) -> Result<AltName, Error> {
        match self {
            Self::Dns(text) => DnsName::read(text).map(AltName::Dns),
            Self::Email(text) => EmailAddress::read(text).map(AltName::Email),
            Self::Uri(text) => Uri::read(text).map(AltName::Uri),
            Self::Directory(_)
            | Self::Ip(_)
            | Self::Other { .. }
            | Self::OtherName { .. }
            | Self::RegisteredId(_) => self.check(),
        }
    }

    /// What its type is to constraints.
    pub(super) fn name_type(&self) -> NameType {
        match self {
            Self::OtherName { kind, .. } => NameType::OtherName(*kind),
            Self::Email(_) => NameType::EMAIL,
            Self::Dns(_) => NameType::DNS,
            Self::Directory(_) => NameType::DIRECTORY,
            Self::Uri(_) => NameType::URI,
            Self::Ip(_) => NameType::IP,
            Self::RegisteredId(_) => NameType::REGISTERED_ID,
            Self::Other { tag, .. } => NameType::Tag(*tag),
        }
    }

    /// A text that no other name has, unlike what is displayed, which may be cut.
    pub(crate) fn identity(&self) -> String {
        match self {
            Self::OtherName { kind, value } => match other::text(value) {
                Some(text) if [OtherName::UPN, OtherName::SRV].contains(kind) => {
                    format!("otherName:{kind}:{text}")
                }
                _ => format!("otherName:{kind}:#{}", hexadecimal(value)),
            },
            Self::Other { tag, value } => format!("[{tag}]:#{}", hexadecimal(value)),
            Self::Ip(content) if ip_address(content).is_none() => {
                format!("[7]:#{}", hexadecimal(content))
            }
            Self::Directory(_)
            | Self::Dns(_)
            | Self::Email(_)
            | Self::Ip(_)
            | Self::RegisteredId(_)
            | Self::Uri(_) => self.to_string(),
        }
    }
}

fn check_ip(content: &[u8]) -> Result<AltName, Error> {
    let malformed = |problem| Error::malformed("IP address", "", problem);
    let Some(address) = ip_address(content) else {
        return Err(malformed(format!("{} bytes; 4 for IPv4, 16 for IPv6", content.len())));
    };
    match address::mapped(address) {
        Some(problem) => Err(malformed(format!("{problem} in 4 bytes"))),
        None => Ok(AltName::Ip(address)),
    }
}

/// Of a name whose type allows ASCII only: what would be accepted instead.
fn international_problem(tag: u8, value: &[u8]) -> String {
    const PROBLEM: &str = "other than ASCII characters; an international name is written in its A-labels \
                           (RFC 5280 section 7)";
    let text = str::from_utf8(value).ok();
    let ascii = match tag {
        2 => text.and_then(|text| DnsName::new(text).ok()).map(|name| name.to_string()),
        1 => text.and_then(|text| EmailAddress::new(text).ok()).map(|name| name.to_string()),
        _ => text.and_then(uri_in_ascii),
    };
    match ascii {
        Some(ascii) => format!("{PROBLEM}: `{ascii}`"),
        None => format!("{PROBLEM}, `xn--…`"),
    }
}

/// The URI with its host in A-labels, if that is all that is wrong with it.
fn uri_in_ascii(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at_checked(end)?;
    let ascii = format!("{scheme}://{}{rest}", international::to_ascii(host).ok()?);
    Uri::new(&ascii).is_ok().then_some(ascii)
}

impl From<&AltName> for GeneralName {
    /// The name as it is written; an IPv4-mapped address as the IPv4 address that it stands for.
    fn from(name: &AltName) -> Self {
        match &name.clone().canonical() {
            AltName::Directory(name) => Self::Directory(name.to_name()),
            AltName::Dns(name) => Self::Dns(name.to_string()),
            AltName::Email(address) => Self::Email(address.to_string()),
            AltName::Ip(IpAddr::V4(address)) => Self::Ip(address.octets().to_vec()),
            AltName::Ip(IpAddr::V6(address)) => Self::Ip(address.octets().to_vec()),
            AltName::OtherName(name) => {
                Self::OtherName { kind: name.kind(), value: name.value().to_vec() }
            }
            AltName::RegisteredId(oid) => Self::RegisteredId(*oid),
            AltName::Uri(uri) => Self::Uri(uri.to_string()),
        }
    }
}

impl fmt::Display for AltName {
    /// The type and the value, such as `DNS:a.example` (as OpenSSL prints it).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        GeneralName::from(self).fmt(f)
    }
}

impl fmt::Display for GeneralName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Escaped, so that a name cannot steer a terminal or forge a line of a log.
        match self {
            Self::Dns(text) => write!(f, "DNS:{}", text.escape_default()),
            Self::Email(text) => write!(f, "email:{}", text.escape_default()),
            Self::Uri(text) => write!(f, "URI:{}", text.escape_default()),
            Self::Ip(content) => match ip_address(content) {
                Some(address) => write!(f, "IP:{address}"),
                None => write!(f, "IP of {} bytes", content.len()),
            },
            Self::Directory(name) => write!(f, "directoryName:{name}"),
            Self::RegisteredId(oid) => write!(f, "registeredID:{oid}"),
            Self::OtherName { kind, value } => {
                match other::keyword(*kind) {
                    Some(keyword) => write!(f, "otherName:{keyword}:")?,
                    None => write!(f, "otherName:{kind}:")?,
                }
                write_value(value, f)
            }
            Self::Other { tag, value } => {
                f.write_str(match tag {
                    0 => "otherName:",
                    1 => "email:",
                    2 => "DNS:",
                    3 => "x400Address:",
                    4 => "directoryName:",
                    5 => "ediPartyName:",
                    6 => "URI:",
                    8 => "registeredID:",
                    _ => "a name of unknown type:",
                })?;
                match (tag, str::from_utf8(value)) {
                    (1 | 2 | 6, Ok(text)) => write_escaped(text, f),
                    _ => write_hexadecimal(value, f),
                }
            }
        }
    }
}

/// The value of an otherName: its text, where it is one, or else its bytes.
fn write_value(value: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match other::text(value) {
        Some(text) => write_escaped(text, f),
        None => write_hexadecimal(value, f),
    }
}

/// So that a name cannot steer a terminal or forge a line of a log: letters of any script as they
/// are, all else above ASCII escaped.
fn write_escaped(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if may_be_secret(text) {
        return f.write_str("[not shown]");
    }
    text.chars().try_for_each(|c| match c {
        c if c.is_alphanumeric() && !is_direction(c) => write!(f, "{c}"),
        c => write!(f, "{}", c.escape_default()),
    })
}

fn write_hexadecimal(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (shown, rest) = bytes.split_at(bytes.len().min(SHOWN_BYTES));
    write!(f, "#{}", hexadecimal(shown))?;
    if rest.is_empty() { Ok(()) } else { write!(f, "… ({} bytes)", bytes.len()) }
}

/// How many bytes of a value that is no text are shown.
const SHOWN_BYTES: usize = 8;

fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(four.into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}
