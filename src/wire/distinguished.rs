//! The encoding of distinguished names (RFC 5280 section 4.1.2.4).

use super::tlv::{SEQUENCE, SET, Values, encode, encode_oid, split_any};
use crate::error::Error;
use crate::limits::NAME_ATTRIBUTES;
use crate::name::{Attribute, AttributeType, Name, StringKind};

/// The bytes a name was read from, or else its DER.
pub(crate) fn encode_name(name: &Name) -> Vec<u8> {
    if let Some(raw) = name.raw() {
        return raw.to_vec();
    }
    let relative: Vec<u8> = name.relative().iter().flat_map(|set| encode_relative(set)).collect();
    encode(SEQUENCE, &[&relative])
}

/// Reads the next value, keeping its bytes.
pub(crate) fn read_name(values: &mut Values<'_>, place: &str) -> Result<Name, Error> {
    let what = values.what();
    let raw = values.whole(place)?;
    let mut sets = Values::inside(what, place, SEQUENCE, raw)?;
    let mut relative = Vec::new();
    let mut count = 0;
    while !sets.is_empty() {
        let mut set = sets.enter(SET, place)?;
        let mut attributes = Vec::new();
        while !set.is_empty() {
            attributes.push(read_attribute(&mut set, place)?);
            count += 1;
            if count > NAME_ATTRIBUTES {
                let problem = format!("more than {NAME_ATTRIBUTES} attributes");
                return Err(Error::malformed(what, place, problem));
            }
        }
        if attributes.is_empty() {
            return Err(Error::malformed(what, place, "a relative name without an attribute"));
        }
        relative.push(attributes);
    }
    Ok(Name::read(relative, raw.to_vec()))
}

fn encode_relative(attributes: &[Attribute]) -> Vec<u8> {
    let mut encoded: Vec<Vec<u8>> = attributes.iter().map(encode_attribute).collect();
    // The elements of a SET OF are in the order of their encodings (X.690 section 11.6).
    encoded.sort();
    encode(SET, &encoded.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn encode_attribute(attribute: &Attribute) -> Vec<u8> {
    let value = encode(tag(attribute.string()), &[attribute.bytes()]);
    encode(SEQUENCE, &[&encode_oid(attribute.kind().oid()), &value])
}

fn read_attribute(set: &mut Values<'_>, place: &str) -> Result<Attribute, Error> {
    let mut pair = set.enter(SEQUENCE, place)?;
    let kind = AttributeType::other(pair.oid(place)?);
    let (tag, bytes) = split_any(pair.what(), pair.whole(place)?)?;
    pair.finish(place)?;
    Ok(Attribute::read(kind, string_of(tag), bytes.to_vec()))
}

/// The identifier byte of a string type (X.680 section 8.4, table 1).
fn tag(string: StringKind) -> u8 {
    match string {
        StringKind::Bmp => 0x1e,
        StringKind::Ia5 => 0x16,
        StringKind::Numeric => 0x12,
        StringKind::Other(tag) => tag,
        StringKind::Printable => 0x13,
        StringKind::Teletex => 0x14,
        StringKind::Universal => 0x1c,
        StringKind::Utf8 => 0x0c,
        StringKind::Visible => 0x1a,
    }
}

fn string_of(tag: u8) -> StringKind {
    match tag {
        0x0c => StringKind::Utf8,
        0x12 => StringKind::Numeric,
        0x13 => StringKind::Printable,
        0x14 => StringKind::Teletex,
        0x16 => StringKind::Ia5,
        0x1a => StringKind::Visible,
        0x1c => StringKind::Universal,
        0x1e => StringKind::Bmp,
        tag => StringKind::Other(tag),
    }
}
