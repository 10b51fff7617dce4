//! The values of options that are no texts.

use certwright::key::Sm2Id;
use certwright::time::Time;

pub fn time(text: &str) -> Result<Time, certwright::Error> {
    match text.parse() {
        Ok(seconds) => Time::from_unix(seconds),
        Err(_) => text.parse(),
    }
}

/// The digest of an audit entry.
#[derive(Clone, Copy, Debug)]
pub struct Digest(pub [u8; 32]);

pub fn digest(text: &str) -> Result<Digest, &'static str> {
    let wrong = "allowed 64 hexadecimal digits";
    let digits = Some(text.as_bytes()).filter(|text| text.iter().all(u8::is_ascii_hexdigit));
    let (pairs, []) = digits.ok_or(wrong)?.as_chunks::<2>() else { return Err(wrong) };
    let byte = |pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).map_err(|_| wrong);
    let bytes: Vec<u8> = pairs.iter().map(|pair| byte(pair)).collect::<Result<_, _>>()?;
    bytes.try_into().map(Digest).map_err(|_| wrong)
}

pub fn sm2_id(text: &str) -> Result<Sm2Id, certwright::Error> {
    Sm2Id::new(text)
}
