//! Signatures of data that is no certificate: of a message, or of a digest that was made elsewhere.

use super::pair::{KeyPair, Secret};
use super::public::{PublicKey, Verifier};
use crate::algorithm::{KeyFamily, SignatureAlgorithm};
use crate::error::{Error, SignerError};

/// How data is signed that is no certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DataSignature {
    /// As certificates are.
    Plain(SignatureAlgorithm),
    /// RSASSA-PSS (RFC 8017 section 8.1) with SHA-256, also in MGF1, and a salt of 32 bytes: no more and no
    /// fewer when it is verified.
    RsaPssSha256,
}

/// What a signature is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Data<'d> {
    /// A message, which is hashed here.
    Message(&'d [u8]),
    /// The digest of a message, by the algorithm's hash function. Of SM2 it is e of GB/T 32918.2 section 6.1:
    /// SM3 of the signer's ZA and the message.
    Digest(&'d [u8]),
}

impl DataSignature {
    /// The family of the keys that sign so.
    pub const fn family(self) -> KeyFamily {
        match self {
            Self::Plain(algorithm) => algorithm.family(),
            Self::RsaPssSha256 => KeyFamily::Rsa,
        }
    }

    /// The algorithm that has the same hash function.
    const fn plain(self) -> SignatureAlgorithm {
        match self {
            Self::Plain(algorithm) => algorithm,
            Self::RsaPssSha256 => SignatureAlgorithm::RsaSha256,
        }
    }

    /// Bytes of a digest of its hash function.
    pub const fn digest_bytes(self) -> usize {
        match self.plain() {
            SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::RsaSha384 => 48,
            SignatureAlgorithm::EcdsaSha512 | SignatureAlgorithm::RsaSha512 => 64,
            SignatureAlgorithm::EcdsaSha256
            | SignatureAlgorithm::RsaSha256
            | SignatureAlgorithm::Sm2Sm3 => 32,
        }
    }
}

impl KeyPair {
    /// Signs data that is no certificate, and verifies the signature before it is answered. Whoever may have
    /// any digest signed by the key of a CA can make certificates of it: what is signed for others, is signed by
    /// keys of their own.
    ///
    /// RSA is blinded.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::key::{Data, DataSignature, SignatureAlgorithm};
    /// use certwright::{KeyAlgorithm, KeyPair};
    /// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// let how = DataSignature::Plain(SignatureAlgorithm::EcdsaSha256);
    /// let signature = key.sign_data(how, Data::Message(b"message"))?;
    /// key.public_key().verify_data(how, Data::Message(b"message"), &signature)?;
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] when keys of another family sign so, [`Error::Malformed`] when a digest is not as
    /// long as those of the hash function; [`Error::Random`] without random numbers; [`Error::Signer`] when the
    /// arithmetic fails.
    pub fn sign_data(&self, how: DataSignature, data: Data<'_>) -> Result<Vec<u8>, Error> {
        let digest = self.public.data_digest(how, data)?;
        let mut signature = self.sign_data_digest(how, &digest)?;
        if !self.public.is_of_digest(how, &digest, &signature) {
            // Keys on curves leave this crate's own arithmetic.
            let wrong = || SignerError::new("a signature was wrong; nothing was released");
            signature = self.sign_data_otherwise(how, &digest).ok_or_else(wrong)??;
            if !self.public.is_of_digest(how, &digest, &signature) {
                return Err(wrong().into());
            }
        }
        Ok(signature)
    }

    fn sign_data_digest(&self, how: DataSignature, digest: &[u8]) -> Result<Vec<u8>, Error> {
        match self.secret {
            #[cfg(feature = "rsa")]
            Secret::Rsa(ref secret) => {
                secret.sign_digest(how, digest, &mut self.randomness.clone())
            }
            #[cfg(any(feature = "ecc", feature = "sm2"))]
            #[allow(unreachable_patterns)]
            _ => self.sign_digest(how.plain(), digest),
        }
    }

    fn sign_data_otherwise(
        &self,
        how: DataSignature,
        digest: &[u8],
    ) -> Option<Result<Vec<u8>, Error>> {
        #[cfg(any(feature = "ecc", feature = "sm2"))]
        return self.sign_digest_otherwise(how.plain(), digest);
        #[cfg(not(any(feature = "ecc", feature = "sm2")))]
        {
            let _ = (how, digest);
            None
        }
    }
}

impl PublicKey {
    /// Verifies a signature of data that is no certificate.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`] when it is none of this key over the data; [`Error::Unsupported`] and
    /// [`Error::Malformed`] as of [`KeyPair::sign_data`].
    pub fn verify_data(
        &self,
        how: DataSignature,
        data: Data<'_>,
        signature: &[u8],
    ) -> Result<(), Error> {
        let digest = self.data_digest(how, data)?;
        match self.is_of_digest(how, &digest, signature) {
            true => Ok(()),
            false => Err(Self::no_signature()),
        }
    }

    fn data_digest(&self, how: DataSignature, data: Data<'_>) -> Result<Vec<u8>, Error> {
        let family = self.algorithm().family();
        if how.family() != family {
            let allowed = format!("those of {family} keys");
            return Err(Error::unsupported("signature", how.family().to_string(), allowed));
        }
        let message = match data {
            Data::Message(message) => message,
            Data::Digest(digest) if digest.len() == how.digest_bytes() => {
                return Ok(digest.to_vec());
            }
            Data::Digest(digest) => {
                let problem = format!("{} bytes, not {}", digest.len(), how.digest_bytes());
                return Err(Error::malformed("digest", "", problem));
            }
        };
        match *self.verifier() {
            #[cfg(feature = "rsa")]
            Verifier::Rsa(_) => Ok(super::rsa_numbers::scheme(how.plain(), message).1),
            #[cfg(any(feature = "ecc", feature = "sm2"))]
            #[allow(unreachable_patterns)]
            _ => {
                let (hash, message) =
                    self.hashed(how.plain(), message).ok_or_else(Self::no_signature)?;
                Ok(super::digests::digest(hash, &message))
            }
        }
    }

    fn is_of_digest(&self, how: DataSignature, digest: &[u8], signature: &[u8]) -> bool {
        match *self.verifier() {
            #[cfg(feature = "rsa")]
            Verifier::Rsa(ref key) => key.verify_digest(how, digest, signature),
            #[cfg(any(feature = "ecc", feature = "sm2"))]
            #[allow(unreachable_patterns)]
            _ => {
                let _ = how;
                self.is_right(digest, signature, false)
            }
        }
    }
}
