//! The database of redb, from its opening to its end, and what redb panics at.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ::redb::{Database, DatabaseError};

use crate::error::{StoreError, StoreErrorKind};

/// A database. When it is dropped, redb writes down which pages are free; where a damaged page makes no
/// sense of that, it panics. What was answered is on the disk before, and the next opening looks itself
/// which pages are free, so that nothing is lost with it.
#[derive(Debug)]
pub(super) struct Engine(Option<Database>);

impl Engine {
    pub(super) fn new(database: Database) -> Self {
        Self(Some(database))
    }

    /// The database. It is taken where it ends alone, by `close` and by `drop`; after that there would
    /// be an error here.
    pub(super) fn get(&self) -> Result<&Database, StoreError> {
        self.0
            .as_ref()
            .ok_or_else(|| StoreError::new(StoreErrorKind::Backend, "the store is closed"))
    }

    /// Closes it, and tells if that failed.
    pub(super) fn close(mut self) -> Result<(), DatabaseError> {
        self.0.take().map_or(Ok(()), Database::close)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let database = self.0.take();
        sense(|| drop(database));
    }
}

/// Does what redb may panic at, where a page is damaged that it did not check; then there is no
/// answer. Nothing that the work had is used after that.
pub(super) fn sense<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

pub(super) fn damaged(problem: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, format!("the file is damaged: {problem}"))
}
