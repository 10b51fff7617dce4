//! Numbers of crypto-bigint, and what is asked of them.

#![cfg(test)] // what is not as it should be panics

use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero, Odd};

use super::Random;

pub(crate) fn small(number: u64) -> BoxedUint {
    BoxedUint::from(number)
}

/// A number in hexadecimal digits.
pub(crate) fn hexadecimal(digits: &str) -> BoxedUint {
    let digits = format!("{}{digits}", if digits.len().is_multiple_of(2) { "" } else { "0" });
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = digits.as_bytes().chunks(2).map(byte).collect();
    BoxedUint::from_be_slice_vartime(&bytes)
}

pub(crate) fn two_to_the(bits: u32) -> BoxedUint {
    let mut bytes = vec![0; bits as usize / 8 + 1];
    bytes[0] = 1 << (bits % 8);
    BoxedUint::from_be_slice_vartime(&bytes)
}

pub(crate) fn plus(a: &BoxedUint, b: &BoxedUint) -> BoxedUint {
    a.concatenating_add(b)
}

pub(crate) fn minus(a: &BoxedUint, b: &BoxedUint) -> BoxedUint {
    assert!(a >= b);
    a.wrapping_sub(b)
}

pub(crate) fn times(a: &BoxedUint, b: &BoxedUint) -> BoxedUint {
    a.concatenating_mul(b)
}

pub(crate) fn modulo(a: &BoxedUint, modulus: &BoxedUint) -> BoxedUint {
    a.rem_vartime(&NonZero::new(modulus.clone()).unwrap())
}

pub(crate) fn power(base: &BoxedUint, exponent: &BoxedUint, modulus: &BoxedUint) -> BoxedUint {
    let base = modulo(base, modulus);
    base.pow_mod(exponent, &Odd::new(modulus.clone()).unwrap())
}

/// 1/a modulo an odd number.
pub(crate) fn inverse(a: &BoxedUint, modulus: &BoxedUint) -> BoxedUint {
    let modulus = modulus.as_odd_vartime().unwrap();
    modulo(a, modulus).invert_odd_mod(modulus).unwrap()
}

/// In big-endian bytes, so many of them.
pub(crate) fn bytes(number: &BoxedUint, count: usize) -> Vec<u8> {
    let all = number.to_be_bytes_trimmed_vartime();
    let all: &[u8] = if number.bit_width_vartime() == 0 { &[] } else { &all };
    [&vec![0; count - all.len()], all].concat()
}

/// A random number below 2^bits.
pub(crate) fn random(random: &mut Random, bits: u32) -> BoxedUint {
    let mut bytes = vec![0; bits.div_ceil(8) as usize];
    random.fill(&mut bytes);
    bytes[0] &= 0xff >> (bytes.len() as u32 * 8 - bits);
    BoxedUint::from_be_slice_vartime(&bytes)
}

/// A random odd number of exactly these bits.
pub(crate) fn random_odd(source: &mut Random, bits: u32) -> BoxedUint {
    let mut bytes = bytes(&random(source, bits), bits.div_ceil(8) as usize);
    bytes[0] |= 1 << ((bits - 1) % 8);
    *bytes.last_mut().unwrap() |= 1;
    BoxedUint::from_be_slice_vartime(&bytes)
}
