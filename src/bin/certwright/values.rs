//! The values of options that are no texts.

use certwright::key::Sm2Id;
use certwright::time::Time;
use clap::ValueEnum;

use super::hexadecimal::bytes;

pub fn time(text: &str) -> Result<Time, certwright::Error> {
    match text.parse() {
        Ok(seconds) => Time::from_unix(seconds),
        Err(_) => text.parse(),
    }
}

/// The digest of an audit entry.
#[derive(Clone, Copy, Debug)]
pub struct Digest(pub [u8; 32]);

pub fn digest(text: &str) -> Result<Digest, &'static str> {
    let wrong = "allowed 64 hexadecimal digits";
    let bytes = bytes(text).ok_or(wrong)?;
    bytes.try_into().map(Digest).map_err(|_| wrong)
}

pub fn sm2_id(text: &str) -> Result<Sm2Id, certwright::Error> {
    Sm2Id::new(text)
}

/// Rules that do not hold for every certificate.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RuleProfile {
    /// GM/T 0015: certificates of SM2 keys
    #[value(name = "gmt-0015")]
    GmT0015,
    /// What Apple's systems, Chrome and Java refuse of a private CA's TLS certificates
    #[value(name = "private-tls")]
    PrivateTls,
    /// The CA/Browser Forum's baseline for TLS servers of the public web
    #[value(name = "tls-baseline")]
    Tls,
}

/// What a leaf is for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Purpose {
    /// Whatever it says, and it may be a CA
    Any,
    /// TLS clients
    Client,
    /// Signatures of programs
    CodeSigning,
    /// E-mail, signed or encrypted
    Email,
    /// Answers on the status of certificates
    OcspSigning,
    /// TLS servers
    Server,
    /// Time stamps
    TimeStamping,
}
