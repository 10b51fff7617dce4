//! certwright
mod algorithm;
mod error;
mod key;
mod limits;
mod name;
mod oid;
mod profile;
mod serial;
mod usage;
mod validity;
mod wire;

pub use algorithm::*;
pub use error::*;
pub use key::*;
pub use name::*;
pub use oid::Oid;
pub use profile::*;
pub use serial::*;
pub use usage::*;
pub use validity::*;
