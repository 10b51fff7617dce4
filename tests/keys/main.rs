//! Keys: made, written, read, encrypted, damaged; what is refused, and published signatures.

#[path = "../common/mod.rs"]
mod common;
#[path = "../key_files/mod.rs"]
mod key_files;

mod key_curves;
mod key_damage;
mod key_encryption;
mod key_health;
mod key_vectors;
mod keys;
