//! Requests that are kept, with or without their private keys.

use std::ops::ControlFlow;

use super::audit::AuditAction;
use super::bytes::{corrupt, take_flag, take_text, take_time, text, time, versioned};
use super::row::Row;
use super::write::Write;
use super::{KeyAndValue, Ledger, LedgerWriter};
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::key::{KeyPair, PublicKey, Sm2Id};
use crate::limits::{KEPT_NAME_BYTES, SM2_ID_BYTES};
use crate::request::CertificateRequest;
use crate::validity::Time;

const REQUEST: &[u8] = b"request/";
const REQUEST_NUMBER: &[u8] = b"request-number";
const COUNTER_VERSION: u8 = 1;
const VERSION: u8 = 2;

/// A request that is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestRecord {
    /// Its number; the first is 1, and none is given twice.
    pub number: u64,
    /// When it was kept.
    pub kept_at: Time,
    /// What it is called; may be empty.
    pub name: String,
    /// Whether its private key is kept as well ([`Ledger::request_key`]).
    pub has_key: bool,
    /// The request.
    pub request: CertificateRequest,
}

impl Ledger {
    /// A request that was kept, by its number.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or the record cannot be read.
    pub fn request(&self, number: u64) -> Result<Option<RequestRecord>, Error> {
        let value = self.record(&request_place(number))?;
        value.map(|value| decode_request(number, &value)).transpose()
    }

    /// At most `limit` requests in the order of their numbers, after the given one.
    ///
    /// # Errors
    /// As [`Ledger::request`].
    pub fn requests(&self, after: u64, limit: usize) -> Result<Vec<RequestRecord>, Error> {
        let found = self.records(REQUEST, Some(&request_place(after)), limit)?;
        let read = |(key, value): &KeyAndValue| {
            let number = key.strip_prefix(REQUEST).and_then(|rest| rest.try_into().ok());
            let number = number.ok_or_else(|| corrupt("the key of a request", "not a number"))?;
            decode_request(u64::from_be_bytes(number), value)
        };
        found.iter().map(read).collect()
    }

    /// The private key of a request, where it is kept.
    ///
    /// # Errors
    /// As [`Ledger::key`].
    pub fn request_key(&self, number: u64) -> Result<Option<KeyPair>, Error> {
        self.key(&request_key_name(number))
    }

    /// What keeps a request under the next number, and that number.
    fn request_writes(
        &self,
        name: &str,
        request: &CertificateRequest,
        key: Option<&KeyPair>,
        now: Time,
    ) -> Result<(u64, Vec<Write>), Error> {
        if name.len() > KEPT_NAME_BYTES {
            let problem = format!("{} bytes; at most {KEPT_NAME_BYTES}", name.len());
            return Err(Error::malformed("name of a request", "", problem));
        }
        check_key(key, request.public_key(), "request")?;
        let (number, last) = self.next_request()?;
        let counted = [&[COUNTER_VERSION][..], &number.to_be_bytes()].concat();
        let mut writes = vec![
            Write::replace(REQUEST_NUMBER.to_vec(), last, counted),
            Write::new(request_place(number), encode_request(name, request, key.is_some(), now)),
        ];
        if let Some(key) = key {
            writes.extend(self.key_writes(&request_key_name(number), key)?);
        }
        Ok((number, writes))
    }

    /// The number of the next request, and the record of the last.
    fn next_request(&self) -> Result<(u64, Option<Vec<u8>>), Error> {
        let what = || "the last number of a request".to_owned();
        let mut found = (0, None);
        self.store.read(&mut |transaction| {
            let last = transaction.get(REQUEST_NUMBER)?;
            let number = match &last {
                None => 0,
                Some(value) => {
                    let bytes = versioned(value, COUNTER_VERSION, what)?.try_into();
                    bytes.map(u64::from_be_bytes).map_err(|_| corrupt(&what(), "damaged"))?
                }
            };
            let next =
                number.checked_add(1).ok_or_else(|| corrupt(&what(), "no number is left"))?;
            // A number that was lost, or set back, must not be given once more.
            let mut beyond = false;
            transaction.scan(REQUEST, &request_place(next), &mut |_, _| {
                beyond = true;
                ControlFlow::Break(())
            })?;
            if beyond {
                return Err(corrupt(&what(), "it is missing, or below that of a request"));
            }
            found = (next, last);
            Ok(())
        })?;
        Ok(found)
    }

    /// What adds the private key to a request that is kept without.
    fn request_key_writes(&self, number: u64, key: &KeyPair) -> Result<Vec<Write>, Error> {
        let place = request_place(number);
        let old = self.record(&place)?.ok_or_else(|| no_request(number))?;
        let RequestRecord { kept_at, name, request, .. } = decode_request(number, &old)?;
        check_key(Some(key), request.public_key(), "request")?;
        let value = encode_request(&name, &request, true, kept_at);
        let mut writes = vec![Write::replace(place, Some(old), value)];
        writes.extend(self.key_writes(&request_key_name(number), key)?);
        Ok(writes)
    }

    /// What removes a request and its private key.
    fn forget_request_writes(&self, number: u64) -> Result<Vec<Write>, Error> {
        let place = request_place(number);
        let old = self.record(&place)?.ok_or_else(|| no_request(number))?;
        let mut writes = vec![Write::delete(place, old)];
        writes.extend(self.delete_key_writes(&request_key_name(number))?);
        Ok(writes)
    }
}

impl LedgerWriter {
    /// Keeps a request under a name of at most 128 bytes, with its private key where that is given,
    /// and answers its number.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the key is not the request's or the name is too long;
    /// [`Error::Store`] as for [`LedgerWriter::put_key`].
    pub fn put_request(
        &self,
        name: &str,
        request: &CertificateRequest,
        key: Option<&KeyPair>,
    ) -> Result<u64, Error> {
        self.write_computed(AuditAction::Recorded, || {
            let at = self.stamp().at;
            let (number, writes) = self.ledger.request_writes(name, request, key, at)?;
            Ok((number, writes, format!("request {number}")))
        })
    }

    /// Keeps the private key of a request that was kept without.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::NotFound`] when there is no such request; otherwise as
    /// for [`LedgerWriter::put_key`].
    pub fn put_request_key(&self, number: u64, key: &KeyPair) -> Result<(), Error> {
        self.write_computed(AuditAction::Recorded, || {
            let writes = self.ledger.request_key_writes(number, key)?;
            Ok(((), writes, format!("private key of request {number}")))
        })
    }

    /// A row that keeps a request under the next number, with its private key where that is given, and that
    /// number: for what is written in one transaction ([`LedgerWriter::write_rows`]). Where another request
    /// was faster, the number is taken and the answer a conflict ([`Ledger::retry`]).
    ///
    /// # Errors
    /// As [`LedgerWriter::put_request`].
    pub fn request_row(
        &self,
        name: &str,
        request: &CertificateRequest,
        key: Option<&KeyPair>,
    ) -> Result<(u64, Row), Error> {
        let (number, writes) = self.ledger.request_writes(name, request, key, self.stamp().at)?;
        Ok((number, Row::of(writes)))
    }

    /// A row that keeps the private key of a request that was kept without.
    ///
    /// # Errors
    /// As [`LedgerWriter::put_request_key`].
    pub fn request_key_row(&self, number: u64, key: &KeyPair) -> Result<Row, Error> {
        Ok(Row::of(self.ledger.request_key_writes(number, key)?))
    }

    /// A row that removes a request and its private key.
    ///
    /// # Errors
    /// As [`LedgerWriter::delete_request`].
    pub fn delete_request_row(&self, number: u64) -> Result<Row, Error> {
        Ok(Row::of(self.ledger.forget_request_writes(number)?))
    }

    /// Removes a request and its private key.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::NotFound`] when there is none, or when the store
    /// fails.
    pub fn delete_request(&self, number: u64) -> Result<(), Error> {
        self.write_computed(AuditAction::Deleted, || {
            let writes = self.ledger.forget_request_writes(number)?;
            Ok(((), writes, format!("request {number}")))
        })
    }
}

pub(super) fn check_key(
    key: Option<&KeyPair>,
    public_key: &PublicKey,
    of: &'static str,
) -> Result<(), Error> {
    match key {
        Some(key) if key.public_key() != public_key => {
            Err(Error::malformed("private key", "", format!("it is not that of the {of}")))
        }
        _ => Ok(()),
    }
}

fn encode_request(
    name: &str,
    request: &CertificateRequest,
    has_key: bool,
    kept_at: Time,
) -> Vec<u8> {
    let head = [VERSION, u8::from(has_key)];
    let sm2_id = request.public_key().sm2_id();
    [
        &head[..],
        &time(kept_at),
        &text(name, KEPT_NAME_BYTES),
        &text(sm2_id.as_str(), SM2_ID_BYTES),
        request.as_der(),
    ]
    .concat()
}

fn decode_request(number: u64, value: &[u8]) -> Result<RequestRecord, Error> {
    let what = || format!("request {number}");
    let damaged = || corrupt(&what(), "damaged");
    let (has_key, rest) = take_flag(versioned(value, VERSION, what)?).ok_or_else(damaged)?;
    let (kept_at, rest) = take_time(rest).ok_or_else(damaged)?;
    let (name, rest) = take_text(rest).ok_or_else(damaged)?;
    let (sm2_id, der) = take_text(rest).ok_or_else(damaged)?;
    // Its proof of possession was verified when it was kept; damage since is found by
    // `Ledger::verify`.
    let request = Sm2Id::new(&sm2_id).and_then(|id| CertificateRequest::from_kept(der, id));
    let request = request.map_err(|error| corrupt(&what(), &error.to_string()))?;
    Ok(RequestRecord { number, kept_at, name, has_key, request })
}

fn request_place(number: u64) -> Vec<u8> {
    [REQUEST, &number.to_be_bytes()].concat()
}

fn request_key_name(number: u64) -> String {
    format!("request/{number}")
}

fn no_request(number: u64) -> StoreError {
    StoreError::new(StoreErrorKind::NotFound, format!("no request {number} in the store"))
}
