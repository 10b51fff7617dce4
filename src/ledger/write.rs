//! Records that are written together with a change, or not at all.

use super::bytes::{corrupt, versioned};
use crate::error::{StoreError, StoreErrorKind};
use crate::store::{ReadTransaction, WriteTransaction};

const COUNTER_VERSION: u8 = 1;

/// One record, what must be there before, and what becomes of it. A list of them takes effect whole
/// or not at all, so whoever computed it from what was read need not hold a lock.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Write {
    pub(crate) key: Vec<u8>,
    pub(crate) expected: Expected,
    pub(crate) effect: Effect,
}

/// What must be there before.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Expected {
    Anything,
    Exactly(Vec<u8>),
    Nothing,
    NothingBut(Vec<u8>),
}

/// What becomes of the record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// Adds one to a counter, which must be there ([`Write::counter`]).
    Count,
    Delete,
    Keep,
    Put(Vec<u8>),
}

impl Write {
    /// A record that must not be there yet.
    pub(crate) fn new(key: Vec<u8>, value: Vec<u8>) -> Self {
        Self { key, expected: Expected::Nothing, effect: Effect::Put(value) }
    }

    /// A record that must not be there yet, unless as this very one.
    pub(crate) fn settle(key: Vec<u8>, value: Vec<u8>) -> Self {
        Self { key, expected: Expected::NothingBut(value.clone()), effect: Effect::Put(value) }
    }

    /// A record in the place of what was read: of nothing, if there was none.
    pub(crate) fn replace(key: Vec<u8>, old: Option<Vec<u8>>, value: Vec<u8>) -> Self {
        let expected = old.map_or(Expected::Nothing, Expected::Exactly);
        Self { key, expected, effect: Effect::Put(value) }
    }

    /// A counter that starts at zero. Without one nothing counts: a counter that was lost must not
    /// begin again.
    pub(crate) fn counter(key: Vec<u8>) -> Self {
        Self::new(key, encode_count(0))
    }

    /// A counter that goes up by one, whatever it is.
    pub(crate) fn count(key: Vec<u8>) -> Self {
        Self { key, expected: Expected::Anything, effect: Effect::Count }
    }

    /// Whether there is a record afterwards where there was none.
    pub(super) fn inserts(&self) -> bool {
        let replaces = matches!(self.expected, Expected::Exactly(_));
        matches!(self.effect, Effect::Put(_)) && !replaces
    }

    /// No record in the place of what was read.
    pub(crate) fn delete(key: Vec<u8>, old: Vec<u8>) -> Self {
        Self { key, expected: Expected::Exactly(old), effect: Effect::Delete }
    }

    /// A record that must still be what was read.
    pub(crate) fn unchanged(key: Vec<u8>, old: Option<Vec<u8>>) -> Self {
        let expected = old.map_or(Expected::Nothing, Expected::Exactly);
        Self { key, expected, effect: Effect::Keep }
    }
}

/// Whether everything is as expected; otherwise what is not. Nothing is written.
pub(super) fn check(
    writes: &[Write],
    transaction: &dyn ReadTransaction,
) -> Result<Option<StoreError>, StoreError> {
    for Write { key, expected, effect: _ } in writes {
        let good = match expected {
            Expected::Anything => true,
            Expected::Exactly(value) => transaction.get(key)?.as_ref() == Some(value),
            Expected::Nothing => transaction.get(key)?.is_none(),
            Expected::NothingBut(value) => {
                transaction.get(key)?.is_none_or(|found| found == *value)
            }
        };
        if !good {
            let key = String::from_utf8_lossy(key);
            let problem = match expected {
                Expected::Nothing => "there is one already",
                _ => "another change came first",
            };
            let message = format!("record {}: {problem}", key.escape_debug());
            return Ok(Some(StoreError::new(StoreErrorKind::Conflict, message)));
        }
    }
    Ok(None)
}

/// Carries out what was checked.
pub(super) fn carry_out(
    writes: &[Write],
    transaction: &mut dyn WriteTransaction,
) -> Result<(), StoreError> {
    for Write { key, expected: _, effect } in writes {
        match effect {
            Effect::Count => {
                let count = counted(key, transaction.get(key)?)?.saturating_add(1);
                transaction.put(key, &encode_count(count))?;
            }
            Effect::Delete => transaction.delete(key)?,
            Effect::Keep => {}
            Effect::Put(value) => transaction.put(key, value)?,
        }
    }
    Ok(())
}

/// The number that a counter has come to.
pub(super) fn counted(key: &[u8], value: Option<Vec<u8>>) -> Result<u64, StoreError> {
    let what = || format!("the counter {}", String::from_utf8_lossy(key).escape_debug());
    let value = value.ok_or_else(|| corrupt(&what(), "it is missing"))?;
    let number = versioned(&value, COUNTER_VERSION, what)?.try_into();
    number.map(u64::from_be_bytes).map_err(|_| corrupt(&what(), "damaged"))
}

fn encode_count(count: u64) -> Vec<u8> {
    [&[COUNTER_VERSION][..], &count.to_be_bytes()].concat()
}
