//! Out of a folder of `openssl ca` into the ledger.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::index::{self, Line, State};
use super::problems::{Problem, Problems, shown};
use super::revoked::Revoked;
use super::subject::{is_oneline, oneline};
use super::{CERTIFICATE, CERTIFICATES, CRL_NUMBER, INDEX, hexadecimal};
use crate::certificate::Certificate;
use crate::error::{Error, StoreErrorKind};
use crate::issuer::Issuer;
use crate::ledger::{
    CertificateRecord, Change, Ledger, RecordState, Revocation, RevocationReason, Stamp,
};
use crate::limits::{INPUT_BYTES, OPENSSL_INDEX_BYTES, OPENSSL_NUMBER_BYTES};
use crate::serial::SerialNumber;
use crate::validity::Time;

/// What an import took over.
#[must_use = "it says where CRLs must stay"]
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ImportSummary {
    /// Certificates that the ledger did not have.
    pub imported: usize,
    /// Certificates that it had.
    pub present: usize,
    /// Revocations and holds that it did not have.
    pub revoked: usize,
    /// The last CRL number, after the import: the next CRL has the next.
    pub crl_number: u64,
    /// The URLs at which certificates that have not ended say that their CRLs are, in order. Readers look
    /// there, so CRLs must stay there; new certificates say it where the issuer has
    /// [`CrlDistribution::at`](crate::crl::CrlDistribution::at) that URL.
    pub crl_urls: BTreeSet<String>,
}

/// Reads the folder and takes it over, in one transaction.
pub(crate) fn import(
    folder: &Path,
    issuer: &Issuer,
    ledger: &Ledger,
    stamp: &Stamp,
) -> Result<ImportSummary, Error> {
    let mut problems = Problems::default();
    check_authority(folder, issuer, &mut problems)?;
    let last = last_crl_number(folder, &mut problems)?;
    let index = read(&folder.join(INDEX), OPENSSL_INDEX_BYTES)?;
    let Some(index) = index else {
        return Err(failed(&folder.join(INDEX), io::ErrorKind::NotFound.into()));
    };
    let lines = index::parse(&index, &mut problems);
    check_files(folder, &lines, &mut problems)?;
    let mut summary = ImportSummary::default();
    let mut changes = Vec::new();
    let known = ledger.crl_state(&stamp.issuer, 0)?.number;
    if let Some(number) = last.filter(|number| *number > known) {
        changes.push(Change::CrlNumber { number, dates: None });
    }
    let first = changes.len();
    for (number, line) in &lines {
        let certificate = match certificate(folder, issuer, line, stamp.at)? {
            Ok(certificate) => certificate,
            Err(found) => {
                let name = format!("line {number}, {}", file_name(&line.serial));
                found.into_iter().for_each(|problem| problems.add(CERTIFICATES, &name, problem));
                continue;
            }
        };
        let revoked = match line.state {
            State::Revoked(revoked) => Some(revoked),
            State::Expired | State::Valid => None,
        };
        if certificate.validity().not_after() >= stamp.at {
            summary.crl_urls.extend(certificate.crl_urls());
        }
        match ledger.certificate(&stamp.issuer, &line.serial)? {
            None => {
                summary.imported += 1;
                summary.revoked += usize::from(revoked.is_some());
                changes.push(taken_over(certificate, revoked));
            }
            Some(record) if is_same(&record, &certificate) => {
                summary.present += 1;
                if let Some(revoked) = revoked
                    && is_news(ledger, stamp, &line.serial, revoked)?
                {
                    let Revoked { at, reason, invalid_since } = revoked;
                    let serial = line.serial;
                    changes.push(Change::Revoke { serial, reason, at, invalid_since });
                    summary.revoked += 1;
                }
            }
            Some(_) => {
                let allowed = "a serial number that is unused here, or this certificate";
                let problem = Problem::new("a serial number that was assigned here", allowed);
                problems.add(INDEX, &format!("line {number}"), problem);
            }
        }
    }
    problems.finish()?;
    for (position, answer) in ledger.change(stamp, changes).into_iter().enumerate() {
        match answer {
            // Another thread went past the CRL number meanwhile.
            Err(error) if position < first && error.kind() == StoreErrorKind::Conflict => {}
            answer => answer?,
        }
    }
    summary.crl_number = ledger.crl_state(&stamp.issuer, 0)?.number;
    Ok(summary)
}

/// The CA's own certificate, where it is there, is one of this issuer's key.
fn check_authority(folder: &Path, issuer: &Issuer, problems: &mut Problems) -> Result<(), Error> {
    let Some(bytes) = read(&folder.join(CERTIFICATE), INPUT_BYTES)? else { return Ok(()) };
    let allowed = "a certificate of the issuer that imports";
    match Certificate::many_from_pem(&String::from_utf8_lossy(&bytes)) {
        Ok(certificates) => {
            let own = issuer.certificate().public_key_info();
            if certificates.iter().all(|certificate| certificate.public_key_info() != own) {
                problems.add(CERTIFICATE, "", Problem::new("another key", allowed));
            }
        }
        Err(error) => problems.add(CERTIFICATE, "", Problem::new(error.to_string(), allowed)),
    }
    Ok(())
}

/// The number of the last CRL: the file has the next. None where there is no file.
fn last_crl_number(folder: &Path, problems: &mut Problems) -> Result<Option<u64>, Error> {
    let path = folder.join(CRL_NUMBER);
    let Some(bytes) = read(&path, OPENSSL_NUMBER_BYTES)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes);
    let digits = text.trim();
    let hexadecimal = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u64::from_str_radix(digits, 16).ok().filter(|_| hexadecimal);
    if number.is_none() {
        let allowed = format!("hexadecimal digits of a number up to {:X}", u64::MAX);
        problems.add(CRL_NUMBER, "", Problem::new(shown(&text), allowed));
    }
    Ok(number.map(|next| next.saturating_sub(1)))
}

/// Every certificate in the folder has its line: one without is in a state that nobody knows.
fn check_files(
    folder: &Path,
    lines: &[(usize, Line)],
    problems: &mut Problems,
) -> Result<(), Error> {
    let folder = folder.join(CERTIFICATES);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        // Each line will tell that its file is missing.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(&folder, error)),
    };
    let known: BTreeSet<String> = lines.iter().map(|(_, line)| file_name(&line.serial)).collect();
    for entry in entries {
        let name = entry.map_err(|error| failed(&folder, error))?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".pem") && !known.contains(name.as_ref()) {
            let allowed = format!("certificates that {INDEX} has a readable line for");
            problems.add(CERTIFICATES, "", Problem::new(shown(&name), allowed));
        }
    }
    Ok(())
}

/// The certificate of a line, or everything in which the two do not agree.
fn certificate(
    folder: &Path,
    issuer: &Issuer,
    line: &Line,
    now: Time,
) -> Result<Result<Certificate, Vec<Problem>>, Error> {
    let Line { state, not_after, serial, subject } = line;
    let path = folder.join(CERTIFICATES).join(file_name(serial));
    let Some(bytes) = read(&path, INPUT_BYTES)? else {
        return Ok(Err(vec![Problem::new("no file", "the certificate of each line")]));
    };
    let text = String::from_utf8_lossy(&bytes);
    let certificate = match Certificate::from_pem(&text) {
        Ok(certificate) => certificate,
        Err(error) => {
            return Ok(Err(vec![Problem::new(error.to_string(), "a certificate in PEM")]));
        }
    };
    let mut found = Vec::new();
    let (named, signed) = issuer.issued(&certificate);
    if !named {
        let own = issuer.certificate().subject().to_string();
        found.push(Problem::new(
            format!("issuer {}", shown(&certificate.issuer().to_string())),
            own,
        ));
    }
    if !signed {
        let given = "a signature that does not verify";
        found.push(Problem::new(given, "certificates that this issuer's key signed"));
    }
    if certificate.serial() != serial {
        let given = format!("serial number {}", certificate.serial());
        found.push(Problem::new(given, format!("{serial}, as in {INDEX}")));
    }
    let end = certificate.validity().not_after();
    if end != *not_after {
        found.push(Problem::new(format!("end {end}"), format!("{not_after}, as in {INDEX}")));
    }
    let own = certificate.subject();
    // OpenSSL writes the serial number in the place of a subject that is empty.
    let empty = own.is_empty() && *subject == hexadecimal(serial.as_bytes());
    if !empty && !is_oneline(subject, own) {
        let given = format!("subject {}", shown(&oneline(own)));
        found.push(Problem::new(given, format!("{}, as in {INDEX}", shown(subject))));
    }
    if let State::Revoked(Revoked { at, reason: _, invalid_since }) = state {
        for (what, time, latest) in
            [("revoked at", Some(*at), now), ("invalid since", *invalid_since, *at)]
        {
            if let Some(time) = time.filter(|time| *time > latest) {
                found.push(Problem::new(format!("{what} {time}"), format!("until {latest}")));
            }
        }
    }
    Ok(if found.is_empty() { Ok(certificate) } else { Err(found) })
}

fn taken_over(certificate: Certificate, revoked: Option<Revoked>) -> Change {
    let revocation = revoked.map(|Revoked { at, reason, invalid_since }| Revocation {
        serial: *certificate.serial(),
        reason,
        at,
        invalid_since,
        not_after: certificate.validity().not_after(),
        // The ledger knows.
        sequence: 0,
        released: false,
    });
    Change::Import { certificate: Box::new(certificate), revocation }
}

fn is_same(record: &CertificateRecord, certificate: &Certificate) -> bool {
    match &record.state {
        RecordState::Cancelled { .. } | RecordState::Claimed { .. } => false,
        RecordState::Issued { certificate: known, .. } => **known == *certificate,
    }
}

/// Whether the ledger does not know yet that a certificate is revoked. What it knows stays: a
/// revocation its reason, and what was released here does not go back on hold.
fn is_news(
    ledger: &Ledger,
    stamp: &Stamp,
    serial: &SerialNumber,
    revoked: Revoked,
) -> Result<bool, Error> {
    let known = ledger.revocation_or_release(&stamp.issuer, serial)?;
    Ok(known.is_none_or(|known| {
        known.reason == RevocationReason::CertificateHold
            && revoked.reason != RevocationReason::CertificateHold
    }))
}

fn file_name(serial: &SerialNumber) -> String {
    format!("{}.pem", hexadecimal(serial.as_bytes()))
}

/// The bytes of a file, at most one more than the limit; none where there is no such file.
fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, Error> {
    let read = || {
        // What is no file, such as a pipe, could be read for ever.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
        }
        let mut bytes = Vec::new();
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        File::open(path)?.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::file(path, source)
}
