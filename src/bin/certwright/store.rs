//! Stores: opening one, `certwright init`, `certwright audit` and `certwright backup`.

use std::path::Path;
use std::time::{Duration, Instant};

use certwright::{Error, Ledger, RedbStore, SealingKey, StoreError, StoreErrorKind};

use super::failure::Failure;
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

/// Writes the audit log and verifies it.
pub fn audit(path: &Path, output: &mut Output) -> Result<(), Failure> {
    let ledger = Ledger::new(view(path, WAIT)?);
    ledger.export_audit(output)?;
    ledger.verify_audit()?;
    Ok(())
}

/// Copies a store.
pub fn backup(path: &Path, copy: &Path) -> Result<(), Failure> {
    Ok(view(path, WAIT)?.backup(copy)?)
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
