//! What can go wrong, named by who must act.

use std::error::Error as StdError;
use std::fmt;

/// Every failure of this crate.
///
/// The variants are named by who must act on them: the sender of malformed or unsupported input, the
/// requester whose request was denied, the operator whose signer or store failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A chain does not verify; says which link and which rule.
    Chain(ChainError),
    /// A request or a certificate to be issued breaks rules; all of them are listed.
    Denied(Denied),
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
}

impl Error {
    /// Input that cannot be read: what it is, where in it, and what is wrong there.
    pub fn malformed(
        what: &'static str,
        place: impl Into<String>,
        problem: impl Into<String>,
    ) -> Self {
        Self::Malformed(Malformed {
            what,
            place: place.into(),
            problem: problem.into(),
        })
    }

    /// Well-formed input that asks for something this build does not do.
    pub fn unsupported(
        what: &'static str,
        given: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self::Unsupported {
            what,
            given: given.into(),
            allowed: allowed.into(),
        }
    }

    /// The reasons of a denial, or an empty slice for any other error.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Denied(denied) | Self::NotAnIssuer(denied) => &denied.reasons,
            _ => &[],
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain(chain) => chain.fmt(f),
            Self::Denied(denied) => write!(f, "denied: {denied}"),
            Self::InvalidSignature { what } => {
                write!(f, "the signature of the {what} does not verify")
            }
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::NotAnIssuer(denied) => write!(f, "cannot issue: {denied}"),
            Self::Random { .. } => f.write_str("the random number generator failed"),
            Self::Signer(signer) => signer.fmt(f),
            Self::Store(store) => store.fmt(f),
            Self::Unsupported {
                what,
                given,
                allowed,
            } => {
                write!(f, "unsupported {what}: given {given}, allowed {allowed}")
            }
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Random { source } => Some(source.as_ref()),
            Self::Signer(signer) => signer.source(),
            Self::Store(store) => store.source(),
            _ => None,
        }
    }
}

/// Input that cannot be read, or an argument outside its range.
#[derive(Clone, Debug, Eq, PartialEq)]
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

/// A refusal: every rule that was broken, not only the first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Denied {
    /// At least one reason.
    pub reasons: Vec<Reason>,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, reason) in self.reasons.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            reason.fmt(f)?;
        }
        Ok(())
    }
}

/// One broken rule: which, on what item, what was given and what is allowed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reason {
    /// The rule, for programs.
    pub rule: Rule,
    /// The item it was broken by, such as "alternative name".
    pub item: &'static str,
    /// What was given.
    pub given: String,
    /// What is allowed.
    pub allowed: String,
}

impl Reason {
    /// A reason from its four parts.
    pub fn new(
        rule: Rule,
        item: &'static str,
        given: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            item,
            given: given.into(),
            allowed: allowed.into(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: given {}, allowed {}",
            self.item, self.given, self.allowed
        )
    }
}

/// The rules a request or an issuance can break.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Rule {
    /// The request asks to be a CA and the profile does not make one.
    CaRequested,
    /// The profile asks for an extension twice, or for one that the engine writes itself.
    DuplicateExtension,
    /// The certificate would name nobody: no subject and no alternative name.
    EmptySubject,
    /// The request asks for an extension that the policy does not grant.
    ExtensionRequested,
    /// The request asks for an extended key usage that the profile does not give.
    ExtendedKeyUsageRequested,
    /// The issuer's extended key usages do not cover the certificate's (CA/Browser BR 7.1.2.10.6).
    IssuerExtendedKeyUsage,
    /// The issuer is not a CA (RFC 5280 section 4.2.1.9).
    IssuerNotCa,
    /// The issuer's key usage does not include keyCertSign (RFC 5280 section 4.2.1.3).
    IssuerKeyUsage,
    /// The signer's key is not the key of the issuer's certificate.
    IssuerKeyMismatch,
    /// The issuer is not valid at this time.
    IssuerValidity,
    /// The key's algorithm is not among those the policy allows.
    KeyAlgorithm,
    /// The key's family is not the issuer's.
    KeyFamily,
    /// The request asks for a key usage that the profile does not give.
    KeyUsageRequested,
    /// The key is one that an attacker can break.
    KeyWeak,
    /// The lifetime is longer than the policy allows, or is zero.
    Lifetime,
    /// The issuer's name constraints do not permit the name (RFC 5280 section 4.2.1.10).
    NameConstraints,
    /// The name is not well formed.
    NameMalformed,
    /// The policy does not allow the name.
    NameNotAllowed,
    /// A TLS server certificate needs at least one alternative name (RFC 9525 section 2).
    NoAltName,
    /// The certificate would be valid past its issuer's end.
    OutlivesIssuer,
    /// The issuer's pathLenConstraint leaves no room (RFC 5280 section 4.2.1.9).
    PathLength,
    /// A root issues a leaf and the policy forbids that.
    RootIssuesLeaf,
    /// The policy does not allow the subject attribute.
    SubjectNotAllowed,
    /// The instant or period is inverted or out of range.
    Validity,
}

/// Why a chain does not verify: which link, which rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChainError {
    /// The position of the certificate at fault: 0 is the leaf.
    pub link: usize,
    /// That certificate's subject.
    pub subject: String,
    /// The rule it breaks.
    pub rule: ChainRule,
    /// What was found and what is allowed.
    pub detail: String,
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            link,
            subject,
            rule,
            detail,
        } = self;
        write!(
            f,
            "link {link} ({subject}) breaks the rule on {rule}: {detail}"
        )
    }
}

/// The rules of path validation (RFC 5280 section 6).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ChainRule {
    /// basicConstraints of an issuer (6.1.4 k).
    BasicConstraints,
    /// A critical extension that is not understood (6.1.4 o).
    CriticalExtension,
    /// Extended key usage, of the leaf or an issuer.
    ExtendedKeyUsage,
    /// The authority key identifier names another issuer key (4.2.1.1).
    KeyIdentifier,
    /// keyCertSign of an issuer (6.1.4 n).
    KeyUsage,
    /// The number of certificates in the chain.
    Length,
    /// Name constraints of an issuer (6.1.3 b, c).
    NameConstraints,
    /// issuer = subject of the next certificate (6.1.3 a 4).
    Names,
    /// pathLenConstraint of an issuer (6.1.4 l, m).
    PathLength,
    /// The signature (6.1.3 a 1).
    Signature,
    /// The name the caller asked the leaf to cover (RFC 9525).
    SubjectAltName,
    /// The chain ends in no trust anchor (6.1.1 d).
    Trust,
    /// The validity period (6.1.3 a 2).
    Validity,
}

impl fmt::Display for ChainRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BasicConstraints => "basic constraints",
            Self::CriticalExtension => "critical extensions",
            Self::ExtendedKeyUsage => "extended key usage",
            Self::KeyIdentifier => "key identifiers",
            Self::KeyUsage => "key usage",
            Self::Length => "chain length",
            Self::NameConstraints => "name constraints",
            Self::Names => "issuer and subject names",
            Self::PathLength => "path length",
            Self::Signature => "signatures",
            Self::SubjectAltName => "subject alternative names",
            Self::Trust => "trust anchors",
            Self::Validity => "validity",
        })
    }
}

/// A signer failed, or returned a signature that does not verify.
#[derive(Debug)]
pub struct SignerError {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl SignerError {
    /// An error with a message and no cause.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// An error with the cause that the device or library reported.
    pub fn with_source(
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            message: message.into(),
            source: Some(source.into()),
        }
    }
}

impl fmt::Display for SignerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the signer failed: {}", self.message)
    }
}

impl StdError for SignerError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_ref()
            .map(|source| &**source as &(dyn StdError + 'static))
    }
}

impl From<SignerError> for Error {
    fn from(error: SignerError) -> Self {
        Self::Signer(error)
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
    /// The record exists already, such as a serial number claimed before.
    Conflict,
    /// A record cannot be read: an unknown version, or damaged.
    Corrupt,
    /// No such record.
    NotFound,
}

impl StoreError {
    /// An error of the given kind, without a cause.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// A failure of the backend, with its cause.
    pub fn backend(
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            kind: StoreErrorKind::Backend,
            message: message.into(),
            source: Some(source.into()),
        }
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
        self.source
            .as_ref()
            .map(|source| &**source as &(dyn StdError + 'static))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
