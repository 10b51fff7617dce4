//! What a certificate is called by, whoever issued it.

use std::fmt;
use std::str::FromStr;

use super::IssuerDigest;
use super::bytes::padded;
use crate::error::{Error, quoted};
use crate::hexadecimal::hexadecimal;
use crate::key::fingerprint;
use crate::serial::SerialNumber;

const BYTES: usize = 16;

/// Names one certificate in a store, in 32 lowercase hexadecimal digits: the first half of the
/// SHA-256 of its issuer's digest and its serial number (20 bytes). Whoever has the certificate can
/// compute it; nobody can guess one that was not shown to him, since serial numbers are drawn.
///
/// ```
/// use certwright::ledger::Identifier;
/// let text = "00112233445566778899aabbccddeeff";
/// assert_eq!(text.parse::<Identifier>()?.to_string(), text);
/// assert!("00112233445566778899AABBCCDDEEFF".parse::<Identifier>().is_err());
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Identifier([u8; BYTES]);

impl Identifier {
    /// The identifier of a certificate.
    pub fn of(issuer: &IssuerDigest, serial: &SerialNumber) -> Self {
        let digest = fingerprint(&[&issuer[..], &padded(serial)].concat());
        let mut bytes = [0; BYTES];
        bytes.iter_mut().zip(digest).for_each(|(byte, digest)| *byte = digest);
        Self(bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }

    pub(super) fn bytes(&self) -> &[u8; BYTES] {
        &self.0
    }
}

impl FromStr for Identifier {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digit = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; BYTES];
        let read = text.len() == 2 * BYTES
            && text.as_bytes().chunks(2).zip(&mut bytes).all(|(pair, byte)| match *pair {
                [high, low] => match (digit(high), digit(low)) {
                    (Some(high), Some(low)) => {
                        *byte = high << 4 | low;
                        true
                    }
                    _ => false,
                },
                _ => false,
            });
        if read {
            return Ok(Self(bytes));
        }
        let problem = format!("{}; allowed 32 lowercase hexadecimal digits", quoted(text));
        Err(Error::malformed("identifier", "", problem))
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({self})")
    }
}
