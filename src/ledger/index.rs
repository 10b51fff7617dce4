//! Finding certificates by what they are called, whom they name and when they end.

use std::ops::ControlFlow;

use super::bytes::{corrupt, split_key, versioned};
use super::identifier::Identifier;
use super::record::{self, CertificateRecord};
use super::write::Write;
use super::{IssuerDigest, Ledger};
use crate::certificate::Certificate;
use crate::error::{Error, StoreError};
use crate::key::fingerprint;
use crate::name::{AltName, GeneralName, Name};
use crate::serial::SerialNumber;
use crate::store::{ReadTransaction, WriteTransaction};
use crate::validity::Time;

const IDENTIFIER: &[u8] = b"identifier/";
const ALT_NAME: &[u8] = b"alt-name/";
const EXPIRY: &[u8] = b"expiry/";
const SUBJECT: &[u8] = b"subject/";
const VERSION: u8 = 1;

/// Bytes of a digest that stands for a name: what is found by it is what was meant, but for one
/// chance in 2^128.
const DIGEST_BYTES: usize = 16;

impl Ledger {
    /// The record that an identifier names.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or a record cannot be read.
    pub fn by_identifier(
        &self,
        identifier: &Identifier,
    ) -> Result<Option<CertificateRecord>, Error> {
        let mut found = None;
        self.store.read(&mut |transaction| {
            found = called(transaction, identifier)?;
            Ok(())
        })?;
        Ok(found)
    }

    /// At most `limit` certificates of a subject, in the order of their identifiers, after the given
    /// one. Upper and lower case are the same.
    ///
    /// # Errors
    /// As [`Ledger::by_identifier`].
    pub fn by_subject(
        &self,
        subject: &Name,
        after: Option<&Identifier>,
        limit: usize,
    ) -> Result<Vec<CertificateRecord>, Error> {
        self.indexed(&subject_prefix(subject), after, limit)
    }

    /// At most `limit` certificates for an alternative name, in the order of their identifiers, after
    /// the given one. Upper and lower case are the same; a wildcard is found by itself only.
    ///
    /// # Errors
    /// As [`Ledger::by_identifier`].
    pub fn by_alt_name(
        &self,
        name: &AltName,
        after: Option<&Identifier>,
        limit: usize,
    ) -> Result<Vec<CertificateRecord>, Error> {
        self.indexed(&alt_name_prefix(&name.into()), after, limit)
    }

    /// At most `limit` certificates whose notAfter is not before `from` and not after `until`, in the
    /// order of their ends; of one that end at the same second, in the order of their identifiers.
    /// `after` is where the last page ended: its last notAfter and identifier.
    ///
    /// # Errors
    /// As [`Ledger::by_identifier`].
    pub fn expiring(
        &self,
        from: Time,
        until: Time,
        after: Option<(Time, &Identifier)>,
        limit: usize,
    ) -> Result<Vec<CertificateRecord>, Error> {
        let first = [EXPIRY, &ordered(from)].concat();
        let start = match after {
            Some((end, identifier)) => next(&[EXPIRY, &ordered(end)].concat(), identifier),
            None => Vec::new(),
        };
        let last = [EXPIRY, &ordered(until)].concat();
        self.collect(EXPIRY, &start.max(first), limit, |key| key.get(..last.len()) <= Some(&last))
    }

    /// At most `limit` records of an issuer, claims among them, in the order of serial numbers, after
    /// the given one.
    pub(crate) fn records_under(
        &self,
        issuer: &IssuerDigest,
        after: Option<&SerialNumber>,
        limit: usize,
    ) -> Result<Vec<CertificateRecord>, Error> {
        let prefix = [record::PREFIX, issuer].concat();
        // The byte more makes it the next key.
        let from = after.map(|after| [record::key(issuer, after), vec![0]].concat());
        let mut found = Vec::new();
        self.store.read(&mut |transaction| {
            found.clear();
            transaction.scan(&prefix, from.as_deref().unwrap_or(&prefix), &mut |key, value| {
                if found.len() == limit {
                    return ControlFlow::Break(());
                }
                found.push(record::decode(key, value));
                ControlFlow::Continue(())
            })
        })?;
        found.into_iter().map(|record| record.map_err(Error::from)).collect()
    }

    /// A page of an index that names one thing.
    fn indexed(
        &self,
        prefix: &[u8],
        after: Option<&Identifier>,
        limit: usize,
    ) -> Result<Vec<CertificateRecord>, Error> {
        let from = after.map_or(Vec::new(), |after| next(prefix, after));
        self.collect(prefix, &from, limit, |_| true)
    }

    /// The records that the keys of an index name, as far as they are wanted.
    fn collect(
        &self,
        prefix: &[u8],
        from: &[u8],
        limit: usize,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<CertificateRecord>, Error> {
        let mut records = Vec::new();
        self.store.read(&mut |transaction| {
            records.clear();
            let mut identifiers = Vec::new();
            let mut visit = |key: &[u8], value: &[u8]| {
                if identifiers.len() == limit || !wanted(key) {
                    return ControlFlow::Break(());
                }
                identifiers.push(named(key, value));
                ControlFlow::Continue(())
            };
            transaction.scan(prefix, from, &mut visit)?;
            for identifier in identifiers {
                let identifier = identifier?;
                let record = called(transaction, &identifier)?;
                records.push(record.ok_or_else(|| {
                    corrupt(&format!("the index of certificate {identifier}"), "no such record")
                })?);
            }
            Ok(())
        })?;
        Ok(records)
    }
}

/// The identifier at the end of an entry of an index.
fn named(key: &[u8], value: &[u8]) -> Result<Identifier, StoreError> {
    let last = key.split_last_chunk::<16>().and_then(|(_, last)| Identifier::from_bytes(last));
    let identifier = last.ok_or_else(|| corrupt("a key", "it names no certificate"))?;
    versioned(value, VERSION, || format!("the index of certificate {identifier}"))?;
    Ok(identifier)
}

/// Writes what a certificate is found by.
pub(super) fn put(
    transaction: &mut dyn WriteTransaction,
    issuer: &IssuerDigest,
    certificate: &Certificate,
) -> Result<(), StoreError> {
    let identifier = Identifier::of(issuer, certificate.serial());
    let place = record::place(issuer, certificate.serial());
    transaction.put(&identifier_key(&identifier), &[&[VERSION], &place[..]].concat())?;
    let subject = subject_prefix(certificate.subject());
    let expiry = [EXPIRY, &ordered(certificate.validity().not_after())].concat();
    let names = certificate.alt_names().iter().map(alt_name_prefix);
    for prefix in names.chain([subject, expiry]) {
        transaction.put(&[&prefix[..], identifier.bytes()].concat(), &[VERSION])?;
    }
    Ok(())
}

/// What finds a claim by its identifier before there is a certificate.
pub(crate) fn identifier_write(issuer: &IssuerDigest, serial: &SerialNumber) -> Write {
    let key = identifier_key(&Identifier::of(issuer, serial));
    Write::new(key, [&[VERSION], &record::place(issuer, serial)[..]].concat())
}

fn identifier_key(identifier: &Identifier) -> Vec<u8> {
    [IDENTIFIER, identifier.bytes()].concat()
}

fn called(
    transaction: &dyn ReadTransaction,
    identifier: &Identifier,
) -> Result<Option<CertificateRecord>, StoreError> {
    let Some(value) = transaction.get(&identifier_key(identifier))? else {
        return Ok(None);
    };
    let place = versioned(&value, VERSION, || format!("identifier {identifier}"))?;
    let (issuer, serial) = split_key(&[], place)?;
    record::get(transaction, &issuer, &serial)
}

fn subject_prefix(subject: &Name) -> Vec<u8> {
    [SUBJECT, &digest(&subject.to_string())].concat()
}

fn alt_name_prefix(name: &GeneralName) -> Vec<u8> {
    [ALT_NAME, &digest(&name.identity())].concat()
}

fn digest(text: &str) -> [u8; DIGEST_BYTES] {
    let mut bytes = [0; DIGEST_BYTES];
    let digest = fingerprint(text.to_lowercase().as_bytes());
    bytes.iter_mut().zip(digest).for_each(|(byte, digest)| *byte = digest);
    bytes
}

/// A time whose bytes are in the order of times, also before 1970.
fn ordered(time: Time) -> [u8; 8] {
    (time.unix() as u64 ^ 1 << 63).to_be_bytes()
}

/// The next key after that of an identifier.
fn next(prefix: &[u8], identifier: &Identifier) -> Vec<u8> {
    [prefix, identifier.bytes(), &[0]].concat()
}
