//! Why a chain does not verify.

use std::fmt;

/// Why a chain does not verify: which link, which rule.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
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
        let Self { link, subject, rule, detail } = self;
        write!(f, "link {link} ({subject}) breaks the rule on {rule}: {detail}")
    }
}

/// The rules of path validation (RFC 5280 section 6).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ChainRule {
    /// The key of a certificate, or the algorithm of its signature, is one that this crate does not use
    /// (6.1.4 d to f, 6.1.5 c to e).
    Algorithm,
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
    /// Name constraints of an issuer (6.1.3 b, c).
    NameConstraints,
    /// issuer = subject of the next certificate (6.1.3 a 4).
    Names,
    /// pathLenConstraint of an issuer (6.1.4 l, m).
    PathLength,
    /// Certificate policies: their extensions, or that a path is valid for none where one is required
    /// (6.1.3 f, 6.1.4 a, 6.1.5 g).
    Policies,
    /// The revocation status (6.1.3 a 3, 6.3).
    Revocation,
    /// A serial number that is not positive, or longer than 20 bytes (4.1.2.2). That of a trust anchor
    /// does not count.
    SerialNumber,
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
            Self::Algorithm => "algorithms",
            Self::BasicConstraints => "basic constraints",
            Self::CriticalExtension => "critical extensions",
            Self::ExtendedKeyUsage => "extended key usage",
            Self::KeyIdentifier => "key identifiers",
            Self::KeyUsage => "key usage",
            Self::NameConstraints => "name constraints",
            Self::Names => "issuer and subject names",
            Self::PathLength => "path length",
            Self::Policies => "certificate policies",
            Self::Revocation => "revocation",
            Self::SerialNumber => "serial numbers",
            Self::Signature => "signatures",
            Self::SubjectAltName => "subject alternative names",
            Self::Trust => "trust anchors",
            Self::Validity => "validity",
        })
    }
}
