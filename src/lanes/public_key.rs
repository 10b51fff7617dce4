//! Checks of RSA signatures with the public exponent 65537, each under a modulus of its own.
//!
//! Nothing has to be computed for a modulus first. Sixteen Montgomery squarings of s give
//! s^65536·R^-65535, and the same of 1, in the word beside it, give R^-65535. Multiplied by s and by
//! the padded message, both carry the same power of R, and are equal modulo m if and only if the
//! signature is right.

use super::montgomery::Modulus;
use super::number::{Number, Sums};
pub(crate) use crate::scalar::Signed;
use crate::vectors::{Job, Lane};

/// For each signature whether it is right; moduli of at most `N` blocks of `B` digits, less 8 bits.
pub(super) fn check<L: Lane, const B: usize, const N: usize>(signed: &[Signed<'_>]) -> Vec<bool> {
    let mut answers = Vec::with_capacity(signed.len());
    for group in signed.chunks(L::WORDS / 2) {
        let words = |part: for<'a> fn(&Signed<'a>) -> &'a [u8],
                     beside: for<'a> fn(&Signed<'a>) -> &'a [u8]| {
            let words: Vec<&[u8]> =
                group.iter().flat_map(|signed| [part(signed), beside(signed)]).collect();
            Number::<L, B, N>::from_bytes(&words)
        };
        const ONE: &[u8] = &[1];
        let checks = L::call(Check {
            modulus: &words(|signed| signed.modulus, |signed| signed.modulus),
            base: &words(|signed| signed.signature, |_| ONE),
            factor: &words(|signed| signed.signature, |signed| signed.padded),
        });
        for (place, signed) in group.iter().enumerate() {
            // RFC 8017 section 5.2.2: the representative is below the modulus.
            let is_below = signed.signature < signed.modulus;
            answers.push(is_below && checks.are_equal(2 * place, 2 * place + 1));
        }
    }
    answers
}

struct Check<'a, L, const B: usize, const N: usize> {
    modulus: &'a Number<L, B, N>,
    base: &'a Number<L, B, N>,
    factor: &'a Number<L, B, N>,
}

impl<L: Lane, const B: usize, const N: usize> Job for Check<'_, L, B, N> {
    type Output = Number<L, B, N>;

    #[inline(always)]
    fn run(self) -> Number<L, B, N> {
        let modulus = Modulus::without_powers(*self.modulus);
        let (mut power, mut sums) = (*self.base, Sums::new(N));
        for _ in 0..16 {
            modulus.square(&mut power, &mut sums);
        }
        modulus.multiply(&mut power, self.factor, &mut sums);
        modulus.canonical(&power)
    }
}
