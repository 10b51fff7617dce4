//! Parameters: how each kind is read and written, and what is wrong with those that are not.

use std::fmt;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::super::limits::{LIST_ITEMS, TEXT_BYTES};
use crate::error::quoted;

/// What is wrong with the parameters of one request; all of it.
#[derive(Debug, Default)]
#[allow(unreachable_pub)]
pub struct Problems {
    /// Names of parameters that are missing.
    pub(crate) missing: Vec<String>,
    /// What else is wrong, each with its parameter, what was given and what is allowed.
    pub(crate) wrong: Vec<String>,
}

impl Problems {
    /// A value of another kind than is allowed.
    pub(crate) fn kind(&mut self, place: &str, given: &Value, allowed: &str) {
        self.wrong.push(format!("{place}: given {}, allowed {allowed}", shown(given)));
    }
}

/// A value for people, cut where it is long; what could steer a terminal is escaped.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a structure".to_owned(),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// Something that is a parameter, or part of one. Nobody else can name it or needs to.
#[allow(unreachable_pub)]
#[doc(hidden)]
pub trait Parameter: Sized {
    /// What it is, for help and messages, such as "integer".
    fn kind() -> String;

    /// Reads what was given, or says what is wrong with it.
    fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self>;

    /// The value of one that was not given; none where it is required.
    fn absent() -> Option<Self> {
        None
    }

    /// Its form on the wire; none where there is nothing to say.
    fn write(&self) -> Option<Value>;

    /// Its parts, where it has any.
    fn parts() -> Vec<ParameterHelp> {
        Vec::new()
    }
}

/// A parameter, for help.
#[derive(Clone, Debug)]
pub struct ParameterHelp {
    /// Its name on the wire.
    pub name: String,
    /// What it is: string, integer, boolean, structure, list of …
    pub kind: String,
    /// Whether a request without it is refused.
    pub required: bool,
    /// What it means, and its rule.
    pub description: String,
    /// Its own parameters, where it is a structure or a list of structures.
    pub parts: Vec<ParameterHelp>,
}

impl Parameter for String {
    fn kind() -> String {
        "string".to_owned()
    }

    fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
        let text = match given {
            Value::String(text) => text.clone(),
            // Clients whose language guesses types send numbers where digits are meant.
            Value::Number(number) => number.to_string(),
            _ => {
                problems.kind(place, given, "a string");
                return None;
            }
        };
        if text.len() > TEXT_BYTES {
            let given = text.len();
            problems.wrong.push(format!("{place}: given {given} bytes, at most {TEXT_BYTES}"));
            return None;
        }
        Some(text)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }
}

impl Parameter for i64 {
    fn kind() -> String {
        "integer".to_owned()
    }

    fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
        let number = match given {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            problems.kind(place, given, "an integer of 64 bits");
        }
        number
    }

    fn write(&self) -> Option<Value> {
        Some(Value::from(*self))
    }
}

impl Parameter for bool {
    fn kind() -> String {
        "boolean".to_owned()
    }

    fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
        let flag = match given {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => match text.as_str() {
                "true" | "True" | "1" => Some(true),
                "false" | "False" | "0" => Some(false),
                _ => None,
            },
            Value::Number(number) => match number.as_i64() {
                Some(0) => Some(false),
                Some(1) => Some(true),
                _ => None,
            },
            _ => None,
        };
        if flag.is_none() {
            problems.kind(place, given, "true or false");
        }
        flag
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Bool(*self))
    }
}

/// What operations answer that have nothing to say.
impl Parameter for () {
    fn kind() -> String {
        "structure".to_owned()
    }

    fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
        match given {
            Value::Object(fields) if fields.is_empty() => Some(()),
            _ => {
                problems.kind(place, given, "nothing");
                None
            }
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Object(Map::new()))
    }
}

impl<P: Parameter> Parameter for Option<P> {
    fn kind() -> String {
        P::kind()
    }

    fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
        P::read(given, place, problems).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().and_then(P::write)
    }

    fn parts() -> Vec<ParameterHelp> {
        P::parts()
    }
}

impl<P: Parameter> Parameter for Vec<P> {
    fn kind() -> String {
        format!("list of {}", P::kind())
    }

    fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
        let Value::Array(items) = given else {
            problems.kind(place, given, "a list");
            return None;
        };
        if items.len() > LIST_ITEMS {
            let given = items.len();
            problems.wrong.push(format!("{place}: given {given} items, at most {LIST_ITEMS}"));
            return None;
        }
        let read: Vec<Option<P>> = items
            .iter()
            .enumerate()
            .map(|(at, item)| P::read(item, &format!("{place}.{}", at + 1), problems))
            .collect();
        read.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Array(self.iter().filter_map(P::write).collect()))
    }

    fn parts() -> Vec<ParameterHelp> {
        P::parts()
    }
}

/// A text that is secret, such as a private key in PEM: wiped when dropped, never printed.
#[derive(Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Parameter for Secret {
    fn kind() -> String {
        "string".to_owned()
    }

    fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
        match given {
            Value::String(text) if text.len() <= TEXT_BYTES => Some(Self::new(text.clone())),
            _ => {
                // What was given is not shown.
                problems.wrong.push(format!("{place}: not a string of at most {TEXT_BYTES}"));
                None
            }
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.as_str().to_owned()))
    }
}

/// Reads a structure, or says all that is wrong with it.
pub(crate) fn read_whole<P: Parameter>(given: &Value) -> Result<P, Problems> {
    let mut problems = Problems::default();
    match P::read(given, "", &mut problems) {
        Some(read) if problems.missing.is_empty() && problems.wrong.is_empty() => Ok(read),
        _ => Err(problems),
    }
}

/// The same of an answer, which on the wire has the identifier of its request beside it.
pub(crate) fn read_answer<P: Parameter>(mut given: Value) -> Result<P, Problems> {
    if let Value::Object(fields) = &mut given {
        fields.remove(REQUEST_ID);
    }
    read_whole(&given)
}

/// An answer as it goes over the wire: its fields, or itself under a name, and its request.
pub(crate) fn write_answer<A: Parameter>(
    answer: &A,
    name: Option<&str>,
    request_id: &str,
) -> Value {
    let mut fields = match (answer.write(), name) {
        (Some(Value::Object(fields)), None) => fields,
        (value, name) => name.map(str::to_owned).zip(value).into_iter().collect(),
    };
    fields.insert(REQUEST_ID.to_owned(), Value::from(request_id));
    Value::Object(fields)
}

/// The field of every answer that identifies its request.
pub(crate) const REQUEST_ID: &str = "RequestId";

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = self.missing.iter().map(|name| format!("{name}: missing"));
        f.write_str(&missing.chain(self.wrong.iter().cloned()).collect::<Vec<_>>().join("; "))
    }
}
