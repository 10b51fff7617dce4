//! What redb writes to: a medium, which stays as it is until what is on it is known to be a store.

use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ::redb::{BackendError, StorageBackend};

use super::overlay::{self, Overlay};
use crate::store::Medium;

/// A medium that redb and its opener share.
#[derive(Debug)]
pub(super) struct Shared<M> {
    medium: M,
    /// Bytes of the medium, so that nobody asks the file system.
    length: Arc<AtomicU64>,
    /// What redb wrote that is not on the medium; nothing once it was released.
    held: RwLock<Option<Overlay>>,
}

impl<M: Medium> Shared<M> {
    /// Holds back what is written.
    pub(super) fn held(medium: M) -> io::Result<Arc<Self>> {
        let length = medium.len()?;
        let held = RwLock::new(Some(Overlay::over(length)));
        Ok(Arc::new(Self { medium, length: Arc::new(AtomicU64::new(length)), held }))
    }

    /// Writes to the medium what was held back, and from now on at once.
    pub(super) fn release(&self) -> io::Result<()> {
        self.writing().take().map_or(Ok(()), |overlay| overlay.replay(&self.medium))
    }

    /// The bytes of the medium, kept up to date.
    pub(super) fn length(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.length)
    }

    fn len(&self) -> io::Result<u64> {
        match &*self.reading() {
            Some(overlay) => Ok(overlay.len()),
            None => self.medium.len(),
        }
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        match &*self.reading() {
            Some(overlay) => overlay.read(&self.medium, offset, bytes),
            None => self.medium.read(offset, bytes),
        }
    }

    fn reading(&self) -> RwLockReadGuard<'_, Option<Overlay>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> RwLockWriteGuard<'_, Option<Overlay>> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does one thing to what is held back, or another to the medium.
    fn change(
        &self,
        held: impl FnOnce(&mut Overlay, &M) -> io::Result<()>,
        released: impl FnOnce(&M) -> io::Result<()>,
    ) -> io::Result<()> {
        // Most of the time nothing is held back, and threads do not wait for each other.
        if self.reading().is_none() {
            return released(&self.medium);
        }
        match self.writing().as_mut() {
            Some(overlay) => held(overlay, &self.medium),
            None => released(&self.medium),
        }
    }
}

/// The medium as redb sees it, also what is held back, for whoever looks at it besides.
#[derive(Debug)]
pub(super) struct Seen<M>(pub(super) Arc<Shared<M>>);

impl<M: Medium> Medium for Seen<M> {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, bytes)
    }

    // Whoever looks holds back all that is written.

    fn set_len(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn write(&self, _: u64, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

/// The medium as redb's. Every method is here: one that a wrapper leaves to its default is how a
/// lock was lost once.
#[derive(Debug)]
pub(super) struct Backend<M>(pub(super) Arc<Shared<M>>);

#[deny(clippy::missing_trait_methods)]
impl<M: Medium> StorageBackend for Backend<M> {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, bytes)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let held = |overlay: &mut Overlay, _: &M| {
            overlay.set_len(length);
            Ok(())
        };
        self.0.change(held, |medium| overlay::set_len(medium, length))?;
        self.0.length.store(length, Ordering::Relaxed);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let held = |overlay: &mut Overlay, _: &M| {
            overlay.sync();
            Ok(())
        };
        self.0.change(held, M::sync)
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let held = |overlay: &mut Overlay, medium: &M| overlay.write(medium, offset, bytes);
        self.0.change(held, |medium| medium.write(offset, bytes))
    }

    // The medium goes with the last who shares it, and its lock with it.
    fn close(&self) -> io::Result<()> {
        Ok(())
    }

    // A file is locked before redb has it, and a medium is its opener's alone. What redb locks is
    // ours already where it is the whole; it works without other ranges.

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        whole(start, end).map(|()| true)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        whole(start, end).map(|()| true)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        whole(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        whole(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        whole(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        whole(start, end).map(|()| false)
    }
}

/// Refuses a range that is not the whole of the medium.
fn whole(start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
    match (start, end) {
        (Bound::Unbounded | Bound::Included(0), Bound::Unbounded) => Ok(()),
        _ => Err(BackendError::Unsupported),
    }
}
