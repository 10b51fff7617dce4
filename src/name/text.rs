//! The text form of distinguished names (RFC 4514).

use std::fmt::{self, Display as _};

use super::attribute::{Attribute, AttributeType};
use crate::error::Error;
use crate::limits::NAME_TEXT_BYTES;

/// Reads RFC 4514 text into relative names in the order of the encoding.
pub(super) fn parse(text: &str) -> Result<Vec<Vec<Attribute>>, Error> {
    if text.len() > NAME_TEXT_BYTES {
        let problem = format!("{} bytes; at most {NAME_TEXT_BYTES}", text.len());
        return Err(Error::malformed("name", "", problem));
    }
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut relative = Vec::new();
    for part in split(text, ',')? {
        let attributes = split(part, '+')?.into_iter().map(attribute).collect::<Result<_, _>>()?;
        relative.push(attributes);
    }
    relative.reverse();
    Ok(relative)
}

/// Writes relative names, the most specific first.
pub(super) fn write(relative: &[Vec<Attribute>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, attributes) in relative.iter().rev().enumerate() {
        f.write_str(if index > 0 { "," } else { "" })?;
        for (index, attribute) in attributes.iter().enumerate() {
            f.write_str(if index > 0 { "+" } else { "" })?;
            attribute.fmt(f)?;
        }
    }
    Ok(())
}

/// Splits at a separator that is neither escaped nor inside quotes.
fn split(text: &str, separator: char) -> Result<Vec<&str>, Error> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if c == separator && !quoted {
            parts.push(text.get(start..at).unwrap_or_default());
            start = at + c.len_utf8();
        }
    }
    if quoted || escaped {
        return Err(malformed(text, "an escape or a quotation has no end"));
    }
    parts.push(text.get(start..).unwrap_or_default());
    Ok(parts)
}

fn attribute(text: &str) -> Result<Attribute, Error> {
    let (kind, value) = text
        .split_once('=')
        .ok_or_else(|| malformed(text, "not of the form type=value (RFC 4514 section 3)"))?;
    let kind = kind.trim();
    let kind = match AttributeType::from_keyword(kind) {
        Some(known) => known,
        None => AttributeType::other(kind.parse().map_err(|_| {
            malformed(
                text,
                "unknown attribute type; allowed CN, C, DC, emailAddress, L, O, OU, serialNumber, ST, \
                 UID or a dotted object identifier",
            )
        })?),
    };
    Attribute::new(kind, &unescape(value.trim_start())?)
}

fn unescape(text: &str) -> Result<String, Error> {
    let not_utf8 = || malformed(text, "an escaped byte is not UTF-8");
    if text.starts_with('#') {
        return Err(malformed(text, "the #hexadecimal form is not supported"));
    }
    let trimmed = text.trim_end();
    if let Some(inner) = trimmed.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) {
        return String::from_utf8(bytes(inner)?).map_err(|_| not_utf8());
    }
    // A blank at the end counts only when it is escaped.
    let kept = if trimmed.ends_with('\\') { text.get(..trimmed.len() + 1) } else { None };
    String::from_utf8(bytes(kept.unwrap_or(trimmed))?).map_err(|_| not_utf8())
}

/// The bytes of a value, with `\,` and `\2C` escapes resolved.
fn bytes(text: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        match tail {
            [high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
                bytes.push(digit(*high) << 4 | digit(*low));
                rest = tail;
            }
            [special, tail @ ..] if b" \"#+,;<=>\\".contains(special) => {
                bytes.push(*special);
                rest = tail;
            }
            _ => {
                return Err(malformed(text, "an escape that RFC 4514 section 2.4 does not have"));
            }
        }
    }
    Ok(bytes)
}

fn malformed(text: &str, problem: &str) -> Error {
    Error::malformed("name", crate::error::quoted(text), problem)
}

#[cfg(test)]
mod tests {
    use crate::name::Name;

    #[test]
    fn text_reads_back() {
        for text in [
            "CN=a",
            "CN=a,O=b,C=DE",
            "CN=a+UID=b,DC=example,DC=com",
            "CN=Smith\\, John\\+x,O=\\#1",
            "CN=\u{5317}\u{4eac}",
            "1.2.3.4=x",
        ] {
            let name: Name = text.parse().unwrap();
            assert_eq!(name.to_string(), text);
        }
        assert!("".parse::<Name>().unwrap().is_empty());
        assert_eq!("CN = \"a,b\" , O=c".parse::<Name>().unwrap().to_string(), "CN=a\\,b,O=c");
        assert_eq!("CN=\\E5\\8C\\97".parse::<Name>().unwrap().to_string(), "CN=\u{5317}");
    }

    #[test]
    fn wrong_text_is_refused() {
        for text in [
            "CN",
            "=a",
            "CN=",
            "CN=\\ ",
            "CN=a\\ ",
            "CN=\" a\"",
            "X=a",
            "CN=a\\",
            "CN=\"a",
            "CN=\\zz",
            "CN=#0c01",
            "C=USA",
            "C=D1",
            "CN=a,,O=b",
            "CN=\\00",
        ] {
            assert!(text.parse::<Name>().is_err(), "{text}");
        }
        assert!(format!("CN={}", "x".repeat(65)).parse::<Name>().is_err());
        assert!(format!("CN={}", "\u{5317}".repeat(64)).parse::<Name>().is_ok());
    }
}
