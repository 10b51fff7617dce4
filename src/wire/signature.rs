//! The value of an ECDSA or SM2 signature: SEQUENCE { r, s } (RFC 3279 section 2.2.3, GM/T 0009).

use super::tlv::{SEQUENCE, Values, encode, encode_unsigned};
use crate::error::Error;

pub(crate) fn encode_pair(r: &[u8], s: &[u8]) -> Vec<u8> {
    encode(SEQUENCE, &[&encode_unsigned(r), &encode_unsigned(s)])
}

/// r and s, each as `width` big-endian bytes.
pub(crate) fn read_pair(signature: &[u8], width: usize) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let mut values = Values::inside("signature", "outermost value", SEQUENCE, signature)?;
    let r = fixed_width("signature", "r", values.unsigned("r")?, width)?;
    let s = fixed_width("signature", "s", values.unsigned("s")?, width)?;
    values.finish("after s")?;
    Ok((r, s))
}

/// Big-endian bytes with zeros in front up to `width`.
pub(crate) fn fixed_width(
    what: &'static str,
    place: &str,
    bytes: &[u8],
    width: usize,
) -> Result<Vec<u8>, Error> {
    let padding = width.checked_sub(bytes.len()).ok_or_else(|| {
        let problem = format!("a number of {} bytes; allowed at most {width}", bytes.len());
        Error::malformed(what, place, problem)
    })?;
    let mut out = vec![0; padding];
    out.extend_from_slice(bytes);
    Ok(out)
}
