//! A store in memory.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{PoisonError, RwLock};

use super::contract::{ReadTransaction, ReadWork, Store, Visit, WriteWork};
use super::overlay::Overlay;
use crate::error::StoreError;

/// A store that lives as long as the process: for tests, and for authorities whose certificates do
/// not outlive it.
#[derive(Debug, Default)]
pub struct MemoryStore {
    records: RwLock<Records>,
}

type Records = BTreeMap<Vec<u8>, Vec<u8>>;

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
                Some(value) => records.insert(key, value),
                None => records.remove(&key),
            };
        }
        Ok(())
    }
}

struct Reading<'r>(&'r Records);

impl ReadTransaction for Reading<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        for (key, value) in self.0.range(from.max(prefix).to_vec()..) {
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
