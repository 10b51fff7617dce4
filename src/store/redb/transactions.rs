//! Transactions of a store: one table of redb.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

use ::redb::{ReadableDatabase as _, ReadableTable, StorageError, Table, TableDefinition};

use super::RedbStore;
use super::engine::{damaged, sense};
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
        let database = self.database.get()?;
        let transaction = guarded(|| database.begin_read())?;
        let table = guarded(|| transaction.open_table(RECORDS))?;
        work(&Reading(table))
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        if self.read_only {
            let message = "the store is open for reading only; nothing was written";
            return Err(StoreError::new(StoreErrorKind::Backend, message));
        }
        // redb's default durability: the commit returns when it is on the disk.
        let database = self.database.get()?;
        let mut transaction = guarded(|| database.begin_write())?;
        transaction.set_quick_repair(self.length.load(Ordering::Relaxed) >= QUICK_REPAIR_FROM);
        let answer = match guarded(|| transaction.open_table(RECORDS)) {
            Ok(table) => work(&mut Writing(table)),
            Err(error) => Err(error),
        };
        match answer {
            Ok(()) => guarded(|| transaction.commit()),
            Err(error) => {
                guarded(|| transaction.abort())?;
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
        guarded(|| self.0.insert(key, value).map(drop))
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
        guarded(|| self.0.remove(key).map(drop))
    }
}

fn get(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &[u8],
) -> Result<Option<Vec<u8>>, StoreError> {
    guarded(|| Ok::<_, StorageError>(table.get(key)?.map(|value| value.value().to_vec())))
}

fn scan(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    prefix: &[u8],
    from: &[u8],
    visit: &mut Visit<'_>,
) -> Result<(), StoreError> {
    let mut records = guarded(|| table.range::<&[u8]>(from.max(prefix)..))?;
    while let Some((key, value)) = guarded(|| records.next().transpose())? {
        let past = !key.value().starts_with(prefix);
        if past || visit(key.value(), value.value()) == ControlFlow::Break(()) {
            break;
        }
    }
    Ok(())
}

/// Does what redb does with pages that it may not have checked; where one makes no sense, redb panics, and the
/// answer is that the file is damaged. What is of the caller is never done inside.
fn guarded<T, E: Into<::redb::Error>>(
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, StoreError> {
    sense(work).map_or_else(|| Err(damaged("a page cannot be read")), |done| done.map_err(failed))
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
