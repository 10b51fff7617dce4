//! The operations of a cloud certificate service, answered offline.
//!
//! [`Cas`] has a method per operation, with one type for what it takes and one for what it answers;
//! [`Cas::call`] is the same by name, over JSON. What only whoever runs the service may do is beyond
//! [`Cas::operator`]. Every rule, default and inferred choice is in
//! [`Config`].
//!
//! ```
//! # #[cfg(feature = "ecc")] {
//! use certwright::cas::*;
//! use certwright::time::SystemClock;
//! use certwright::MemoryStore;
//! use serde_json::json;
//!
//! let cas = Cas::new(MemoryStore::default(), SystemClock, Config::default());
//! let root = cas.create_root_ca_certificate(&CreateRootCACertificateRequest {
//!     common_name: "Example Root".into(), organization: "Example".into(),
//!     organization_unit: "Security".into(), locality: "Hangzhou".into(),
//!     state: "Zhejiang".into(), years: 10, algorithm: Some("ECC_256".into()),
//!     ..Default::default()
//! })?;
//! // The same by name, over JSON.
//! let ca = cas.call("CreateSubCACertificate", &json!({
//!     "CommonName": "Example CA", "Organization": "Example", "OrganizationUnit": "Security",
//!     "Locality": "Hangzhou", "State": "Zhejiang", "Years": 5, "Algorithm": "ECC_256",
//!     "ParentIdentifier": root.identifier,
//! }).to_string())?;
//! let ca: CreateSubCACertificateResponse = serde_json::from_str(&ca)?;
//! let csr = cas.create_csr(&CreateCsrRequest {
//!     algorithm: "ECC".into(), key_size: 256, common_name: "db.example".into(),
//!     country_code: "CN".into(), province: "Zhejiang".into(), locality: "Hangzhou".into(),
//!     ..Default::default()
//! })?;
//! let server = cas.create_server_certificate_with_csr(&CreateServerCertificateWithCsrRequest {
//!     csr: csr.csr, parent_identifier: ca.identifier,
//!     domain: Some("db.example,10.0.0.7".into()), days: Some(90), immediately: Some(2),
//!     ..Default::default()
//! })?;
//! assert!(server.x509_certificate.is_some());
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod authority;
mod authority_describe;
mod authority_revoke;
mod call;
mod client;
mod client_structures;
mod config;
mod csr;
mod csr_structures;
mod custom;
mod custom_content;
mod custom_structures;
mod error;
mod flat;
mod issue;
mod json;
mod leaf;
mod leaf_list;
mod leaf_list_structures;
mod leaf_structures;
mod limits;
mod names;
mod operator;
mod order;
mod page;
mod parent;
mod records;
mod schema;
mod server;
mod structures;
mod subject;
mod token;
mod types;
mod usages;
mod validity;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::authority::Clock;
use crate::error::Error;
use crate::key::{KeyPair, random_octets};
use crate::ledger::{AuditAction, Identifier, Ledger, Write};
use crate::store::Store;
use crate::validity::Time;

pub use self::authority::{
    CreateRootCACertificateRequest, CreateRootCACertificateResponse, CreateSubCACertificateRequest,
    CreateSubCACertificateResponse,
};
pub use self::authority_describe::{
    DescribeCACertificateCountRequest, DescribeCACertificateCountResponse,
    DescribeCACertificateListRequest, DescribeCACertificateListResponse,
    DescribeCACertificateRequest, DescribeCACertificateResponse, DescribedAuthority,
};
pub use self::authority_revoke::{
    CreateCrlRequest, CreateCrlResponse, UpdateCACertificateStatusRequest,
    UpdateCACertificateStatusResponse,
};
pub use self::call::{OPERATIONS, OPERATOR_OPERATIONS, Operation};
pub use self::client_structures::*;
pub use self::config::{
    AlgorithmRule, CommonNameRule, Config, CsrKeyRule, GeneratedKey, OrderOutliving, Product,
    ProductKind, RenewalRule, SerialForm, SubjectFromCsr, ValidityRule, WildcardBase,
};
pub use self::csr_structures::*;
pub use self::custom_structures::*;
pub use self::error::{CasError, ErrorKind};
pub use self::leaf_list_structures::*;
pub use self::leaf_structures::*;
pub use self::operator::Operator;
pub use self::order::*;
pub use self::schema::{ParameterHelp, Secret};
pub use self::server::*;
pub use self::types::{Outcome, TagParameter};

use self::limits::ATTEMPTS;

/// The service, on a store.
///
/// Calls from several threads and, on a shared store, from several processes do not disturb each
/// other: an operation takes effect whole or not at all. The module has an example.
pub struct Cas {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    config: Config,
    actor: Arc<str>,
    /// Looks up the challenges of orders.
    probe: Option<Arc<dyn DomainProbe>>,
    /// Where operations stand in line that lost to another.
    line: Mutex<()>,
    /// Issuers whose keys were opened before.
    issuers: Mutex<HashMap<Identifier, parent::Opened>>,
}

impl Cas {
    /// The service on a store. A durable store keeps private keys only once
    /// [`Ledger::unlock`] was called on [`Cas::ledger`].
    pub fn new(store: impl Store + 'static, clock: impl Clock + 'static, config: Config) -> Self {
        Self {
            ledger: Ledger::new(store),
            clock: Arc::new(clock),
            config,
            actor: Arc::from("cas"),
            probe: None,
            line: Mutex::default(),
            issuers: Mutex::default(),
        }
    }

    /// Names who acts, for the audit log.
    #[must_use]
    pub fn with_actor(mut self, actor: &str) -> Self {
        self.actor = Arc::from(actor);
        self
    }

    /// Looks up the challenges of orders with a probe. Without one, an operator attests that they
    /// are met ([`Operator::attest_order`]).
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use std::sync::Arc;
    /// use certwright::cas::*;
    /// use certwright::time::SystemClock;
    /// use certwright::{KeyAlgorithm, MemoryStore};
    /// let mut config = Config::default();
    /// config.order_algorithm = KeyAlgorithm::EcdsaP256;
    /// let probe = Arc::new(MapProbe::default());
    /// let cas = Cas::new(MemoryStore::default(), SystemClock, config).with_probe(Arc::clone(&probe));
    /// cas.operator().add_package("digicert-free-1-free", 10)?;
    /// let order = cas.create_certificate_request(&CreateCertificateRequestRequest {
    ///     domain: "www.example.com".into(), validate_type: "DNS".into(), username: "Tom".into(),
    ///     phone: "13900000000".into(), email: "tom@example.com".into(), ..Default::default()
    /// })?;
    /// let request = DescribeCertificateStateRequest { order_id: order.order_id };
    /// let state = cas.describe_certificate_state(&request)?;
    /// assert_eq!(state.kind, "domain_verify");
    /// probe.add_txt("_dnsauth.www.example.com", &state.record_value.unwrap());
    /// // It is issued once `Config::order_issuer` names a CA.
    /// assert_eq!(cas.describe_certificate_state(&request)?.kind, "process");
    /// # }
    /// # Ok::<(), certwright::cas::CasError>(())
    /// ```
    #[must_use]
    pub fn with_probe(mut self, probe: impl DomainProbe + 'static) -> Self {
        self.probe = Some(Arc::new(probe));
        self
    }

    /// The ledger: certificates, revocations and the audit log are found there too.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The rules.
    pub fn config(&self) -> &Config {
        &self.config
    }

    fn now(&self) -> Result<Time, CasError> {
        Ok(self.clock.now()?)
    }

    /// Writes records in one transaction, with an entry in the audit log.
    fn write(
        &self,
        writes: Vec<Write>,
        action: AuditAction,
        detail: String,
    ) -> Result<(), CasError> {
        let writer = self.ledger.writer(&self.actor, self.now()?);
        Ok(writer.write(writes, action, detail)?)
    }

    /// A private key that is handed out, which the audit log tells of first.
    fn exported_key(&self, name: &str) -> Result<Option<KeyPair>, CasError> {
        Ok(self.ledger.writer(&self.actor, self.now()?).export_key(name)?)
    }

    /// Does an operation, and begins anew when another change came first. Its error carries the
    /// identifier of the request, which the answer has as well.
    fn operate<R>(&self, attempt: impl Fn(String) -> Result<R, CasError>) -> Result<R, CasError> {
        let request_id = request_id()?;
        let mut left = ATTEMPTS;
        let mut turn = None;
        loop {
            left -= 1;
            match attempt(request_id.clone()) {
                Err(error) if error.conflict && left > 0 => {
                    // Whoever lost once stands in line, so that many do not go on losing.
                    turn = turn.or_else(|| Some(self.line.lock()));
                }
                answer => return answer.map_err(|error| error.with_request_id(&request_id)),
            }
        }
    }

    /// The issuers that were opened. A panic elsewhere leaves the map whole.
    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<Identifier, parent::Opened>> {
        self.issuers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Cas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cas({})", self.actor)
    }
}

/// A random UUID (RFC 9562 section 5.4) in capitals, as the service writes them.
fn request_id() -> Result<String, Error> {
    let octets: [u8; 16] = random_octets()?;
    let number = u128::from_be_bytes(octets);
    let number = number & !(0xF << 76) | 0x4 << 76;
    let number = number & !(0x3 << 62) | 0x2 << 62;
    let digits = format!("{number:032X}");
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    Ok(parts.map(|(from, to)| digits.get(from..to).unwrap_or_default()).join("-"))
}
