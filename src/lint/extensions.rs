//! Lists of extensions, of certificates, revocation lists and their entries (RFC 5280 section 4.2).

use super::finding::{Notes, rules};
use super::reader::{Reader, Value};
use crate::limits::EXTENSIONS;
use crate::oid::Oid;
use crate::wire::tlv::{OCTET_STRING, SEQUENCE};

/// One extension.
#[derive(Clone, Copy)]
pub(super) struct Extension<'a> {
    pub(super) oid: Oid,
    pub(super) critical: bool,
    /// The content of extnValue.
    pub(super) value: &'a [u8],
}

/// Reads a list, and gives each extension to `each`.
pub(super) fn read<'a>(
    list: Value<'a>,
    place: &'static str,
    notes: &mut Notes,
    each: &mut dyn FnMut(Extension<'a>, &mut Notes),
) {
    let mut extensions = list.inside(place);
    if extensions.is_empty() {
        notes.add(&EMPTY, place, "an empty list");
    }
    let mut seen: Vec<Oid> = Vec::with_capacity(8);
    while !extensions.is_empty() {
        let Some(extension) = extensions.take(SEQUENCE, notes) else { continue };
        if seen.len() == EXTENSIONS {
            notes.add(&TOO_MANY, place, format!("more than {EXTENSIONS} extensions"));
            return;
        }
        let mut inside = extension.inside(place);
        let Some(oid) = inside.oid(notes) else { continue };
        let critical = inside.boolean(notes);
        let value = inside.take(OCTET_STRING, notes);
        inside.finish(notes);
        if seen.contains(&oid) {
            notes.add(&TWICE, place, oid.to_string());
        }
        seen.push(oid);
        if let Some(value) = value {
            each(Extension { oid, critical, value: value.content }, notes);
        }
    }
}

impl<'a> Extension<'a> {
    /// The values inside its value, which should be a SEQUENCE.
    pub(super) fn sequence(&self, place: &'static str, notes: &mut Notes) -> Option<Reader<'a>> {
        Reader::only(place, SEQUENCE, self.value, notes)
    }
}

rules! { None;
    EMPTY = Error "rfc5280-4.1.2.9-extensions-empty", "RFC 5280 sections 4.1.2.9 and 5.1.2.7":
        "list at least one extension, or leave the field out";
    TOO_MANY = Error "certwright-extensions", "src/limits.rs, EXTENSIONS":
        "use fewer extensions; this engine reads no more";
    TWICE = Error "rfc5280-4.2-extension-twice", "RFC 5280 section 4.2":
        "include each extension once";
}
