//! What an operation runs at.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::config::Config;
use super::error::CasError;
use super::json::schema::Parameter;
use super::probe::DomainProbe;
use crate::key::{KeyGeneration, Randomness, WeakKeys};
use crate::ledger::{Identifier, Ledger, LedgerWriter, Row, Rows};
use crate::policy::{Decision, ReviewItem};
use crate::time::{Clock, Time};
use crate::{Error, Issuer, KeyAlgorithm, KeyPair};

/// What a single value is called on the wire, and what it is.
#[allow(unreachable_pub)]
pub type Named = Option<(&'static str, &'static str)>;

/// An operation with its parameters.
#[allow(unreachable_pub)]
pub trait Run: Parameter {
    /// What it answers.
    type Answer: Parameter;

    /// The name of the answer, where it is a single value; a structure's fields have names.
    const ANSWER: Named = None;

    /// What names this call: repeated with the same parameters, it is answered as the first time.
    fn client_token(&self) -> Option<&str> {
        None
    }

    /// Does it, whole or not at all; another attempt follows when another change came first.
    fn run(&self, at: &Session<'_>) -> Result<Self::Answer, CasError>;
}

/// One attempt of one call: the ledger it works on, the rules, and the time.
#[derive(Clone, Copy)]
#[allow(unreachable_pub)]
pub struct Session<'s> {
    pub(super) ledger: &'s Ledger,
    /// What the operations keep.
    pub(super) rows: &'s Rows,
    pub(super) config: &'s Config,
    pub(super) clock: &'s Arc<dyn Clock>,
    pub(super) actor: &'s Arc<str>,
    /// Looks up the challenges of orders.
    pub(super) probe: Option<&'s dyn DomainProbe>,
    pub(super) opened: &'s Mutex<Opened>,
    pub(super) randomness: &'s Randomness,
    /// The key that the call generates, once for all its attempts.
    pub(super) key: &'s OnceLock<Arc<KeyPair>>,
    pub(super) token: Option<&'s Token>,
    pub(super) request_id: &'s str,
    /// What became of each item of the request ([`Answered::outcome`]).
    pub(super) outcome: &'s Mutex<Vec<ReviewItem>>,
    /// When the attempt began.
    pub(super) now: Time,
}

/// What an operation answers, and what became of each item of its request.
#[derive(Clone, Debug, Default)]
pub struct Answered<T> {
    /// What it answers, as the service does.
    pub answer: T,
    /// What became of each item of a CSR, and of each parameter that another overruled: the service's
    /// answers have no place for it. Empty where nothing was asked for in two places.
    pub outcome: Vec<ReviewItem>,
    /// The identifier of the request.
    pub request_id: String,
}

impl<T> Answered<T> {
    /// What was asked for and is not in the certificate as it was asked for.
    pub fn left_out(&self) -> impl Iterator<Item = &ReviewItem> {
        self.outcome.iter().filter(|item| item.is_left_out())
    }

    /// The same with another answer.
    pub(super) fn map<U>(self, answer: impl FnOnce(T, &str) -> U) -> Answered<U> {
        let Self { answer: given, outcome, request_id } = self;
        Answered { answer: answer(given, &request_id), outcome, request_id }
    }
}

/// What names a call.
#[allow(unreachable_pub)]
pub struct Token {
    /// Where its answer is kept.
    pub(super) place: String,
    /// The name that was given.
    pub(super) given: String,
    /// SHA-256 of its parameters, in hexadecimal: they may hold what the store must not.
    pub(super) request: String,
}

/// Issuers whose keys were opened before, and the records that they were opened from.
#[allow(unreachable_pub)]
pub type Opened = HashMap<Identifier, (Row, Issuer)>;

impl Session<'_> {
    /// Attempts something, and again when another change came first.
    pub(super) fn retried<T>(
        &self,
        attempt: impl Fn(&Session<'_>) -> Result<T, CasError>,
    ) -> Result<T, CasError> {
        let again = || {
            // What an earlier attempt told is told again.
            self.outcome().clear();
            attempt(&Session { now: self.clock.now()?, ..*self })
        };
        self.ledger.retry(again, |error: &CasError| error.conflict)
    }

    /// Tells what became of items of a request.
    pub(super) fn tell(&self, items: impl IntoIterator<Item = ReviewItem>) {
        self.outcome().extend(items);
    }

    /// Tells of a parameter that another one overruled.
    pub(super) fn tell_overruled(&self, parameter: &'static str, given: &str, by: &str) {
        let decision = Decision::Overridden { by: by.to_owned() };
        let item = ReviewItem::new("parameter", format!("{parameter} {given}"), decision);
        self.tell([item]);
    }

    fn outcome(&self) -> MutexGuard<'_, Vec<ReviewItem>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes to the ledger in the name of who acts.
    pub(super) fn writer(&self) -> LedgerWriter {
        self.ledger.writer(self.actor, self.now)
    }

    /// Writes rows in one transaction, with an entry in the audit log.
    pub(super) fn write(
        &self,
        rows: impl IntoIterator<Item = Row>,
        detail: &str,
    ) -> Result<(), CasError> {
        Ok(self.writer().write_rows(rows, detail)?)
    }

    /// The key of this call: generated at the first attempt, and the same at every other.
    pub(super) fn key_once(
        &self,
        generate: impl FnOnce() -> Result<KeyPair, CasError>,
    ) -> Result<&Arc<KeyPair>, CasError> {
        if self.key.get().is_none() {
            // A private key can be kept, or the operation ends before it did anything.
            self.ledger.check_unlocked()?;
            let _ = self.key.set(Arc::new(generate()?));
        }
        self.key.get().ok_or_else(|| CasError::new(super::error::ErrorKind::Other, "no key"))
    }

    /// A new key.
    pub(super) fn generate_key(
        &self,
        algorithm: KeyAlgorithm,
        weak_keys: WeakKeys,
    ) -> Result<KeyPair, Error> {
        let generation = KeyGeneration::new(algorithm).weak_keys(weak_keys);
        let key = generation
            .arithmetic(self.config.arithmetic)
            .generate_with(&mut self.randomness.clone())?;
        Ok(key.with_rng(self.randomness.clone()))
    }

    /// A private key that is handed out, which the audit log tells of first.
    pub(super) fn exported_key(&self, name: &str) -> Result<Option<KeyPair>, CasError> {
        Ok(self.writer().export_key(name)?)
    }

    /// A private key that works for the caller, which the audit log tells of first.
    pub(super) fn used_key(&self, name: &str, purpose: &str) -> Result<Option<KeyPair>, CasError> {
        Ok(self.writer().use_key(name, purpose)?)
    }

    /// The issuers that were opened. A panic elsewhere leaves the map whole.
    pub(super) fn opened(&self) -> MutexGuard<'_, Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
