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
const KINDS: [Arithmetic; 5] = [
    Arithmetic::Fastest,
    Arithmetic::Portable,
    Arithmetic::RustCrypto,
    Arithmetic::Scalar,
    Arithmetic::Vectors,
];

/// Keeps other tests from signing, and so from being counted.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    // A test that failed leaves nothing behind.
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where RSA keys are worked on.
#[derive(Debug, Eq, PartialEq)]
enum Place {
    Lanes,
    Scalar,
    Elsewhere,
}

/// Where they are with this choice here.
fn place(arithmetic: Arithmetic) -> Place {
    match arithmetic {
        Arithmetic::Fastest if cfg!(debug_assertions) => Place::Elsewhere,
        Arithmetic::Fastest | Arithmetic::Vectors if Arithmetic::has_vectors() => Place::Lanes,
        Arithmetic::Fastest | Arithmetic::Vectors | Arithmetic::Scalar => Place::Scalar,
        Arithmetic::Portable => Place::Lanes,
        _ => Place::Elsewhere,
    }
}
