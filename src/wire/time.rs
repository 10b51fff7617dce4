//! UTCTime and GeneralizedTime (RFC 5280 section 4.1.2.5).

use super::tlv::{Values, encode};
use crate::error::Error;
use crate::validity::{Civil, Time, Validity};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Bytes of a UTCTime: YYMMDDHHMMSSZ.
const UTC_TIME_BYTES: usize = 13;

/// UTCTime to the end of 2049, GeneralizedTime from 2050 (RFC 5280 section 4.1.2.5).
pub(crate) fn encode_time(time: Time) -> Vec<u8> {
    let text = time_text(time);
    let tag = if text.len() == UTC_TIME_BYTES { UTC_TIME } else { GENERALIZED_TIME };
    encode(tag, &[text.as_bytes()])
}

/// GeneralizedTime in every year, as invalidityDate wants it (RFC 5280 section 5.3.2).
pub(crate) fn encode_generalized_time(time: Time) -> Vec<u8> {
    encode(GENERALIZED_TIME, &[generalized_time_text(time).as_bytes()])
}

/// The characters of a UTCTime to the end of 2049, of a GeneralizedTime from 2050.
pub(crate) fn time_text(time: Time) -> String {
    let mut text = generalized_time_text(time);
    if (1950..2050).contains(&time.to_civil().year) {
        text.drain(..2);
    }
    text
}

/// The characters of a GeneralizedTime.
pub(crate) fn generalized_time_text(time: Time) -> String {
    let Civil { year, month, day, hour, minute, second } = time.to_civil();
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
}

/// Reads the characters of a UTCTime or a GeneralizedTime, which their count tells apart.
pub(crate) fn parse_time_text(text: &[u8]) -> Result<Time, Error> {
    parse("time", "", text, text.len() != UTC_TIME_BYTES)
}

pub(crate) fn encode_validity(validity: &Validity) -> Vec<u8> {
    let (from, to) = (encode_time(validity.not_before()), encode_time(validity.not_after()));
    encode(super::tlv::SEQUENCE, &[&from, &to])
}

/// Reads a time in either type. RFC 5280 tells issuers which to use and readers to take both.
pub(crate) fn read_time(values: &mut Values<'_>, place: &str) -> Result<Time, Error> {
    let malformed = |problem| Error::malformed(values.what(), place, problem);
    let century = match values.peek() {
        Some(UTC_TIME) => false,
        Some(GENERALIZED_TIME) => true,
        _ => return Err(malformed("neither UTCTime nor GeneralizedTime")),
    };
    let tag = if century { GENERALIZED_TIME } else { UTC_TIME };
    let what = values.what();
    parse(what, place, values.content(tag, place)?, century)
}

/// Reads the characters of a time, with the century or without.
fn parse(what: &'static str, place: &str, text: &[u8], century: bool) -> Result<Time, Error> {
    let malformed = |problem| Error::malformed(what, place, problem);
    let not_digits = malformed("not of the form YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ");
    let fields = text.strip_suffix(b"Z").and_then(|digits| {
        let all_digits = digits.iter().all(u8::is_ascii_digit);
        (all_digits && digits.len() == if century { 14 } else { 12 }).then(|| {
            digits.chunks(2).map(|pair| {
                pair.iter().fold(0i8, |number, digit| number * 10 + (digit - b'0') as i8)
            })
        })
    });
    let fields: Vec<i8> = fields.ok_or(not_digits)?.collect();
    let (year, rest) = match (century, fields.as_slice()) {
        (true, [high, low, rest @ ..]) => (i16::from(*high) * 100 + i16::from(*low), rest),
        (false, [year, rest @ ..]) if *year >= 50 => (1900 + i16::from(*year), rest),
        (false, [year, rest @ ..]) => (2000 + i16::from(*year), rest),
        _ => (0, [].as_slice()),
    };
    let [month, day, hour, minute, second] = *rest else {
        return Err(malformed("too short"));
    };
    Time::from_civil(Civil { year, month, day, hour, minute, second }).map_err(
        |error| match error {
            Error::Malformed(inner) => Error::malformed(what, place, inner.problem),
            other => other,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(der: &[u8]) -> Result<Time, Error> {
        let mut values = Values::new("time", der)?;
        read_time(&mut values, "notAfter")
    }

    #[test]
    fn the_type_changes_at_2050() {
        for (text, tag, written) in [
            ("1950-01-01T00:00:00Z", UTC_TIME, "500101000000Z"),
            ("1999-12-31T23:59:59Z", UTC_TIME, "991231235959Z"),
            ("2049-12-31T23:59:59Z", UTC_TIME, "491231235959Z"),
            ("2050-01-01T00:00:00Z", GENERALIZED_TIME, "20500101000000Z"),
            ("9999-12-31T23:59:59Z", GENERALIZED_TIME, "99991231235959Z"),
        ] {
            let time: Time = text.parse().unwrap();
            let der = encode_time(time);
            assert_eq!(der, encode(tag, &[written.as_bytes()]), "{text}");
            assert_eq!(read(&der).unwrap(), time);
        }
    }

    #[test]
    fn forms_that_rfc_5280_forbids_are_refused() {
        for (tag, text) in [
            (UTC_TIME, "4912312359Z"),
            (UTC_TIME, "491231235959+0100"),
            (UTC_TIME, "491331235959Z"),
            (UTC_TIME, "490229000000Z"),
            (UTC_TIME, "491231235960Z"),
            (UTC_TIME, "20491231235959Z"),
            (GENERALIZED_TIME, "20500101000000.5Z"),
            (GENERALIZED_TIME, "20500101000000"),
            (GENERALIZED_TIME, "19491231235959Z"),
            (GENERALIZED_TIME, ""),
            (0x04, "491231235959Z"),
        ] {
            assert!(read(&encode(tag, &[text.as_bytes()])).is_err(), "{text}");
        }
    }
}
