//! Who may call, and what: a file of credentials, in TOML, that nobody else can read.
//!
//! ```toml
//! [[credential]]
//! access_key_id = "LTAI-tests"
//! access_key_secret = "…"                # 22 characters or more; or, or besides:
//! rsa_public_key_file = "caller.pub.pem" # for ACS3-RSA-SHA256
//! actor = "ci"                           # who acts, in the audit log
//! allow = ["yundun-cert:Describe*", "yundun-cert:CreateCsr"]
//! operator = false                       # whether also AddPackage, AttestOrder and CreateCrl, where allowed
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use certwright::Error;
use certwright::key::{KeyFamily, PublicKey, Randomness};
use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

use super::super::input::{BYTES, file_error, read_secret_text, read_text};
use super::allowed::Allowed;
use super::limits::{CREDENTIALS, CREDENTIALS_BYTES, SECRET_CHARACTERS};
use super::refusal::Refusal;

/// A caller.
pub struct Credential {
    pub access_key_id: String,
    /// Who acts, in the audit log.
    pub actor: String,
    pub allowed: Allowed,
    secret: Option<Zeroizing<String>>,
    rsa: Option<PublicKey>,
}

impl Credential {
    /// A caller whom no signature is asked for.
    pub fn without_keys(name: &str, allowed: Allowed) -> Self {
        let (access_key_id, actor) = (name.to_owned(), name.to_owned());
        Self { access_key_id, actor, allowed, secret: None, rsa: None }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({}, …)", self.access_key_id)
    }
}

/// All callers.
pub struct Credentials {
    by_id: BTreeMap<String, Arc<Credential>>,
    /// Nobody's, for work that is thrown away.
    decoy: Zeroizing<[u8; 32]>,
}

/// What a signature is checked with. Whoever has no key of a kind, or is not known at all, costs the same work
/// as who has, with keys that are not theirs and that permit nothing.
pub struct Keys<'c> {
    pub secret: SecretKey<'c>,
    /// None where no caller has such a key.
    pub rsa: Option<RsaKey<'c>>,
    is_known: bool,
}

#[derive(Clone, Copy)]
pub struct SecretKey<'c> {
    pub bytes: &'c [u8],
    pub is_callers: bool,
}

#[derive(Clone, Copy)]
pub struct RsaKey<'c> {
    pub public_key: &'c PublicKey,
    pub is_callers: bool,
}

#[cfg(test)]
impl<'c> Keys<'c> {
    /// Those of a caller who has a secret.
    pub fn of_a_caller(bytes: &'c [u8]) -> Self {
        let secret = SecretKey { bytes, is_callers: true };
        Self { secret, rsa: None, is_known: true }
    }
}

impl Keys<'_> {
    /// Refuses an access key that nobody has.
    pub fn check_known(&self) -> Result<(), Refusal> {
        let message = "Specified access key is not found.";
        let unknown = || Refusal::new(404, "InvalidAccessKeyId.NotFound", message);
        self.is_known.then_some(()).ok_or_else(unknown)
    }
}

impl Credentials {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = read_secret_text(path, CREDENTIALS_BYTES)?;
        // What the reader of TOML says may show a line of the file.
        let mut read: Value = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            file_error(path, format!("not TOML, at line {line}"))
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let credentials = Self::of(&read, folder).map_err(|problem| match problem {
            Problem::Of(problem) => file_error(path, problem),
            Problem::OfFile(error) => error,
        });
        wipe(&mut read);
        credentials
    }

    fn of(read: &Value, folder: &Path) -> Result<Self, Problem> {
        let shape = || Problem::Of("allowed are tables [[credential]], one or more".to_owned());
        let root = read.as_object().filter(|root| root.keys().all(|name| name == "credential"));
        let list = root.and_then(|root| root.get("credential")?.as_array()).ok_or_else(shape)?;
        if list.is_empty() || list.len() > CREDENTIALS {
            return Err(Problem::Of(format!(
                "{} credentials; allowed 1 to {CREDENTIALS}",
                list.len()
            )));
        }
        let mut by_id = BTreeMap::new();
        for (at, given) in list.iter().enumerate() {
            let place = format!("credential {}", at + 1);
            let given = given.as_object().ok_or_else(shape)?;
            let credential = credential(given, folder, &place)?;
            let id = credential.access_key_id.clone();
            if by_id.insert(id, Arc::new(credential)).is_some() {
                return Err(Problem::Of(format!("{place}: its access_key_id is another's too")));
            }
        }
        let decoy = Randomness::default().bytes().map_err(Problem::OfFile)?;
        Ok(Self { by_id, decoy: Zeroizing::new(decoy) })
    }

    /// Who has an access key.
    pub fn find(&self, access_key_id: &str) -> Option<&Arc<Credential>> {
        self.by_id.get(access_key_id)
    }

    /// What a signature in the name of an access key is checked with.
    pub fn keys(&self, access_key_id: &str) -> Keys<'_> {
        let found = self.find(access_key_id);
        let secret = found.and_then(|credential| credential.secret.as_ref());
        let rsa = found.and_then(|credential| credential.rsa.as_ref());
        let any_rsa = || self.by_id.values().find_map(|credential| credential.rsa.as_ref());
        Keys {
            secret: SecretKey {
                bytes: secret.map_or(&self.decoy[..], |secret| secret.as_bytes()),
                is_callers: secret.is_some(),
            },
            rsa: rsa
                .map(|public_key| RsaKey { public_key, is_callers: true })
                .or_else(|| any_rsa().map(|public_key| RsaKey { public_key, is_callers: false })),
            is_known: found.is_some(),
        }
    }
}

/// What is wrong with the file, or with one that it names.
enum Problem {
    Of(String),
    OfFile(Error),
}

const FIELDS: [&str; 6] =
    ["access_key_id", "access_key_secret", "actor", "allow", "operator", "rsa_public_key_file"];

fn credential(
    given: &Map<String, Value>,
    folder: &Path,
    place: &str,
) -> Result<Credential, Problem> {
    let wrong =
        |field: &str, allowed: &str| Problem::Of(format!("{place}: {field}: allowed {allowed}"));
    if given.keys().any(|name| !FIELDS.contains(&name.as_str())) {
        return Err(Problem::Of(format!("{place}: allowed are {}", FIELDS.join(", "))));
    }
    let text = |field: &str, allowed: &str, good: fn(&str) -> bool| match given.get(field) {
        None => Ok(None),
        Some(Value::String(text)) if good(text) => Ok(Some(text.as_str())),
        Some(_) => Err(wrong(field, allowed)),
    };
    let id_form = "1 to 128 letters, digits and . _ - @";
    let id = text("access_key_id", id_form, is_id)?;
    let id = id.ok_or_else(|| wrong("access_key_id", id_form))?;
    let actor = text("actor", "1 to 128 printable characters", is_actor)?.unwrap_or(id);
    let secret = text("access_key_secret", SECRET_FORM, is_secret)?;
    let rsa = text("rsa_public_key_file", "the name of a file", |text| !text.is_empty())?;
    let rsa = rsa.map(|file| rsa_key(&folder.join(file))).transpose()?;
    if secret.is_none() && rsa.is_none() {
        let message = format!("{place}: access_key_secret or rsa_public_key_file is missing");
        return Err(Problem::Of(message));
    }
    let is_operator = match given.get("operator") {
        None => false,
        Some(Value::Bool(operator)) => *operator,
        Some(_) => return Err(wrong("operator", "true and false")),
    };
    let allow_form = "a list of operations, such as \"yundun-cert:CreateCsr\"";
    let patterns = given.get("allow").and_then(Value::as_array);
    let patterns: Option<Vec<&str>> =
        patterns.and_then(|patterns| patterns.iter().map(Value::as_str).collect());
    let patterns = patterns.ok_or_else(|| wrong("allow", allow_form))?;
    let allowed = Allowed::new(&patterns, is_operator)
        .map_err(|problem| Problem::Of(format!("{place}: allow: {problem}")))?;
    Ok(Credential {
        access_key_id: id.to_owned(),
        actor: actor.to_owned(),
        allowed,
        secret: secret.map(|secret| Zeroizing::new(secret.to_owned())),
        rsa,
    })
}

const SECRET_FORM: &str = "22 to 256 visible ASCII characters; `openssl rand -base64 30` makes one";

fn is_secret(text: &str) -> bool {
    (SECRET_CHARACTERS..=256).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_graphic())
}

fn is_id(text: &str) -> bool {
    let good = |c: u8| c.is_ascii_alphanumeric() || b"._-@".contains(&c);
    (1..=128).contains(&text.len()) && text.bytes().all(good)
}

fn is_actor(text: &str) -> bool {
    (1..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn rsa_key(path: &Path) -> Result<PublicKey, Problem> {
    let wrong = |problem: String| Problem::OfFile(file_error(path, problem));
    let text = read_text(path, BYTES).map_err(Problem::OfFile)?;
    let key = PublicKey::from_pem(&text).map_err(|error| wrong(error.to_string()))?;
    let algorithm = key.algorithm();
    match algorithm.family() == KeyFamily::Rsa && algorithm.bits() >= 2048 {
        true => Ok(key),
        false => Err(wrong(format!("a key {algorithm}; allowed RSA of 2048 bits or more"))),
    }
}

/// Wipes the texts that were read: secrets are among them.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
