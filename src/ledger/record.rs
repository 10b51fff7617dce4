//! The records of certificates.

use crate::certificate::Certificate;
use crate::error::StoreError;
use crate::serial::SerialNumber;
use crate::store::ReadTransaction;
use crate::validity::Time;

use super::IssuerDigest;
use super::bytes::{corrupt, padded, split_key, take_text, take_time, text, time, versioned};
use super::identifier::Identifier;
use super::tag::Tag;

pub(super) const PREFIX: &[u8] = b"certificate/";
const VERSION: u8 = 2;
const CLAIMED: u8 = 1;
const ISSUED: u8 = 2;
const CANCELLED: u8 = 3;

/// What is known of a serial number.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CertificateRecord {
    /// The issuer.
    pub issuer: IssuerDigest,
    /// The serial number.
    pub serial: SerialNumber,
    /// When the number was claimed.
    pub claimed_at: Time,
    /// The number of the audit entry of that.
    pub entry: u64,
    /// Whether the certificate came back.
    pub state: RecordState,
}

impl CertificateRecord {
    /// What the certificate is called by.
    pub fn identifier(&self) -> Identifier {
        Identifier::of(&self.issuer, &self.serial)
    }

    /// The certificate, if it came back from its signer.
    pub fn certificate(&self) -> Option<&Certificate> {
        match &self.state {
            RecordState::Cancelled { .. } | RecordState::Claimed { .. } => None,
            RecordState::Issued { certificate, .. } => Some(certificate),
        }
    }
}

/// Whether a certificate came back from its signer.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecordState {
    /// The number was given to these to-be-signed bytes, and whoever holds the authority said that no
    /// signature will come ([`Authority::cancel`](crate::Authority::cancel)). It is not given again,
    /// and can be revoked, should there be a signature after all.
    Cancelled {
        /// The bytes that were to be signed.
        to_be_signed: Vec<u8>,
    },
    /// The number was given to these to-be-signed bytes. Whether a signature was ever made is not
    /// known, so it stays listed, can be completed, and can be revoked.
    Claimed {
        /// The bytes to be signed.
        to_be_signed: Vec<u8>,
    },
    /// The certificate, as it was answered.
    Issued {
        /// The certificate.
        certificate: Box<Certificate>,
        /// When it was recorded.
        issued_at: Time,
        /// What it is marked with.
        tags: Vec<Tag>,
    },
}

pub(super) fn key(issuer: &IssuerDigest, serial: &SerialNumber) -> Vec<u8> {
    [PREFIX, &place(issuer, serial)].concat()
}

/// The same without what all records of certificates begin with.
pub(super) fn place(issuer: &IssuerDigest, serial: &SerialNumber) -> Vec<u8> {
    [&issuer[..], &padded(serial)].concat()
}

pub(super) fn encode_claimed(at: Time, entry: u64, to_be_signed: &[u8]) -> Vec<u8> {
    [&[VERSION, CLAIMED], &time(at)[..], &entry.to_be_bytes(), &[0; 8], to_be_signed].concat()
}

pub(super) fn encode_cancelled((at, entry): (Time, u64), to_be_signed: &[u8]) -> Vec<u8> {
    [&[VERSION, CANCELLED], &time(at)[..], &entry.to_be_bytes(), &[0; 8], to_be_signed].concat()
}

/// `claimed` is when the number was claimed, and the number of the audit entry of that.
pub(super) fn encode_issued(
    (claimed_at, entry): (Time, u64),
    at: Time,
    tags: &[Tag],
    certificate: &[u8],
) -> Vec<u8> {
    let head = [VERSION, ISSUED];
    let mut value = [&head[..], &time(claimed_at), &entry.to_be_bytes(), &time(at)].concat();
    put_tags(&mut value, tags);
    value.extend_from_slice(certificate);
    value
}

/// The count of tags in one byte, then key and value of each as texts.
pub(super) fn put_tags(value: &mut Vec<u8>, tags: &[Tag]) {
    value.push(tags.len() as u8);
    for Tag { key, value: marked } in tags {
        value.extend(text(key, usize::MAX));
        value.extend(text(marked, usize::MAX));
    }
}

pub(super) fn take_tags(bytes: &[u8]) -> Option<(Vec<Tag>, &[u8])> {
    let (count, mut rest) = bytes.split_first()?;
    let mut tags = Vec::new();
    for _ in 0..*count {
        let (key, after) = take_text(rest)?;
        let (value, after) = take_text(after)?;
        tags.push(Tag { key, value });
        rest = after;
    }
    Some((tags, rest))
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
    let (claimed_at, rest) = take_time(rest).ok_or_else(|| damaged("invalid timestamp"))?;
    let (entry, rest) = rest.split_first_chunk().ok_or_else(|| damaged("short"))?;
    let entry = u64::from_be_bytes(*entry);
    let (issued_at, content) = take_time(rest).ok_or_else(|| damaged("invalid timestamp"))?;
    let state = match *state {
        CANCELLED => RecordState::Cancelled { to_be_signed: content.to_vec() },
        CLAIMED => RecordState::Claimed { to_be_signed: content.to_vec() },
        ISSUED => {
            let (tags, der) = take_tags(content).ok_or_else(|| damaged("invalid tags"))?;
            let certificate = Certificate::from_der(der);
            let certificate = certificate.map_err(|error| damaged(&error.to_string()))?;
            RecordState::Issued { certificate: Box::new(certificate), issued_at, tags }
        }
        other => return Err(damaged(&format!("state {other}"))),
    };
    Ok(CertificateRecord { issuer, serial, claimed_at, entry, state })
}
