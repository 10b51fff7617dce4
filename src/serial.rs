//! Certificate serial numbers (RFC 5280 section 4.1.2.2).

use std::fmt;
use std::str::FromStr;

use rand_core::TryCryptoRng;

use crate::error::Error;
use crate::hexadecimal::hexadecimal;
use crate::limits::{READ_SERIAL_BYTES, SERIAL_BYTES};

/// A serial number. Those that are made here are positive and of at most 20 bytes; a certificate or CRL
/// that was read may have another ([`SerialNumber::is_conforming`]), which is shown and compared, and which
/// no authority of this crate gives or revokes.
///
/// ```
/// use certwright::SerialNumber;
/// let serial: SerialNumber = "084bde9cd233f0dd".parse()?;
/// assert_eq!(serial.to_string(), "084bde9cd233f0dd");
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SerialNumber {
    /// Big-endian, in two's complement.
    bytes: [u8; READ_SERIAL_BYTES],
}

impl SerialNumber {
    /// A new serial number of 20 bytes with 158 bits from `rng`: RFC 5280 asks for uniqueness, the
    /// CA/Browser baseline (7.1) for 64 bits nobody can guess.
    ///
    /// # Errors
    /// [`Error::Random`] when the generator fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, Error> {
        let mut bytes = [0; SERIAL_BYTES];
        rng.try_fill_bytes(&mut bytes)
            .map_err(|error| Error::Random { source: error.to_string().into() })?;
        if let Some(first) = bytes.first_mut() {
            // The sign bit off, so that it is positive; the next on, so that the length is fixed.
            *first = (*first & 0x3f) | 0x40;
        }
        Ok(Self::extended(&bytes, 0))
    }

    /// A serial number from its big-endian bytes; zeros in front are dropped.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is zero or, as a positive DER INTEGER, longer than 20 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let skipped = bytes.iter().take_while(|byte| **byte == 0).count();
        let significant = bytes.get(skipped..).unwrap_or_default();
        let problem = match significant.first() {
            None => "zero; it must be positive",
            Some(first) if significant.len() + usize::from(first >> 7) > SERIAL_BYTES => {
                "longer than 20 bytes"
            }
            Some(_) => return Ok(Self::extended(significant, 0)),
        };
        Err(Error::malformed("serial number", "", problem))
    }

    /// A serial number as it was read, from the content of a DER INTEGER in its shortest form; none where
    /// that is longer than what is read.
    pub(crate) fn read(content: &[u8]) -> Option<Self> {
        let sign = content.first().map(|first| if *first < 0x80 { 0 } else { 0xff });
        (content.len() <= READ_SERIAL_BYTES).then(|| Self::extended(content, sign.unwrap_or(0)))
    }

    /// At most [`READ_SERIAL_BYTES`], with bytes of the sign in front.
    fn extended(content: &[u8], sign: u8) -> Self {
        let mut bytes = [sign; READ_SERIAL_BYTES];
        for (to, from) in bytes.iter_mut().rev().zip(content.iter().rev()) {
            *to = *from;
        }
        Self { bytes }
    }

    /// Whether it is positive and of at most 20 bytes, as RFC 5280 section 4.1.2.2 wants it.
    pub fn is_conforming(&self) -> bool {
        let above = self.bytes.iter().rev().skip(SERIAL_BYTES - 1);
        let mut above = above.enumerate();
        let short = above.all(|(at, byte)| *byte == 0 || at == 0 && *byte < 0x80);
        short && self.bytes.iter().any(|byte| *byte != 0)
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.bytes.first().is_some_and(|first| *first >= 0x80)
    }

    /// The big-endian bytes without zeros in front; never empty. Of one that does not conform, the bytes
    /// of its two's complement, at least 21, so that no other serial number has the same.
    pub fn as_bytes(&self) -> &[u8] {
        let significant = self.bytes.iter().take_while(|byte| **byte == self.sign()).count();
        let from = match self.is_conforming() {
            true => significant,
            // One more, which has the sign.
            false => significant.saturating_sub(1).min(READ_SERIAL_BYTES - SERIAL_BYTES - 1),
        };
        self.bytes.get(from..).unwrap_or(&self.bytes)
    }

    fn sign(&self) -> u8 {
        if self.is_negative() { 0xff } else { 0 }
    }

    /// The bytes of its absolute value, without zeros in front.
    fn magnitude(&self) -> Vec<u8> {
        let mut bytes = self.bytes;
        if self.is_negative() {
            // The two's complement of it, from the least byte on.
            let mut carry = true;
            for byte in bytes.iter_mut().rev() {
                (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
            }
        }
        bytes.into_iter().skip_while(|byte| *byte == 0).collect()
    }
}

impl FromStr for SerialNumber {
    type Err = Error;

    /// Reads hexadecimal digits, of either case, with or without colons between bytes.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else, zero, or more than 20 bytes.
    fn from_str(text: &str) -> Result<Self, Error> {
        let not_hexadecimal = || {
            Error::malformed("serial number", crate::error::quoted(text), "not hexadecimal digits")
        };
        let digits: Vec<u32> = text
            .chars()
            .filter(|c| *c != ':')
            .map(|c| c.to_digit(16).ok_or_else(not_hexadecimal))
            .collect::<Result<_, _>>()?;
        if digits.is_empty() {
            return Err(not_hexadecimal());
        }
        let bytes: Vec<u8> = digits
            .rchunks(2)
            .rev()
            .map(|pair| pair.iter().fold(0u8, |byte, digit| (byte << 4) | (*digit as u8)))
            .collect();
        Self::from_bytes(&bytes)
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({self})")
    }
}

impl fmt::Display for SerialNumber {
    /// Lower-case hexadecimal, two digits a byte; behind a minus sign where it is negative.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_conforming() {
            return f.write_str(&hexadecimal(self.as_bytes()));
        }
        let (sign, magnitude) = (if self.is_negative() { "-" } else { "" }, self.magnitude());
        let digits = if magnitude.is_empty() { "00".to_owned() } else { hexadecimal(&magnitude) };
        write!(f, "{sign}{digits}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_rfc_5280() {
        assert!(SerialNumber::from_bytes(&[]).is_err());
        assert!(SerialNumber::from_bytes(&[0, 0]).is_err());
        assert!(SerialNumber::from_bytes(&[0x7f; 20]).is_ok());
        assert!(SerialNumber::from_bytes(&[0x80; 20]).is_err(), "21 bytes with the sign byte");
        assert!(SerialNumber::from_bytes(&[0x80; 19]).is_ok());
        assert!(SerialNumber::from_bytes(&[1; 21]).is_err());
    }

    #[test]
    fn what_does_not_conform_is_read_shown_and_unlike_any_other() {
        let long = [0x01; 21];
        let cases: [(&[u8], &str); 9] = [
            (&[0], "00"),
            (&[0xff], "-01"),
            (&[0x80], "-80"),
            (&[0xff, 0x00], "-0100"),
            (&[0xfe, 0xff], "-0101"),
            (&long, "010101010101010101010101010101010101010101"),
            (&[&[0, 0x80][..], &[0; 19]].concat(), &format!("80{}", "00".repeat(19))),
            (&[0x80; 20], &format!("-{}80", "7f".repeat(19))),
            (&[&[0x80][..], &[0; 64]].concat(), &format!("-80{}", "00".repeat(64))),
        ];
        let mut seen = Vec::new();
        for (content, text) in cases {
            let serial = SerialNumber::read(content).unwrap();
            assert!(!serial.is_conforming(), "{text}");
            assert_eq!(serial.to_string(), text);
            assert!(serial.as_bytes().len() > SERIAL_BYTES, "{text}");
            assert!(!seen.contains(&serial.as_bytes().to_vec()), "{text}");
            seen.push(serial.as_bytes().to_vec());
        }
        for content in [&[1][..], &[0, 0xff], &[0x7f; 20], &[&[0][..], &[0xff; 19]].concat()] {
            let serial = SerialNumber::read(content).unwrap();
            assert!(serial.is_conforming());
            assert_eq!(serial, SerialNumber::from_bytes(content).unwrap());
        }
        assert!(SerialNumber::read(&[1; READ_SERIAL_BYTES]).is_some());
        assert!(SerialNumber::read(&[1; READ_SERIAL_BYTES + 1]).is_none());
    }

    #[test]
    fn text_form_reads_back() {
        for text in ["01", "80", "0102", "7fffffffffffffffffffffffffffffffffffffff"] {
            assert_eq!(text.parse::<SerialNumber>().unwrap().to_string(), text);
        }
        assert_eq!("1:02".parse::<SerialNumber>().unwrap().to_string(), "0102");
        for text in ["", ":", "xyz", "0", "-1", "0x10"] {
            assert!(text.parse::<SerialNumber>().is_err(), "{text}");
        }
    }
}
