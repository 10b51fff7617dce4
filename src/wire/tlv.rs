//! Tags, lengths and values: the least that the other rooms build and split DER with.

use der::Decode;
use der::asn1::ObjectIdentifier;

use crate::error::Error;
use crate::limits::{INPUT_BYTES, OID_ARC};
use crate::oid::Oid;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The identifier byte of a constructed context-specific tag.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// One value with its tag and length, from the parts of its content.
pub(crate) fn encode(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(HEADER_BYTES + length);
    push_header(&mut out, tag, length);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// The tag and length of a value.
pub(crate) fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_BYTES);
    push_header(&mut out, tag, length);
    out
}

/// The most bytes of a tag and a length.
const HEADER_BYTES: usize = 2 + size_of::<usize>();

fn push_header(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    match bytes.get(zeros..).unwrap_or_default() {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            // At most eight bytes of length, so their count fits into seven bits.
            out.push(0x80 | long.len() as u8);
            out.extend_from_slice(long);
        }
    }
}

pub(crate) fn encode_oid(oid: Oid) -> Vec<u8> {
    encode(OBJECT_IDENTIFIER, &[oid.as_inner().as_bytes()])
}

/// A BIT STRING of whole bytes.
pub(crate) fn encode_bit_string(bytes: &[u8]) -> Vec<u8> {
    encode(BIT_STRING, &[&[0], bytes])
}

/// A positive INTEGER from its big-endian bytes.
pub(crate) fn encode_unsigned(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    match bytes.get(zeros..) {
        None | Some([]) => encode(INTEGER, &[&[0]]),
        Some(significant @ [first, ..]) if *first >= 0x80 => encode(INTEGER, &[&[0], significant]),
        Some(significant) => encode(INTEGER, &[significant]),
    }
}

/// A reader of consecutive DER values that knows what it reads, for its errors.
pub(crate) struct Values<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Values<'a> {
    /// A reader of the values in `bytes`, which are (part of) a `what`.
    pub(crate) fn new(what: &'static str, bytes: &'a [u8]) -> Result<Self, Error> {
        Self::within(INPUT_BYTES, what, bytes)
    }

    /// The same under another limit.
    pub(crate) fn within(limit: usize, what: &'static str, bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > limit {
            let problem = format!("{} bytes; at most {limit}", bytes.len());
            return Err(Error::malformed(what, "", problem));
        }
        Ok(Self { rest: bytes, what })
    }

    /// A reader of what is inside the only value of `bytes`, which must have this tag.
    pub(crate) fn inside(
        what: &'static str,
        place: &str,
        tag: u8,
        bytes: &'a [u8],
    ) -> Result<Self, Error> {
        Self::new(what, bytes)?.only(tag, place)
    }

    /// The content of the only value of `bytes`, which must have this tag.
    pub(crate) fn inside_primitive(
        what: &'static str,
        place: &str,
        tag: u8,
        bytes: &'a [u8],
    ) -> Result<&'a [u8], Error> {
        let mut values = Self::new(what, bytes)?;
        let content = values.content(tag, place)?;
        values.finish(place)?;
        Ok(content)
    }

    /// A reader of what is inside the only value, which must have this tag.
    pub(crate) fn only(mut self, tag: u8, place: &str) -> Result<Self, Error> {
        let inner = self.enter(tag, place)?;
        self.finish(place)?;
        Ok(inner)
    }

    /// The next value, with tag and length. Any tag of one byte is taken: a name's old string types
    /// need not be understood to be kept.
    pub(crate) fn whole(&mut self, place: &str) -> Result<&'a [u8], Error> {
        let (whole, _) = self.next(place)?;
        Ok(whole)
    }

    /// The content of the next value, which must have this tag.
    pub(crate) fn content(&mut self, tag: u8, place: &str) -> Result<&'a [u8], Error> {
        let found = self.peek();
        if found != Some(tag) {
            let found = found.map_or("nothing".to_owned(), |found| format!("tag {found:#04x}"));
            let problem = format!("found {found}, not {tag:#04x}");
            return Err(Error::malformed(self.what, place, problem));
        }
        let (_, content) = self.next(place)?;
        Ok(content)
    }

    /// Splits the next value off: all of it, and its content.
    fn next(&mut self, place: &str) -> Result<(&'a [u8], &'a [u8]), Error> {
        let value = match split(self.rest) {
            Ok(value) if !value.shortest => Err("a length not in its shortest form"),
            other => other,
        };
        let Split { whole, content, rest, .. } =
            value.map_err(|problem| Error::malformed(self.what, place, problem))?;
        self.rest = rest;
        Ok((whole, content))
    }

    /// A reader of what is inside the next value, which must have this tag.
    pub(crate) fn enter(&mut self, tag: u8, place: &str) -> Result<Self, Error> {
        Ok(Self { rest: self.content(tag, place)?, what: self.what })
    }

    /// The content of the next value if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8, place: &str) -> Result<Option<&'a [u8]>, Error> {
        if self.peek() == Some(tag) { self.content(tag, place).map(Some) } else { Ok(None) }
    }

    pub(crate) fn oid(&mut self, place: &str) -> Result<Oid, Error> {
        let whole = self.whole(place)?;
        // Some versions of the library take longer ones, and show another identifier then.
        if split(whole).is_ok_and(|value| !arcs_fit(value.content)) {
            let problem = format!("an arc above {OID_ARC}");
            return Err(Error::malformed(self.what, place, problem));
        }
        decode_whole::<ObjectIdentifier>(self.what, place, whole).map(Oid::from)
    }

    /// A BIT STRING of whole bytes.
    pub(crate) fn bit_string(&mut self, place: &str) -> Result<&'a [u8], Error> {
        match self.content(BIT_STRING, place)?.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(Error::malformed(self.what, place, "a BIT STRING not of whole bytes")),
        }
    }

    /// The big-endian bytes of a non-negative INTEGER, without zeros in front (zero is empty).
    pub(crate) fn unsigned(&mut self, place: &str) -> Result<&'a [u8], Error> {
        let what = self.what;
        match self.content(INTEGER, place)? {
            [0] => Ok(&[]),
            [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Ok(rest),
            all @ [first, ..] if (1..0x80).contains(first) => Ok(all),
            [first, ..] if *first >= 0x80 => Err(Error::malformed(what, place, "negative")),
            _ => Err(Error::malformed(what, place, "an INTEGER not in its shortest form")),
        }
    }

    /// The content of an INTEGER of any sign, in its shortest form (X.690 section 8.3.2).
    pub(crate) fn integer(&mut self, place: &str) -> Result<&'a [u8], Error> {
        match self.content(INTEGER, place)? {
            [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => {
                Err(Error::malformed(self.what, place, "an INTEGER not in its shortest form"))
            }
            content => Ok(content),
        }
    }

    /// A BOOLEAN in DER's two forms.
    pub(crate) fn boolean(&mut self, place: &str) -> Result<bool, Error> {
        match self.content(BOOLEAN, place)? {
            [0x00] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(Error::malformed(self.what, place, "a BOOLEAN that is neither 00 nor ff")),
        }
    }

    /// The identifier byte of the next value.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Fails when anything is left.
    pub(crate) fn finish(&self, place: &str) -> Result<(), Error> {
        if self.is_empty() {
            return Ok(());
        }
        let problem = match self.rest.len() {
            1 => "1 byte too many".to_owned(),
            more => format!("{more} bytes too many"),
        };
        Err(Error::malformed(self.what, place, problem))
    }

    pub(crate) fn what(&self) -> &'static str {
        self.what
    }
}

/// A whole value as a type of the der crate.
pub(crate) fn decode_whole<'a, T>(
    what: &'static str,
    place: &str,
    bytes: &'a [u8],
) -> Result<T, Error>
where
    T: Decode<'a, Error = der::Error>,
{
    T::from_der(bytes).map_err(|error| malformed(what, place, error))
}

/// The identifier byte and the content bytes of a value.
pub(crate) fn split_any<'a>(what: &'static str, bytes: &'a [u8]) -> Result<(u8, &'a [u8]), Error> {
    let mut values = Values::new(what, bytes)?;
    let tag = values.peek().unwrap_or_default();
    let content = values.content(tag, "")?;
    values.finish("")?;
    Ok((tag, content))
}

/// The first of some values, and the bytes after it.
pub(crate) struct Split<'a> {
    pub(crate) tag: u8,
    /// With tag and length.
    pub(crate) whole: &'a [u8],
    pub(crate) content: &'a [u8],
    pub(crate) rest: &'a [u8],
    /// Whether its length is in its shortest form, as DER wants it.
    pub(crate) shortest: bool,
}

/// Splits the first value off (X.690 sections 8.1 and 10.1), or says why there is none.
pub(crate) fn split(all: &[u8]) -> Result<Split<'_>, &'static str> {
    let (tag, length, rest, shortest) = match all {
        [] => return Err("nothing, where a value should be"),
        [tag, ..] if tag & 0x1f == 0x1f => return Err("a tag of more than one byte"),
        [tag, length, rest @ ..] if *length < 0x80 => (*tag, usize::from(*length), rest, true),
        [_, 0x80, ..] => return Err("an indefinite length, which DER does not have"),
        [tag, count, rest @ ..] => {
            let (length, rest, shortest) = long_length(usize::from(count & 0x7f), rest)?;
            (*tag, length, rest, shortest)
        }
        [_] => return Err("cut off after the tag"),
    };
    let (content, rest) = rest.split_at_checked(length).ok_or("cut off")?;
    let whole = all.get(..all.len() - rest.len()).ok_or("cut off")?;
    Ok(Split { tag, whole, content, rest, shortest })
}

/// Whether every arc of an object identifier is at most [`OID_ARC`].
pub(super) fn arcs_fit(bytes: &[u8]) -> bool {
    let mut arc = 0;
    bytes.iter().all(|byte| {
        arc = arc << 7 | u64::from(byte & 0x7f);
        let fits = arc <= OID_ARC;
        if *byte < 0x80 {
            arc = 0;
        }
        fits
    })
}

/// A length of `count` bytes, what follows it, and whether it is in its shortest form.
fn long_length(count: usize, rest: &[u8]) -> Result<(usize, &[u8], bool), &'static str> {
    // Four bytes name more than any input may have.
    let (bytes, rest) = match count {
        1..=4 => rest.split_at_checked(count).ok_or("cut off in the length")?,
        _ => return Err("a length of more than four bytes"),
    };
    let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let shortest = length >= 0x80 && bytes.first().is_some_and(|first| *first != 0);
    Ok((length, rest, shortest))
}

fn malformed(what: &'static str, place: &str, error: der::Error) -> Error {
    // Which byte, and what about it, is all that helps the sender; der's own words say it.
    Error::malformed(what, place, error.to_string())
}
