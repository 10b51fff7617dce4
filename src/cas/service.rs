//! The service: a store, a clock and rules that operations run on.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rand_core::TryCryptoRng;

use super::config::Config;
use super::error::CasError;
use super::order::AttestOrder;
use super::order::{AddPackage, DescribedPackage, OrderProgress};
use super::probe::DomainProbe;
use super::session::{Answered, Opened, Run, Session};
use super::shelf::token;
use crate::key::Randomness;
use crate::ledger::Ledger;
use crate::time::Clock;
use crate::{Error, Store};

/// The service, on a store.
///
/// Calls from several threads and, on a shared store, from several processes do not disturb each
/// other: an operation takes effect whole or not at all. The module has an example.
///
/// A clone is the same service, on the same store and with the keys that were opened: who serves many
/// callers calls one of its own for each, [`with_actor`](Self::with_actor).
#[derive(Clone)]
pub struct Cas {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    config: Arc<Config>,
    actor: Arc<str>,
    probe: Option<Arc<dyn DomainProbe>>,
    opened: Arc<Mutex<Opened>>,
    randomness: Randomness,
}

/// An operation with its parameters, for applicants: [`Cas::run`].
pub trait ApplicantOperation: Run {
    /// Its name.
    const NAME: &'static str;
}

/// An operation with its parameters, for operators alone: [`Operator::run`].
pub trait OperatorOperation: Run {
    /// Its name.
    const NAME: &'static str;
}

impl Cas {
    /// The service on a store. A durable store keeps private keys only once
    /// [`Ledger::unlock`] was called on [`Cas::ledger`].
    pub fn new(store: impl Store + 'static, clock: impl Clock + 'static, config: Config) -> Self {
        Self {
            ledger: Ledger::new(store).with_arithmetic(config.arithmetic),
            clock: Arc::new(clock),
            config: Arc::new(config),
            actor: Arc::from("cas"),
            probe: None,
            opened: Arc::default(),
            randomness: Randomness::default(),
        }
    }

    /// Names who acts, for the audit log.
    ///
    /// ```
    /// use certwright::cas::{Cas, Config};
    /// use certwright::time::SystemClock;
    /// use certwright::MemoryStore;
    /// let cas = Cas::new(MemoryStore::default(), SystemClock, Config::default());
    /// let alice = cas.clone().with_actor("alice");
    /// alice.operator().call("AddPackage", r#"{ "Count": 5 }"#)?;
    /// assert_eq!(cas.ledger().audit(1, 1)?[0].actor, "alice");
    /// # Ok::<(), certwright::cas::CasError>(())
    /// ```
    #[must_use]
    pub fn with_actor(mut self, actor: &str) -> Self {
        self.actor = Arc::from(actor);
        self
    }

    /// Draws everything from this generator: keys, what they draw to sign, serial numbers, the tokens of
    /// challenges, the identifiers of requests, and what sealing needs. Call it before the ledger is
    /// unlocked. The default is the operating system's.
    #[must_use]
    pub fn with_rng(mut self, rng: impl TryCryptoRng + Send + 'static) -> Self {
        self.randomness = Randomness::new(rng);
        self.ledger = self.ledger.with_rng(self.randomness.clone());
        self
    }

    /// Looks up the challenges of orders with a probe. Without one, an operator attests that they
    /// are met ([`Operator::attest_order`]).
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use std::sync::{Arc, OnceLock};
    /// use certwright::cas::*;
    /// use certwright::time::SystemClock;
    /// use certwright::{KeyAlgorithm, MemoryStore};
    /// let mut config = Config::default();
    /// config.order_algorithm = KeyAlgorithm::EcdsaP256;
    /// let probe = Arc::new(MapProbe::default());
    /// let cas = Cas::new(MemoryStore::default(), SystemClock, config).with_probe(Arc::clone(&probe));
    /// cas.operator().add_package("digicert-free-1-free", 10)?;
    /// let order_id = cas.run(&CreateCertificateRequest {
    ///     applicant: Applicant {
    ///         validate_type: "DNS".into(), username: "Tom".into(), phone: "13900000000".into(),
    ///         email: "tom@example.com".into(), product_code: None,
    ///     },
    ///     domain: "www.example.com".into(),
    ///     ..Default::default()
    /// })?;
    /// let state = cas.run(&DescribeCertificateState { order_id })?;
    /// assert_eq!(state.kind, "domain_verify");
    /// probe.add_txt("_dnsauth.www.example.com", &state.record_value.unwrap());
    /// // It is issued once `Config::order_issuers` names a CA.
    /// assert_eq!(cas.run(&DescribeCertificateState { order_id })?.kind, "process");
    /// # }
    /// # Ok::<(), certwright::cas::CasError>(())
    /// ```
    #[must_use]
    pub fn with_probe(mut self, probe: impl DomainProbe + 'static) -> Self {
        self.probe = Some(Arc::new(probe));
        self
    }

    /// Does an operation, and answers what it answers.
    ///
    /// # Errors
    /// [`CasError`] as the operation says. Nothing was changed then, but for the audit log.
    pub fn run<O: ApplicantOperation>(&self, operation: &O) -> Result<O::Answer, CasError> {
        self.run_with_outcome(operation).map(|answered| answered.answer)
    }

    /// The same with what became of each item of the request, for which the service's answers have no place:
    /// which names of a CSR its certificate does not have, and why.
    ///
    /// # Errors
    /// As [`Cas::run`].
    pub fn run_with_outcome<O: ApplicantOperation>(
        &self,
        operation: &O,
    ) -> Result<Answered<O::Answer>, CasError> {
        self.answer(O::NAME, operation)
    }

    /// The operations that are not for applicants.
    pub fn operator(&self) -> Operator<'_> {
        Operator { cas: self }
    }

    /// The ledger: certificates, revocations and the audit log are found there too.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The rules.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Does an operation, and tries again when another change came first, unless it was done before
    /// under the same token: then its first answer is given again. The identifier of the request comes
    /// with the answer, and is in the error.
    pub(super) fn answer<O: Run>(
        &self,
        name: &str,
        operation: &O,
    ) -> Result<Answered<O::Answer>, CasError> {
        let (request_id, rows) = (self.request_id()?, self.ledger.rows("cas")?);
        let (key, token) = (OnceLock::new(), token::of(name, operation));
        let outcome = Mutex::default();
        let attempt = || {
            let session = Session {
                ledger: &self.ledger,
                rows: &rows,
                config: &self.config,
                clock: &self.clock,
                actor: &self.actor,
                probe: self.probe.as_deref(),
                opened: &self.opened,
                randomness: &self.randomness,
                key: &key,
                token: token.as_ref(),
                request_id: &request_id,
                outcome: &outcome,
                now: self.clock.now()?,
            };
            session.retried(|at| match token::answered(at)? {
                Some(earlier) => Ok(earlier),
                None => Ok((operation.run(at)?, request_id.clone())),
            })
        };
        let (answer, request_id) =
            attempt().map_err(|error: CasError| error.with_request_id(&request_id))?;
        let outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Answered { answer, outcome, request_id })
    }

    /// A new identifier of a request, for what is answered before an operation begins: a random UUID
    /// (RFC 9562 section 5.4) in capitals, as the service writes them.
    ///
    /// # Errors
    /// When the generator of random numbers fails.
    pub fn request_id(&self) -> Result<String, Error> {
        let number = u128::from_be_bytes(self.randomness.bytes()?);
        let number = number & !(0xF << 76) | 0x4 << 76;
        let number = number & !(0x3 << 62) | 0x2 << 62;
        let digits = format!("{number:032X}");
        let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
        Ok(parts.map(|(from, to)| digits.get(from..to).unwrap_or_default()).join("-"))
    }
}

impl fmt::Debug for Cas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cas({})", self.actor)
    }
}

/// The operations of whoever runs the service: they sell packages, vouch for the control of a domain and
/// sign revocation lists. [`Cas::call`] and [`Cas::run`] do none of it, so that who passes requests of
/// applicants on passes none of these ([`OPERATOR_OPERATIONS`](super::OPERATOR_OPERATIONS)).
///
/// ```
/// use certwright::cas::{Cas, Config};
/// use certwright::time::SystemClock;
/// use certwright::MemoryStore;
/// let cas = Cas::new(MemoryStore::default(), SystemClock, Config::default());
/// assert!(cas.call("AddPackage", r#"{ "Count": 5 }"#).is_err());
/// cas.operator().call("AddPackage", r#"{ "Count": 5 }"#)?;
/// cas.operator().add_package("digicert-free-1-free", 10)?;
/// # Ok::<(), certwright::cas::CasError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Operator<'c> {
    pub(super) cas: &'c Cas,
}

impl Operator<'_> {
    /// As [`Cas::run`], for the operations that only operators may use.
    ///
    /// # Errors
    /// As [`Cas::run`].
    pub fn run<O: OperatorOperation>(&self, operation: &O) -> Result<O::Answer, CasError> {
        self.run_with_outcome(operation).map(|answered| answered.answer)
    }

    /// As [`Cas::run_with_outcome`].
    ///
    /// # Errors
    /// As [`Cas::run`].
    pub fn run_with_outcome<O: OperatorOperation>(
        &self,
        operation: &O,
    ) -> Result<Answered<O::Answer>, CasError> {
        self.cas.answer(O::NAME, operation)
    }

    /// [`AddPackage`] for a product.
    ///
    /// # Errors
    /// As [`AddPackage`].
    pub fn add_package(&self, product: &str, count: i64) -> Result<DescribedPackage, CasError> {
        self.run(&AddPackage { product_code: Some(product.to_owned()), count })
    }

    /// [`AttestOrder`] for an order.
    ///
    /// # Errors
    /// As [`AttestOrder`].
    pub fn attest_order(&self, order_id: i64) -> Result<OrderProgress, CasError> {
        self.run(&AttestOrder { order_id })
    }
}
