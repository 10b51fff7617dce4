//! The contract of a store.

use std::ops::ControlFlow;
use std::path::Path;

use crate::error::{StoreError, StoreErrorKind};

/// A store of keys and values in the order of their keys.
///
/// The contract is small, so that memory, an embedded file and a shared transactional database
/// fit it without change:
///
/// - [`Store::write`] is atomic, isolated (serializable) and, when it returns `Ok`, durable. Where
///   the closure fails, nothing of it remains.
/// - A store with several writers may run the closure again after a conflict, so it must depend on
///   nothing but what it reads from its transaction.
/// - [`Store::read`] sees one consistent state.
///
/// On a shared database: a SQL table of two binary columns, the key primary, with serializable
/// transactions and a retry on serialization failure; on an ordered key-value store (FoundationDB,
/// TiKV), its own transactions under a prefix.
pub trait Store: Send + Sync {
    /// Whether the records outlive the process. Private keys are kept in such a store only under a
    /// key that the caller gives.
    fn is_durable(&self) -> bool {
        true
    }

    /// Verifies what the store's engine can of itself, such as checksums, and changes nothing. A store
    /// that has no such means, as this default, has nothing against itself.
    ///
    /// # Errors
    /// [`StoreErrorKind::Corrupt`] when the store is damaged; the
    /// store's own when it cannot be read.
    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Writes a copy of one consistent state to a new file, after `verify` has found nothing
    /// against that same state. [`Ledger::backup`](crate::ledger::Ledger::backup) is how it is
    /// used. A store that cannot, as this default, is copied by its own means.
    ///
    /// # Errors
    /// Those of `verify`; [`StoreErrorKind::Conflict`] when there is
    /// anything at the path, which is left as it is; the store's own.
    fn copy_to(&self, path: &Path, verify: &mut ReadWork<'_>) -> Result<(), StoreError> {
        let _ = verify;
        let message = format!("{}: this store is copied by its own means", path.display());
        Err(StoreError::new(StoreErrorKind::Backend, message))
    }

    /// Runs the closure on a consistent state.
    ///
    /// # Errors
    /// Those of the closure, or the store's own.
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError>;

    /// Runs the closure, and keeps what it wrote if it succeeds.
    ///
    /// # Errors
    /// Those of the closure, or the store's own. In both cases nothing was written, or, where the
    /// store cannot know whether its commit arrived, everything was.
    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError>;
}

/// What is done in a transaction that reads.
pub type ReadWork<'w> = dyn FnMut(&dyn ReadTransaction) -> Result<(), StoreError> + 'w;

/// What is done in a transaction that writes.
pub type WriteWork<'w> = dyn FnMut(&mut dyn WriteTransaction) -> Result<(), StoreError> + 'w;

/// Takes one key and value of a scan, and says whether to go on.
pub type Visit<'v> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'v;

/// A transaction that reads.
pub trait ReadTransaction {
    /// The value of a key.
    ///
    /// # Errors
    /// The store's own.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The values of several keys, in their order. A store across a network asks for all at once; this default
    /// asks for one after the other.
    ///
    /// # Errors
    /// The store's own.
    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// Visits the keys that begin with `prefix` and are not below `from`, in order, until the
    /// visitor breaks.
    ///
    /// # Errors
    /// The store's own.
    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError>;
}

/// A transaction that reads and writes; it reads what it wrote.
pub trait WriteTransaction: ReadTransaction {
    /// Sets the value of a key.
    ///
    /// # Errors
    /// The store's own.
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError>;

    /// Removes a key, if it is there.
    ///
    /// # Errors
    /// The store's own.
    fn delete(&mut self, key: &[u8]) -> Result<(), StoreError>;
}

impl<S: Store + ?Sized> Store for std::sync::Arc<S> {
    fn is_durable(&self) -> bool {
        (**self).is_durable()
    }

    fn check(&self) -> Result<(), StoreError> {
        (**self).check()
    }

    fn copy_to(&self, path: &Path, verify: &mut ReadWork<'_>) -> Result<(), StoreError> {
        (**self).copy_to(path, verify)
    }

    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        (**self).read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        (**self).write(work)
    }
}
