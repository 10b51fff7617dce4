//! The value of an SM2 ciphertext: SEQUENCE { x, y, C3, C2 } (GM/T 0009 section 7.2).

use super::signature::fixed_width;
use super::tlv::{OCTET_STRING, SEQUENCE, Values, encode, encode_unsigned};
use crate::error::Error;

/// A ciphertext in its parts.
pub(crate) struct Sm2Ciphertext<'a> {
    /// x and y of C1, of 32 bytes each, one behind the other.
    pub(crate) point: Vec<u8>,
    /// The digest C3.
    pub(crate) digest: &'a [u8],
    /// C2, as long as the plaintext.
    pub(crate) masked: &'a [u8],
}

/// Bytes of a coordinate, and of a digest.
const WIDTH: usize = 32;
const WHAT: &str = "SM2 ciphertext";

impl<'a> Sm2Ciphertext<'a> {
    /// Reads a ciphertext: the SEQUENCE, or `04`, x, y, C3 and C2 one behind the other (GB/T 32918.4).
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        if let Some(rest) = bytes.strip_prefix(&[4]) {
            let parts = rest.split_at_checked(2 * WIDTH).and_then(|(point, rest)| {
                let (digest, masked) = rest.split_at_checked(WIDTH)?;
                Some(Self { point: point.to_vec(), digest, masked })
            });
            return parts.ok_or_else(|| Error::malformed(WHAT, "", "cut off"));
        }
        let mut values = Values::inside(WHAT, "outermost value", SEQUENCE, bytes)?;
        let mut point = fixed_width(WHAT, "x", values.unsigned("x")?, WIDTH)?;
        point.extend(fixed_width(WHAT, "y", values.unsigned("y")?, WIDTH)?);
        let digest = values.content(OCTET_STRING, "C3")?;
        let masked = values.content(OCTET_STRING, "C2")?;
        values.finish("after C2")?;
        Ok(Self { point, digest, masked })
    }

    /// The SEQUENCE.
    pub(crate) fn to_der(&self) -> Vec<u8> {
        let (x, y) = self.point.split_at_checked(WIDTH).unwrap_or_default();
        let (digest, masked) =
            (encode(OCTET_STRING, &[self.digest]), encode(OCTET_STRING, &[self.masked]));
        encode(SEQUENCE, &[&encode_unsigned(x), &encode_unsigned(y), &digest, &masked])
    }
}
