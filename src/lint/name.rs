//! Distinguished names (RFC 5280 sections 4.1.2.4 and A.1).

use super::finding::{Notes, rules, shown};
use super::reader::{Reader, STRUCTURE, Value};
use crate::limits::NAME_ATTRIBUTES;
use crate::oid::Oid;
use crate::wire::tlv::{SEQUENCE, SET};

const UTF8: u8 = 0x0c;
const PRINTABLE: u8 = 0x13;
const TELETEX: u8 = 0x14;
const IA5: u8 = 0x16;
const UNIVERSAL: u8 = 0x1c;
const BMP: u8 = 0x1e;

/// Holds a subject against the rules for names, and gives the value of each common name to `found`.
pub(super) fn check<'a>(
    name: Value<'a>,
    place: &'static str,
    notes: &mut Notes,
    found: &mut dyn FnMut(&'a [u8]),
) {
    let mut sets = name.inside(place);
    let mut count = 0;
    while !sets.is_empty() {
        let Some(set) = sets.take(SET, notes) else { continue };
        let mut attributes = set.inside(place);
        if attributes.is_empty() {
            notes.add(&EMPTY_SET, place, "a relative name without an attribute");
        }
        let (mut kinds, mut last): (Vec<Oid>, &[u8]) = (Vec::new(), &[]);
        while let Some(pair) = attributes.next(notes) {
            count += 1;
            if count > NAME_ATTRIBUTES {
                notes.add(&TOO_MANY, place, format!("more than {NAME_ATTRIBUTES} attributes"));
                return;
            }
            if pair.tag != SEQUENCE {
                notes.add(&STRUCTURE, place, format!("tag {:#04x} in a relative name", pair.tag));
                continue;
            }
            if pair.whole < last {
                notes.add(&SET_ORDER, place, "attributes of a relative name out of order");
            }
            last = pair.whole;
            let mut inside = pair.inside(place);
            let Some(kind) = inside.oid(notes) else { continue };
            if kinds.contains(&kind) {
                notes.add(&TWICE, place, kind.to_string());
            }
            kinds.push(kind);
            let Some(value) = inside.next(notes) else {
                notes.add(&STRUCTURE, place, format!("{kind} without a value"));
                continue;
            };
            inside.finish(notes);
            check_value(kind, value, place, notes);
            if kind == COMMON_NAME {
                found(value.content);
            }
        }
    }
}

/// Reads the next value as a name of which only the outermost form is looked at: who copies the name
/// of an issuer has no choice.
pub(super) fn read<'a>(reader: &mut Reader<'a>, notes: &mut Notes) -> Option<Value<'a>> {
    reader.take(SEQUENCE, notes)
}

fn check_value(kind: Oid, value: Value<'_>, place: &'static str, notes: &mut Notes) {
    let given = || format!("{kind} of {}", shown(value.content));
    let Some((_, allowed, longest)) = KNOWN.iter().find(|known| known.0 == kind) else {
        check_characters(value, place, notes);
        return;
    };
    match (allowed, value.tag) {
        (Strings::Directory, UTF8 | PRINTABLE) => {}
        (Strings::Directory, TELETEX | UNIVERSAL | BMP) => {
            notes.add(&OLD_STRING, place, format!("{} as tag {:#04x}", given(), value.tag));
        }
        (Strings::Printable, PRINTABLE) | (Strings::Ia5, IA5) => {}
        (Strings::Printable, _) => notes.add(&NOT_PRINTABLE, place, given()),
        (Strings::Ia5, _) => notes.add(&NOT_IA5, place, given()),
        (Strings::Directory, tag) => {
            notes.add(&NOT_DIRECTORY, place, format!("{} as tag {tag:#04x}", given()));
        }
    }
    check_characters(value, place, notes);
    let length = characters(value);
    if length == 0 {
        notes.add(&EMPTY, place, given());
    } else if length > *longest {
        notes.add(&BOUND, place, format!("{kind} of {length} characters, bound {longest}"));
    }
    let two_letters = length == 2 && value.content.iter().all(u8::is_ascii_alphabetic);
    if kind == COUNTRY && value.tag == PRINTABLE && (1..=2).contains(&length) && !two_letters {
        notes.add(&COUNTRY_LETTERS, place, given());
    }
}

fn check_characters(value: Value<'_>, place: &'static str, notes: &mut Notes) {
    let good = match value.tag {
        UTF8 => std::str::from_utf8(value.content).is_ok(),
        PRINTABLE => value
            .content
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte)),
        IA5 => value.content.is_ascii(),
        BMP => value.content.len().is_multiple_of(2),
        UNIVERSAL => value.content.len().is_multiple_of(4),
        _ => true,
    };
    if !good {
        notes.add(
            &CHARACTERS,
            place,
            format!("{} in tag {:#04x}", shown(value.content), value.tag),
        );
    }
}

fn characters(value: Value<'_>) -> usize {
    match value.tag {
        UTF8 => String::from_utf8_lossy(value.content).chars().count(),
        BMP => value.content.len() / 2,
        UNIVERSAL => value.content.len() / 4,
        _ => value.content.len(),
    }
}

/// The string types of an attribute.
#[derive(Clone, Copy)]
enum Strings {
    Directory,
    Ia5,
    Printable,
}

pub(super) const COMMON_NAME: Oid = Oid::known("2.5.4.3");
const COUNTRY: Oid = Oid::known("2.5.4.6");

/// The attributes that RFC 5280 appendix A.1 defines, with their upper bounds.
const KNOWN: [(Oid, Strings, usize); 16] = [
    (COMMON_NAME, Strings::Directory, 64),
    (Oid::known("2.5.4.10"), Strings::Directory, 64),
    (Oid::known("2.5.4.11"), Strings::Directory, 64),
    (COUNTRY, Strings::Printable, 2),
    (Oid::known("2.5.4.7"), Strings::Directory, 128),
    (Oid::known("2.5.4.8"), Strings::Directory, 128),
    (Oid::known("2.5.4.4"), Strings::Directory, 32_768),
    (Oid::known("2.5.4.5"), Strings::Printable, 64),
    (Oid::known("2.5.4.12"), Strings::Directory, 64),
    (Oid::known("2.5.4.41"), Strings::Directory, 32_768),
    (Oid::known("2.5.4.42"), Strings::Directory, 32_768),
    (Oid::known("2.5.4.43"), Strings::Directory, 32_768),
    (Oid::known("2.5.4.44"), Strings::Directory, 32_768),
    (Oid::known("2.5.4.46"), Strings::Printable, usize::MAX),
    (Oid::known("0.9.2342.19200300.100.1.25"), Strings::Ia5, usize::MAX),
    (Oid::known("1.2.840.113549.1.9.1"), Strings::Ia5, 255),
];

rules! { None;
    EMPTY_SET = Error "rfc5280-4.1.2.4-relative-name-empty", "RFC 5280 section 4.1.2.4":
        "give each relative name at least one attribute";
    TOO_MANY = Error "certwright-name-attributes", "src/limits.rs, NAME_ATTRIBUTES":
        "use fewer attributes; this engine reads no more";
    SET_ORDER = Error "x690-11.6-set-of-order", "X.690 section 11.6":
        "order the attributes of a relative name by their encodings";
    TWICE = Warning "x501-9.3-attribute-twice", "X.501 section 9.3":
        "use each type of attribute once in a relative name";
    OLD_STRING = Warning "rfc5280-4.1.2.4-old-string", "RFC 5280 section 4.1.2.4":
        "write names of new subjects as UTF8String or PrintableString";
    NOT_DIRECTORY = Error "rfc5280-a.1-directory-string", "RFC 5280 appendix A.1":
        "write this attribute as UTF8String or PrintableString";
    NOT_PRINTABLE = Error "rfc5280-a.1-printable-string", "RFC 5280 appendix A.1":
        "write countryName, serialNumber and dnQualifier as PrintableString";
    NOT_IA5 = Error "rfc5280-a.1-ia5-string", "RFC 5280 appendix A.1":
        "write emailAddress and domainComponent as IA5String";
    CHARACTERS = Error "x680-41-string-characters", "X.680 section 41":
        "use only characters that the type of the string has";
    EMPTY = Error "rfc5280-a.1-attribute-empty", "RFC 5280 appendix A.1":
        "leave out attributes without a value";
    BOUND = Error "rfc5280-a.1-upper-bound", "RFC 5280 appendix A.1":
        "shorten the value to the upper bound of its attribute";
    COUNTRY_LETTERS = Error "rfc5280-a.1-country-letters", "RFC 5280 appendix A.1, ISO 3166-1":
        "write countryName as two letters";
}
