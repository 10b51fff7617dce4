//! The file of a store: locked, its owner's alone, and a medium.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use crate::error::{StoreError, StoreErrorKind};
use crate::store::Medium;

/// A file that this process alone has open, or that nobody writes to. The lock is the file's,
/// whatever names it has; it goes with this value, and with the process.
#[derive(Debug)]
pub(super) struct StoreFile {
    file: File,
    /// Where a read and the seek before it are two calls.
    #[cfg(not(unix))]
    turn: std::sync::Mutex<()>,
}

impl StoreFile {
    /// Opens and locks a file that is there: against everybody to write to it, against those who
    /// write to read it.
    pub(super) fn open(path: &Path, writing: bool) -> Result<Self, StoreError> {
        let place = crate::error::shown_path(path).display().to_string();
        let refused = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => {
                let message = format!(
                    "there is no store at {place}; create one with `certwright --store FILE init` \
                     or RedbStore::create"
                );
                StoreError::new(StoreErrorKind::NotFound, message)
            }
            _ => StoreError::backend(format!("{place} cannot be opened"), error),
        };
        // Before it is opened: a pipe would wait for whoever writes to it.
        if !fs::metadata(path).map_err(refused)?.is_file() {
            let message = format!("{place} is not a store: it is not a file");
            return Err(StoreError::new(StoreErrorKind::Corrupt, message));
        }
        let file = OpenOptions::new().read(true).write(writing).open(path).map_err(refused)?;
        Self::locked(file, writing).map_err(|error| match error {
            TryLockError::WouldBlock => {
                let message = format!("{place} is open in another process, or twice in this one");
                StoreError::new(StoreErrorKind::Locked, message)
            }
            TryLockError::Error(error) => {
                StoreError::backend(format!("{place} cannot be locked"), error)
            }
        })
    }

    /// Makes and locks a new file, for its owner only from the moment it exists.
    pub(super) fn create_new(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::locked(options.open(path)?, true).map_err(io::Error::from)
    }

    fn locked(file: File, writing: bool) -> Result<Self, TryLockError> {
        if writing {
            file.try_lock()?;
        } else {
            file.try_lock_shared()?;
        }
        Ok(Self {
            file,
            #[cfg(not(unix))]
            turn: std::sync::Mutex::new(()),
        })
    }

    /// Refuses a file that others than its owner may read or write.
    #[cfg(unix)]
    pub(super) fn require_private(&self, path: &Path) -> Result<(), StoreError> {
        use std::os::unix::fs::PermissionsExt as _;
        let place = crate::error::shown_path(path).display().to_string();
        let metadata = self.file.metadata();
        let metadata =
            metadata.map_err(|error| StoreError::backend(format!("{place} cannot be read"), error));
        let mode = metadata?.permissions().mode() & 0o777;
        if mode & 0o066 == 0 {
            return Ok(());
        }
        let message = format!(
            "{place} has permissions {mode:04o}: others than its owner can read or write it; run \
             `chmod 600 {place}`"
        );
        Err(StoreError::new(StoreErrorKind::Exposed, message))
    }

    /// Elsewhere than on Unix a new file has the access list of its folder, which is not judged.
    #[cfg(not(unix))]
    pub(super) fn require_private(&self, _: &Path) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Medium for StoreFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    #[cfg(unix)]
    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, bytes, offset)
    }

    #[cfg(not(unix))]
    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        use std::io::{Read as _, Seek as _};
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut file = &self.file;
        file.seek(io::SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    #[cfg(unix)]
    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&self.file, bytes, offset)
    }

    #[cfg(not(unix))]
    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        use std::io::{Seek as _, Write as _};
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut file = &self.file;
        file.seek(io::SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    // fdatasync keeps a new length too: POSIX counts it among what is needed to read the data.
    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}
