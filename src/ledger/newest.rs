//! The newest time in the ledger that is believed: what a clock that runs ahead is held against.

use super::bytes::{corrupt, take_time, time, versioned};
use crate::error::StoreError;
use crate::limits::CLOCK_AHEAD_DAYS;
use crate::store::{ReadTransaction, WriteTransaction};
use crate::validity::{Lifetime, Time};

const NEWEST: &[u8] = b"newest-time";
const VERSION: u8 = 1;

pub(super) fn get(transaction: &dyn ReadTransaction) -> Result<Option<Time>, StoreError> {
    let Some(value) = transaction.get(NEWEST)? else { return Ok(None) };
    let what = || "the newest time".to_owned();
    match take_time(versioned(&value, VERSION, what)?) {
        Some((newest, [])) => Ok(Some(newest)),
        _ => Err(corrupt(&what(), "damaged")),
    }
}

/// Notes the time of a change. One that is far ahead of the newest is not believed: otherwise a
/// single entry by a clock that runs ahead would vouch for every CRL after it.
pub(super) fn note(transaction: &mut dyn WriteTransaction, at: Time) -> Result<(), StoreError> {
    let believed = match get(transaction)? {
        None => true,
        Some(newest) => newest < at && at <= believed_until(newest),
    };
    if believed { put(transaction, at) } else { Ok(()) }
}

/// Believes a time that somebody vouches for.
pub(super) fn put(transaction: &mut dyn WriteTransaction, at: Time) -> Result<(), StoreError> {
    transaction.put(NEWEST, &[&[VERSION][..], &time(at)].concat())
}

/// How far a clock is believed where the newest time is this.
pub(crate) fn believed_until(newest: Time) -> Time {
    newest.plus(Lifetime::days(CLOCK_AHEAD_DAYS)).unwrap_or(Time::NO_EXPIRATION)
}
