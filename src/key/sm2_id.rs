//! The distinguishing identifier that SM2 signatures bind (GB/T 32918.2 section 5.5).

use std::fmt;

use crate::error::Error;
use crate::limits::SM2_ID_BYTES;

/// The identifier of an SM2 signer. Both sides must use the same, and certificates do not carry it:
/// GM/T 0009 section 10 fixes `1234567812345678` where nothing else is agreed.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Sm2Id(String);

impl Sm2Id {
    /// The identifier of GM/T 0009 section 10.
    pub const DEFAULT: &'static str = "1234567812345678";

    /// An identifier of your own; it may be empty, as OpenSSL 3.0's is when none is given.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is longer than 8191 bytes, whose bits 16 bits cannot count.
    pub fn new(text: &str) -> Result<Self, Error> {
        if text.len() > SM2_ID_BYTES {
            let problem = format!("{} bytes; at most {SM2_ID_BYTES}", text.len());
            return Err(Error::malformed("SM2 identifier", "", problem));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Sm2Id {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl fmt::Display for Sm2Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
