//! One connection to the database, which was looked at before it is used.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::tls::NoTls;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{AsyncMessage, Client, Error as PostgresError, Row, Statement};

use super::demands::{self, Commits};
use super::failure::Failure;
use super::schema::Sql;
use super::settings::PostgresSettings;
use super::tls::{Connector, Tls};
use super::waiting::wait;
use crate::error::{StoreError, StoreErrorKind};
use crate::key::Randomness;
use crate::limits::{
    POSTGRES_CONNECT_TIME, POSTGRES_IDLE_TIME, POSTGRES_LOCK_TIME, POSTGRES_READING_TIME,
    POSTGRES_STATEMENT_TIME,
};

/// A connection. Dropped, it is closed, and what was not committed is undone by the server.
pub(super) struct Connection {
    link: Link,
    handle: Handle,
    sql: Arc<Sql>,
    /// What names this connection in `commits`: nobody else's, ever.
    pub(super) writer: [u8; 16],
    /// The number of its last commit.
    pub(super) number: i64,
    begin_writing: String,
    /// The same without a queue, for what is no record.
    begin_changing: String,
    is_postgresql: bool,
    statements: Statements,
}

/// What is asked all the time.
pub(super) struct Statements {
    pub(super) get: Statement,
    pub(super) get_many: Statement,
    pub(super) scan: Statement,
    pub(super) scan_below: Statement,
    pub(super) write: Statement,
    pub(super) note: Statement,
}

/// What a server is spoken to by. Dropped, it is closed.
pub(super) struct Link {
    pub(super) client: Client,
    /// Warnings that the server sent.
    warnings: Arc<AtomicU64>,
    task: AbortHandle,
}

/// Connects without looking at the tables.
pub(super) fn connect(settings: &PostgresSettings, handle: &Handle) -> Result<Link, Failure> {
    let doing = format!("{} cannot be connected to", settings.place());
    let config = settings.config();
    let warnings = Arc::new(AtomicU64::new(0));
    let _entered = handle.enter();
    // Every host has its time, and the first of them may be gone.
    let time = POSTGRES_CONNECT_TIME * 2 * u32::try_from(config.get_hosts().len()).unwrap_or(1);
    let (client, task) = match settings.tls() {
        Tls::WithoutRoots => {
            let message = format!(
                "{}: TLS needs trusted roots: give sslrootcert=FILE in the URL, or sslmode=disable where the \
                 network is your own",
                settings.place()
            );
            return Err(Failure::lasting(StoreError::new(StoreErrorKind::Backend, message)));
        }
        Tls::Off => {
            let made = wait(config.connect(NoTls), time).ok_or_else(|| Failure::late(&doing))?;
            let (client, connection) = made.map_err(|error| Failure::of(&doing, error))?;
            (client, handle.spawn(drive(connection, Arc::clone(&warnings))))
        }
        Tls::Verified(roots) => {
            let connector = Connector(Arc::clone(roots));
            let made =
                wait(config.connect(connector), time).ok_or_else(|| Failure::late(&doing))?;
            let (client, connection) = made.map_err(|error| Failure::of(&doing, error))?;
            (client, handle.spawn(drive(connection, Arc::clone(&warnings))))
        }
    };
    Ok(Link { client, warnings, task: task.abort_handle() })
}

/// Speaks with the server until the connection ends, and counts its warnings. The server sends a warning before
/// the answer that it is about, so it is counted before that is read.
async fn drive<S, T>(mut connection: tokio_postgres::Connection<S, T>, warnings: Arc<AtomicU64>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notice(notice) = message
            && notice.parsed_severity().is_none_or(|severity| severity == Severity::Warning)
        {
            warnings.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // The server ends what it was doing for it, whether or not it had answered.
        self.task.abort();
    }
}

impl Connection {
    /// Connects, and refuses a server that would lose what it said is written.
    pub(super) fn open(
        settings: &PostgresSettings,
        handle: &Handle,
        sql: &Arc<Sql>,
    ) -> Result<Self, Failure> {
        let link = connect(settings, handle)?;
        let client = &link.client;
        let within = format!(
            "SET statement_timeout = {}; SET lock_timeout = {}; \
             SET idle_in_transaction_session_timeout = {}",
            POSTGRES_STATEMENT_TIME.as_millis(),
            POSTGRES_LOCK_TIME.as_millis(),
            POSTGRES_IDLE_TIME.as_millis(),
        );
        let asked = |error| Failure::of("the connection cannot be set up", error);
        let late = || Failure::late("the connection cannot be set up");
        let time = POSTGRES_STATEMENT_TIME;
        wait(client.batch_execute(&within), time).ok_or_else(late)?.map_err(asked)?;
        let found = wait(demands::look(client, settings.schema()), time).ok_or_else(late)?;
        let found = found.map_err(asked)?;
        let commits = found.check(settings).map_err(Failure::lasting)?;
        let statements = wait(Statements::prepare(client, sql), time).ok_or_else(late)?;
        let statements = statements.map_err(asked)?;
        let random = |error: crate::error::Error| {
            Failure::lasting(StoreError::new(StoreErrorKind::Backend, error.to_string()))
        };
        let writer = Randomness::default().bytes().map_err(random)?;
        let locks = wait(knows_lock(client, sql), time).ok_or_else(late)?.map_err(asked)?;
        let is_postgresql = found.is_postgresql;
        // In each transaction: a pooler, or a change of the server's settings, may undo what a session set.
        let set = match commits {
            _ if !is_postgresql => "",
            Commits::On => "; SET LOCAL synchronous_commit = on",
            Commits::RemoteApply => "; SET LOCAL synchronous_commit = remote_apply",
        };
        let lock = if locks { format!("; {}", sql.lock) } else { String::new() };
        let begin_writing = format!("BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE{set}{lock}");
        let begin_changing = format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE{set}");
        let (handle, sql) = (handle.clone(), Arc::clone(sql));
        Ok(Self {
            link,
            handle,
            sql,
            writer,
            number: 0,
            begin_writing,
            begin_changing,
            is_postgresql,
            statements,
        })
    }

    pub(super) fn sql(&self) -> &Sql {
        &self.sql
    }

    pub(super) fn statements(&self) -> &Statements {
        &self.statements
    }

    pub(super) fn warnings(&self) -> u64 {
        self.link.warnings.load(Ordering::SeqCst)
    }

    /// Whether it is PostgreSQL itself that is spoken to.
    pub(super) fn is_postgresql(&self) -> bool {
        self.is_postgresql
    }

    /// What begins a transaction that changes what is no record.
    pub(super) fn begin_changing(&self) -> &str {
        &self.begin_changing
    }

    pub(super) fn is_closed(&self) -> bool {
        self.link.client.is_closed()
    }

    /// Begins a transaction that reads.
    pub(super) fn begin_reading(&self) -> Result<(), Failure> {
        let begin = format!(
            "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY; \
             SET LOCAL idle_in_transaction_session_timeout = {}",
            POSTGRES_READING_TIME.as_millis()
        );
        self.batch("reading cannot begin", &begin)
    }

    /// Begins a transaction that writes, once no other does.
    pub(super) fn begin_writing(&self) -> Result<(), Failure> {
        self.batch("writing cannot begin", &self.begin_writing)
    }

    /// Several statements without an answer.
    pub(super) fn batch(&self, doing: &str, sql: &str) -> Result<(), Failure> {
        self.ask(doing, POSTGRES_STATEMENT_TIME, self.link.client.batch_execute(sql))
    }

    /// The same for COMMIT: whoever calls it judges its error. None where no answer came in time.
    pub(super) fn commit(&self, time: Duration) -> Option<Result<(), PostgresError>> {
        let _entered = self.handle.enter();
        // A time-out of the server while it waits for its standby would end the wait, and answer that all is well
        // (src/backend/replication/syncrep.c). In a transaction that failed the first statement fails.
        wait(self.link.client.batch_execute("SET LOCAL statement_timeout = 0; COMMIT"), time)
    }

    pub(super) fn query(
        &self,
        doing: &str,
        statement: &Statement,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Failure> {
        self.ask(doing, POSTGRES_STATEMENT_TIME, self.link.client.query(statement, values))
    }

    /// A statement that is not asked all the time.
    pub(super) fn query_text(
        &self,
        doing: &str,
        sql: &str,
        values: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, Failure> {
        self.ask(doing, POSTGRES_STATEMENT_TIME, self.link.client.query_typed(sql, values))
    }

    /// One that changes rows: how many.
    pub(super) fn execute_text(
        &self,
        doing: &str,
        sql: &str,
        values: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<u64, Failure> {
        self.ask(doing, POSTGRES_STATEMENT_TIME, self.link.client.execute_typed(sql, values))
    }

    /// Writes records, and nothing else.
    pub(super) fn write(
        &self,
        removed: &[&[u8]],
        keys: &[&[u8]],
        values: &[&[u8]],
    ) -> Result<(), Failure> {
        let client = &self.link.client;
        let values: &[&(dyn ToSql + Sync)] = &[&removed, &keys, &values];
        let asked = client.execute(&self.statements.write, values);
        self.ask("records cannot be written", POSTGRES_STATEMENT_TIME, asked).map(drop)
    }

    fn ask<T>(
        &self,
        doing: &str,
        time: Duration,
        asked: impl Future<Output = Result<T, PostgresError>>,
    ) -> Result<T, Failure> {
        let _entered = self.handle.enter();
        // The server gives up first, and says why.
        let answer = wait(asked, time + POSTGRES_STATEMENT_TIME / 10);
        answer.ok_or_else(|| Failure::late(doing))?.map_err(|error| Failure::of(doing, error))
    }
}

/// Whether the engine knows the lock that writers queue for. Where it does not (CockroachDB), writers conflict and run
/// again, which is slower and as right.
async fn knows_lock(client: &Client, sql: &Sql) -> Result<bool, PostgresError> {
    let asked = client.batch_execute(&format!("BEGIN; {} NOWAIT", sql.lock)).await;
    client.batch_execute("ROLLBACK").await?;
    match asked {
        Ok(()) => Ok(true),
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => Ok(true),
        Err(error) => match error.code() {
            Some(&SqlState::FEATURE_NOT_SUPPORTED | &SqlState::SYNTAX_ERROR) => Ok(false),
            _ => Err(error),
        },
    }
}

impl Statements {
    async fn prepare(client: &Client, sql: &Sql) -> Result<Self, PostgresError> {
        const BYTES: Type = Type::BYTEA;
        const MANY: Type = Type::BYTEA_ARRAY;
        let scan = [BYTES, Type::INT8, Type::INT8];
        let below = [BYTES, Type::INT8, Type::INT8, BYTES];
        Ok(Self {
            get: client.prepare_typed(&sql.get, &[BYTES]).await?,
            get_many: client.prepare_typed(&sql.get_many, &[MANY]).await?,
            scan: client.prepare_typed(&sql.scan, &scan).await?,
            scan_below: client.prepare_typed(&sql.scan_below, &below).await?,
            write: client.prepare_typed(&sql.write, &[MANY, MANY, MANY]).await?,
            note: client.prepare_typed(&sql.note, &[BYTES, Type::INT8]).await?,
        })
    }
}
