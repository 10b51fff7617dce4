//! Writing in a transaction: changes are held back and sent together.

use tokio_postgres::types::ToSql;

use super::demands::{is_on, unsafe_setting};
use super::failure::Failure;
use super::reading::Reading;
use crate::error::{StoreError, StoreErrorKind};
use crate::limits::POSTGRES_BUFFER_BYTES;
use crate::store::contract::{ReadTransaction, Visit, WriteTransaction};
use crate::store::overlay::{Changes, Overlay};

/// A transaction that reads what it wrote.
pub(super) struct Writing<'r, 'c> {
    below: &'r Reading<'c>,
    held: Overlay<'r>,
    bytes: usize,
    /// Whether the server has anything of it.
    has_sent: bool,
}

impl<'r, 'c> Writing<'r, 'c> {
    pub(super) fn new(below: &'r Reading<'c>) -> Self {
        Self { below, held: Overlay::new(below), bytes: 0, has_sent: false }
    }

    /// Sends all, with a note by which it is known afterwards whether it was committed, and looks once more whether
    /// the server will keep it. Answers whether there was anything to send.
    pub(super) fn finish(mut self, writer: &[u8], number: i64) -> Result<bool, StoreError> {
        self.send()?;
        if !self.has_sent {
            return Ok(false);
        }
        let connection = self.below.connection;
        let values: &[&(dyn ToSql + Sync)] = &[&writer, &number];
        let noted = connection.query("writing cannot end", &connection.statements().note, values);
        let noted = noted.map_err(|failure| self.below.fail(failure))?;
        let settings = noted.first().map(|row| -> Result<_, tokio_postgres::Error> {
            Ok((row.try_get(0)?, row.try_get(1)?))
        });
        let settings: Option<(Option<String>, Option<String>)> = settings
            .transpose()
            .map_err(|error| StoreError::backend("the server's settings cannot be read", error))?;
        let (fsync, full_page_writes) = settings.unwrap_or_default();
        for (name, value) in [("fsync", fsync), ("full_page_writes", full_page_writes)] {
            if !is_on(value.as_deref(), connection.is_postgresql()) {
                let problem = unsafe_setting(name, value.as_deref());
                let error = StoreError::new(StoreErrorKind::Backend, problem);
                return Err(self.below.fail(Failure::lasting(error)));
            }
        }
        Ok(true)
    }

    /// Sends what is held back.
    fn send(&mut self) -> Result<(), StoreError> {
        let changes: Changes =
            std::mem::replace(&mut self.held, Overlay::new(self.below)).into_changes();
        self.bytes = 0;
        if changes.is_empty() {
            return Ok(());
        }
        let (mut removed, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (key, change) in &changes {
            match change {
                None => removed.push(key.as_slice()),
                Some(value) => {
                    keys.push(key.as_slice());
                    values.push(value.as_slice());
                }
            }
        }
        self.has_sent = true;
        let sent = self.below.connection.write(&removed, &keys, &values);
        sent.map_err(|failure| self.below.fail(failure))
    }

    /// Sends early what would take too much memory.
    fn hold(&mut self, bytes: usize) -> Result<(), StoreError> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > POSTGRES_BUFFER_BYTES { self.send() } else { Ok(()) }
    }
}

impl ReadTransaction for Writing<'_, '_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.held.get(key)
    }

    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.held.get_many(keys)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.held.scan(prefix, from, visit)
    }
}

impl WriteTransaction for Writing<'_, '_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.held.put(key, value)?;
        self.hold(key.len().saturating_add(value.len()))
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
        self.held.delete(key)?;
        self.hold(key.len())
    }
}
