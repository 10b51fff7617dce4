//! JSON (RFC 8259) in and out. Parameters and answers can hold private keys and passphrases: no copy of
//! a text stays in memory, as it does in the buffers of general readers, and no part of the input
//! stands in an error. A name that is given twice is refused: readers differ in which one counts.

use std::io::{self, Write};
use std::mem::take;

use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use super::super::error::CasError;
use super::super::limits::JSON_LEVELS;
use crate::key::SecretText;

/// A value whose texts are wiped when it is dropped.
pub(crate) struct Wiped(pub(crate) Value);

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => {
            for (mut name, mut value) in take(fields) {
                name.zeroize();
                wipe(&mut value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reads a text that is one value, or says what is wrong and where. `what` it is, for messages.
pub(crate) fn read(what: &str, text: &str) -> Result<Wiped, CasError> {
    let mut reader = Reader { text, at: 0 };
    let read = reader.value(0).and_then(|value| match reader.skip_blanks() {
        None => Ok(value),
        Some(_) => Err("more than one value".to_owned()),
    });
    read.map_err(|problem| {
        let before = text.get(..reader.at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let (given, allowed) = match problem.ends_with(TWICE) {
            true => (problem, "each name once"),
            false => (format!("no JSON ({problem})"), "a JSON object"),
        };
        let given = format!("{given} at line {line} column {column}");
        CasError::invalid(what, given, allowed)
    })
}

/// Writes a value, and wipes it. The text has its room from the beginning: one that grows leaves
/// copies of itself.
pub(crate) fn write(value: Value) -> String {
    let value = Wiped(value);
    let mut length = Counter(0);
    // Neither writer fails, and a value has no name that is not a text.
    let _ = serde_json::to_writer(&mut length, &value.0);
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    let _ = serde_json::to_writer(&mut *bytes, &value.0);
    String::from_utf8(take(&mut *bytes)).unwrap_or_default()
}

struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Reader<'t> {
    text: &'t str,
    /// The next byte; always at the border of a character.
    at: usize,
}

type Read<T> = Result<T, String>;

const TWICE: &str = "is given twice";

impl Reader<'_> {
    fn value(&mut self, level: usize) -> Read<Wiped> {
        if level > JSON_LEVELS {
            return Err("more levels than are allowed".to_owned());
        }
        match self.skip_blanks().ok_or("no value")? {
            b'{' => self.object(level),
            b'[' => self.array(level),
            b'"' => self.string().map(|mut text| Wiped(Value::String(take(&mut *text)))),
            _ => self.word(),
        }
    }

    fn object(&mut self, level: usize) -> Read<Wiped> {
        self.at += 1;
        let mut fields = Wiped(Value::Object(Map::new()));
        if self.takes(b'}') {
            return Ok(fields);
        }
        loop {
            if self.skip_blanks() != Some(b'"') {
                return Err("no name in quotes".to_owned());
            }
            let mut name = self.string()?;
            if !self.takes(b':') {
                return Err("no colon after a name".to_owned());
            }
            let mut value = self.value(level + 1)?;
            if let Value::Object(fields) = &mut fields.0 {
                if fields.contains_key(name.as_str()) {
                    return Err(format!("{} {TWICE}", place(&name)));
                }
                fields.insert(take(&mut *name), take(&mut value.0));
            }
            match () {
                () if self.takes(b',') => {}
                () if self.takes(b'}') => return Ok(fields),
                () => return Err("neither a comma nor the end of an object".to_owned()),
            }
        }
    }

    fn array(&mut self, level: usize) -> Read<Wiped> {
        self.at += 1;
        let mut items = Wiped(Value::Array(Vec::new()));
        if self.takes(b']') {
            return Ok(items);
        }
        loop {
            let mut item = self.value(level + 1)?;
            if let Value::Array(items) = &mut items.0 {
                items.push(take(&mut item.0));
            }
            match () {
                () if self.takes(b',') => {}
                () if self.takes(b']') => return Ok(items),
                () => return Err("neither a comma nor the end of a list".to_owned()),
            }
        }
    }

    /// A text, from its first quotation mark on.
    fn string(&mut self) -> Read<Zeroizing<String>> {
        self.at += 1;
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let raw = end.and_then(|end| rest.get(..end)).ok_or("a text without its end")?;
        // What is escaped is longer than what it stands for.
        let mut text = Zeroizing::new(String::with_capacity(raw.len()));
        let mut raw_rest = raw;
        while let Some(character) = raw_rest.chars().next() {
            let after = raw_rest.get(character.len_utf8()..).unwrap_or_default();
            raw_rest = match character {
                '\\' => {
                    let (character, after) =
                        unescaped(after).ok_or("an escape that JSON does not have")?;
                    text.push(character);
                    after
                }
                c if c < ' ' => {
                    return Err("a control character in a text that is not escaped".to_owned());
                }
                c => {
                    text.push(c);
                    after
                }
            };
        }
        self.at += raw.len() + 1;
        Ok(text)
    }

    /// A number, true, false or null.
    fn word(&mut self) -> Read<Wiped> {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        let value = serde_json::from_str(word).map_err(|_| "no value")?;
        self.at += end;
        Ok(Wiped(value))
    }

    /// Whether this byte is the next one; it is behind then.
    fn takes(&mut self, byte: u8) -> bool {
        let there = self.skip_blanks() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// The next byte that is not blank.
    fn skip_blanks(&mut self) -> Option<u8> {
        let blanks = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().bytes().take_while(blanks).count();
        self.rest().bytes().next()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// A name for a message. One that no parameter can have may be anything, and is not repeated.
fn place(name: &str) -> String {
    let is_parameter = |c: char| c.is_ascii_alphanumeric() || c == '.';
    if name.len() <= 64 && name.chars().all(is_parameter) && !SecretText::is_likely(name) {
        format!("the parameter {name:?}")
    } else {
        "a parameter".to_owned()
    }
}

/// The character that stands escaped, after the backslash, and what follows it.
fn unescaped(rest: &str) -> Option<(char, &str)> {
    let after = rest.get(1..)?;
    Some(match rest.bytes().next()? {
        b'"' => ('"', after),
        b'\\' => ('\\', after),
        b'/' => ('/', after),
        b'b' => ('\u{8}', after),
        b'f' => ('\u{c}', after),
        b'n' => ('\n', after),
        b'r' => ('\r', after),
        b't' => ('\t', after),
        b'u' => {
            let (first, after) = unit(after)?;
            match char::from_u32(first) {
                Some(character) => (character, after),
                // Two units of UTF-16.
                None => {
                    let (second, after) = unit(after.strip_prefix("\\u")?)?;
                    let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
                    (char::decode_utf16(units).next()?.ok()?, after)
                }
            }
        }
        _ => return None,
    })
}

/// Four hexadecimal digits, and what follows them.
fn unit(rest: &str) -> Option<(u32, &str)> {
    let (digits, after) = rest.split_at_checked(4)?;
    let good = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then(|| u32::from_str_radix(digits, 16).ok().map(|unit| (unit, after)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serde_reads_is_read_as_it_reads_it() {
        for text in [
            "{}",
            "[]",
            " { \"a\" : [ 1 , -2.5e3 , true , false , null ] } \n",
            "\"\"",
            "0",
            "-1",
            r#"{"a":{"b":[{"c":"d"}]},"e":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀"}"#,
            r#"["\u0000","\uFFFF",18446744073709551615,1e400]"#,
        ] {
            let theirs: Option<Value> = serde_json::from_str(text).ok();
            let ours = read("it", text).ok().map(|mut read| take(&mut read.0));
            assert_eq!(ours, theirs, "{text}");
        }
    }

    #[test]
    fn what_serde_refuses_is_refused_and_nothing_of_it_is_said() {
        for text in [
            "",
            " ",
            "{",
            "}",
            "[",
            "[1",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "\"secret",
            "\"secret\\\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"a\nb\"",
            "01",
            "1.",
            "tru",
            "secret",
            "1 2",
            "{} {}",
            "NaN",
            "+1",
            "'secret'",
            "[1 2]",
            "{\"a\":1 \"b\":2}",
            "\u{feff}{}",
        ] {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
            let problem = read("it", text).err().unwrap_or_else(|| panic!("read: {text}"));
            assert!(!problem.message().contains("secret"), "{problem}");
        }
        let twice = read("it", "{\"a\":1,\n \"a\":2}").err().unwrap();
        let words = "the parameter \"a\" is given twice at line 2 column 7";
        assert!(twice.message().contains(words), "{twice}");
        assert!(read("it", "{\"a\":1,\"\\u0061\":1}").is_err());
        let error = read("it", "{\"-----BEGIN\": 1, \"-----BEGIN\": 1}").err().unwrap();
        assert!(!error.message().contains("BEGIN"), "{error}");
        assert!(read("it", &"[".repeat(100_000)).is_err());
        assert!(
            read("it", &format!("{}{}", "[".repeat(JSON_LEVELS), "]".repeat(JSON_LEVELS))).is_ok()
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = r#"{"a":["b\n\"",1,true,null],"c":{"d":"é\u0001"}}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&write(value.clone())).unwrap(), value);
        let mut wiped = Wiped(value);
        wipe(&mut wiped.0);
        assert_eq!(wiped.0, serde_json::json!({}));
    }
}
