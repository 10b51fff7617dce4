//! Files that are made whole beside their place, and then put there.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::StoreFile;
use crate::error::{StoreError, StoreErrorKind};
use crate::store::Medium;

/// Names tried for the file in which a new store is made: threads of one process that make the same
/// store at once, and what earlier power cuts left.
const ATTEMPTS: usize = 1_000;

/// A folder of files. What is done to names is durable once it is synced; until then a power cut
/// leaves any part of it.
pub(super) trait Folder {
    /// A file in it.
    type File: Medium;

    /// Makes a file of this name, which must be free.
    fn create_new(&self, name: &OsStr) -> io::Result<Self::File>;

    /// Gives a file a second name, which must be free.
    fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()>;

    fn remove(&self, name: &OsStr) -> io::Result<()>;

    fn sync(&self) -> io::Result<()>;
}

/// Makes a file: fills a new, hidden one in the same folder, syncs it and gives it its name. Where
/// there is something by that name, it is left as it is and the answer is
/// [`StoreErrorKind::Conflict`]. A failure leaves nothing; of the hidden file (`.NAME.PROCESS-N.new`)
/// a power cut may leave something, which is of no further use.
pub(super) fn make<F: Folder>(
    folder: &F,
    path: &Path,
    fill: impl FnOnce(Arc<F::File>) -> Result<(), StoreError>,
) -> Result<Arc<F::File>, StoreError> {
    let place = crate::error::shown_path(path).display().to_string();
    let refused = |error| StoreError::backend(format!("{place} cannot be written"), error);
    let name = path.file_name().unwrap_or_default();
    let (file, new) = create_beside(folder, name).map_err(refused)?;
    let file = Arc::new(file);
    let filled = fill(Arc::clone(&file)).and_then(|()| file.sync().map_err(refused));
    let linked = match filled {
        Ok(()) => folder.link(&new, name),
        Err(error) => {
            // That failure says more than one of tidying up after it.
            let _ = folder.remove(&new);
            return Err(error);
        }
    };
    folder.remove(&new).map_err(refused)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(path)),
        linked => {
            linked.and_then(|()| folder.sync()).map_err(refused)?;
            Ok(file)
        }
    }
}

/// That there is something at the path already.
pub(super) fn exists(path: &Path) -> StoreError {
    let message = format!(
        "{} already exists, and is never overwritten",
        crate::error::shown_path(path).display()
    );
    StoreError::new(StoreErrorKind::Conflict, message)
}

/// A new, hidden file, which nobody else is making a store in.
fn create_beside<F: Folder>(folder: &F, name: &OsStr) -> io::Result<(F::File, OsString)> {
    let mut attempt = 0;
    loop {
        let mut new = OsString::from(".");
        new.push(name);
        new.push(format!(".{}-{attempt}.new", std::process::id()));
        match folder.create_new(&new) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {
                attempt += 1;
            }
            opened => return Ok((opened?, new)),
        }
    }
}

/// A folder of the file system.
pub(super) struct SystemFolder(PathBuf);

impl SystemFolder {
    /// The folder of a file.
    pub(super) fn of(path: &Path) -> Self {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        Self(folder.unwrap_or(Path::new(".")).to_owned())
    }
}

impl Folder for SystemFolder {
    type File = StoreFile;

    fn create_new(&self, name: &OsStr) -> io::Result<StoreFile> {
        StoreFile::create_new(&self.0.join(name))
    }

    fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::hard_link(self.0.join(from), self.0.join(to))
    }

    fn remove(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    #[cfg(unix)]
    fn sync(&self) -> io::Result<()> {
        fs::File::open(&self.0)?.sync_all()
    }

    // Elsewhere a folder cannot be synced, and NTFS keeps its names in a journal.
    #[cfg(not(unix))]
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}
