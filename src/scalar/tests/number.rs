//! Digits: from bytes and back, sums, shifts, choices.

#![cfg(test)] // what is not as it should be panics

use super::Random;
use super::montgomery::{digits, every_size, of_digits};
use super::oracle::{bytes, minus, modulo, plus, random, small, times, two_to_the};
use crate::scalar::number::Number;

fn arithmetic<const N: usize>() {
    let mut source = Random(8);
    let bits = Number::<N>::BITS;
    let all = two_to_the(bits);
    let ones = minus(&all, &small(1));
    let mut numbers = vec![small(0), small(1), ones.clone(), two_to_the(bits - 1)];
    numbers.extend((0..4).map(|_| random(&mut source, bits)));
    for a in &numbers {
        let a_digits = digits::<N>(a);
        assert_eq!(of_digits(&a_digits), *a);
        // Cut off above, and below.
        let long = [&[0xff; 9][..], &bytes(a, bits.div_ceil(8) as usize)].concat();
        assert_eq!(
            modulo(&of_digits(&Number::<N>::from_bytes(&long)), &two_to_the(bits / 8 * 8)),
            modulo(a, &two_to_the(bits / 8 * 8))
        );
        let mut short = [0; 20];
        a_digits.write_bytes(&mut short);
        assert_eq!(short.to_vec(), bytes(&modulo(a, &two_to_the(160)), 20));
        let mut half = a_digits;
        half.halve();
        assert_eq!(of_digits(&half), a.unbounded_shr_vartime(1));
        for shift in 0..=3 {
            let mut shifted = a_digits;
            shifted.shift_left(shift);
            let expected = times(a, &two_to_the(shift as u32));
            assert_eq!(of_digits(&shifted), modulo(&expected, &all));
        }
        for first in [0, 1, 55, 57, 60, bits - 3] {
            let expected = modulo(&a.unbounded_shr_vartime(first), &two_to_the(5));
            assert_eq!(small(a_digits.bits(first, 5)), expected, "{first}");
        }
        for b in &numbers {
            let b_digits = digits::<N>(b);
            assert_eq!(a_digits.equals(&b_digits), u64::from(a == b));
            let mut sum = a_digits;
            sum.add(&b_digits);
            assert_eq!(of_digits(&sum), modulo(&plus(a, b), &all));
            let mut difference = a_digits;
            assert_eq!(difference.subtract(&b_digits), u64::from(a < b));
            assert_eq!(of_digits(&difference), modulo(&minus(&plus(a, &all), b), &all));
            let mut reduced = a_digits;
            reduced.reduce_once(&b_digits);
            assert_eq!(of_digits(&reduced), if a < b { a.clone() } else { minus(a, b) });
        }
    }
    let table: Vec<Number<N>> = (0..32).map(|_| digits(&random(&mut source, bits))).collect();
    for position in 0..32 {
        let mut found = digits::<N>(&ones);
        found.look_up(&table, position);
        assert_eq!(of_digits(&found), of_digits(&table[position as usize]));
    }
    for exponent in [0, 1, 60, 61, bits - 1] {
        assert_eq!(of_digits(&Number::<N>::power_of_two(exponent)), two_to_the(exponent));
    }
}

#[test]
fn numbers_are_those_of_crypto_bigint() {
    every_size!(arithmetic());
}
