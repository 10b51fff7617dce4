//! Counts, for tests, how many signatures a thread verifies, and how often it draws from the system.

use std::cell::Cell;

use crate::algorithm::KeyAlgorithm;

/// A key algorithm of each family that is built in.
pub(crate) const FAMILIES: &[KeyAlgorithm] = &[
    #[cfg(feature = "ecc")]
    KeyAlgorithm::EcdsaP256,
    #[cfg(feature = "rsa")]
    KeyAlgorithm::Rsa2048,
    #[cfg(feature = "sm2")]
    KeyAlgorithm::Sm2,
];

thread_local! {
    static SYSTEM_DRAWS: Cell<usize> = const { Cell::new(0) };
    static VERIFIED: Cell<usize> = const { Cell::new(0) };
}

pub(super) fn count(signatures: usize) {
    VERIFIED.with(|verified| verified.set(verified.get() + signatures));
}

pub(super) fn count_system_draw() {
    SYSTEM_DRAWS.with(|draws| draws.set(draws.get() + 1));
}

/// How often the operating system's generator was asked in this thread.
pub(crate) fn system_draws() -> usize {
    SYSTEM_DRAWS.with(Cell::get)
}

/// How many signatures are verified while this works, and its result.
pub(crate) fn during<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = VERIFIED.with(Cell::get);
    let result = work();
    (VERIFIED.with(Cell::get) - before, result)
}
