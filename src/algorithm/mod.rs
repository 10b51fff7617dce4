//! Key and signature algorithms.

mod identifier;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::limits::RSA_BITS;

pub use self::identifier::SignatureIdentifier;

/// The three families of keys. A certificate's key is of its issuer's family, unless a policy says
/// otherwise ([`Policy::allow_key_families`](crate::Policy::allow_key_families)).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum KeyFamily {
    /// ECDSA over the NIST curves.
    Ecc,
    /// RSA.
    Rsa,
    /// SM2 (GB/T 32918).
    Sm2,
}

impl fmt::Display for KeyFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ecc => "ECC",
            Self::Rsa => "RSA",
            Self::Sm2 => "SM2",
        })
    }
}

/// The keys this crate generates, reads and certifies.
///
/// Its text form is the name of the standards: `P-256`, `P-384`, `P-521`, `RSA-2048`, `SM2`.
///
/// ```
/// use certwright::KeyAlgorithm;
/// let algorithm: KeyAlgorithm = "P-384".parse()?;
/// assert_eq!(algorithm, KeyAlgorithm::EcdsaP384);
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// ECDSA over P-256 (FIPS 186-5, SP 800-186).
    EcdsaP256,
    /// ECDSA over P-384.
    EcdsaP384,
    /// ECDSA over P-521.
    EcdsaP521,
    /// RSA with a modulus of 1024 bits: breakable, and refused unless [`WeakKeys`] says otherwise.
    Rsa1024,
    /// RSA with a modulus of 2048 bits.
    Rsa2048,
    /// RSA with a modulus of 3072 bits.
    Rsa3072,
    /// RSA with a modulus of 4096 bits.
    Rsa4096,
    /// RSA with a modulus of another size, of 2049 to 8192 bits ([`KeyAlgorithm::rsa`]): public keys are
    /// read and verify signatures, and are certified where a policy lists the size
    /// ([`Policy::with_keys`](crate::Policy::with_keys)). No such key is generated, and no private one read.
    RsaOther(RsaBits),
    /// SM2 over sm2p256v1 (GB/T 32918.5).
    Sm2,
}

impl KeyAlgorithm {
    /// Every algorithm that is not dangerous, weakest of each family first: P-256, P-384, P-521, RSA of 2048,
    /// 3072 and 4096 bits, SM2.
    pub const STRONG: [Self; 7] = [
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::EcdsaP521,
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
        Self::Sm2,
    ];

    /// RSA with a modulus of exactly this many bits.
    ///
    /// ```
    /// use certwright::{KeyAlgorithm, Policy, Profile};
    /// let sizes = [KeyAlgorithm::Rsa2048, KeyAlgorithm::rsa(2560)?];
    /// let policy = Policy::new(Profile::tls_server()).with_keys(sizes);
    /// assert!(KeyAlgorithm::rsa(1536).is_err());
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] for other sizes than 1024 and 2048 to 8192 bits.
    pub fn rsa(bits: u32) -> Result<Self, Error> {
        Self::rsa_of_bits(bits).ok_or_else(|| {
            let allowed = "RSA of 1024 bits, or of 2048 to 8192 bits";
            Error::unsupported("key algorithm", format!("RSA of {bits} bits"), allowed)
        })
    }

    /// The family.
    pub const fn family(self) -> KeyFamily {
        match self {
            Self::EcdsaP256 | Self::EcdsaP384 | Self::EcdsaP521 => KeyFamily::Ecc,
            Self::Rsa1024 | Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 | Self::RsaOther(_) => {
                KeyFamily::Rsa
            }
            Self::Sm2 => KeyFamily::Sm2,
        }
    }

    /// The size in bits: of the modulus for RSA, of the field for curves.
    pub const fn bits(self) -> u32 {
        match self {
            Self::EcdsaP256 | Self::Sm2 => 256,
            Self::EcdsaP384 => 384,
            Self::EcdsaP521 => 521,
            Self::Rsa1024 => 1024,
            Self::Rsa2048 => 2048,
            Self::Rsa3072 => 3072,
            Self::Rsa4096 => 4096,
            Self::RsaOther(RsaBits(bits)) => bits as u32,
        }
    }

    /// The signature algorithm a key of this kind uses unless told otherwise: a hash as strong as
    /// the key (SP 800-57 part 1, table 3).
    pub const fn default_signature(self) -> SignatureAlgorithm {
        match self {
            Self::EcdsaP256 => SignatureAlgorithm::EcdsaSha256,
            Self::EcdsaP384 => SignatureAlgorithm::EcdsaSha384,
            Self::EcdsaP521 => SignatureAlgorithm::EcdsaSha512,
            Self::Rsa1024 | Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 | Self::RsaOther(_) => {
                SignatureAlgorithm::RsaSha256
            }
            Self::Sm2 => SignatureAlgorithm::Sm2Sm3,
        }
    }

    /// The RSA algorithm whose modulus has exactly this many bits.
    pub(crate) const fn rsa_of_bits(bits: u32) -> Option<Self> {
        match bits {
            1024 => Some(Self::Rsa1024),
            2048 => Some(Self::Rsa2048),
            3072 => Some(Self::Rsa3072),
            4096 => Some(Self::Rsa4096),
            2049..=RSA_BITS => Some(Self::RsaOther(RsaBits(bits as u16))),
            _ => None,
        }
    }
}

/// The size of an RSA modulus that [`KeyAlgorithm`] has no name for: from 2049 to 8192 bits, and neither
/// 3072 nor 4096. [`KeyAlgorithm::rsa`] makes it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RsaBits(u16);

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RsaOther(RsaBits(bits)) => return write!(f, "RSA-{bits}"),
            Self::EcdsaP256 => "P-256",
            Self::EcdsaP384 => "P-384",
            Self::EcdsaP521 => "P-521",
            Self::Rsa1024 => "RSA-1024",
            Self::Rsa2048 => "RSA-2048",
            Self::Rsa3072 => "RSA-3072",
            Self::Rsa4096 => "RSA-4096",
            Self::Sm2 => "SM2",
        })
    }
}

impl FromStr for KeyAlgorithm {
    type Err = Error;

    /// Reads the names that are shown, such as `P-256` or `RSA-2560`, in this spelling.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for any other text.
    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(match text {
            "P-256" => Self::EcdsaP256,
            "P-384" => Self::EcdsaP384,
            "P-521" => Self::EcdsaP521,
            "RSA-1024" => Self::Rsa1024,
            "RSA-2048" => Self::Rsa2048,
            "RSA-3072" => Self::Rsa3072,
            "RSA-4096" => Self::Rsa4096,
            "SM2" => Self::Sm2,
            _ => {
                let bits = text.strip_prefix("RSA-").and_then(|bits| bits.parse().ok());
                let other = bits.and_then(Self::rsa_of_bits);
                // In one spelling only: no signs, no zeros in front.
                return other.filter(|other| other.to_string() == text).ok_or_else(|| {
                    Error::unsupported(
                        "key algorithm",
                        crate::error::quoted(text),
                        "P-256, P-384, P-521, RSA-1024, RSA-2048 to RSA-8192, SM2",
                    )
                });
            }
        })
    }
}

/// Signature algorithms of certificates, requests and CRLs.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// ecdsa-with-SHA256 (RFC 5758 section 3.2).
    EcdsaSha256,
    /// ecdsa-with-SHA384.
    EcdsaSha384,
    /// ecdsa-with-SHA512.
    EcdsaSha512,
    /// sha256WithRSAEncryption (RFC 4055 section 5).
    RsaSha256,
    /// sha384WithRSAEncryption.
    RsaSha384,
    /// sha512WithRSAEncryption.
    RsaSha512,
    /// SM2 with SM3 (GM/T 0006, 1.2.156.10197.1.501).
    Sm2Sm3,
}

impl SignatureAlgorithm {
    /// Every algorithm.
    pub(crate) const ALL: [Self; 7] = [
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::EcdsaSha512,
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::Sm2Sm3,
    ];

    /// The family of keys that make such signatures.
    pub const fn family(self) -> KeyFamily {
        match self {
            Self::EcdsaSha256 | Self::EcdsaSha384 | Self::EcdsaSha512 => KeyFamily::Ecc,
            Self::RsaSha256 | Self::RsaSha384 | Self::RsaSha512 => KeyFamily::Rsa,
            Self::Sm2Sm3 => KeyFamily::Sm2,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EcdsaSha256 => "ecdsa-with-SHA256",
            Self::EcdsaSha384 => "ecdsa-with-SHA384",
            Self::EcdsaSha512 => "ecdsa-with-SHA512",
            Self::RsaSha256 => "sha256WithRSAEncryption",
            Self::RsaSha384 => "sha384WithRSAEncryption",
            Self::RsaSha512 => "sha512WithRSAEncryption",
            Self::Sm2Sm3 => "SM2-with-SM3",
        })
    }
}

/// What to do with keys that are too weak to protect anything.
///
/// Default: [`WeakKeys::Refuse`]. Set by
/// [`KeyGeneration::weak_keys`](crate::key::KeyGeneration::weak_keys) and where keys are read; a policy has
/// [`Policy::dangerously_allow_rsa_1024`](crate::Policy::dangerously_allow_rsa_1024).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum WeakKeys {
    /// RSA of 1024 bits is taken, because an old system demands it. Such a key can be factored by
    /// a determined attacker (NIST SP 800-131A forbids it since 2014).
    DangerouslyAllowRsa1024,
    /// Weak keys are refused.
    #[default]
    Refuse,
}

impl WeakKeys {
    /// Whether a key of this algorithm may be used.
    pub const fn allow(self, algorithm: KeyAlgorithm) -> bool {
        !matches!((self, algorithm), (Self::Refuse, KeyAlgorithm::Rsa1024))
    }
}
