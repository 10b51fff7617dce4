//! The arithmetic of curves, held against plain arithmetic. What takes long without optimisation is
//! ignored there, and `.ci/run` runs it in release.

#![allow(clippy::unwrap_used)]

mod intervals;
mod inverse;
mod keys;
mod lanes;
mod plain;
mod points;
mod recoding;
mod residues;
mod tables;

use super::curve::Curve;
use super::modulus::Modulus;

/// Numbers that look random, the same in every run (splitmix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// Words that are often 0, 1, 2^64 − 1 or 2^32.
    fn edge_word(&mut self) -> u64 {
        match self.word() % 8 {
            0 => 0,
            1 => 1,
            2 => u64::MAX,
            3 => 1 << 32,
            _ => self.word(),
        }
    }

    /// A number below p: often with words on the edge, or next to 0 or p.
    pub(super) fn below<M: Modulus<N>, const N: usize>(&mut self) -> [u64; N] {
        loop {
            let mut number: [u64; N] = std::array::from_fn(|_| self.edge_word());
            match self.word() % 16 {
                0 => number = plain::small(self.word() % 3),
                1 => number = plain::sub(&M::P, &plain::small(1 + self.word() % 3)),
                _ if M::BITS % 64 != 0 => number[N - 1] &= (1 << (M::BITS % 64)) - 1,
                _ => {}
            }
            if plain::is_below(&number, &M::P) {
                return number;
            }
        }
    }
}

/// Runs a generic test for every curve.
macro_rules! every_curve {
    ($test:ident($($argument:expr),*)) => {{
        use crate::curves::curve::{P256, P384, P521, Sm2};
        $test::<P256, 4>($($argument),*);
        $test::<P384, 6>($($argument),*);
        $test::<P521, 9>($($argument),*);
        $test::<Sm2, 4>($($argument),*);
    }};
}
use every_curve;

/// The scalar that the comb cannot multiply by: the last digit's multiple is the sum of all others,
/// modulo n.
pub(super) fn exceptional<C: Curve<N>, const N: usize>() -> [u64; N] {
    let window = super::tables::COMB_WINDOW;
    let below = (C::Order::BITS.div_ceil(window) - 1) * window;
    // 2·(2^bits − 1)·2^below − n = 2^(all + 1) − 2^(below + 1) − n.
    let power = |exponent: u32| plain::power_of_two::<C::Order, N>(exponent);
    plain::sub_mod::<C::Order, N>(&power(C::Order::BITS + 1), &power(below + 1))
}

/// The same with the digits of its coordinates in lanes.
macro_rules! every_curve_in_lanes {
    ($test:ident($($argument:expr),*)) => {{
        use crate::curves::curve::{P256, P384, P521, Sm2};
        $test::<P256, 4, 5>($($argument),*);
        $test::<P384, 6, 8>($($argument),*);
        $test::<P521, 9, 11>($($argument),*);
        $test::<Sm2, 4, 5>($($argument),*);
    }};
}
use every_curve_in_lanes;
