//! Stores: opening one, `certwright init`, `certwright audit` and `certwright backup`.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use certwright::error::{StoreError, StoreErrorKind};
use certwright::key::SealingKey;
use certwright::ledger::Ledger;
use certwright::{Error, RedbStore, Store as _};

use super::failure::Failure;
use super::hexadecimal::hexadecimal;
use super::output::Output;

/// Seconds to wait for a store that another process has open.
const WAIT: u32 = 5;

/// How often to look whether it still has.
const PAUSE: Duration = Duration::from_millis(20);

/// Opens a store. A key that does not open its private keys is refused before anything is written.
pub fn open(path: &Path, key: Option<&SealingKey>, wait: Option<u32>) -> Result<RedbStore, Error> {
    let wait = wait.unwrap_or(WAIT);
    if let Some(key) = key {
        Ledger::new(view(path, wait)?).unlock(key)?;
    }
    Ok(patiently(wait, || RedbStore::open(path))?)
}

/// Makes a store.
pub fn init(path: &Path) -> Result<(), Failure> {
    RedbStore::create(path)?;
    Ok(())
}

/// Writes the audit log, verifies the whole store against it, and says what was verified on standard
/// error. A sealing key must vouch for the log, and the digest of an earlier head must be in it, where
/// they are given.
pub fn audit(
    path: &Path,
    key: Option<&SealingKey>,
    head: Option<&[u8; 32]>,
    output: &mut Output,
) -> Result<(), Failure> {
    let ledger = Ledger::new(view(path, WAIT)?);
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
            let place = path.display();
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

/// Copies a store that is whole.
pub fn backup(path: &Path, copy: &Path) -> Result<(), Failure> {
    let store = view(path, WAIT)?;
    store.check()?;
    Ok(Ledger::new(store).backup(copy)?)
}

/// The store of a file, which stays as it is.
fn view(path: &Path, wait: u32) -> Result<RedbStore, Error> {
    Ok(patiently(wait, || RedbStore::open_read_only(path))?)
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
