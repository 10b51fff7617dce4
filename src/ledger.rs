//! The typed records above a store, and their rules.
//!
//! One record an issued certificate. Its key is `certificate/`, the SHA-256 of the issuer's
//! SubjectPublicKeyInfo (32 octets) and the serial number (20 octets, zeros in front), so that the
//! records of an issuer are in the order of their serial numbers. Its value is one octet of version
//! (1), one of state, and then, for state 1 (claimed), the to-be-signed octets, or for state 2
//! (fulfilled), the whole certificate.

use std::sync::Arc;

use crate::certificate::Certificate;
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::key::{PublicKey, fingerprint};
use crate::serial::SerialNumber;
use crate::store::{Store, WriteTransaction};

const PREFIX: &[u8] = b"certificate/";
const VERSION: u8 = 1;
const CLAIMED: u8 = 1;
const FULFILLED: u8 = 2;

/// What the ledger knows of a serial number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Entry {
    /// The number was given to these to-be-signed octets; whether a signature was ever made is not
    /// known.
    Claimed(Vec<u8>),
    Fulfilled(Box<Certificate>),
}

/// The records of one issuer's certificates.
pub(crate) struct Ledger {
    store: Arc<dyn Store>,
    /// [`PREFIX`] and the digest of the issuer's key.
    prefix: Vec<u8>,
}

impl Ledger {
    pub(crate) fn new(store: Arc<dyn Store>, issuer: &PublicKey) -> Self {
        Self { store, prefix: [PREFIX, &fingerprint(&issuer.to_der())].concat() }
    }

    /// Claims serial numbers for what is about to be signed, all or none. A number is claimed once.
    pub(crate) fn claim(&self, claims: &[(SerialNumber, &[u8])]) -> Result<(), Error> {
        self.write(|transaction| {
            for (serial, to_be_signed) in claims {
                let key = self.key(serial);
                if transaction.get(&key)?.is_some() {
                    let message = format!("serial number {serial} was claimed before");
                    return Err(StoreError::new(StoreErrorKind::Conflict, message));
                }
                transaction.put(&key, &[&[VERSION, CLAIMED], *to_be_signed].concat())?;
            }
            Ok(())
        })
    }

    /// Records the certificates of claimed numbers, all or none.
    pub(crate) fn fulfil(&self, certificates: &[&Certificate]) -> Result<(), Error> {
        self.write(|transaction| {
            for certificate in certificates {
                let serial = certificate.serial();
                let key = self.key(serial);
                let expected = [&[VERSION, CLAIMED], certificate.to_be_signed()].concat();
                if transaction.get(&key)?.as_ref() != Some(&expected) {
                    let message = format!("serial number {serial} was not claimed for this");
                    return Err(StoreError::new(StoreErrorKind::Conflict, message));
                }
                let value = [&[VERSION, FULFILLED], certificate.as_der()].concat();
                transaction.put(&key, &value)?;
            }
            Ok(())
        })
    }

    pub(crate) fn find(&self, serial: &SerialNumber) -> Result<Option<Entry>, Error> {
        let mut value = None;
        self.store.read(&mut |transaction| {
            value = transaction.get(&self.key(serial))?;
            Ok(())
        })?;
        value.map(|value| decode(serial, &value)).transpose()
    }

    fn key(&self, serial: &SerialNumber) -> Vec<u8> {
        let octets = serial.as_bytes();
        let mut key = self.prefix.clone();
        key.resize(key.len() + crate::limits::SERIAL_OCTETS.saturating_sub(octets.len()), 0);
        key.extend_from_slice(octets);
        key
    }

    fn write(
        &self,
        mut work: impl FnMut(&mut dyn WriteTransaction) -> Result<(), StoreError>,
    ) -> Result<(), Error> {
        Ok(self.store.write(&mut work)?)
    }
}

fn decode(serial: &SerialNumber, value: &[u8]) -> Result<Entry, Error> {
    let corrupt = |problem: String| {
        let message = format!("the record of serial number {serial}: {problem}");
        Error::Store(StoreError::new(StoreErrorKind::Corrupt, message))
    };
    match value {
        [VERSION, CLAIMED, to_be_signed @ ..] => Ok(Entry::Claimed(to_be_signed.to_vec())),
        [VERSION, FULFILLED, der @ ..] => match Certificate::from_der(der) {
            Ok(certificate) => Ok(Entry::Fulfilled(Box::new(certificate))),
            Err(error) => Err(corrupt(error.to_string())),
        },
        [version, ..] if *version != VERSION => {
            Err(corrupt(format!("version {version}; this build reads {VERSION}")))
        }
        _ => Err(corrupt("an unknown state".to_owned())),
    }
}
