//! What a durable store writes to.

use std::fmt;
use std::io;
use std::sync::Arc;

/// A medium of bytes: a file, or what stands for one (an encrypted disk, a test that loses power).
///
/// A write, and a new length as well, may stay in caches until [`Medium::sync`] returns; after a
/// power cut, any part of what was done since the last sync may be there or not.
pub trait Medium: fmt::Debug + Send + Sync + 'static {
    /// Its length in bytes.
    ///
    /// # Errors
    /// The medium's own.
    fn len(&self) -> io::Result<u64>;

    /// Whether it holds nothing.
    ///
    /// # Errors
    /// The medium's own.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Fills `bytes` from `offset` on.
    ///
    /// # Errors
    /// The medium's own, also when that reaches past the end.
    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()>;

    /// Sets the length; what is new is zero.
    ///
    /// # Errors
    /// The medium's own.
    fn set_len(&self, length: u64) -> io::Result<()>;

    /// Writes `bytes` from `offset` on.
    ///
    /// # Errors
    /// The medium's own.
    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Returns when everything written is durable.
    ///
    /// # Errors
    /// The medium's own.
    fn sync(&self) -> io::Result<()>;
}

impl<M: Medium + ?Sized> Medium for Arc<M> {
    fn len(&self) -> io::Result<u64> {
        (**self).len()
    }

    fn is_empty(&self) -> io::Result<bool> {
        (**self).is_empty()
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        (**self).read(offset, bytes)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        (**self).set_len(length)
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        (**self).write(offset, bytes)
    }

    fn sync(&self) -> io::Result<()> {
        (**self).sync()
    }
}
