//! Values of names as text (RFC 4514): what has a meaning there, or could steer a terminal, is escaped.

use std::fmt;

/// Writes a value as RFC 4514 section 2.4 has it.
pub(super) fn write_value(value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let last = value.chars().count().saturating_sub(1);
    for (index, c) in value.chars().enumerate() {
        match c {
            ' ' if index == 0 || index == last => f.write_str("\\ ")?,
            '#' if index == 0 => f.write_str("\\#")?,
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{c}")?,
            // A terminal or a log must not be steered by a name.
            c if c.is_control() || is_direction(c) => {
                let mut buffer = [0; 4];
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    write!(f, "\\{byte:02X}")?;
                }
            }
            c => write!(f, "{c}")?,
        }
    }
    Ok(())
}

/// The characters that turn the direction of text around (Unicode UAX #9), and those that end lines
/// without being control characters.
pub(super) fn is_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
