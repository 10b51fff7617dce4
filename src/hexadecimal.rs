//! Octets as people read them.

/// Lower-case hexadecimal, two digits an octet.
pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
