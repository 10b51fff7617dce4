//! Transactions of a store: one table of redb.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

use ::redb::{ReadableDatabase as _, ReadableTable, Table, TableDefinition};

use super::RedbStore;
use crate::error::{StoreError, StoreErrorKind};
use crate::store::{ReadTransaction, ReadWork, Store, Visit, WriteTransaction, WriteWork};

/// Everything is one table of bytes.
pub(super) const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("certwright");

/// Bytes of the file from which on each commit also writes what redb needs to open the file at once
/// after a crash (its *quick repair*). Below, redb reads the whole file then, some 400 MiB a second:
/// this much is a third of a second. Above, a commit costs a second sync and two bits for each page
/// of 4 KiB.
const QUICK_REPAIR_FROM: u64 = 128 << 20;

impl Store for RedbStore {
    /// Verifies every checksum of the file, and that opening it again would find what is here. Writers
    /// wait meanwhile; the file is read twice.
    fn check(&self) -> Result<(), StoreError> {
        self.check_file()
    }

    fn copy_to(&self, path: &Path, verify: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.copy_file(path, verify)
    }

    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        let transaction = self.database.begin_read().map_err(failed)?;
        let table = transaction.open_table(RECORDS).map_err(failed)?;
        work(&Reading(table))
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        if self.read_only {
            let message = "the store is open for reading only; nothing was written";
            return Err(StoreError::new(StoreErrorKind::Backend, message));
        }
        // redb's default durability: the commit returns when it is on the disk.
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction.set_quick_repair(self.length.load(Ordering::Relaxed) >= QUICK_REPAIR_FROM);
        let answer = match transaction.open_table(RECORDS) {
            Ok(table) => work(&mut Writing(table)),
            Err(error) => Err(failed(error)),
        };
        match answer {
            Ok(()) => transaction.commit().map_err(failed),
            Err(error) => {
                transaction.abort().map_err(failed)?;
                Err(error)
            }
        }
    }
}

pub(super) struct Reading<T>(pub(super) T);

impl<T: ReadableTable<&'static [u8], &'static [u8]>> ReadTransaction for Reading<T> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        get(&self.0, key)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        scan(&self.0, prefix, from, visit)
    }
}

struct Writing<'t>(Table<'t, &'static [u8], &'static [u8]>);

impl ReadTransaction for Writing<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        get(&self.0, key)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        scan(&self.0, prefix, from, visit)
    }
}

impl WriteTransaction for Writing<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.0.insert(key, value).map_err(failed)?;
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
        self.0.remove(key).map_err(failed)?;
        Ok(())
    }
}

fn get(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &[u8],
) -> Result<Option<Vec<u8>>, StoreError> {
    let value = table.get(key).map_err(failed)?;
    Ok(value.map(|value| value.value().to_vec()))
}

fn scan(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    prefix: &[u8],
    from: &[u8],
    visit: &mut Visit<'_>,
) -> Result<(), StoreError> {
    for record in table.range::<&[u8]>(from.max(prefix)..).map_err(failed)? {
        let (key, value) = record.map_err(failed)?;
        let past = !key.value().starts_with(prefix);
        if past || visit(key.value(), value.value()) == ControlFlow::Break(()) {
            break;
        }
    }
    Ok(())
}

pub(super) fn failed(error: impl Into<::redb::Error>) -> StoreError {
    match error.into() {
        ::redb::Error::Corrupted(problem) => {
            StoreError::new(StoreErrorKind::Corrupt, format!("the file is damaged: {problem}"))
        }
        ::redb::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            let message = "the file is damaged: it ends before what it refers to";
            StoreError::new(StoreErrorKind::Corrupt, message)
        }
        other @ ::redb::Error::PreviousIo => {
            let message =
                "the disk failed before; nothing is written until the file is opened again";
            StoreError::backend(message, other)
        }
        other => StoreError::backend(other.to_string(), other),
    }
}
