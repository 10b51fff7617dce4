//! Digits, summed up again.

use super::{Random, every_curve, plain};
use crate::curves::curve::Curve;
use crate::curves::modulus::{Modulus, Residue};
use crate::curves::recoding::{WNAF_DIGITS, digits_public, odd_digit, wnaf_public};
use crate::curves::tables::COMB_WINDOW;

/// Σ digit·2^(w·at), the last digit first.
fn sum<M: Modulus<N>, const N: usize>(w: u32, digits: &[i64]) -> Residue<M, N> {
    digits.iter().rev().fold(Residue::ZERO, |sum, digit| {
        let sum = (0..w).fold(sum, |sum, _| sum.double_public());
        let size = Residue::from_words(&plain::small(digit.unsigned_abs()));
        if *digit < 0 { sum.subtract(&size) } else { sum.add(&size) }
    })
}

fn every_form<C: Curve<N>, const N: usize>(rounds: usize) {
    let mut random = Random(6);
    for _ in 0..rounds {
        let mut number = random.below::<C::Order, N>();
        for w in [5, 6, 7, 8] {
            let count = (C::Order::BITS + 1).div_ceil(w) as usize;
            let digits: Vec<i64> = digits_public(&number, w, count).map(i64::from).collect();
            let half = 1 << (w - 1);
            assert!(digits.iter().all(|digit| (-half..=half).contains(digit)), "{number:x?}");
            assert_eq!(sum::<C::Order, N>(w, &digits).to_words(), number, "{number:x?}");

            let mut form = [0; WNAF_DIGITS];
            let count = wnaf_public(&number, w, &mut form);
            let digits: Vec<i64> = form[..count].iter().map(|digit| i64::from(*digit)).collect();
            assert_eq!(sum::<C::Order, N>(1, &digits).to_words(), number, "{number:x?}");
            assert!(form[count..].iter().all(|digit| *digit == 0));
            let used = |digit: &&i64| **digit != 0;
            assert!(digits.iter().filter(used).all(|digit| digit % 2 != 0 && digit.abs() < half));
            for near in digits.windows(w as usize) {
                assert!(near.iter().filter(used).count() <= 1, "{number:x?}");
            }
        }
        number[0] |= 1;
        let count = C::Order::BITS.div_ceil(COMB_WINDOW) as usize;
        let digits: Vec<i64> = (0..count)
            .map(|at| {
                let digit = odd_digit(&number, COMB_WINDOW, at, count);
                assert!(digit.position < 1 << (COMB_WINDOW - 1));
                let size = 2 * digit.position as i64 + 1;
                if digit.negative == 0 { size } else { -size }
            })
            .collect();
        assert!(digits[count - 1] > 0);
        let expected = Residue::<C::Order, N>::reduce(&number);
        assert!(sum::<C::Order, N>(COMB_WINDOW, &digits).equals_public(&expected), "{number:x?}");
    }
}

#[test]
fn digits_sum_up_to_the_number() {
    every_curve!(every_form(if cfg!(debug_assertions) { 10 } else { 3_000 }));
}
