//! Where a database is, and as whom it is used.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use zeroize::Zeroizing;

use super::tls::{self, Tls};
use crate::error::{Error, shown_path};
use crate::limits::{
    POSTGRES_CONNECT_TIME, POSTGRES_KEEPALIVE_TIME, POSTGRES_PASSWORD_BYTES, POSTGRES_ROOTS_BYTES,
};

/// Where a PostgreSQL database is, and as whom it is used: for [`PostgresStore`](crate::store::PostgresStore).
///
/// ```
/// use certwright::store::PostgresSettings;
/// let settings = PostgresSettings::from_url("postgres://ca@localhost/pki?sslmode=disable")?;
/// let settings = settings.with_password("read from a file")?;
/// assert!(PostgresSettings::from_url("postgres://ca:secret@localhost/pki").is_err());
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone)]
pub struct PostgresSettings {
    /// Without a password.
    config: Config,
    password: Option<Arc<Zeroizing<Vec<u8>>>>,
    schema: String,
    tls: Tls,
}

impl PostgresSettings {
    /// Reads `postgres://USER@HOST:PORT/DATABASE?PARAMETER=VALUE&…`, as libpq does (PostgreSQL's manual,
    /// "Connection URIs"). Several hosts are separated by commas: the first that takes writes is used, so that a
    /// standby that was promoted is found. What is in a URL is percent-encoded.
    ///
    /// | parameter | meaning |
    /// |---|---|
    /// | `host`, `port`, `dbname`, `user` | in the place of what stands before `?`; a `host` that begins with `/` is the folder of a Unix socket |
    /// | `schema` | the schema of the tables: `certwright` unless given; a small letter or `_`, then small letters, digits and `_`, at most 63 |
    /// | `sslmode` | `verify-full`, the default but for Unix sockets: TLS, with a certificate of the roots that is for the host. `require` and `verify-ca` mean the same here, for what they leave out in libpq lets others listen. `disable`: no TLS. `allow` and `prefer` are refused |
    /// | `sslrootcert` | a file of trusted roots in PEM, which TLS needs |
    ///
    /// A URL never has a password: command lines and logs show it. [`PostgresSettings::with_password`] takes it.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is no such URL, has a password or another parameter, or the file of roots
    /// cannot be read.
    pub fn from_url(url: &str) -> Result<Self, Error> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(wrong("the beginning", "allowed is postgres://USER@HOST:PORT/DATABASE"));
        }
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut rest, mut schema, mut mode, mut roots) = (Vec::new(), "certwright", None, None);
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name {
                "dbname" | "host" | "port" | "user" => rest.push(parameter),
                "schema" => schema = value,
                "sslmode" => mode = Some(value),
                "sslrootcert" => roots = Some(value),
                "password" => return Err(password_in_url()),
                _ => {
                    let allowed = "dbname, host, port, schema, sslmode, sslrootcert, user";
                    return Err(wrong("a parameter", &format!("not known; allowed: {allowed}")));
                }
            }
        }
        let plain = match rest.is_empty() {
            true => address.to_owned(),
            false => format!("{address}?{}", rest.join("&")),
        };
        // What it says of a value may hold the value.
        let read = Config::from_str(&plain);
        let mut config = read.map_err(|_| wrong("its form", "it is none that libpq reads"))?;
        if config.get_password().is_some() {
            return Err(password_in_url());
        }
        for (there, place, problem) in [
            (!config.get_hosts().is_empty(), "the host", "missing"),
            (config.get_user().is_some(), "the user", "missing: postgres://USER@HOST/DATABASE"),
            (
                config.get_dbname().is_some(),
                "the database",
                "missing: postgres://USER@HOST/DATABASE",
            ),
            (
                is_schema(schema),
                "schema",
                "allowed: a small letter or _, then small letters, digits and _, at most 63",
            ),
        ] {
            if !there {
                return Err(wrong(place, problem));
            }
        }
        let roots = roots.map(read_roots).transpose()?;
        let sockets = config.get_hosts().iter().filter(|host| is_socket(host)).count();
        let tls = match (mode, sockets == config.get_hosts().len()) {
            (None, true) | (Some("disable"), _) => Tls::Off,
            (Some(_), true) => {
                return Err(wrong("sslmode", "a Unix socket has no TLS: leave it out"));
            }
            (None | Some("require" | "verify-ca" | "verify-full"), false) if sockets > 0 => {
                return Err(wrong("host", "Unix sockets and hosts with TLS do not go together"));
            }
            (None | Some("require" | "verify-ca" | "verify-full"), false) => match roots {
                Some(roots) => Tls::Verified(tls::config(&roots)?),
                None => Tls::WithoutRoots,
            },
            (Some(_), false) => {
                return Err(wrong(
                    "sslmode",
                    "allowed: disable, verify-full (and require, verify-ca, which mean verify-full here)",
                ));
            }
        };
        let several = config.get_hosts().len() > 1;
        config
            .ssl_mode(if matches!(tls, Tls::Off) { SslMode::Disable } else { SslMode::Require })
            .application_name("certwright")
            .connect_timeout(POSTGRES_CONNECT_TIME)
            .tcp_user_timeout(POSTGRES_KEEPALIVE_TIME * 2)
            .keepalives_idle(POSTGRES_KEEPALIVE_TIME)
            .keepalives_interval(POSTGRES_KEEPALIVE_TIME / 2)
            .keepalives_retries(2);
        if several {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        Ok(Self { config, password: None, schema: schema.to_owned(), tls })
    }

    /// With the user's password. It is wiped when the settings and every store that was opened with them are
    /// dropped; what the connection itself copies of it while it is made is not.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is empty or longer than 1,024 bytes.
    pub fn with_password(mut self, password: &str) -> Result<Self, Error> {
        if password.is_empty() || password.len() > POSTGRES_PASSWORD_BYTES {
            let problem =
                format!("{} bytes; allowed are 1 to {POSTGRES_PASSWORD_BYTES}", password.len());
            return Err(Error::malformed("password", "of the database", problem));
        }
        self.password = Some(Arc::new(Zeroizing::new(password.as_bytes().to_vec())));
        Ok(self)
    }

    /// With the trusted roots of TLS in PEM, in the place of `sslrootcert`. Where the URL says that there is no
    /// TLS, that stays.
    ///
    /// # Errors
    /// [`Error::Malformed`] when there is no certificate in it, or one that cannot be read.
    pub fn with_root_certificates(mut self, pem: &str) -> Result<Self, Error> {
        if !matches!(self.tls, Tls::Off) {
            self.tls = Tls::Verified(tls::config(pem.as_bytes())?);
        }
        Ok(self)
    }

    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    pub(super) fn tls(&self) -> &Tls {
        &self.tls
    }

    /// All that a connection is made with.
    pub(super) fn config(&self) -> Config {
        let mut config = self.config.clone();
        if let Some(password) = &self.password {
            config.password(password.as_slice());
        }
        config
    }

    /// Where it is, for messages: no user and no password.
    pub(super) fn place(&self) -> String {
        let hosts = self.config.get_hosts().iter().zip(self.config.get_ports());
        let hosts = hosts.map(|(host, port)| match host {
            Host::Tcp(name) => format!("{name}:{port}"),
            #[cfg(unix)]
            Host::Unix(folder) => format!("{}:{port}", shown_path(folder).display()),
        });
        let hosts: Vec<String> = hosts.collect();
        let database = self.config.get_dbname().unwrap_or_default();
        format!("postgres://{}/{database}, schema {}", hosts.join(","), self.schema)
    }
}

impl fmt::Debug for PostgresSettings {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresSettings({})", self.place())
    }
}

/// What needs no quotes in SQL.
fn is_schema(name: &str) -> bool {
    let good = |c: u8| c.is_ascii_lowercase() || c == b'_';
    name.len() <= 63
        && name.bytes().next().is_some_and(good)
        && name.bytes().all(|c| good(c) || c.is_ascii_digit())
}

#[cfg(unix)]
fn is_socket(host: &Host) -> bool {
    matches!(host, Host::Unix(_))
}

#[cfg(not(unix))]
fn is_socket(_: &Host) -> bool {
    false
}

fn read_roots(path: &str) -> Result<Vec<u8>, Error> {
    let path = Path::new(path);
    let failed =
        |problem: String| wrong(&format!("sslrootcert {}", shown_path(path).display()), &problem);
    let length = fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
    if length > POSTGRES_ROOTS_BYTES {
        return Err(failed(format!("{length} bytes; at most {POSTGRES_ROOTS_BYTES}")));
    }
    fs::read(path).map_err(|error| failed(error.to_string()))
}

fn password_in_url() -> Error {
    let problem = "a URL has none here, because command lines and logs show it: it comes from a file, or, in \
                   the library, from with_password";
    wrong("the password", problem)
}

fn wrong(place: &str, problem: &str) -> Error {
    Error::malformed("PostgreSQL URL", place, problem)
}
