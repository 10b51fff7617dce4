//! Where a store is: a file, or a database that machines share.

use std::fmt;
#[cfg(any(test, feature = "postgres"))]
use std::path::Path;
use std::path::PathBuf;

#[cfg(feature = "postgres")]
use certwright::Error;
#[cfg(feature = "postgres")]
use certwright::store::PostgresSettings;
#[cfg(feature = "postgres")]
use zeroize::Zeroizing;

#[cfg(feature = "postgres")]
use super::input::read_passphrase;
use super::output::given_path;

/// Where a store is.
#[derive(Clone, Debug)]
pub enum Place {
    File(PathBuf),
    Postgres { url: String, password_file: Option<PathBuf> },
}

impl Place {
    /// What was given: a URL where it begins so, else a file.
    pub fn new(given: PathBuf, password_file: Option<PathBuf>) -> Self {
        let url = given.to_str().filter(|text| {
            ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme))
        });
        match url {
            Some(url) => Self::Postgres { url: url.to_owned(), password_file },
            None => Self::File(given),
        }
    }
}

/// How a database is connected to. The password is of a file, or of the environment, as libpq takes it.
#[cfg(feature = "postgres")]
pub fn settings(url: &str, password_file: Option<&Path>) -> Result<PostgresSettings, Error> {
    let settings = PostgresSettings::from_url(url)?;
    let password = match password_file {
        Some(file) => Some(read_passphrase(file)?),
        None => {
            std::env::var("PGPASSWORD").ok().filter(|text| !text.is_empty()).map(Zeroizing::new)
        }
    };
    match password {
        Some(password) => settings.with_password(&password),
        None => Ok(settings),
    }
}

impl fmt::Display for Place {
    /// A URL is not shown: people put passwords in it, which are refused.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.write_str(&given_path(path)),
            Self::Postgres { .. } => f.write_str("the store on PostgreSQL"),
        }
    }
}

/// What this build says of a URL of a database.
#[cfg(not(feature = "postgres"))]
pub fn not_built() -> certwright::Error {
    let problem = "this build of certwright has no PostgreSQL; build it with `--features postgres`";
    certwright::Error::malformed("store", "a URL", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_as_a_url_is_one_and_all_else_a_file() {
        let is_file = |given: &str| matches!(Place::new(given.into(), None), Place::File(_));
        for file in ["ca.redb", "postgres", "./postgres://ca", "postgres:/ca", "http://ca"] {
            assert!(is_file(file), "{file}");
        }
        for url in ["postgres://ca@db/pki", "postgresql://ca:secret@db/pki"] {
            assert!(!is_file(url), "{url}");
            assert!(!Place::new(Path::new(url).into(), None).to_string().contains("secret"));
        }
    }
}
