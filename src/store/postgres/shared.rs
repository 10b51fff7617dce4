//! What processes share beside the records, and no log needs to have: nonces that were used, and lists that were
//! published. Both are as durable as records are.

use tokio_postgres::types::Type;

use super::PostgresStore;
use super::connection::Connection;
use super::failure::Failure;
use super::transactions::begun;
use crate::error::{StoreError, StoreErrorKind};
use crate::limits::POSTGRES_COMMIT_TIME;

impl PostgresStore {
    /// Takes a nonce for all processes that share the store: `true` for whoever comes first. It is kept until
    /// [`PostgresStore::forget_nonces`] is called for a time after `expires`, in UNIX seconds.
    ///
    /// # Errors
    /// As [`Store::write`](crate::Store::write); whether the nonce was taken is then not known.
    pub fn take_nonce(&self, nonce: &[u8], expires: i64) -> Result<bool, StoreError> {
        let taken = self.change("a nonce cannot be taken", |connection, doing| {
            let values = [(&nonce as _, Type::BYTEA), (&expires as _, Type::INT8)];
            connection.execute_text(doing, &connection.sql().take_nonce, &values)
        })?;
        Ok(taken > 0)
    }

    /// Forgets the nonces that expired before a time, in UNIX seconds, and answers how many are left.
    ///
    /// # Errors
    /// As [`Store::write`](crate::Store::write).
    pub fn forget_nonces(&self, before: i64) -> Result<u64, StoreError> {
        self.change("nonces cannot be forgotten", |connection, doing| {
            let sql = connection.sql();
            connection.execute_text(doing, &sql.forget_nonces, &[(&before as _, Type::INT8)])?;
            let rows = connection.query_text(doing, &sql.count_nonces, &[])?;
            let count: Option<i64> = first(doing, &rows, 0)?;
            Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
        })
    }

    /// Publishes something under a name, with its number, to all processes that share the store. What has the
    /// same or a higher number stays: then the answer is `false`.
    ///
    /// # Errors
    /// As [`Store::write`](crate::Store::write); whether it was published is then not known.
    pub fn publish(&self, name: &[u8], number: u64, value: &[u8]) -> Result<bool, StoreError> {
        let number = number.to_be_bytes();
        let put = self.change("a list cannot be published", |connection, doing| {
            let number = number.as_slice();
            let values = [
                (&name as _, Type::BYTEA),
                (&number as _, Type::BYTEA),
                (&value as _, Type::BYTEA),
            ];
            connection.execute_text(doing, &connection.sql().put_list, &values)
        })?;
        Ok(put > 0)
    }

    /// The number of what was published under a name last.
    ///
    /// # Errors
    /// As [`Store::read`](crate::Store::read).
    pub fn published_number(&self, name: &[u8]) -> Result<Option<u64>, StoreError> {
        self.look(|connection, doing| {
            let values = [(&name as _, Type::BYTEA)];
            let rows = connection.query_text(doing, &connection.sql().list_number, &values)?;
            number(doing, &rows)
        })
    }

    /// What was published under a name last, and its number.
    ///
    /// # Errors
    /// As [`Store::read`](crate::Store::read).
    pub fn published(&self, name: &[u8]) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        self.look(|connection, doing| {
            let values = [(&name as _, Type::BYTEA)];
            let rows = connection.query_text(doing, &connection.sql().list, &values)?;
            Ok(number(doing, &rows)?.zip(first(doing, &rows, 1)?))
        })
    }

    /// Does something while no other process that shares the store does it under this name. Whoever waits longer
    /// than for other writers, 10 seconds, is refused.
    ///
    /// # Errors
    /// [`StoreErrorKind::Unavailable`] when no turn came or the server does not answer; then nothing was done.
    pub fn in_turn<T>(&self, name: &str, work: impl FnOnce() -> T) -> Result<T, StoreError> {
        let lease = begun(&self.pool, |connection| connection.batch("no turn came", "SELECT 1"));
        let lease = lease.map_err(|failure| failure.error)?;
        let name = format!("{} {name}", self.pool.settings().schema());
        let values = || [(&name as _, Type::TEXT)];
        let (lock, unlock) = (
            "SELECT pg_advisory_lock(hashtextextended($1, 0))",
            "SELECT pg_advisory_unlock(hashtextextended($1, 0))",
        );
        let locked = lease.connection.query_text("no turn came", lock, &values());
        locked.map_err(|failure| failure.error)?;
        let done = work();
        // A connection that is closed, as after a panic, holds no lock.
        if lease.connection.query_text("the turn cannot be ended", unlock, &values()).is_ok() {
            lease.give_back();
        }
        Ok(done)
    }

    /// Changes something, and waits until it is durable.
    fn change<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&Connection, &str) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let begin = |connection: &Connection| connection.batch(doing, connection.begin_changing());
        let lease = begun(&self.pool, begin).map_err(|failure| failure.error)?;
        let changed = work(&lease.connection, doing).map_err(|failure| failure.error)?;
        let warnings = lease.connection.warnings();
        match lease.connection.commit(POSTGRES_COMMIT_TIME) {
            Some(Ok(())) if lease.connection.warnings() == warnings => {
                lease.give_back();
                Ok(changed)
            }
            Some(Err(error)) => Err(Failure::of(doing, error).error),
            _ => {
                let message = format!("{doing}: PostgreSQL did not confirm it; try again later");
                Err(StoreError::new(StoreErrorKind::Unavailable, message))
            }
        }
    }

    /// Reads something.
    fn look<T>(
        &self,
        work: impl Fn(&Connection, &str) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let doing = "a list cannot be read";
        let begin = |connection: &Connection| connection.batch(doing, "SELECT 1");
        let lease = begun(&self.pool, begin).map_err(|failure| failure.error)?;
        let found = work(&lease.connection, doing).map_err(|failure| failure.error)?;
        lease.give_back();
        Ok(found)
    }
}

/// A column of the first row.
fn first<T: for<'r> tokio_postgres::types::FromSql<'r>>(
    doing: &str,
    rows: &[tokio_postgres::Row],
    column: usize,
) -> Result<Option<T>, Failure> {
    let unreadable = |error| Failure::lasting(StoreError::backend(doing, error));
    rows.first().map(|row| row.try_get(column)).transpose().map_err(unreadable)
}

fn number(doing: &str, rows: &[tokio_postgres::Row]) -> Result<Option<u64>, Failure> {
    let Some(bytes) = first::<Vec<u8>>(doing, rows, 0)? else { return Ok(None) };
    let damaged = |_| {
        let message = format!("{doing}: its number does not have eight bytes");
        Failure::lasting(StoreError::new(StoreErrorKind::Corrupt, message))
    };
    <[u8; 8]>::try_from(bytes).map(u64::from_be_bytes).map(Some).map_err(damaged)
}
