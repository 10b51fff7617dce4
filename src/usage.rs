//! Key usage and extended key usage (RFC 5280 sections 4.2.1.3 and 4.2.1.12).

use std::fmt;
use std::ops::BitOr;

use crate::oid::Oid;

/// A set of key usages.
///
/// ```
/// use certwright::profile::KeyUsage;
/// let usage = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT;
/// assert!(usage.contains(KeyUsage::DIGITAL_SIGNATURE));
/// assert_eq!(usage.to_string(), "digitalSignature, keyEncipherment");
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct KeyUsage {
    /// Bit n of RFC 5280's BIT STRING is `1 << n`.
    bits: u16,
}

impl KeyUsage {
    /// No usage.
    pub const NONE: Self = Self { bits: 0 };
    /// digitalSignature (0).
    pub const DIGITAL_SIGNATURE: Self = Self { bits: 1 };
    /// nonRepudiation, also called contentCommitment (1).
    pub const CONTENT_COMMITMENT: Self = Self { bits: 1 << 1 };
    /// keyEncipherment (2).
    pub const KEY_ENCIPHERMENT: Self = Self { bits: 1 << 2 };
    /// dataEncipherment (3).
    pub const DATA_ENCIPHERMENT: Self = Self { bits: 1 << 3 };
    /// keyAgreement (4).
    pub const KEY_AGREEMENT: Self = Self { bits: 1 << 4 };
    /// keyCertSign (5).
    pub const KEY_CERT_SIGN: Self = Self { bits: 1 << 5 };
    /// cRLSign (6).
    pub const CRL_SIGN: Self = Self { bits: 1 << 6 };
    /// encipherOnly (7).
    pub const ENCIPHER_ONLY: Self = Self { bits: 1 << 7 };
    /// decipherOnly (8).
    pub const DECIPHER_ONLY: Self = Self { bits: 1 << 8 };

    const NAMES: [&'static str; 9] = [
        "digitalSignature",
        "contentCommitment",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];

    /// Whether every usage of `other` is in the set.
    pub const fn contains(self, other: Self) -> bool {
        self.bits & other.bits == other.bits
    }

    /// Whether the sets have a usage in common.
    pub const fn intersects(self, other: Self) -> bool {
        self.bits & other.bits != 0
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The usages of this set that are not in `other`.
    pub const fn without(self, other: Self) -> Self {
        Self { bits: self.bits & !other.bits }
    }

    pub(crate) const fn bits(self) -> u16 {
        self.bits
    }

    pub(crate) const fn from_bits(bits: u16) -> Self {
        Self { bits: bits & 0x1ff }
    }
}

impl BitOr for KeyUsage {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self { bits: self.bits | other.bits }
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Self::NAMES
            .iter()
            .enumerate()
            .filter(|(bit, _)| self.bits >> bit & 1 == 1)
            .map(|(_, name)| *name)
            .collect();
        f.write_str(if names.is_empty() { "none" } else { "" })?;
        f.write_str(&names.join(", "))
    }
}

/// One extended key usage.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ExtendedKeyUsage(Oid);

impl ExtendedKeyUsage {
    /// anyExtendedKeyUsage.
    pub const ANY: Self = Self(Oid::known("2.5.29.37.0"));
    /// id-kp-clientAuth.
    pub const CLIENT_AUTH: Self = Self(Oid::known("1.3.6.1.5.5.7.3.2"));
    /// id-kp-codeSigning.
    pub const CODE_SIGNING: Self = Self(Oid::known("1.3.6.1.5.5.7.3.3"));
    /// id-kp-emailProtection.
    pub const EMAIL_PROTECTION: Self = Self(Oid::known("1.3.6.1.5.5.7.3.4"));
    /// id-kp-OCSPSigning.
    pub const OCSP_SIGNING: Self = Self(Oid::known("1.3.6.1.5.5.7.3.9"));
    /// id-kp-serverAuth.
    pub const SERVER_AUTH: Self = Self(Oid::known("1.3.6.1.5.5.7.3.1"));
    /// id-kp-timeStamping.
    pub const TIME_STAMPING: Self = Self(Oid::known("1.3.6.1.5.5.7.3.8"));

    /// Any other usage, by its object identifier.
    pub const fn other(oid: Oid) -> Self {
        Self(oid)
    }

    /// The object identifier.
    pub const fn oid(&self) -> Oid {
        self.0
    }

    /// The key usages that are consistent with this purpose (RFC 5280 section 4.2.1.12): a
    /// certificate that lists key usages and none of these may not be used for it. None for
    /// anyExtendedKeyUsage and for purposes that RFC 5280 does not define.
    ///
    /// ```
    /// use certwright::profile::{ExtendedKeyUsage, KeyUsage};
    /// let signing = ExtendedKeyUsage::CODE_SIGNING.consistent_key_usage();
    /// assert_eq!(signing, Some(KeyUsage::DIGITAL_SIGNATURE));
    /// ```
    pub fn consistent_key_usage(&self) -> Option<KeyUsage> {
        let (signs, commits) = (KeyUsage::DIGITAL_SIGNATURE, KeyUsage::CONTENT_COMMITMENT);
        let (enciphers, agrees) = (KeyUsage::KEY_ENCIPHERMENT, KeyUsage::KEY_AGREEMENT);
        Some(match *self {
            Self::SERVER_AUTH => signs | enciphers | agrees,
            Self::CLIENT_AUTH => signs | agrees,
            Self::CODE_SIGNING => signs,
            Self::EMAIL_PROTECTION => signs | commits | enciphers | agrees,
            Self::TIME_STAMPING | Self::OCSP_SIGNING => signs | commits,
            _ => return None,
        })
    }

    /// Whether a key of these usages, where any are listed, may be used for this purpose.
    pub(crate) fn is_consistent_with(&self, usage: KeyUsage) -> bool {
        self.consistent_key_usage().is_none_or(|consistent| usage.intersects(consistent))
    }
}

impl fmt::Display for ExtendedKeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ANY => f.write_str("anyExtendedKeyUsage"),
            Self::CLIENT_AUTH => f.write_str("clientAuth"),
            Self::CODE_SIGNING => f.write_str("codeSigning"),
            Self::EMAIL_PROTECTION => f.write_str("emailProtection"),
            Self::OCSP_SIGNING => f.write_str("OCSPSigning"),
            Self::SERVER_AUTH => f.write_str("serverAuth"),
            Self::TIME_STAMPING => f.write_str("timeStamping"),
            Self(oid) => oid.fmt(f),
        }
    }
}

/// What comma-separated display of extended key usages looks like.
pub(crate) fn list(usages: &[ExtendedKeyUsage]) -> String {
    if usages.is_empty() {
        return "none".to_owned();
    }
    usages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
