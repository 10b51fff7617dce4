//! A store in memory.

use std::collections::{BTreeSet, HashMap};
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, PoisonError, RwLock};

use super::contract::{ReadTransaction, ReadWork, Store, Visit, WriteWork};
use super::overlay::Overlay;
use crate::error::StoreError;

/// A store that lives as long as the process: for tests, and for authorities whose certificates do
/// not outlive it.
#[derive(Debug, Default)]
pub struct MemoryStore {
    records: RwLock<Records>,
}

/// Values by their keys, and the keys in order. Keys begin alike for long, so that to find one in the order
/// takes many comparisons that miss the cache: only what is new, removed or scanned is looked for there.
#[derive(Debug, Default)]
struct Records {
    values: HashMap<Arc<[u8]>, Vec<u8>>,
    keys: BTreeSet<Arc<[u8]>>,
}

impl Records {
    fn insert(&mut self, key: &[u8], value: Vec<u8>) {
        if let Some(there) = self.values.get_mut(key) {
            *there = value;
            return;
        }
        let key: Arc<[u8]> = key.into();
        self.keys.insert(Arc::clone(&key));
        self.values.insert(key, value);
    }

    fn remove(&mut self, key: &[u8]) {
        if self.values.remove(key).is_some() {
            self.keys.remove(key);
        }
    }
}

impl Store for MemoryStore {
    fn is_durable(&self) -> bool {
        false
    }

    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        // A panic in a closure leaves the records whole: changes are applied after it.
        let records = self.records.read().unwrap_or_else(PoisonError::into_inner);
        work(&Reading(&records))
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        let reading = Reading(&records);
        let mut writing = Overlay::new(&reading);
        work(&mut writing)?;
        for (key, change) in writing.into_changes() {
            match change {
                Some(value) => records.insert(&key, value),
                None => records.remove(&key),
            }
        }
        Ok(())
    }
}

struct Reading<'r>(&'r Records);

impl ReadTransaction for Reading<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.values.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let from = (Bound::Included(from.max(prefix)), Bound::Unbounded);
        for key in self.0.keys.range::<[u8], _>(from) {
            let Some(value) = self.0.values.get(key) else { continue };
            if !key.starts_with(prefix) || visit(key, value) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::StoreErrorKind;

    fn keys(transaction: &dyn ReadTransaction, prefix: &[u8], from: &[u8]) -> Vec<Vec<u8>> {
        let mut keys = Vec::new();
        let mut visit = |key: &[u8], _: &[u8]| {
            keys.push(key.to_vec());
            if keys.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        transaction.scan(prefix, from, &mut visit).unwrap();
        keys
    }

    #[test]
    fn a_write_reads_itself_and_a_failed_one_leaves_nothing() {
        let store = MemoryStore::default();
        store
            .write(&mut |t| {
                for key in [b"a1", b"a2", b"b1"] {
                    t.put(key, b"x")?;
                }
                Ok(())
            })
            .unwrap();
        let failed = store.write(&mut |t| {
            t.delete(b"a1")?;
            t.put(b"a3", b"y")?;
            assert_eq!(t.get(b"a1")?, None);
            assert_eq!(keys(t, b"a", b""), [b"a2", b"a3"]);
            Err(StoreError::new(StoreErrorKind::Conflict, "no"))
        });
        assert!(failed.is_err());
        store
            .read(&mut |t| {
                assert_eq!(keys(t, b"a", b""), [b"a1", b"a2"]);
                assert_eq!(keys(t, b"a", b"a2"), [b"a2"]);
                assert_eq!(keys(t, b"", b""), [b"a1", b"a2", b"b1"]);
                assert_eq!(t.get(b"a3")?, None);
                Ok(())
            })
            .unwrap();
    }
}
