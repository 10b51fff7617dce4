//! One number at a time, by the arithmetic of `scalar`, as if it were a lane of one word.

use super::prime::Tester;
use super::private_key::{Fill, PrivateKey, PrivateNumbers};
use crate::scalar;

/// A private key that raises messages one after the other.
pub(super) struct Key(Box<dyn scalar::PrivateKey>);

impl Key {
    /// `None` where the key does not fit.
    pub(super) fn new(numbers: &PrivateNumbers<'_>) -> Option<Self> {
        scalar::private_key(numbers).map(Self)
    }
}

impl PrivateKey for Key {
    fn raise(&self, messages: &[&[u8]], random: Fill<'_>) -> Option<Vec<Option<Vec<u8>>>> {
        messages.iter().map(|message| self.0.raise(message, random)).collect()
    }
}

/// Candidates of exactly `bits` bits, one after the other.
pub(super) struct Candidates {
    bits: u32,
}

impl Candidates {
    pub(super) fn new(bits: u32) -> Self {
        Self { bits }
    }

    fn pass(&self, bytes: &[u8], test: impl FnOnce(&dyn scalar::Candidate) -> bool) -> bool {
        scalar::candidate(bytes, self.bits).is_some_and(|candidate| test(&*candidate))
    }
}

impl Tester for Candidates {
    fn words(&self) -> usize {
        1
    }

    fn pass_base_two(&self, candidates: &[&[u8]]) -> Vec<bool> {
        let pass = |bytes: &&[u8]| self.pass(bytes, |candidate| candidate.passes_base_two());
        candidates.iter().map(pass).collect()
    }

    fn pass(&self, candidates: &[&[u8]], bases: &[&[u8]]) -> Vec<bool> {
        let pass =
            |(bytes, base): (&&[u8], &&[u8])| self.pass(bytes, |candidate| candidate.passes(base));
        candidates.iter().zip(bases).map(pass).collect()
    }
}
