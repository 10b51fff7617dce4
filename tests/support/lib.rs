//! What tests of different subjects have in common: judges, certificates by hand, disks that lose power.

pub mod built;
pub mod common;
pub mod craft;
pub mod devices;
#[cfg(feature = "redb")]
pub mod disk;
pub mod folded;
pub mod hooked;
pub mod key_files;
pub mod openssl;
#[cfg(all(feature = "postgres", unix))]
pub mod postgres;
pub mod provider;
pub mod proxy;
pub mod question;
pub mod revoked;
pub mod sides;
pub mod tls;
pub mod tool;
pub mod world;
