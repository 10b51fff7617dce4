//! Private keys, of which nothing secret is shown.

use std::io;

use certwright::key::{WeakEncryption, WeakKeys};
use certwright::{Error, KeyPair, Signer as _};

use super::super::input::read_passphrase;
use super::super::options::Inspect;
use super::super::output::Output;
use super::show;

/// A private key, or one that cannot be read without its passphrase.
pub enum PrivateKey {
    /// Encrypted, with no passphrase given.
    Encrypted,
    Open(Box<KeyPair>),
}

impl PrivateKey {
    pub fn from_pem(text: &str, options: &Inspect) -> Result<Self, Error> {
        // By its label, before the passphrase is read; else by what is inside.
        let encrypted = text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----")
            || KeyPair::is_pem_encrypted(text)?;
        Self::open(match (encrypted, &options.passphrase_file) {
            (true, None) => return Ok(Self::Encrypted),
            (true, Some(file)) => {
                let passphrase = read_passphrase(file)?;
                KeyPair::from_pem_encrypted_with(text, &passphrase, weak_encryption(options))?
            }
            (false, _) => KeyPair::from_pem_with(text, WEAK)?,
        })
    }

    pub fn from_der_encrypted(der: &[u8], options: &Inspect) -> Result<Self, Error> {
        let Some(file) = &options.passphrase_file else { return Ok(Self::Encrypted) };
        let (passphrase, weak) = (read_passphrase(file)?, weak_encryption(options));
        Self::open(KeyPair::from_pkcs8_der_encrypted_with(der, &passphrase, weak)?)
    }

    fn open(key: KeyPair) -> Result<Self, Error> {
        Ok(Self::Open(Box::new(key)))
    }

    pub fn show(&self, output: &mut Output) -> io::Result<()> {
        output.heading("Private key")?;
        match self {
            Self::Encrypted => output.field("encrypted", "--passphrase-file shows more"),
            Self::Open(key) => show::public_key(key.public_key(), output),
        }
    }
}

fn weak_encryption(options: &Inspect) -> WeakEncryption {
    match options.dangerously_read_weak_encryption {
        true => WeakEncryption::DangerouslyRead,
        false => WeakEncryption::Refuse,
    }
}

/// Weak keys are shown as such.
pub const WEAK: WeakKeys = WeakKeys::DangerouslyAllowRsa1024;
