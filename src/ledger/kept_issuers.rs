//! CAs that are kept, with or without their private keys.

use super::audit::AuditAction;
use super::bytes::{corrupt, take_flag, take_time, time, versioned};
use super::identifier::Identifier;
use super::kept::check_key;
use super::record::{put_tags, take_tags};
use super::row::Row;
use super::tag::Tag;
use super::write::Write;
use super::{IssuerDigest, KeyAndValue, Ledger, LedgerWriter};
use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::key::KeyPair;
use crate::validity::Time;

const ISSUER: &[u8] = b"issuer/";
const VERSION: u8 = 1;

/// A CA that is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
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

impl IssuerRecord {
    /// The digest that names the CA in the records of what it issues, such as
    /// [`Ledger::revocations`]. Its key may be one that this build does not know.
    pub fn digest(&self) -> IssuerDigest {
        Ledger::digest_of(self.chain.leaf())
    }
}

impl Ledger {
    /// A CA that was kept, by the identifier of its certificate.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or the record cannot be read.
    pub fn issuer(&self, identifier: &Identifier) -> Result<Option<IssuerRecord>, Error> {
        let value = self.record(&issuer_place(identifier))?;
        value.map(|value| decode_issuer(*identifier, &value)).transpose()
    }

    /// A row that makes what it is given with fail unless a CA is kept as it is now
    /// ([`Issuance::while_unchanged`](crate::issuance::Issuance::while_unchanged)); none if it is not kept.
    ///
    /// # Errors
    /// As [`Ledger::issuer`].
    pub fn issuer_unchanged(&self, identifier: &Identifier) -> Result<Option<Row>, Error> {
        let place = issuer_place(identifier);
        let found = self.record(&place)?;
        Ok(found.map(|value| Write::unchanged(place, Some(value)).into()))
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
            let identifier = key.strip_prefix(ISSUER).and_then(Identifier::from_bytes);
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

    /// What keeps a CA.
    fn issuer_writes(
        &self,
        chain: &Chain,
        key: Option<&KeyPair>,
        tags: &[Tag],
        now: Time,
    ) -> Result<(Identifier, Vec<Write>), Error> {
        let identifier = issuer_identifier(chain)?;
        check_key(key, chain.leaf().public_key()?, "CA certificate")?;
        if self.record(&issuer_place(&identifier))?.is_some() {
            let message = format!("CA {identifier} is already in the store");
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
    /// A row that keeps a CA with its chain, and its private key where that is given, and the
    /// identifier of its certificate: for what is written in one transaction.
    ///
    /// # Errors
    /// As [`LedgerWriter::put_issuer`].
    pub fn issuer_row(
        &self,
        chain: &Chain,
        key: Option<&KeyPair>,
        tags: &[Tag],
    ) -> Result<(Identifier, Row), Error> {
        let (identifier, writes) = self.ledger.issuer_writes(chain, key, tags, self.stamp().at)?;
        Ok((identifier, Row::of(writes)))
    }

    /// Keeps a CA with its chain, and its private key where that is given, and answers the identifier
    /// of its certificate. [`Authority::load`](crate::Authority::load) makes an authority of it. It is
    /// not listed among the certificates of an issuer, as one of `put_root` is.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the key is not the certificate's; [`Error::Store`] as for
    /// [`LedgerWriter::put_key`].
    pub fn put_issuer(&self, chain: &Chain, key: Option<&KeyPair>) -> Result<Identifier, Error> {
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
    pub fn delete_issuer(&self, identifier: &Identifier) -> Result<(), Error> {
        self.write_computed(AuditAction::Deleted, || {
            let place = issuer_place(identifier);
            let old = self.ledger.record(&place)?.ok_or_else(|| {
                let message = format!("no CA {identifier} in the store");
                StoreError::new(StoreErrorKind::NotFound, message)
            })?;
            let mut writes = vec![Write::delete(place, old)];
            writes.extend(self.ledger.delete_key_writes(&issuer_key_name(identifier))?);
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
    Ok(Identifier::of(&Ledger::digest_of(above), certificate.serial()))
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

fn issuer_place(identifier: &Identifier) -> Vec<u8> {
    [ISSUER, identifier.bytes()].concat()
}

pub(crate) fn issuer_key_name(identifier: &Identifier) -> String {
    format!("issuer/{identifier}")
}
