//! Files that are made whole beside their place, and then put there.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Names tried for the file in which a new store is made: threads of one process that make the same
/// store at once, and what earlier power cuts left.
const ATTEMPTS: usize = 1_000;

/// A new, hidden file in the same folder, which nobody else is making a store in. What a power cut
/// leaves of it is of no further use and may be removed.
pub(super) fn create_beside(path: &Path) -> io::Result<(File, PathBuf)> {
    let mut attempt = 0;
    loop {
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}-{attempt}.new", std::process::id()));
        let new = path.with_file_name(name);
        match open_private(&new, true) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {
                attempt += 1;
            }
            opened => return Ok((opened?, new)),
        }
    }
}

/// Gives a finished file its place, and says whether it has it: `false` where another file was
/// first, which is left as it is. The new name is gone in any case.
pub(super) fn put_in_place(new: &Path, path: &Path) -> io::Result<bool> {
    let linked = fs::hard_link(new, path);
    fs::remove_file(new)?;
    let first = match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        linked => linked.map(|()| true)?,
    };
    // The name is durable when the folder is.
    #[cfg(unix)]
    File::open(path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")))?
        .sync_all()?;
    Ok(first)
}

/// Opens a file, or makes a new one, for its owner only from the moment it exists.
pub(super) fn open_private(path: &Path, new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(new);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
