//! Reading and writing private keys.

use super::encryption;
use super::pair::{KeyPair, Secret, check_strength};
use super::secret::{SecretBytes, SecretText};
use super::weak_encryption::WeakEncryption;
use crate::algorithm::{KeyFamily, WeakKeys};
use crate::arithmetic::Arithmetic;
use crate::error::Error;
use crate::wire::kind::{Kind, PRIVATE_KEYS, explain};
use crate::wire::pem;
use crate::wire::private_key::{
    PrivateKeyParts, RsaParts, encode_encrypted, split_encrypted, split_pkcs1, split_pkcs8,
    split_sec1,
};

const WHAT: &str = "private key";
const ENCRYPTED: &str = "encrypted private key";
const PKCS8: &str = "PRIVATE KEY";
const PKCS8_ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
const SEC1: &str = "EC PRIVATE KEY";
/// What OpenSSL 3 calls SEC 1 of an SM2 key.
const SEC1_SM2: &str = "SM2 PRIVATE KEY";
const PKCS1: &str = "RSA PRIVATE KEY";
/// What is inside a block with any of these is read for what it is.
const LABELS: &[&str] = &[PKCS8, PKCS8_ENCRYPTED, SEC1, PKCS1, SEC1_SM2, ANY];
/// An old name for PKCS #8 that OpenSSL knows.
const ANY: &str = "ANY PRIVATE KEY";

impl KeyPair {
    /// Reads PKCS #8 (RFC 5958).
    ///
    /// # Errors
    /// [`Error::Malformed`] when it cannot be read, its numbers do not belong together or the key is
    /// one that can be broken; [`Error::Unsupported`] for other algorithms and sizes;
    /// [`Error::Denied`] for RSA of 1024 bits (see [`KeyPair::from_pkcs8_der_with`]).
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, Error> {
        Self::from_pkcs8_der_with(der, WeakKeys::Refuse)
    }

    /// Reads PKCS #8, and weak keys if `weak_keys` says so.
    ///
    /// # Errors
    /// As [`KeyPair::from_pkcs8_der`].
    pub fn from_pkcs8_der_with(der: &[u8], weak_keys: WeakKeys) -> Result<Self, Error> {
        let split = split_pkcs8(der);
        let (parts, public) =
            split.map_err(|error| explain(&[Kind::PrivateKey], WHAT, der, error))?;
        Self::from_parts(parts, public, weak_keys)
    }

    /// Reads encrypted PKCS #8: PBES2 (RFC 8018) with PBKDF2 (HMAC with SHA-1, SHA-2 or SM3, at most
    /// 2,000,000 rounds) or scrypt (at most 256 MiB), and AES, SM4 or 3DES; the last is not written.
    ///
    /// # Errors
    /// As [`KeyPair::from_pkcs8_der`]; [`Error::Unsupported`] for other schemes or for a key
    /// derivation that would take too long; [`Error::WrongPassphrase`].
    #[cfg_attr(docsrs, doc(cfg(feature = "encrypted-keys")))]
    pub fn from_pkcs8_der_encrypted(der: &[u8], passphrase: &str) -> Result<Self, Error> {
        Self::from_pkcs8_der_encrypted_with(der, passphrase, WeakEncryption::Refuse)
    }

    /// Reads encrypted PKCS #8, under weak encryption if `weak_encryption` says so.
    ///
    /// # Errors
    /// As [`KeyPair::from_pkcs8_der_encrypted`].
    #[cfg_attr(docsrs, doc(cfg(feature = "encrypted-keys")))]
    pub fn from_pkcs8_der_encrypted_with(
        der: &[u8],
        passphrase: &str,
        weak_encryption: WeakEncryption,
    ) -> Result<Self, Error> {
        let split = split_encrypted(der);
        let (algorithm, ciphertext) =
            split.map_err(|error| explain(&[Kind::EncryptedPrivateKey], ENCRYPTED, der, error))?;
        let plain = encryption::decrypt(algorithm, ciphertext, passphrase, weak_encryption)?;
        // Behind a wrong passphrase there is right padding one time in 256, but no PrivateKeyInfo.
        let (parts, public) = split_pkcs8(&plain).map_err(|_| wrong_passphrase())?;
        Self::from_parts(parts, public, WeakKeys::Refuse)
    }

    /// Whether this is encrypted PKCS #8, so that it can be read with its passphrase only.
    pub fn is_pkcs8_der_encrypted(der: &[u8]) -> bool {
        split_encrypted(der).is_ok()
    }

    /// Whether a PEM text has an encrypted private key, so that it can be read with its passphrase only.
    ///
    /// # Errors
    /// [`Error::Malformed`] when there is no private key, or more than one.
    pub fn is_pem_encrypted(text: &str) -> Result<bool, Error> {
        if pem::single_encrypted(WHAT, LABELS, text)?.is_some() {
            return Ok(true);
        }
        let der = pem::single(WHAT, LABELS, text)?;
        Ok(Kind::of(&der) == Some(Kind::EncryptedPrivateKey))
    }

    /// Reads SEC 1 (RFC 5915), which must name its curve.
    ///
    /// # Errors
    /// As [`KeyPair::from_pkcs8_der`].
    pub fn from_sec1_der(der: &[u8]) -> Result<Self, Error> {
        let split = split_sec1(der);
        let parts = split.map_err(|error| explain(&[Kind::Sec1], WHAT, der, error))?;
        Self::from_parts(parts, None, WeakKeys::Refuse)
    }

    /// Reads PKCS #1 (RFC 8017 appendix A.1.2).
    ///
    /// # Errors
    /// As [`KeyPair::from_pkcs8_der`].
    pub fn from_pkcs1_der(der: &[u8]) -> Result<Self, Error> {
        let split = split_pkcs1(der);
        let parts = split.map_err(|error| explain(&[Kind::Pkcs1], WHAT, der, error))?;
        Self::from_parts(parts, None, WeakKeys::Refuse)
    }

    /// Reads one PEM block (RFC 7468, the lax grammar) of a private key: `PRIVATE KEY`, `EC PRIVATE KEY`
    /// or `RSA PRIVATE KEY`. What is inside counts, not the label. Other blocks, such as `EC
    /// PARAMETERS`, and text around are passed over; a text of nothing but base64 is read, too.
    ///
    /// # Errors
    /// As [`KeyPair::from_pkcs8_der`]; [`Error::Unsupported`] when the block is encrypted.
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_pem_with(text, WeakKeys::Refuse)
    }

    /// Reads one PEM block, and weak keys if `weak_keys` says so.
    ///
    /// # Errors
    /// As [`KeyPair::from_pem`].
    pub fn from_pem_with(text: &str, weak_keys: WeakKeys) -> Result<Self, Error> {
        let der = pem::single(WHAT, LABELS, text)?;
        if Kind::of(&der) == Some(Kind::EncryptedPrivateKey) {
            return Err(Error::unsupported(
                WHAT,
                "an encrypted key without a passphrase",
                "a key that is not encrypted; KeyPair::from_pem_encrypted takes the passphrase",
            ));
        }
        let (parts, public) = split_unencrypted(&der)?;
        Self::from_parts(parts, public, weak_keys)
    }

    /// Reads one PEM block `ENCRYPTED PRIVATE KEY`.
    ///
    /// # Errors
    /// As [`KeyPair::from_pkcs8_der_encrypted`]; [`Error::Unsupported`] when the key is not encrypted, or
    /// under RFC 1421 headers.
    #[cfg_attr(docsrs, doc(cfg(feature = "encrypted-keys")))]
    pub fn from_pem_encrypted(text: &str, passphrase: &str) -> Result<Self, Error> {
        Self::from_pem_encrypted_with(text, passphrase, WeakEncryption::Refuse)
    }

    /// Reads one PEM block of an encrypted private key, under weak encryption if `weak_encryption` says so.
    ///
    /// # Errors
    /// As [`KeyPair::from_pem_encrypted`].
    #[cfg_attr(docsrs, doc(cfg(feature = "encrypted-keys")))]
    pub fn from_pem_encrypted_with(
        text: &str,
        passphrase: &str,
        weak_encryption: WeakEncryption,
    ) -> Result<Self, Error> {
        if let Some(encrypted) = pem::single_encrypted(WHAT, LABELS, text)? {
            let plain = encryption::decrypt_under_headers(&encrypted, passphrase, weak_encryption)?;
            // Nothing but its form says that the passphrase was right.
            let (parts, public) = split_unencrypted(&plain).map_err(|_| wrong_passphrase())?;
            return Self::from_parts(parts, public, WeakKeys::Refuse);
        }
        let der = pem::single(WHAT, LABELS, text)?;
        if Kind::of(&der)
            .is_some_and(|kind| PRIVATE_KEYS.contains(&kind) && kind != Kind::EncryptedPrivateKey)
        {
            let allowed = "an encrypted key with a passphrase, or KeyPair::from_pem without one";
            return Err(Error::unsupported(WHAT, "a key that is not encrypted", allowed));
        }
        Self::from_pkcs8_der_encrypted_with(&der, passphrase, weak_encryption)
    }

    /// Writes PKCS #8.
    ///
    /// # Errors
    /// None for a key this crate made or read.
    pub fn to_pkcs8_der(&self) -> Result<SecretBytes, Error> {
        let algorithm = self.public_key().algorithm();
        let point = self.public_key().as_bytes();
        match self.secret {
            #[cfg(feature = "ecc")]
            Secret::Ecdsa(ref secret) => Ok(SecretBytes::new(
                crate::wire::private_key::encode_scalar(algorithm, &secret.to_scalar(), point),
            )),
            #[cfg(feature = "rsa")]
            Secret::Rsa(ref secret) => secret.to_pkcs8().map(SecretBytes::new),
            #[cfg(feature = "sm2")]
            Secret::Sm2(ref secret) => Ok(SecretBytes::new(
                crate::wire::private_key::encode_scalar(algorithm, &secret.to_scalar(), point),
            )),
        }
    }

    /// Writes PKCS #8 as a PEM block `PRIVATE KEY`.
    ///
    /// # Errors
    /// As [`KeyPair::to_pkcs8_der`].
    pub fn to_pkcs8_pem(&self) -> Result<SecretText, Error> {
        let der = self.to_pkcs8_der()?;
        Ok(SecretText::new(pem::encode(PKCS8, der.as_bytes())))
    }

    /// Writes encrypted PKCS #8: PBES2 with PBKDF2-HMAC-SHA256 (600,000 rounds, a salt of 16 bytes)
    /// and AES-256-CBC, which OpenSSL reads.
    ///
    /// # Errors
    /// [`Error::Malformed`] for an empty passphrase or one longer than 1024 bytes,
    /// [`Error::Random`] when the system has no random numbers.
    #[cfg_attr(docsrs, doc(cfg(feature = "encrypted-keys")))]
    pub fn to_pkcs8_der_encrypted(&self, passphrase: &str) -> Result<Vec<u8>, Error> {
        let plain = self.to_pkcs8_der()?;
        let (algorithm, ciphertext) =
            encryption::encrypt(plain.as_bytes(), passphrase, &self.randomness)?;
        Ok(encode_encrypted(&algorithm, &ciphertext))
    }

    /// Writes encrypted PKCS #8 as a PEM block `ENCRYPTED PRIVATE KEY`.
    ///
    /// # Errors
    /// As [`KeyPair::to_pkcs8_der_encrypted`].
    #[cfg_attr(docsrs, doc(cfg(feature = "encrypted-keys")))]
    pub fn to_pkcs8_pem_encrypted(&self, passphrase: &str) -> Result<String, Error> {
        Ok(pem::encode(PKCS8_ENCRYPTED, &self.to_pkcs8_der_encrypted(passphrase)?))
    }

    /// A key from its parts, with the public key that the file has beside them.
    fn from_parts(
        parts: PrivateKeyParts<'_>,
        public: Option<&[u8]>,
        weak_keys: WeakKeys,
    ) -> Result<Self, Error> {
        let key = match parts {
            PrivateKeyParts::Rsa(parts) => Self::read_rsa(parts)?,
            PrivateKeyParts::Scalar { algorithm, scalar, point } => {
                let key = Self::read_scalar(algorithm, scalar)?;
                if let Some(point) = point {
                    key.check_point(point)?;
                }
                key
            }
        };
        let algorithm = key.public_key().algorithm();
        match (public, algorithm.family()) {
            (None, _) => {}
            (Some(public), KeyFamily::Rsa) if public == key.public_key().as_bytes() => {}
            (Some(_), KeyFamily::Rsa) => return Err(another_public_key()),
            (Some(public), _) => key.check_point(public)?,
        }
        check_strength(algorithm, weak_keys)?;
        Ok(key)
    }

    /// The point written beside a scalar, in any SEC 1 form, must be the scalar's.
    fn check_point(&self, point: &[u8]) -> Result<(), Error> {
        use crate::wire::public_key::{PublicKeyParts, check_point_form};
        check_point_form(WHAT, "publicKey", point)?;
        let algorithm = self.public_key().algorithm();
        let parts = PublicKeyParts::Point { algorithm, point };
        if super::public::PublicKey::from_parts(parts)? == *self.public_key() {
            return Ok(());
        }
        Err(another_public_key())
    }

    fn read_scalar(
        algorithm: crate::algorithm::KeyAlgorithm,
        scalar: &[u8],
    ) -> Result<Self, Error> {
        match algorithm {
            #[cfg(feature = "sm2")]
            crate::algorithm::KeyAlgorithm::Sm2 => {
                Self::from_sm2(super::sm2::Secret::from_scalar(Arithmetic::default(), scalar)?)
            }
            #[cfg(not(feature = "sm2"))]
            crate::algorithm::KeyAlgorithm::Sm2 => {
                Err(super::public::not_built(algorithm.family()))
            }
            #[cfg(feature = "ecc")]
            _ => super::ecdsa::Secret::from_scalar(Arithmetic::default(), algorithm, scalar)
                .map(|secret| Self::from_ecdsa(algorithm, secret)),
            #[cfg(not(feature = "ecc"))]
            _ => Err(super::public::not_built(algorithm.family())),
        }
    }

    #[cfg(feature = "rsa")]
    fn read_rsa(parts: RsaParts<'_>) -> Result<Self, Error> {
        Self::from_rsa(super::rsa::Secret::from_parts(parts)?)
    }

    #[cfg(not(feature = "rsa"))]
    fn read_rsa(_: RsaParts<'_>) -> Result<Self, Error> {
        Err(super::public::not_built(KeyFamily::Rsa))
    }
}

/// The parts of a key in any form, whatever its label said.
fn split_unencrypted(der: &[u8]) -> Result<(PrivateKeyParts<'_>, Option<&[u8]>), Error> {
    let split = match Kind::of(der) {
        Some(Kind::Sec1) => split_sec1(der).map(|parts| (parts, None)),
        Some(Kind::Pkcs1) => split_pkcs1(der).map(|parts| (parts, None)),
        _ => split_pkcs8(der),
    };
    split.map_err(|error| explain(PRIVATE_KEYS, WHAT, der, error))
}

fn wrong_passphrase() -> Error {
    Error::WrongPassphrase { what: ENCRYPTED }
}

fn another_public_key() -> Error {
    Error::malformed(WHAT, "publicKey", "not the public key of this private key")
}
