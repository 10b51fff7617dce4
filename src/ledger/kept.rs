//! Requests and CAs that are kept, with or without their private keys.

use super::audit::AuditAction;
use super::filing::Tag;
use super::identifier::Identifier;
use super::octets::{corrupt, take_text, take_time, text, time, versioned};
use super::record::{put_tags, take_tags};
use super::write::Write;
use super::{KeyAndValue, Ledger, LedgerWriter};
use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::key::{KeyPair, PublicKey, Signer};
use crate::limits::KEPT_NAME_OCTETS;
use crate::request::CertificateRequest;
use crate::validity::Time;

const REQUEST: &[u8] = b"request/";
const REQUEST_NUMBER: &[u8] = b"request-number";
const ISSUER: &[u8] = b"issuer/";
const VERSION: u8 = 1;

/// A request that is kept.
#[derive(Clone, Debug)]
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

/// A CA that is kept.
#[derive(Clone, Debug)]
pub struct IssuerRecord {
    /// What its certificate is called by.
    pub identifier: Identifier,
    /// When it was kept.
    pub kept_at: Time,
    /// Whether its private key is kept as well ([`Ledger::issuer_key`]).
    pub has_key: bool,
    /// What it is marked with.
    pub tags: Vec<Tag>,
    /// Its certificate and those above.
    pub chain: Chain,
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

    /// A CA that was kept, by the identifier of its certificate.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or the record cannot be read.
    pub fn issuer(&self, identifier: &Identifier) -> Result<Option<IssuerRecord>, Error> {
        let value = self.record(&issuer_place(identifier))?;
        value.map(|value| decode_issuer(*identifier, &value)).transpose()
    }

    /// What makes a change fail unless a CA is kept as it is now; none if it is not kept.
    pub(crate) fn issuer_unchanged(&self, identifier: &Identifier) -> Result<Option<Write>, Error> {
        let place = issuer_place(identifier);
        let found = self.record(&place)?;
        Ok(found.map(|value| Write::unchanged(place, Some(value))))
    }

    /// At most `limit` CAs in the order of their identifiers, after the given one.
    ///
    /// # Errors
    /// As [`Ledger::issuer`].
    pub fn issuers(
        &self,
        after: Option<&Identifier>,
        limit: usize,
    ) -> Result<Vec<IssuerRecord>, Error> {
        let after = after.map(issuer_place);
        let found = self.records(ISSUER, after.as_deref(), limit)?;
        let read = |(key, value): &KeyAndValue| {
            let identifier = key.strip_prefix(ISSUER).and_then(Identifier::from_octets);
            let wrong = || corrupt("the key of a CA", "not an identifier");
            decode_issuer(identifier.ok_or_else(wrong)?, value)
        };
        found.iter().map(read).collect()
    }

    /// The private key of a CA, where it is kept. With the chain of [`Ledger::issuer`] it makes an
    /// issuer again ([`crate::Issuer::load`]).
    ///
    /// # Errors
    /// As [`Ledger::key`].
    pub fn issuer_key(&self, identifier: &Identifier) -> Result<Option<KeyPair>, Error> {
        self.key(&issuer_key_name(identifier))
    }

    /// What keeps a request under the next number, and that number.
    pub(crate) fn request_writes(
        &self,
        name: &str,
        request: &CertificateRequest,
        key: Option<&KeyPair>,
        now: Time,
    ) -> Result<(u64, Vec<Write>), Error> {
        if name.len() > KEPT_NAME_OCTETS {
            let problem = format!("{} octets; at most {KEPT_NAME_OCTETS}", name.len());
            return Err(Error::malformed("name of a request", "", problem));
        }
        check_key(key, request.public_key(), "request")?;
        let last = self.record(REQUEST_NUMBER)?;
        let number = match &last {
            None => 1,
            Some(value) => {
                let what = || "the last number of a request".to_owned();
                let octets = versioned(value, VERSION, what)?.try_into();
                let last = octets.map(u64::from_be_bytes).ok();
                last.and_then(|last| last.checked_add(1))
                    .ok_or_else(|| corrupt(&what(), "damaged"))?
            }
        };
        let counted = [&[VERSION][..], &number.to_be_bytes()].concat();
        let mut writes = vec![
            Write::replace(REQUEST_NUMBER.to_vec(), last, counted),
            Write::new(request_place(number), encode_request(name, request, key.is_some(), now)),
        ];
        if let Some(key) = key {
            writes.extend(self.key_writes(&request_key_name(number), key)?);
        }
        Ok((number, writes))
    }

    /// What adds the private key to a request that is kept without.
    pub(crate) fn request_key_writes(
        &self,
        number: u64,
        key: &KeyPair,
    ) -> Result<Vec<Write>, Error> {
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
    pub(crate) fn forget_request_writes(&self, number: u64) -> Result<Vec<Write>, Error> {
        let place = request_place(number);
        let old = self.record(&place)?.ok_or_else(|| no_request(number))?;
        let mut writes = vec![Write::delete(place, old)];
        writes.extend(self.forget_key_writes(&request_key_name(number))?);
        Ok(writes)
    }

    /// What keeps a CA.
    pub(crate) fn issuer_writes(
        &self,
        chain: &Chain,
        key: Option<&KeyPair>,
        tags: &[Tag],
        now: Time,
    ) -> Result<(Identifier, Vec<Write>), Error> {
        let identifier = issuer_identifier(chain)?;
        check_key(key, chain.leaf().public_key(), "CA certificate")?;
        if self.record(&issuer_place(&identifier))?.is_some() {
            let message = format!("CA {identifier} is kept already");
            return Err(StoreError::new(StoreErrorKind::Conflict, message).into());
        }
        let mut value = vec![VERSION, u8::from(key.is_some())];
        value.extend(time(now));
        put_tags(&mut value, tags);
        for certificate in chain.certificates() {
            let der = certificate.as_der();
            value.extend((der.len() as u32).to_be_bytes());
            value.extend(der);
        }
        let mut writes = vec![Write::new(issuer_place(&identifier), value)];
        if let Some(key) = key {
            writes.extend(self.key_writes(&issuer_key_name(&identifier), key)?);
        }
        Ok((identifier, writes))
    }
}

impl LedgerWriter {
    /// Keeps a request under a name of at most 128 octets, with its private key where that is given,
    /// and answers its number.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the key is not the request's or the name is too long;
    /// [`Error::Store`] as for [`LedgerWriter::keep_key`].
    pub fn keep_request(
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
    /// for [`LedgerWriter::keep_key`].
    pub fn keep_request_key(&self, number: u64, key: &KeyPair) -> Result<(), Error> {
        self.write_computed(AuditAction::Recorded, || {
            let writes = self.ledger.request_key_writes(number, key)?;
            Ok(((), writes, format!("private key of request {number}")))
        })
    }

    /// Removes a request and its private key.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::NotFound`] when there is none, or when the store
    /// fails.
    pub fn forget_request(&self, number: u64) -> Result<(), Error> {
        self.write_computed(AuditAction::Deleted, || {
            Ok(((), self.ledger.forget_request_writes(number)?, format!("request {number}")))
        })
    }

    /// Keeps a CA with its chain, and its private key where that is given, and answers the identifier
    /// of its certificate.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the key is not the certificate's; [`Error::Store`] as for
    /// [`LedgerWriter::keep_key`].
    pub fn keep_issuer(&self, chain: &Chain, key: Option<&KeyPair>) -> Result<Identifier, Error> {
        self.write_computed(AuditAction::Recorded, || {
            let (identifier, writes) =
                self.ledger.issuer_writes(chain, key, &[], self.stamp().at)?;
            Ok((identifier, writes, format!("CA {identifier}")))
        })
    }

    /// Removes a CA and its private key. Its certificate, and what it issued, stay in the ledger.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::NotFound`] when there is none, or when the store
    /// fails.
    pub fn forget_issuer(&self, identifier: &Identifier) -> Result<(), Error> {
        self.write_computed(AuditAction::Deleted, || {
            let place = issuer_place(identifier);
            let old = self.ledger.record(&place)?.ok_or_else(|| {
                let message = format!("there is no CA {identifier}");
                StoreError::new(StoreErrorKind::NotFound, message)
            })?;
            let mut writes = vec![Write::delete(place, old)];
            writes.extend(self.ledger.forget_key_writes(&issuer_key_name(identifier))?);
            Ok(((), writes, format!("CA {identifier}")))
        })
    }
}

/// What a CA is called by. Its issuer is the next in the chain; of a root, itself.
fn issuer_identifier(chain: &Chain) -> Result<Identifier, Error> {
    let certificate = chain.leaf();
    let above = match chain.above().first() {
        Some(above) => above,
        None if certificate.is_self_issued() => certificate,
        None => {
            let problem = "the certificate of its issuer is missing in the chain";
            return Err(Error::malformed("CA certificate", "", problem));
        }
    };
    Ok(Identifier::of(&Ledger::issuer_digest(above.public_key()), certificate.serial()))
}

fn check_key(key: Option<&KeyPair>, public_key: &PublicKey, of: &'static str) -> Result<(), Error> {
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
    [&head[..], &time(kept_at), &text(name, KEPT_NAME_OCTETS), request.as_der()].concat()
}

fn decode_request(number: u64, value: &[u8]) -> Result<RequestRecord, Error> {
    let what = || format!("request {number}");
    let damaged = || corrupt(&what(), "damaged");
    let (has_key, rest) = take_flag(versioned(value, VERSION, what)?).ok_or_else(damaged)?;
    let (kept_at, rest) = take_time(rest).ok_or_else(damaged)?;
    let (name, der) = take_text(rest).ok_or_else(damaged)?;
    let request =
        CertificateRequest::from_der(der).map_err(|error| corrupt(&what(), &error.to_string()))?;
    Ok(RequestRecord { number, kept_at, name, has_key, request })
}

fn decode_issuer(identifier: Identifier, value: &[u8]) -> Result<IssuerRecord, Error> {
    let what = || format!("CA {identifier}");
    let damaged = || corrupt(&what(), "damaged");
    let (has_key, rest) = take_flag(versioned(value, VERSION, what)?).ok_or_else(damaged)?;
    let (kept_at, rest) = take_time(rest).ok_or_else(damaged)?;
    let (tags, mut rest) = take_tags(rest).ok_or_else(damaged)?;
    let mut certificates = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk().ok_or_else(damaged)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| damaged())?;
        let (der, after) = after.split_at_checked(length).ok_or_else(damaged)?;
        let certificate = Certificate::from_der(der);
        certificates.push(certificate.map_err(|error| corrupt(&what(), &error.to_string()))?);
        rest = after;
    }
    let mut certificates = certificates.into_iter();
    let chain = Chain::new(certificates.next().ok_or_else(damaged)?, certificates.collect());
    let chain = chain.map_err(|error| corrupt(&what(), &error.to_string()))?;
    Ok(IssuerRecord { identifier, kept_at, has_key, tags, chain })
}

fn take_flag(octets: &[u8]) -> Option<(bool, &[u8])> {
    match octets.split_first()? {
        (0, rest) => Some((false, rest)),
        (1, rest) => Some((true, rest)),
        _ => None,
    }
}

fn request_place(number: u64) -> Vec<u8> {
    [REQUEST, &number.to_be_bytes()].concat()
}

fn issuer_place(identifier: &Identifier) -> Vec<u8> {
    [ISSUER, identifier.octets()].concat()
}

pub(crate) fn request_key_name(number: u64) -> String {
    format!("request/{number}")
}

pub(crate) fn issuer_key_name(identifier: &Identifier) -> String {
    format!("issuer/{identifier}")
}

fn no_request(number: u64) -> StoreError {
    StoreError::new(StoreErrorKind::NotFound, format!("there is no request {number}"))
}
