//! A service with a root and an intermediate, and a clock that is set by hand, for tests of leaves.

use crate::world::CallJson;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use certwright::cas::{Cas, CasError, Config};
use certwright::time::{Clock, Time};
use certwright::{
    AltName, Certificate, CertificateRequest, Error, KeyAlgorithm, KeyPair, MemoryStore,
};
use serde_json::{Value, json};

pub use crate::world::NOW;
use crate::world::everything;

pub const DAY: i64 = 86_400;

/// A clock that is set by hand.
#[derive(Clone)]
pub struct HandClock(Arc<AtomicI64>);

impl HandClock {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(NOW)))
    }

    pub fn set(&self, unix: i64) {
        self.0.store(unix, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Result<Time, Error> {
        Time::from_unix(self.0.load(Ordering::SeqCst))
    }
}

/// A service with a root of ten years and an intermediate of five.
pub struct World {
    pub cas: Cas,
    pub clock: HandClock,
    pub root: String,
    pub ca: String,
}

impl World {
    /// With CAs of P-256 and CRLs.
    pub fn new() -> Self {
        Self::of("ECC_256")
    }

    /// With CAs of an `Algorithm`, and CRLs.
    pub fn of(algorithm: &str) -> Self {
        let mut config = Config::default();
        config.crl_base_url = Some("http://crl.example.test/".to_owned());
        Self::configured(algorithm, config)
    }

    pub fn configured(algorithm: &str, config: Config) -> Self {
        let clock = HandClock::new();
        let enable_crl = config.crl_base_url.is_some();
        let cas = Cas::new(MemoryStore::default(), clock.clone(), config);
        let mut world = Self { cas, clock, root: String::new(), ca: String::new() };
        let fields = json!({
            "CommonName": "Test Root", "Organization": "Test Org", "OrganizationUnit": "Test Unit",
            "Locality": "Hangzhou", "State": "Zhejiang", "CountryCode": "DE", "Years": 10,
            "Algorithm": algorithm,
        });
        world.root = world.identifier("CreateRootCACertificate", fields.clone());
        let below = json!({
            "CommonName": "Test CA", "Years": 5, "ParentIdentifier": world.root,
            "EnableCrl": enable_crl,
        });
        world.ca = world.identifier("CreateSubCACertificate", with(&fields, below));
        world
    }

    /// A further intermediate.
    pub fn sub_ca(&self, changes: Value) -> String {
        let fields = json!({
            "CommonName": "Other CA", "Organization": "Test Org", "OrganizationUnit": "Test Unit",
            "Locality": "Hangzhou", "State": "Zhejiang", "CountryCode": "DE", "Years": 5,
            "Algorithm": "ECC_256", "ParentIdentifier": self.root,
        });
        self.identifier("CreateSubCACertificate", with(&fields, changes))
    }

    #[track_caller]
    pub fn call(&self, name: &str, parameters: Value) -> Value {
        match self.cas.call_json(name, parameters) {
            Ok(answer) => answer,
            Err(error) => panic!("{name}: {error}"),
        }
    }

    /// The identifier of what an operation made.
    #[track_caller]
    pub fn identifier(&self, name: &str, parameters: Value) -> String {
        self.call(name, parameters)["Identifier"].as_str().unwrap().to_owned()
    }

    /// The certificate that an operation issues.
    #[track_caller]
    pub fn certificate(&self, name: &str, parameters: Value) -> Certificate {
        let answer = self.call(name, with(&parameters, json!({ "Immediately": 1 })));
        Certificate::from_pem(answer["X509Certificate"].as_str().unwrap()).unwrap()
    }

    /// An operation is refused with this code, and its message says this; nothing is changed but the
    /// audit log.
    #[track_caller]
    pub fn refuses(&self, name: &str, parameters: Value, code: &str, says: &str) -> CasError {
        let before = everything(&self.cas);
        let error = match self.cas.call_json(name, parameters) {
            Ok(answer) => panic!("{name} was answered: {answer}"),
            Err(error) => error,
        };
        assert_eq!(error.code(), code, "{error}");
        assert!(error.message().contains(says), "{says:?} is not in: {error}");
        assert_eq!(error.request_id().len(), 36, "{error}");
        assert_eq!(everything(&self.cas), before);
        error
    }
}

/// Parameters with others on top; null takes one away.
pub fn with(base: &Value, changes: Value) -> Value {
    let mut all = base.as_object().unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(all.remove(name)),
            value => drop(all.insert(name.clone(), value.clone())),
        }
    }
    Value::Object(all)
}

/// A CSR of a new key of P-256 for a common name.
pub fn csr(subject: &str) -> String {
    csr_of(KeyAlgorithm::EcdsaP256, subject, &[])
}

pub fn csr_of(algorithm: KeyAlgorithm, subject: &str, names: &[&str]) -> String {
    let key = KeyPair::generate(algorithm).unwrap();
    let names = names.iter().map(|name| name.parse::<AltName>().unwrap());
    let request = CertificateRequest::builder(subject.parse().unwrap()).alt_names(names);
    request.sign(&key).unwrap().to_pem()
}

/// The alternative names of a certificate.
pub fn alt_names(certificate: &Certificate) -> Vec<String> {
    certificate.alt_names().iter().map(ToString::to_string).collect()
}
