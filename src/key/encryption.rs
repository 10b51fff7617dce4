//! Encryption of private keys under a passphrase: PBES2 (RFC 8018 section 6.2), and where it is allowed to
//! be read, what came before it.

use aes::{Aes128, Aes192, Aes256};
use aes_gcm::aead::{Aead, KeyInit as AeadInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm, Nonce};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use des::TdesEde3;
use pbkdf2::pbkdf2_hmac;
use sm4::Sm4;
use zeroize::Zeroizing;

use super::cbc::decrypt_cbc;
use super::pbes1::{Pbes1, decrypt_rfc1421};
use super::pbes2::{self, Cipher, Derivation, Hash, Scheme};
use super::randomness::Randomness;
use super::weak_encryption::WeakEncryption;
use crate::error::Error;
use crate::limits::PASSPHRASE_BYTES;
use crate::wire::headers::Encrypted;

const WHAT: &str = "encrypted private key";

/// Rounds of PBKDF2-HMAC-SHA256 that are written (OWASP Password Storage Cheat Sheet, 2023).
const WRITTEN_ITERATIONS: u32 = 600_000;

/// The longest key of a cipher.
const KEY_BYTES: usize = 32;

/// The whole AlgorithmIdentifier and the ciphertext.
pub(super) fn encrypt(
    plain: &[u8],
    passphrase: &str,
    random: &Randomness,
) -> Result<(Vec<u8>, Vec<u8>), Error> {
    check_passphrase(passphrase)?;
    if passphrase.is_empty() {
        let problem = format!("empty; allowed 1 to {PASSPHRASE_BYTES} bytes");
        return Err(Error::malformed(WHAT, "passphrase", problem));
    }
    let (salt, iv): ([u8; 16], [u8; 16]) = (random.bytes()?, random.bytes()?);
    let rounds = WRITTEN_ITERATIONS;
    let derivation = Derivation::Pbkdf2 { salt: &salt, rounds, hash: Hash::Sha256 };
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    derive(&derivation, passphrase, &mut *key)?;
    let cipher = cbc::Encryptor::<Aes256>::new(&(*key).into(), &iv.into());
    let ciphertext = cipher.encrypt_padded_vec::<Pkcs7>(plain);
    Ok((pbes2::encode_written(&salt, rounds, &iv), ciphertext))
}

pub(super) fn decrypt(
    algorithm: &[u8],
    ciphertext: &[u8],
    passphrase: &str,
    weak_encryption: WeakEncryption,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    check_passphrase(passphrase)?;
    if let Some(weak) = Pbes1::read(algorithm)? {
        let what = "PBES1 with SHA-1 and 3DES (RFC 7292)";
        check_allowed(
            weak_encryption,
            what,
            "`openssl pkcs8 -in OLD -topk8 -v2 aes-256-cbc -out NEW`",
        )?;
        return opened(weak.decrypt(ciphertext, passphrase));
    }
    let Scheme { derivation, cipher } = Scheme::read(algorithm)?;
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    let (key, _) = key.split_at_mut(cipher.key_length());
    derive(&derivation, passphrase, key)?;
    let plain = match &cipher {
        Cipher::Aes128Cbc(iv) => decrypt_cbc::<Aes128>(key, iv, ciphertext),
        Cipher::Aes192Cbc(iv) => decrypt_cbc::<Aes192>(key, iv, ciphertext),
        Cipher::Aes256Cbc(iv) => decrypt_cbc::<Aes256>(key, iv, ciphertext),
        Cipher::Sm4Cbc(iv) => decrypt_cbc::<Sm4>(key, iv, ciphertext),
        Cipher::TripleDesCbc(iv) => decrypt_cbc::<TdesEde3>(key, iv, ciphertext),
        Cipher::Aes128Gcm(nonce) => Aes128Gcm::new_from_slice(key)
            .ok()
            .and_then(|cipher| cipher.decrypt(&Nonce::from(*nonce), ciphertext).ok()),
        Cipher::Aes256Gcm(nonce) => Aes256Gcm::new_from_slice(key)
            .ok()
            .and_then(|cipher| cipher.decrypt(&Nonce::from(*nonce), ciphertext).ok()),
    };
    opened(plain)
}

/// Decrypts what stands below RFC 1421 headers.
pub(super) fn decrypt_under_headers(
    encrypted: &Encrypted,
    passphrase: &str,
    weak_encryption: WeakEncryption,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    check_passphrase(passphrase)?;
    let what = "RFC 1421 headers (Proc-Type, DEK-Info)";
    check_allowed(weak_encryption, what, "`openssl pkcs8 -topk8 -in OLD -out NEW`")?;
    opened(decrypt_rfc1421(encrypted, passphrase)?)
}

fn check_allowed(weak_encryption: WeakEncryption, given: &str, command: &str) -> Result<(), Error> {
    match weak_encryption {
        WeakEncryption::DangerouslyRead => Ok(()),
        WeakEncryption::Refuse => Err(Error::unsupported(
            "key encryption",
            format!("{given}, which protects little"),
            format!(
                "PBES2; {command} converts a key, and WeakEncryption::DangerouslyRead reads it"
            ),
        )),
    }
}

fn opened(plain: Option<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, Error> {
    plain.map(Zeroizing::new).ok_or(Error::WrongPassphrase { what: WHAT })
}

/// Derives the key, as long as the cipher wants it.
fn derive(derivation: &Derivation<'_>, passphrase: &str, key: &mut [u8]) -> Result<(), Error> {
    let passphrase = passphrase.as_bytes();
    match *derivation {
        Derivation::Pbkdf2 { salt, rounds, hash } => match hash {
            Hash::Sha1 => pbkdf2_hmac::<sha1::Sha1>(passphrase, salt, rounds, key),
            Hash::Sha224 => pbkdf2_hmac::<sha2::Sha224>(passphrase, salt, rounds, key),
            Hash::Sha256 => pbkdf2_hmac::<sha2::Sha256>(passphrase, salt, rounds, key),
            Hash::Sha384 => pbkdf2_hmac::<sha2::Sha384>(passphrase, salt, rounds, key),
            Hash::Sha512 => pbkdf2_hmac::<sha2::Sha512>(passphrase, salt, rounds, key),
            Hash::Sm3 => pbkdf2_hmac::<sm3::Sm3>(passphrase, salt, rounds, key),
        },
        Derivation::Scrypt { salt, n, r, p } => {
            let refused = || pbes2::unsupported(format!("scrypt with N = {n}, r = {r}, p = {p}"));
            let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| refused())?;
            let parameters = scrypt::Params::new(log_n, r, p).map_err(|_| refused())?;
            scrypt::scrypt(passphrase, salt, &parameters, key).map_err(|_| refused())?;
        }
    }
    Ok(())
}

fn check_passphrase(passphrase: &str) -> Result<(), Error> {
    if passphrase.len() > PASSPHRASE_BYTES {
        let problem = format!("{} bytes; at most {PASSPHRASE_BYTES}", passphrase.len());
        return Err(Error::malformed(WHAT, "passphrase", problem));
    }
    Ok(())
}
