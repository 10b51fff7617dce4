//! One attribute of a distinguished name: its type, string type, and X.520 bounds.

use std::fmt;

use crate::error::{Error, quoted};
use crate::hexadecimal::hexadecimal;
use crate::limits::ATTRIBUTE_CHARACTERS;
use crate::oid::Oid;

/// The type of an attribute of a distinguished name (X.520, RFC 5280 appendix A).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AttributeType(Oid);

/// What is known of an attribute type: its RFC 4514 keyword, its upper bound in characters and the
/// string type it is written as.
struct Known {
    kind: AttributeType,
    keyword: &'static str,
    bound: usize,
    string: StringKind,
}

impl AttributeType {
    /// commonName, at most 64 characters.
    pub const COMMON_NAME: Self = Self(Oid::known("2.5.4.3"));
    /// countryName: two letters.
    pub const COUNTRY: Self = Self(Oid::known("2.5.4.6"));
    /// domainComponent (RFC 4519), at most 63 characters.
    pub const DOMAIN_COMPONENT: Self = Self(Oid::known("0.9.2342.19200300.100.1.25"));
    /// emailAddress (RFC 2985), at most 255 characters.
    pub const EMAIL_ADDRESS: Self = Self(Oid::known("1.2.840.113549.1.9.1"));
    /// localityName, at most 128 characters.
    pub const LOCALITY: Self = Self(Oid::known("2.5.4.7"));
    /// organizationName, at most 64 characters.
    pub const ORGANIZATION: Self = Self(Oid::known("2.5.4.10"));
    /// organizationalUnitName, at most 64 characters.
    pub const ORGANIZATIONAL_UNIT: Self = Self(Oid::known("2.5.4.11"));
    /// serialNumber of a device or person, at most 64 characters.
    pub const SERIAL_NUMBER: Self = Self(Oid::known("2.5.4.5"));
    /// stateOrProvinceName, at most 128 characters.
    pub const STATE_OR_PROVINCE: Self = Self(Oid::known("2.5.4.8"));
    /// userId (RFC 4519), at most 256 characters.
    pub const USER_ID: Self = Self(Oid::known("0.9.2342.19200300.100.1.1"));

    /// Any other type, by its object identifier. Its values are written as UTF8String of at most
    /// 32,768 characters (ub-name, RFC 5280 appendix A).
    pub const fn other(oid: Oid) -> Self {
        Self(oid)
    }

    /// The object identifier.
    pub const fn oid(&self) -> Oid {
        self.0
    }

    /// The type that an RFC 4514 keyword (or `ST`'s alias `S`, or `emailAddress`) names.
    pub(crate) fn from_keyword(keyword: &str) -> Option<Self> {
        let keyword = match keyword.to_ascii_uppercase().as_str() {
            "S" => "ST".to_owned(),
            "E" => "EMAILADDRESS".to_owned(),
            other => other.to_owned(),
        };
        KNOWN.iter().find(|known| known.keyword.eq_ignore_ascii_case(&keyword)).map(|k| k.kind)
    }

    fn known(&self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.kind == *self)
    }
}

impl fmt::Display for AttributeType {
    /// The RFC 4514 keyword, or the dotted identifier.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some(known) => f.write_str(known.keyword),
            None => self.0.fmt(f),
        }
    }
}

/// The ASN.1 type of an attribute's value.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum StringKind {
    Bmp,
    Ia5,
    Numeric,
    /// Any other type, by its identifier byte.
    Other(u8),
    Printable,
    Teletex,
    Universal,
    Utf8,
    Visible,
}

impl StringKind {
    /// The name of the ASN.1 type.
    fn name(self) -> String {
        match self {
            Self::Bmp => "BMPString".to_owned(),
            Self::Ia5 => "IA5String".to_owned(),
            Self::Numeric => "NumericString".to_owned(),
            Self::Other(tag) => format!("the type of tag {tag:#04x}, which is not supported"),
            Self::Printable => "PrintableString".to_owned(),
            Self::Teletex => "TeletexString".to_owned(),
            Self::Universal => "UniversalString".to_owned(),
            Self::Utf8 => "UTF8String".to_owned(),
            Self::Visible => "VisibleString".to_owned(),
        }
    }
}

/// One attribute of a distinguished name: a type and a value.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Attribute {
    kind: AttributeType,
    string: StringKind,
    /// The content bytes of the value, in the encoding of `string`.
    bytes: Vec<u8>,
}

impl Attribute {
    /// An attribute with the string type that RFC 5280 asks for: PrintableString for C and
    /// serialNumber, IA5String for emailAddress and DC, UTF8String otherwise.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the value is empty or blank, has blanks at its ends (which do not
    /// count in comparisons, RFC 4518 section 2.6.1), holds control characters, characters that turn
    /// text around or that the string type cannot hold, or is longer than the X.520 bound; for C, when
    /// it is not two letters.
    pub fn new(kind: AttributeType, value: &str) -> Result<Self, Error> {
        let (bound, string) = match kind.known() {
            Some(known) => (known.bound, known.string),
            None => (ATTRIBUTE_CHARACTERS, StringKind::Utf8),
        };
        let problem = if value.is_empty() {
            Some("empty".to_owned())
        } else if value.trim().is_empty() {
            Some("blank".to_owned())
        } else if value.trim().len() < value.len() {
            Some(format!("{value:?} has a blank at an end"))
        } else if value.chars().count() > bound {
            Some(format!("{} characters; at most {bound}", value.chars().count()))
        } else if value.chars().any(char::is_control) {
            Some("holds a control character".to_owned())
        } else if value.chars().any(super::escape::is_direction) {
            Some("holds a character that turns text around or ends a line".to_owned())
        } else if kind == AttributeType::COUNTRY
            && !(value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            Some(format!("{}; a country is two letters (ISO 3166-1)", quoted(value)))
        } else {
            match string {
                StringKind::Printable if !value.bytes().all(is_printable) => {
                    Some(format!("{} does not fit into PrintableString", quoted(value)))
                }
                StringKind::Ia5 if !value.is_ascii() => {
                    Some(format!("{} does not fit into IA5String", quoted(value)))
                }
                _ => None,
            }
        };
        match problem {
            Some(problem) => Err(Error::malformed("name", format!("attribute {kind}"), problem)),
            None => Ok(Self { kind, string, bytes: value.as_bytes().to_vec() }),
        }
    }

    /// The type.
    pub const fn kind(&self) -> AttributeType {
        self.kind
    }

    /// The value as text, if its bytes are text in its string type. A byte above 127 in a type of
    /// ASCII characters is the Latin-1 character that its writer meant, and OpenSSL reads.
    pub fn text(&self) -> Option<String> {
        match self.string {
            StringKind::Bmp => {
                let (pairs, rest) = self.bytes.as_chunks::<2>();
                let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
                let text = char::decode_utf16(units).collect::<Result<String, _>>().ok();
                text.filter(|_| rest.is_empty())
            }
            // Teletex in certificates is Latin-1 in practice (RFC 5280 section 4.1.2.4 note).
            StringKind::Ia5
            | StringKind::Numeric
            | StringKind::Printable
            | StringKind::Teletex
            | StringKind::Visible => {
                Some(self.bytes.iter().map(|byte| char::from(*byte)).collect())
            }
            StringKind::Universal => {
                let (units, rest) = self.bytes.as_chunks::<4>();
                let units = units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit)));
                units.collect::<Option<String>>().filter(|_| rest.is_empty())
            }
            StringKind::Utf8 => String::from_utf8(self.bytes.clone()).ok(),
            StringKind::Other(_) => None,
        }
    }

    /// The value as text, for what is to be certified: never a dump of its bytes.
    ///
    /// # Errors
    /// [`Error::Malformed`] when its bytes are no text in its string type; names both.
    pub fn certifiable_text(&self) -> Result<String, Error> {
        self.text().ok_or_else(|| {
            let problem = format!("its bytes are not a valid {}", self.string.name());
            Error::malformed("name", format!("attribute {}", self.kind), problem)
        })
    }

    /// The value for people: its text, or else `#` and its bytes in hexadecimal.
    pub fn value(&self) -> String {
        self.text().unwrap_or_else(|| format!("#{}", hexadecimal(&self.bytes)))
    }

    /// An attribute as it was read, which may break the rules of [`Attribute::new`].
    pub(crate) fn read(kind: AttributeType, string: StringKind, bytes: Vec<u8>) -> Self {
        Self { kind, string, bytes }
    }

    pub(crate) const fn string(&self) -> StringKind {
        self.string
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for Attribute {
    /// RFC 4514 text, such as `CN=a`; what could steer a terminal is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.kind)?;
        super::escape::write_value(&self.value(), f)
    }
}

/// PrintableString's characters (X.680 section 41.4).
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

const KNOWN: [Known; 10] = [
    known(AttributeType::COMMON_NAME, "CN", 64, StringKind::Utf8),
    known(AttributeType::COUNTRY, "C", 2, StringKind::Printable),
    known(AttributeType::DOMAIN_COMPONENT, "DC", 63, StringKind::Ia5),
    known(AttributeType::EMAIL_ADDRESS, "emailAddress", 255, StringKind::Ia5),
    known(AttributeType::LOCALITY, "L", 128, StringKind::Utf8),
    known(AttributeType::ORGANIZATION, "O", 64, StringKind::Utf8),
    known(AttributeType::ORGANIZATIONAL_UNIT, "OU", 64, StringKind::Utf8),
    known(AttributeType::SERIAL_NUMBER, "serialNumber", 64, StringKind::Printable),
    known(AttributeType::STATE_OR_PROVINCE, "ST", 128, StringKind::Utf8),
    known(AttributeType::USER_ID, "UID", 256, StringKind::Utf8),
];

const fn known(
    kind: AttributeType,
    keyword: &'static str,
    bound: usize,
    string: StringKind,
) -> Known {
    Known { kind, keyword, bound, string }
}
