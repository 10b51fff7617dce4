//! Beginning again where another was faster.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Ledger;

/// How often something is tried before its conflict is answered.
const ATTEMPTS: usize = 64;

thread_local! {
    /// Whether this thread stands in a line: in no other then, so that none waits for itself.
    static STANDS: Cell<bool> = const { Cell::new(false) };
}

/// Where those stand who lost to another once, so that many do not go on losing.
#[derive(Default)]
pub(crate) struct Line {
    first: Mutex<()>,
    /// How many stand in it.
    standing: AtomicUsize,
}

/// A place in a line.
struct Turn<'l> {
    line: &'l Line,
    _guard: MutexGuard<'l, ()>,
}

impl Line {
    /// Tries again as long as an error says that another was faster, and stands in line from the
    /// second time on; from the first where others stand there, who would go on losing to newcomers.
    pub(crate) fn retry<T, E>(
        &self,
        mut attempt: impl FnMut() -> Result<T, E>,
        lost: impl Fn(&E) -> bool,
    ) -> Result<T, E> {
        let others = self.standing.load(Ordering::Relaxed) > 0;
        let mut turn = if others { self.stand() } else { None };
        let mut left = ATTEMPTS;
        loop {
            left -= 1;
            match attempt() {
                Err(error) if left > 0 && lost(&error) => turn = turn.or_else(|| self.stand()),
                answer => return answer,
            }
        }
    }

    fn stand(&self) -> Option<Turn<'_>> {
        if STANDS.replace(true) {
            return None;
        }
        self.standing.fetch_add(1, Ordering::Relaxed);
        let guard = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Turn { line: self, _guard: guard })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.line.standing.fetch_sub(1, Ordering::Relaxed);
        STANDS.set(false);
    }
}

impl Ledger {
    /// Reads, computes and writes again as long as another was faster, at most 64 times. `attempt`
    /// reads again each time; `lost` says of its error whether another was faster, such as
    /// [`Error::is_conflict`](crate::Error::is_conflict). Whoever lost once stands in line with the
    /// others who did, in this process.
    ///
    /// Do outside of it what need not be done again, such as generating a key.
    ///
    /// # Errors
    /// Those of `attempt`.
    pub fn retry<T, E>(
        &self,
        attempt: impl FnMut() -> Result<T, E>,
        lost: impl Fn(&E) -> bool,
    ) -> Result<T, E> {
        self.line.retry(attempt, lost)
    }
}
