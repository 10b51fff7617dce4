//! A service with a root and an intermediate of each family, and calls by name.

use certwright::MemoryStore;
use certwright::cas::{Cas, CasError, Config, OPERATOR_OPERATIONS};
use certwright::time::{FixedClock, Time};
use serde_json::{Value, json};

/// 2027-01-15T08:00:00Z.
pub const NOW: i64 = 1_800_000_000;

/// What certificates point to.
pub const CRL_BASE: &str = "http://crl.example/ca";

/// Calls with JSON that is not text yet, of applicants and of operators.
pub trait CallJson {
    fn call_json(&self, name: &str, parameters: Value) -> Result<Value, CasError>;
}

impl CallJson for Cas {
    fn call_json(&self, name: &str, parameters: Value) -> Result<Value, CasError> {
        let parameters = parameters.to_string();
        let answer = match OPERATOR_OPERATIONS.iter().any(|operation| operation.name == name) {
            true => self.operator().call(name, &parameters)?,
            false => self.call(name, &parameters)?,
        };
        Ok(serde_json::from_str(&answer).expect("an answer is JSON"))
    }
}

/// A service in memory whose clock stands still, with these rules.
pub fn service(config: Config) -> Cas {
    Cas::new(MemoryStore::default(), FixedClock(Time::from_unix(NOW).unwrap()), config)
}

/// A service by its own rules.
pub fn cas() -> Cas {
    service(Config::default())
}

/// A service that publishes CRLs.
pub fn cas_with_crls() -> Cas {
    let mut config = Config::default();
    config.crl_base_url = Some(CRL_BASE.to_owned());
    service(config)
}

/// Calls an operation that succeeds.
#[track_caller]
pub fn call(cas: &Cas, name: &str, parameters: Value) -> Value {
    cas.call_json(name, parameters).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Calls an operation that is refused, with this code and a message that has these words; and nothing
/// has changed but the audit log.
#[track_caller]
pub fn refused(cas: &Cas, name: &str, parameters: Value, code: &str, words: &[&str]) {
    let before = everything(cas);
    let error = cas.call_json(name, parameters).expect_err("it was to be refused");
    assert_eq!(error.code(), code, "{error}");
    for word in words {
        assert!(error.message().contains(word), "{word:?} is missing in: {error}");
    }
    assert!(!error.request_id().is_empty());
    assert_eq!(before, everything(cas), "{name} left something behind: {error}");
}

/// All that the service tells of its state.
pub fn everything(cas: &Cas) -> String {
    let ledger = cas.ledger();
    let records = ledger.certificates(None, usize::MAX).unwrap();
    let keys = ledger.key_names(None, usize::MAX).unwrap();
    let requests = ledger.requests(0, usize::MAX).unwrap().len();
    let issuers = ledger.issuers(None, usize::MAX).unwrap().len();
    use sha2::{Digest, Sha256};
    // In a digest, so that a difference does not fill the screen.
    let all = format!("{records:?} {keys:?} {requests} {issuers}");
    format!("{} certificates, {:x?}", records.len(), Sha256::digest(all))
}

/// The parameters of a CA.
pub fn authority(common_name: &str, years: i64, algorithm: &str) -> Value {
    json!({
        "CommonName": common_name,
        "Organization": "Example",
        "OrganizationUnit": "Security",
        "Locality": "Hangzhou",
        "State": "Zhejiang",
        "CountryCode": "CN",
        "Years": years,
        "Algorithm": algorithm,
    })
}

/// The same with further parameters.
pub fn with(mut parameters: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        parameters[name] = value.clone();
    }
    parameters
}

/// The same without one.
pub fn without(mut parameters: Value, name: &str) -> Value {
    parameters.as_object_mut().unwrap().remove(name);
    parameters
}

/// A text of an answer.
#[track_caller]
pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// A root of ten years; its identifier.
pub fn root(cas: &Cas, algorithm: &str) -> String {
    let answer = call(cas, "CreateRootCACertificate", authority("Example Root", 10, algorithm));
    text(&answer, "Identifier").to_owned()
}

/// An intermediate of five years; its identifier.
pub fn intermediate(cas: &Cas, root: &str, algorithm: &str, more: Value) -> String {
    let parameters =
        with(authority("Example CA", 5, algorithm), json!({ "ParentIdentifier": root }));
    let answer = call(cas, "CreateSubCACertificate", with(parameters, more));
    text(&answer, "Identifier").to_owned()
}

/// A root and an intermediate below it.
pub fn hierarchy(cas: &Cas, algorithm: &str) -> (String, String) {
    let root = root(cas, algorithm);
    let intermediate = intermediate(cas, &root, algorithm, json!({}));
    (root, intermediate)
}

/// A CSR of an algorithm and size for a common name, in PEM.
pub fn csr(cas: &Cas, algorithm: &str, key_size: i64, common_name: &str) -> String {
    let answer = call(
        cas,
        "CreateCsr",
        json!({
            "Algorithm": algorithm, "KeySize": key_size, "CommonName": common_name,
            "CountryCode": "CN", "Province": "Zhejiang", "Locality": "Hangzhou",
        }),
    );
    text(&answer, "Csr").to_owned()
}
