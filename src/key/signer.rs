//! What signs: a key in memory, an HSM, a remote service.

use std::sync::Arc;

use super::public::PublicKey;
use super::verify::{Claim, verify_many};
use crate::algorithm::SignatureAlgorithm;
use crate::error::{Error, SignerError};

/// Something that signs with one key.
///
/// A device needs three methods; whatever it answers is verified before it leaves this crate.
///
/// ```
/// use certwright::key::{PublicKey, SignatureAlgorithm};
/// use certwright::{Error, KeyAlgorithm, KeyPair, Signer};
///
/// struct Device(KeyPair);
///
/// impl Signer for Device {
///     fn public_key(&self) -> &PublicKey {
///         self.0.public_key()
///     }
///     fn algorithm(&self) -> SignatureAlgorithm {
///         self.0.algorithm()
///     }
///     fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
///         self.0.sign(message) // here a call to the device
///     }
/// }
/// # #[cfg(feature = "ecc")] {
/// let signer: Box<dyn Signer> = Box::new(Device(KeyPair::generate(KeyAlgorithm::EcdsaP256)?));
/// let signature = signer.sign(b"message")?;
/// signer.public_key().verify(signer.algorithm(), b"message", &signature)?;
/// # }
/// # Ok::<(), Error>(())
/// ```
pub trait Signer: Send + Sync {
    /// The public half of the key.
    fn public_key(&self) -> &PublicKey;

    /// The algorithm of the signatures, of the key's family.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// Signs a message: the algorithm hashes it.
    ///
    /// The answer is the content of the BIT STRING in a certificate: for ECDSA and SM2 the DER of
    /// SEQUENCE { r, s }, for RSA as many bytes as the modulus has.
    ///
    /// # Errors
    /// [`Error::Signer`] when the signer cannot; see [`SignerError`].
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;

    /// Signs many messages; one answer each, in order. Override it where many at once are faster.
    fn sign_many(&self, messages: &[&[u8]]) -> Vec<Result<Vec<u8>, Error>> {
        messages.iter().map(|message| self.sign(message)).collect()
    }

    /// Signs a message once more, after an answer that was wrong, where there is another way to do
    /// it: a key in memory leaves this crate's own arithmetic for that of the RustCrypto crates. `None`,
    /// as most devices answer, says that there is none, and nothing is released.
    fn sign_otherwise(&self, message: &[u8]) -> Option<Result<Vec<u8>, Error>> {
        let _ = message;
        None
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<S: Signer + ?Sized> Signer for $pointer {
            fn public_key(&self) -> &PublicKey {
                (**self).public_key()
            }

            fn algorithm(&self) -> SignatureAlgorithm {
                (**self).algorithm()
            }

            fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
                (**self).sign(message)
            }

            fn sign_many(&self, messages: &[&[u8]]) -> Vec<Result<Vec<u8>, Error>> {
                (**self).sign_many(messages)
            }

            fn sign_otherwise(&self, message: &[u8]) -> Option<Result<Vec<u8>, Error>> {
                (**self).sign_otherwise(message)
            }
        }
    )*};
}

forward!(&S, Arc<S>, Box<S>);

/// A signer whose public key and algorithm were asked for once. Every answer is verified with those,
/// once: what a signer says of itself later changes nothing. A wrong answer is not released; the signer may
/// have another way to make a right one. Nothing else in this crate calls
/// [`Signer::sign`].
#[derive(Clone)]
pub(crate) struct Pinned<S> {
    signer: S,
    key: PublicKey,
    algorithm: SignatureAlgorithm,
}

impl Pinned<Arc<dyn Signer>> {
    /// Pins a signer and takes it over.
    pub(crate) fn shared(signer: impl Signer + 'static) -> Self {
        Self::new(Arc::new(signer))
    }
}

impl<S: Signer> Pinned<S> {
    /// Asks a signer for its key and algorithm.
    pub(crate) fn new(signer: S) -> Self {
        let (key, algorithm) = (signer.public_key().clone(), signer.algorithm());
        Self { signer, key, algorithm }
    }

    pub(crate) fn public_key(&self) -> &PublicKey {
        &self.key
    }

    pub(crate) fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Signs a message and verifies the answer.
    pub(crate) fn sign(&self, what: &'static str, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.signer.sign(message)?;
        match self.check(what, message, &signature) {
            Ok(()) => Ok(signature),
            Err(error) => self.sign_otherwise(what, message, error),
        }
    }

    /// Signs a message in another way, and verifies that answer.
    fn sign_otherwise(
        &self,
        what: &'static str,
        message: &[u8],
        error: Error,
    ) -> Result<Vec<u8>, Error> {
        let signature = self.signer.sign_otherwise(message).ok_or(error)??;
        self.check(what, message, &signature)?;
        Ok(signature)
    }

    /// Signs many messages and verifies every answer; one answer each, in order.
    pub(crate) fn sign_many(
        &self,
        what: &'static str,
        messages: &[&[u8]],
    ) -> Vec<Result<Vec<u8>, Error>> {
        let mut answers = self.signer.sign_many(messages);
        answers.truncate(messages.len());
        answers.resize_with(messages.len(), || {
            Err(SignerError::new("it returned fewer signatures than messages").into())
        });
        let (key, algorithm) = (&self.key, self.algorithm);
        let claims: Vec<Claim<'_>> = messages
            .iter()
            .zip(&answers)
            .filter_map(|(message, answer)| {
                let signature = answer.as_ref().ok()?;
                Some(Claim { key, algorithm, message, signature, is_often: true })
            })
            .collect();
        let mut verdicts = verify_many(&claims).into_iter();
        answers
            .into_iter()
            .zip(messages)
            .map(|(answer, message)| {
                let signature = answer?;
                match verdicts.next() {
                    Some(Ok(())) => Ok(signature),
                    _ => self.sign_otherwise(what, message, self.wrong(what, &signature)),
                }
            })
            .collect()
    }

    /// Fails when this is not a signature of the message.
    pub(crate) fn check(
        &self,
        what: &'static str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        let verified = self.key.verify_often(self.algorithm, message, signature);
        verified.map_err(|_| self.wrong(what, signature))
    }

    fn wrong(&self, what: &'static str, signature: &[u8]) -> Error {
        let (length, algorithm) = (signature.len(), self.algorithm);
        SignerError::new(format!(
            "its answer of {length} bytes is not a {algorithm} signature of the {what}; nothing was \
             released"
        ))
        .into()
    }
}
