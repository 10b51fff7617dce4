//! From a request to the operation that it asks for, with its parameters.

use certwright::cas::{OPERATIONS, OPERATOR_OPERATIONS};
use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

use super::refusal::Refusal;
use super::request::Received;

/// What is called.
pub struct Call {
    /// The name as it was given, and, of one of this engine's, the engine's own.
    pub name: String,
    pub known: Option<&'static str>,
    /// Whether it is one of those for operators.
    pub of_operators: bool,
    /// The text of a JSON object.
    pub parameters: Zeroizing<String>,
    /// Whether it may generate an RSA key, which takes long.
    pub is_slow: bool,
}

/// The versions of the service.
const VERSIONS: [&str; 2] = ["2020-04-07", "2020-06-30"];

/// Whether the answer is to be XML.
pub fn wants_xml(request: &Received) -> bool {
    request.parameter("Format").is_some_and(|format| format.eq_ignore_ascii_case("XML"))
}

impl Call {
    /// The operation and the version are named by headers, or by parameters: by what the signature is over.
    pub fn read(request: &Received) -> Result<Self, Refusal> {
        // The older clients send such headers too, and do not sign them. In the newer ones' requests they are
        // signed, and parameters may repeat them.
        let in_head = !request.has_parameter("Signature");
        let part = |header: &str, name: &str| match (
            request.header(header).filter(|_| in_head),
            request.parameter(name),
        ) {
            (Some(head), Some(parameter)) if head != parameter => {
                let message = format!("{name}: it is another than that of the header {header}");
                Err(Refusal::new(400, "InvalidParameter", message))
            }
            (Some(given), _) | (None, Some(given)) => Ok(given.to_owned()),
            (None, None) => Err(Refusal::missing(name)),
        };
        let (name, version) = (part("x-acs-action", "Action")?, part("x-acs-version", "Version")?);
        if !VERSIONS.contains(&version.as_str()) {
            let message = format!(
                "Specified parameter Version is not valid: allowed {}",
                VERSIONS.join(" and ")
            );
            return Err(Refusal::new(400, "InvalidVersion", message));
        }
        let of_this_version = |one: &&certwright::cas::Operation| {
            one.name == name && one.version == Some(version.as_str())
        };
        let applicants = OPERATIONS.iter().find(of_this_version);
        let operators = OPERATOR_OPERATIONS.iter().find(|one| one.name == name);
        if applicants.is_none()
            && let Some(other) = OPERATIONS.iter().find(|one| one.name == name)
        {
            let of = other.version.unwrap_or_default();
            let message = format!("Action: {} is an operation of version {of}", other.name);
            return Err(Refusal::new(404, "InvalidAction.NotFound", message));
        }
        let parameters = parameters(request, &version)?;
        Ok(Self {
            known: applicants.or(operators).map(|one| one.name),
            of_operators: applicants.is_none() && operators.is_some(),
            is_slow: is_slow(request, &name),
            name,
            parameters,
        })
    }
}

/// All parameters, flat as they came. The engine reads what is theirs, and leaves what is the signature's.
fn parameters(request: &Received, version: &str) -> Result<Zeroizing<String>, Refusal> {
    let mut object = Map::new();
    for (name, value) in request.parameters() {
        if object.insert(name.clone(), Value::from(value.as_str())).is_some() {
            let name: String = name.escape_default().take(100).collect();
            let message = format!("{name}: given twice");
            return Err(Refusal::new(400, "InvalidParameter", message));
        }
    }
    object.insert("Version".to_owned(), Value::from(version));
    // A text that grows leaves copies of itself.
    let length: usize = request.parameters().map(|(name, value)| name.len() + value.len()).sum();
    let mut text = Zeroizing::new(Vec::with_capacity(64 + 6 * length + 8 * object.len()));
    let written = serde_json::to_writer(&mut *text, &object);
    object.values_mut().for_each(|value| {
        if let Value::String(text) = value {
            text.zeroize();
        }
    });
    // Neither fails: a JSON text is UTF-8, and memory takes it.
    let text = written.ok().and_then(|()| String::from_utf8(std::mem::take(&mut *text)).ok());
    text.map(Zeroizing::new).ok_or_else(|| Refusal::new(500, "InternalError", "no parameters"))
}

/// An RSA-4096 key takes seconds, and all else milliseconds. Without an algorithm it may be RSA.
fn is_slow(request: &Received, name: &str) -> bool {
    let quick = ["ECC", "EC_", "SM2"];
    let algorithm = request.parameter("Algorithm").unwrap_or_default();
    name.starts_with("Create")
        && name != "CreateCrl"
        && request.parameter("Csr").is_none()
        && !quick.iter().any(|quick| algorithm.starts_with(quick))
}
