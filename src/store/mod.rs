//! Where an authority keeps its records: ordered, transactional bytes and nothing else. A
//! [`Store`] of your own implements the transactions of this module.

pub(crate) mod contract;
mod medium;
pub(crate) mod memory;
mod overlay;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "redb")]
pub(crate) mod redb;

pub use self::contract::{ReadTransaction, ReadWork, Visit, WriteTransaction, WriteWork};
pub use self::medium::Medium;
#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
pub use self::postgres::{PostgresSettings, PostgresStore};

pub(crate) use self::contract::Store;
pub(crate) use self::overlay::{Changes, Overlay, write_changes};
