//! Stores to keep things in, and everything that is in them.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::error::{StoreError, StoreErrorKind};
use certwright::ledger::{Ledger, LedgerWriter};
use certwright::store::{ReadTransaction, ReadWork, Visit, WriteTransaction, WriteWork};
use certwright::{Error, KeyAlgorithm, KeyPair, MemoryStore, Store};

use crate::craft;

/// Every record of a store.
pub type Records = BTreeMap<Vec<u8>, Vec<u8>>;

/// A store that says it is durable, and whose writes can break off inside.
#[derive(Default)]
pub struct Durable {
    inner: MemoryStore,
    /// The number of the put or delete that fails, counted from the next as 1; 0 for none.
    breaks_at: AtomicUsize,
}

impl Durable {
    /// The put or delete with this number, counted from the next as 1, fails, and every later one.
    pub fn break_at(&self, number: usize) {
        self.breaks_at.store(number, Ordering::SeqCst);
    }

    pub fn mend(&self) {
        self.breaks_at.store(0, Ordering::SeqCst);
    }
}

impl Store for Durable {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.inner.read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        self.inner.write(&mut |transaction| {
            work(&mut Breaking { transaction, breaks_at: &self.breaks_at })
        })
    }
}

struct Breaking<'t> {
    transaction: &'t mut dyn WriteTransaction,
    breaks_at: &'t AtomicUsize,
}

impl Breaking<'_> {
    fn count(&self) -> Result<(), StoreError> {
        match self.breaks_at.load(Ordering::SeqCst) {
            0 => Ok(()),
            1 => Err(StoreError::backend("the disk is full", "error 28")),
            more => {
                self.breaks_at.store(more - 1, Ordering::SeqCst);
                Ok(())
            }
        }
    }
}

impl ReadTransaction for Breaking<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.transaction.get(key)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.transaction.scan(prefix, from, visit)
    }
}

impl WriteTransaction for Breaking<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.count()?;
        self.transaction.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
        self.count()?;
        self.transaction.delete(key)
    }
}

pub fn records(store: &dyn Store) -> Records {
    let mut found = Records::new();
    let read = store.read(&mut |transaction| {
        found.clear();
        transaction.scan(b"", b"", &mut |key, value| {
            found.insert(key.to_vec(), value.to_vec());
            ControlFlow::Continue(())
        })
    });
    read.unwrap();
    found
}

/// The records without the audit log.
pub fn without_audit(store: &dyn Store) -> Records {
    let mut found = records(store);
    found.retain(|key, _| !key.starts_with(b"audit"));
    found
}

pub fn put(store: &dyn Store, key: &[u8], value: &[u8]) {
    store.write(&mut |transaction| transaction.put(key, value)).unwrap();
}

/// Runs a test on a store in memory and, where it is built in, on one in a file.
pub fn on_each_store(test: impl Fn(Arc<dyn Store>)) {
    test(Arc::new(MemoryStore::default()));
    #[cfg(feature = "redb")]
    {
        let folder = tempfile::tempdir().unwrap();
        test(Arc::new(certwright::RedbStore::create(folder.path().join("store")).unwrap()));
    }
}

pub fn alice(ledger: &Ledger) -> LedgerWriter {
    ledger.writer("alice", craft::now())
}

/// A key of the first family that is built in.
pub fn key(number: usize) -> Arc<KeyPair> {
    craft::key(algorithm(), number)
}

pub fn algorithm() -> KeyAlgorithm {
    crate::common::families()[0]
}

#[track_caller]
pub fn assert_same(found: Result<Option<KeyPair>, Error>, wanted: &KeyPair) {
    let found = found.unwrap().expect("the key is gone");
    assert!(pkcs8(&found) == pkcs8(wanted), "another key");
}

pub fn pkcs8(key: &KeyPair) -> Vec<u8> {
    key.to_pkcs8_der().unwrap().as_bytes().to_vec()
}

/// That the answer is an error of this kind, and what it says.
#[track_caller]
pub fn assert_kind<T>(answer: Result<T, Error>, kind: StoreErrorKind) -> String {
    match answer {
        Err(Error::Store(error)) if error.kind() == kind => error.message().to_owned(),
        Err(other) => panic!("not {kind:?}: {other}"),
        Ok(_) => panic!("not {kind:?}: it was done"),
    }
}
