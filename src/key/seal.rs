//! Sealing of private keys at rest: XChaCha20-Poly1305 under 32 bytes that are given, or derived from
//! a passphrase with Argon2id (RFC 9106).

use std::fmt;

use zeroize::Zeroizing;

use super::random::random_bytes;
use super::sealing::{Cipher, NONCE_BYTES, SALT_BYTES, derive};
use super::secret::SecretText;
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::limits::PASSPHRASE_BYTES;

const WHAT: &str = "sealing key";

/// What is written: the second choice of RFC 9106 section 4, for machines with little memory.
const KIBIBYTES: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

const GIVEN: u8 = 1;
const DERIVED: u8 = 2;

/// What private keys at rest are sealed with. It is wiped when dropped and never printed. Without the
/// feature `sealed-keys` nothing can be sealed or opened with it.
///
/// ```
/// use certwright::key::SealingKey;
/// let by_passphrase = SealingKey::from_passphrase("correct horse battery staple")?;
/// let by_bytes = SealingKey::from_bytes([7; 32]);
/// assert_eq!(format!("{by_bytes:?}"), "SealingKey(…)");
/// # Ok::<(), certwright::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "sealed-keys")))]
pub struct SealingKey(Source);

enum Source {
    Given(Zeroizing<[u8; 32]>),
    Passphrase(SecretText),
}

impl SealingKey {
    /// 32 bytes from a random number generator or another store of secrets.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Source::Given(Zeroizing::new(bytes)))
    }

    /// A passphrase of 1 to 1024 bytes. The key is derived from it with Argon2id over 64 MiB in 3
    /// passes (RFC 9106 section 4), which takes a tenth of a second or some more.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is empty or too long.
    pub fn from_passphrase(passphrase: &str) -> Result<Self, Error> {
        if (1..=PASSPHRASE_BYTES).contains(&passphrase.len()) {
            return Ok(Self(Source::Passphrase(SecretText::new(passphrase.to_owned()))));
        }
        let problem = format!("{} bytes; allowed 1 to {PASSPHRASE_BYTES}", passphrase.len());
        Err(Error::malformed(WHAT, "passphrase", problem))
    }
}

impl SealingKey {
    /// The same key once more: outside, it is not copied.
    pub(crate) fn copied(&self) -> Self {
        Self(match &self.0 {
            Source::Given(bytes) => Source::Given(bytes.clone()),
            Source::Passphrase(text) => {
                Source::Passphrase(SecretText::new(text.as_str().to_owned()))
            }
        })
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

/// A key that seals and opens. Its header, which is kept beside what it sealed, says how it was made
/// and tells a wrong key from the right one.
pub(crate) struct Seal(Cipher);

impl Seal {
    /// A new seal and its header: kind (1 given, 2 derived); of a derived one the KiB (4), passes (4),
    /// lanes (4) and salt (16) of Argon2id; then nothing at all, sealed.
    pub(crate) fn create(key: &SealingKey) -> Result<(Self, Vec<u8>), Error> {
        let mut header = Vec::new();
        let seal = match &key.0 {
            Source::Given(bytes) => {
                header.push(GIVEN);
                Self::of(bytes)?
            }
            Source::Passphrase(passphrase) => {
                let salt: [u8; SALT_BYTES] = random_bytes()?;
                header.push(DERIVED);
                for number in [KIBIBYTES, PASSES, LANES] {
                    header.extend_from_slice(&number.to_be_bytes());
                }
                header.extend_from_slice(&salt);
                Self::of(&*derive(passphrase.as_str(), [KIBIBYTES, PASSES, LANES], &salt)?)?
            }
        };
        let proof = seal.seal(&header, &[])?;
        header.extend_from_slice(&proof);
        Ok((seal, header))
    }

    /// The seal of a header.
    pub(crate) fn open(key: &SealingKey, header: &[u8]) -> Result<Self, Error> {
        let (seal, rest) = match (&key.0, header.split_first()) {
            (Source::Given(bytes), Some((&GIVEN, rest))) => (Self::of(bytes)?, rest),
            (Source::Passphrase(passphrase), Some((&DERIVED, rest))) => {
                let (kibibytes, rest) = number(rest).ok_or_else(damaged)?;
                let (passes, rest) = number(rest).ok_or_else(damaged)?;
                let (lanes, rest) = number(rest).ok_or_else(damaged)?;
                let (salt, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
                let key = derive(passphrase.as_str(), [kibibytes, passes, lanes], salt)?;
                (Self::of(&key)?, rest)
            }
            (Source::Given(_), Some((&DERIVED, _))) => {
                return Err(sealed("a passphrase seals the private keys; 32 bytes were given"));
            }
            (Source::Passphrase(_), Some((&GIVEN, _))) => {
                return Err(sealed("32 bytes seal the private keys; a passphrase was given"));
            }
            _ => return Err(damaged()),
        };
        let head = header.strip_suffix(rest).unwrap_or_default();
        match seal.unseal(head, rest) {
            Ok(nothing) if nothing.is_empty() => Ok(seal),
            _ => Err(sealed("the sealing key is wrong, or the header of the seal is damaged")),
        }
    }

    fn of(key: &[u8; 32]) -> Result<Self, Error> {
        Cipher::new(key).map(Self)
    }

    /// Seals bytes for one place: nonce, ciphertext, tag.
    pub(crate) fn seal(&self, place: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce: [u8; NONCE_BYTES] = random_bytes()?;
        let ciphertext = self.0.encrypt(nonce, place, bytes);
        let ciphertext =
            ciphertext.ok_or_else(|| Error::malformed(WHAT, "", "too much to seal"))?;
        Ok([&nonce[..], &ciphertext].concat())
    }

    /// What was sealed for this place.
    pub(crate) fn unseal(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (nonce, ciphertext) = sealed.split_first_chunk().ok_or_else(damaged)?;
        self.0.decrypt(*nonce, place, ciphertext).ok_or_else(damaged)
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (u32::from_be_bytes(*number), rest))
}

fn sealed(message: &str) -> Error {
    StoreError::new(StoreErrorKind::Sealed, message).into()
}

fn damaged() -> Error {
    StoreError::new(StoreErrorKind::Corrupt, "what was sealed is damaged or in another's place")
        .into()
}

#[cfg(test)]
#[cfg(feature = "sealed-keys")]
mod tests {
    use super::*;

    fn keys() -> [SealingKey; 2] {
        [SealingKey::from_bytes([1; 32]), SealingKey::from_passphrase("open sesame").unwrap()]
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_at_the_same_place_only() {
        for key in keys() {
            let (seal, header) = Seal::create(&key).unwrap();
            let sealed = seal.seal(b"here", b"secret").unwrap();
            assert!(!sealed.windows(6).any(|window| window == b"secret"));
            let again = Seal::open(&key, &header).unwrap();
            assert_eq!(*again.unseal(b"here", &sealed).unwrap(), b"secret");
            assert!(again.unseal(b"there", &sealed).is_err());
            for at in 0..sealed.len() {
                let mut damaged = sealed.clone();
                damaged[at] ^= 1;
                assert!(again.unseal(b"here", &damaged).is_err(), "byte {at}");
                assert!(again.unseal(b"here", &sealed[..at]).is_err());
            }
        }
    }

    #[test]
    fn a_wrong_key_is_told_from_the_header() {
        let [given, derived] = keys();
        let wrong_bytes = SealingKey::from_bytes([2; 32]);
        let wrong_passphrase = SealingKey::from_passphrase("open sesam").unwrap();
        for (key, another_kind) in [(&given, &derived), (&derived, &given)] {
            let (_, header) = Seal::create(key).unwrap();
            for wrong in [&wrong_bytes, &wrong_passphrase, another_kind] {
                let Err(Error::Store(error)) = Seal::open(wrong, &header) else {
                    panic!("a wrong key opened it");
                };
                assert_eq!(error.kind(), StoreErrorKind::Sealed);
            }
        }
    }

    #[test]
    fn a_hostile_header_asks_for_no_more_than_the_limits() {
        let [_, derived] = keys();
        let (_, header) = Seal::create(&derived).unwrap();
        for at in [1, 5, 9] {
            let mut greedy = header.clone();
            greedy[at] = 0xFF;
            assert!(matches!(Seal::open(&derived, &greedy), Err(Error::Unsupported { .. })));
            // Zero is refused by Argon2's own rules.
            let mut idle = header.clone();
            idle[at..at + 4].fill(0);
            assert!(Seal::open(&derived, &idle).is_err());
        }
        for length in 0..header.len() {
            assert!(Seal::open(&derived, &header[..length]).is_err(), "{length} bytes");
        }
    }
}
