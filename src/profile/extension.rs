//! Extensions that are written as they are given.

use der::asn1::{AnyRef, Utf8StringRef};
use der::{Decode as _, Encode as _};

use crate::error::Error;
use crate::oid::Oid;

/// An extension that is written as it is given.
///
/// ```
/// use certwright::profile::Extension;
/// let number = Extension::utf8("1.3.6.1.4.1.55555.1".parse()?, "4711")?;
/// assert_eq!(number.value, b"\x0c\x044711");
/// // Of any other type, its DER: here an INTEGER.
/// let count = Extension::new("1.3.6.1.4.1.55555.2".parse()?, false, vec![2, 1, 7])?;
/// assert!(Extension::new(count.oid, false, vec![7]).is_err());
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::exhaustive_structs)] // The fields of RFC 5280 section 4.2.1.
pub struct Extension {
    /// Its identifier.
    pub oid: Oid,
    /// Whether one who does not know it must refuse the certificate.
    pub critical: bool,
    /// The DER of its value: the content of extnValue.
    pub value: Vec<u8>,
}

impl Extension {
    /// An extension with this DER as its value.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the value is not the DER of one value: such an extension would be
    /// refused when a certificate is issued.
    pub fn new(oid: Oid, critical: bool, value: Vec<u8>) -> Result<Self, Error> {
        match AnyRef::from_der(&value) {
            Ok(_) => Ok(Self { oid, critical, value }),
            Err(error) => Err(malformed(oid, error)),
        }
    }

    /// An extension that is not critical and whose value is a text, written as UTF8String.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the text is longer than DER can say.
    pub fn utf8(oid: Oid, text: &str) -> Result<Self, Error> {
        let value = Utf8StringRef::new(text).and_then(|text| text.to_der());
        let value = value.map_err(|error| malformed(oid, error))?;
        Ok(Self { oid, critical: false, value })
    }
}

fn malformed(oid: Oid, error: der::Error) -> Error {
    Error::malformed("extension", oid.named(), format!("its value is not one DER value: {error}"))
}
