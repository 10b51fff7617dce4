//! Bytes as people read them.

/// Lower-case hexadecimal, two digits a byte.
pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
