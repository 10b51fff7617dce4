//! The parts of which keys and values are made.

use std::ops::ControlFlow;

use crate::error::{StoreError, StoreErrorKind};
use crate::limits::SERIAL_BYTES;
use crate::serial::SerialNumber;
use crate::store::ReadTransaction;
use crate::validity::Time;

use super::IssuerDigest;

/// A serial number with zeros in front, so that the order of keys is that of numbers. One that does not
/// conform, of which there are no records, is longer.
pub(super) fn padded(serial: &SerialNumber) -> Vec<u8> {
    let bytes = serial.as_bytes();
    let mut padded = vec![0; SERIAL_BYTES.saturating_sub(bytes.len())];
    padded.extend_from_slice(bytes);
    padded
}

/// The issuer and serial number of a key.
pub(super) fn split_key(
    prefix: &[u8],
    key: &[u8],
) -> Result<(IssuerDigest, SerialNumber), StoreError> {
    let parts = key.strip_prefix(prefix).and_then(|rest| rest.split_first_chunk::<32>());
    let parsed = parts.and_then(|(issuer, serial)| {
        let serial = SerialNumber::from_bytes(serial).ok()?;
        Some((*issuer, serial))
    });
    parsed.ok_or_else(|| corrupt("a key", "it names no issuer and serial number"))
}

/// The time at the beginning, and what follows.
pub(super) fn take_time(bytes: &[u8]) -> Option<(Time, &[u8])> {
    let (seconds, rest) = bytes.split_first_chunk::<8>()?;
    Some((Time::from_unix(i64::from_be_bytes(*seconds)).ok()?, rest))
}

/// A time as it is written; between two of them, the order of bytes is that of times since 1970.
pub(super) fn time(time: Time) -> [u8; 8] {
    time.unix().to_be_bytes()
}

/// A text with its length; one that is longer than `most` bytes is cut at a character.
pub(super) fn text(text: &str, most: usize) -> Vec<u8> {
    let mut end = text.len().min(most).min(usize::from(u16::MAX));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let kept = text.get(..end).unwrap_or_default();
    [&(kept.len() as u16).to_be_bytes()[..], kept.as_bytes()].concat()
}

pub(super) fn take_text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (text, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((String::from_utf8(text.to_vec()).ok()?, rest))
}

/// A flag in one byte, and what follows.
pub(super) fn take_flag(bytes: &[u8]) -> Option<(bool, &[u8])> {
    match bytes.split_first()? {
        (0, rest) => Some((false, rest)),
        (1, rest) => Some((true, rest)),
        _ => None,
    }
}

/// Whether there is any record whose key begins so.
pub(super) fn is_any(transaction: &dyn ReadTransaction, prefix: &[u8]) -> Result<bool, StoreError> {
    let mut found = false;
    transaction.scan(prefix, prefix, &mut |_, _| {
        found = true;
        ControlFlow::Break(())
    })?;
    Ok(found)
}

/// The content of a value whose version this build knows; another version is refused by name.
pub(super) fn versioned(
    value: &[u8],
    known: u8,
    what: impl Fn() -> String,
) -> Result<&[u8], StoreError> {
    match value.split_first() {
        Some((version, content)) if *version == known => Ok(content),
        Some((other, _)) => {
            let by = if *other > known {
                "; a later version of certwright wrote it, or it is damaged"
            } else {
                ""
            };
            Err(corrupt(&what(), &format!("version {other}; this build reads version {known}{by}")))
        }
        None => Err(corrupt(&what(), "empty")),
    }
}

pub(super) fn corrupt(what: &str, problem: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, format!("{what}: {problem}"))
}
