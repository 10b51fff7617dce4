//! Out of the ledger into a folder of `openssl ca`.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::configuration::configuration;
use super::index::{Line, State};
use super::revoked::Revoked;
use super::subject::oneline;
use super::{
    ATTRIBUTES, CERTIFICATE, CERTIFICATES, CONFIGURATION, CRL_NUMBER, INDEX, PRIVATE, SERIAL,
    hexadecimal,
};
use crate::error::Error;
use crate::issuer::Issuer;
use crate::ledger::{Ledger, RecordState, Revocation};
use crate::serial::SerialNumber;

/// Records that are read at a time.
const PAGE: usize = 1_024;

/// What an export wrote, and what a folder of `openssl ca` cannot hold.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ExportSummary {
    /// How many certificates.
    pub certificates: usize,
    /// How many of them are revoked or on hold.
    pub revoked: usize,
    /// Serial numbers that were claimed and whose certificate never came back. They are not in the
    /// index, so that `openssl ca` does not know them.
    pub claimed: Vec<SerialNumber>,
    /// Those of them that are revoked: CRLs of `openssl ca` will not list them.
    pub claimed_and_revoked: Vec<SerialNumber>,
    /// Revocations of which the index cannot say all: the reasons privilegeWithdrawn and
    /// aACompromise, which are left out, and an invalidityDate other than that of a compromise.
    pub shortened: Vec<SerialNumber>,
}

/// Writes the folder; `serial` is one that nothing has.
pub(crate) fn export(
    folder: &Path,
    issuer: &Issuer,
    ledger: &Ledger,
    serial: &SerialNumber,
) -> Result<ExportSummary, Error> {
    let existing = check_free(folder)?;
    let partial = Partial::beside(folder, serial)?;
    let summary = fill(&partial.path, issuer, ledger, serial)?;
    if existing {
        // It is empty, or else this fails.
        fs::remove_dir(folder).map_err(|error| failed(folder, error))?;
    }
    partial.put(folder)?;
    Ok(summary)
}

/// Whether there is a folder, which must be empty.
fn check_free(folder: &Path) -> Result<bool, Error> {
    let refused = |problem: &str| {
        let place = folder.display().to_string();
        Error::malformed(
            "place of an export",
            place,
            format!("{problem}; allowed: a new or empty folder"),
        )
    };
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(refused("it is not a folder"));
        }
        Err(error) => return Err(failed(folder, error)),
    };
    if folder.join(INDEX).exists() {
        return Err(refused(&format!("it contains {INDEX} of another CA")));
    }
    match entries.next() {
        None => Ok(true),
        Some(Ok(entry)) => {
            Err(refused(&format!("it contains {}", entry.file_name().to_string_lossy())))
        }
        Some(Err(error)) => Err(failed(folder, error)),
    }
}

/// A folder that is being written, beside its place. It goes away unless it is put there.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn beside(folder: &Path, serial: &SerialNumber) -> Result<Self, Error> {
        let Some(name) = folder.file_name() else {
            let place = folder.display().to_string();
            return Err(Error::malformed("place of an export", place, "it has no name"));
        };
        // What an earlier crash left has another name.
        let digits: String = serial.to_string().chars().take(16).collect();
        let mut partial = std::ffi::OsString::from(".");
        partial.push(name);
        partial.push(format!(".{digits}.partial"));
        let path = folder.with_file_name(partial);
        make_folder(&path)?;
        Ok(Self { path })
    }

    /// Moves the folder to its place, whole and durable.
    fn put(self, folder: &Path) -> Result<(), Error> {
        for inner in [CERTIFICATES, PRIVATE] {
            sync_folder(&self.path.join(inner))?;
        }
        sync_folder(&self.path)?;
        fs::rename(&self.path, folder).map_err(|error| failed(folder, error))?;
        // It is away from here, so that nothing is removed.
        match folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            Some(parent) => sync_folder(parent),
            None => sync_folder(Path::new(".")),
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // The failure that is answered counts; that of the removal would hide it.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Writes everything. Certificates are read first, then revocations, then the CRL number, so that
/// what is revoked meanwhile is rather in than out.
fn fill(
    folder: &Path,
    issuer: &Issuer,
    ledger: &Ledger,
    serial: &SerialNumber,
) -> Result<ExportSummary, Error> {
    let digest = Ledger::issuer_digest(issuer.public_key());
    let mut summary = ExportSummary::default();
    make_folder(&folder.join(CERTIFICATES))?;
    make_folder(&folder.join(PRIVATE))?;
    let mut lines = Vec::new();
    let mut last: Option<SerialNumber> = None;
    loop {
        let page = ledger.records_under(&digest, last.as_ref(), PAGE)?;
        let Some(end) = page.last() else { break };
        last = Some(end.serial);
        for record in page {
            let RecordState::Issued { certificate, .. } = &record.state else {
                summary.claimed.push(record.serial);
                continue;
            };
            let name = format!("{}.pem", hexadecimal(record.serial.as_bytes()));
            write(&folder.join(CERTIFICATES).join(name), &certificate.to_pem())?;
            lines.push(Line {
                state: State::Valid,
                not_after: certificate.validity().not_after(),
                serial: record.serial,
                subject: oneline(certificate.subject()),
            });
        }
    }
    let revocations = revocations(ledger, &digest)?;
    for line in &mut lines {
        let Some(revocation) = revocations.get(&line.serial) else { continue };
        let Revocation { serial, reason, at, invalid_since, .. } = *revocation;
        let revoked = Revoked { at, reason, invalid_since };
        if !revoked.is_sayable() {
            summary.shortened.push(serial);
        }
        line.state = State::Revoked(revoked);
        summary.revoked += 1;
    }
    let claimed = summary.claimed.iter().filter(|serial| revocations.contains_key(serial));
    summary.claimed_and_revoked = claimed.copied().collect();
    summary.certificates = lines.len();
    write_lines(&folder.join(INDEX), &lines)?;
    let number = ledger.crl_state(&digest, 0)?.number.saturating_add(1);
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let number = hexadecimal(bytes.get(zeros..).unwrap_or_default());
    for (file, content) in [
        (ATTRIBUTES, "unique_subject = no\n".to_owned()),
        (CERTIFICATE, issuer.certificate().to_pem()),
        (CONFIGURATION, configuration(issuer)),
        (CRL_NUMBER, format!("{number}\n")),
        (SERIAL, format!("{}\n", hexadecimal(serial.as_bytes()))),
    ] {
        write(&folder.join(file), &content)?;
    }
    Ok(summary)
}

/// What is revoked or on hold.
fn revocations(
    ledger: &Ledger,
    digest: &[u8; 32],
) -> Result<BTreeMap<SerialNumber, Revocation>, Error> {
    ledger.with_revocations(digest, &mut |each| {
        let mut found = BTreeMap::new();
        each(&mut |revocation| {
            if !revocation.released {
                found.insert(revocation.serial, *revocation);
            }
        })?;
        Ok(found)
    })
}

fn write_lines(path: &Path, lines: &[Line]) -> Result<(), Error> {
    let write = || {
        let mut writer = BufWriter::new(File::create_new(path)?);
        lines.iter().try_for_each(|line| write!(writer, "{line}"))?;
        writer.into_inner()?.sync_all()
    };
    write().map_err(|error| failed(path, error))
}

fn write(path: &Path, content: &str) -> Result<(), Error> {
    let write = || {
        let mut file = File::create_new(path)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| failed(path, error))
}

/// Makes a folder for its owner only: a private key will be put there.
fn make_folder(path: &Path) -> Result<(), Error> {
    #[cfg_attr(not(unix), allow(unused_mut))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| failed(path, error))
}

/// Makes the names in a folder durable, where the system lets folders be opened.
fn sync_folder(path: &Path) -> Result<(), Error> {
    if !cfg!(unix) {
        return Ok(());
    }
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| failed(path, error))
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::file(path, source)
}
