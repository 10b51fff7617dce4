//! RFC 1421 headers in the bodies of PEM blocks: passed over where they say nothing of importance, as
//! OpenSSL passes them over; and those that say how a private key is encrypted (sections 4.6.1.1 and
//! 4.6.1.3), as OpenSSL wrote keys up to its version 1.0.

use super::base64::{self, is_blank};
use crate::hexadecimal;

/// A body that is encrypted.
pub(crate) struct Encrypted {
    /// The name of the cipher, which is not shown before it is known to be one.
    pub(crate) cipher: String,
    pub(crate) iv: Vec<u8>,
    pub(crate) ciphertext: Vec<u8>,
}

/// Whether the headers of a body say that it is encrypted.
pub(super) fn is_encrypted(body: &str) -> bool {
    body.contains("Proc-Type:") || body.contains("DEK-Info:")
}

/// What follows headers that do not encrypt and the empty line that ends them.
pub(super) fn pass_over(body: &str) -> Result<&str, &'static str> {
    let mut rest = body.trim_start_matches(is_blank);
    loop {
        let (line, after) = next_line(rest).ok_or(HEADERS)?;
        rest = after;
        if line.chars().all(is_blank) {
            break;
        }
        // A line that begins with white space continues the one before.
        if !line.contains(':') && !line.starts_with([' ', '\t']) {
            return Err(HEADERS);
        }
    }
    if rest.contains(':') { Err(HEADERS) } else { Ok(rest) }
}

/// Reads a body of which they say it.
pub(super) fn read(body: &str) -> Result<Encrypted, &'static str> {
    let mut rest = body.trim_start_matches(is_blank);
    let (mut is_encrypted, mut key) = (false, None);
    loop {
        let (line, after) = next_line(rest).ok_or(HEADERS)?;
        rest = after;
        let Some((name, value)) = line.split_once(':') else {
            if line.chars().all(is_blank) {
                break;
            }
            return Err(HEADERS);
        };
        match (name, value.trim()) {
            ("Proc-Type", "4,ENCRYPTED") => is_encrypted = true,
            ("Proc-Type", _) => return Err(NOT_ENCRYPTED),
            ("DEK-Info", value) if key.is_none() => {
                key = Some(value.split_once(',').ok_or(NO_KEY)?)
            }
            ("DEK-Info", _) => return Err("DEK-Info twice"),
            _ => {}
        }
    }
    let (cipher, iv) = key.ok_or(NO_KEY)?;
    if !is_encrypted {
        return Err(NOT_ENCRYPTED);
    }
    // Eight or sixteen bytes.
    if !matches!(iv.len(), 16 | 32) {
        return Err(NO_KEY);
    }
    let iv = hexadecimal::bytes(iv).ok_or(NO_KEY)?;
    let ciphertext = base64::decode(rest)?.to_vec();
    Ok(Encrypted { cipher: cipher.to_owned(), iv, ciphertext })
}

/// A line without its end, CR, LF or both, and what follows it.
fn next_line(text: &str) -> Option<(&str, &str)> {
    let end = text.find(['\r', '\n'])?;
    let (line, rest) = text.split_at_checked(end)?;
    Some((line, rest.strip_prefix("\r\n").or(rest.get(1..))?))
}

const HEADERS: &str = "RFC 1421 headers without an empty line behind them; remove them";
const NO_KEY: &str =
    "a DEK-Info header without a cipher and an initial vector in hexadecimal digits";
const NOT_ENCRYPTED: &str = "a Proc-Type header other than 4,ENCRYPTED";
