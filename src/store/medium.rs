//! What a durable store writes to.

use std::fmt;
use std::io;

/// A medium of octets: a file, or what stands for one (an encrypted disk, a test that loses power).
///
/// A write may stay in caches until [`Medium::sync`] returns; after a power cut, any part of the
/// writes since the last sync may be there or not.
pub trait Medium: fmt::Debug + Send + Sync + 'static {
    /// Its length in octets.
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

    /// Fills `octets` from `offset` on.
    ///
    /// # Errors
    /// The medium's own, also when that reaches past the end.
    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()>;

    /// Sets the length; what is new is zero.
    ///
    /// # Errors
    /// The medium's own.
    fn set_len(&self, length: u64) -> io::Result<()>;

    /// Writes `octets` from `offset` on.
    ///
    /// # Errors
    /// The medium's own.
    fn write(&self, offset: u64, octets: &[u8]) -> io::Result<()>;

    /// Returns when everything written is durable.
    ///
    /// # Errors
    /// The medium's own.
    fn sync(&self) -> io::Result<()>;
}
