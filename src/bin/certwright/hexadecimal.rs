//! Bytes as hexadecimal digits, both ways.

/// In lower case.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of an even number of digits, of either case.
pub fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digits = Some(digits.as_bytes()).filter(|text| text.iter().all(u8::is_ascii_hexdigit))?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.iter().map(|pair| byte(pair)).collect()
}
