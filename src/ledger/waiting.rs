//! What waits for a signature that is made elsewhere.

use std::fmt;
use std::ops::ControlFlow;

use super::audit::record_digest;
use super::bytes::{corrupt, padded, take_flag, take_text, take_time, text, time, versioned};
use super::record::{self, RecordState, put_tags, take_tags};
use super::tag::Tag;
use super::write::Write;
use super::{IssuerDigest, KeyAndValue, Ledger};
use crate::error::{Error, StoreError};
use crate::limits::{AUDIT_TEXT_BYTES, SERIAL_BYTES, TOKEN_BYTES};
use crate::serial::SerialNumber;
use crate::validity::Time;

const PREFIX: &[u8] = b"waiting/";
const CERTIFICATE_VERSION: u8 = 2;
const CRL_VERSION: u8 = 1;
const CERTIFICATE: u8 = 1;
const CRL: u8 = 2;
/// Bytes of a key after the prefix: kind, issuer, and a serial number or a number as long.
const KEY_BYTES: usize = 1 + 32 + SERIAL_BYTES;

/// What was prepared and waits for a signature that is made elsewhere.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Waiting {
    /// The issuer whose signature it waits for.
    pub issuer: IssuerDigest,
    /// What it is.
    pub what: WaitingFor,
    /// Since when.
    pub since: Time,
    /// The bytes that are to be signed.
    pub to_be_signed: Vec<u8>,
}

/// What waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WaitingFor {
    /// A certificate, until [`Authority::complete`](crate::Authority::complete) or
    /// [`Authority::cancel`](crate::Authority::cancel).
    Certificate {
        /// Its serial number.
        serial: SerialNumber,
    },
    /// A CRL, until [`Authority::complete_crl`](crate::Authority::complete_crl) or
    /// [`Authority::cancel_crl`](crate::Authority::cancel_crl).
    Crl {
        /// Its number.
        number: u64,
    },
}

impl fmt::Display for WaitingFor {
    /// `certificate` and its serial number, or `CRL` and its number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate { serial } => write!(f, "certificate {serial}"),
            Self::Crl { number } => write!(f, "CRL {number}"),
        }
    }
}

/// A certificate that waits: what is recorded with it later.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct WaitingCertificate {
    pub(crate) token: Option<String>,
    pub(crate) tags: Vec<Tag>,
    /// What its request asked for and it does not have, for the log.
    pub(crate) left_out: String,
}

/// A CRL that waits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct WaitingCrl {
    /// When it was prepared.
    pub(crate) since: Time,
    /// The number of the last audit entry before its own.
    pub(crate) after_entry: u64,
    pub(crate) next_update: Time,
    pub(crate) base: Option<u64>,
    pub(crate) shard: u16,
    pub(crate) sequence: u64,
    pub(crate) to_be_signed: Vec<u8>,
}

impl Ledger {
    /// At most `limit` of what was prepared and waits for a signature from elsewhere, after the given
    /// one: certificates, then CRLs.
    ///
    /// A number that was claimed by an authority with its key, and whose certificate never came back
    /// since a process ended or a signer failed, waits for nothing and is not among them:
    /// [`Ledger::certificates`] has it.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or a record cannot be read.
    pub fn waiting(&self, after: Option<&Waiting>, limit: usize) -> Result<Vec<Waiting>, Error> {
        let from = after.map(|after| [key(&after.issuer, &after.what), vec![0]].concat());
        let mut found = Vec::new();
        self.store.read(&mut |transaction| {
            let mut records: Vec<KeyAndValue> = Vec::new();
            transaction.scan(PREFIX, from.as_deref().unwrap_or(PREFIX), &mut |key, value| {
                if records.len() == limit {
                    return ControlFlow::Break(());
                }
                records.push((key.to_vec(), value.to_vec()));
                ControlFlow::Continue(())
            })?;
            found.clear();
            for (key, value) in &records {
                let (issuer, what) = split(key)?;
                let (since, to_be_signed) = match what {
                    WaitingFor::Certificate { serial } => {
                        decode_certificate(&what, value)?;
                        let claim = record::get(transaction, &issuer, &serial)?;
                        let claim = claim.map(|claim| (claim.claimed_at, claim.state));
                        let Some((since, RecordState::Claimed { to_be_signed })) = claim else {
                            return Err(corrupt(&shown(&what), "its claim is missing"));
                        };
                        (since, to_be_signed)
                    }
                    WaitingFor::Crl { .. } => {
                        let crl = decode_crl(&what, value)?;
                        (crl.since, crl.to_be_signed)
                    }
                };
                found.push(Waiting { issuer, what, since, to_be_signed });
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// What waits with a certificate, and the record of it.
    pub(crate) fn waiting_certificate(
        &self,
        issuer: &IssuerDigest,
        serial: &SerialNumber,
    ) -> Result<Option<(WaitingCertificate, KeyAndValue)>, Error> {
        let what = WaitingFor::Certificate { serial: *serial };
        let key = key(issuer, &what);
        let Some(value) = self.record(&key)? else { return Ok(None) };
        Ok(Some((decode_certificate(&what, &value)?, (key, value))))
    }

    /// A CRL that waits, and the record of it.
    pub(crate) fn waiting_crl(
        &self,
        issuer: &IssuerDigest,
        number: u64,
    ) -> Result<Option<(WaitingCrl, KeyAndValue)>, Error> {
        let what = WaitingFor::Crl { number };
        let key = key(issuer, &what);
        let Some(value) = self.record(&key)? else { return Ok(None) };
        Ok(Some((decode_crl(&what, &value)?, (key, value))))
    }

    /// Whether an entry of the audit log from this number on wrote this record. Whoever exchanges the
    /// record exchanges its digest too, so that no entry has it.
    pub(crate) fn was_written(&self, from: u64, (key, value): &KeyAndValue) -> Result<bool, Error> {
        const PAGE: usize = 256;
        let digest = record_digest(key, value);
        let mut from = from.max(1);
        loop {
            let entries = self.audit(from, PAGE)?;
            if entries.iter().any(|entry| entry.written.contains(&digest)) {
                return Ok(true);
            }
            match entries.last().and_then(|last| last.number.checked_add(1)) {
                Some(next) => from = next,
                None => return Ok(false),
            }
        }
    }
}

/// What records that a certificate waits.
pub(crate) fn certificate_write(
    issuer: &IssuerDigest,
    serial: &SerialNumber,
    WaitingCertificate { token, tags, left_out }: &WaitingCertificate,
) -> Write {
    let mut value = vec![CERTIFICATE_VERSION];
    value.extend(text(token.as_deref().unwrap_or_default(), TOKEN_BYTES));
    put_tags(&mut value, tags);
    value.extend(text(left_out, AUDIT_TEXT_BYTES));
    Write::new(key(issuer, &WaitingFor::Certificate { serial: *serial }), value)
}

/// What records that a CRL waits.
pub(crate) fn crl_write(issuer: &IssuerDigest, number: u64, crl: &WaitingCrl) -> Write {
    let WaitingCrl { since, after_entry, next_update, base, shard, sequence, to_be_signed } = crl;
    let value = [
        &[CRL_VERSION][..],
        &time(*since),
        &after_entry.to_be_bytes(),
        &time(*next_update),
        &[u8::from(base.is_some())],
        &base.unwrap_or_default().to_be_bytes(),
        &shard.to_be_bytes(),
        &sequence.to_be_bytes(),
        to_be_signed,
    ];
    Write::new(key(issuer, &WaitingFor::Crl { number }), value.concat())
}

fn decode_certificate(what: &WaitingFor, value: &[u8]) -> Result<WaitingCertificate, StoreError> {
    let parsed = Some(versioned(value, CERTIFICATE_VERSION, || shown(what))?).and_then(|rest| {
        let (token, rest) = take_text(rest)?;
        let (tags, rest) = take_tags(rest)?;
        let (left_out, rest) = take_text(rest)?;
        let token = Some(token).filter(|token| !token.is_empty());
        rest.is_empty().then_some(WaitingCertificate { token, tags, left_out })
    });
    parsed.ok_or_else(|| corrupt(&shown(what), "damaged"))
}

fn decode_crl(what: &WaitingFor, value: &[u8]) -> Result<WaitingCrl, StoreError> {
    let parsed = Some(versioned(value, CRL_VERSION, || shown(what))?).and_then(|rest| {
        let (since, rest) = take_time(rest)?;
        let (after_entry, rest) = rest.split_first_chunk()?;
        let (next_update, rest) = take_time(rest)?;
        let (is_delta, rest) = take_flag(rest)?;
        let (base, rest) = rest.split_first_chunk()?;
        let (shard, rest) = rest.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        Some(WaitingCrl {
            since,
            after_entry: u64::from_be_bytes(*after_entry),
            next_update,
            base: is_delta.then_some(u64::from_be_bytes(*base)),
            shard: u16::from_be_bytes(*shard),
            sequence: u64::from_be_bytes(*sequence),
            to_be_signed: rest.to_vec(),
        })
    });
    parsed.ok_or_else(|| corrupt(&shown(what), "damaged"))
}

fn key(issuer: &IssuerDigest, what: &WaitingFor) -> Vec<u8> {
    match what {
        WaitingFor::Certificate { serial } => {
            [PREFIX, &[CERTIFICATE], issuer, &padded(serial)].concat()
        }
        WaitingFor::Crl { number } => {
            [PREFIX, &[CRL], issuer, &[0; SERIAL_BYTES - 8], &number.to_be_bytes()].concat()
        }
    }
}

fn split(key: &[u8]) -> Result<(IssuerDigest, WaitingFor), StoreError> {
    let parsed = key.strip_prefix(PREFIX).filter(|rest| rest.len() == KEY_BYTES).and_then(|rest| {
        let (kind, rest) = rest.split_first()?;
        let (issuer, number) = rest.split_first_chunk::<32>()?;
        let what = match *kind {
            CERTIFICATE => {
                WaitingFor::Certificate { serial: SerialNumber::from_bytes(number).ok()? }
            }
            CRL => {
                let number = u64::from_be_bytes(*number.last_chunk()?);
                WaitingFor::Crl { number }
            }
            _ => return None,
        };
        Some((*issuer, what))
    });
    parsed.ok_or_else(|| corrupt("a key", "it names no pending certificate or CRL"))
}

fn shown(what: &WaitingFor) -> String {
    match what {
        WaitingFor::Certificate { serial } => {
            format!("pending certificate with serial number {serial}")
        }
        WaitingFor::Crl { number } => format!("pending CRL number {number}"),
    }
}
