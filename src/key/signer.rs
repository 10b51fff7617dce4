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

/// Signs and verifies the answer: nothing else in this crate calls [`Signer::sign`].
pub(crate) fn sign_verified(
    signer: &dyn Signer,
    what: &'static str,
    message: &[u8],
) -> Result<Vec<u8>, Error> {
    let signature = signer.sign(message)?;
    check(signer.public_key(), signer.algorithm(), what, message, &signature)?;
    Ok(signature)
}

/// Signs many messages and verifies every answer; one answer each, in order.
pub(crate) fn sign_many_verified(
    signer: &dyn Signer,
    what: &'static str,
    messages: &[&[u8]],
) -> Vec<Result<Vec<u8>, Error>> {
    let mut answers = signer.sign_many(messages);
    answers.truncate(messages.len());
    answers.resize_with(messages.len(), || {
        Err(SignerError::new("it gave fewer answers than messages").into())
    });
    let (key, algorithm) = (signer.public_key(), signer.algorithm());
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
                _ => Err(wrong(algorithm, what, &signature)),
            }
        })
        .collect()
}

/// Fails when the answer of a signer is not a signature of the message.
pub(crate) fn check(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    what: &'static str,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Error> {
    key.verify(algorithm, message, signature).map_err(|_| wrong(algorithm, what, signature))
}

fn wrong(algorithm: SignatureAlgorithm, what: &'static str, signature: &[u8]) -> Error {
    let length = signature.len();
    SignerError::new(format!(
        "its answer of {length} octets is not a {algorithm} signature of the {what}; nothing was \
         released"
    ))
    .into()
}
