//! Transactions from their beginning to an answer that is true.
//!
//! A connection that is lost before COMMIT was sent took nothing with it, and the transaction is run again on another.
//! One that is lost between COMMIT and its answer leaves open whether the transaction was committed: each wrote its
//! number into `commits`, and that is looked up ([`settle`]). The look-up writes too, and takes the lock that the lost
//! transaction held, so that it sees the end of it; once it is committed itself, everything that it saw is as durable
//! as what it wrote, also on standbys.

use std::thread::sleep;
use std::time::{Duration, Instant};

use tokio_postgres::types::Type;

use super::connection::Connection;
use super::failure::{Again, Failure, refused_commit};
use super::pool::{Lease, Pool};
use super::reading::Reading;
use super::writing::Writing;
use crate::error::{StoreError, StoreErrorKind};
use crate::key::Randomness;
use crate::limits::{
    POSTGRES_COMMIT_TIME, POSTGRES_CONFLICTS, POSTGRES_RECONNECTIONS, POSTGRES_SETTLE_TIME,
};
use crate::store::contract::{ReadWork, WriteWork};

/// Pauses after conflicts, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

pub(super) fn read(pool: &Pool, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
    let lease = begun(pool, Connection::begin_reading);
    let lease = lease.map_err(|failure| failure.error)?;
    let reading = Reading::new(&lease.connection);
    let worked = work(&reading);
    if let Some(failed) = reading.failed() {
        // What a caller made of it is not believed where it had not read everything.
        return Err(worked.err().unwrap_or_else(|| failed.into_error()));
    }
    // Also what only read is serializable once it is committed.
    let ended = lease.connection.batch("reading cannot end", "COMMIT");
    ended.map_err(|failure| failure.error)?;
    lease.give_back();
    worked
}

pub(super) fn write(pool: &Pool, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
    let (mut conflicts, mut reconnections) = (0, 0);
    loop {
        let Failure { error, again } = match attempt(pool, work) {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        let (count, most) = match again {
            Again::No => return Err(error),
            Again::Conflict => (&mut conflicts, POSTGRES_CONFLICTS),
            Again::Connection => (&mut reconnections, POSTGRES_RECONNECTIONS),
        };
        *count += 1;
        if *count >= most {
            return Err(error);
        }
        pause(*count);
    }
}

/// One try.
fn attempt(pool: &Pool, work: &mut WriteWork<'_>) -> Result<(), Failure> {
    let mut lease = begun(pool, Connection::begin_writing)?;
    lease.connection.number += 1;
    let (writer, number) = (lease.connection.writer, lease.connection.number);
    let reading = Reading::new(&lease.connection);
    let mut writing = Writing::new(&reading);
    let worked = work(&mut writing);
    let worked = match (worked, reading.failed()) {
        // A caller may not have minded that a statement failed; the transaction did.
        (Ok(()), Some(failed)) => Err(failed.into_error()),
        (Ok(()), None) => writing.finish(&writer, number),
        (Err(error), _) => Err(error),
    };
    let failed = reading.failed();
    let has_written = match (worked, failed) {
        (Ok(has_written), None) => has_written,
        (Ok(_), Some(failed)) => {
            let again = failed.again;
            return Err(Failure { error: failed.into_error(), again });
        }
        (Err(error), failed) => {
            let again = failed.map_or(Again::No, |failed| failed.again);
            if again != Again::Connection
                && lease.connection.batch("writing cannot be undone", "ROLLBACK").is_ok()
            {
                lease.give_back();
            }
            return Err(Failure { error, again });
        }
    };
    let warnings = lease.connection.warnings();
    match lease.connection.commit(POSTGRES_COMMIT_TIME) {
        // A warning may say that a standby was not waited for.
        Some(Ok(())) if lease.connection.warnings() == warnings => {
            lease.give_back();
            Ok(())
        }
        Some(Err(error)) if refused_commit(&error) => {
            Err(Failure::of("the transaction cannot be committed", error))
        }
        _ if !has_written => {
            Err(Failure::late("the transaction, which wrote nothing, cannot be committed"))
        }
        _ => {
            drop(lease);
            // Those to a server that is gone are.
            pool.clear();
            settle(pool, &writer, number)
        }
    }
}

/// A connection in a transaction. One that was used before may be closed by now, and is replaced once.
pub(super) fn begun(
    pool: &Pool,
    begin: impl Fn(&Connection) -> Result<(), Failure>,
) -> Result<Lease<'_>, Failure> {
    let lease = pool.take()?;
    match begin(&lease.connection) {
        Ok(()) => return Ok(lease),
        Err(failure) if failure.again != Again::Connection || !lease.is_old => return Err(failure),
        Err(_) => {}
    }
    drop(lease);
    pool.clear();
    let lease = pool.take()?;
    begin(&lease.connection)?;
    Ok(lease)
}

/// Finds out whether a transaction was committed whose COMMIT was not answered. Where it was not, it may be run again.
fn settle(pool: &Pool, writer: &[u8; 16], number: i64) -> Result<(), Failure> {
    let (begun, mut tries) = (Instant::now(), 0);
    loop {
        let failure = match look_up(pool, writer) {
            Ok(found) if found == Some(number) => return Ok(()),
            Ok(_) => {
                let message = "the connection to PostgreSQL was lost before the commit";
                let error = StoreError::new(StoreErrorKind::Unavailable, message);
                return Err(Failure { error, again: Again::Connection });
            }
            Err(failure) => failure,
        };
        if begun.elapsed() > POSTGRES_SETTLE_TIME {
            let message = format!(
                "whether the change was made is not known: PostgreSQL did not answer the commit, and not for {} \
                 seconds afterwards; look for its record before it is made again",
                POSTGRES_SETTLE_TIME.as_secs()
            );
            return Err(Failure::lasting(StoreError::backend(message, failure.error)));
        }
        tries += 1;
        pool.clear();
        pause(tries + 6);
    }
}

/// The number of a connection's last commit, durably, or 0. It writes the row that the lost transaction wrote, so that
/// on an engine without the lock, too, that one has ended or cannot commit any more.
fn look_up(pool: &Pool, writer: &[u8; 16]) -> Result<Option<i64>, Failure> {
    let lease = begun(pool, Connection::begin_writing)?;
    let connection = &lease.connection;
    let doing = "a commit cannot be looked up";
    let values = [(&writer.as_slice() as _, Type::BYTEA)];
    let rows = connection.query_text(doing, &connection.sql().noted, &values)?;
    let unreadable = |error| Failure::lasting(StoreError::backend(doing, error));
    let found = rows.first().map(|row| row.try_get(0)).transpose().map_err(unreadable)?;
    let warnings = connection.warnings();
    match connection.commit(POSTGRES_COMMIT_TIME) {
        Some(Ok(())) if connection.warnings() == warnings => {}
        Some(Err(error)) => return Err(Failure::of(doing, error)),
        _ => return Err(Failure::late(doing)),
    }
    lease.give_back();
    Ok(found)
}

/// Waits a while, longer each time, and each process another.
fn pause(tries: usize) {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    let longest = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    // Without random numbers all wait as long as each other.
    let [random] = Randomness::default().bytes().unwrap_or([255]);
    sleep(longest / 2 + longest * u32::from(random) / 512);
}
