//! Reading in a transaction: the records, in pages of bounded size.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow;

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::connection::Connection;
use super::failure::{Again, Failure};
use crate::error::{StoreError, StoreErrorKind};
use crate::limits::{POSTGRES_PAGE_BYTES, POSTGRES_PAGE_ROWS};
use crate::store::contract::{ReadTransaction, Visit};

/// Rows of the first page of a scan: many stop early.
const FIRST_ROWS: i64 = 16;

/// The records as a transaction sees them.
pub(super) struct Reading<'c> {
    pub(super) connection: &'c Connection,
    failed: RefCell<Option<Failed>>,
}

/// The first statement that failed. With it the transaction did, whatever its caller makes of the error.
#[derive(Clone)]
pub(super) struct Failed {
    pub(super) again: Again,
    kind: StoreErrorKind,
    message: String,
}

impl<'c> Reading<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, failed: RefCell::default() }
    }

    /// Whether a statement failed.
    pub(super) fn failed(&self) -> Option<Failed> {
        self.failed.borrow().clone()
    }

    /// Remembers that a statement failed.
    pub(super) fn fail(&self, failure: Failure) -> StoreError {
        let Failure { error, again } = failure;
        let (kind, message) = (error.kind(), error.message().to_owned());
        self.failed.borrow_mut().get_or_insert(Failed { again, kind, message });
        error
    }

    fn unreadable(&self, error: tokio_postgres::Error) -> StoreError {
        self.fail(Failure::lasting(StoreError::backend("a row of the table cannot be read", error)))
    }

    fn page(&self, from: &[u8], end: Option<&[u8]>, rows: i64) -> Result<Vec<Row>, StoreError> {
        let (connection, doing) = (self.connection, "records cannot be read");
        let statements = connection.statements();
        let page = match &end {
            None => {
                connection.query(doing, &statements.scan, &[&from, &rows, &POSTGRES_PAGE_BYTES])
            }
            Some(end) => {
                let values: &[&(dyn ToSql + Sync)] = &[&from, &rows, &POSTGRES_PAGE_BYTES, end];
                connection.query(doing, &statements.scan_below, values)
            }
        };
        page.map_err(|failure| self.fail(failure))
    }
}

impl Failed {
    /// The failure, where the caller did not give back its error.
    pub(super) fn into_error(self) -> StoreError {
        StoreError::new(self.kind, self.message)
    }
}

impl ReadTransaction for Reading<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let get = &self.connection.statements().get;
        let rows = self.connection.query("a record cannot be read", get, &[&key]);
        let rows = rows.map_err(|failure| self.fail(failure))?;
        let value = rows.first().map(|row| row.try_get(0)).transpose();
        value.map_err(|error| self.unreadable(error))
    }

    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let get_many = &self.connection.statements().get_many;
        let rows = self.connection.query("records cannot be read", get_many, &[&keys]);
        let rows = rows.map_err(|failure| self.fail(failure))?;
        let mut found: HashMap<&[u8], &[u8]> = HashMap::with_capacity(rows.len());
        for row in &rows {
            let read = |column| row.try_get(column).map_err(|error| self.unreadable(error));
            found.insert(read(0)?, read(1)?);
        }
        Ok(keys.iter().map(|key| found.get(key).map(|value| value.to_vec())).collect())
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut from = from.max(prefix).to_vec();
        let end = after_all(prefix);
        let mut rows = FIRST_ROWS;
        loop {
            let page = self.page(&from, end.as_deref(), rows)?;
            let mut bytes = 0;
            let mut last: Option<&[u8]> = None;
            for row in &page {
                let key: &[u8] = row.try_get(0).map_err(|error| self.unreadable(error))?;
                let value: &[u8] = row.try_get(1).map_err(|error| self.unreadable(error))?;
                bytes += value.len();
                last = Some(key);
                if visit(key, value) == ControlFlow::Break(()) {
                    return Ok(());
                }
            }
            let is_short = i64::try_from(page.len()).is_ok_and(|length| length < rows);
            let is_small = i64::try_from(bytes).is_ok_and(|bytes| bytes < POSTGRES_PAGE_BYTES);
            let Some(last) = last.filter(|_| !(is_short && is_small)) else { return Ok(()) };
            // The byte more makes it the next key.
            from = [last, &[0]].concat();
            rows = (rows * 4).min(POSTGRES_PAGE_ROWS);
        }
    }
}

/// The first key that is after all that begin with a prefix; none where there is no such.
fn after_all(prefix: &[u8]) -> Option<Vec<u8>> {
    let length = prefix.iter().rposition(|byte| *byte != 0xff)?;
    let mut end = prefix.get(..=length)?.to_vec();
    *end.last_mut()? += 1;
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_after_all_keys_of_a_prefix() {
        for (prefix, end) in [
            (&b""[..], None),
            (b"\xff\xff", None),
            (b"a", Some(&b"b"[..])),
            (b"a\xff", Some(b"b")),
            (b"a\x00\xfe", Some(b"a\x00\xff")),
        ] {
            assert_eq!(after_all(prefix).as_deref(), end, "{prefix:02x?}");
        }
    }
}
