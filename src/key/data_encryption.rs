//! Encryption of short data for a key, and its decryption.

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::pair::{KeyPair, Secret};
use super::public::{PublicKey, Verifier};
use super::randomness::Randomness;
use super::secret::SecretBytes;
use crate::algorithm::KeyFamily;
use crate::error::Error;

/// How data is encrypted for a key. It is short: the key of a symmetric cipher, a password.
///
/// RSA with the padding of PKCS #1 v1.5 is not among them: whoever learns of many ciphertexts whether their
/// padding is right decrypts another (Bleichenbacher 1998), and whoever decrypts tells it by what he does next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DataEncryption {
    /// RSAES-OAEP (RFC 8017 section 7.1) with SHA-1, also in MGF1, and without a label. Of SHA-1 nothing is
    /// needed here that is broken.
    RsaOaepSha1,
    /// The same with SHA-256.
    RsaOaepSha256,
    /// SM2 (GB/T 32918.4), its ciphertext as GM/T 0009 writes it: SEQUENCE of x, y, C3 and C2, as OpenSSL has it
    /// too.
    Sm2,
}

impl DataEncryption {
    /// The family of the keys that it is for.
    pub const fn family(self) -> KeyFamily {
        match self {
            Self::RsaOaepSha1 | Self::RsaOaepSha256 => KeyFamily::Rsa,
            Self::Sm2 => KeyFamily::Sm2,
        }
    }

    fn check(self, key: &PublicKey) -> Result<(), Error> {
        let family = key.algorithm().family();
        if self.family() == family {
            return Ok(());
        }
        let allowed = format!("encryption for {family} keys");
        Err(Error::unsupported("encryption", self.family().to_string(), allowed))
    }
}

impl PublicKey {
    /// Encrypts data for the owner of this key, with the system's random numbers.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use certwright::key::DataEncryption;
    /// use certwright::{KeyAlgorithm, KeyPair};
    /// let key = KeyPair::generate(KeyAlgorithm::Rsa2048)?;
    /// let how = DataEncryption::RsaOaepSha256;
    /// let ciphertext = key.public_key().encrypt_data(how, b"secret")?;
    /// assert_eq!(key.decrypt_data(how, &ciphertext)?.as_bytes(), b"secret");
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key of another family; [`Error::Malformed`] when the data is too long: RSA takes
    /// as many bytes as the modulus has less 42 with SHA-1, less 66 with SHA-256, SM2 1 to 6,047;
    /// [`Error::Random`] without random numbers.
    pub fn encrypt_data(&self, how: DataEncryption, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        self.encrypt_data_with(how, plaintext, &mut Randomness::default())
    }

    /// The same with random numbers from `rng`, of which 32 bytes are drawn.
    ///
    /// # Errors
    /// As [`PublicKey::encrypt_data`].
    pub fn encrypt_data_with<R: TryCryptoRng + ?Sized>(
        &self,
        how: DataEncryption,
        plaintext: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, Error> {
        how.check(self)?;
        // Where the generator fails it fails before, and nothing is half done.
        #[cfg_attr(not(any(feature = "rsa", feature = "sm2")), allow(unused))]
        let mut rng = super::random::seeded(rng)?;
        #[cfg_attr(not(any(feature = "rsa", feature = "sm2")), allow(unused))]
        let encrypted: Option<Vec<u8>> = match *self.verifier() {
            #[cfg(feature = "ecc")]
            Verifier::Ecdsa(_) => None,
            #[cfg(feature = "rsa")]
            Verifier::Rsa(ref key) => key.encrypt(how, plaintext, &mut rng),
            #[cfg(feature = "sm2")]
            Verifier::Sm2(ref key) => {
                super::sm2_encryption::encrypt(&key.to_point(), plaintext, &mut rng)
            }
        };
        encrypted.ok_or_else(|| {
            let problem = format!("{} bytes; this key encrypts fewer at once", plaintext.len());
            let problem = if plaintext.is_empty() { "empty".to_owned() } else { problem };
            Error::malformed("plaintext", "", problem)
        })
    }
}

impl KeyPair {
    /// Decrypts data that was encrypted for this key. Whatever is wrong with a ciphertext, the error is the same,
    /// and no secret decides how long that takes; RSA is blinded, and SM2 computed by the RustCrypto crate,
    /// whichever [`Arithmetic`](crate::key::Arithmetic) is set. SM2 ciphertexts are read as GM/T 0009 writes them, and
    /// as C1, C3 and C2 one behind the other, C1 uncompressed.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key of another family; [`Error::Malformed`] for a ciphertext that is none of this
    /// key; [`Error::Random`] without random numbers.
    pub fn decrypt_data(
        &self,
        how: DataEncryption,
        ciphertext: &[u8],
    ) -> Result<SecretBytes, Error> {
        how.check(&self.public)?;
        #[cfg_attr(not(feature = "rsa"), allow(unused))]
        let mut rng = super::random::seeded(&mut self.randomness.clone())?;
        #[cfg_attr(not(any(feature = "rsa", feature = "sm2")), allow(unused))]
        let plaintext: Option<Zeroizing<Vec<u8>>> = match self.secret {
            #[cfg(feature = "ecc")]
            Secret::Ecdsa(_) => None,
            #[cfg(feature = "rsa")]
            Secret::Rsa(ref secret) => secret.decrypt(how, ciphertext, &mut rng),
            #[cfg(feature = "sm2")]
            Secret::Sm2(ref secret) => {
                super::sm2_encryption::decrypt(&secret.to_scalar(), ciphertext)
            }
        };
        let wrong = || Error::malformed("ciphertext", "", "none of this key, or damaged");
        plaintext.map(SecretBytes::new).ok_or_else(wrong)
    }
}
