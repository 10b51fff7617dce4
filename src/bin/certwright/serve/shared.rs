//! What several processes on one store share beside its records: nonces and published lists.

use certwright::error::StoreError;

#[cfg(feature = "postgres")]
use certwright::PostgresStore;
#[cfg(feature = "postgres")]
use std::sync::Arc;

use super::super::store::Opened;

/// A store that other processes use, too.
#[cfg(feature = "postgres")]
#[derive(Clone)]
pub struct Shared(Arc<PostgresStore>);

/// There is none in this build.
#[cfg(not(feature = "postgres"))]
#[derive(Clone)]
pub enum Shared {}

/// The store, where other processes may use it at the same time.
pub fn shared(opened: &Opened) -> Option<Shared> {
    match opened {
        Opened::File(_) => None,
        #[cfg(feature = "postgres")]
        Opened::Postgres(store) => Some(Shared(Arc::clone(store))),
    }
}

#[cfg(feature = "postgres")]
impl Shared {
    /// Whether this nonce is new for all of them; it is kept until `expires`, in UNIX seconds.
    pub fn take_nonce(&self, nonce: &[u8], expires: i64) -> Result<bool, StoreError> {
        self.0.take_nonce(nonce, expires)
    }

    /// Forgets what expired before a time, and says how many are left.
    pub fn forget_nonces(&self, before: i64) -> Result<u64, StoreError> {
        self.0.forget_nonces(before)
    }

    pub fn publish(&self, name: &[u8], number: u64, value: &[u8]) -> Result<bool, StoreError> {
        self.0.publish(name, number, value)
    }

    pub fn published_number(&self, name: &[u8]) -> Result<Option<u64>, StoreError> {
        self.0.published_number(name)
    }

    pub fn published(&self, name: &[u8]) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        self.0.published(name)
    }

    /// Does something while no other process does.
    pub fn in_turn<T>(&self, name: &str, work: impl FnOnce() -> T) -> Result<T, StoreError> {
        self.0.in_turn(name, work)
    }
}

#[cfg(not(feature = "postgres"))]
impl Shared {
    pub fn take_nonce(&self, _: &[u8], _: i64) -> Result<bool, StoreError> {
        match *self {}
    }

    pub fn forget_nonces(&self, _: i64) -> Result<u64, StoreError> {
        match *self {}
    }

    pub fn publish(&self, _: &[u8], _: u64, _: &[u8]) -> Result<bool, StoreError> {
        match *self {}
    }

    pub fn published_number(&self, _: &[u8]) -> Result<Option<u64>, StoreError> {
        match *self {}
    }

    pub fn published(&self, _: &[u8]) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        match *self {}
    }

    pub fn in_turn<T>(&self, _: &str, _: impl FnOnce() -> T) -> Result<T, StoreError> {
        match *self {}
    }
}
