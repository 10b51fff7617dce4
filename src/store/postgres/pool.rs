//! A bounded number of connections, which are used again.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::runtime::Handle;

use super::connection::Connection;
use super::failure::Failure;
use super::schema::Sql;
use super::settings::PostgresSettings;
use crate::error::{StoreError, StoreErrorKind};
use crate::limits::{POSTGRES_CONNECTIONS, POSTGRES_ROOM_TIME};

/// Connections of one store.
pub(super) struct Pool {
    settings: PostgresSettings,
    sql: Arc<Sql>,
    handle: Handle,
    state: Mutex<State>,
    /// Told when one is given back.
    given_back: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    /// Connections that are used, or being made.
    used: usize,
}

/// A connection that is used. Dropped, it is closed, unless it was given back.
pub(super) struct Lease<'p> {
    pub(super) connection: Connection,
    /// Whether it was used before, so that the server may have closed it meanwhile.
    pub(super) is_old: bool,
    /// Dropped last: a connection is closed before another is made in its place.
    room: Room<'p>,
}

/// Room for one connection.
struct Room<'p>(&'p Pool);

impl Pool {
    pub(super) fn new(settings: PostgresSettings, sql: Arc<Sql>, handle: Handle) -> Self {
        Self { settings, sql, handle, state: Mutex::default(), given_back: Condvar::new() }
    }

    pub(super) fn settings(&self) -> &PostgresSettings {
        &self.settings
    }

    /// A connection, in turn.
    pub(super) fn take(&self) -> Result<Lease<'_>, Failure> {
        let mut state = self.room()?;
        state.used += 1;
        let room = Room(self);
        let idle = loop {
            match state.idle.pop() {
                Some(connection) if connection.is_closed() => {}
                found => break found,
            }
        };
        drop(state);
        if let Some(connection) = idle {
            return Ok(Lease { connection, is_old: true, room });
        }
        let connection = Connection::open(&self.settings, &self.handle, &self.sql)?;
        Ok(Lease { connection, is_old: false, room })
    }

    /// Closes what is not used: it may be of a server that is gone.
    pub(super) fn clear(&self) {
        let idle = std::mem::take(&mut self.lock().idle);
        drop(idle);
    }

    /// Waits until there is room for one more.
    fn room(&self) -> Result<MutexGuard<'_, State>, Failure> {
        let begun = Instant::now();
        let mut state = self.lock();
        while state.used >= POSTGRES_CONNECTIONS {
            let left = POSTGRES_ROOM_TIME.saturating_sub(begun.elapsed());
            if left.is_zero() {
                let message = format!(
                    "all {POSTGRES_CONNECTIONS} connections of this process to PostgreSQL are in use; try again later"
                );
                let error = StoreError::new(StoreErrorKind::Unavailable, message);
                return Err(Failure::lasting(error));
            }
            let waited = self.given_back.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(state)
    }

    /// A panic elsewhere leaves it whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    /// Gives the connection back: it is in no transaction.
    pub(super) fn give_back(self) {
        let Self { connection, room, .. } = self;
        if !connection.is_closed() {
            room.0.lock().idle.push(connection);
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.used = state.used.saturating_sub(1);
        drop(state);
        self.0.given_back.notify_one();
    }
}
