//! What stands against an import, all of it at once.

use crate::error::{Denied, Error, Reason, Rule, quoted};
use crate::limits::IMPORT_PROBLEMS;

/// What was given and what is allowed.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) given: String,
    pub(super) allowed: String,
}

impl Problem {
    pub(super) fn new(given: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { given: given.into(), allowed: allowed.into() }
    }
}

/// The problems of one import.
#[derive(Debug, Default)]
pub(super) struct Problems {
    listed: Vec<Reason>,
    /// How many there are beyond those that are listed.
    further: usize,
}

impl Problems {
    /// Adds a problem in a file: at which place in it, or none.
    pub(super) fn add(&mut self, file: &'static str, place: &str, problem: Problem) {
        if self.listed.len() == IMPORT_PROBLEMS {
            self.further += 1;
            return;
        }
        let Problem { given, allowed } = problem;
        let separator = if place.is_empty() { "" } else { ": " };
        let given = format!("{place}{separator}{given}");
        self.listed.push(Reason::new(Rule::ForeignRecord, file, given, allowed));
    }

    /// The refusal, if there was a problem.
    pub(super) fn finish(self) -> Result<(), Error> {
        let Self { listed: mut reasons, further } = self;
        if further > 0 {
            let given = format!("{further} further problems");
            reasons.push(Reason::new(Rule::ForeignRecord, "folder", given, "none"));
        }
        if reasons.is_empty() { Ok(()) } else { Err(Error::Denied(Denied { reasons })) }
    }
}

/// A foreign text in quotes.
pub(super) fn shown(text: &str) -> String {
    quoted(text)
}
