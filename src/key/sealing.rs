//! The cipher that seals and the derivation of its key, by the crates of the feature `sealed-keys`.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::limits::{ARGON2_KIBIBYTES, ARGON2_LANES, ARGON2_PASSES};

const WHAT: &str = "sealing key";

pub(super) const SALT_BYTES: usize = 16;
/// XChaCha20's nonce, long enough to be drawn at random (draft-irtf-cfrg-xchacha-03 section 3.1).
pub(super) const NONCE_BYTES: usize = 24;

pub(super) struct Cipher(XChaCha20Poly1305);

impl Cipher {
    /// # Errors
    /// None where this is built in.
    pub(super) fn new(key: &[u8; 32]) -> Result<Self, Error> {
        Ok(Self(XChaCha20Poly1305::new(key.into())))
    }

    /// Ciphertext and tag; `None` where it is too long.
    pub(super) fn encrypt(
        &self,
        nonce: [u8; NONCE_BYTES],
        place: &[u8],
        plain: &[u8],
    ) -> Option<Vec<u8>> {
        self.0.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place }).ok()
    }

    /// `None` where the tag is wrong.
    pub(super) fn decrypt(
        &self,
        nonce: [u8; NONCE_BYTES],
        place: &[u8],
        ciphertext: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let opened = self.0.decrypt(&XNonce::from(nonce), Payload { msg: ciphertext, aad: place });
        opened.map(Zeroizing::new).ok()
    }
}

/// Argon2id (RFC 9106) over so many KiB, passes and lanes.
pub(super) fn derive(
    passphrase: &str,
    [kibibytes, passes, lanes]: [u32; 3],
    salt: &[u8; SALT_BYTES],
) -> Result<Zeroizing<[u8; 32]>, Error> {
    // The file says how much work to do, and it comes from outside.
    if kibibytes > ARGON2_KIBIBYTES || passes > ARGON2_PASSES || lanes > ARGON2_LANES {
        let given = format!("{kibibytes} KiB, {passes} passes, {lanes} lanes");
        let allowed =
            format!("{ARGON2_KIBIBYTES} KiB, {ARGON2_PASSES} passes, {ARGON2_LANES} lanes");
        return Err(Error::unsupported("work of Argon2id", given, format!("at most {allowed}")));
    }
    let failed = |error: argon2::Error| Error::malformed(WHAT, "Argon2id", error.to_string());
    let parameters = Params::new(kibibytes, passes, lanes, Some(32)).map_err(failed)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
        .map_err(failed)?;
    Ok(key)
}
