//! Stores in memory: a medium for redb, and copies of what a store holds.

use std::io;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use certwright::MemoryStore;
use certwright::Store;
use certwright::error::StoreError;
use certwright::store::Medium;

/// Bytes that grow.
#[derive(Debug, Default)]
pub struct Bytes(Mutex<Vec<u8>>);

impl Bytes {
    fn all(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Medium for Bytes {
    fn len(&self) -> io::Result<u64> {
        Ok(self.all().len() as u64)
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let all = self.all();
        let from = offset as usize;
        let found = all.get(from..from + bytes.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        bytes.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.all().resize(length as usize, 0);
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut all = self.all();
        let from = offset as usize;
        let place = all.get_mut(from..from + bytes.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        place.copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything in a store.
pub fn records(store: &dyn Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut all = Vec::new();
    let read = store.read(&mut |transaction| {
        all.clear();
        transaction.scan(b"", b"", &mut |key, value| {
            all.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })
    });
    read.unwrap();
    all
}

/// A new store with these records.
pub fn copy(records: &[(Vec<u8>, Vec<u8>)]) -> Result<MemoryStore, StoreError> {
    let store = MemoryStore::default();
    store.write(&mut |transaction| {
        records.iter().try_for_each(|(key, value)| transaction.put(key, value))
    })?;
    Ok(store)
}
