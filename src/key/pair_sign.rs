//! How a key pair signs: one message, or many together.

#[cfg(any(feature = "ecc", feature = "sm2"))]
use rand_core::TryRng;
#[cfg(any(feature = "ecc", feature = "sm2"))]
use zeroize::Zeroizing;

#[cfg(any(feature = "ecc", feature = "sm2"))]
use super::digests::digests;
#[cfg(any(feature = "ecc", feature = "sm2"))]
use super::pair::Nonces;
use super::pair::{KeyPair, Secret};
use super::public::PublicKey;
use super::signer::Signer;
use crate::algorithm::SignatureAlgorithm;
#[cfg(any(feature = "ecc", feature = "sm2"))]
use crate::arithmetic::Arithmetic;
use crate::error::{Error, SignerError};

impl Signer for KeyPair {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.signature
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let none = || Err(SignerError::new("it returned no signature").into());
        self.sign_many(&[message]).pop().unwrap_or_else(none)
    }

    fn sign_many(&self, messages: &[&[u8]]) -> Vec<Result<Vec<u8>, Error>> {
        match self.secret {
            #[cfg(feature = "rsa")]
            Secret::Rsa(ref secret) => {
                secret.sign_many(self.signature, messages, &mut self.randomness.clone())
            }
            #[cfg(any(feature = "ecc", feature = "sm2"))]
            #[allow(unreachable_patterns)]
            _ => {
                let digests = self.digests(messages);
                let each: Option<Vec<_>> = digests.iter().map(Option::as_deref).collect();
                match each {
                    Some(digests) => self.sign_digests(self.signature, &digests),
                    None => messages.iter().map(|_| Err(Self::unlike())).collect(),
                }
            }
        }
    }

    fn sign_otherwise(&self, message: &[u8]) -> Option<Result<Vec<u8>, Error>> {
        #[cfg(any(feature = "ecc", feature = "sm2"))]
        if self.is_own() {
            let digest = self.digests(&[message]).pop().flatten();
            return match digest.ok_or_else(Self::unlike) {
                Ok(digest) => self.sign_digest_otherwise(self.signature, &digest),
                Err(error) => Some(Err(error)),
            };
        }
        // The signatures of RSA keys were checked, and what made them left, before.
        let _ = message;
        None
    }
}

#[cfg(any(feature = "ecc", feature = "sm2"))]
impl KeyPair {
    fn unlike() -> Error {
        SignerError::new("its public key is of another family").into()
    }

    /// Whether it is a key on a curve that this crate's own arithmetic works on.
    fn is_own(&self) -> bool {
        match self.secret {
            #[cfg(feature = "ecc")]
            Secret::Ecdsa(ref secret) => secret.is_own(),
            #[cfg(feature = "rsa")]
            Secret::Rsa(_) => false,
            #[cfg(feature = "sm2")]
            Secret::Sm2(ref secret) => secret.is_own(),
        }
    }

    /// The digest of each message; `None` for keys that are not on curves.
    fn digests(&self, messages: &[&[u8]]) -> Vec<Option<Vec<u8>>> {
        let hashed = messages.iter().map(|message| self.public.hashed(self.signature, message));
        let hashed: Option<(Vec<_>, Vec<_>)> = hashed.collect();
        match hashed.as_ref().map(|(hashes, messages)| (hashes.first(), messages)) {
            Some((Some(hash), messages)) => {
                digests(self.arithmetic(), *hash, messages).into_iter().map(Some).collect()
            }
            _ => vec![None; messages.len()],
        }
    }

    /// Signs a digest by the algorithm, whichever the key's own is.
    pub(super) fn sign_digest(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let none = || Err(Self::unlike());
        self.sign_digests(algorithm, &[digest]).pop().unwrap_or_else(none)
    }

    /// The same for many.
    #[cfg_attr(not(feature = "ecc"), allow(unused_variables))]
    fn sign_digests(
        &self,
        algorithm: SignatureAlgorithm,
        digests: &[&[u8]],
    ) -> Vec<Result<Vec<u8>, Error>> {
        let hedges: Vec<_> = digests.iter().map(|_| self.hedge()).collect();
        let all = digests.iter().zip(&hedges);
        let (digests, extras): (Vec<&[u8]>, Vec<&[u8]>) = all
            .filter_map(|(digest, hedge)| Some((*digest, hedge.as_ref().ok()?.as_slice())))
            .unzip();
        let signed: Vec<_> = match self.secret {
            #[cfg(feature = "ecc")]
            Secret::Ecdsa(ref secret) => secret.sign_many(algorithm, &digests, &extras),
            #[cfg(feature = "rsa")]
            Secret::Rsa(_) => digests.iter().map(|_| Err(Self::unlike())).collect(),
            #[cfg(feature = "sm2")]
            Secret::Sm2(ref secret) => secret.sign_many(&digests, &extras),
        };
        let mut signed = signed.into_iter();
        let answer = |hedge: Result<_, Error>| {
            hedge.and_then(|_| signed.next().unwrap_or_else(|| Err(Self::unlike())))
        };
        hedges.into_iter().map(answer).collect()
    }

    /// The same by the RustCrypto crates, after this crate's own arithmetic was wrong; `None` where that did not
    /// work on the key.
    pub(super) fn sign_digest_otherwise(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Option<Result<Vec<u8>, Error>> {
        if !self.is_own() {
            return None;
        }
        Arithmetic::count_failed();
        Some(self.hedge().and_then(|extra| match self.secret {
            #[cfg(feature = "ecc")]
            Secret::Ecdsa(ref secret) => secret.sign_by_crate(algorithm, digest, &extra),
            #[cfg(feature = "rsa")]
            Secret::Rsa(_) => Err(Self::unlike()),
            #[cfg(feature = "sm2")]
            Secret::Sm2(ref secret) => secret.sign_by_crate(digest, &extra),
        }))
    }

    /// 32 random bytes to hedge a nonce with, or none.
    fn hedge(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut extra = Zeroizing::new(match self.nonces {
            Nonces::Deterministic => Vec::new(),
            Nonces::Hedged => vec![0; 32],
        });
        self.randomness
            .clone()
            .try_fill_bytes(&mut extra)
            .map_err(|error| Error::Random { source: Box::new(error) })?;
        Ok(extra)
    }
}
