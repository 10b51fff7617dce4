//! The text of `index.txt`, as OpenSSL's `crypto/txt_db` and `apps/ca.c` read and write it: six fields
//! a line, with a tab between them; a line that begins with `#` is a comment.

use std::collections::BTreeMap;
use std::fmt;

use super::problems::{Problem, Problems, shown};
use super::revoked::{self, Revoked};
use super::{INDEX, hexadecimal};
use crate::limits::{OPENSSL_INDEX_BYTES, OPENSSL_INDEX_LINE_BYTES};
use crate::serial::SerialNumber;
use crate::validity::Time;
use crate::wire::time::time_text;

const FIELDS: usize = 6;

/// What OpenSSL writes in the fifth field, always.
const FILE: &str = "unknown";

/// One certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Line {
    pub(super) state: State,
    pub(super) not_after: Time,
    pub(super) serial: SerialNumber,
    /// As [`super::subject::oneline`] writes it.
    pub(super) subject: String,
}

/// The state of a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    /// It ended, as `openssl ca -updatedb` found.
    Expired,
    Revoked(Revoked),
    Valid,
}

impl fmt::Display for Line {
    /// The line with its end. A certificate without a subject has its serial number in that place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, not_after, serial, subject } = self;
        let (letter, revoked) = match state {
            State::Expired => ('E', String::new()),
            State::Revoked(revoked) => ('R', revoked.to_string()),
            State::Valid => ('V', String::new()),
        };
        let (end, serial) = (time_text(*not_after), hexadecimal(serial.as_bytes()));
        let subject = if subject.is_empty() { &serial } else { subject };
        writeln!(f, "{letter}\t{end}\t{revoked}\t{serial}\t{FILE}\t{subject}")
    }
}

/// Reads the lines that can be read, each with its number, the first being 1; the others are problems.
pub(super) fn parse(bytes: &[u8], problems: &mut Problems) -> Vec<(usize, Line)> {
    if bytes.len() > OPENSSL_INDEX_BYTES {
        let given = format!("more than {OPENSSL_INDEX_BYTES} bytes");
        problems.add(INDEX, "", Problem::new(given, format!("at most {OPENSSL_INDEX_BYTES}")));
        return Vec::new();
    }
    let mut lines: Vec<(usize, Line)> = Vec::new();
    let mut serials = BTreeMap::new();
    for (number, bytes) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        if bytes.starts_with(b"#") {
            continue;
        }
        let line = parse_line(bytes).and_then(|line| match serials.insert(line.serial, number) {
            None => Ok(line),
            Some(first) => {
                let given = format!("the serial number of line {first}");
                Err(Problem::new(given, "a serial number once"))
            }
        });
        match line {
            Ok(line) => lines.push((number, line)),
            Err(problem) => problems.add(INDEX, &format!("line {number}"), problem),
        }
    }
    lines
}

fn parse_line(bytes: &[u8]) -> Result<Line, Problem> {
    let Some(bytes) = bytes.strip_suffix(b"\n") else {
        let allowed = "a line with its end: OpenSSL passes over the last where that is missing";
        return Err(Problem::new("no end of the line", allowed));
    };
    // OpenSSL of Windows ends lines so.
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if bytes.len() > OPENSSL_INDEX_LINE_BYTES {
        let allowed = format!("at most {OPENSSL_INDEX_LINE_BYTES}");
        return Err(Problem::new(format!("{} bytes", bytes.len()), allowed));
    }
    let text = str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    let text =
        text.ok_or_else(|| Problem::new("bytes that are not text (UTF-8 without NUL)", "text"))?;
    let fields = fields(text);
    let [state, end, revoked, serial, _file, subject] = fields.as_slice() else {
        let given = format!("{} fields", fields.len());
        return Err(Problem::new(given, format!("{FIELDS}, with a tab between them")));
    };
    let state = match (state.as_str(), revoked.as_str()) {
        ("R", "") => {
            return Err(Problem::new("R without a revocation time", "R with a revocation time"));
        }
        ("R", revoked) => State::Revoked(Revoked::parse(revoked)?),
        ("E", "") => State::Expired,
        ("V", "") => State::Valid,
        ("E" | "V", revoked) => {
            let given = format!("{state} with the revocation {}", shown(revoked));
            return Err(Problem::new(given, format!("{state} without a revocation")));
        }
        (state, _) => {
            return Err(Problem::new(format!("state {}", shown(state)), "E, R and V"));
        }
    };
    let not_after = revoked::time(end, "end")?;
    let subject = subject.clone();
    Ok(Line { state, not_after, serial: parse_serial(serial)?, subject })
}

/// The fields of a line; a tab after a backslash is none between fields, and the backslash goes.
fn fields(text: &str) -> Vec<String> {
    let (mut fields, mut field) = (Vec::new(), String::new());
    for character in text.chars() {
        if character == '\t' && field.ends_with('\\') {
            field.pop();
        } else if character == '\t' {
            fields.push(std::mem::take(&mut field));
            // What is too much is counted no further.
            if fields.len() > FIELDS {
                break;
            }
            continue;
        }
        field.push(character);
    }
    fields.push(field);
    fields
}

fn parse_serial(text: &str) -> Result<SerialNumber, Problem> {
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit()) && text.len().is_multiple_of(2);
    let serial = if digits { text.parse().ok() } else { None };
    serial.ok_or_else(|| {
        let allowed = "hexadecimal digits, two a byte, of 1 to 20 bytes and not zero";
        Problem::new(format!("serial number {}", shown(text)), allowed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_back() {
        for line in [
            "V\t261202013452Z\t\t1005\tunknown\t/CN=a\n",
            "V\t20500101000000Z\t\t7FFF\tunknown\t/CN=a\\/b\\+c+OU=\\xE5\n",
            "E\t500101000000Z\t\t01\tunknown\t01\n",
            "R\t261202013452Z\t261122013452Z\t01\tunknown\t/CN=a\n",
            "R\t261202013452Z\t261122013452Z,superseded\t01\tunknown\t/CN=a\n",
            "R\t261202013452Z\t20510101000000Z,certificateHold\t01\tunknown\t/CN=a\n",
            "R\t261202013452Z\t261122013452Z,keyTime,20260101000000Z\t01\tunknown\t/CN=a\n",
            "R\t261202013452Z\t261122013452Z,CAkeyTime,20260101000000Z\t01\tunknown\t/CN=a\n",
        ] {
            let mut problems = Problems::default();
            let read = parse(line.as_bytes(), &mut problems);
            problems.finish().unwrap();
            assert_eq!(read[0].1.to_string(), line);
        }
    }

    #[test]
    fn an_escaped_tab_is_part_of_its_field() {
        assert_eq!(fields("a\\\tb\tc"), ["a\tb", "c"]);
        assert_eq!(fields("a\\\\\tb"), ["a\\\tb"]);
        assert_eq!(fields("\t\t"), ["", "", ""]);
        assert_eq!(fields(""), [""]);
    }
}
