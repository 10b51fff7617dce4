//! Montgomery multiplication, squares, and what a modulus keeps.

use crypto_bigint::BoxedUint;

use super::oracle::{
    digits, from_lanes, minus, moduli, modulo, of_digits, plus, random, small, times, to_lanes,
    two_to_the,
};
use super::{Random, answers};
use crate::lanes::montgomery::Modulus;
use crate::lanes::number::{Number, Sums};
use crate::vectors::{DIGIT_MASK, Lane};

/// Eight moduli of the same bits, and rows of eight pairs to be multiplied, one for each of them.
pub(super) struct Group {
    pub(super) bits: u32,
    pub(super) moduli: Vec<BoxedUint>,
    pub(super) rows: Vec<Vec<[BoxedUint; 2]>>,
}

impl Group {
    /// Calls with the lanes' own moduli, and where they stand among the eight.
    pub(super) fn with_moduli<L: Lane, const B: usize, const N: usize>(
        &self,
        mut each: impl FnMut(std::ops::Range<usize>, Modulus<L, B, N>),
    ) {
        for first in (0..self.moduli.len()).step_by(L::WORDS) {
            let range = first..first + L::WORDS;
            each(range.clone(), Modulus::new(to_lanes(&self.moduli[range]), self.bits));
        }
    }
}

/// The products of every row, or the squares of the first factors, in the order of the moduli.
pub(super) fn products<L: Lane, const B: usize, const N: usize>(
    group: &Group,
    is_square: bool,
) -> Vec<Vec<Vec<u64>>> {
    let mut results = vec![Vec::new(); group.moduli.len()];
    let mut sums = Sums::new(N);
    group.with_moduli::<L, B, N>(|range, modulus| {
        for row in &group.rows {
            let factor = |which: usize| -> Number<L, B, N> {
                let factors: Vec<_> =
                    row[range.clone()].iter().map(|pair| pair[which].clone()).collect();
                to_lanes(&factors)
            };
            let mut a = factor(0);
            if is_square {
                modulus.square(&mut a, &mut sums);
            } else {
                modulus.multiply(&mut a, &factor(1), &mut sums);
            }
            for (word, digits) in range.clone().zip(from_lanes(&a)) {
                results[word].push(digits);
            }
        }
    });
    results
}

/// Whether digits are a·b/R modulo m, below 2m, each of them below 2^52.
#[track_caller]
pub(super) fn assert_product(digits: &[u64], pair: [&BoxedUint; 2], modulus: &BoxedUint) {
    assert!(digits.iter().all(|digit| *digit <= DIGIT_MASK), "a digit is not carried");
    let (result, [a, b]) = (of_digits(digits), pair);
    let case = || format!("{a} * {b} modulo {modulus}: {result}");
    assert!(result < plus(modulus, modulus), "not below 2m: {}", case());
    let times_r = times(&result, &two_to_the(52 * digits.len() as u32));
    assert!(modulo(&times_r, modulus) == modulo(&times(a, b), modulus), "{}", case());
}

/// Numbers at the edges of what a factor may be, all below 16m.
pub(super) fn edges(modulus: &BoxedUint, digits: u32) -> Vec<BoxedUint> {
    let (one, bits) = (small(1), modulus.bit_width_vartime());
    let multiple = |factor: u64| times(modulus, &small(factor));
    let mut edges = vec![small(0), one.clone(), small(2), minus(modulus, &one), modulus.clone()];
    edges.push(plus(modulus, &one));
    edges.push(minus(&multiple(2), &one));
    edges.push(minus(&multiple(16), &one));
    // R modulo m and −1: 1 and −1 in Montgomery's form.
    edges.push(modulo(&two_to_the(52 * digits), modulus));
    edges.push(minus(modulus, &modulo(&two_to_the(52 * digits), modulus)));
    // As many digits of ones as there may be, and single bits on both sides of a digit's border.
    edges.push(minus(&two_to_the(bits + 3), &one));
    for digit in [1, digits / 2, (bits - 1) / 52] {
        if digit > 0 && digit * 52 < bits {
            edges.extend([two_to_the(digit * 52), minus(&two_to_the(digit * 52), &one)]);
        }
    }
    edges
}

/// Pairs of edges for every modulus, then random pairs below 2m and below 16m, then every digit a
/// one times what is not above m. `step` thins the pairs of edges.
fn group(bits: u32, digits: u32, step: usize, randoms: usize) -> Group {
    let mut source = Random(u64::from(bits) << 16 | u64::from(digits));
    let moduli = moduli(&mut source, bits, 8);
    let edges: Vec<_> = moduli.iter().map(|modulus| edges(modulus, digits)).collect();
    let count = edges[0].len();
    let mut rows = Vec::new();
    for row in (0..count * count).step_by(step) {
        // Another pair in each word.
        let pair = |word: usize| {
            let at = (row + word * 37) % (count * count);
            [&edges[word][at / count], &edges[word][at % count]].map(BoxedUint::clone)
        };
        rows.push((0..8).map(pair).collect());
    }
    for row in 0..randoms {
        let room = if row % 2 == 0 { 1 } else { 4 };
        let mut below = |modulus: &BoxedUint| {
            let bound = times(modulus, &two_to_the(room));
            modulo(&random(&mut source, bits + room + 64), &bound)
        };
        rows.push(moduli.iter().map(|modulus| [below(modulus), below(modulus)]).collect());
    }
    let all_ones = minus(&two_to_the(52 * digits), &small(1));
    rows.push(moduli.iter().map(|modulus| [all_ones.clone(), modulus.clone()]).collect());
    rows.push(moduli.iter().map(|modulus| [modulus.clone(), all_ones.clone()]).collect());
    Group { bits, moduli, rows }
}

/// The bits of moduli: the most, one less, and both sides of a digit's border.
fn sizes(digits: u32) -> [u32; 4] {
    let most = 52 * digits - 8;
    [most, most - 1, 52 * (digits - 1), 52 * (digits - 1) + 1]
}

/// How many products and squares were compared with crypto-bigint's.
macro_rules! compared {
    ($blocks:literal, $number:literal, $step:expr, $randoms:expr) => {{
        let mut compared = 0;
        for bits in sizes($blocks * $number) {
            let mut group = group(bits, $blocks * $number, $step, $randoms);
            compared +=
                compare(&group, answers!(products::<$blocks, $number>(&group, false)), false);
            // The square of R−1 is longer than mR.
            let most = two_to_the(bits + 4);
            group.rows.retain(|row| row.iter().all(|pair| pair[0] < most));
            compared += compare(&group, answers!(products::<$blocks, $number>(&group, true)), true);
        }
        compared
    }};
}

#[track_caller]
pub(super) fn compare(group: &Group, results: Vec<Vec<Vec<u64>>>, is_square: bool) -> usize {
    let mut compared = 0;
    for (word, (modulus, results)) in group.moduli.iter().zip(results).enumerate() {
        assert_eq!(results.len(), group.rows.len());
        for (row, result) in group.rows.iter().zip(results) {
            let [a, b] = &row[word];
            assert_product(&result, if is_square { [a, a] } else { [a, b] }, modulus);
            compared += 1;
        }
    }
    compared
}

#[test]
fn products_and_squares_of_one_block() {
    let compared = compared!(10, 1, 3, 40);
    assert!(compared > 5000, "{compared}");
}

#[test]
fn products_and_squares_of_two_blocks() {
    let compared = compared!(10, 2, 11, 12);
    assert!(compared > 1500, "{compared}");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn products_and_squares_of_three_and_more_blocks() {
    let mut compared = compared!(10, 3, 41, 2);
    compared += compared!(10, 4, 73, 2);
    compared += compared!(10, 6, 293, 1);
    compared += compared!(10, 8, 293, 1);
    assert!(compared > 1000, "{compared}");
}

#[test]
fn products_and_squares_of_blocks_of_other_lengths() {
    let mut compared = compared!(5, 1, 3, 20);
    compared += compared!(8, 1, 7, 20);
    compared += compared!(11, 1, 7, 20);
    assert!(compared > 5000, "{compared}");
}

/// R and R² modulo m, both below m.
fn kept<L: Lane, const B: usize, const N: usize>(group: &Group) -> Vec<[Vec<u64>; 2]> {
    let mut kept = Vec::new();
    group.with_moduli::<L, B, N>(|_, modulus| {
        let [one, square] = [&modulus.one, &modulus.square].map(from_lanes);
        kept.extend(one.into_iter().zip(square).map(|(one, square)| [one, square]));
    });
    kept
}

macro_rules! assert_kept {
    ($blocks:literal, $number:literal) => {{
        let count = $blocks * $number;
        let mut source = Random(7);
        for bits in sizes(count) {
            let moduli = moduli(&mut source, bits, 8);
            let group = Group { bits, moduli, rows: Vec::new() };
            let kept = answers!(kept::<$blocks, $number>(&group));
            assert_eq!(kept.len(), 8);
            for (modulus, [one, square]) in group.moduli.iter().zip(kept) {
                let r = two_to_the(52 * count);
                assert_eq!(one, digits(&modulo(&r, modulus), count as usize), "{modulus}");
                let expected = modulo(&times(&r, &r), modulus);
                assert_eq!(square, digits(&expected, count as usize), "{modulus}");
            }
        }
    }};
}

#[test]
fn a_modulus_keeps_r_and_its_square() {
    assert_kept!(10, 1);
    assert_kept!(10, 2);
    assert_kept!(10, 3);
    assert_kept!(10, 4);
    assert_kept!(10, 8);
    assert_kept!(5, 1);
    assert_kept!(8, 1);
    assert_kept!(11, 1);
}
