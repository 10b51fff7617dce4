//! Public keys.

use std::fmt;

use super::digest::fingerprint;
#[cfg(any(feature = "ecc", feature = "sm2"))]
use super::digests::digest;
#[cfg(any(feature = "ecc", feature = "sm2"))]
use super::own::OwnPublic;
use super::sm2_id::Sm2Id;
use crate::algorithm::{KeyAlgorithm, KeyFamily, SignatureAlgorithm};
use crate::arithmetic::Arithmetic;
use crate::error::Error;
#[cfg(any(feature = "ecc", feature = "sm2"))]
use crate::hashes::{Hash, Message};
use crate::wire::kind::{Kind, explain};
use crate::wire::pem;
use crate::wire::public_key::{PublicKeyParts, encode_public_key, read_public_key};
use crate::wire::tlv::Values;

const WHAT: &str = "public key";

/// A public key whose numbers were checked: a point on its curve, an odd modulus of a known size.
///
/// Two keys are equal when their encodings are.
#[derive(Clone)]
pub struct PublicKey {
    algorithm: KeyAlgorithm,
    /// The content of the BIT STRING.
    content: Vec<u8>,
    verifier: Verifier,
    sm2_id: Sm2Id,
    arithmetic: Arithmetic,
}

#[derive(Clone)]
pub(super) enum Verifier {
    #[cfg(feature = "ecc")]
    Ecdsa(super::ecdsa::Public),
    #[cfg(feature = "rsa")]
    Rsa(super::rsa_numbers::Public),
    #[cfg(feature = "sm2")]
    Sm2(Box<super::sm2::Public>),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo. SM2 keys are read both as id-ecPublicKey with the curve
    /// sm2p256v1 and with the curve's identifier in the place of the algorithm's.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it cannot be read or its numbers are no key, [`Error::Unsupported`]
    /// for other algorithms and sizes.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let read = || {
            let mut values = Values::new(WHAT, der)?;
            let parts = read_public_key(&mut values, "")?;
            values.finish("after the key")?;
            Self::from_parts(parts)
        };
        read().map_err(|error| explain(&[Kind::PublicKey], WHAT, der, error))
    }

    /// Reads the only block `PUBLIC KEY` of a PEM text.
    ///
    /// # Errors
    /// As [`PublicKey::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::single(WHAT, &["PUBLIC KEY"], text)?)
    }

    pub(crate) fn from_parts(parts: PublicKeyParts<'_>) -> Result<Self, Error> {
        match parts {
            PublicKeyParts::Point { algorithm: KeyAlgorithm::Sm2, point } => Self::sm2(point),
            PublicKeyParts::Point { algorithm, point } => Self::ecdsa(algorithm, point),
            PublicKeyParts::Rsa { modulus, exponent } => Self::rsa(modulus, exponent),
        }
    }

    #[cfg(feature = "ecc")]
    fn ecdsa(algorithm: KeyAlgorithm, point: &[u8]) -> Result<Self, Error> {
        let key = super::ecdsa::Public::from_point(Arithmetic::default(), algorithm, point)?;
        Ok(Self::from_ecdsa(algorithm, key))
    }

    #[cfg(feature = "ecc")]
    pub(super) fn from_ecdsa(algorithm: KeyAlgorithm, key: super::ecdsa::Public) -> Self {
        Self::new(algorithm, key.to_point(), Verifier::Ecdsa(key))
    }

    #[cfg(not(feature = "ecc"))]
    fn ecdsa(algorithm: KeyAlgorithm, _: &[u8]) -> Result<Self, Error> {
        Err(not_built(algorithm.family()))
    }

    #[cfg(feature = "rsa")]
    fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        let (algorithm, key) = super::rsa_numbers::Public::from_numbers(modulus, exponent)?;
        let content = crate::wire::public_key::encode_rsa(modulus, exponent);
        Ok(Self::new(algorithm, content, Verifier::Rsa(key)))
    }

    #[cfg(not(feature = "rsa"))]
    fn rsa(_: &[u8], _: &[u8]) -> Result<Self, Error> {
        Err(not_built(KeyFamily::Rsa))
    }

    #[cfg(feature = "sm2")]
    fn sm2(point: &[u8]) -> Result<Self, Error> {
        super::sm2::Public::from_point(Arithmetic::default(), point).map(Self::from_sm2)
    }

    #[cfg(feature = "sm2")]
    pub(super) fn from_sm2(key: super::sm2::Public) -> Self {
        Self::new(KeyAlgorithm::Sm2, key.to_point(), Verifier::Sm2(Box::new(key)))
    }

    #[cfg(not(feature = "sm2"))]
    fn sm2(_: &[u8]) -> Result<Self, Error> {
        Err(not_built(KeyFamily::Sm2))
    }

    fn new(algorithm: KeyAlgorithm, content: Vec<u8>, verifier: Verifier) -> Self {
        Self {
            algorithm,
            content,
            verifier,
            sm2_id: Sm2Id::default(),
            arithmetic: Arithmetic::default(),
        }
    }

    /// Sets the identifier that its SM2 signatures bind. Without effect on other families.
    #[must_use]
    pub fn with_sm2_id(mut self, id: Sm2Id) -> Self {
        if id == self.sm2_id {
            return self;
        }
        match &mut self.verifier {
            #[cfg(feature = "sm2")]
            Verifier::Sm2(key) => {
                **key = key.with_id(id.clone());
            }
            #[allow(unreachable_patterns)] // where SM2 is the only family
            _ => {}
        }
        self.sm2_id = id;
        self
    }

    /// Sets the arithmetic that verifies its signatures. The default is [`Arithmetic::Fastest`].
    #[must_use]
    pub fn with_arithmetic(mut self, arithmetic: Arithmetic) -> Self {
        if arithmetic == self.arithmetic {
            return self;
        }
        // These bytes were read before, so that nothing here fails.
        match self.verifier {
            #[cfg(feature = "ecc")]
            Verifier::Ecdsa(ref mut key) => {
                let read =
                    super::ecdsa::Public::from_point(arithmetic, self.algorithm, &self.content);
                *key = read.unwrap_or_else(|_| key.clone());
            }
            #[cfg(feature = "rsa")]
            Verifier::Rsa(ref mut key) => key.arithmetic = arithmetic,
            #[cfg(feature = "sm2")]
            Verifier::Sm2(ref mut key) => {
                let read = super::sm2::Public::from_point(arithmetic, &self.content);
                **key =
                    read.map_or_else(|_| (**key).clone(), |key| key.with_id(self.sm2_id.clone()));
            }
        }
        self.arithmetic = arithmetic;
        self
    }

    /// The arithmetic that verifies its signatures.
    pub const fn arithmetic(&self) -> Arithmetic {
        self.arithmetic
    }

    /// The algorithm and size.
    pub const fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The identifier that SM2 signatures of this key are verified with.
    pub const fn sm2_id(&self) -> &Sm2Id {
        &self.sm2_id
    }

    /// The DER of its SubjectPublicKeyInfo, in the one form this crate writes: SM2 as
    /// id-ecPublicKey, points uncompressed.
    pub fn to_der(&self) -> Vec<u8> {
        encode_public_key(self.algorithm, &self.content)
    }

    /// SHA-256 of [`PublicKey::to_der`], by which a key is recognised in requests, certificates and
    /// key files.
    pub fn fingerprint(&self) -> [u8; 32] {
        fingerprint(&self.to_der())
    }

    /// The content of the BIT STRING in the SubjectPublicKeyInfo: what key identifiers hash.
    pub fn as_bytes(&self) -> &[u8] {
        &self.content
    }

    /// Verifies a signature over a message.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`] when it is none of this key, or the algorithm is of another
    /// family.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        self.verify_with(algorithm, message, signature, false)
    }

    /// The same for a key of which many signatures are verified: on a curve, a table of its multiples
    /// is made when that pays, and makes the rest several times as fast.
    pub(crate) fn verify_often(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        self.verify_with(algorithm, message, signature, true)
    }

    fn verify_with(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
        is_often: bool,
    ) -> Result<(), Error> {
        #[cfg(test)]
        super::tally::count(1);
        let is_right = match self.verifier {
            #[cfg(feature = "rsa")]
            Verifier::Rsa(ref key) => {
                algorithm.family() == KeyFamily::Rsa && key.verify(algorithm, message, signature)
            }
            #[cfg(any(feature = "ecc", feature = "sm2"))]
            _ => match self.hashed(algorithm, message) {
                Some((hash, message)) => {
                    self.is_right(&digest(hash, &message), signature, is_often)
                }
                None => false,
            },
        };
        if is_right { Ok(()) } else { Err(Self::no_signature()) }
    }

    /// What is hashed for a signature of a key on a curve, and with what; `None` for algorithms of
    /// other families.
    #[cfg(any(feature = "ecc", feature = "sm2"))]
    pub(super) fn hashed<'m>(
        &'m self,
        algorithm: SignatureAlgorithm,
        message: &'m [u8],
    ) -> Option<(Hash, Message<'m>)> {
        match self.verifier {
            #[cfg(feature = "ecc")]
            Verifier::Ecdsa(_) => {
                Some((super::digests::ecdsa_hash(algorithm)?, Message { prefix: &[], message }))
            }
            #[cfg(feature = "rsa")]
            Verifier::Rsa(_) => None,
            #[cfg(feature = "sm2")]
            Verifier::Sm2(ref key) if algorithm.family() == KeyFamily::Sm2 => {
                Some((Hash::Sm3, key.hashed(message)))
            }
            #[cfg(feature = "sm2")]
            Verifier::Sm2(_) => None,
        }
    }

    /// Whether a signature of a digest is one of this key, which is on a curve.
    #[cfg(any(feature = "ecc", feature = "sm2"))]
    pub(super) fn is_right(&self, digest: &[u8], signature: &[u8], is_often: bool) -> bool {
        match self.verifier {
            #[cfg(feature = "ecc")]
            Verifier::Ecdsa(ref key) => key.verify(self.algorithm, digest, signature, is_often),
            #[cfg(feature = "rsa")]
            Verifier::Rsa(_) => false,
            #[cfg(feature = "sm2")]
            Verifier::Sm2(ref key) => key.verify(digest, signature, is_often),
        }
    }

    /// What verifies many signatures at once, and how long their numbers are: of a key on a curve that this
    /// crate's own arithmetic works on.
    #[cfg(any(feature = "ecc", feature = "sm2"))]
    pub(super) fn own(&self) -> Option<(&OwnPublic, usize)> {
        match self.verifier {
            #[cfg(feature = "ecc")]
            Verifier::Ecdsa(ref key) => Some((key.own()?, super::ecdsa::width(self.algorithm))),
            #[cfg(feature = "rsa")]
            Verifier::Rsa(_) => None,
            #[cfg(feature = "sm2")]
            Verifier::Sm2(ref key) => Some((key.own()?, super::sm2::WIDTH)),
        }
    }

    pub(super) fn no_signature() -> Error {
        Error::InvalidSignature { what: "message" }
    }

    pub(super) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Why an attacker could break this key; empty for a healthy one. Whether RSA of 1024 bits is
    /// too weak is for [`crate::key::WeakKeys`] to say, not for this check.
    pub fn weaknesses(&self) -> Vec<&'static str> {
        match self.verifier {
            #[cfg(feature = "ecc")]
            // A point on a curve of prime order has nothing more to check.
            Verifier::Ecdsa(_) => Vec::new(),
            #[cfg(feature = "rsa")]
            Verifier::Rsa(ref key) => super::rsa_health::public_weaknesses(key),
            #[cfg(feature = "sm2")]
            Verifier::Sm2(_) => Vec::new(),
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.content == other.content
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} {} bytes)", self.algorithm, self.content.len())
    }
}

/// The family is one this build leaves out.
pub(super) fn not_built(family: KeyFamily) -> Error {
    let feature = family.to_string().to_lowercase();
    Error::unsupported(
        "key family",
        family.to_string(),
        format!("the families of this build; the feature {feature:?} adds it"),
    )
}
