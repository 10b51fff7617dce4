//! The kinds of arithmetic: what each signs and generates, and how it is counted. The counts are of
//! the whole process, so that the tests that look at them have one of their own and go one by one.
#![cfg(all(feature = "fast-arithmetic", feature = "rsa"))]

use certwright_tests::key_files;

#[cfg(all(feature = "ecc", feature = "sm2"))]
mod curves;
mod generation;
mod signatures;

use std::sync::{Mutex, MutexGuard, PoisonError};

use certwright::key::Arithmetic;

/// Every kind there is.
const KINDS: [Arithmetic; 4] =
    [Arithmetic::Fastest, Arithmetic::Portable, Arithmetic::RustCrypto, Arithmetic::Vectors];

/// Keeps other tests from signing, and so from being counted.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    // A test that failed leaves nothing behind.
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a usual key is worked on in lanes with this choice here.
fn in_lanes(arithmetic: Arithmetic) -> bool {
    match arithmetic {
        Arithmetic::Fastest => Arithmetic::has_vectors() && !cfg!(debug_assertions),
        Arithmetic::Vectors => Arithmetic::has_vectors(),
        Arithmetic::Portable => true,
        _ => false,
    }
}
