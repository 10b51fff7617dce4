//! Private keys under a passphrase, in DER and PEM, of every scheme that is read, weak ones too.

use certwright::KeyPair;
use certwright::key::WeakEncryption;

use crate::INPUT_BYTES;
use crate::der::parse;
use crate::pkcs8::{PASSPHRASE, is_quick, write_and_sign};

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    if is_quick_der(input) {
        judge(|weak| KeyPair::from_pkcs8_der_encrypted_with(input, PASSPHRASE, weak).ok());
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    let encrypted = KeyPair::is_pem_encrypted(text);
    if blocks(text).iter().all(|block| is_quick_der(block)) || text.contains("DEK-Info") {
        let read = judge(|weak| KeyPair::from_pem_encrypted_with(text, PASSPHRASE, weak).ok());
        assert!(!read || encrypted.is_ok_and(|it| it), "a key was read that is not encrypted");
    }
}

/// What is read without weak schemes is read with them. Whether a key was read.
fn judge(read: impl Fn(WeakEncryption) -> Option<KeyPair>) -> bool {
    let (strict, lax) = (read(WeakEncryption::Refuse), read(WeakEncryption::DangerouslyRead));
    if let Some(strict) = &strict {
        let lax = lax.as_ref().expect("the weak switch takes nothing away");
        assert_eq!(lax.public_key(), strict.public_key());
    }
    lax.iter().for_each(write_and_sign);
    lax.is_some()
}

fn is_quick_der(der: &[u8]) -> bool {
    parse(der).is_some_and(|nodes| nodes.iter().all(is_quick))
}

/// What the blocks of a text hold, roughly: what is not base64 is passed over.
fn blocks(text: &str) -> Vec<Vec<u8>> {
    text.split("-----").map(base64).filter(|block| !block.is_empty()).collect()
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte));
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in digits {
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    // Labels have letters, too, but no length fits them.
    if bytes.first() == Some(&0x30) { bytes } else { Vec::new() }
}
