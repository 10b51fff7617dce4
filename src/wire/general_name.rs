//! The encoding of GeneralNames and of the subtrees of nameConstraints (RFC 5280 sections 4.2.1.6
//! and 4.2.1.10).

use super::distinguished::{encode_name, read_name};
use super::tlv::{SEQUENCE, Values, arcs_fit, context, encode, encode_oid, split_any};
use crate::error::Error;
use crate::limits::{ALT_NAMES, NAME_SUBTREES};
use crate::name::{GeneralName, GeneralSubtree, IpNetwork, Name, NameConstraints};
use crate::oid::Oid;

const RFC822_NAME: u8 = 0x81;
const DNS_NAME: u8 = 0x82;
const DIRECTORY_NAME: u8 = 0xa4;
const URI: u8 = 0x86;
const IP_ADDRESS: u8 = 0x87;
const REGISTERED_ID: u8 = 0x88;

/// The value of a subjectAltName extension.
pub(crate) fn encode_names<'a>(names: impl IntoIterator<Item = &'a GeneralName>) -> Vec<u8> {
    let encoded: Vec<u8> = names.into_iter().flat_map(encode_unchecked).collect();
    encode(SEQUENCE, &[&encoded])
}

pub(crate) fn read_names(what: &'static str, der: &[u8]) -> Result<Vec<GeneralName>, Error> {
    let place = "subjectAltName";
    let mut values = Values::inside(what, place, SEQUENCE, der)?;
    let mut names = Vec::new();
    while !values.is_empty() {
        if names.len() == ALT_NAMES {
            return Err(Error::malformed(what, place, format!("more than {ALT_NAMES} names")));
        }
        let (tag, content) = split_any(what, values.whole(place)?)?;
        names.push(match tag {
            RFC822_NAME => text_name(tag, content, GeneralName::Email),
            DNS_NAME => text_name(tag, content, GeneralName::Dns),
            URI => text_name(tag, content, GeneralName::Uri),
            IP_ADDRESS => GeneralName::Ip(content.to_vec()),
            _ => other_name(other_tag(what, place, tag)?, content),
        });
    }
    if names.is_empty() {
        return Err(Error::malformed(what, place, "no name; RFC 5280 section 4.2.1.6 wants one"));
    }
    Ok(names)
}

/// A name whose type is IA5String; kept as it is where it has other characters, as requests for
/// international names have.
fn text_name(tag: u8, content: &[u8], of: fn(String) -> GeneralName) -> GeneralName {
    match str::from_utf8(content) {
        Ok(text) if text.is_ascii() => of(text.to_owned()),
        _ => GeneralName::Other { tag: tag & 0x1f, value: content.to_vec() },
    }
}

/// A name of the other types; kept as it is where its content is not of the type's form.
fn other_name(tag: u8, content: &[u8]) -> GeneralName {
    let read = match tag {
        0 => read_other_name(content).ok(),
        4 => read_directory(content).ok().map(GeneralName::Directory),
        8 if arcs_fit(content) => Oid::from_content(content).map(GeneralName::RegisteredId),
        _ => None,
    };
    read.unwrap_or_else(|| GeneralName::Other { tag, value: content.to_vec() })
}

/// The content of an otherName: its type and, under the explicit tag 0, its value.
fn read_other_name(content: &[u8]) -> Result<GeneralName, Error> {
    let place = "otherName";
    let mut values = Values::new(place, content)?;
    let kind = values.oid("type-id")?;
    let mut inside = values.enter(context(0), "value")?;
    values.finish("after the value")?;
    let value = inside.whole("value")?.to_vec();
    inside.finish("value")?;
    Ok(GeneralName::OtherName { kind, value })
}

fn read_directory(content: &[u8]) -> Result<Name, Error> {
    let mut inside = Values::new("directoryName", content)?;
    let name = read_name(&mut inside, "")?;
    inside.finish("")?;
    Ok(name)
}

/// The value of a nameConstraints extension.
pub(crate) fn encode_constraints(constraints: &NameConstraints) -> Vec<u8> {
    let NameConstraints { permitted, excluded } = constraints;
    let list = |tag: u8, subtrees: &[GeneralSubtree]| {
        let encoded: Vec<u8> = subtrees.iter().flat_map(encode_subtree).collect();
        if encoded.is_empty() { Vec::new() } else { encode(context(tag), &[&encoded]) }
    };
    encode(SEQUENCE, &[&list(0, permitted), &list(1, excluded)])
}

pub(crate) fn read_constraints(what: &'static str, der: &[u8]) -> Result<NameConstraints, Error> {
    let place = "nameConstraints";
    let mut values = Values::inside(what, place, SEQUENCE, der)?;
    let mut list = |tag: u8| -> Result<Vec<GeneralSubtree>, Error> {
        match values.optional(context(tag), place)? {
            Some(content) => read_subtrees(what, content),
            None => Ok(Vec::new()),
        }
    };
    let (permitted, excluded) = (list(0)?, list(1)?);
    values.finish(place)?;
    if permitted.is_empty() && excluded.is_empty() {
        return Err(Error::malformed(what, place, "no subtree (RFC 5280 section 4.2.1.10)"));
    }
    Ok(NameConstraints { permitted, excluded })
}

fn encode_unchecked(name: &GeneralName) -> Vec<u8> {
    match name {
        GeneralName::Dns(text) => encode(DNS_NAME, &[text.as_bytes()]),
        GeneralName::Email(text) => encode(RFC822_NAME, &[text.as_bytes()]),
        GeneralName::Ip(bytes) => encode(IP_ADDRESS, &[bytes]),
        GeneralName::Directory(name) => encode(DIRECTORY_NAME, &[&encode_name(name)]),
        // The types with a tag of their own content are constructed.
        GeneralName::Other { tag: tag @ (0 | 3 | 4 | 5), value } => encode(context(*tag), &[value]),
        GeneralName::Other { tag, value } => encode(0x80 | tag, &[value]),
        GeneralName::OtherName { kind, value } => {
            encode(context(0), &[&encode_oid(*kind), &encode(context(0), &[value])])
        }
        GeneralName::RegisteredId(oid) => encode(REGISTERED_ID, &[oid.as_inner().as_bytes()]),
        GeneralName::Uri(text) => encode(URI, &[text.as_bytes()]),
    }
}

fn encode_subtree(subtree: &GeneralSubtree) -> Vec<u8> {
    let base = match subtree {
        GeneralSubtree::Directory(name) => encode(DIRECTORY_NAME, &[&encode_name(name)]),
        GeneralSubtree::Dns(base) => encode(DNS_NAME, &[base.as_bytes()]),
        GeneralSubtree::Email(base) => encode(RFC822_NAME, &[base.as_bytes()]),
        GeneralSubtree::Ip(network) => encode(IP_ADDRESS, &[&network.to_bytes()]),
        GeneralSubtree::Uri(base) => encode(URI, &[base.as_bytes()]),
        // Read only: there is nothing to write.
        GeneralSubtree::Other { .. } | GeneralSubtree::OtherName { .. } => return Vec::new(),
    };
    encode(SEQUENCE, &[&base])
}

fn read_subtrees(what: &'static str, content: &[u8]) -> Result<Vec<GeneralSubtree>, Error> {
    let place = "nameConstraints";
    let mut values = Values::new(what, content)?;
    let mut subtrees = Vec::new();
    while !values.is_empty() {
        if subtrees.len() == NAME_SUBTREES {
            let problem = format!("more than {NAME_SUBTREES} subtrees");
            return Err(Error::malformed(what, place, problem));
        }
        let mut subtree = values.enter(SEQUENCE, place)?;
        let (tag, content) = split_any(what, subtree.whole(place)?)?;
        // minimum is 0, which DER leaves out, and maximum is absent (RFC 5280 section 4.2.1.10).
        subtree.finish("minimum or maximum of a subtree")?;
        subtrees.push(match tag {
            RFC822_NAME => GeneralSubtree::Email(ascii(what, place, content)?),
            DNS_NAME => GeneralSubtree::Dns(ascii(what, place, content)?.to_ascii_lowercase()),
            DIRECTORY_NAME => {
                let mut inside = Values::new(what, content)?;
                let name = read_name(&mut inside, place)?;
                inside.finish(place)?;
                GeneralSubtree::Directory(name)
            }
            URI => GeneralSubtree::Uri(ascii(what, place, content)?.to_ascii_lowercase()),
            // What is no range of one prefix is kept as what cannot be matched.
            IP_ADDRESS => IpNetwork::from_bytes(content)
                .map_or(GeneralSubtree::Other { tag: 7 }, GeneralSubtree::Ip),
            _ => match other_name(other_tag(what, place, tag)?, content) {
                GeneralName::OtherName { kind, .. } => GeneralSubtree::OtherName { kind },
                _ => GeneralSubtree::Other { tag: tag & 0x1f },
            },
        });
    }
    Ok(subtrees)
}

/// The tag numbers of GeneralName that have no case of their own.
fn other_tag(what: &'static str, place: &str, tag: u8) -> Result<u8, Error> {
    match tag {
        0xa0 | 0xa3 | 0xa4 | 0xa5 | 0x88 => Ok(tag & 0x1f),
        _ => Err(Error::malformed(what, place, format!("tag {tag:#04x} is no GeneralName"))),
    }
}

fn ascii(what: &'static str, place: &str, bytes: &[u8]) -> Result<String, Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Ok(text.to_owned()),
        _ => Err(Error::malformed(what, place, "an IA5String with other than ASCII characters")),
    }
}
