//! The arithmetic against other crates'.

#![allow(clippy::unwrap_used)]

pub(crate) mod oracle;
pub(crate) mod rsa_keys;

mod montgomery;
mod number;
mod power;
mod prime;
mod rsa;
mod rsa_faults;

/// Random numbers from a seed (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    pub(crate) fn index(&mut self, below: usize) -> usize {
        (self.word() % below as u64) as usize
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) -> bool {
        bytes.fill_with(|| self.word() as u8);
        true
    }
}
