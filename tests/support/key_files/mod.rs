//! Key files by hand, in DER, so that a test can write what no tool would.

#[cfg(feature = "rsa")]
pub mod rsa;
#[cfg(feature = "rsa")]
pub mod weak_rsa;

use certwright::key::WeakKeys;
use certwright::testing::SeededRng;
use certwright::{Error, KeyAlgorithm, KeyPair};

pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const SEQUENCE: u8 = 0x30;
pub const NULL: &[u8] = &[0x05, 0x00];

// Whole OBJECT IDENTIFIER values.
pub const RSA_ENCRYPTION: &str = "06092a864886f70d010101";
pub const EC_PUBLIC_KEY: &str = "06072a8648ce3d0201";
pub const P256: &str = "06082a8648ce3d030107";
pub const P384: &str = "06052b81040022";
pub const P521: &str = "06052b81040023";
pub const SM2: &str = "06082a811ccf5501822d";

/// A key from a seed, so that every run has the same and takes the same time.
pub fn seeded(algorithm: KeyAlgorithm, seed: u64) -> KeyPair {
    KeyPair::generate_with(algorithm, WeakKeys::Refuse, &mut SeededRng::new(seed)).unwrap()
}

/// The bytes of hexadecimal digits; white space is passed over.
pub fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .chars()
        .filter(|character| !character.is_whitespace())
        .map(|character| character.to_digit(16).expect("a hexadecimal digit") as u8)
        .collect();
    assert!(digits.len().is_multiple_of(2), "half a byte");
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// One value from the parts of its content.
pub fn value(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=0x7f => out.push(short as u8),
        middle @ 0x80..=0xff => out.extend([0x81, middle as u8]),
        long => out.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    out.extend(content);
    out
}

/// A non-negative INTEGER from big-endian bytes.
pub fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    match &bytes[zeros..] {
        [] => value(INTEGER, &[&[0]]),
        significant if significant[0] >= 0x80 => value(INTEGER, &[&[0], significant]),
        significant => value(INTEGER, &[significant]),
    }
}

/// The content of the first value.
pub fn content(der: &[u8]) -> &[u8] {
    let (header, length) = header(der);
    &der[header..header + length]
}

/// The first value with its tag and length.
pub fn whole(der: &[u8]) -> &[u8] {
    let (header, length) = header(der);
    &der[..header + length]
}

fn header(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short @ 0..=0x7f => (2, short.into()),
        0x81 => (3, der[2].into()),
        0x82 => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
        other => panic!("a length in {other:#04x} form"),
    }
}

/// PrivateKeyInfo from an algorithm and a private key, both in DER.
pub fn pkcs8(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    value(SEQUENCE, &[&integer(&[]), algorithm, &value(OCTET_STRING, &[key])])
}

/// The AlgorithmIdentifier of an EC key.
pub fn curve(algorithm: KeyAlgorithm) -> Vec<u8> {
    value(SEQUENCE, &[&hex(EC_PUBLIC_KEY), &curve_identifier(algorithm)])
}

/// The OBJECT IDENTIFIER of a curve.
pub fn curve_identifier(algorithm: KeyAlgorithm) -> Vec<u8> {
    hex(match algorithm {
        KeyAlgorithm::EcdsaP256 => P256,
        KeyAlgorithm::EcdsaP384 => P384,
        KeyAlgorithm::EcdsaP521 => P521,
        KeyAlgorithm::Sm2 => SM2,
        other => panic!("{other} is on no curve"),
    })
}

/// ECPrivateKey with the curve inside if it is given, and the point if it is given.
pub fn sec1(scalar: &[u8], curve: Option<KeyAlgorithm>, point: Option<&[u8]>) -> Vec<u8> {
    let curve = curve.map(|curve| value(0xa0, &[&curve_identifier(curve)])).unwrap_or_default();
    let point = point.map(|point| value(0xa1, &[&bit_string(point)])).unwrap_or_default();
    value(SEQUENCE, &[&integer(&[1]), &value(OCTET_STRING, &[scalar]), &curve, &point])
}

/// A BIT STRING of whole bytes.
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    value(BIT_STRING, &[&[0], bytes])
}

/// SubjectPublicKeyInfo from an algorithm in DER and the bytes of the key.
pub fn public_key(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    value(SEQUENCE, &[algorithm, &bit_string(key)])
}

/// SubjectPublicKeyInfo of an RSA key.
pub fn rsa_public_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let algorithm = value(SEQUENCE, &[&hex(RSA_ENCRYPTION), NULL]);
    public_key(&algorithm, &value(SEQUENCE, &[&integer(modulus), &integer(exponent)]))
}

/// What a malformed input is, where in it, and what is wrong; a failed test for any other answer.
#[track_caller]
pub fn malformed<T>(answer: Result<T, Error>) -> (String, String) {
    match answer {
        Err(Error::Malformed(malformed)) => (malformed.place, malformed.problem),
        Err(other) => panic!("not malformed: {other}"),
        Ok(_) => panic!("it was taken"),
    }
}

/// What an unsupported input is, what was given and what is allowed; a failed test for any other
/// answer.
#[track_caller]
pub fn unsupported<T>(answer: Result<T, Error>) -> (&'static str, String, String) {
    match answer {
        Err(Error::Unsupported { what, given, allowed }) => (what, given, allowed),
        Err(other) => panic!("not unsupported: {other}"),
        Ok(_) => panic!("it was taken"),
    }
}
