//! Private keys, of which nothing secret is shown.

use std::io;
use std::path::Path;

use certwright::key::WeakKeys;
use certwright::{Error, KeyPair, Signer as _};

use super::super::input::read_passphrase;
use super::super::output::Output;
use super::show;

/// A private key, or one that cannot be read without its passphrase.
pub enum PrivateKey {
    /// Encrypted, with no passphrase given.
    Encrypted(&'static str),
    Open(Box<KeyPair>),
}

impl PrivateKey {
    pub fn from_pem(text: &str, passphrase: Option<&Path>) -> Result<Self, Error> {
        if text.contains("Proc-Type:") && text.contains("ENCRYPTED") {
            return Ok(Self::Encrypted(LEGACY));
        }
        // By its label, before the passphrase is read; else by what is inside.
        let encrypted = text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----")
            || KeyPair::is_pem_encrypted(text)?;
        Self::open(match (encrypted, passphrase) {
            (true, None) => return Ok(Self::Encrypted(PKCS8)),
            (true, Some(file)) => KeyPair::from_pem_encrypted(text, &read_passphrase(file)?)?,
            (false, _) => KeyPair::from_pem_with(text, WEAK)?,
        })
    }

    pub fn from_der_encrypted(der: &[u8], passphrase: Option<&Path>) -> Result<Self, Error> {
        match passphrase {
            None => Ok(Self::Encrypted(PKCS8)),
            Some(file) => {
                Self::open(KeyPair::from_pkcs8_der_encrypted(der, &read_passphrase(file)?)?)
            }
        }
    }

    fn open(key: KeyPair) -> Result<Self, Error> {
        Ok(Self::Open(Box::new(key)))
    }

    pub fn show(&self, output: &mut Output) -> io::Result<()> {
        output.heading("Private key")?;
        match self {
            Self::Encrypted(form) => output.field("encrypted", form),
            Self::Open(key) => show::public_key(key.public_key(), output),
        }
    }
}

/// Weak keys are shown as such.
pub const WEAK: WeakKeys = WeakKeys::DangerouslyAllowRsa1024;

const PKCS8: &str = "PKCS #8; --passphrase-file shows more";
const LEGACY: &str = "RFC 1421 headers; `openssl pkcs8 -topk8` makes it PKCS #8";
