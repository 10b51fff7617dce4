//! Secrets in memory: wiped when dropped, never printed.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::error::may_be_secret;

/// Bytes that are wiped when dropped. They do not clone or print, and compare in constant time.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    pub(crate) fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for SecretBytes {}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(…)")
    }
}

/// Text that is wiped when dropped. It does not clone or print.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Whether a text may be, or hold, a private key in one of the forms in which keys are passed
    /// around: PEM, base64, hexadecimal digits, JSON, folded in whatever way. For programs that print
    /// what they were given, as errors of this crate do: people paste keys into the wrong field. A
    /// guess that leans to `true`.
    ///
    /// ```
    /// use certwright::key::SecretText;
    /// assert!(SecretText::is_likely("-----BEGIN PRIVATE KEY----- MIGHAgEAMBMGByqGSM49AgEG"));
    /// assert!(!SecretText::is_likely("db.internal"));
    /// ```
    pub fn is_likely(text: &str) -> bool {
        may_be_secret(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}
