//! Key pairs in memory.

use std::fmt;

use rand_core::TryCryptoRng;

use super::public::PublicKey;
use super::randomness::Randomness;
use super::sm2_id::Sm2Id;
use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm, WeakKeys};
use crate::arithmetic::Arithmetic;
use crate::error::{Error, Reason, Rule};

/// A private key in memory with its public half. It signs, does not clone, prints nothing secret and
/// is wiped when dropped.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::{KeyAlgorithm, KeyPair, Signer};
/// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
/// let signature = key.sign(b"message")?;
/// key.public_key().verify(key.algorithm(), b"message", &signature)?;
///
/// let stored = key.to_pkcs8_pem_encrypted("a long passphrase")?;
/// let read = KeyPair::from_pem_encrypted(&stored, "a long passphrase")?;
/// assert_eq!(read.public_key(), key.public_key());
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
pub struct KeyPair {
    pub(super) public: PublicKey,
    pub(super) secret: Secret,
    pub(super) signature: SignatureAlgorithm,
    pub(super) nonces: Nonces,
    pub(super) randomness: Randomness,
}

pub(super) enum Secret {
    #[cfg(feature = "ecc")]
    Ecdsa(super::ecdsa::Secret),
    #[cfg(feature = "rsa")]
    Rsa(Box<super::rsa::Secret>),
    #[cfg(feature = "sm2")]
    Sm2(Box<super::sm2::Secret>),
}

/// Where the nonces of ECDSA and SM2 signatures come from. RSA signatures have none.
///
/// Default:
/// [`Nonces::Hedged`]. Set by [`KeyPair::with_nonces`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Nonces {
    /// RFC 6979: the same key and message give the same signature. For test vectors; a fault in the
    /// arithmetic can give the key away.
    Deterministic,
    /// Made of 256 fresh random bits, the key and the message, so that they are safe under a broken
    /// generator as well as under faults: by SHA-512, or where the RustCrypto crates work, by
    /// RFC 6979 section 3.6.
    #[default]
    Hedged,
}

impl KeyPair {
    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    #[cfg(feature = "ecc")]
    pub(super) fn from_ecdsa(algorithm: KeyAlgorithm, secret: super::ecdsa::Secret) -> Self {
        let public = PublicKey::from_ecdsa(algorithm, secret.public());
        Self::assemble(public, Secret::Ecdsa(secret))
    }

    #[cfg(feature = "rsa")]
    pub(super) fn from_rsa(secret: super::rsa::Secret) -> Result<Self, Error> {
        use crate::wire::public_key::PublicKeyParts;
        let (modulus, exponent) = secret.public_numbers();
        let parts = PublicKeyParts::Rsa { modulus: &modulus, exponent: &exponent };
        Ok(Self::assemble(PublicKey::from_parts(parts)?, Secret::Rsa(Box::new(secret))))
    }

    #[cfg(feature = "sm2")]
    pub(super) fn from_sm2(secret: super::sm2::Secret) -> Result<Self, Error> {
        let public = PublicKey::from_sm2(secret.public()?);
        Ok(Self::assemble(public, Secret::Sm2(Box::new(secret))))
    }

    fn assemble(public: PublicKey, secret: Secret) -> Self {
        let signature = public.algorithm().default_signature();
        Self {
            public,
            secret,
            signature,
            nonces: Nonces::default(),
            randomness: Randomness::default(),
        }
    }

    /// Signs with this algorithm instead of the default one: P-384 with SHA-256, for one.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the algorithm is of another family than the key.
    pub fn with_signature_algorithm(
        mut self,
        algorithm: SignatureAlgorithm,
    ) -> Result<Self, Error> {
        let family = self.public.algorithm().family();
        if algorithm.family() != family {
            return Err(Error::unsupported(
                "signature algorithm",
                algorithm.to_string(),
                format!("those of {family} keys"),
            ));
        }
        self.signature = algorithm;
        Ok(self)
    }

    /// Draws what it needs from this generator: for nonces, the blinding of RSA, and the encryption of
    /// its file under a passphrase. The default is the operating system's.
    #[must_use]
    pub fn with_rng(mut self, rng: impl TryCryptoRng + Send + 'static) -> Self {
        self.randomness = Randomness::new(rng);
        self
    }

    /// The same, from one that is shared.
    pub(crate) fn drawing_from(mut self, randomness: &Randomness) -> Self {
        self.randomness = randomness.clone();
        self
    }

    /// Sets how nonces are made. The default is [`Nonces::Hedged`].
    #[must_use]
    pub fn with_nonces(mut self, nonces: Nonces) -> Self {
        self.nonces = nonces;
        self
    }

    /// Sets the identifier that SM2 signatures bind. Without effect on other families.
    #[must_use]
    pub fn with_sm2_id(mut self, id: Sm2Id) -> Self {
        self.public = self.public.with_sm2_id(id);
        self
    }

    /// Sets the arithmetic that works on this key: that signs with it, and verifies what it signed. The
    /// default is [`Arithmetic::Fastest`].
    #[must_use]
    pub fn with_arithmetic(mut self, arithmetic: Arithmetic) -> Self {
        if arithmetic == self.arithmetic() {
            return self;
        }
        // These numbers were read before, so that nothing here fails.
        match self.secret {
            #[cfg(feature = "ecc")]
            Secret::Ecdsa(ref mut secret) => {
                let (algorithm, scalar) = (self.public.algorithm(), secret.to_scalar());
                if let Ok(made) = super::ecdsa::Secret::from_scalar(arithmetic, algorithm, &scalar)
                {
                    *secret = made;
                }
            }
            #[cfg(feature = "rsa")]
            Secret::Rsa(ref mut secret) => secret.set_arithmetic(arithmetic),
            #[cfg(feature = "sm2")]
            Secret::Sm2(ref mut secret) => {
                if let Ok(made) = super::sm2::Secret::from_scalar(arithmetic, &secret.to_scalar()) {
                    **secret = made;
                }
            }
        }
        self.worked_on_by(arithmetic)
    }

    /// The arithmetic that works on this key.
    pub fn arithmetic(&self) -> Arithmetic {
        self.public.arithmetic()
    }

    pub(super) fn worked_on_by(mut self, arithmetic: Arithmetic) -> Self {
        self.public = self.public.with_arithmetic(arithmetic);
        self
    }

    /// Verifies a signature of this key's algorithm over a message, as its public key does; several
    /// times as fast on a curve, once 13 signatures were verified so, by a table of the key's
    /// multiples (88 KB for curves of 256 bits). For who signs much and verifies what he signed.
    ///
    /// # Errors
    /// As [`PublicKey::verify`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.public.verify_often(self.signature, message, signature)
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({} …)", self.public.algorithm())
    }
}

/// Fails for a key that is too weak to protect anything.
pub(super) fn check_strength(algorithm: KeyAlgorithm, weak_keys: WeakKeys) -> Result<(), Error> {
    if weak_keys.allow(algorithm) {
        return Ok(());
    }
    let allowed = "2048 bits or more, unless WeakKeys::DangerouslyAllowRsa1024 is chosen";
    let reason = Reason::new(Rule::KeyWeak, "key algorithm", algorithm.to_string(), allowed);
    Err(Error::Denied(crate::error::Denied { reasons: vec![reason] }))
}
