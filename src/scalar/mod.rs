//! Arithmetic for RSA on one number at a time, in safe Rust for any processor.
//!
//! Numbers are cut into digits of 59 to 61 bits, not of 64: so the sum of all products of a column fits
//! two words, and a multiplication is nothing but products, each added with one carry. It is written
//! once, over the number of blocks of nine digits, of which alone code is made for each size.
//!
//! When it signs, no branch and no address depends on a key or a message, and whole tables are read;
//! functions that may depend on what they work on have `public` in their names. When it tests
//! candidates for primes, only the answer is told.
//!
//! Nothing that comes out is trusted: each signature is checked with the public exponent, and where
//! that fails, the caller computes it another way.

// Positions are bounded by the sizes of arrays, which are constants.
#![allow(clippy::indexing_slicing)]

mod block;
mod division;
#[cfg(all(test, feature = "fast-arithmetic"))]
mod faults;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod montgomery;
mod number;
mod power;
mod prime;
mod private_key;
mod public_key;
#[cfg(all(test, feature = "fast-arithmetic"))]
pub(crate) mod tests;

pub(crate) use self::prime::{Candidate, candidate};
pub(crate) use self::private_key::{Fill, PrivateKey, PrivateNumbers, private_key};
pub(crate) use self::public_key::{PublicKey, Signed, public_key};

/// The bits of a number in big-endian bytes, leading zeros left out.
pub(crate) fn bit_length(bytes: &[u8]) -> u32 {
    match bytes.iter().position(|byte| *byte != 0) {
        Some(first) => (bytes.len() - first) as u32 * 8 - bytes[first].leading_zeros(),
        None => 0,
    }
}
