//! Remainders and the sieve against divisions.

#![cfg(test)] // what is not as it should be panics

use crypto_bigint::BoxedUint;

use super::Random;
use super::oracle::{bytes, minus, modulo, plus, random, small, times, two_to_the};
use crate::lanes::residues::Residues;
use crate::lanes::sieve::Sieve;

fn low_word(number: &BoxedUint) -> u64 {
    let bytes = number.to_be_bytes();
    u64::from_be_bytes(bytes[bytes.len() - 8..].try_into().unwrap())
}

/// Numbers of up to 512 bits: the ends, and the neighbours of multiples of a divisor.
fn numbers(divisor: u64, source: &mut Random) -> Vec<BoxedUint> {
    let mut numbers = vec![small(0), small(1), minus(&two_to_the(512), &small(1)), two_to_the(511)];
    for bits in [64, 128, 448] {
        let multiple = times(&random(source, bits), &small(divisor));
        numbers.extend([
            plus(&multiple, &small(1)),
            plus(&multiple, &small(divisor - 1)),
            multiple,
        ]);
    }
    numbers.push(random(source, 512));
    numbers
}

#[test]
fn remainders_are_those_of_divisions() {
    let mut source = Random(41);
    let random_divisors: Vec<u64> = (1..64).map(|bits| source.word() >> bits).collect();
    let edges = [1, 2, 3, 4, 65_537, 1 << 32, (1 << 32) - 1, 1 << 63, u64::MAX, u64::MAX - 1];
    for divisor in edges.into_iter().chain(random_divisors).filter(|divisor| *divisor > 0) {
        for number in numbers(divisor, &mut source) {
            let rest = Residues::new(&bytes(&number, 64)).modulo(divisor);
            let expected = low_word(&modulo(&number, &small(divisor)));
            assert_eq!(rest, expected, "{number} by {divisor}");
        }
    }
}

#[test]
fn remainders_by_every_small_prime_are_those_of_divisions() {
    let mut source = Random(42);
    for number in numbers(3 * 5 * 7 * 65_521, &mut source) {
        let mut primes = 0;
        for (prime, residue) in Residues::new(&bytes(&number, 64)).below(1 << 16) {
            let expected = low_word(&modulo(&number, &small(u64::from(prime))));
            assert_eq!(u64::from(residue), expected, "{number} by {prime}");
            primes += 1;
        }
        // π(2^16) − 1.
        assert_eq!(primes, 6_541);
    }
}

/// Starts for which a given prime divides the first, the second, …, and a place far away.
#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn what_is_open_has_no_small_factor_and_fits_the_public_exponent() {
    let mut source = Random(43);
    for prime in [3_u64, 5, 7, 251, 257, 32_749, 32_771, 65_519, 65_521, 65_537] {
        for first in [0_u64, 1, 2, 255, 256, prime - 1] {
            for plus_one in [0, u64::from(prime == 65_537)] {
                // base·4 + 3, moved so that start + 4·first is 0, or 1, modulo the prime.
                let base = plus(&times(&random(&mut source, 500), &small(4)), &small(3));
                let rest = low_word(&modulo(&base, &small(prime)));
                let moves = (0..prime).find(|k| (rest + 4 * (k + first)) % prime == plus_one);
                let start = plus(&base, &small(4 * moves.unwrap()));
                assert_open(&start, 260);
            }
        }
    }
}

#[track_caller]
fn assert_open(start: &BoxedUint, length: usize) {
    let residues: Vec<_> = Residues::new(&bytes(start, 64)).below(1 << 16).collect();
    let of_exponent = low_word(&modulo(start, &small(65_537)));
    let open = (0..length as u64).filter(|place| {
        let small = residues.iter().all(|(prime, residue)| {
            !(u64::from(*residue) + 4 * place).is_multiple_of(u64::from(*prime))
        });
        small && (of_exponent + 4 * place) % 65_537 > 1
    });
    let sieve = Sieve::new(&bytes(start, 64), length);
    let found: Vec<u64> = (0..).map_while(|rank| sieve.open(rank)).collect();
    assert_eq!(found, open.collect::<Vec<_>>(), "from {start}");
    assert!(sieve.open(found.len() as u16).is_none() && sieve.open(u16::MAX).is_none());
}

/// What holds of the sieve's steps holds of its text: nothing in it asks for a branch or a division.
#[test]
fn the_sieve_has_no_branch_and_no_division() {
    let text = include_str!("../sieve.rs");
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    for (number, line) in code.enumerate() {
        for word in ["if ", "match ", "while ", "&&", "||", " % ", " / ", "step_by", "open["] {
            assert!(!line.contains(word), "{word:?} in line {number} of the code: {line}");
        }
    }
    let residues = include_str!("../residues.rs");
    assert!(!residues.contains('%'), "a remainder of a division");
}
