//! RSAES-OAEP (RFC 8017 section 7.1).

use rand_core::TryCryptoRng;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::data_encryption::DataEncryption;
use super::rsa::Secret;
use super::rsa_numbers::Public;
use super::rsa_padding::oaep_decoded;

impl Public {
    /// `None` where the data is too long.
    pub(super) fn encrypt<R: TryCryptoRng + ?Sized>(
        &self,
        how: DataEncryption,
        plaintext: &[u8],
        rng: &mut R,
    ) -> Option<Vec<u8>> {
        let key = self.key()?;
        let encrypted = match how {
            DataEncryption::RsaOaepSha1 => key.oaep_encrypt_with_rng::<Sha1, _>(rng, plaintext),
            _ => key.oaep_encrypt_with_rng::<Sha256, _>(rng, plaintext),
        };
        encrypted.ok()
    }
}

impl Secret {
    /// `None` for whatever is wrong; `rng` blinds the private operation. Where this crate's own arithmetic does not work on
    /// the key, the rsa crate does all.
    pub(super) fn decrypt<R: TryCryptoRng + ?Sized>(
        &self,
        how: DataEncryption,
        ciphertext: &[u8],
        rng: &mut R,
    ) -> Option<Zeroizing<Vec<u8>>> {
        if ciphertext.len() != self.public_numbers().0.len() {
            return None;
        }
        if let Some(encoded) = self.raised(ciphertext, rng) {
            return match how {
                DataEncryption::RsaOaepSha1 => oaep_decoded::<Sha1>(encoded),
                _ => oaep_decoded::<Sha256>(encoded),
            };
        }
        let key = &self.key;
        let decrypted = match how {
            DataEncryption::RsaOaepSha1 => key.oaep_decrypt_with_rng::<Sha1, _>(rng, ciphertext),
            _ => key.oaep_decrypt_with_rng::<Sha256, _>(rng, ciphertext),
        };
        decrypted.ok().map(Zeroizing::new)
    }
}
