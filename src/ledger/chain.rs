//! The chain of the audit log, followed from its first entry to its last.

use std::ops::ControlFlow;

use super::audit::{AuditEntry, decode, digest};
use super::bytes::corrupt;
use super::log::Head;
use crate::error::StoreError;

/// A walk along the log.
#[derive(Default)]
pub(super) struct Chain {
    /// The number and digest of the entry before.
    number: u64,
    digest: [u8; 32],
    /// An entry that does not hold the digest of the one before: whether it or the one before was
    /// altered, only what follows can tell.
    doubtful: Option<u64>,
    broken: Option<StoreError>,
}

impl Chain {
    /// Goes on to the next entry, and shows it with its digest.
    pub(super) fn follow(
        &mut self,
        key: &[u8],
        value: &[u8],
        visit: &mut dyn FnMut(&AuditEntry, &[u8; 32]),
    ) -> ControlFlow<()> {
        let number = self.number.saturating_add(1);
        let entry = match decode(key, value) {
            Ok(entry) if entry.number == number => entry,
            // What comes first in the log is named first.
            _ if self.doubtful.is_some() => {
                return self
                    .fail(self.doubtful.unwrap_or(number), "it or the one before was altered");
            }
            Ok(_) => return self.fail(number, "it is missing"),
            Err(error) => {
                self.broken = Some(error);
                return ControlFlow::Break(());
            }
        };
        let holds = entry.previous == self.digest;
        if let Some(doubtful) = self.doubtful {
            return self.tell(doubtful, holds);
        }
        if !holds {
            self.doubtful = Some(number);
        }
        (self.number, self.digest) = (number, digest(number, value));
        visit(&entry, &self.digest);
        ControlFlow::Continue(())
    }

    /// The entry after a doubtful one holds its digest, or not: so it is whole and the one before it
    /// was altered, or it was altered itself.
    fn tell(&mut self, doubtful: u64, whole: bool) -> ControlFlow<()> {
        let altered = if whole && doubtful > 1 { doubtful - 1 } else { doubtful };
        self.fail(altered, "it was altered")
    }

    fn fail(&mut self, number: u64, problem: &str) -> ControlFlow<()> {
        self.broken = Some(corrupt(&format!("audit entry {number}"), problem));
        ControlFlow::Break(())
    }

    /// Holds the end against the head, and says how many entries there are.
    pub(super) fn end(mut self, head: &Head) -> Result<u64, StoreError> {
        let head = (head.number, head.digest);
        if let (Some(doubtful), None) = (self.doubtful, &self.broken) {
            let _ = self.tell(doubtful, head == (self.number, self.digest));
        }
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        match head {
            head if head == (self.number, self.digest) => Ok(self.number),
            (last, _) if last > self.number => {
                let what = format!("audit entry {}", self.number.saturating_add(1));
                Err(corrupt(&what, &format!("it is missing; the head counts {last} entries")))
            }
            _ => {
                let what = format!("audit entry {}", self.number);
                Err(corrupt(&what, "it was altered, or the head of the log was"))
            }
        }
    }
}
