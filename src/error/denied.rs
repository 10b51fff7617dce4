//! Denials: every rule that a request or an issuance breaks.

use std::fmt;

use super::shown::scrubbed;

/// A refusal: every rule that was broken, not only the first.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
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
#[non_exhaustive]
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
        let (given, allowed) = (scrubbed(given.into()), scrubbed(allowed.into()));
        Self { rule, item, given, allowed }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: given {}, allowed {}", self.item, self.given, self.allowed)
    }
}

/// The rules a request or an issuance can break.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Rule {
    /// The request asks to be a CA and the profile does not make one.
    CaRequested,
    /// A delta CRL names a base that is not the last full CRL of its shard.
    CrlBase,
    /// A CRL would be dated before the last one, or far ahead of the ledger.
    CrlDate,
    /// No CRL number is left after the last.
    CrlNumber,
    /// The issuer's distribution has no such shard.
    CrlShard,
    /// The profile asks for an extension twice, or for one that the engine writes itself.
    DuplicateExtension,
    /// The certificate would name nobody: no subject and no alternative name.
    EmptySubject,
    /// The profile gives an extension whose value is no DER.
    ExtensionMalformed,
    /// The request asks for an extension that the policy does not grant.
    ExtensionRequested,
    /// The request asks for an extended key usage that the profile does not give.
    ExtendedKeyUsageRequested,
    /// A record of another engine, such as a line of `index.txt`, cannot be taken over.
    ForeignRecord,
    /// The issuer's extended key usages do not cover the certificate's (CA/Browser BR 7.1.2.10.6).
    IssuerExtendedKeyUsage,
    /// The issuer is not a CA (RFC 5280 section 4.2.1.9).
    IssuerNotCa,
    /// The issuer's key usage does not include keyCertSign (RFC 5280 section 4.2.1.3).
    IssuerKeyUsage,
    /// The signer's key is not the key of the issuer's certificate.
    IssuerKeyMismatch,
    /// The issuer, or a CA above it, is revoked.
    IssuerRevoked,
    /// The issuer is not valid at this time.
    IssuerValidity,
    /// The key's algorithm is not among those the policy allows.
    KeyAlgorithm,
    /// The key's family is not the issuer's.
    KeyFamily,
    /// A purpose of the certificate is consistent with none of its key usages (RFC 5280 section
    /// 4.2.1.12).
    KeyUsageInconsistent,
    /// The request asks for a key usage that the profile does not give.
    KeyUsageRequested,
    /// The key is one that an attacker can break.
    KeyWeak,
    /// The lifetime is longer than the policy allows, or is zero.
    Lifetime,
    /// What would be signed breaks a rule of the linter (`Linter::rules`).
    Lint,
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
    /// The idempotency token was used for another request.
    TokenReused,
    /// The instant or period is inverted or out of range.
    Validity,
}

impl Rule {
    /// The rule's name in programs and logs, which does not change.
    ///
    /// ```
    /// use certwright::error::Rule;
    /// assert_eq!(Rule::NameNotAllowed.as_str(), "name-not-allowed");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CaRequested => "ca-requested",
            Self::CrlBase => "crl-base",
            Self::CrlDate => "crl-date",
            Self::CrlNumber => "crl-number",
            Self::CrlShard => "crl-shard",
            Self::DuplicateExtension => "duplicate-extension",
            Self::EmptySubject => "empty-subject",
            Self::ExtensionMalformed => "extension-malformed",
            Self::ExtensionRequested => "extension-requested",
            Self::ExtendedKeyUsageRequested => "extended-key-usage-requested",
            Self::ForeignRecord => "foreign-record",
            Self::IssuerExtendedKeyUsage => "issuer-extended-key-usage",
            Self::IssuerNotCa => "issuer-not-ca",
            Self::IssuerKeyUsage => "issuer-key-usage",
            Self::IssuerKeyMismatch => "issuer-key-mismatch",
            Self::IssuerRevoked => "issuer-revoked",
            Self::IssuerValidity => "issuer-validity",
            Self::KeyAlgorithm => "key-algorithm",
            Self::KeyFamily => "key-family",
            Self::KeyUsageInconsistent => "key-usage-inconsistent",
            Self::KeyUsageRequested => "key-usage-requested",
            Self::KeyWeak => "key-weak",
            Self::Lifetime => "lifetime",
            Self::Lint => "lint",
            Self::NameConstraints => "name-constraints",
            Self::NameMalformed => "name-malformed",
            Self::NameNotAllowed => "name-not-allowed",
            Self::NoAltName => "no-alt-name",
            Self::OutlivesIssuer => "outlives-issuer",
            Self::PathLength => "path-length",
            Self::RootIssuesLeaf => "root-issues-leaf",
            Self::SubjectNotAllowed => "subject-not-allowed",
            Self::TokenReused => "token-reused",
            Self::Validity => "validity",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
