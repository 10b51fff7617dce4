//! Arithmetic on several numbers at once: the same step for all of them, each in a word of the
//! processor's vectors ("lanes").
//!
//! What is slow in a CA is many independent operations under few moduli: signatures under one key,
//! candidates for a prime. Numbers are cut into digits of 52 bits, for which AVX-512 IFMA has a
//! multiplication, and a digit of each number stands in one register.
//!
//! Everything is generic over the kind of lane, which are those of `vectors`.
//!
//! When it signs, no branch and no address depends on a key or a message. When it searches for primes,
//! see the head of `search`.
//!
//! Nothing that comes out is trusted: each signature is checked with the public exponent, and where
//! that fails, the caller computes it another way.

// Positions are bounded by the sizes of arrays, which are constants.
#![allow(clippy::indexing_slicing)]

mod block;
mod engine;
#[cfg(fuzzing)]
pub mod fuzzing;
mod montgomery;
mod number;
mod power;
mod prime;
mod private_key;
mod public_key;
mod residues;
mod search;
mod sieve;
mod single;
#[cfg(all(test, feature = "fast-arithmetic"))]
mod tests;

use crate::arithmetic::Arithmetic;
pub(crate) use crate::scalar::{PublicKey, bit_length, public_key};

pub(crate) use self::prime::Tester;
pub(crate) use self::private_key::PrivateNumbers;
pub(crate) use self::public_key::Signed;
pub(crate) use self::residues::Residues;
pub(crate) use self::search::{Candidates, Search, Stopped};

/// An RSA private key that works on several messages at once.
pub(crate) struct RsaKey {
    key: Box<dyn private_key::PrivateKey>,
    /// Whether it works on one message after the other.
    is_scalar: bool,
}

impl RsaKey {
    /// `None` where our arithmetic does not work here or the key does not fit it.
    pub(crate) fn new(arithmetic: Arithmetic, numbers: &PrivateNumbers<'_>) -> Option<Self> {
        let key = engine::private_key(arithmetic, numbers)?;
        Some(Self { key, is_scalar: engine::is_scalar(arithmetic) })
    }

    /// Counts signatures that it made.
    pub(crate) fn count(&self, signatures: usize) {
        if self.is_scalar {
            Arithmetic::count_scalar(signatures);
        } else {
            Arithmetic::count_in_lanes(signatures);
        }
    }

    /// Each padded message raised to the private exponent, and checked with the public one: `None`
    /// where that failed. Nothing at all without random numbers.
    pub(crate) fn raise(
        &self,
        messages: &[&[u8]],
        random: &mut dyn FnMut(&mut [u8]) -> bool,
    ) -> Option<Vec<Option<Vec<u8>>>> {
        self.key.raise(messages, random)
    }
}

/// What tests candidates for primes of this many bits; `None` where the lanes do not work here.
pub(crate) fn tester(arithmetic: Arithmetic, bits: u32) -> Option<Box<dyn Tester>> {
    engine::tester(arithmetic, bits)
}

/// For each signature whether it is right; `None` where the lanes do not work here. All moduli have
/// this many bits.
pub(crate) fn check(arithmetic: Arithmetic, bits: u32, signed: &[Signed<'_>]) -> Option<Vec<bool>> {
    engine::check(arithmetic, bits, signed)
}

/// Whether signatures that do not fit lanes are checked here by a [`PublicKey`].
pub(crate) fn checks_alone(arithmetic: Arithmetic) -> bool {
    engine::checks_alone(arithmetic)
}
