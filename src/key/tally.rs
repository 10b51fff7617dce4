//! Counts, for tests, how many signatures a thread verifies.

use std::cell::Cell;

thread_local! {
    static VERIFIED: Cell<usize> = const { Cell::new(0) };
}

pub(super) fn count(signatures: usize) {
    VERIFIED.with(|verified| verified.set(verified.get() + signatures));
}

/// How many signatures are verified while this works, and its result.
pub(crate) fn during<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = VERIFIED.with(Cell::get);
    let result = work();
    (VERIFIED.with(Cell::get) - before, result)
}
