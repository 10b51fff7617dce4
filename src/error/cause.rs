//! The error of every call, and input that cannot be read.

use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::{fmt, io};

use super::chain::ChainError;
use super::denied::{Denied, Reason};
use super::failure::{SignerError, StoreError, StoreErrorKind};
use super::shown::{scrubbed, shown_path};

/// Every failure of this crate.
///
/// The variants are named by who must act on them: the sender of malformed or unsupported input, the
/// requester whose request was denied, the operator whose signer, store or file failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The caller broke it off.
    Cancelled {
        /// What was going on, such as "key generation".
        what: &'static str,
    },
    /// A chain does not verify; says which link and which rule.
    Chain(ChainError),
    /// A request or a certificate to be issued breaks rules; all of them are listed.
    Denied(Denied),
    /// A file or folder cannot be read or written.
    File {
        /// Which.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A signature does not verify.
    InvalidSignature {
        /// What was signed, such as "certificate request".
        what: &'static str,
    },
    /// Input that cannot be read, or an argument outside its range.
    Malformed(Malformed),
    /// A certificate or key that cannot issue: not a CA, a key that does not match, expired.
    NotAnIssuer(Denied),
    /// The system's random number generator failed.
    Random {
        /// The cause.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A signer (a key in memory, an HSM) failed, or returned a signature that does not verify.
    Signer(SignerError),
    /// The store failed, or holds a record that contradicts the operation.
    Store(StoreError),
    /// Well-formed input that asks for something this build does not do.
    Unsupported {
        /// What it is, such as "public key algorithm".
        what: &'static str,
        /// What was given.
        given: String,
        /// What is allowed.
        allowed: String,
    },
    /// A passphrase does not open what is encrypted under it; or that was damaged: of most encryption, one
    /// cannot be told from the other.
    WrongPassphrase {
        /// What is encrypted, such as "encrypted private key".
        what: &'static str,
    },
}

impl Error {
    /// Input that cannot be read: what it is, where in it, and what is wrong there.
    pub fn malformed(
        what: &'static str,
        place: impl Into<String>,
        problem: impl Into<String>,
    ) -> Self {
        let (place, problem) = (scrubbed(place.into()), scrubbed(problem.into()));
        Self::Malformed(Malformed { what, place, problem })
    }

    /// Well-formed input that asks for something this build does not do.
    pub fn unsupported(
        what: &'static str,
        given: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        let (given, allowed) = (scrubbed(given.into()), scrubbed(allowed.into()));
        Self::Unsupported { what, given, allowed }
    }

    /// A file or folder that cannot be read or written. A path that may be a private key, given by
    /// mistake, is not kept.
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: shown_path(path).into(), source }
    }

    /// What is wrong, without what it is and where; of other errors than malformed input, all of it. For
    /// whoever reads a part of a text, and says himself where.
    pub(crate) fn problem(&self) -> String {
        match self {
            Self::Malformed(malformed) => malformed.problem.clone(),
            other => other.to_string(),
        }
    }

    /// The reasons of a denial, or an empty slice for any other error.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Denied(denied) | Self::NotAnIssuer(denied) => &denied.reasons,
            _ => &[],
        }
    }

    /// Whether another was faster, or something is taken ([`StoreErrorKind::Conflict`]): read again,
    /// and decide again.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.kind() == StoreErrorKind::Conflict)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled { what } => write!(f, "{what} was cancelled"),
            Self::Chain(chain) => chain.fmt(f),
            Self::Denied(denied) => write!(f, "denied: {denied}"),
            Self::File { path, source } => write!(f, "{}: {source}", path.display()),
            Self::InvalidSignature { what } => {
                write!(f, "the signature of the {what} does not verify")
            }
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::NotAnIssuer(denied) => write!(f, "cannot issue: {denied}"),
            Self::Random { .. } => f.write_str("the random number generator failed"),
            Self::Signer(signer) => signer.fmt(f),
            Self::Store(store) => store.fmt(f),
            Self::Unsupported { what, given, allowed } => {
                write!(f, "unsupported {what}: given {given}, allowed {allowed}")
            }
            Self::WrongPassphrase { what } => {
                write!(f, "the passphrase of the {what} is wrong, or the key is damaged")
            }
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::File { source, .. } => Some(source),
            Self::Random { source } => Some(source.as_ref()),
            Self::Signer(signer) => signer.source(),
            Self::Store(store) => store.source(),
            _ => None,
        }
    }
}

/// Input that cannot be read, or an argument outside its range.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Malformed {
    /// What was read, such as "certificate".
    pub what: &'static str,
    /// Where in it, such as "extension 2.5.29.17".
    pub place: String,
    /// What is wrong there, and what is allowed.
    pub problem: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed {}", self.what)?;
        if !self.place.is_empty() {
            write!(f, ", {}", self.place)?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl From<SignerError> for Error {
    fn from(error: SignerError) -> Self {
        Self::Signer(error)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
