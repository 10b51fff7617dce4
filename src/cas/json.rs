//! JSON in which no name is given twice: which of two counts would be for each reader to guess
//! (RFC 8259 section 4), so that what was checked might not be what is done.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::error::CasError;

/// Reads the text of a JSON value.
pub(super) fn read(text: &str) -> Result<Value, CasError> {
    let read: Result<Once, _> = serde_json::from_str(text);
    read.map(|Once(value)| value).map_err(|error| {
        // The only thing that is wrong with data of any kind.
        let (given, allowed) = match error.is_data() {
            true => (error.to_string(), "each name once"),
            false => (format!("not JSON: {error}"), "a JSON object"),
        };
        CasError::invalid("the parameters", given, allowed)
    })
}

/// A value without repeated names, at any depth.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, given: bool) -> Result<Value, E> {
        Ok(given.into())
    }

    fn visit_i64<E>(self, given: i64) -> Result<Value, E> {
        Ok(given.into())
    }

    fn visit_u64<E>(self, given: u64) -> Result<Value, E> {
        Ok(given.into())
    }

    fn visit_f64<E>(self, given: f64) -> Result<Value, E> {
        Ok(given.into())
    }

    fn visit_str<E>(self, given: &str) -> Result<Value, E> {
        Ok(given.into())
    }

    fn visit_string<E>(self, given: String) -> Result<Value, E> {
        Ok(given.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut given: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Once(item)) = given.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut given: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = given.next_key::<String>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format!("{} is given twice", place(&name))));
            }
            let Once(value) = given.next_value()?;
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

/// A name for a message. One that no parameter can have may be anything, and is not repeated.
fn place(name: &str) -> String {
    let is_parameter = |c: char| c.is_ascii_alphanumeric() || c == '.';
    if name.len() <= 64 && name.chars().all(is_parameter) {
        format!("the parameter {name:?}")
    } else {
        "a parameter".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_serde_json_reads_them() {
        for text in [
            "null",
            "true",
            "-1",
            "18446744073709551615",
            "1.5",
            "\"\\u00fc\"",
            "[]",
            "{\"a\": [1, {\"b\": null}], \"c\": {\"a\": \"x\"}}",
        ] {
            assert_eq!(read(text).unwrap(), serde_json::from_str::<Value>(text).unwrap(), "{text}");
        }
        for text in ["", "{", "{} {}", "{\"a\"}", "[1,]", &"[".repeat(200)] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_that_is_given_twice_is_refused_at_any_depth() {
        for text in [
            "{\"Days\": 1, \"Days\": 1}",
            "{\"Days\": 1, \"\\u0044ays\": 2}",
            "{\"Tags\": [{\"Days\": 1, \"x\": 0, \"Days\": null}]}",
            "[{\"a\": {\"Days\": [], \"Days\": []}}]",
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message().contains("the parameter \"Days\" is given twice"), "{error}");
        }
        let error = read("{\"-----BEGIN\": 1, \"-----BEGIN\": 1}").unwrap_err();
        assert!(!error.message().contains("BEGIN"), "{error}");
    }
}
