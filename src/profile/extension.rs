//! Extensions that are written as they are given.

use crate::oid::Oid;

/// An extension that is written as it is given.
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
