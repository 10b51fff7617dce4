//! Numbers in digits: bytes, bits, carries, shifts, differences, choices.

use crypto_bigint::BoxedUint;

use super::oracle::{
    bytes, digits, from_lanes, minus, modulo, of_digits, plus, random, raw, small, times, to_lanes,
    two_to_the,
};
use super::{Random, answers};
use crate::lanes::montgomery::{double, product};
use crate::lanes::number::{Number, Sums};
use crate::vectors::{DIGIT_MASK, Lane};

/// Numbers of so many digits: zero, ones, borders, random ones; a multiple of eight of them.
fn numbers(digits: u32) -> Vec<BoxedUint> {
    let mut source = Random(u64::from(digits));
    let all = minus(&two_to_the(52 * digits), &small(1));
    let mut numbers = vec![small(0), small(1), small(2), all.clone(), minus(&all, &small(1))];
    for bit in [51, 52, 53, 63, 64, 65, 52 * digits - 1] {
        numbers.extend([two_to_the(bit), minus(&two_to_the(bit), &small(1))]);
    }
    while numbers.len() < 48 {
        let bits = source.index(52 * digits as usize) as u32 + 1;
        numbers.push(random(&mut source, bits));
    }
    numbers
}

/// An answer for each of the numbers, several at a time.
fn each<L: Lane, T>(
    count: usize,
    mut answer: impl FnMut(std::ops::Range<usize>) -> Vec<T>,
) -> Vec<T> {
    let mut answers = Vec::new();
    for first in (0..count).step_by(L::WORDS) {
        answers.extend(answer(first..first + L::WORDS));
    }
    answers
}

fn read<L: Lane, const B: usize, const N: usize>(numbers: &[Vec<u8>]) -> Vec<Vec<u64>> {
    each::<L, _>(numbers.len(), |range| {
        let numbers: Vec<&[u8]> = numbers[range].iter().map(Vec::as_slice).collect();
        from_lanes(&Number::<L, B, N>::from_bytes(&numbers))
    })
}

fn written<L: Lane, const B: usize, const N: usize>(
    numbers: &[BoxedUint],
    length: usize,
) -> Vec<Vec<u8>> {
    each::<L, _>(numbers.len(), |range| {
        let number = to_lanes::<L, B, N>(&numbers[range]);
        let bytes = |word| {
            // What stands there before does not matter.
            let mut bytes = vec![0xa5; length];
            number.write_bytes(word, &mut bytes);
            bytes
        };
        (0..L::WORDS).map(bytes).collect()
    })
}

macro_rules! assert_bytes {
    ($blocks:literal, $number:literal) => {{
        let count = ($blocks * $number) as usize;
        let numbers = numbers(count as u32);
        let most = (count * 52).div_ceil(8);
        let expected: Vec<_> = numbers.iter().map(|number| digits(number, count)).collect();
        // As long as they may be, with zeros in front, and without.
        for more in [0, 1, 9] {
            let bytes: Vec<_> = numbers.iter().map(|number| bytes(number, most + more)).collect();
            assert_eq!(answers!(read::<$blocks, $number>(&bytes)), expected);
        }
        let trimmed: Vec<_> =
            numbers.iter().map(|number| number.to_be_bytes_trimmed_vartime().to_vec()).collect();
        assert_eq!(answers!(read::<$blocks, $number>(&trimmed)), expected);
        for length in [0, 1, 7, most - 1, most, most + 9] {
            let written = answers!(written::<$blocks, $number>(&numbers, length));
            for (number, written) in numbers.iter().zip(written) {
                let low = modulo(number, &two_to_the(8 * length as u32));
                assert_eq!(written, bytes(&low, length), "{number} in {length} bytes");
            }
        }
    }};
}

#[test]
fn bytes_become_digits_and_come_back() {
    assert_bytes!(10, 1);
    assert_bytes!(10, 2);
    assert_bytes!(10, 3);
    assert_bytes!(10, 4);
    assert_bytes!(5, 1);
    assert_bytes!(8, 1);
    assert_bytes!(11, 1);
}

fn cut<L: Lane, const B: usize, const N: usize>(numbers: &[Vec<u8>]) -> Vec<Vec<u64>> {
    // Fewer numbers than words: the others are zero.
    let number = Number::<L, B, N>::from_bytes(&[&numbers[0]]);
    let all = from_lanes(&number);
    assert!(all[1..].iter().flatten().all(|digit| *digit == 0));
    vec![all[0].clone()]
}

#[test]
fn what_is_above_the_digits_is_cut_off() {
    let long = vec![vec![0xff; 100]];
    assert_eq!(answers!(cut::<5, 1>(&long)), [vec![DIGIT_MASK; 5]]);
    assert_eq!(answers!(cut::<10, 1>(&long)), [vec![DIGIT_MASK; 10]]);
}

fn bits<L: Lane, const B: usize, const N: usize>(
    numbers: &[BoxedUint],
    first: u32,
    count: u32,
) -> Vec<u64> {
    each::<L, _>(numbers.len(), |range| {
        to_lanes::<L, B, N>(&numbers[range]).bits(first, count).to_array().as_ref().to_vec()
    })
}

#[test]
fn any_bits_are_found() {
    let numbers = numbers(20);
    let ends = [0, 1, 3, 48, 50, 51, 52, 53, 103, 104, 517, 519, 520, 521, 1036, 1038, 1039];
    for first in ends {
        for count in [1, 2, 4, 5, 51, 52] {
            let found = answers!(bits::<10, 2>(&numbers, first, count));
            for (number, found) in numbers.iter().zip(found) {
                let above = number.unbounded_shr_vartime(first);
                let expected = digits(&modulo(&above, &two_to_the(count)), 1);
                assert_eq!([found], expected[..], "{count} bits of {number} from {first} on");
            }
        }
    }
}

fn carried<L: Lane, const B: usize, const N: usize>(rows: &[Vec<u64>]) -> Vec<(Vec<u64>, u64)> {
    each::<L, _>(rows.len(), |range| {
        let mut number = raw::<L, B, N>(&rows[range]);
        let out = number.carry();
        from_lanes(&number).into_iter().zip(out.to_array().as_ref().to_vec()).collect()
    })
}

#[test]
fn digits_of_64_bits_are_carried() {
    let mut source = Random(3);
    let mut rows = vec![vec![0; 20], vec![DIGIT_MASK; 20], vec![DIGIT_MASK + 1; 20]];
    // A carry from the lowest digit to the highest.
    rows.push([&[DIGIT_MASK + 1][..], &[DIGIT_MASK; 19]].concat());
    // The largest words whose sums with a carry do not overflow.
    rows.push(vec![u64::MAX - 0xfff; 20]);
    while rows.len() < 32 {
        rows.push((0..20).map(|_| source.word() - source.word() % 0x1000).collect());
    }
    for (row, (digits, out)) in rows.iter().zip(answers!(carried::<10, 2>(&rows))) {
        assert!(digits.iter().all(|digit| *digit <= DIGIT_MASK));
        let whole = plus(&of_digits(&digits), &times(&small(out), &two_to_the(52 * 20)));
        assert_eq!(whole, of_digits(row));
    }
}

fn shifted<L: Lane, const B: usize, const N: usize>(
    numbers: &[BoxedUint],
    counts: &[u64],
) -> Vec<Vec<u64>> {
    each::<L, _>(numbers.len(), |range| {
        let mut number = to_lanes::<L, B, N>(&numbers[range.clone()]);
        number.shift_left(L::from_fn(|word| counts[range.start + word]));
        from_lanes(&number)
    })
}

#[test]
fn every_number_is_shifted_by_its_own_count() {
    let numbers = numbers(20);
    for first in 0..12 {
        let counts: Vec<u64> = (0..numbers.len() as u64).map(|word| (word + first) % 12).collect();
        let shifted = answers!(shifted::<10, 2>(&numbers, &counts));
        for ((number, count), shifted) in numbers.iter().zip(counts).zip(shifted) {
            let expected = times(number, &two_to_the(count as u32));
            let expected = digits(&modulo(&expected, &two_to_the(52 * 20)), 20);
            assert_eq!(shifted, expected, "{number} by {count}");
        }
    }
}

/// Differences with their borrows, a reduced by b, and where they are equal.
fn differences<L: Lane, const B: usize, const N: usize>(
    pairs: &[[BoxedUint; 2]],
) -> Vec<(Vec<u64>, u64, Vec<u64>, bool)> {
    each::<L, _>(pairs.len(), |range| {
        let side = |side: usize| -> Number<L, B, N> {
            let numbers: Vec<_> =
                pairs[range.clone()].iter().map(|pair| pair[side].clone()).collect();
            to_lanes(&numbers)
        };
        let (a, b) = (side(0), side(1));
        let (difference, borrow) = a.subtract(&b);
        let (difference, borrow) = (from_lanes(&difference), borrow.to_array());
        let reduced = from_lanes(&a.reduced_once(&b));
        let equal = L::select(a.equals(&b), L::splat(1), L::default()).to_array();
        let answer = |word: usize| {
            let borrow = borrow.as_ref()[word];
            (difference[word].clone(), borrow, reduced[word].clone(), equal.as_ref()[word] == 1)
        };
        (0..L::WORDS).map(answer).collect()
    })
}

#[test]
fn differences_have_their_borrow_and_reduce_once() {
    let numbers = numbers(10);
    let mut source = Random(4);
    let mut pairs = Vec::new();
    for a in &numbers {
        let next = plus(a, &small(u64::from(a.bit_width_vartime() < 520)));
        pairs.push([a.clone(), a.clone()]);
        pairs.push([a.clone(), next.clone()]);
        pairs.push([next, a.clone()]);
        for _ in 0..5 {
            pairs.push([a.clone(), numbers[source.index(numbers.len())].clone()]);
        }
    }
    for ([a, b], answer) in pairs.iter().zip(answers!(differences::<10, 1>(&pairs))) {
        let (difference, borrow, reduced, equal) = answer;
        let is_below = a < b;
        assert_eq!((borrow == 1, equal), (is_below, a == b), "{a} - {b}");
        assert!(borrow <= 1);
        let wrapped = minus(&plus(a, &two_to_the(520)), b);
        assert_eq!(difference, digits(&modulo(&wrapped, &two_to_the(520)), 10), "{a} - {b}");
        let expected = if is_below { a.clone() } else { minus(a, b) };
        assert_eq!(reduced, digits(&expected, 10), "{a} - {b}");
    }
}

/// Twice a, the sum, the product, a choice by `chosen`, and a turned around within the words.
fn combined<L: Lane, const B: usize, const N: usize>(
    pairs: &[[BoxedUint; 2]],
) -> Vec<Vec<Vec<u64>>> {
    let mut turned = Vec::new();
    let mut combined = each::<L, Vec<Vec<u64>>>(pairs.len(), |range| {
        let side = |side: usize| -> Number<L, B, N> {
            let numbers: Vec<_> =
                pairs[range.clone()].iter().map(|pair| pair[side].clone()).collect();
            to_lanes(&numbers)
        };
        let (a, b) = (side(0), side(1));
        let mut sums = Sums::new(N);
        product(&a, &b, &mut sums);
        let (mut low, mut sum) = (Number::default(), a.add(&b));
        sum.carry();
        sums.carried(0, &mut low);
        let mask = L::from_fn(|word| u64::from(is_chosen(range.start + word))).test(L::splat(1));
        let chosen = Number::select(mask, &a, &b);
        turned.extend(from_lanes(&a.rearranged(|word| L::WORDS - 1 - word)).into_iter().rev());
        let all = [double(&a), sum, low, chosen].map(|number| from_lanes(&number));
        (0..L::WORDS).map(|word| all.iter().map(|one| one[word].clone()).collect()).collect()
    });
    for (combined, turned) in combined.iter_mut().zip(turned) {
        combined.push(turned);
    }
    combined
}

fn is_chosen(pair: usize) -> bool {
    pair % 3 == 1
}

#[test]
fn sums_products_and_choices() {
    let numbers = numbers(20);
    let others = numbers.iter().rev();
    let pairs: Vec<_> = numbers.iter().zip(others).map(|(a, b)| [a.clone(), b.clone()]).collect();
    let whole = two_to_the(52 * 20);
    for (at, combined) in answers!(combined::<10, 2>(&pairs)).into_iter().enumerate() {
        let [a, b] = &pairs[at];
        let chosen = if is_chosen(at) { a } else { b };
        let expected = [&plus(a, a), &plus(a, b), &times(a, b), chosen, a];
        let expected = expected.map(|number| digits(&modulo(number, &whole), 20));
        assert_eq!(combined, expected, "{a} and {b}");
    }
}

fn same<L: Lane, const B: usize, const N: usize>(_: ()) -> (Vec<u64>, Vec<Vec<u64>>) {
    let small = from_lanes(&Number::<L, B, N>::small(DIGIT_MASK));
    let words = L::from_fn(|word| word as u64).to_array();
    assert!(words.as_ref().iter().enumerate().all(|(word, value)| word as u64 == *value));
    (words.as_ref()[..2].to_vec(), small[..2].to_vec())
}

#[test]
fn words_stand_in_order_and_small_numbers_in_each() {
    let (words, small) = answers!(same::<5, 1>(()));
    assert_eq!((words, small), (vec![0, 1], vec![vec![DIGIT_MASK, 0, 0, 0, 0]; 2]));
}
