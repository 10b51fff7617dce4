//! Files and standard input, of bounded length.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use certwright::crl::RevocationList;
use certwright::key::SealingKey;
use certwright::verify::{Bundle, Skipped};
use certwright::{Certificate, Error};
use zeroize::Zeroizing;

use super::output::{given_path, notice};

/// Bytes of a file of certificates, a request or a key: what the engine reads at most.
pub const BYTES: usize = 1024 * 1024;

/// Bytes of a file that may be a revocation list: the engine reads 64 MiB, which PEM makes longer.
pub const LIST_BYTES: usize = 96 * 1024 * 1024;

/// Bytes of the parameters of an operation, or of a configuration: some texts of the engine's limit.
pub const JSON_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of a passphrase, its newline included.
const PASSPHRASE_BYTES: usize = 1024 + 2;

/// Bytes of the key that seals private keys.
const KEY_BYTES: usize = 32;

/// Reads a file, or standard input where it is `-`. What was read is wiped when dropped: it may be
/// or hold a secret.
pub fn read(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let read = match path.to_str() {
        Some("-") => bounded(&mut io::stdin().lock(), limit),
        _ => File::open(path).and_then(|mut file| bounded(&mut file, limit)),
    };
    let read = read.map_err(|error| file_error(path, error.to_string()))?;
    match read.len() <= limit {
        true => Ok(read),
        false => Err(file_error(path, format!("longer than {limit} bytes"))),
    }
}

/// Refuses a file that others than its owner may read or write. Pipes and standard input have no
/// permissions that matter.
#[cfg(unix)]
fn require_private(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    // What cannot be asked cannot be opened either.
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file);
    let mode = metadata.map_or(0, |metadata| metadata.permissions().mode() & 0o777);
    if mode & 0o066 == 0 || path.to_str() == Some("-") {
        return Ok(());
    }
    let place = given_path(path);
    let problem = format!(
        "a secret with permissions {mode:04o}, which others than its owner can read or write; run \
         `chmod 600 {place}`"
    );
    Err(file_error(path, problem))
}

/// Elsewhere than on Unix, access lists are not judged.
#[cfg(not(unix))]
fn require_private(_: &Path) -> Result<(), Error> {
    Ok(())
}

/// Reads a text.
pub fn read_text(path: &Path, limit: usize) -> Result<Zeroizing<String>, Error> {
    let bytes = read(path, limit)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| file_error(path, "not UTF-8"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Reads a text that is secret.
#[cfg(feature = "serve")]
pub fn read_secret_text(path: &Path, limit: usize) -> Result<Zeroizing<String>, Error> {
    require_private(path)?;
    read_text(path, limit)
}

/// Reads the key that seals private keys.
pub fn read_sealing_key(path: &Path) -> Result<SealingKey, Error> {
    require_private(path)?;
    let bytes = read(path, BYTES)?;
    let found = bytes.len();
    let wrong = || file_error(path, format!("{found} bytes; a key file has exactly {KEY_BYTES}"));
    let bytes = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| wrong())?;
    Ok(SealingKey::from_bytes(bytes))
}

/// Reads a passphrase: the first and only line of a file.
pub fn read_passphrase(path: &Path) -> Result<Zeroizing<String>, Error> {
    require_private(path)?;
    let text = read_text(path, PASSPHRASE_BYTES)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    match line.contains('\n') {
        true => Err(file_error(path, "more than one line; a passphrase is one")),
        false => Ok(Zeroizing::new(line.to_owned())),
    }
}

/// Reads certificates: PEM blocks, or one in DER. Blocks that cannot be read are named on standard error
/// and left out, but not where one is the `needed` first of a chain, or where nothing is left.
pub fn read_certificates(path: &Path, needed: bool) -> Result<Vec<Certificate>, Error> {
    let bytes = read(path, BYTES)?;
    let failed = |error: Error| file_error(path, error.to_string());
    let Some(text) = text(&bytes) else {
        return Ok(vec![Certificate::from_der(&bytes).map_err(failed)?]);
    };
    let bundle = Bundle::from_pem(&text).map_err(failed)?;
    let is_first = |skipped: &Skipped| needed && skipped.after == 0;
    match bundle.skipped().first() {
        Some(first) if is_first(first) || bundle.certificates().is_empty() => {
            Err(file_error(path, first.to_string()))
        }
        _ => {
            for skipped in bundle.skipped() {
                notice(&format!("{}: left out: {skipped}", given_path(path)));
            }
            Ok(bundle.into_iter().collect())
        }
    }
}

/// Reads revocation lists: PEM blocks, or one in DER.
pub fn read_lists(path: &Path) -> Result<Vec<RevocationList>, Error> {
    let bytes = read(path, LIST_BYTES)?;
    let lists = match text(&bytes) {
        Some(text) => RevocationList::many_from_pem(&text),
        None => RevocationList::from_der(&bytes).map(|list| vec![list]),
    };
    lists.map_err(|error| file_error(path, error.to_string()))
}

/// The text, where the bytes are one, in UTF-8 or, with a byte order mark, UTF-16. What is around PEM
/// blocks may be in any encoding.
pub fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    match bytes {
        [0xff, 0xfe, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        _ => {}
    }
    let plain = |c: char| !c.is_control() || c.is_whitespace();
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().all(plain) => return Some(Zeroizing::new(text.to_owned())),
        Err(_) if bytes.first() == Some(&0x30) => return None,
        _ => {}
    }
    let has_block = bytes.windows(BEGIN.len()).any(|window| window == BEGIN);
    has_block.then(|| Zeroizing::new(String::from_utf8_lossy(bytes).into_owned()))
}

/// UTF-16, as editors and PowerShell of Windows write it.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Zeroizing<String>> {
    // A character of one unit has at most three bytes in UTF-8; a text that grows leaves copies.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() / 2 * 3));
    let (pairs, odd) = bytes.as_chunks::<2>();
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(character.ok()?);
    }
    odd.is_empty().then_some(text)
}

/// Something wrong with a file.
pub fn file_error(path: &Path, problem: impl Into<String>) -> Error {
    Error::malformed("file", given_path(path), problem)
}

/// Reads all there is, and stops where it is more than the limit.
fn bounded(from: &mut dyn Read, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    // A vector that grows by itself leaves copies of a secret behind.
    let mut read = Zeroizing::new(vec![0; 4096]);
    let mut length = 0;
    while length <= limit {
        if length == read.len() {
            let mut longer = Zeroizing::new(vec![0; 2 * length]);
            longer.iter_mut().zip(read.iter()).for_each(|(new, old)| *new = *old);
            read = longer;
        }
        match from.read(read.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    read.truncate(length);
    Ok(read)
}
