//! Private keys at rest: sealed, or not kept at all.

use std::ops::ControlFlow;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::audit::AuditAction;
use super::bytes::{corrupt, take_text, text, versioned};
use super::log::{self, Effects, Log, Note};
use super::unlocked::{SEAL as HEADER, Unlocked};
use super::write::Write;
use super::{Ledger, LedgerWriter};
use crate::algorithm::{SignatureAlgorithm, WeakKeys};
use crate::error::{Error, StoreError, StoreErrorKind, cut};
use zeroize::Zeroizing;

use crate::key::{KeyPair, Randomness, Seal, SealingKey, Signer, Sm2Id};
use crate::limits::{KEPT_NAME_BYTES, SM2_ID_BYTES};
use crate::store::{Overlay, ReadTransaction, WriteTransaction as _, write_changes};

const KEY: &[u8] = b"key/";
const VERSION: u8 = 1;

/// What the names begin with that the engine gives itself.
const RESERVED: [&str; 2] = ["issuer/", "request/"];

/// The seal of a ledger and its clones, once it is known.
#[derive(Default)]
pub(super) struct Vault(RwLock<Option<Arc<Unlocked>>>);

impl Vault {
    /// As long as this is held, nobody seals all keys again through this ledger or a clone.
    fn read(&self) -> RwLockReadGuard<'_, Option<Arc<Unlocked>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// As long as this is held, nobody reads a key through this ledger or a clone.
    fn write(&self) -> RwLockWriteGuard<'_, Option<Arc<Unlocked>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is unlocked.
    pub(super) fn unlocked(&self) -> Option<Arc<Unlocked>> {
        self.read().clone()
    }

    /// What is unlocked; a seal under a key that is drawn and forgotten, if nothing is.
    fn unlocked_or_drawn(&self, random: &Randomness) -> Result<Arc<Unlocked>, Error> {
        let mut vault = self.write();
        if let Some(unlocked) = &*vault {
            return Ok(Arc::clone(unlocked));
        }
        let drawn = Arc::new(create(&SealingKey::from_bytes(random.bytes()?), random)?);
        *vault = Some(Arc::clone(&drawn));
        Ok(drawn)
    }
}

impl Ledger {
    /// Opens the private keys of the store, for this ledger and its clones. In a store that has none
    /// yet, the first that is kept is sealed with this key. A store that is not durable needs no key:
    /// it seals with one that it draws and forgets.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Sealed`] when the key is not the one that seals this
    /// store (nothing is changed), with [`StoreErrorKind::Corrupt`] when the store was sealed and the
    /// record of its seal is gone, or when the store fails.
    pub fn unlock(&self, key: &SealingKey) -> Result<(), Error> {
        let unlocked = match self.record(HEADER)? {
            Some(header) => {
                let seal = Seal::open(key, content(&header)?, &self.randomness)?;
                Unlocked { seal, header, unwritten: None }
            }
            None => {
                self.check_never_sealed()?;
                create(key, &self.randomness)?
            }
        };
        *self.vault.write() = Some(Arc::new(unlocked));
        Ok(())
    }

    /// A store without the record of a seal has no private key and never had one sealed: what was
    /// sealed must not be joined by what another key seals.
    fn check_never_sealed(&self) -> Result<(), StoreError> {
        self.store.read(&mut |transaction| never_sealed(transaction))
    }

    /// The private key that was kept under a name, for use here. Where it is handed out,
    /// [`LedgerWriter::export_key`] tells the audit log.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Sealed`] when the ledger is not unlocked; when the
    /// store fails or the record is damaged.
    pub fn key(&self, name: &str) -> Result<Option<KeyPair>, Error> {
        let place = place(name)?;
        self.unlock_as_written()?;
        let vault = self.vault.read();
        let Some(sealed) = self.record(&place)? else { return Ok(None) };
        let unlocked = vault.as_ref().ok_or_else(not_unlocked)?;
        let what = || format!("the private key {}", cut(name).escape_debug());
        let sealed = versioned(&sealed, VERSION, what)?;
        let plain = match unlocked.seal.unseal(&place, sealed) {
            // Whoever sealed all keys again did it from another ledger.
            Err(_) if self.record(HEADER)?.as_ref() != Some(&unlocked.header) => {
                return Err(sealed_anew().into());
            }
            plain => plain?,
        };
        let key = read(&plain).ok_or_else(|| corrupt(&what(), "damaged"))??;
        Ok(Some(key.with_arithmetic(self.arithmetic).drawing_from(&self.randomness)))
    }

    /// At most `limit` names that private keys are kept under, in their order, after the given one.
    /// This works also when the ledger is not unlocked.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails.
    pub fn key_names(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>, Error> {
        let after = after.map(|after| [KEY, after.as_bytes()].concat());
        let found = self.records(KEY, after.as_deref(), limit)?;
        let name = |key: &[u8]| String::from_utf8(key.strip_prefix(KEY)?.to_vec()).ok();
        let damaged = || corrupt("the name of a private key", "not UTF-8");
        found.iter().map(|(key, _)| Ok(name(key).ok_or_else(damaged)?)).collect()
    }

    /// Whether a private key could be kept now.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Sealed`] when it could not
    /// ([`Ledger::unlock`]), or when the store fails.
    pub fn check_unlocked(&self) -> Result<(), Error> {
        let open = self.vault.read().is_some()
            || (!self.store.is_durable() && self.record(HEADER)?.is_none());
        if open { Ok(()) } else { Err(not_unlocked().into()) }
    }

    /// What keeps a private key under a name that must be free.
    pub(crate) fn key_writes(&self, name: &str, key: &KeyPair) -> Result<Vec<Write>, Error> {
        let place = place(name)?;
        self.unlock_as_written()?;
        let (unlocked, kept) = {
            let vault = self.vault.read();
            (vault.clone(), self.record(HEADER)?)
        };
        let unlocked = match unlocked {
            Some(unlocked) => unlocked,
            None if self.store.is_durable() || kept.is_some() => return Err(not_unlocked().into()),
            None => self.vault.unlocked_or_drawn(&self.randomness)?,
        };
        let Unlocked { seal, header, unwritten: _ } = unlocked.as_ref();
        // The seal must still be this one when the key is written.
        let same_seal = match kept {
            // Of several first keys at once, each brings the seal.
            None => {
                self.check_never_sealed()?;
                Write::settle(HEADER.to_vec(), header.clone())
            }
            Some(kept) if kept == *header => Write::unchanged(HEADER.to_vec(), Some(kept)),
            Some(_) => return Err(sealed_anew().into()),
        };
        let sealed = seal.seal(&place, &plain(key)?)?;
        Ok(vec![same_seal, Write::new(place, [&[VERSION][..], &sealed].concat())])
    }

    /// Where another ledger on the store kept the first key, and so made the seal, it is opened with
    /// the key that this one was unlocked with.
    fn unlock_as_written(&self) -> Result<(), Error> {
        let differs = |unlocked: &Unlocked| -> Result<Option<Vec<u8>>, Error> {
            let kept = self.record(HEADER)?;
            Ok(kept.filter(|kept| unlocked.unwritten.is_some() && *kept != unlocked.header))
        };
        match self.vault.read().as_ref() {
            Some(unlocked) if differs(unlocked)?.is_some() => {}
            _ => return Ok(()),
        }
        let mut vault = self.vault.write();
        let Some(unlocked) = vault.clone() else { return Ok(()) };
        // It may have been sealed again meanwhile.
        let (Some(header), Some(key)) = (differs(&unlocked)?, &unlocked.unwritten) else {
            return Ok(());
        };
        let seal = content(&header)
            .map_err(Error::from)
            .and_then(|seal| Seal::open(key, seal, &self.randomness));
        let seal = seal.map_err(|_| sealed_anew())?;
        *vault = Some(Arc::new(Unlocked { seal, header, unwritten: None }));
        Ok(())
    }

    /// What removes the private key of a name, if there is one.
    pub(crate) fn delete_key_writes(&self, name: &str) -> Result<Vec<Write>, Error> {
        let place = place(name)?;
        let kept = self.record(&place)?;
        Ok(kept.into_iter().map(|old| Write::delete(place.clone(), old)).collect())
    }
}

/// What is sealed of a key: the number of its signature algorithm (1), its SM2 identifier (text) and
/// its PKCS #8.
fn plain(key: &KeyPair) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (algorithm, id) = (key.algorithm(), key.public_key().sm2_id().as_str());
    let number = match algorithm {
        SignatureAlgorithm::EcdsaSha256 => 1,
        SignatureAlgorithm::EcdsaSha384 => 2,
        SignatureAlgorithm::EcdsaSha512 => 3,
        SignatureAlgorithm::RsaSha256 => 4,
        SignatureAlgorithm::RsaSha384 => 5,
        SignatureAlgorithm::RsaSha512 => 6,
        SignatureAlgorithm::Sm2Sm3 => 7,
    };
    let pkcs8 = key.to_pkcs8_der()?;
    // In one allocation, so that no copy is left behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(3 + id.len() + pkcs8.as_bytes().len()));
    plain.push(number);
    plain.extend(text(id, SM2_ID_BYTES));
    plain.extend_from_slice(pkcs8.as_bytes());
    Ok(plain)
}

/// The key as it was kept: it was accepted then, weak or not.
fn read(plain: &[u8]) -> Option<Result<KeyPair, Error>> {
    let (number, rest) = plain.split_first()?;
    let (id, pkcs8) = take_text(rest)?;
    let algorithm = match number {
        1 => SignatureAlgorithm::EcdsaSha256,
        2 => SignatureAlgorithm::EcdsaSha384,
        3 => SignatureAlgorithm::EcdsaSha512,
        4 => SignatureAlgorithm::RsaSha256,
        5 => SignatureAlgorithm::RsaSha384,
        6 => SignatureAlgorithm::RsaSha512,
        7 => SignatureAlgorithm::Sm2Sm3,
        _ => return None,
    };
    let key = KeyPair::from_pkcs8_der_with(pkcs8, WeakKeys::DangerouslyAllowRsa1024);
    Some(key.and_then(|key| key.with_sm2_id(Sm2Id::new(&id)?).with_signature_algorithm(algorithm)))
}

impl LedgerWriter {
    /// Keeps a private key, sealed, under a name of 1 to 128 bytes that must be free. Names that
    /// begin with `issuer/` or `request/` are the ledger's own.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Sealed`] when the ledger is not unlocked
    /// ([`Ledger::unlock`]), with [`StoreErrorKind::Conflict`] when the name is taken, or when the
    /// store fails; [`Error::Malformed`] when the name breaks its bounds.
    pub fn put_key(&self, name: &str, key: &KeyPair) -> Result<(), Error> {
        not_reserved(name)?;
        self.write_computed(AuditAction::Recorded, || {
            if self.ledger.record(&place(name)?)?.is_some() {
                let message =
                    format!("a private key {} is already in the store", cut(name).escape_debug());
                return Err(StoreError::new(StoreErrorKind::Conflict, message).into());
            }
            Ok(((), self.ledger.key_writes(name, key)?, format!("private key {name}")))
        })
    }

    /// Removes the private key of a name. That of a request goes with the request.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::NotFound`] when there is none, or when the store
    /// fails; [`Error::Malformed`] when the name is that of the key of a CA or a request.
    pub fn delete_key(&self, name: &str) -> Result<(), Error> {
        not_reserved(name)?;
        let writes = self.ledger.delete_key_writes(name)?;
        if writes.is_empty() {
            let message = format!("no private key {} in the store", cut(name).escape_debug());
            return Err(StoreError::new(StoreErrorKind::NotFound, message).into());
        }
        self.write(writes, AuditAction::Deleted, format!("private key {name}"))
    }

    /// Seals every private key again under another key, all in one transaction. The ledger must be
    /// unlocked with the old one; it and its clones go on with the new one.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Sealed`] when the ledger is not unlocked, with
    /// [`StoreErrorKind::Corrupt`] when a key cannot be read, or when the store fails. In every case
    /// all keys stay sealed as they were.
    pub fn rotate_sealing_key(&self, key: &SealingKey) -> Result<(), Error> {
        let new = create(key, &self.ledger.randomness)?;
        let mut vault = self.ledger.vault.write();
        let old = vault.clone().ok_or_else(not_unlocked)?;
        let mut problem = None;
        let written = self.ledger.store.write(&mut |transaction| {
            problem = None;
            match transaction.get(HEADER)? {
                Some(kept) if kept != old.header => return Err(sealed_anew()),
                Some(_) => {}
                None => never_sealed(transaction)?,
            }
            // Before anything is sealed again: what is vouched for next must be whole now.
            let mut log = Log::open(transaction, Some(&old))?;
            let mut above = Overlay::new(transaction);
            let mut kept = Vec::new();
            transaction.scan(KEY, KEY, &mut |place, sealed| {
                kept.push((place.to_vec(), sealed.to_vec()));
                ControlFlow::Continue(())
            })?;
            for (place, sealed) in &kept {
                let what = || format!("the record {}", String::from_utf8_lossy(place));
                let sealed = versioned(sealed, VERSION, what)?;
                let again =
                    old.seal.unseal(place, sealed).and_then(|plain| new.seal.seal(place, &plain));
                match again {
                    Ok(again) => above.put(place, &[&[VERSION][..], &again].concat())?,
                    Err(error) => {
                        let message = format!("{}: {error}", what());
                        problem = Some(error);
                        return Err(StoreError::new(StoreErrorKind::Corrupt, message));
                    }
                }
            }
            above.put(HEADER, &new.header)?;
            let changes = above.into_changes();
            let effects = Effects::of(&changes, transaction)?;
            write_changes(transaction, changes)?;
            let detail = format!("{} private keys", kept.len());
            let note = Note { action: AuditAction::Resealed, serial: None, detail };
            log.append(transaction, &self.stamp, note, effects)?;
            log.close(transaction, Some(&new))
        });
        match (written, problem) {
            (Ok(()), _) => {
                *vault = Some(Arc::new(new));
                Ok(())
            }
            // What is not the store's own failure, such as that of the random numbers.
            (Err(_), Some(error)) if !matches!(error, Error::Store(_)) => Err(error),
            (Err(error), _) => Err(error.into()),
        }
    }
}

fn never_sealed(transaction: &dyn ReadTransaction) -> Result<(), StoreError> {
    if transaction.get(HEADER)?.is_some() {
        // Another ledger has made the seal meanwhile.
        return Ok(());
    }
    let mut sealed = log::head(transaction)?.checkpoint.is_some();
    transaction.scan(KEY, KEY, &mut |_, _| {
        sealed = true;
        ControlFlow::Break(())
    })?;
    let lost = "it is missing, although private keys are sealed: no sealing key can be checked; \
                restore a backup";
    if sealed { Err(corrupt("the record of the seal", lost)) } else { Ok(()) }
}

fn create(key: &SealingKey, random: &Randomness) -> Result<Unlocked, Error> {
    let (seal, header) = Seal::create(key, random)?;
    let header = [&[VERSION][..], &header].concat();
    Ok(Unlocked { seal, header, unwritten: Some(key.copied()) })
}

fn content(header: &[u8]) -> Result<&[u8], StoreError> {
    versioned(header, VERSION, || "the record of the seal".to_owned())
}

fn place(name: &str) -> Result<Vec<u8>, Error> {
    if (1..=KEPT_NAME_BYTES).contains(&name.len()) {
        return Ok([KEY, name.as_bytes()].concat());
    }
    let problem = format!("{} bytes; allowed 1 to {KEPT_NAME_BYTES}", name.len());
    Err(Error::malformed("name of a private key", "", problem))
}

/// Only a request or CA gives its key a name.
pub(super) fn not_reserved(name: &str) -> Result<(), Error> {
    if RESERVED.iter().any(|prefix| name.starts_with(prefix)) {
        let problem =
            format!("{}; names of CAs and requests are reserved", cut(name).escape_debug());
        return Err(Error::malformed("name of a private key", "", problem));
    }
    Ok(())
}

fn not_unlocked() -> StoreError {
    let message = "private keys are kept sealed: unlock the ledger with its sealing key first";
    StoreError::new(StoreErrorKind::Sealed, message)
}

fn sealed_anew() -> StoreError {
    let message = "the private keys are sealed with another key than this ledger was unlocked with";
    StoreError::new(StoreErrorKind::Sealed, message)
}
