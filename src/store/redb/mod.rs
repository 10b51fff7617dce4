//! A durable store in one file, on the embedded database redb.

mod backend;
mod backup;
mod place;

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::redb::backends::FileBackend;
use ::redb::{
    Builder, Database, DatabaseError, ReadableDatabase as _, ReadableTable, StorageBackend, Table,
    TableDefinition,
};

use self::backend::{Backend, Measured};
use self::place::{create_beside, open_private, put_in_place};
use super::medium::Medium;
use super::{ReadTransaction, ReadWork, Store, Visit, WriteTransaction, WriteWork};
use crate::error::{StoreError, StoreErrorKind};

/// Everything is one table of octets.
const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("certwright");

/// Octets of the file that are kept in memory. redb's own 1 GiB is for a machine that does nothing
/// else; a CA reads what it has just written and the nodes above it, and with 1 GiB its commits on
/// 1,000,000 certificates took as long as with this.
const CACHE: usize = 64 << 20;

/// Octets of the file from which on each commit also writes what redb needs to open the file at once
/// after a crash (its *quick repair*). Below, redb reads the whole file then, some 400 MiB a second:
/// this much is a third of a second. Above, a commit costs a second sync and two bits for each page
/// of 4 KiB.
const QUICK_REPAIR_FROM: u64 = 128 << 20;

/// Octets at the beginning of a medium that are zero until redb has made a store of it: the length of
/// its magic number.
const UNFINISHED: usize = 9;

/// A store in one file that survives the loss of power at any moment. One process has it open at a
/// time.
///
/// ```
/// use certwright::{RedbStore, Store};
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("ca.redb");
/// let store = RedbStore::open(&path)?;
/// store.write(&mut |transaction| transaction.put(b"key", b"value"))?;
/// assert!(RedbStore::open(&path).is_err(), "it is open");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # After an error of the disk
///
/// Once the file system has refused to read or write (a full disk, a broken one), the store answers
/// every write, and every read that needs the file, with [`StoreErrorKind::Backend`] until the file
/// is opened again: what of the last write is on the disk is known only then. The embedder drops the
/// store, and with it every [`Ledger`](crate::Ledger) and [`Authority`](crate::Authority) that shares
/// it, sees to the disk, and calls [`RedbStore::open`], in the same process if it likes. Everything
/// that was answered is there; a change that ended in an error is there whole or not at all, so look
/// for its record before it is made again.
///
/// # Time and room
///
/// A file is open within a second, also after a kill or a power cut, whatever its size, and has at
/// most 64 MiB of it in memory. It grows by doubling, with holes where the file system has them: it
/// takes less of the disk than its length says. Room that was freed is used again, and only a copy
/// ([`RedbStore::backup`]) gives it back.
#[derive(Debug)]
pub struct RedbStore {
    database: Database,
    /// Octets of the file or medium.
    length: Arc<AtomicU64>,
}

impl RedbStore {
    /// Opens the file, or makes it, readable and writable by its owner only.
    ///
    /// # Errors
    /// [`StoreErrorKind::Locked`] when it is open elsewhere, [`StoreErrorKind::Corrupt`] when it is
    /// no such file, is damaged or of a format that this build does not read,
    /// [`StoreErrorKind::Backend`] when the file system refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let place = path.display().to_string();
        let refused = |error| StoreError::backend(format!("{place} cannot be opened"), error);
        if !path.try_exists().map_err(refused)? {
            // Made whole beside its place, so that a power cut leaves a store there or nothing.
            let (file, new) = create_beside(path).map_err(refused)?;
            drop(Self::of_file(file, &place)?);
            put_in_place(&new, path).map_err(refused)?;
        }
        Self::of_file(open_private(path, false).map_err(refused)?, &place)
    }

    fn of_file(file: File, place: &str) -> Result<Self, StoreError> {
        Self::of_backend(FileBackend::new(file).map_err(|error| opening(place, error))?, place)
    }

    /// Opens a store on a medium other than a file. The caller sees to it that nobody else does.
    ///
    /// # Errors
    /// As [`RedbStore::open`].
    pub fn on(medium: impl Medium) -> Result<Self, StoreError> {
        let place = "the medium";
        let failed = |error| StoreError::backend(format!("{place} cannot be opened"), error);
        // redb writes the beginning last: without it, a power cut ended the making of the store, and
        // nothing was ever answered from it.
        let mut beginning = [0; UNFINISHED];
        let length = medium.len().map_err(failed)?;
        if length >= UNFINISHED as u64 {
            medium.read(0, &mut beginning).map_err(failed)?;
        }
        if length > 0 && beginning == [0; UNFINISHED] {
            medium.set_len(0).map_err(failed)?;
        }
        Self::of_backend(Backend(medium), place)
    }

    fn of_backend(backend: impl StorageBackend, place: &str) -> Result<Self, StoreError> {
        let length = Arc::default();
        let database = Builder::new()
            .set_cache_size(CACHE)
            .create_with_backend(Measured::new(backend, Arc::clone(&length)))
            .map_err(|error| opening(place, error))?;
        let store = Self { database, length };
        let missing = store.read(&mut |_| Ok(())).is_err();
        if missing {
            // Opening a table for writing makes it.
            store.write(&mut |_| Ok(())).map_err(|error| {
                StoreError::backend(format!("{place} cannot be prepared"), error)
            })?;
        }
        Ok(store)
    }
}

impl Store for RedbStore {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        let transaction = self.database.begin_read().map_err(failed)?;
        let table = transaction.open_table(RECORDS).map_err(failed)?;
        work(&Reading(table))
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
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

struct Reading<T>(T);

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

fn opening(place: &str, error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::DatabaseAlreadyOpen => {
            let message = format!("{place} is open in another process, or twice in this one");
            StoreError::new(StoreErrorKind::Locked, message)
        }
        DatabaseError::UpgradeRequired(version) => {
            let message = format!(
                "{place} is of redb's file format {version}, which this build does not read; open \
                 it once with the certwright that wrote it and make a backup to read it here"
            );
            StoreError::new(StoreErrorKind::Corrupt, message)
        }
        other => StoreError::backend(format!("{place} cannot be opened as a store"), other),
    }
}

fn failed(error: impl Into<::redb::Error>) -> StoreError {
    match error.into() {
        ::redb::Error::Corrupted(problem) => {
            StoreError::new(StoreErrorKind::Corrupt, format!("the file is damaged: {problem}"))
        }
        other @ ::redb::Error::PreviousIo => {
            let message =
                "the disk failed before; nothing is written until the file is opened again";
            StoreError::backend(message, other)
        }
        other => StoreError::backend(other.to_string(), other),
    }
}
