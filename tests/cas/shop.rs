//! A service that sells certificates: a root, an intermediate that issues orders, a probe, and a
//! clock whose hands are moved.

use crate::world::CallJson;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use certwright::cas::{Cas, Config, MapProbe, OrderState};
use certwright::key::SealingKey;
use certwright::time::{Clock, Time};
use certwright::{
    Certificate, CertificateRequest, Error, KeyAlgorithm, KeyPair, MemoryStore, Store,
};
use serde_json::{Value, json};

use crate::world::{NOW, call, root, text, with};

/// A product for single domains, and one for wildcards.
pub const SINGLE: &str = "digicert-free-1-free";
pub const WILDCARD: &str = "geotrust-dv-w-starter";

/// The time that a challenge has, in seconds.
pub const CHALLENGE: i64 = 3 * 86_400;

/// A clock whose hands are moved.
pub struct Hands(AtomicI64);

impl Hands {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW)))
    }

    pub fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    pub fn add(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Result<Time, Error> {
        Time::from_unix(self.0.load(Ordering::SeqCst))
    }
}

pub struct Shop {
    pub cas: Arc<Cas>,
    pub store: Arc<dyn Store>,
    pub clock: Arc<Hands>,
    pub probe: Arc<MapProbe>,
    pub root: String,
    /// The intermediate that issues orders, or would.
    pub issuer: String,
}

/// A shop that issues orders with an intermediate of five years.
pub fn shop() -> Shop {
    shop_with(Arc::new(MemoryStore::default()), json!({}), |_| {})
}

/// A shop on a store, with these parameters of its intermediate and these rules.
pub fn shop_with(store: Arc<dyn Store>, authority: Value, rules: impl Fn(&mut Config)) -> Shop {
    let (clock, probe) = (Hands::new(), Arc::new(MapProbe::default()));
    let algorithm = authority.get("Algorithm").and_then(Value::as_str).unwrap_or("ECC_256");
    let mut config = config();
    rules(&mut config);
    let first = opened(&store, &clock, config.clone());
    let root = root(&first, algorithm);
    let issuer = crate::world::intermediate(&first, &root, algorithm, authority.clone());
    if config.order_issuers.is_empty() {
        config.order_issuers = vec![issuer.parse().unwrap()];
    }
    let shop = Shop {
        cas: Arc::new(opened(&store, &clock, config).with_probe(Arc::clone(&probe))),
        store,
        clock,
        probe,
        root,
        issuer,
    };
    shop.buy(SINGLE, 100);
    shop.buy(WILDCARD, 100);
    shop
}

/// The rules of the tests: keys that are made quickly.
pub fn config() -> Config {
    let mut config = Config::default();
    config.order_algorithm = KeyAlgorithm::EcdsaP256;
    config.crl_base_url = Some(crate::world::CRL_BASE.to_owned());
    config
}

/// A service on a store whose keys are unlocked.
pub fn opened(store: &Arc<dyn Store>, clock: &Arc<Hands>, config: Config) -> Cas {
    let cas = Cas::new(Arc::clone(store), Arc::clone(clock), config);
    cas.ledger().unlock(&SealingKey::from_bytes([7; 32])).unwrap();
    cas
}

impl Shop {
    pub fn buy(&self, product: &str, count: i64) {
        self.cas.operator().add_package(product, count).unwrap();
    }

    pub fn call(&self, name: &str, parameters: Value) -> Value {
        call(&self.cas, name, parameters)
    }

    /// Orders a certificate for a domain; its number.
    #[track_caller]
    pub fn order(&self, more: Value) -> i64 {
        number(&self.call("CreateCertificateRequest", with(application(), more)))
    }

    /// Total, used and issued of a product.
    #[track_caller]
    pub fn quota(&self, product: &str) -> (i64, i64, i64) {
        quota(&self.cas, product)
    }

    /// What DescribeCertificateState answers.
    #[track_caller]
    pub fn state(&self, order_id: i64) -> Value {
        self.call("DescribeCertificateState", json!({ "OrderId": order_id }))
    }

    /// Its `Type`.
    #[track_caller]
    pub fn kind(&self, order_id: i64) -> String {
        text(&self.state(order_id), "Type").to_owned()
    }

    /// Puts what the challenge of an order for this domain asks for where it asks for it.
    #[track_caller]
    pub fn meet(&self, order_id: i64, domain: &str) {
        let state = self.state(order_id);
        self.probe.add_txt(&format!("_dnsauth.{domain}"), text(&state, "RecordValue"));
    }

    /// An order that was brought into a state. The shop must have its issuer.
    #[track_caller]
    pub fn order_in(&self, state: OrderState) -> i64 {
        let order_id = self.order(json!({}));
        let named = json!({ "OrderId": order_id });
        match state {
            OrderState::DomainVerify => {}
            OrderState::Cancelled => drop(self.call("CancelOrderRequest", named)),
            OrderState::VerifyFail => self.clock.add(CHALLENGE),
            // The issuer is not there yet.
            OrderState::Process => {
                let mut config = self.cas.config().clone();
                config.order_issuers.clear();
                opened(&self.store, &self.clock, config).operator().attest_order(order_id).unwrap();
            }
            OrderState::Certificate => drop(self.call("AttestOrder", named)),
            OrderState::Revoked => {
                self.call("AttestOrder", named.clone());
                self.call("CancelCertificateForPackageRequest", named);
            }
        }
        order_id
    }

    /// The certificate of an order that is issued.
    #[track_caller]
    pub fn certificate(&self, order_id: i64) -> Certificate {
        Certificate::from_pem(text(&self.state(order_id), "Certificate")).unwrap()
    }
}

#[track_caller]
pub fn quota(cas: &Cas, product: &str) -> (i64, i64, i64) {
    let state = call(cas, "DescribePackageState", json!({ "ProductCode": product }));
    let count = |name: &str| state[name].as_i64().unwrap();
    (count("TotalCount"), count("UsedCount"), count("IssuedCount"))
}

/// The number of an order in an answer.
#[track_caller]
pub fn number(answer: &Value) -> i64 {
    answer["OrderId"].as_i64().unwrap_or_else(|| panic!("no OrderId in {answer}"))
}

/// An application for a domain, as the documentation has it.
pub fn application() -> Value {
    json!({
        "Username": "Tom",
        "Phone": "1390000****",
        "Email": "username@example.com",
        "Domain": "www.aliyundoc.com",
        "ValidateType": "DNS",
    })
}

/// The same without a domain, for this CSR.
pub fn application_with_csr(csr: &str) -> Value {
    with(crate::world::without(application(), "Domain"), json!({ "Csr": csr }))
}

/// A CSR for a common name.
pub fn csr_for(algorithm: KeyAlgorithm, common_name: &str) -> String {
    let key = KeyPair::generate(algorithm).unwrap();
    let subject = format!("CN={common_name}").parse().unwrap();
    CertificateRequest::builder(subject).sign(&key).unwrap().to_pem()
}

/// Everything in the store but the audit log.
pub fn records(store: &dyn Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    store
        .read(&mut |transaction| {
            found.clear();
            transaction.scan(b"", b"", &mut |key, value| {
                if !key.starts_with(b"audit") {
                    found.push((key.to_vec(), value.to_vec()));
                }
                std::ops::ControlFlow::Continue(())
            })
        })
        .unwrap();
    found
}

/// Calls an operation that is refused with this code and these words, and leaves nothing behind.
#[track_caller]
pub fn refused(shop: &Shop, name: &str, parameters: Value, code: &str, words: &[&str]) {
    let before = records(&*shop.store);
    let error = shop.cas.call_json(name, parameters).expect_err("it was to be refused");
    assert_eq!(error.code(), code, "{error}");
    for word in words {
        assert!(error.message().contains(word), "{word:?} is missing in: {error}");
    }
    assert!(!error.request_id().is_empty());
    assert!(before == records(&*shop.store), "{name} left something behind: {error}");
}
