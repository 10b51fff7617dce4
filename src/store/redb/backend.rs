//! What redb writes to: a file or a medium, and how long it has become.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::redb::StorageBackend;

use crate::store::Medium;

/// A backend of redb that tells its length without asking the file system.
#[derive(Debug)]
pub(super) struct Measured<B> {
    inner: B,
    length: Arc<AtomicU64>,
}

impl<B> Measured<B> {
    pub(super) fn new(inner: B, length: Arc<AtomicU64>) -> Self {
        Self { inner, length }
    }
}

impl<B: StorageBackend> StorageBackend for Measured<B> {
    // redb asks once, when it opens.
    fn len(&self) -> io::Result<u64> {
        let length = self.inner.len()?;
        self.length.store(length, Ordering::Relaxed);
        Ok(length)
    }

    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()> {
        self.inner.read(offset, octets)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.inner.set_len(length)?;
        self.length.store(length, Ordering::Relaxed);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.inner.sync_data()
    }

    fn write(&self, offset: u64, octets: &[u8]) -> io::Result<()> {
        self.inner.write(offset, octets)
    }

    fn close(&self) -> io::Result<()> {
        self.inner.close()
    }
}

/// Our medium as redb's.
#[derive(Debug)]
pub(super) struct Backend<M>(pub(super) M);

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
