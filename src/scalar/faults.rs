//! Faults for tests: a bit that changes in the middle of a power.

use std::cell::Cell;

use super::number::Number;

/// Where a bit changes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// In an entry of the table of powers.
    Entry,
    /// In a product or a square.
    Product,
}

thread_local! {
    /// Where, and how many are left until then. `None` counts only.
    static NEXT: Cell<Option<(Place, u32)>> = const { Cell::new(None) };
    static PASSED: Cell<[u32; 2]> = const { Cell::new([0; 2]) };
}

/// Runs it with a bit changed in the `number`-th of these places, or in none; how many entries and
/// products there were.
pub(super) fn with_fault<T>(fault: Option<(Place, u32)>, run: impl FnOnce() -> T) -> (T, [u32; 2]) {
    NEXT.set(fault);
    PASSED.set([0; 2]);
    let out = run();
    NEXT.set(None);
    (out, PASSED.get())
}

/// What is in such a place.
pub(super) fn pass<const N: usize>(place: Place, number: &mut Number<N>) {
    let mut passed = PASSED.get();
    passed[place as usize] += 1;
    PASSED.set(passed);
    match NEXT.get() {
        Some((next, 0)) if next == place => {
            number.0[0][3] ^= 1 << 17;
            NEXT.set(None);
        }
        Some((next, left)) if next == place => NEXT.set(Some((next, left - 1))),
        _ => {}
    }
}
