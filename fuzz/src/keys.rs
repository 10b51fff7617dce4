//! Keys that are the same in every run, and signing with them whatever an input says.

use std::sync::LazyLock;

use certwright::key::{Nonces, WeakKeys};
use certwright::testing::SeededRng;
use certwright::{KeyAlgorithm, KeyPair, Signer};

use crate::der::{Node, encode, parse, tlv};

/// The key of requests and leaves.
pub static LEAF: LazyLock<KeyPair> = LazyLock::new(|| key(KeyAlgorithm::EcdsaP256, 1));
/// The key of intermediates and of lists.
pub static CA: LazyLock<KeyPair> = LazyLock::new(|| key(KeyAlgorithm::EcdsaP256, 2));
/// The key of the root.
pub static ROOT: LazyLock<KeyPair> = LazyLock::new(|| key(KeyAlgorithm::EcdsaP256, 3));
/// An SM2 key of requests.
pub static SM2: LazyLock<KeyPair> = LazyLock::new(|| key(KeyAlgorithm::Sm2, 4));

fn key(algorithm: KeyAlgorithm, seed: u64) -> KeyPair {
    KeyPair::generate_with(algorithm, WeakKeys::Refuse, &mut SeededRng::new(seed))
        .unwrap()
        .with_nonces(Nonces::Deterministic)
}

/// The first part of a signed object, or else the whole input, under a good signature.
pub fn sign_again(input: &[u8], key: &KeyPair) -> Option<Vec<u8>> {
    let nodes = parse(input)?;
    let to_be_signed = match nodes.first()? {
        Node { children: Some(children), .. } => encode(children.first()?),
        whole => encode(whole),
    };
    let signature = key.sign(&to_be_signed).ok()?;
    let signature = tlv(0x03, &[&[0], signature.as_slice()].concat());
    let identifier: &[u8] = match key.public_key().algorithm() {
        KeyAlgorithm::Sm2 => &[0x06, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75],
        _ => &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2],
    };
    Some(tlv(0x30, &[to_be_signed, tlv(0x30, identifier), signature].concat()))
}

/// The key of requests that the input names: SM2 where its point is there.
pub fn requester(input: &[u8]) -> &'static KeyPair {
    let point = SM2.public_key().as_bytes();
    if input.windows(point.len()).any(|window| window == point) { &SM2 } else { &LEAF }
}
