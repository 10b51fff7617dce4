//! Object identifiers (ITU-T X.660), and those this crate knows by name.

mod names;

use std::fmt;
use std::str::FromStr;

use der::asn1::ObjectIdentifier;

use crate::error::Error;

/// An object identifier, such as `2.5.4.3`.
///
/// ```
/// use certwright::profile::Oid;
/// let oid: Oid = "1.3.6.1.5.5.7.3.1".parse()?;
/// assert_eq!(oid.to_string(), "1.3.6.1.5.5.7.3.1");
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Oid(ObjectIdentifier);

impl Oid {
    /// A known identifier; wrong text fails to compile.
    pub(crate) const fn known(text: &str) -> Self {
        Self(ObjectIdentifier::new_unwrap(text))
    }

    /// From the content bytes of its DER, if they are of the form.
    pub(crate) fn from_content(bytes: &[u8]) -> Option<Self> {
        ObjectIdentifier::from_bytes(bytes).ok().map(Self)
    }

    /// The name of a well-known key or signature algorithm, curve, extension or request attribute, as
    /// its standard writes it.
    ///
    /// ```
    /// let oid: certwright::profile::Oid = "1.3.101.112".parse()?;
    /// assert_eq!(oid.name(), Some("Ed25519"));
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn name(&self) -> Option<&'static str> {
        names::of(*self)
    }

    /// For messages: the name, where there is one, and the identifier.
    pub(crate) fn named(&self) -> String {
        match self.name() {
            Some(name) => format!("{name} ({self})"),
            None => self.to_string(),
        }
    }

    /// Whether it is this arc, or lies below.
    pub(crate) fn is_within(&self, arc: Self) -> bool {
        // Each arc ends with a byte whose first bit is zero (X.690 section 8.19.2), so that a prefix of
        // bytes is one of arcs.
        self.0.as_bytes().starts_with(arc.0.as_bytes())
    }

    pub(crate) const fn as_inner(&self) -> &ObjectIdentifier {
        &self.0
    }
}

impl From<ObjectIdentifier> for Oid {
    fn from(inner: ObjectIdentifier) -> Self {
        Self(inner)
    }
}

impl FromStr for Oid {
    type Err = Error;

    /// Reads dotted decimal text.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else, or for one longer than 39 encoded bytes.
    fn from_str(text: &str) -> Result<Self, Error> {
        ObjectIdentifier::new(text).map(Self).map_err(|_| {
            Error::malformed(
                "object identifier",
                crate::error::quoted(text),
                "not dotted decimal numbers",
            )
        })
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({})", self.0)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

// Public key algorithms and curves: RFC 3279, RFC 5480, GM/T 0006.
pub(crate) const RSA_ENCRYPTION: Oid = Oid::known("1.2.840.113549.1.1.1");
pub(crate) const EC_PUBLIC_KEY: Oid = Oid::known("1.2.840.10045.2.1");
pub(crate) const PRIME256V1: Oid = Oid::known("1.2.840.10045.3.1.7");
pub(crate) const SECP384R1: Oid = Oid::known("1.3.132.0.34");
pub(crate) const SECP521R1: Oid = Oid::known("1.3.132.0.35");
/// The curve sm2p256v1; some stacks also write it where the algorithm belongs.
pub(crate) const SM2P256V1: Oid = Oid::known("1.2.156.10197.1.301");

// Signature algorithms: RFC 4055, RFC 5758, GM/T 0006.
pub(crate) const SHA256_WITH_RSA: Oid = Oid::known("1.2.840.113549.1.1.11");
pub(crate) const SHA384_WITH_RSA: Oid = Oid::known("1.2.840.113549.1.1.12");
pub(crate) const SHA512_WITH_RSA: Oid = Oid::known("1.2.840.113549.1.1.13");
pub(crate) const ECDSA_WITH_SHA256: Oid = Oid::known("1.2.840.10045.4.3.2");
pub(crate) const ECDSA_WITH_SHA384: Oid = Oid::known("1.2.840.10045.4.3.3");
pub(crate) const ECDSA_WITH_SHA512: Oid = Oid::known("1.2.840.10045.4.3.4");
pub(crate) const SM2_WITH_SM3: Oid = Oid::known("1.2.156.10197.1.501");

// Encryption under a passphrase: RFC 8018.
pub(crate) const PBES2: Oid = Oid::known("1.2.840.113549.1.5.13");

// Certificate extensions: RFC 5280 section 4.2.
pub(crate) const SUBJECT_KEY_IDENTIFIER: Oid = Oid::known("2.5.29.14");
pub(crate) const KEY_USAGE: Oid = Oid::known("2.5.29.15");
pub(crate) const SUBJECT_ALT_NAME: Oid = Oid::known("2.5.29.17");
pub(crate) const BASIC_CONSTRAINTS: Oid = Oid::known("2.5.29.19");
pub(crate) const NAME_CONSTRAINTS: Oid = Oid::known("2.5.29.30");
pub(crate) const AUTHORITY_KEY_IDENTIFIER: Oid = Oid::known("2.5.29.35");
pub(crate) const EXTENDED_KEY_USAGE: Oid = Oid::known("2.5.29.37");
pub(crate) const CRL_DISTRIBUTION_POINTS: Oid = Oid::known("2.5.29.31");

pub(crate) const CERTIFICATE_POLICIES: Oid = Oid::known("2.5.29.32");
pub(crate) const POLICY_MAPPINGS: Oid = Oid::known("2.5.29.33");
pub(crate) const POLICY_CONSTRAINTS: Oid = Oid::known("2.5.29.36");
pub(crate) const INHIBIT_ANY_POLICY: Oid = Oid::known("2.5.29.54");

/// A policy that stands for all (RFC 5280 section 4.2.1.4).
pub(crate) const ANY_POLICY: Oid = Oid::known("2.5.29.32.0");

// CRL and CRL entry extensions: RFC 5280 sections 5.2 and 5.3.
pub(crate) const CRL_NUMBER: Oid = Oid::known("2.5.29.20");
pub(crate) const REASON_CODE: Oid = Oid::known("2.5.29.21");
pub(crate) const INVALIDITY_DATE: Oid = Oid::known("2.5.29.24");
pub(crate) const CERTIFICATE_ISSUER: Oid = Oid::known("2.5.29.29");
pub(crate) const DELTA_CRL_INDICATOR: Oid = Oid::known("2.5.29.27");
pub(crate) const FRESHEST_CRL: Oid = Oid::known("2.5.29.46");
pub(crate) const ISSUING_DISTRIBUTION_POINT: Oid = Oid::known("2.5.29.28");

// Request attributes: RFC 2985.
pub(crate) const CHALLENGE_PASSWORD: Oid = Oid::known("1.2.840.113549.1.9.7");
pub(crate) const EXTENSION_REQUEST: Oid = Oid::known("1.2.840.113549.1.9.14");
/// szOID_CERT_EXTENSIONS ([MS-WCCE] section 2.2.2.7.7): the same under Microsoft's identifier.
pub(crate) const MS_EXTENSION_REQUEST: Oid = Oid::known("1.3.6.1.4.1.311.2.1.14");
