//! Base64 (RFC 4648 section 4) with white space anywhere in it, decoded in constant time.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

/// The bytes of a text, or what is wrong with it.
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    // Room for all of it at once: a buffer that grows leaves copies of a private key behind.
    let mut squeezed = Zeroizing::new(Vec::with_capacity(text.len()));
    for character in text.chars().filter(|character| !is_blank(*character)) {
        // Which of the alphabet it is, the decoder tells in constant time.
        squeezed.push(u8::try_from(character).map_err(|_| NOT_BASE64)?);
    }
    if squeezed.is_empty() {
        return Err("no base64 text");
    }
    if squeezed.len() % 4 != 0 {
        return Err("base64 that is cut off: its characters do not come in groups of four");
    }
    let mut bytes = Zeroizing::new(vec![0; squeezed.len() / 4 * 3]);
    let length = Base64::decode(squeezed.as_slice(), &mut bytes).map_err(|_| NOT_BASE64)?.len();
    bytes.truncate(length);
    Ok(bytes)
}

/// White space (RFC 7468 figure 2), and what editors and web pages put in its place: no-break and
/// zero-width spaces, soft hyphens, byte order marks.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

const NOT_BASE64: &str = "a character that is not base64, or padding in the wrong place";
