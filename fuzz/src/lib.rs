//! What the fuzz targets do with their input. A target is a file of `fuzz_targets` that calls one
//! `check` here; a check panics where a promise is broken.

// The arithmetic is open to the fuzzer alone.
#![cfg_attr(not(fuzzing), allow(dead_code))]

pub mod armor;
pub mod bundle;
pub mod call;
pub mod certificate;
pub mod chain;
pub mod crl;
pub mod csr;
pub mod curves;
pub mod der;
pub mod difference;
pub mod encrypted;
pub mod general_names;
pub mod issue;
pub mod keys;
pub mod lanes;
pub mod lint;
pub mod names;
pub mod pem;
pub mod pkcs8;
pub mod store;
pub mod stores;

/// The longest input that is looked at, in bytes: enough for every limit on counts.
pub const INPUT_BYTES: usize = 64 * 1024;
