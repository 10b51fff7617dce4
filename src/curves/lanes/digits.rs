//! Numbers in words of 64 bits and in digits of 52.

use crate::curves::constants::power_of_two;
use crate::curves::modulus::Modulus;
use crate::vectors::{DIGIT_BITS, DIGIT_MASK};

/// The digits of a number.
pub(super) const fn to_digits<const N: usize, const D: usize>(words: &[u64; N]) -> [u64; D] {
    let (mut digits, mut at) = ([0; D], 0);
    while at < D {
        let bit = at * DIGIT_BITS as usize;
        let (word, shift) = (bit / 64, bit % 64);
        if word < N {
            digits[at] = words[word] >> shift;
            if shift > 0 && word + 1 < N {
                digits[at] |= words[word + 1] << (64 - shift);
            }
            digits[at] &= DIGIT_MASK;
        }
        at += 1;
    }
    digits
}

/// The words of a number that fits them, from digits below 2^52.
pub(super) const fn to_words<const N: usize, const D: usize>(digits: &[u64; D]) -> [u64; N] {
    let (mut words, mut at) = ([0; N], 0);
    while at < D {
        let bit = at * DIGIT_BITS as usize;
        let (word, shift) = (bit / 64, bit % 64);
        if word < N {
            words[word] |= digits[at] << shift;
            if shift > 64 - DIGIT_BITS as usize && word + 1 < N {
                words[word + 1] |= digits[at] >> (64 - shift);
            }
        }
        at += 1;
    }
    words
}

/// The digits between −2^51 and 2^51 of a number: primes with a shape have few that are not zero.
pub(super) const fn signed_digits<const N: usize, const D: usize>(words: &[u64; N]) -> [i64; D] {
    let digits: [u64; D] = to_digits(words);
    let (mut out, mut carry, mut at) = ([0; D], 0, 0);
    while at < D {
        let digit = digits[at].cast_signed() + carry;
        let is_high = digit > 1 << (DIGIT_BITS - 1) && at + 1 < D;
        carry = is_high as i64;
        out[at] = digit - (carry << DIGIT_BITS);
        at += 1;
    }
    out
}

/// 2^exponent modulo p.
pub(super) const fn multiple_of_two<F: Modulus<N>, const N: usize>(exponent: u32) -> [u64; N] {
    power_of_two(&F::P, exponent as usize)
}
