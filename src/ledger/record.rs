//! The records of certificates.

use crate::certificate::Certificate;
use crate::error::{StoreError, StoreErrorKind};
use crate::limits::SERIAL_OCTETS;
use crate::serial::SerialNumber;
use crate::store::ReadTransaction;
use crate::validity::Time;

use super::IssuerDigest;

pub(super) const PREFIX: &[u8] = b"certificate/";
const VERSION: u8 = 1;
const CLAIMED: u8 = 1;
const ISSUED: u8 = 2;

/// What is known of a serial number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateRecord {
    /// The issuer.
    pub issuer: IssuerDigest,
    /// The serial number.
    pub serial: SerialNumber,
    /// When the number was claimed.
    pub claimed_at: Time,
    /// Whether the certificate came back.
    pub state: RecordState,
}

/// Whether a certificate came back from its signer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RecordState {
    /// The number was given to these to-be-signed octets. Whether a signature was ever made is not
    /// known, so it stays listed, can be completed, and can be revoked.
    Claimed {
        /// The octets to be signed.
        to_be_signed: Vec<u8>,
    },
    /// The certificate, as it was answered.
    Issued {
        /// The certificate.
        certificate: Box<Certificate>,
        /// When it was recorded.
        issued_at: Time,
    },
}

pub(super) fn key(issuer: &IssuerDigest, serial: &SerialNumber) -> Vec<u8> {
    [PREFIX, issuer, &padded(serial)].concat()
}

/// A serial number with zeros in front, so that the order of keys is that of numbers.
pub(super) fn padded(serial: &SerialNumber) -> Vec<u8> {
    let octets = serial.as_bytes();
    let mut padded = vec![0; SERIAL_OCTETS.saturating_sub(octets.len())];
    padded.extend_from_slice(octets);
    padded
}

pub(super) fn encode_claimed(at: Time, to_be_signed: &[u8]) -> Vec<u8> {
    [&[VERSION, CLAIMED], &at.unix().to_be_bytes()[..], &[0; 8], to_be_signed].concat()
}

pub(super) fn encode_issued(claimed_at: Time, at: Time, certificate: &[u8]) -> Vec<u8> {
    let (claimed_at, at) = (claimed_at.unix().to_be_bytes(), at.unix().to_be_bytes());
    [&[VERSION, ISSUED], &claimed_at[..], &at, certificate].concat()
}

pub(super) fn get(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
    serial: &SerialNumber,
) -> Result<Option<CertificateRecord>, StoreError> {
    let key = key(issuer, serial);
    transaction.get(&key)?.map(|value| decode(&key, &value)).transpose()
}

pub(super) fn decode(key: &[u8], value: &[u8]) -> Result<CertificateRecord, StoreError> {
    let (issuer, serial) = split_key(PREFIX, key)?;
    let damaged =
        |problem: &str| corrupt(&format!("the record of serial number {serial}"), problem);
    let what = || format!("the record of serial number {serial}");
    let (state, rest) =
        versioned(value, VERSION, what)?.split_first().ok_or_else(|| damaged("short"))?;
    let (claimed_at, rest) = take_time(rest).ok_or_else(|| damaged("a time that is none"))?;
    let (issued_at, content) = take_time(rest).ok_or_else(|| damaged("a time that is none"))?;
    let state = match *state {
        CLAIMED => RecordState::Claimed { to_be_signed: content.to_vec() },
        ISSUED => {
            let certificate = Certificate::from_der(content);
            let certificate = certificate.map_err(|error| damaged(&error.to_string()))?;
            RecordState::Issued { certificate: Box::new(certificate), issued_at }
        }
        other => return Err(damaged(&format!("state {other}"))),
    };
    Ok(CertificateRecord { issuer, serial, claimed_at, state })
}

/// The issuer and serial number of a key.
pub(super) fn split_key(
    prefix: &[u8],
    key: &[u8],
) -> Result<(IssuerDigest, SerialNumber), StoreError> {
    let parts = key.strip_prefix(prefix).and_then(|rest| rest.split_first_chunk::<32>());
    let parsed = parts.and_then(|(issuer, serial)| {
        let serial = SerialNumber::from_bytes(serial).ok()?;
        Some((*issuer, serial))
    });
    parsed.ok_or_else(|| corrupt("a key", "it names no issuer and serial number"))
}

/// The time at the beginning, and what follows.
pub(super) fn take_time(octets: &[u8]) -> Option<(Time, &[u8])> {
    let (seconds, rest) = octets.split_first_chunk::<8>()?;
    Some((Time::from_unix(i64::from_be_bytes(*seconds)).ok()?, rest))
}

/// The content of a value whose version this build knows; another version is refused by name.
pub(super) fn versioned(
    value: &[u8],
    known: u8,
    what: impl Fn() -> String,
) -> Result<&[u8], StoreError> {
    match value.split_first() {
        Some((version, content)) if *version == known => Ok(content),
        Some((other, _)) => {
            Err(corrupt(&what(), &format!("version {other}; this build reads version {known}")))
        }
        None => Err(corrupt(&what(), "empty")),
    }
}

pub(super) fn corrupt(what: &str, problem: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, format!("{what}: {problem}"))
}
