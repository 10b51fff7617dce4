//! Powers.

use crypto_bigint::BoxedUint;

use super::montgomery::Group;
use super::oracle::{
    from_lanes, minus, moduli, modulo, of_digits, plus, power, random, small, times, to_lanes,
    two_to_the,
};
use super::{Random, answers};
use crate::lanes::number::Number;
use crate::lanes::power::{Power, PowerOf65537};
use crate::vectors::Lane;

/// Powers of every pair of base, in Montgomery's form, and exponent of at most `most` bits, or to
/// the power of 65537.
fn powers<L: Lane, const B: usize, const N: usize>(
    group: &Group,
    most: Option<u32>,
) -> Vec<Vec<Vec<u64>>> {
    let mut results = vec![Vec::new(); group.moduli.len()];
    group.with_moduli::<L, B, N>(|range, modulus| {
        for row in &group.rows {
            let side = |side: usize| -> Number<L, B, N> {
                let numbers: Vec<_> =
                    row[range.clone()].iter().map(|pair| pair[side].clone()).collect();
                to_lanes(&numbers)
            };
            let (modulus, base) = (&modulus, &side(0));
            let power = match most {
                Some(bits) => L::call(Power { modulus, base, exponent: &side(1), bits }),
                None => L::call(PowerOf65537 { modulus, base }),
            };
            for (word, digits) in range.clone().zip(from_lanes(&power)) {
                results[word].push(digits);
            }
        }
    });
    results
}

/// Bases below 2m and exponents of at most `most` bits, the edges first.
fn group(bits: u32, digits: u32, most: u32, rows: usize) -> Group {
    let mut source = Random(u64::from(bits * 3 + digits));
    let moduli = moduli(&mut source, bits, 8);
    let one = small(1);
    let largest = minus(&two_to_the(most), &one);
    let pattern = |nibble: u64| {
        let digits = vec![nibble * 0x1_1111_1111_1111; most.div_ceil(52) as usize];
        modulo(&of_digits(&digits), &two_to_the(most))
    };
    // Every place of the table of powers, in every window.
    let mut exponents: Vec<_> = (0..16).map(pattern).collect();
    let others = [one.clone(), small(2), small(65_537), largest, two_to_the(most - 1)];
    exponents.extend(others.map(|exponent| modulo(&exponent, &two_to_the(most))));
    let rows = (0..rows)
        .map(|row| {
            let pair = |(word, modulus): (usize, &BoxedUint)| {
                let twice = plus(modulus, modulus);
                let base = match (row + word) % 7 {
                    0 => small(0),
                    1 => one.clone(),
                    2 => minus(&twice, &one),
                    3 => minus(modulus, &one),
                    _ => modulo(&random(&mut source, bits + 64), &twice),
                };
                let exponent = match exponents.get((row * 8 + word) % (exponents.len() + 5)) {
                    Some(exponent) => exponent.clone(),
                    None => random(&mut source, most),
                };
                [base, exponent]
            };
            moduli.iter().enumerate().map(pair).collect()
        })
        .collect();
    Group { bits, moduli, rows }
}

#[track_caller]
fn compare(group: &Group, results: Vec<Vec<Vec<u64>>>, fixed: Option<u64>) {
    for (word, (modulus, results)) in group.moduli.iter().zip(results).enumerate() {
        assert_eq!(results.len(), group.rows.len());
        for (row, digits) in group.rows.iter().zip(results) {
            let [base, exponent] = &row[word];
            let exponent = &fixed.map_or(exponent.clone(), small);
            let result = of_digits(&digits);
            assert!(result < plus(modulus, modulus));
            // x = base/R: x^e·R = result.
            let r = two_to_the(52 * digits.len() as u32);
            let base = times(base, &super::oracle::inverse(&r, modulus));
            let expected = times(&power(&base, exponent, modulus), &r);
            let case = || format!("{base}^{exponent} modulo {modulus}");
            assert!(modulo(&result, modulus) == modulo(&expected, modulus), "{}", case());
        }
    }
}

macro_rules! compared {
    ($blocks:literal, $number:literal, $bits:expr, $most:expr, $rows:expr) => {{
        let group = group($bits, $blocks * $number, $most, $rows);
        compare(&group, answers!(powers::<$blocks, $number>(&group, Some($most))), None);
    }};
}

#[test]
fn powers_with_exponents_of_every_length() {
    for most in [1, 2, 3, 4, 5, 7, 8, 9, 31, 52, 53, 104] {
        compared!(10, 1, 512, most, 4);
    }
    compared!(5, 1, 252, 260, 2);
    compared!(8, 1, 408, 60, 2);
    compared!(11, 1, 521, 60, 2);
    compared!(10, 2, 1024, 40, 2);
    compared!(10, 3, 1536, 20, 1);
    compared!(10, 4, 2048, 12, 1);
}

#[test]
fn powers_with_exponents_as_long_as_the_modulus() {
    compared!(10, 1, 512, 512, 3);
}

macro_rules! compared_65537 {
    ($blocks:literal, $number:literal, $bits:expr) => {{
        let group = group($bits, $blocks * $number, 8, 1);
        compare(&group, answers!(powers::<$blocks, $number>(&group, None)), Some(65_537));
    }};
}

#[test]
fn powers_of_65537() {
    compared_65537!(10, 1, 512);
    compared_65537!(10, 2, 1024);
    compared_65537!(10, 4, 2048);
    compared_65537!(10, 6, 3072);
    compared_65537!(10, 8, 4096);
    compared_65537!(5, 1, 252);
    compared_65537!(11, 1, 564);
}
