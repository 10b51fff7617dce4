//! A durable store in one file, on the embedded database redb.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ::redb::{
    Builder, Database, DatabaseError, ReadableDatabase as _, ReadableTable, StorageBackend, Table,
    TableDefinition,
};

use super::medium::Medium;
use super::{ReadTransaction, ReadWork, Store, Visit, WriteTransaction, WriteWork};
use crate::error::{StoreError, StoreErrorKind};

/// Everything is one table of octets.
const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("certwright");

/// Names tried for the file in which a new store is made: threads of one process that make the same
/// store at once, and what earlier power cuts left.
const ATTEMPTS: usize = 1_000;

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
#[derive(Debug)]
pub struct RedbStore {
    database: Database,
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
        let database = Builder::new().create_file(file).map_err(|error| opening(place, error))?;
        Self::with_table(database, place)
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
        let database = Builder::new()
            .create_with_backend(Backend(medium))
            .map_err(|error| opening(place, error))?;
        Self::with_table(database, place)
    }

    fn with_table(database: Database, place: &str) -> Result<Self, StoreError> {
        let store = Self { database };
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
        let transaction = self.database.begin_write().map_err(failed)?;
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

/// Our medium as redb's.
#[derive(Debug)]
struct Backend<M>(M);

impl<M: Medium> StorageBackend for Backend<M> {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, octets)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync()
    }

    fn write(&self, offset: u64, octets: &[u8]) -> io::Result<()> {
        self.0.write(offset, octets)
    }
}

/// A new, hidden file in the same folder, which nobody else is making a store in. What a power cut
/// leaves of it is of no further use and may be removed.
fn create_beside(path: &Path) -> io::Result<(File, PathBuf)> {
    let mut attempt = 0;
    loop {
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}-{attempt}.new", std::process::id()));
        let new = path.with_file_name(name);
        match open_private(&new, true) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {
                attempt += 1;
            }
            opened => return Ok((opened?, new)),
        }
    }
}

/// Gives a finished file its place, unless another process was first.
fn put_in_place(new: &Path, path: &Path) -> io::Result<()> {
    let linked = fs::hard_link(new, path);
    fs::remove_file(new)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // The name is durable when the folder is.
    #[cfg(unix)]
    File::open(path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")))?
        .sync_all()?;
    Ok(())
}

/// Opens a file, or makes a new one, for its owner only from the moment it exists.
fn open_private(path: &Path, new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(new);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
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
        other => StoreError::backend(other.to_string(), other),
    }
}
