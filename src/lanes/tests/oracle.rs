//! Numbers of crypto-bigint, made into digits and back, and what is asked of them.

#![cfg(test)] // what is not as it should be panics

use crypto_bigint::BoxedUint;

use super::Random;
use crate::lanes::number::Number;
pub(super) use crate::scalar::tests::oracle::{
    bytes, hexadecimal, inverse, minus, modulo, plus, power, random, random_odd, small, times,
    two_to_the,
};
use crate::vectors::{DIGIT_BITS, DIGIT_MASK, Lane};

/// The words of a crypto-bigint number, independent of how many bits a word has.
fn words(number: &BoxedUint) -> Vec<u64> {
    let bytes = number.to_le_bytes();
    let word = |chunk: &[u8]| chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    bytes.chunks(8).map(word).collect()
}

/// The digits of a number that fits them.
pub(super) fn digits(number: &BoxedUint, count: usize) -> Vec<u64> {
    let words = words(number);
    let word = |position: usize| words.get(position).copied().map_or(0, u128::from);
    assert!(number.bit_width_vartime() <= DIGIT_BITS * count as u32, "too long for {count} digits");
    (0..count)
        .map(|digit| {
            let (word_of, shift) = (digit * 52 / 64, digit * 52 % 64);
            let both = word(word_of) | word(word_of + 1) << 64;
            (both >> shift) as u64 & DIGIT_MASK
        })
        .collect()
}

/// The number of these digits, which may be longer than 52 bits.
pub(super) fn of_digits(digits: &[u64]) -> BoxedUint {
    let mut bytes = vec![0; digits.len() * 52 / 8 + 17];
    let length = bytes.len();
    for (position, digit) in digits.iter().enumerate() {
        let mut carry = u128::from(*digit) << (position * 52 % 8);
        for byte in bytes[..length - position * 52 / 8].iter_mut().rev() {
            carry += u128::from(*byte);
            *byte = carry as u8;
            carry >>= 8;
            if carry == 0 {
                break;
            }
        }
    }
    BoxedUint::from_be_slice_vartime(&bytes)
}

/// A number in each word.
pub(super) fn to_lanes<L: Lane, const B: usize, const N: usize>(
    numbers: &[BoxedUint],
) -> Number<L, B, N> {
    let digits: Vec<Vec<u64>> = numbers.iter().map(|number| digits(number, B * N)).collect();
    raw::<L, B, N>(&digits)
}

/// The digits in each word, whatever they are.
pub(super) fn raw<L: Lane, const B: usize, const N: usize>(digits: &[Vec<u64>]) -> Number<L, B, N> {
    let mut number = Number::default();
    for (position, digit) in number.0.as_flattened_mut().iter_mut().enumerate() {
        *digit = L::from_fn(|word| digits[word][position]);
    }
    number
}

/// The digits of each word.
pub(super) fn from_lanes<L: Lane, const B: usize, const N: usize>(
    number: &Number<L, B, N>,
) -> Vec<Vec<u64>> {
    let digits: Vec<_> = number.0.as_flattened().iter().map(|digit| digit.to_array()).collect();
    (0..L::WORDS).map(|word| digits.iter().map(|digit| digit.as_ref()[word]).collect()).collect()
}

/// Odd numbers of exactly these bits: the largest, the smallest, with digits of ones and of zeros,
/// with a lowest digit whose inverse is 1 or −1, and random ones up to `count`.
pub(super) fn moduli(source: &mut Random, bits: u32, count: usize) -> Vec<BoxedUint> {
    let one = small(1);
    let largest = minus(&two_to_the(bits), &one);
    let smallest = plus(&two_to_the(bits - 1), &one);
    let length = bits.div_ceil(52) as usize;
    let alternating = |first: usize| {
        let mut digits = vec![0; length];
        digits.iter_mut().skip(first).step_by(2).for_each(|digit| *digit = DIGIT_MASK);
        digits[0] |= 1;
        let number = modulo(&of_digits(&digits), &two_to_the(bits - 1));
        plus(&number, &two_to_the(bits - 1))
    };
    let with_lowest = |number: &BoxedUint, lowest: u64| {
        let mut digits = digits(number, length);
        digits[0] = lowest;
        of_digits(&digits)
    };
    let mut moduli = vec![largest, smallest, alternating(0), alternating(1)];
    if length > 1 {
        let any = random_odd(source, bits);
        moduli.extend([with_lowest(&any, 1), with_lowest(&any, DIGIT_MASK)]);
    }
    while moduli.len() < count {
        moduli.push(random_odd(source, bits));
    }
    assert!(moduli.iter().all(|number| number.bit_width_vartime() == bits));
    moduli.truncate(count);
    moduli
}
