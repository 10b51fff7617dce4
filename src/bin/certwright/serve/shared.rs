//! What several processes on one store share beside its records: nonces and published lists.

use std::sync::Arc;

use certwright::error::StoreError;

use super::super::store::Opened;

/// A store that other processes use, too.
pub trait Shared: Send + Sync {
    /// Whether this nonce is new for all of them; it is kept until `expires`, in UNIX seconds.
    fn take_nonce(&self, nonce: &[u8], expires: i64) -> Result<bool, StoreError>;

    /// Forgets what expired before a time, and says how many are left.
    fn forget_nonces(&self, before: i64) -> Result<u64, StoreError>;

    /// Publishes a list under a name, unless one of its number or a higher is there.
    fn publish(&self, name: &[u8], number: u64, value: &[u8]) -> Result<bool, StoreError>;

    /// The number of the list that is published.
    fn published_number(&self, name: &[u8]) -> Result<Option<u64>, StoreError>;

    /// The list that is published, and its number.
    fn published(&self, name: &[u8]) -> Result<Option<(u64, Vec<u8>)>, StoreError>;

    /// Does something while no other process does.
    fn in_turn(&self, name: &str, work: &mut dyn FnMut()) -> Result<(), StoreError>;
}

/// The store, where other processes may use it at the same time.
pub fn shared(opened: &Opened) -> Option<Arc<dyn Shared>> {
    match opened {
        Opened::File(_) => None,
        #[cfg(feature = "postgres")]
        Opened::Postgres(store) => {
            let store = Arc::clone(store);
            Some(store)
        }
    }
}

#[cfg(feature = "postgres")]
impl Shared for certwright::store::PostgresStore {
    fn take_nonce(&self, nonce: &[u8], expires: i64) -> Result<bool, StoreError> {
        self.take_nonce(nonce, expires)
    }

    fn forget_nonces(&self, before: i64) -> Result<u64, StoreError> {
        self.forget_nonces(before)
    }

    fn publish(&self, name: &[u8], number: u64, value: &[u8]) -> Result<bool, StoreError> {
        self.publish(name, number, value)
    }

    fn published_number(&self, name: &[u8]) -> Result<Option<u64>, StoreError> {
        self.published_number(name)
    }

    fn published(&self, name: &[u8]) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        self.published(name)
    }

    fn in_turn(&self, name: &str, work: &mut dyn FnMut()) -> Result<(), StoreError> {
        self.in_turn(name, work)
    }
}
