//! Copies of a store that is at work.

use std::fs;
use std::path::Path;

use ::redb::{ReadOnlyTable, ReadableDatabase as _, ReadableTable as _};

use super::place::{self, Folder, SystemFolder};
use super::transactions::{RECORDS, Reading, failed};
use super::{RedbStore, lay};
use crate::error::StoreError;
use crate::store::{Medium, ReadWork};

/// Bytes of keys and values in one transaction of a copy, at least; what it needs of memory, and
/// few enough commits that their syncs do not count (some hundred for 1,000,000 certificates).
const CHUNK: usize = 16 << 20;

impl RedbStore {
    /// Writes a copy of the store, as it is when this is called, to a new file that
    /// [`RedbStore::open`] opens; readable and writable by its owner only. The records are not looked
    /// at: [`Ledger::backup`](crate::ledger::Ledger::backup) verifies what it copies.
    ///
    /// Reads and writes go on meanwhile, and what they write is not in the copy. Until the copy is
    /// done, the store's own file cannot use again the room that these writes free, and grows. The
    /// copy is made in a hidden file beside its place and is given its name when it is whole and on
    /// the disk, so a failure or a power cut leaves a whole copy there or nothing; of the hidden
    /// file (`.NAME.PROCESS-N.new`) a power cut or a kill may leave something, which may be removed.
    /// It needs memory for some 16 MiB of records, and the cache of a store.
    ///
    /// A copy has no room that was freed. So it is also the way to make a file smaller from which
    /// much was removed: while nothing writes, copy it, drop the store, and give the copy its name.
    ///
    /// The records are copied as they are; keys that sign are not among them
    /// unless they are kept, sealed.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use certwright::ledger::Ledger;
    /// use certwright::RedbStore;
    /// # let folder = format!("certwright-store-backup-{}", std::process::id());
    /// # let folder = std::env::temp_dir().join(folder);
    /// # std::fs::create_dir_all(&folder)?;
    /// let store = Arc::new(RedbStore::create(folder.join("ca.redb"))?);
    /// let ledger = Ledger::new(Arc::clone(&store));
    /// // Authorities work on the ledger, and at any moment:
    /// store.backup(folder.join("monday.redb"))?;
    /// assert!(store.backup(folder.join("monday.redb")).is_err(), "a file is never overwritten");
    ///
    /// let copy = Ledger::new(RedbStore::open(folder.join("monday.redb"))?);
    /// assert_eq!(copy.verify_audit()?, ledger.verify_audit()?);
    /// # drop((copy, ledger, store));
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`StoreErrorKind::Conflict`](crate::error::StoreErrorKind::Conflict) when there is anything at the path,
    /// which is left as it is; [`StoreErrorKind::Corrupt`](crate::error::StoreErrorKind::Corrupt) when the store
    /// is damaged, [`StoreErrorKind::Backend`](crate::error::StoreErrorKind::Backend) when it cannot be read or the file system refuses the copy.
    pub fn backup(&self, path: impl AsRef<Path>) -> Result<(), StoreError> {
        self.copy_file(path.as_ref(), &mut |_| Ok(()))
    }

    /// The same, where `verify` has nothing against the records.
    pub(super) fn copy_file(
        &self,
        path: &Path,
        verify: &mut ReadWork<'_>,
    ) -> Result<(), StoreError> {
        // Also a link to nothing is something.
        if fs::symlink_metadata(path).is_ok() {
            return Err(place::exists(path));
        }
        self.backup_in(&SystemFolder::of(path), path, verify)
    }

    pub(super) fn backup_in(
        &self,
        folder: &impl Folder,
        path: &Path,
        verify: &mut ReadWork<'_>,
    ) -> Result<(), StoreError> {
        let transaction = self.database.get()?.begin_read().map_err(failed)?;
        verify(&Reading(transaction.open_table(RECORDS).map_err(failed)?))?;
        let records = transaction.open_table(RECORDS).map_err(failed)?;
        let place = crate::error::shown_path(path).display().to_string();
        place::make(folder, path, |file| copy(&records, file, &place))?;
        Ok(())
    }
}

/// Copies records into a new store, and closes it.
fn copy(
    records: &ReadOnlyTable<&'static [u8], &'static [u8]>,
    medium: impl Medium,
    place: &str,
) -> Result<(), StoreError> {
    let refused = |error: ::redb::Error| {
        StoreError::backend(format!("{place} cannot be written"), failed(error))
    };
    lay(&medium, place)?;
    let store = RedbStore::of(medium, place, false)?;
    let mut records = records.iter().map_err(failed)?;
    let mut ended = false;
    while !ended {
        let transaction =
            store.database.get()?.begin_write().map_err(|error| refused(error.into()))?;
        let mut table = transaction.open_table(RECORDS).map_err(|error| refused(error.into()))?;
        let mut bytes = 0;
        while bytes < CHUNK {
            let Some(record) = records.next() else {
                ended = true;
                break;
            };
            let (key, value) = record.map_err(failed)?;
            let (key, value) = (key.value(), value.value());
            table.insert(key, value).map_err(|error| refused(error.into()))?;
            bytes += key.len() + value.len();
        }
        drop(table);
        transaction.commit().map_err(|error| refused(error.into()))?;
    }
    // Closing it makes it as short as it can be and ready to be opened at once. That redb could not
    // close it is told by nothing else.
    store.database.close().map_err(|error| refused(error.into()))
}
