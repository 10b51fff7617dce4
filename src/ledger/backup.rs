//! Verified copies of a store that is at work.

use std::path::Path;

use super::Ledger;
use super::verify::verify;
use crate::error::Error;
use crate::key::random_bytes;

impl Ledger {
    /// Writes a copy of the store, as it is when this is called, to a new file that
    /// [`RedbStore::open`](crate::RedbStore::open) opens; readable and writable by its owner only.
    /// What is copied is verified first, as [`Ledger::verify`] does, but for the checksums of the
    /// store's engine, of which a copy has its own: a damaged store leaves no copy.
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
    /// The records are copied as they are; keys that sign are not among them unless they are kept,
    /// sealed.
    ///
    /// ```
    /// # #[cfg(feature = "redb")] {
    /// use certwright::ledger::Ledger;
    /// use certwright::RedbStore;
    /// # let folder = format!("certwright-ledger-backup-{}", std::process::id());
    /// # let folder = std::env::temp_dir().join(folder);
    /// # std::fs::create_dir_all(&folder)?;
    /// let ledger = Ledger::new(RedbStore::create(folder.join("ca.redb"))?);
    /// // Authorities work on the ledger, and at any moment:
    /// ledger.backup(folder.join("monday.redb"))?;
    /// assert!(ledger.backup(folder.join("monday.redb")).is_err(), "a file is never overwritten");
    ///
    /// let copy = Ledger::new(RedbStore::open(folder.join("monday.redb"))?);
    /// assert_eq!(copy.audit_head()?, ledger.audit_head()?);
    /// # drop((copy, ledger));
    /// # std::fs::remove_dir_all(folder)?;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Conflict`](crate::error::StoreErrorKind::Conflict) when there
    /// is anything at the path, which is left as it is, with
    /// [`StoreErrorKind::Corrupt`](crate::error::StoreErrorKind::Corrupt) when the store is damaged, with
    /// [`StoreErrorKind::Backend`](crate::error::StoreErrorKind::Backend) when it cannot be read, the file
    /// system refuses the copy, or the store is none in a file; [`Error::Random`] without random
    /// numbers.
    pub fn backup(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let (secret, unlocked) = (random_bytes()?, self.vault.unlocked());
        self.store.copy_to(path.as_ref(), &mut |transaction| {
            verify(transaction, &secret, unlocked.as_deref(), None).map(drop)
        })?;
        Ok(())
    }
}
