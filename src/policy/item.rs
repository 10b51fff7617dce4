//! The items of a request and what becomes of them.

use std::fmt;

use crate::error::{Reason, Rule};

/// One item that a request asks for, and what becomes of it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ReviewItem {
    /// What kind of item it is, such as "alternative name".
    pub kind: &'static str,
    /// What is asked for.
    pub value: String,
    /// What becomes of it.
    pub decision: Decision,
}

/// What becomes of an item of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Decision {
    /// It is refused, for this reason.
    Denied(Reason),
    /// The certificate has it as it was asked for.
    Granted,
    /// The certificate has something else, chosen by the policy or profile.
    Overridden {
        /// What it has instead.
        by: String,
    },
}

impl ReviewItem {
    /// An item of a request: its kind, such as "alternative name", what is asked for, and what becomes of
    /// it. Whoever decides over more than a [`Policy`](crate::Policy) does so tells of all in one list.
    pub fn new(kind: &'static str, value: impl Into<String>, decision: Decision) -> Self {
        Self { kind, value: value.into(), decision }
    }

    /// Whether the certificate does not have it as it was asked for: it was denied, or something else was
    /// put in its place.
    pub fn is_left_out(&self) -> bool {
        self.decision != Decision::Granted
    }
}

impl fmt::Display for ReviewItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, value, decision } = self;
        match decision {
            Decision::Denied(reason) => {
                write!(f, "denied      {kind} {value}: allowed {}", reason.allowed)
            }
            Decision::Granted => write!(f, "granted     {kind} {value}"),
            Decision::Overridden { by } => write!(f, "overridden  {kind} {value}: {by}"),
        }
    }
}

pub(super) fn decide(
    kind: &'static str,
    value: String,
    refusal: Option<(Rule, String)>,
) -> ReviewItem {
    let decision = match refusal {
        None => Decision::Granted,
        Some((rule, allowed)) => Decision::Denied(Reason::new(rule, kind, value.clone(), allowed)),
    };
    ReviewItem { kind, value, decision }
}

pub(super) fn overridden(kind: &'static str, value: String, by: impl Into<String>) -> ReviewItem {
    ReviewItem { kind, value, decision: Decision::Overridden { by: by.into() } }
}
