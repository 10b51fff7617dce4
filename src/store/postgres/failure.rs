//! What the database's errors mean.

use tokio_postgres::Error as PostgresError;
use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::error::{StoreError, StoreErrorKind};

/// How something went wrong.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: StoreError,
    /// Whether to begin the transaction again: nothing of it was written.
    pub(super) again: Again,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Again {
    /// Another transaction was faster.
    Conflict,
    /// The connection is gone, and what it did with it.
    Connection,
    No,
}

impl Failure {
    /// What a statement before COMMIT came to.
    pub(super) fn of(doing: &str, error: PostgresError) -> Self {
        let again = match error.as_db_error() {
            None if error.is_closed() || is_io(&error) => Again::Connection,
            None => Again::No,
            Some(told) => again(told),
        };
        let kind = match error.as_db_error() {
            None if again == Again::Connection => StoreErrorKind::Unavailable,
            None => StoreErrorKind::Backend,
            Some(told) => kind(told),
        };
        Self { error: said(kind, doing, error), again }
    }

    /// No answer came in time. The connection is not used again.
    pub(super) fn late(doing: &str) -> Self {
        let message = format!("{doing}: PostgreSQL did not answer in time; try again later");
        let error = StoreError::new(StoreErrorKind::Unavailable, message);
        Self { error, again: Again::Connection }
    }

    /// What trying again does not change.
    pub(super) fn lasting(error: StoreError) -> Self {
        Self { error, again: Again::No }
    }
}

/// Whether the server refused a COMMIT: then nothing was written. Where it does not say so, nobody knows.
pub(super) fn refused_commit(error: &PostgresError) -> bool {
    error.as_db_error().is_some_and(|told| {
        told.parsed_severity() == Some(Severity::Error)
            && !is_class(told, "08")
            && *told.code() != SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN
    })
}

/// An error of the engine, with what it said.
fn said(kind: StoreErrorKind, doing: &str, error: PostgresError) -> StoreError {
    let told = error.as_db_error().map(|told| {
        let detail = told.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
        format!("{}{detail}, SQLSTATE {}", told.message(), told.code().code())
    });
    // Why a connection was not made is in the cause.
    let told = told.unwrap_or_else(|| match std::error::Error::source(&error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    });
    let later = if kind == StoreErrorKind::Unavailable { "; try again later" } else { "" };
    StoreError::with_source(kind, format!("{doing}: PostgreSQL: {told}{later}"), error)
}

/// Appendix A of PostgreSQL's manual, "PostgreSQL Error Codes".
fn again(told: &DbError) -> Again {
    let code = told.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return Again::Conflict;
    }
    // Ended, shutting down or starting; a standby, whose primary is elsewhere.
    let ends = told.parsed_severity().is_none_or(|severity| severity != Severity::Error)
        || is_class(told, "08")
        || *code == SqlState::READ_ONLY_SQL_TRANSACTION;
    if ends { Again::Connection } else { Again::No }
}

fn kind(told: &DbError) -> StoreErrorKind {
    let code = told.code();
    let is = |codes: &[SqlState]| codes.contains(code);
    if is(&[SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED]) {
        return StoreErrorKind::Corrupt;
    }
    if is(&[SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME, SqlState::UNDEFINED_DATABASE])
    {
        return StoreErrorKind::NotFound;
    }
    let later = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::CRASH_SHUTDOWN,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::QUERY_CANCELED,
        SqlState::READ_ONLY_SQL_TRANSACTION,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::TOO_MANY_CONNECTIONS,
    ];
    match is(&later) || is_class(told, "08") {
        true => StoreErrorKind::Unavailable,
        false => StoreErrorKind::Backend,
    }
}

fn is_class(told: &DbError, class: &str) -> bool {
    told.code().code().starts_with(class)
}

/// Whether the connection broke, or was not made. A server that is not who it should be is another matter.
fn is_io(error: &PostgresError) -> bool {
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<std::io::Error>()) {
        Some(io) => io.kind() != std::io::ErrorKind::InvalidData,
        // Of several hosts none took writes.
        None => source.is_none() && error.to_string().contains("connect"),
    }
}
