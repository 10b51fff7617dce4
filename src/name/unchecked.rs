//! Alternative names as they were written into requests and certificates, whatever they are.

use std::fmt;
use std::net::IpAddr;

use der::asn1::AnyRef;
use der::{Decode, Tag, Tagged};

use super::alt::AltName;
use super::distinguished::Name;
use super::escape::is_direction;
use crate::error::{Error, may_be_secret};
use crate::hexadecimal::hexadecimal;
use crate::oid::Oid;

/// An alternative name as somebody wrote it into a request or certificate: nothing is checked.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum UncheckedName {
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

impl UncheckedName {
    /// The tag number of its type in GeneralName (RFC 5280 section 4.2.1.6).
    pub(crate) fn tag(&self) -> u8 {
        match self {
            Self::Email(_) => 1,
            Self::Dns(_) => 2,
            Self::Uri(_) => 6,
            Self::Ip(_) => 7,
            Self::Directory(_) => 4,
            Self::Other { tag, .. } => *tag,
            Self::OtherName { .. } => 0,
            Self::RegisteredId(_) => 8,
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
            Self::Ip(content) => match ip_address(content) {
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
                    let problem = format!("{} bytes; 4 for IPv4, 16 for IPv6", content.len());
                    Err(Error::malformed("IP address", "", problem))
                }
            },
            Self::Other { tag: 1 | 2 | 6, .. } => Err(Error::malformed(
                "alternative name",
                self.to_string(),
                "other than ASCII characters; an international name is written in its A-labels \
                 (`xn--…`, RFC 5280 section 7)",
            )),
            Self::Directory(_)
            | Self::Other { .. }
            | Self::OtherName { .. }
            | Self::RegisteredId(_) => Err(Error::unsupported(
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
            Self::Ip(content) => match ip_address(content) {
                Some(address) => write!(f, "IP:{address}"),
                None => write!(f, "IP of {} bytes", content.len()),
            },
            Self::Directory(name) => write!(f, "directoryName:{name}"),
            Self::RegisteredId(oid) => write!(f, "registeredID:{oid}"),
            Self::OtherName { kind, value } => {
                match other_name_keyword(*kind) {
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
    let text = AnyRef::from_der(value).ok().and_then(|any| match any.tag() {
        Tag::Utf8String | Tag::Ia5String | Tag::PrintableString | Tag::VisibleString => {
            str::from_utf8(any.value()).ok()
        }
        _ => None,
    });
    match text {
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

/// What an otherName's type is usually called.
fn other_name_keyword(kind: Oid) -> Option<&'static str> {
    OTHER_NAMES.iter().find(|(known, _)| *known == kind).map(|(_, keyword)| *keyword)
}

const OTHER_NAMES: [(Oid, &str); 6] = [
    // Microsoft's user principal name, for logging on with a smart card.
    (Oid::known("1.3.6.1.4.1.311.20.2.3"), "UPN"),
    (Oid::known("1.3.6.1.5.5.7.8.3"), "permanentIdentifier"), // RFC 4043
    (Oid::known("1.3.6.1.5.5.7.8.4"), "hardwareModuleName"),  // RFC 4108
    (Oid::known("1.3.6.1.5.5.7.8.5"), "XMPP"),                // RFC 6120
    (Oid::known("1.3.6.1.5.5.7.8.7"), "SRV"),                 // RFC 4985
    (Oid::known("1.3.6.1.5.5.7.8.9"), "SmtpUTF8Mailbox"),     // RFC 9598
];

fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(four.into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}
