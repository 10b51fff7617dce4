//! The check of a whole file, which changes nothing.

use std::sync::Arc;

use ::redb::{Builder, Database, ReadableDatabase as _, ReadableTable as _};

use super::backend::{Backend, Shared};
use super::engine::{damaged, sense};
use super::transactions::{RECORDS, failed};
use super::{CACHE, RedbStore, opening};
use crate::error::StoreError;

impl RedbStore {
    /// Opens the file a second time, as after a crash, with every checksum verified and what redb
    /// would mend held back in memory; then holds what that opening finds against what is here. redb
    /// falls back to the commit before where the last one is damaged, which so comes to light.
    pub(super) fn check_file(&self) -> Result<(), StoreError> {
        let checked = sense(|| {
            // Nobody writes meanwhile.
            let writing = self.database.get()?.begin_write().map_err(failed)?;
            let shared = Shared::held(Arc::clone(&self.medium));
            let shared = shared
                .map_err(|error| StoreError::backend("the file cannot be read again", error))?;
            let seen = Builder::new()
                .set_cache_size(CACHE)
                .set_check_integrity_on_open(true)
                .create_with_backend(Backend(shared))
                .map_err(|error| opening("the file", error))?;
            let compared = compare(self.database.get()?, &seen);
            // Nothing was written.
            compared.and(writing.abort().map_err(failed))
        });
        checked.unwrap_or_else(|| Err(damaged("a page cannot be read")))
    }
}

/// Whether both have the same records.
fn compare(here: &Database, seen: &Database) -> Result<(), StoreError> {
    let (here, seen) = (here.begin_read().map_err(failed)?, seen.begin_read().map_err(failed)?);
    let (here, seen) = (here.open_table(RECORDS), seen.open_table(RECORDS));
    let (here, seen) = (here.map_err(failed)?, seen.map_err(failed)?);
    let (mut here, mut seen) = (here.iter().map_err(failed)?, seen.iter().map_err(failed)?);
    loop {
        match (here.next().transpose().map_err(failed)?, seen.next().transpose().map_err(failed)?) {
            (None, None) => return Ok(()),
            (Some(here), Some(seen))
                if here.0.value() == seen.0.value() && here.1.value() == seen.1.value() => {}
            _ => {
                return Err(damaged("what was written last would be lost when it is opened again"));
            }
        }
    }
}
