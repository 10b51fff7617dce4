//! Bytes that parameters and answers have in base64 (RFC 4648 section 4).

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::super::error::CasError;

/// The bytes of a parameter. What was given is not shown.
pub(crate) fn decode(name: &str, text: &str) -> Result<Zeroizing<Vec<u8>>, CasError> {
    let mut bytes = Zeroizing::new(vec![0; text.len() / 4 * 3]);
    let decoded = Base64::decode(text, &mut bytes).map(<[u8]>::len);
    let allowed = "base64 without white space, padded";
    let wrong = |_| CasError::invalid(name, format!("{} characters", text.len()), allowed);
    let length = decoded.map_err(wrong)?;
    bytes.truncate(length);
    Ok(bytes)
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}
