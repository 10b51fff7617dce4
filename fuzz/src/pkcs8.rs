//! Private keys.

use certwright::{KeyPair, Signer};

use crate::INPUT_BYTES;
use crate::der::{Node, parse};

/// The passphrase of the encrypted seeds.
pub const PASSPHRASE: &str = "fuzz";

/// The largest number in an encrypted key with which it is decrypted: what is allowed above it takes
/// seconds, and has its test and bench.
const WORK: u64 = 4096;

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    let keys = [
        KeyPair::from_pkcs8_der(input),
        KeyPair::from_sec1_der(input),
        KeyPair::from_pkcs1_der(input),
    ];
    keys.into_iter().flatten().for_each(|key| write_and_sign(&key));
    let quick = parse(input).is_some_and(|nodes| nodes.iter().all(is_quick));
    if KeyPair::is_pkcs8_der_encrypted(input)
        && quick
        && let Ok(key) = KeyPair::from_pkcs8_der_encrypted(input, PASSPHRASE)
    {
        write_and_sign(&key);
    }
}

/// What was read is written and read again, and its signatures are its own.
pub fn write_and_sign(key: &KeyPair) {
    let again = KeyPair::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap();
    assert_eq!(again.public_key(), key.public_key());
    let signature = again.sign(b"message").unwrap();
    key.public_key().verify(again.algorithm(), b"message", &signature).unwrap();
}

pub fn is_quick(node: &Node) -> bool {
    let number = || {
        node.content
            .iter()
            .fold(0u64, |sum, byte| sum.saturating_mul(256).saturating_add(u64::from(*byte)))
    };
    match &node.children {
        Some(children) => children.iter().all(is_quick),
        None => node.tag != 0x02 || number() <= WORK,
    }
}
