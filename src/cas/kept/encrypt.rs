//! Encryption for the keys of certificates, and its decryption.

use zeroize::Zeroizing;

use super::super::error::{CasError, ErrorKind};
use super::super::json::schema::Secret;
use super::super::parameters::base64;
use super::super::session::{Run, Session};
use super::work_structures::{Decrypt, Decrypted, Encrypt, Encrypted};
use super::worker::{Work, Worker};
use crate::Error;
use crate::error::quoted;
use crate::key::DataEncryption;

impl Run for Encrypt {
    type Answer = Encrypted;

    fn run(&self, at: &Session<'_>) -> Result<Encrypted, CasError> {
        let plaintext = match is_base64(self.message_type.as_deref(), RAW)? {
            true => base64::decode("Plaintext", self.plaintext.as_str())?,
            false => Zeroizing::new(self.plaintext.as_str().as_bytes().to_vec()),
        };
        let worker = self.which.find(at, Work::Encryption)?;
        let how = algorithm(&worker, &self.algorithm)?;
        worker.check_in_force(at)?;
        let key = worker.certificate.public_key()?;
        let encrypted = key.encrypt_data_with(how, &plaintext, &mut at.randomness.clone());
        let encrypted = encrypted.map_err(|error| match error {
            Error::Malformed(_) => CasError::of(error, ErrorKind::DataTooLong).about("Plaintext"),
            error => error.into(),
        })?;
        let ciphertext_blob = base64::encode(&encrypted);
        Ok(Encrypted { cert_identifier: worker.identifier, ciphertext_blob })
    }
}

impl Run for Decrypt {
    type Answer = Decrypted;

    fn run(&self, at: &Session<'_>) -> Result<Decrypted, CasError> {
        let as_base64 = is_base64(self.message_type.as_deref(), BASE64)?;
        let ciphertext = base64::decode("CiphertextBlob", &self.ciphertext_blob)?;
        let worker = self.which.find(at, Work::Encryption)?;
        let how = algorithm(&worker, &self.algorithm)?;
        let key = worker.key(at, &format!("decrypts by {}", self.algorithm))?;
        let plaintext = key
            .decrypt_data(how, &ciphertext)
            .map_err(|error| CasError::from(error).about("CiphertextBlob"))?;
        let bytes = plaintext.as_bytes();
        let plaintext = match as_base64 {
            true => Secret::new(base64::encode(bytes)),
            false => {
                let text = str::from_utf8(bytes).map_err(|_| {
                    let allowed = "Base64: the plaintext is not UTF-8";
                    CasError::invalid("MessageType", RAW, allowed)
                })?;
                Secret::new(text)
            }
        };
        Ok(Decrypted { cert_identifier: worker.identifier, plaintext })
    }
}

/// Whether a plaintext is in base64, by a MessageType or the one that stands for none.
fn is_base64(given: Option<&str>, default: &str) -> Result<bool, CasError> {
    match given.unwrap_or(default) {
        RAW => Ok(false),
        // Sign writes it in another way.
        text if text.eq_ignore_ascii_case(BASE64) => Ok(true),
        other => Err(CasError::invalid("MessageType", quoted(other), "RAW or Base64")),
    }
}

/// How it is encrypted for a key of the certificate, by the service's name.
fn algorithm(worker: &Worker, name: &str) -> Result<DataEncryption, CasError> {
    let family = worker.certificate.public_key()?.algorithm().family();
    let ours = || ALGORITHMS.iter().filter(|(_, how)| how.family() == family);
    let found = ours().find(|(known, _)| *known == name).map(|(_, how)| *how);
    found.ok_or_else(|| {
        let names: Vec<&str> = ours().map(|(known, _)| *known).collect();
        let allowed = match names.as_slice() {
            [] => format!("a certificate of RSA or SM2: keys of {family} sign only"),
            names => format!("{}, of the certificate's key", names.join(" or ")),
        };
        CasError::invalid("Algorithm", quoted(name), allowed)
    })
}

/// The algorithms of the service (F).
const ALGORITHMS: [(&str, DataEncryption); 3] = [
    ("RSAES_OAEP_SHA_1", DataEncryption::RsaOaepSha1),
    ("RSAES_OAEP_SHA_256", DataEncryption::RsaOaepSha256),
    ("SM2PKE", DataEncryption::Sm2),
];

const RAW: &str = "RAW";
const BASE64: &str = "Base64";
