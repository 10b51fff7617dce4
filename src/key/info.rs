//! Public keys as they were read, which this crate may not know.

use std::fmt;

use super::public::PublicKey;
use crate::error::{Error, Unusable};
use crate::oid::{self, Oid};
use crate::wire::kind::{Kind, explain};
use crate::wire::pem;
use crate::wire::public_key::{PublicKeyInfoParts, PublicKeyParts, read_public_key_info};
use crate::wire::tlv::Values;

const WHAT: &str = "public key";

/// A SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) as a certificate or request has it: a key of any algorithm, which can be shown
/// and compared, and used where it is a [`PublicKey`].
#[derive(Clone)]
pub struct PublicKeyInfo {
    der: Vec<u8>,
    algorithm: Oid,
    parameter: Option<Oid>,
    /// The length of the modulus of RSA.
    rsa_bits: Option<usize>,
    key: Result<PublicKey, Unusable>,
}

impl PublicKeyInfo {
    /// Reads DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is no SubjectPublicKeyInfo.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let read = || {
            let mut values = Values::new(WHAT, der)?;
            let parts = read_public_key_info(&mut values, "")?;
            values.finish("after the key")?;
            Ok(Self::read(parts))
        };
        read().map_err(|error| explain(&[Kind::PublicKey], WHAT, der, error))
    }

    /// Reads the only block `PUBLIC KEY` of a PEM text.
    ///
    /// # Errors
    /// As [`PublicKeyInfo::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::single(WHAT, &["PUBLIC KEY"], text)?)
    }

    pub(crate) fn read(parts: PublicKeyInfoParts<'_>) -> Self {
        let PublicKeyInfoParts { der, algorithm, parameter, key } = parts;
        let rsa_bits = match &key {
            Ok(PublicKeyParts::Rsa { modulus, .. }) => {
                modulus.first().map(|first| modulus.len() * 8 - first.leading_zeros() as usize)
            }
            _ => None,
        };
        let key = key.and_then(PublicKey::from_parts).map_err(Unusable::from);
        Self { der: der.to_vec(), algorithm, parameter, rsa_bits, key }
    }

    /// The key, to be used.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for algorithms, curves and sizes that this crate does not know, by name;
    /// [`Error::Malformed`] where its numbers are no key.
    pub fn key(&self) -> Result<&PublicKey, Error> {
        self.key.as_ref().map_err(Error::from)
    }

    /// The object identifier of the algorithm, such as rsaEncryption.
    pub const fn algorithm(&self) -> Oid {
        self.algorithm
    }

    /// The DER, as it was written.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }
}

/// Two are equal when their keys are or, of keys that are not known, their bytes.
impl PartialEq for PublicKeyInfo {
    fn eq(&self, other: &Self) -> bool {
        match (&self.key, &other.key) {
            (Ok(ours), Ok(theirs)) => ours == theirs,
            (Err(_), Err(_)) => self.der == other.der,
            _ => false,
        }
    }
}

impl Eq for PublicKeyInfo {}

impl fmt::Display for PublicKeyInfo {
    /// The algorithm, with its size or curve: `RSA-2048`, `RSA of 2049 bits`, `EC on secp256k1`,
    /// `Ed25519 (1.3.101.112)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.key, self.algorithm, self.parameter, self.rsa_bits) {
            (Ok(key), ..) => key.algorithm().fmt(f),
            (_, oid::RSA_ENCRYPTION, _, Some(bits)) => write!(f, "RSA of {bits} bits"),
            (_, oid::EC_PUBLIC_KEY, Some(curve), _) => write!(f, "EC on {}", curve.named()),
            (_, oid::EC_PUBLIC_KEY, None, _) => f.write_str("EC on a curve that is not named"),
            (_, other, ..) => f.write_str(&other.named()),
        }
    }
}

impl fmt::Debug for PublicKeyInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKeyInfo({self})")
    }
}
