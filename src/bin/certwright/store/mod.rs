//! Stores: opening one, `certwright audit` and `certwright backup`.

mod view;

use std::path::Path;
use std::time::{Duration, Instant};

use certwright::{Error, Ledger, RedbStore, SealingKey, StoreError, StoreErrorKind};

use self::view::View;
use super::failure::Failure;
use super::input::file_error;
use super::output::Output;

/// Seconds to wait for a store that another process has open.
const WAIT: u32 = 5;

/// How often to look whether it still has.
const PAUSE: Duration = Duration::from_millis(20);

/// Opens a store, or makes it. A key that does not open its private keys is refused before anything
/// is written.
pub fn open(path: &Path, key: Option<&SealingKey>, wait: Option<u32>) -> Result<RedbStore, Error> {
    let wait = wait.unwrap_or(WAIT);
    if let Some(key) = key
        && path.try_exists().is_ok_and(|exists| exists)
    {
        Ledger::new(view(path, wait)?).unlock(key)?;
    }
    Ok(patiently(wait, || RedbStore::open(path))?)
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

/// The store of a file, which stays as it is: what is written is forgotten.
fn view(path: &Path, wait: u32) -> Result<RedbStore, Error> {
    let refused = |error: std::io::Error| file_error(path, error.to_string());
    let view = patiently(wait, || match View::of(path) {
        Ok(Some(view)) => Ok(Ok(view)),
        Ok(None) => {
            let message = format!("{} is open in another process", path.display());
            Err(StoreError::new(StoreErrorKind::Locked, message))
        }
        Err(error) => Ok(Err(refused(error))),
    })??;
    let named = |error: StoreError| {
        StoreError::new(error.kind(), format!("{}: {}", path.display(), error.message()))
    };
    Ok(RedbStore::on(view).map_err(named)?)
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
