//! The lanes against other crates' arithmetic, and against each other.

#![allow(clippy::unwrap_used)]

mod oracle;

mod millions;
mod montgomery;
mod number;
mod power;
mod prime;
mod pseudoprime;
mod residues;
mod rsa;
mod rsa_faults;
mod rsa_keys;
mod search;
mod sieve;

use std::sync::Once;

/// What a function, generic over the lane, the digits of a block and the blocks, answers: with
/// every lane the same.
///
/// `answers!(function::<10, 1>(arguments))`
macro_rules! answers {
    ($function:ident $(::<$($number:literal),+>)? ($($argument:expr),*)) => {{
        use crate::lanes::portable::Portable;
        let expected = $function::<Portable<2> $($(, $number)+)?>($($argument),*);
        let four = $function::<Portable<4> $($(, $number)+)?>($($argument),*);
        assert!(four == expected, "Portable<4> and Portable<2> differ");
        let eight = $function::<Portable<8> $($(, $number)+)?>($($argument),*);
        assert!(eight == expected, "Portable<8> and Portable<2> differ");
        #[cfg(target_arch = "x86_64")]
        if super::has_vectors() {
            use crate::lanes::ifma::{Ifma4, Ifma8};
            let four = $function::<Ifma4 $($(, $number)+)?>($($argument),*);
            assert!(four == expected, "Ifma4 and Portable<2> differ");
            let eight = $function::<Ifma8 $($(, $number)+)?>($($argument),*);
            assert!(eight == expected, "Ifma8 and Portable<2> differ");
        }
        expected
    }};
}
pub(crate) use answers;

/// What a function, generic over the lane, answers with vectors where the processor has them: for
/// what takes long otherwise.
macro_rules! answers_of_vectors {
    ($function:ident ($($argument:expr),*)) => {{
        #[cfg(target_arch = "x86_64")]
        let of_vectors = super::has_vectors().then(|| {
            use crate::lanes::ifma::{Ifma4, Ifma8};
            let expected = $function::<Ifma4>($($argument),*);
            assert!(expected == $function::<Ifma8>($($argument),*), "Ifma8 and Ifma4 differ");
            expected
        });
        #[cfg(not(target_arch = "x86_64"))]
        let of_vectors = None;
        let portable = || $function::<crate::lanes::portable::Portable<4>>($($argument),*);
        of_vectors.unwrap_or_else(portable)
    }};
}
pub(crate) use answers_of_vectors;

/// Whether the processor has vectors; says so when it has not.
fn has_vectors() -> bool {
    static SAID: Once = Once::new();
    let has = crate::arithmetic::Arithmetic::has_vectors();
    if !has {
        SAID.call_once(|| eprintln!("NO AVX-512 IFMA: the vectors are not tested"));
    }
    has
}

/// Random numbers from a seed (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    fn index(&mut self, below: usize) -> usize {
        (self.word() % below as u64) as usize
    }

    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        bytes.fill_with(|| self.word() as u8);
        true
    }
}
