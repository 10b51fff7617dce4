//! What a server must do, or nothing is written to it: what it said is written must be there after a crash.

use tokio_postgres::{Client, Error as PostgresError};

use super::schema::{FORMAT, TABLES};
use super::settings::PostgresSettings;
use crate::error::{StoreError, StoreErrorKind};

/// What was found on a server.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) is_postgresql: bool,
    fsync: Option<String>,
    full_page_writes: Option<String>,
    synchronous_commit: Option<String>,
    /// Where that is set.
    commit_source: Option<String>,
    standby_names: Option<String>,
    is_standby: bool,
    read_only: Option<String>,
    /// How many of the tables survive a crash.
    tables: i64,
    format: Option<i32>,
}

/// The value of `synchronous_commit` that transactions set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Commits {
    On,
    RemoteApply,
}

/// Looks at a server and the tables.
pub(super) async fn look(client: &Client, schema: &str) -> Result<Found, PostgresError> {
    let settings = "SELECT version() LIKE 'PostgreSQL %', \
         current_setting('fsync', true), current_setting('full_page_writes', true), \
         current_setting('synchronous_commit', true), \
         (SELECT source FROM pg_catalog.pg_settings WHERE name = 'synchronous_commit'), \
         current_setting('synchronous_standby_names', true), \
         current_setting('transaction_read_only', true)";
    let row = client.query_one(settings, &[]).await?;
    let mut found = Found {
        is_postgresql: row.try_get(0)?,
        fsync: row.try_get(1)?,
        full_page_writes: row.try_get(2)?,
        synchronous_commit: row.try_get(3)?,
        commit_source: row.try_get(4)?,
        standby_names: row.try_get(5)?,
        read_only: row.try_get(6)?,
        ..Found::default()
    };
    if found.is_postgresql {
        found.is_standby = client.query_one("SELECT pg_is_in_recovery()", &[]).await?.try_get(0)?;
    }
    let tables = "SELECT count(*) FROM pg_catalog.pg_class AS t \
         JOIN pg_catalog.pg_namespace AS s ON s.oid = t.relnamespace \
         WHERE s.nspname = $1 AND t.relname = ANY ($2) AND t.relkind = 'r' AND t.relpersistence = 'p'";
    found.tables = client.query_one(tables, &[&schema, &TABLES.as_slice()]).await?.try_get(0)?;
    if usize::try_from(found.tables) == Ok(TABLES.len()) {
        let rows = client.query(&format!("SELECT version FROM {schema}.format"), &[]).await?;
        if let [row] = rows.as_slice() {
            found.format = Some(row.try_get(0)?);
        }
    }
    Ok(found)
}

impl Found {
    /// Refuses a server that would lose what it said is written, and tables that are not those of this build.
    pub(super) fn check(&self, settings: &PostgresSettings) -> Result<Commits, StoreError> {
        let place = settings.place();
        let refuse =
            |kind, problem: String| Err(StoreError::new(kind, format!("{place}: {problem}")));
        // Sections 20.5.1 and 20.6.2 of PostgreSQL's manual.
        if self.is_standby || self.read_only.as_deref() == Some("on") {
            let problem = "the server only reads: it is a standby, or read-only by its settings; name the primary, \
                           or all hosts, separated by commas; a standby that is promoted is taken from then on";
            return refuse(StoreErrorKind::Unavailable, problem.to_owned());
        }
        for (name, value) in [("fsync", &self.fsync), ("full_page_writes", &self.full_page_writes)]
        {
            if !is_on(value.as_deref(), self.is_postgresql) {
                return refuse(StoreErrorKind::Backend, unsafe_setting(name, value.as_deref()));
            }
        }
        let commits = self.commits().or_else(|problem| refuse(StoreErrorKind::Backend, problem))?;
        match (usize::try_from(self.tables), self.format) {
            (Ok(0), _) => refuse(
                StoreErrorKind::NotFound,
                "there are no tables; `certwright store create-schema`, or PostgresStore::create, makes them once"
                    .to_owned(),
            ),
            (Ok(tables), _) if tables != TABLES.len() => {
                let problem = format!(
                    "{tables} of the {} tables are there and survive a crash of the server (are not UNLOGGED): {}; \
                     restore the schema from a backup",
                    TABLES.len(),
                    TABLES.join(", ")
                );
                refuse(StoreErrorKind::Corrupt, problem)
            }
            (_, Some(FORMAT)) => Ok(commits),
            (_, Some(other)) => refuse(
                StoreErrorKind::Corrupt,
                format!("tables of version {other}; this build reads version {FORMAT}: use the certwright that made them"),
            ),
            (_, None) => {
                let problem = "the table `format` does not have exactly one row, the version: restore the schema from a backup";
                refuse(StoreErrorKind::Corrupt, problem.to_owned())
            }
        }
    }

    /// What transactions set `synchronous_commit` to. A session's default is made better; what the server's
    /// administrator decided for all is not overridden in silence, but refused.
    fn commits(&self) -> Result<Commits, String> {
        let session = ["client", "database", "database user", "session", "user"];
        let is_session =
            self.commit_source.as_deref().is_some_and(|source| session.contains(&source));
        let has_standbys =
            self.standby_names.as_deref().is_some_and(|names| !names.trim().is_empty());
        match self.synchronous_commit.as_deref() {
            Some("remote_apply") => Ok(Commits::RemoteApply),
            Some("on") => Ok(Commits::On),
            None if !self.is_postgresql => Ok(Commits::On),
            // Then transactions wait for the disk of this server, and with `on` for that of the standbys.
            Some("remote_write" | "local") if !has_standbys => Ok(Commits::On),
            Some("remote_write" | "local" | "off") if is_session => Ok(Commits::On),
            value => Err(unsafe_setting("synchronous_commit", value)),
        }
    }
}

/// Whether one of the settings that a commit needs is on. Engines other than PostgreSQL need not have it.
pub(super) fn is_on(value: Option<&str>, is_postgresql: bool) -> bool {
    value.map_or(!is_postgresql, |value| value == "on")
}

/// What is wrong with a setting, and what to do.
pub(super) fn unsafe_setting(name: &str, value: Option<&str>) -> String {
    let value = value.unwrap_or("not there");
    format!(
        "the server's setting {name} is {value}, so a crash can lose what it said is written; set {name} = on in \
         postgresql.conf and reload it (ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf())"
    )
}
