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
/// use certwright::{Error, KeyAlgorithm, KeyPair, PublicKey, SignatureAlgorithm, Signer};
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
    /// SEQUENCE { r, s }, for RSA as many octets as the modulus has.
    ///
    /// # Errors
    /// [`Error::Signer`] when the signer cannot; see [`SignerError`].
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;

    /// Signs many messages; one answer each, in order. Override it where many at once are faster.
    fn sign_many(&self, messages: &[&[u8]]) -> Vec<Result<Vec<u8>, Error>> {
        messages.iter().map(|message| self.sign(message)).collect()
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
        }
    )*};
}

forward!(&S, Arc<S>, Box<S>);

/// A signer whose public key and algorithm were asked for once. Every answer is verified with those,
/// once: what a signer says of itself later changes nothing. Nothing else in this crate calls
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
            Err(SignerError::new("it gave fewer answers than messages").into())
        });
        let (key, algorithm) = (&self.key, self.algorithm);
        let claims: Vec<Claim<'_>> = messages
            .iter()
            .zip(&answers)
            .filter_map(|(message, answer)| {
                Some(Claim { key, algorithm, message, signature: answer.as_ref().ok()? })
            })
            .collect();
        let mut verdicts = verify_many(&claims).into_iter();
        answers
            .into_iter()
            .map(|answer| {
                let signature = answer?;
                match verdicts.next() {
                    Some(Ok(())) => Ok(signature),
                    _ => Err(self.wrong(what, &signature)),
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
        let verified = self.key.verify(self.algorithm, message, signature);
        verified.map_err(|_| self.wrong(what, signature))
    }

    fn wrong(&self, what: &'static str, signature: &[u8]) -> Error {
        let (length, algorithm) = (signature.len(), self.algorithm);
        SignerError::new(format!(
            "its answer of {length} octets is not a {algorithm} signature of the {what}; nothing was \
             released"
        ))
        .into()
    }
}
