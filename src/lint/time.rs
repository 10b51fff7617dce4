//! Times (RFC 5280 sections 4.1.2.5 and 5.1.2.4).

use super::finding::{Notes, rules, shown};
use super::reader::{Reader, STRUCTURE, Value};
use crate::validity::{Civil, Time};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Whether a tag is one of the two types.
pub(super) fn is_time(tag: Option<u8>) -> bool {
    matches!(tag, Some(UTC_TIME | GENERALIZED_TIME))
}

/// Reads the next value as a time, of either type.
pub(super) fn read(reader: &mut Reader<'_>, place: &str, notes: &mut Notes) -> Option<Time> {
    let value = reader.next(notes)?;
    match value.tag {
        UTC_TIME => read_utc(value, place, notes),
        GENERALIZED_TIME => {
            let time = generalized(value, place, notes)?;
            if time.to_civil().year < 2050 {
                notes.add(&UNTIL_2049, place, shown(value.content));
            }
            Some(time)
        }
        tag => {
            notes.add(&STRUCTURE, place, format!("tag {tag:#04x}, where a time should be"));
            None
        }
    }
}

/// Reads the next value as a GeneralizedTime of any year (RFC 5280 section 5.3.2).
pub(super) fn read_generalized(
    reader: &mut Reader<'_>,
    place: &str,
    notes: &mut Notes,
) -> Option<Time> {
    let value = reader.take(GENERALIZED_TIME, notes)?;
    generalized(value, place, notes)
}

fn read_utc(value: Value<'_>, place: &str, notes: &mut Notes) -> Option<Time> {
    let Some([year, month, day, hour, minute, second]) = pairs(value.content) else {
        notes.add(&UTC_FORM, place, shown(value.content));
        return None;
    };
    let century = if year >= 50 { 1900 } else { 2000 };
    let civil = Civil { year: century + i16::from(year), month, day, hour, minute, second };
    real(civil, value, place, notes)
}

fn generalized(value: Value<'_>, place: &str, notes: &mut Notes) -> Option<Time> {
    let Some([high, low, month, day, hour, minute, second]) = pairs(value.content) else {
        notes.add(&GENERALIZED_FORM, place, shown(value.content));
        return None;
    };
    let year = i16::from(high) * 100 + i16::from(low);
    real(Civil { year, month, day, hour, minute, second }, value, place, notes)
}

fn real(civil: Civil, value: Value<'_>, place: &str, notes: &mut Notes) -> Option<Time> {
    let time = Time::from_civil(civil).ok();
    if time.is_none() {
        notes.add(&REAL, place, shown(value.content));
    }
    time
}

/// The numbers of two digits before a Z.
fn pairs<const N: usize>(text: &[u8]) -> Option<[i8; N]> {
    let digits = text.strip_suffix(b"Z")?;
    if digits.len() != 2 * N || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut numbers = [0; N];
    for (number, pair) in numbers.iter_mut().zip(digits.chunks(2)) {
        *number = pair.iter().fold(0, |number, digit| number * 10 + (digit - b'0') as i8);
    }
    Some(numbers)
}

rules! { None;
    UTC_FORM = Error "rfc5280-4.1.2.5.1-utc-time-form", "RFC 5280 section 4.1.2.5.1":
        "write UTCTime as YYMMDDHHMMSSZ, with seconds and in UTC";
    GENERALIZED_FORM = Error "rfc5280-4.1.2.5.2-generalized-time-form",
        "RFC 5280 section 4.1.2.5.2":
        "write GeneralizedTime as YYYYMMDDHHMMSSZ, with seconds, without fractions, in UTC";
    UNTIL_2049 = Error "rfc5280-4.1.2.5-utc-time-until-2049",
        "RFC 5280 sections 4.1.2.5 and 5.1.2.4":
        "write times through the year 2049 as UTCTime";
    REAL = Error "rfc5280-4.1.2.5-time-exists", "RFC 5280 section 4.1.2.5":
        "name a day and time of day that the calendar has";
}
