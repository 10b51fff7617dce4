//! A store that several machines share, on PostgreSQL.

mod connection;
mod demands;
mod failure;
mod pool;
mod reading;
mod schema;
mod settings;
mod shared;
mod tls;
mod transactions;
mod waiting;
mod writing;

use std::fmt;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::error::SqlState;

use self::connection::connect;
use self::failure::{Again, Failure};
use self::pool::Pool;
use self::schema::Sql;
use super::contract::{ReadWork, Store, WriteWork};
use crate::error::{StoreError, StoreErrorKind};
use crate::limits::POSTGRES_STATEMENT_TIME;

pub use self::settings::PostgresSettings;

/// A store that several processes on several machines share: a schema of a PostgreSQL database.
///
/// ```no_run
/// use certwright::Store;
/// use certwright::store::{PostgresSettings, PostgresStore};
/// let url = "postgres://ca@db1.internal,db2.internal/pki?sslrootcert=/etc/ca/db-root.pem";
/// let settings = PostgresSettings::from_url(url)?.with_password("read from a file")?;
/// let store = PostgresStore::create(&settings)?; // once; afterwards
/// let store = PostgresStore::open(&settings)?;
/// store.write(&mut |transaction| transaction.put(b"key", b"value"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Making and opening
///
/// The tables are made by [`PostgresStore::create`], once; [`PostgresStore::open`] makes none, for the reasons that
/// [`RedbStore`](crate::RedbStore) has. Several stores in one database have a schema each.
///
/// # What is promised, and what the server must do for it
///
/// [`Store::write`] answers `Ok` when the transaction is on the server's disk, and on those of its synchronous
/// standbys. A server that would answer sooner is refused, when a connection is made and again before each commit:
/// `fsync` or `full_page_writes` off (PostgreSQL's manual, 20.5.1), `synchronous_commit` off, or, where
/// `synchronous_standby_names` are set, `local` or `remote_write`. Where only the session's default is so (of the role
/// or the database), transactions set `on`. A standby, or a server that is read-only, is refused too; one that is
/// promoted is taken from then on. Whoever promotes a standby sees to it that the old primary is gone: two of them
/// are two CAs.
///
/// Transactions are SERIALIZABLE (13.2.3). Those that write queue for a lock on an empty table, because every
/// change of a ledger extends one hash-chained log: they would only undo each other. Changes of threads that meet
/// share a transaction. What still fails to serialize, or is in a deadlock (13.5), is run again, with pauses; so
/// is what lost its connection before its COMMIT was sent. Where the answer to COMMIT is lost, the transaction is
/// looked up, and answered as it ended; where that is not possible for 30 seconds, the error says that it
/// is not known.
///
/// A statement takes 30 seconds at most, waiting for other writers 10. A process that stops in a transaction
/// holds up the others until the server ends its session, after 10 seconds; one that is killed, not at all.
/// [`StoreErrorKind::Unavailable`] says that nothing was written and that it may work later: the store connects
/// anew by itself.
///
/// # Connections
///
/// At most 16 of each store, made when they are needed. A pooler in between must give each
/// client a server connection of its own (PgBouncer: `pool_mode = session`). Keys have at most some 2,600
/// bytes, as many as an index holds.
///
/// # Checks and copies
///
/// [`Store::check`] looks at the server's settings and the tables. Whether pages are damaged, PostgreSQL sees when it
/// reads them, if the cluster has data checksums ([`PostgresStore::has_checksums`]);
/// [`Ledger::verify`](crate::ledger::Ledger::verify) reads all. [`Ledger::backup`](crate::ledger::Ledger::backup)
/// is for files; [`Ledger::copy_to`](crate::ledger::Ledger::copy_to) copies into one, and `pg_dump` into its own.
pub struct PostgresStore {
    pool: Pool,
    /// Always there, but while it is dropped.
    runtime: Option<Runtime>,
}

impl PostgresStore {
    /// Makes the tables, and the schema where it is missing, and opens the store. The user must be allowed to.
    ///
    /// # Errors
    /// [`StoreErrorKind::Conflict`] when there are such tables already, which are left as they are;
    /// otherwise as [`PostgresStore::open`].
    pub fn create(settings: &PostgresSettings) -> Result<Self, StoreError> {
        let runtime = runtime()?;
        let link = connect(settings, runtime.handle()).map_err(|failure| failure.error)?;
        let sql = format!("BEGIN; {} COMMIT", schema::creation(settings.schema()));
        let doing = format!("{}: the tables cannot be made", settings.place());
        let made = waiting::wait(link.client.batch_execute(&sql), POSTGRES_STATEMENT_TIME);
        match made {
            Some(Ok(())) => {}
            Some(Err(error)) if error.code() == Some(&SqlState::DUPLICATE_TABLE) => {
                let message = format!("{}: there are tables already", settings.place());
                return Err(StoreError::new(StoreErrorKind::Conflict, message));
            }
            Some(Err(error)) => return Err(Failure::of(&doing, error).error),
            None => return Err(Failure::late(&doing).error),
        }
        drop(link);
        Self::with(settings, runtime)
    }

    /// Opens the store, and connects once.
    ///
    /// # Errors
    /// [`StoreErrorKind::NotFound`] when there are no tables, [`StoreErrorKind::Corrupt`] when they are of another
    /// version or some are missing, [`StoreErrorKind::Unavailable`] when the server does not answer, or only reads,
    /// [`StoreErrorKind::Backend`] when it refuses, or its settings would lose what was written.
    pub fn open(settings: &PostgresSettings) -> Result<Self, StoreError> {
        Self::with(settings, runtime()?)
    }

    fn with(settings: &PostgresSettings, runtime: Runtime) -> Result<Self, StoreError> {
        let sql = Arc::new(Sql::new(settings.schema()));
        let pool = Pool::new(settings.clone(), sql, runtime.handle().clone());
        let store = Self { pool, runtime: Some(runtime) };
        store.forget_old_commits().map_err(|failure| failure.error)?;
        Ok(store)
    }

    /// Forgets what connections left that are long gone.
    fn forget_old_commits(&self) -> Result<(), Failure> {
        let lease = self.pool.take()?;
        let forget = &lease.connection.sql().forget;
        match lease.connection.execute_text("old commits cannot be forgotten", forget, &[]) {
            // Somebody else is at it.
            Err(Failure { again: Again::Conflict, .. }) => Ok(()),
            Err(failure) => Err(failure),
            Ok(_) => {
                lease.give_back();
                Ok(())
            }
        }
    }

    /// Whether the cluster has data checksums, by which PostgreSQL sees damaged pages when it reads them (`initdb
    /// --data-checksums`, `pg_checksums`).
    ///
    /// # Errors
    /// As [`PostgresStore::open`].
    pub fn has_checksums(&self) -> Result<bool, StoreError> {
        let doing = "the server's settings cannot be read";
        let lease = self.pool.take().map_err(|failure| failure.error)?;
        let asked = "SELECT current_setting('data_checksums', true)";
        let rows =
            lease.connection.query_text(doing, asked, &[]).map_err(|failure| failure.error)?;
        let value = rows.first().map(|row| row.try_get::<_, Option<String>>(0)).transpose();
        let value = value.map_err(|error| StoreError::backend(doing, error))?;
        lease.give_back();
        Ok(value.flatten().as_deref() == Some("on"))
    }
}

/// What drives the connections. Whoever uses the store waits on threads of their own.
fn runtime() -> Result<Runtime, StoreError> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("certwright-postgres")
        .enable_all()
        .build()
        .map_err(|error| StoreError::backend("a thread for connections cannot be started", error))
}

impl Store for PostgresStore {
    fn check(&self) -> Result<(), StoreError> {
        // A new connection is looked at.
        self.pool.clear();
        let lease = self.pool.take().map_err(|failure| failure.error)?;
        lease.give_back();
        Ok(())
    }

    fn copy_to(&self, path: &std::path::Path, verify: &mut ReadWork<'_>) -> Result<(), StoreError> {
        let _ = verify;
        let path = crate::error::shown_path(path).display().to_string();
        let message = format!(
            "{path}: a store on PostgreSQL is copied into a file by `certwright store copy` \
             (Ledger::copy_to), and backed up by pg_dump or pg_basebackup"
        );
        Err(StoreError::new(StoreErrorKind::Backend, message))
    }

    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        transactions::read(&self.pool, work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        transactions::write(&self.pool, work)
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.pool.clear();
        // Also where waiting is not allowed, on a thread of an async runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresStore({})", self.pool.settings().place())
    }
}
