//! Stores: opening one, `certwright init`, `certwright audit`, `certwright backup` and `certwright store`.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::time::{Duration, Instant};

use certwright::error::{StoreError, StoreErrorKind};
use certwright::key::SealingKey;
use certwright::ledger::Ledger;
#[cfg(feature = "postgres")]
use certwright::store::PostgresStore;
use certwright::{Error, RedbStore, Store};

use super::failure::Failure;
use super::hexadecimal::hexadecimal;
use super::output::{Output, given_path, notice};
use super::place::{self, Place};
use super::store_verb::StoreVerb;

/// Seconds to wait for a store that another process has open.
const WAIT: u32 = 5;

/// How often to look whether it still has.
const PAUSE: Duration = Duration::from_millis(20);

/// An open store.
pub enum Opened {
    File(RedbStore),
    #[cfg(feature = "postgres")]
    Postgres(Arc<PostgresStore>),
}

impl Opened {
    /// The store, whichever it is.
    pub fn store(self) -> Arc<dyn Store> {
        match self {
            Self::File(store) => Arc::new(store),
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store,
        }
    }
}

/// Opens a store. A key that does not open its private keys is refused before anything is written.
pub fn open(place: &Place, key: Option<&SealingKey>, wait: Option<u32>) -> Result<Opened, Error> {
    let wait = wait.unwrap_or(WAIT);
    if let Some(key) = key {
        Ledger::new(view(place, wait)?).unlock(key)?;
    }
    match place {
        Place::File(path) => Ok(Opened::File(patiently(wait, || RedbStore::open(path))?)),
        Place::Postgres { url, password_file } => {
            Ok(database(url, password_file.as_deref(), Database::Open)?)
        }
    }
}

/// Makes a store.
pub fn init(place: &Place) -> Result<(), Failure> {
    let Place::File(path) = place else {
        let message = "`init` makes files; `certwright store create-schema URL` makes the tables of a store on \
                       PostgreSQL";
        return Err(Failure::Reason(message.to_owned()));
    };
    RedbStore::create(path)?;
    Ok(())
}

/// `certwright store`.
pub fn run(verb: StoreVerb) -> Result<(), Failure> {
    match verb {
        StoreVerb::Copy { from, to, store_password_file } => {
            let place = |given| Place::new(given, store_password_file.clone());
            copy(&place(from), &place(to))
        }
        StoreVerb::CreateSchema { url, store_password_file } => {
            match Place::new(url, store_password_file) {
                Place::File(path) => {
                    let problem =
                        "not a URL that begins with postgres://; `certwright init` makes files";
                    Err(Failure::Reason(format!("{}: {problem}", given_path(&path))))
                }
                Place::Postgres { url, password_file } => {
                    database(&url, password_file.as_deref(), Database::Create)?;
                    Ok(())
                }
            }
        }
    }
}

/// Copies a store into another, which says on standard error what it is.
fn copy(from: &Place, to: &Place) -> Result<(), Failure> {
    let ledger = Ledger::new(view(from, WAIT)?);
    let copied = match to {
        Place::File(path) => copy_to_file(&ledger, path)?,
        Place::Postgres { .. } => {
            let target = open(to, None, None)?.store();
            ledger.copy_to(target.as_ref())?
        }
    };
    let (entries, records) = (copied.head.number, copied.records);
    let head = hexadecimal(&copied.head.digest);
    notice(&format!("copied and verified {entries} entries and {records} records; head {head}"));
    Ok(())
}

/// Copies into a file that has its name once it is whole.
fn copy_to_file(ledger: &Ledger, path: &Path) -> Result<certwright::ledger::Verification, Failure> {
    let exists = || {
        let place = given_path(path);
        Failure::Reason(format!("{place}: there is something, which is never overwritten"))
    };
    if fs::symlink_metadata(path).is_ok() {
        return Err(exists());
    }
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let unfinished = path.with_file_name(format!(".{name}.{}.new", process::id()));
    let remove = Unfinished(&unfinished);
    let copied = ledger.copy_to(&RedbStore::create(&unfinished)?)?;
    let named = fs::hard_link(&unfinished, path).and_then(|()| {
        drop(remove);
        let folder = path.parent().filter(|folder| folder.components().next().is_some());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    });
    match named {
        Ok(()) => Ok(copied),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists()),
        Err(error) => Err(Failure::Reason(format!("{}: {error}", given_path(path)))),
    }
}

/// A file that goes, unless it was given another name.
struct Unfinished<'p>(&'p PathBuf);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0);
    }
}

/// Writes the audit log, verifies the whole store against it, and says what was verified on standard
/// error. A sealing key must vouch for the log, and the digest of an earlier head must be in it, where
/// they are given.
pub fn audit(
    place: &Place,
    key: Option<&SealingKey>,
    head: Option<&[u8; 32]>,
    output: &mut Output,
) -> Result<(), Failure> {
    #[cfg(feature = "postgres")]
    tell_of_checksums(place)?;
    let ledger = Ledger::new(view(place, WAIT)?);
    if let Some(key) = key {
        ledger.unlock(key)?;
    }
    ledger.export_audit(output)?;
    let found = head.map_or_else(|| ledger.verify(), |head| ledger.verify_since(head))?;
    output.flush()?;
    let (last, records) = (found.head.number, found.records);
    let vouched = match (found.authenticated, key) {
        (Some(number), _) => format!(", authenticated up to entry {number}"),
        // Nothing is sealed here that the key could open.
        (None, Some(_)) => {
            let message = format!("{place}: nothing is sealed, so the key authenticates nothing");
            return Err(Failure::Reason(message));
        }
        (None, None) => String::new(),
    };
    let head = hexadecimal(&found.head.digest);
    // Nobody is left to be told where standard error cannot be written.
    let _ = writeln!(
        io::stderr(),
        "certwright: verified {last} entries and {records} records{vouched}; head {head}"
    );
    Ok(())
}

/// Says where a server does not see damage by itself.
#[cfg(feature = "postgres")]
fn tell_of_checksums(place: &Place) -> Result<(), Error> {
    if let Place::Postgres { .. } = place
        && let Opened::Postgres(store) = open(place, None, None)?
        && !store.has_checksums()?
    {
        notice(
            "the server has no data checksums, so it does not see damaged pages by itself; `pg_checksums \
             --enable` turns them on while it is stopped",
        );
    }
    Ok(())
}

/// Copies a store that is whole.
pub fn backup(place: &Place, copy: &Path) -> Result<(), Failure> {
    let store = view(place, WAIT)?;
    store.check()?;
    Ok(Ledger::new(store).backup(copy)?)
}

/// The store, to read it: a file stays as it is.
fn view(place: &Place, wait: u32) -> Result<Arc<dyn Store>, Error> {
    match place {
        Place::File(path) => Ok(Arc::new(patiently(wait, || RedbStore::open_read_only(path))?)),
        Place::Postgres { url, password_file } => {
            Ok(database(url, password_file.as_deref(), Database::Open)?.store())
        }
    }
}

/// A store on PostgreSQL, by what its settings do.
#[cfg(feature = "postgres")]
fn database(url: &str, password_file: Option<&Path>, what: Database) -> Result<Opened, Error> {
    let settings = place::settings(url, password_file)?;
    let store = match what {
        Database::Create => PostgresStore::create(&settings),
        Database::Open => PostgresStore::open(&settings),
    };
    Ok(Opened::Postgres(Arc::new(store?)))
}

#[cfg(not(feature = "postgres"))]
fn database(_: &str, _: Option<&Path>, what: Database) -> Result<Opened, Error> {
    match what {
        Database::Create | Database::Open => Err(place::not_built()),
    }
}

/// What becomes of the tables.
enum Database {
    Create,
    Open,
}

/// Tries again while another process has the file.
fn patiently<T>(wait: u32, attempt: impl Fn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let (wait, since) = (Duration::from_secs(u64::from(wait)), Instant::now());
    loop {
        match attempt() {
            Err(error) if error.kind() == StoreErrorKind::Locked && since.elapsed() < wait => {
                std::thread::sleep(PAUSE);
            }
            answer => return answer,
        }
    }
}
