//! Issuance: the authority, signers from outside, and every reason to refuse.

use certwright_tests::{common, craft, devices, key_files, question};

mod asked_extensions;
mod authority;
mod claimed_names;
mod fickle_signers;
mod issuances;
mod lying_signers;
#[cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]
#[cfg(feature = "openssl-ca")]
mod openssl_folders;
mod refusals;
mod refusals_together;
mod signers;
mod typed_names;
mod wrong_arithmetic;
