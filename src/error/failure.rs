//! Failures of what is plugged in: signers and stores.

use std::error::Error as StdError;
use std::fmt;

use super::shown::scrubbed;

/// A signer failed, or returned a signature that does not verify.
#[derive(Debug)]
pub struct SignerError {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl SignerError {
    /// An error with a message and no cause.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: scrubbed(message.into()), source: None }
    }

    /// An error with the cause that the device or library reported.
    pub fn with_source(
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { message: scrubbed(message.into()), source: Some(source.into()) }
    }
}

impl fmt::Display for SignerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the signer failed: {}", self.message)
    }
}

impl StdError for SignerError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

/// The store failed, or holds a record that contradicts the operation.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of store failure it was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store could not read or write.
    Backend,
    /// What was to be made exists already: a record, such as a serial number claimed before, or a
    /// file.
    Conflict,
    /// A record cannot be read: an unknown version, or damaged; or the file is no store, or a
    /// damaged one.
    Corrupt,
    /// Others than its owner may read or write the file of the store.
    Exposed,
    /// The store is open elsewhere.
    Locked,
    /// No such record, or no such file.
    NotFound,
    /// Private keys are sealed, and the key that opens them was not given, or another was.
    Sealed,
    /// The store, on another machine, cannot be reached or used now, and nothing was written: try again later.
    Unavailable,
}

impl StoreError {
    /// An error of the given kind, without a cause.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: scrubbed(message.into()), source: None }
    }

    /// A failure of the backend, with its cause.
    pub fn backend(
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::with_source(StoreErrorKind::Backend, message, source)
    }

    /// An error of the given kind, with its cause.
    pub fn with_source(
        kind: StoreErrorKind,
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { kind, message: scrubbed(message.into()), source: Some(source.into()) }
    }

    /// A store that answered well and did not run what it was given.
    pub(crate) fn ran_nothing() -> Self {
        Self::new(StoreErrorKind::Backend, "the store ran no transaction")
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "store: {}", self.message)
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
