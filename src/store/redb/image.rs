//! The bytes of a new store, and how they come onto a medium.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::redb::{Builder, StorageBackend};

use super::header::{MAGIC, PAGE};
use super::overlay;
use super::transactions::{RECORDS, failed};
use crate::error::StoreError;
use crate::store::Medium;

/// A new store: redb's file with our table in it, closed. It is the same in every process.
pub(super) fn image() -> Result<Vec<u8>, StoreError> {
    let memory = Memory::default();
    let database = Builder::new().create_with_backend(memory.clone()).map_err(failed)?;
    let transaction = database.begin_write().map_err(failed)?;
    // Opening a table for writing makes it.
    drop(transaction.open_table(RECORDS).map_err(failed)?);
    transaction.commit().map_err(failed)?;
    drop(database);
    Ok(std::mem::take(&mut *memory.bytes()))
}

/// Writes a new store to an empty medium. Its first bytes come last: a medium without them was
/// never answered from.
pub(super) fn lay(medium: &impl Medium, image: &[u8]) -> io::Result<()> {
    overlay::set_len(medium, 0)?;
    overlay::set_len(medium, image.len() as u64)?;
    let mut offset = 0;
    for page in image.chunks(PAGE as usize) {
        // What is zero is so already.
        if page.iter().any(|byte| *byte != 0) {
            let skipped = if offset == 0 { MAGIC.len() } else { 0 };
            medium.write(offset + skipped as u64, page.get(skipped..).unwrap_or_default())?;
        }
        offset += page.len() as u64;
    }
    medium.sync()?;
    medium.write(0, &MAGIC)?;
    medium.sync()
}

/// Whether a medium holds what a power cut left of the making of a store: nothing but bytes of the
/// image, or zeros in their place, and not all of the first. That a store was there and lost its
/// beginning is excluded unless it held no record.
pub(super) fn is_unfinished(medium: &impl Medium, image: &[u8]) -> io::Result<bool> {
    let length = medium.len()?;
    if length != image.len() as u64 {
        return Ok(length == 0);
    }
    let mut bytes = vec![0; image.len()];
    medium.read(0, &mut bytes)?;
    let part = bytes.iter().zip(image).all(|(byte, image)| *byte == 0 || byte == image);
    Ok(part && !bytes.starts_with(&MAGIC))
}

/// A file of redb in memory.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StorageBackend for Memory {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes().len() as u64)
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let all = self.bytes();
        let from = all.get(offset as usize..).and_then(|from| from.get(..bytes.len()));
        bytes.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.bytes().resize(length as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut all = self.bytes();
        let to = all.get_mut(offset as usize..).and_then(|to| to.get_mut(..bytes.len()));
        to.ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_store_is_the_same_every_time() {
        assert!(image().unwrap() == image().unwrap());
    }
}
