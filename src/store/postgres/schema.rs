//! The tables, and their version.

/// The version of the tables that this build writes and reads.
pub(super) const FORMAT: i32 = 1;

/// The tables, each of which must be there and survive a crash of the server.
pub(super) const TABLES: [&str; 6] = ["commits", "format", "lists", "nonces", "records", "writers"];

/// What makes the tables in a schema. `bytea` orders by bytes, whatever the encoding and collation of the database
/// (PostgreSQL's manual, 8.4).
pub(super) fn creation(schema: &str) -> String {
    format!(
        "CREATE SCHEMA IF NOT EXISTS {schema};
         CREATE TABLE {schema}.format (version integer NOT NULL);
         INSERT INTO {schema}.format (version) VALUES ({FORMAT});
         CREATE TABLE {schema}.records (key bytea PRIMARY KEY, value bytea NOT NULL);
         CREATE TABLE {schema}.writers (nobody integer);
         CREATE TABLE {schema}.commits (
             writer bytea PRIMARY KEY, number bigint NOT NULL, at timestamptz NOT NULL);
         CREATE TABLE {schema}.nonces (nonce bytea PRIMARY KEY, expires bigint NOT NULL);
         CREATE INDEX ON {schema}.nonces (expires);
         CREATE TABLE {schema}.lists (
             name bytea PRIMARY KEY, number bytea NOT NULL, value bytea NOT NULL);"
    )
}

/// The statements of a schema.
#[derive(Clone, Debug)]
pub(super) struct Sql {
    /// Waits until no other writes. LOCK TABLE takes no snapshot, so that what is read afterwards is what the
    /// writer before committed (PostgreSQL's manual, LOCK).
    pub(super) lock: String,
    pub(super) get: String,
    pub(super) get_many: String,
    pub(super) scan: String,
    pub(super) scan_below: String,
    pub(super) write: String,
    pub(super) note: String,
    pub(super) noted: String,
    pub(super) forget: String,
    pub(super) take_nonce: String,
    pub(super) forget_nonces: String,
    pub(super) count_nonces: String,
    pub(super) list_number: String,
    pub(super) list: String,
    pub(super) put_list: String,
}

impl Sql {
    pub(super) fn new(schema: &str) -> Self {
        // At most so many rows, and no more once so many bytes of values are reached: at least one row.
        let scan = |below: &str, rows: &str, bytes: &str| {
            format!(
                "SELECT key, value FROM (
                     SELECT key, value, sum(octet_length(value)) OVER (ORDER BY key) AS total
                     FROM (SELECT key, value FROM {schema}.records WHERE key >= $1{below}
                           ORDER BY key LIMIT {rows}) AS page) AS counted
                 WHERE total - octet_length(value) < {bytes} ORDER BY key"
            )
        };
        // Judged before each commit: both can be changed while the server runs.
        let settings = "current_setting('fsync', true), current_setting('full_page_writes', true)";
        Self {
            lock: format!("LOCK TABLE {schema}.writers IN EXCLUSIVE MODE"),
            get: format!("SELECT value FROM {schema}.records WHERE key = $1"),
            get_many: format!("SELECT key, value FROM {schema}.records WHERE key = ANY ($1)"),
            scan: scan("", "$2", "$3"),
            scan_below: scan(" AND key < $4", "$2", "$3"),
            write: format!(
                "WITH removed AS (DELETE FROM {schema}.records WHERE key = ANY ($1))
                 INSERT INTO {schema}.records (key, value) SELECT * FROM unnest($2::bytea[], $3::bytea[])
                 ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
            ),
            note: format!(
                "INSERT INTO {schema}.commits (writer, number, at) VALUES ($1, $2, now())
                 ON CONFLICT (writer) DO UPDATE SET number = EXCLUDED.number, at = EXCLUDED.at
                 RETURNING {settings}"
            ),
            noted: format!(
                "INSERT INTO {schema}.commits (writer, number, at) VALUES ($1, 0, now())
                 ON CONFLICT (writer) DO UPDATE SET at = EXCLUDED.at RETURNING number"
            ),
            forget: format!("DELETE FROM {schema}.commits WHERE at < now() - interval '1 day'"),
            take_nonce: format!(
                "INSERT INTO {schema}.nonces (nonce, expires) VALUES ($1, $2) ON CONFLICT DO NOTHING"
            ),
            forget_nonces: format!("DELETE FROM {schema}.nonces WHERE expires < $1"),
            count_nonces: format!("SELECT count(*) FROM {schema}.nonces"),
            list_number: format!("SELECT number FROM {schema}.lists WHERE name = $1"),
            list: format!("SELECT number, value FROM {schema}.lists WHERE name = $1"),
            put_list: format!(
                "INSERT INTO {schema}.lists AS old (name, number, value) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET number = EXCLUDED.number, value = EXCLUDED.value
                 WHERE old.number < EXCLUDED.number"
            ),
        }
    }
}
