//! Certificate serial numbers (RFC 5280 section 4.1.2.2).

use std::fmt;
use std::str::FromStr;

use rand_core::TryCryptoRng;

use crate::error::Error;
use crate::hexadecimal::hexadecimal;
use crate::limits::SERIAL_OCTETS;

/// A serial number: positive, at most 20 octets.
///
/// ```
/// use certwright::SerialNumber;
/// let serial: SerialNumber = "084bde9cd233f0dd".parse()?;
/// assert_eq!(serial.to_string(), "084bde9cd233f0dd");
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SerialNumber {
    /// Big-endian, zeros in front.
    octets: [u8; SERIAL_OCTETS],
}

impl SerialNumber {
    /// A new serial number of 20 octets with 158 bits from `rng`: RFC 5280 asks for uniqueness, the
    /// CA/Browser baseline (7.1) for 64 bits nobody can guess.
    ///
    /// # Errors
    /// [`Error::Random`] when the generator fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, Error> {
        let mut octets = [0; SERIAL_OCTETS];
        rng.try_fill_bytes(&mut octets)
            .map_err(|error| Error::Random { source: error.to_string().into() })?;
        if let Some(first) = octets.first_mut() {
            // The sign bit off, so that it is positive; the next on, so that the length is fixed.
            *first = (*first & 0x3f) | 0x40;
        }
        Ok(Self { octets })
    }

    /// A serial number from its big-endian octets; zeros in front are dropped.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is zero or, as a positive DER INTEGER, longer than 20 octets.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let skipped = bytes.iter().take_while(|octet| **octet == 0).count();
        let significant = bytes.get(skipped..).unwrap_or_default();
        let problem = match significant.first() {
            None => "zero; it must be positive",
            Some(first) if significant.len() + usize::from(first >> 7) > SERIAL_OCTETS => {
                "longer than 20 octets"
            }
            Some(_) => {
                let mut octets = [0; SERIAL_OCTETS];
                for (to, from) in octets.iter_mut().rev().zip(significant.iter().rev()) {
                    *to = *from;
                }
                return Ok(Self { octets });
            }
        };
        Err(Error::malformed("serial number", "", problem))
    }

    /// The big-endian octets without zeros in front; never empty.
    pub fn as_bytes(&self) -> &[u8] {
        let skipped = self.octets.iter().take_while(|octet| **octet == 0).count();
        self.octets.get(skipped..).unwrap_or(&self.octets)
    }
}

impl FromStr for SerialNumber {
    type Err = Error;

    /// Reads hexadecimal digits, of either case, with or without colons between octets.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else, zero, or more than 20 octets.
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
        let octets: Vec<u8> = digits
            .rchunks(2)
            .rev()
            .map(|pair| pair.iter().fold(0u8, |octet, digit| (octet << 4) | (*digit as u8)))
            .collect();
        Self::from_bytes(&octets)
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({self})")
    }
}

impl fmt::Display for SerialNumber {
    /// Lower-case hexadecimal, two digits an octet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(self.as_bytes()))
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
        assert!(SerialNumber::from_bytes(&[0x80; 20]).is_err(), "21 octets with the sign octet");
        assert!(SerialNumber::from_bytes(&[0x80; 19]).is_ok());
        assert!(SerialNumber::from_bytes(&[1; 21]).is_err());
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
