//! Keys: made, written, read, encrypted, damaged; what is refused, and published signatures.

use certwright_tests::{common, key_files};

mod data;
mod data_encryption;
mod key_curves;
mod key_damage;
#[cfg(feature = "encrypted-keys")]
mod key_encryption;
mod key_health;
mod key_vectors;
mod keys;
mod not_built;
