//! Reading what may be broken: what is, is noted, and the rest is read on.

use super::finding::{Notes, rules, shown};
use crate::oid::Oid;
use crate::wire::tlv::{self, BIT_STRING, BOOLEAN, INTEGER, NULL, OBJECT_IDENTIFIER};

/// A value, whose content may be anything.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) tag: u8,
    /// With tag and length.
    pub(super) whole: &'a [u8],
    pub(super) content: &'a [u8],
}

impl<'a> Value<'a> {
    /// The values inside.
    pub(super) fn inside(&self, place: &'static str) -> Reader<'a> {
        Reader::new(place, self.content)
    }
}

/// Consecutive values.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    pub(super) place: &'static str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(place: &'static str, bytes: &'a [u8]) -> Self {
        Self { rest: bytes, place }
    }

    /// A reader of what is inside the only value of `bytes`, which should have this tag.
    pub(super) fn only(
        place: &'static str,
        tag: u8,
        bytes: &'a [u8],
        notes: &mut Notes,
    ) -> Option<Self> {
        let mut outer = Self::new(place, bytes);
        let value = outer.take(tag, notes);
        outer.finish(notes);
        value.map(|value| value.inside(place))
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next value; none at the end, and none after bytes that are no value.
    pub(super) fn next(&mut self, notes: &mut Notes) -> Option<Value<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        match tlv::split(self.rest) {
            Ok(split) => {
                if !split.shortest {
                    notes.add(&LENGTH, self.place, shown(split.whole));
                }
                self.rest = split.rest;
                Some(Value { tag: split.tag, whole: split.whole, content: split.content })
            }
            Err(problem) => {
                notes.add(&UNREADABLE, self.place, problem);
                self.rest = &[];
                None
            }
        }
    }

    /// The next value, which should have this tag. One with another is noted and left behind.
    pub(super) fn take(&mut self, tag: u8, notes: &mut Notes) -> Option<Value<'a>> {
        if self.rest.is_empty() {
            notes.add(&STRUCTURE, self.place, format!("nothing, where {tag:#04x} should be"));
            return None;
        }
        let value = self.next(notes)?;
        if value.tag != tag {
            let given = format!("tag {:#04x}, where {tag:#04x} should be", value.tag);
            notes.add(&STRUCTURE, self.place, given);
            return None;
        }
        Some(value)
    }

    /// The next value if it has this tag.
    pub(super) fn optional(&mut self, tag: u8, notes: &mut Notes) -> Option<Value<'a>> {
        if self.peek() == Some(tag) { self.next(notes) } else { None }
    }

    pub(super) fn oid(&mut self, notes: &mut Notes) -> Option<Oid> {
        let value = self.take(OBJECT_IDENTIFIER, notes)?;
        let oid = Oid::from_content(value.content);
        if oid.is_none() {
            notes.add(&OID, self.place, shown(value.content));
        }
        oid
    }

    /// The content of the next INTEGER.
    pub(super) fn integer(&mut self, notes: &mut Notes) -> Option<&'a [u8]> {
        let content = self.take(INTEGER, notes)?.content;
        check_integer(content, self.place, notes);
        Some(content)
    }

    /// A BOOLEAN whose default is FALSE, and absent then.
    pub(super) fn flag(&mut self, tag: u8, notes: &mut Notes) -> bool {
        match self.optional(tag, notes).map(|value| value.content) {
            None => false,
            Some([0xff]) => true,
            Some([0]) => {
                notes.add(&DEFAULT, self.place, "FALSE, the default, written out");
                false
            }
            Some(other) => {
                notes.add(&BOOLEAN_FORM, self.place, shown(other));
                other.iter().any(|byte| *byte != 0)
            }
        }
    }

    /// The same with the universal tag.
    pub(super) fn boolean(&mut self, notes: &mut Notes) -> bool {
        self.flag(BOOLEAN, notes)
    }

    /// The bytes of the next BIT STRING, which should have no unused bits.
    pub(super) fn whole_bytes(&mut self, notes: &mut Notes) -> Option<&'a [u8]> {
        match self.take(BIT_STRING, notes)?.content.split_first() {
            Some((0, bytes)) => Some(bytes),
            Some((unused, bytes)) => {
                notes.add(&BITS, self.place, format!("{unused} unused bits"));
                Some(bytes)
            }
            None => {
                notes.add(&BITS, self.place, "a BIT STRING of no byte");
                None
            }
        }
    }

    /// The parameters of an algorithm, as which only a NULL of no bytes will do as a NULL.
    pub(super) fn null(&mut self, notes: &mut Notes) -> bool {
        let null = self.optional(NULL, notes);
        if let Some(value) = null.filter(|value| !value.content.is_empty()) {
            notes.add(&NULL_FORM, self.place, shown(value.content));
        }
        null.is_some()
    }

    /// Notes what is left.
    pub(super) fn finish(&self, notes: &mut Notes) {
        if !self.rest.is_empty() {
            let given = format!("{} bytes that do not belong there", self.rest.len());
            notes.add(&STRUCTURE, self.place, given);
        }
    }
}

/// The content of an INTEGER: at least one byte, none too many.
pub(super) fn check_integer(content: &[u8], place: &'static str, notes: &mut Notes) {
    let long = match content {
        [] => true,
        [0, second, ..] => *second < 0x80,
        [0xff, second, ..] => *second >= 0x80,
        _ => false,
    };
    if long {
        notes.add(&INTEGER_FORM, place, shown(content));
    }
}

/// A list of named bits: bit n is `1 << n`; those above the fifteenth are left out.
pub(super) fn named_bits(value: Value<'_>, place: &'static str, notes: &mut Notes) -> u16 {
    let (unused, bytes) = match value.content {
        [unused @ 0..=7, bytes @ ..] if *unused == 0 || !bytes.is_empty() => (*unused, bytes),
        other => {
            notes.add(&BITS, place, shown(other));
            return 0;
        }
    };
    let last = bytes.last().copied().unwrap_or(1 << unused);
    if last.trailing_zeros() < u32::from(unused) {
        notes.add(&BITS, place, "an unused bit that is not zero");
    } else if last.trailing_zeros() != u32::from(unused) {
        notes.add(&NAMED_BITS, place, shown(value.content));
    }
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0).reverse_bits();
    u16::from_le_bytes([byte(0), byte(1)])
}

rules! { None;
    UNREADABLE = Error "x690-8.1-unreadable", "X.690 section 8.1":
        "encode every value with a tag of one byte and a definite length that fits";
    LENGTH = Error "x690-10.1-length-shortest", "X.690 section 10.1":
        "encode lengths in the fewest bytes";
    BOOLEAN_FORM = Error "x690-11.1-boolean", "X.690 section 11.1":
        "encode TRUE as one byte ff";
    INTEGER_FORM = Error "x690-8.3.2-integer-shortest", "X.690 section 8.3.2":
        "encode integers in the fewest bytes, at least one";
    BITS = Error "x690-11.2.1-unused-bits", "X.690 sections 8.6.2 and 11.2.1":
        "count the unused bits from 0 to 7 and set them to zero; keys and signatures have none";
    NAMED_BITS = Error "x690-11.2.2-named-bits", "X.690 section 11.2.2":
        "leave out zero bits at the end of a list of named bits";
    NULL_FORM = Error "x690-8.8.2-null", "X.690 section 8.8.2":
        "encode NULL with no content";
    OID = Error "x690-8.19.2-object-identifier", "X.690 section 8.19.2":
        "encode each number of an object identifier in the fewest bytes, and end the last one";
    DEFAULT = Error "x690-11.5-default-absent", "X.690 section 11.5":
        "leave a value out that is the default";
    STRUCTURE = Error "rfc5280-a.1-structure", "RFC 5280 appendix A.1":
        "write the fields of the ASN.1 type in order, and no others";
}
