//! A durable store in one file, on the embedded database redb.

mod backend;
mod backup;
mod check;
mod engine;
mod file;
mod header;
mod image;
mod overlay;
mod place;
#[cfg(test)]
mod tests;
mod transactions;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use ::redb::{Builder, DatabaseError, ReadableDatabase as _, TableError};

use self::backend::{Backend, Seen, Shared};
use self::engine::{Engine, sense};
use self::file::StoreFile;
use self::place::SystemFolder;
use self::transactions::{RECORDS, failed};
use super::medium::Medium;
use crate::error::{StoreError, StoreErrorKind};

/// Bytes of the file that are kept in memory. redb's own 1 GiB is for a machine that does nothing
/// else; a CA reads what it has just written and the nodes above it, and with 1 GiB its commits on
/// 1,000,000 certificates took as long as with this.
const CACHE: usize = 64 << 20;

/// A store in one file that survives the loss of power at any moment. One process has it open at a
/// time: the file is locked, by whatever name it was opened, until this is dropped or the process
/// ends.
///
/// ```
/// use certwright::error::StoreErrorKind;
/// use certwright::{RedbStore, Store};
/// # let folder = format!("certwright-store-{}", std::process::id());
/// # let folder = std::env::temp_dir().join(folder);
/// # std::fs::create_dir_all(&folder)?;
/// let path = folder.join("ca.redb");
/// let missing = RedbStore::open(&path).unwrap_err();
/// assert_eq!(missing.kind(), StoreErrorKind::NotFound);
///
/// let store = RedbStore::create(&path)?;
/// store.write(&mut |transaction| transaction.put(b"key", b"value"))?;
/// let again = RedbStore::open(&path).unwrap_err();
/// assert_eq!(again.kind(), StoreErrorKind::Locked, "it is open");
/// # drop(store);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Making and opening
///
/// A store is made by [`RedbStore::create`], once, and opened by [`RedbStore::open`], which makes
/// none: an authority that forgot what it issued because its disk was not mounted, or its file was
/// cut, would give numbers twice and publish revocation lists without its revocations. What is no
/// store, or one that was cut, padded or changed in its header, is refused with
/// [`StoreErrorKind::Corrupt`] and left as it is to the byte.
///
/// # After an error of the disk
///
/// Once the file system has refused to read or write (a full disk, a broken one), the store answers
/// every write, and every read that needs the file, with [`StoreErrorKind::Backend`] until the file
/// is opened again: what of the last write is on the disk is known only then. The embedder drops the
/// store, and with it every [`Ledger`](crate::ledger::Ledger) and [`Authority`](crate::Authority) that shares
/// it, sees to the disk, and calls [`RedbStore::open`], in the same process if it likes. Everything
/// that was answered is there; a change that ended in an error is there whole or not at all, so look
/// for its record before it is made again.
///
/// # Time and room
///
/// A file is open within a second, also after a kill or a power cut, whatever its size, and has at
/// most 64 MiB of it in memory. It grows by doubling, with holes where the file system has them: it
/// takes less of the disk than its length says. Room that was freed is used again, and only a copy
/// ([`Ledger::backup`](crate::ledger::Ledger::backup)) gives it back.
#[derive(Debug)]
pub struct RedbStore {
    database: Engine,
    /// The file or medium, as redb sees it.
    medium: Arc<dyn Medium>,
    /// Its bytes.
    length: Arc<AtomicU64>,
    read_only: bool,
}

impl RedbStore {
    /// Makes a store in a new file, readable and writable by its owner only.
    ///
    /// It is made in a hidden file beside its place and is given its name when it is whole and on
    /// the disk, so a failure or a power cut leaves a store there or nothing.
    ///
    /// # Errors
    /// [`StoreErrorKind::Conflict`] when there is anything at the path, which is left as it is;
    /// [`StoreErrorKind::Backend`] when the file system refuses.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        // Also a link to nothing is something.
        if fs::symlink_metadata(path).is_ok() {
            return Err(place::exists(path));
        }
        let place = crate::error::shown_path(path).display().to_string();
        let file = place::make(&SystemFolder::of(path), path, |file| lay(&file, &place))?;
        Self::of(file, &place, false)
    }

    /// Opens the store in a file.
    ///
    /// # Errors
    /// [`StoreErrorKind::NotFound`] when there is no file, [`StoreErrorKind::Locked`] when it is open
    /// elsewhere, [`StoreErrorKind::Corrupt`] when it is no store, is damaged or of a format that
    /// this build does not read, [`StoreErrorKind::Exposed`] when, on Unix, others than its owner
    /// may read or write it, [`StoreErrorKind::Backend`] when the file system refuses. What is
    /// refused is left as it is to the byte.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::of_file(path.as_ref(), true)
    }

    /// Opens the store in a file, or makes it where there is none: for tests, and for stores that
    /// may begin again at any start. See [`RedbStore`] for what an authority risks by it. A program that sets
    /// up its CA calls [`RedbStore::create`] in a step of its own, and looks for the CA in the store rather
    /// than at the file: it may have been stopped between the two.
    ///
    /// # Errors
    /// As [`RedbStore::open`], but for the missing file: one that is empty, cut or no store is
    /// refused here as well.
    pub fn open_or_create(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        match Self::open(path) {
            Err(error) if error.kind() == StoreErrorKind::NotFound => {}
            opened => return opened,
        }
        match Self::create(path) {
            // Another was first.
            Err(error) if error.kind() == StoreErrorKind::Conflict => Self::open(path),
            created => created,
        }
    }

    /// Opens the store in a file to read it. The file is not written to, also where it was not
    /// closed: what its repair changes is kept in memory. While this exists, others may read the
    /// file as well and nobody writes to it.
    ///
    /// [`Store::write`](crate::Store::write) is answered with [`StoreErrorKind::Backend`].
    ///
    /// # Errors
    /// As [`RedbStore::open`].
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::of_file(path.as_ref(), false)
    }

    fn of_file(path: &Path, writing: bool) -> Result<Self, StoreError> {
        let place = crate::error::shown_path(path).display().to_string();
        let file = StoreFile::open(path, writing)?;
        header::check(&file, &place)?;
        file.require_private(path)?;
        Self::of(file, &place, !writing)
    }

    /// Makes a store on a medium other than a file, which is empty or holds what a power cut left
    /// of this. The caller sees to it that nobody else uses the medium.
    ///
    /// # Errors
    /// [`StoreErrorKind::Conflict`] when the medium holds anything else, which is left as it is;
    /// [`StoreErrorKind::Backend`] when the medium refuses.
    pub fn create_on(medium: impl Medium) -> Result<Self, StoreError> {
        let image = image::image()?;
        let unfinished = image::is_unfinished(&medium, &image)
            .map_err(|error| StoreError::backend("the medium cannot be read", error))?;
        if !unfinished {
            let message = "the medium holds something already, and is never overwritten";
            return Err(StoreError::new(StoreErrorKind::Conflict, message));
        }
        image::lay(&medium, &image)
            .map_err(|error| StoreError::backend("the medium cannot be written", error))?;
        Self::of(medium, MEDIUM, false)
    }

    /// Opens the store on a medium other than a file. The caller sees to it that nobody else uses
    /// the medium.
    ///
    /// # Errors
    /// As [`RedbStore::open`]; [`StoreErrorKind::NotFound`] when the medium is empty.
    pub fn open_on(medium: impl Medium) -> Result<Self, StoreError> {
        let length = medium.len();
        if length.map_err(|error| StoreError::backend("the medium cannot be read", error))? == 0 {
            return Err(StoreError::new(StoreErrorKind::NotFound, "the medium is empty"));
        }
        header::check(&medium, MEDIUM)?;
        Self::of(medium, MEDIUM, false)
    }

    /// Opens the store on a medium other than a file, or makes it where [`RedbStore::create_on`]
    /// does.
    ///
    /// # Errors
    /// As [`RedbStore::open_on`], but for the empty medium.
    pub fn open_or_create_on(medium: impl Medium) -> Result<Self, StoreError> {
        let medium = Arc::new(medium);
        let error = match Self::open_on(Arc::clone(&medium)) {
            Ok(store) => return Ok(store),
            Err(error) => error,
        };
        if !matches!(error.kind(), StoreErrorKind::Corrupt | StoreErrorKind::NotFound) {
            return Err(error);
        }
        match Self::create_on(medium) {
            // It holds something, and that is no store.
            Err(conflict) if conflict.kind() == StoreErrorKind::Conflict => Err(error),
            created => created,
        }
    }

    /// The store on a medium that begins as one. Until it is known to be one to its tables, the
    /// medium stays as it is.
    fn of(medium: impl Medium, place: &str, read_only: bool) -> Result<Self, StoreError> {
        let refused = |error| StoreError::backend(format!("{place} cannot be opened"), error);
        let shared = Shared::held(medium).map_err(refused)?;
        let database = sense(|| {
            let database = Builder::new()
                .set_cache_size(CACHE)
                .create_with_backend(Backend(Arc::clone(&shared)))
                .map_err(|error| opening(place, error))?;
            let transaction = database.begin_read().map_err(failed)?;
            transaction.open_table(RECORDS).map_err(|error| match error {
                TableError::Storage(error) => opening(place, error.into()),
                _ => header::damaged(place, "it is a file of redb's, but none of certwright's"),
            })?;
            transaction.close().map_err(failed)?;
            Ok(database)
        });
        let database = database.unwrap_or_else(|| {
            Err(header::damaged(place, "redb can make no sense of a page that it did not check"))
        })?;
        if !read_only {
            shared.release().map_err(refused)?;
        }
        let length = shared.length();
        let database = Engine::new(database);
        Ok(Self { database, medium: Arc::new(Seen(shared)), length, read_only })
    }
}

/// Writes a new store.
fn lay(medium: &impl Medium, place: &str) -> Result<(), StoreError> {
    image::lay(medium, &image::image()?)
        .map_err(|error| StoreError::backend(format!("{place} cannot be written"), error))
}

fn opening(place: &str, error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::UpgradeRequired(version) => {
            let message = format!(
                "{place} is of redb's file format {version}, which this build does not read; open \
                 it once with the certwright that wrote it and make a backup to read it here"
            );
            StoreError::new(StoreErrorKind::Corrupt, message)
        }
        other => match failed(other) {
            error if error.kind() == StoreErrorKind::Corrupt => {
                header::damaged(place, error.message())
            }
            error => StoreError::backend(format!("{place} cannot be opened as a store"), error),
        },
    }
}

/// What a medium is called in errors.
const MEDIUM: &str = "the medium";
