//! Refusals in the audit log: told one by one as long as there are few.
//!
//! Whoever may only ask must not be able to fill the disk, or to make each of his requests cost a
//! sync of it. So a ledger writes [`REFUSALS_AT_ONCE`] entries of refusals, and [`REFUSALS_A_SECOND`]
//! more for each second that passes; what goes beyond is counted, and the next transaction, whatever
//! it is for, says how many there were. That count is lost when the process ends first.

use std::sync::{Mutex, PoisonError};

use super::Ledger;
use super::audit::{AuditAction, Stamp};
use super::change::Change;
use crate::limits::{REFUSALS_A_SECOND, REFUSALS_AT_ONCE};
use crate::validity::system_time;

/// What may still be told one by one, and what was not.
pub(super) struct Refusals(Mutex<Budget>);

struct Budget {
    left: u64,
    /// When it was last filled up, in UNIX seconds.
    filled_at: i64,
    untold: u64,
}

impl Default for Refusals {
    fn default() -> Self {
        Self(Mutex::new(Budget { left: REFUSALS_AT_ONCE, filled_at: now(), untold: 0 }))
    }
}

impl Refusals {
    /// Whether a refusal gets an entry of its own; it is counted otherwise.
    pub(super) fn admit(&self) -> bool {
        self.with(|budget| budget.admit(now()))
    }

    /// How many were only counted, once.
    pub(super) fn take_untold(&self) -> u64 {
        self.with(|budget| std::mem::take(&mut budget.untold))
    }

    /// Counts what could not be told after all.
    pub(super) fn put_back(&self, untold: u64) {
        self.with(|budget| budget.untold = budget.untold.saturating_add(untold));
    }

    fn with<T>(&self, work: impl FnOnce(&mut Budget) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Budget {
    fn admit(&mut self, now: i64) -> bool {
        // A clock that was set back gives nothing until it is where it was.
        let passed = u64::try_from(now.saturating_sub(self.filled_at)).unwrap_or(0);
        if passed > 0 {
            let more = passed.saturating_mul(REFUSALS_A_SECOND);
            self.left = self.left.saturating_add(more).min(REFUSALS_AT_ONCE);
            self.filled_at = now;
        }
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                self.untold = self.untold.saturating_add(1);
                false
            }
        }
    }
}

/// The system's time; nothing is ever filled up where there is none.
fn now() -> i64 {
    system_time().map_or(0, |time| time.unix())
}

impl Ledger {
    /// Tells the audit log of refusals, as far as they get entries of their own. What was refused
    /// counts; a failure to tell of it would hide that.
    pub(crate) fn tell_refusals(&self, stamp: &Stamp, details: impl Iterator<Item = String>) {
        let admitted = details.filter(|_| self.group.refusals.admit());
        let notes = admitted.map(|detail| Change::Note { action: AuditAction::Refused, detail });
        let _ = self.change(stamp, notes.collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_time_gives_room_again() {
        let mut budget = Budget { left: REFUSALS_AT_ONCE, filled_at: 100, untold: 0 };
        let admitted = (0..1_000).filter(|_| budget.admit(100)).count() as u64;
        assert_eq!((admitted, budget.untold), (REFUSALS_AT_ONCE, 1_000 - REFUSALS_AT_ONCE));
        // A clock that goes back gives nothing; one that goes on, one a second.
        assert!(!budget.admit(50));
        assert!(budget.admit(101) && !budget.admit(101));
        // Never more at once than at the beginning.
        let admitted = (0..1_000).filter(|_| budget.admit(1_000_000)).count() as u64;
        assert_eq!(admitted, REFUSALS_AT_ONCE);
    }

    #[test]
    fn what_was_not_told_is_taken_once() {
        let refusals = Refusals::default();
        refusals.put_back(3);
        assert_eq!((refusals.take_untold(), refusals.take_untold()), (3, 0));
    }
}
