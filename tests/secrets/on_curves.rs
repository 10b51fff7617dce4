//! What signatures on curves are made with, in the forms in which arithmetic has it in memory.

use certwright::key::{KeyFamily, PublicKey};
use certwright::{KeyAlgorithm, KeyPair};
use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero};
use sha2::{Digest, Sha256, Sha384};

use crate::key_files::{content, hex, whole};
use crate::scan::windows;

const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const P384_ORDER: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf\
                          581a0db248b0a77aecec196accc52973";
const SM2_ORDER: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

/// A secret number modulo the order: as it is, its negative, and both in Montgomery's form, the least
/// significant byte first; and the number with the most significant byte first.
pub fn forms(name: &str, algorithm: KeyAlgorithm, number: &[u8]) -> Vec<(String, Vec<u8>)> {
    let n = order(algorithm);
    let length = number.len();
    let number = BoxedUint::from_be_slice_vartime(number);
    let negative = n.as_ref().wrapping_sub(&number);
    let shift = BoxedUint::from_be_slice_vartime(&[&[1][..], &vec![0; length]].concat());
    let mut found = windows(name, &bytes(&number, length));
    for number in [number, negative] {
        for form in [number.clone(), times(&number, &shift, &n)] {
            let mut form = bytes(&form, length);
            form.reverse();
            found.extend(windows(name, &form));
        }
    }
    found
}

/// The nonce of a signature of `b"message"`, which its key tells: k = (e + r·d)/s, and with SM2
/// k = s·(1 + d) + r·d.
pub fn nonce(key: &KeyPair, scalar: &[u8], signature: &[u8]) -> Vec<u8> {
    let algorithm = key.public_key().algorithm();
    let n = order(algorithm);
    let length = scalar.len();
    let d = BoxedUint::from_be_slice_vartime(scalar);
    let pair = content(signature);
    let r = BoxedUint::from_be_slice_vartime(content(whole(pair)));
    let s = BoxedUint::from_be_slice_vartime(content(whole(&pair[whole(pair).len()..])));
    let of_d = times(&r, &d, &n);
    if algorithm.family() == KeyFamily::Sm2 {
        let sum = times(&s, &d, &n).concatenating_add(&s).concatenating_add(&of_d);
        return bytes(&sum.rem_vartime(&n), length);
    }
    let e = match algorithm {
        KeyAlgorithm::EcdsaP256 => Sha256::digest(b"message").to_vec(),
        _ => Sha384::digest(b"message").to_vec(),
    };
    let sum = BoxedUint::from_be_slice_vartime(&e).concatenating_add(&of_d);
    let inverse = s.rem_vartime(&n).invert_odd_mod(&n.as_ref().to_odd().unwrap()).unwrap();
    let k = bytes(&times(&sum, &inverse, &n), length);
    // It is the nonce: r is x of k·G, whose 0x04, x and y end the encoding of a public key.
    let point = public_of(algorithm, &k).to_der();
    assert_eq!(point[point.len() - 2 * length..][..length], bytes(&r, length));
    k
}

/// The public key of a scalar, by way of a file without one.
fn public_of(algorithm: KeyAlgorithm, scalar: &[u8]) -> PublicKey {
    let curve: &[u8] = match algorithm {
        KeyAlgorithm::EcdsaP256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
        _ => &[0x2b, 0x81, 4, 0, 0x22],
    };
    let value = |tag: u8, parts: &[&[u8]]| {
        let parts = parts.concat();
        [&[tag, parts.len() as u8], &parts[..]].concat()
    };
    let file =
        value(0x30, &[&[2, 1, 1], &value(4, &[scalar]), &value(0xa0, &[&value(6, &[curve])])]);
    KeyPair::from_sec1_der(&file).unwrap().public_key().clone()
}

fn order(algorithm: KeyAlgorithm) -> NonZero<BoxedUint> {
    let order = match algorithm {
        KeyAlgorithm::EcdsaP256 => P256_ORDER,
        KeyAlgorithm::EcdsaP384 => P384_ORDER,
        _ => SM2_ORDER,
    };
    NonZero::new(BoxedUint::from_be_slice_vartime(&hex(order))).unwrap()
}

fn times(a: &BoxedUint, b: &BoxedUint, n: &NonZero<BoxedUint>) -> BoxedUint {
    a.concatenating_mul(b).rem_vartime(n)
}

fn bytes(number: &BoxedUint, length: usize) -> Vec<u8> {
    let all = number.to_be_bytes();
    let all = &all[all.len().saturating_sub(length)..];
    [&vec![0; length - all.len()], all].concat()
}
