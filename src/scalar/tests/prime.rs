//! Tests of candidates, compared with powers of crypto-bigint and the verdict of crypto-primes.

#![cfg(test)] // what is not as it should be panics

use crypto_bigint::BoxedUint;
use crypto_primes::{Flavor, is_prime};

use super::Random;
use super::oracle::{bytes, minus, modulo, plus, power, random, random_odd, small, two_to_the};
use super::rsa_keys::Numbers;
use crate::scalar::candidate;

/// Compares, and says whether the number is prime.
fn compare(number: &BoxedUint, source: &mut Random) -> bool {
    let bits = number.bit_width_vartime();
    let length = bits as usize / 8;
    let tested = candidate(&bytes(number, length), bits).unwrap();
    let minus_one = minus(number, &small(1));
    let is_one = power(&small(2), &minus_one, number) == small(1);
    assert_eq!(tested.passes_base_two(), is_one, "{number}");
    let any = plus(&modulo(&random(source, bits), &minus(number, &small(3))), &small(2));
    let mut passes = Vec::new();
    for base in [small(0), small(1), small(2), minus(number, &small(2)), minus_one.clone(), any] {
        let x = power(&base, &minus_one.unbounded_shr_vartime(1), number);
        let passed = tested.passes(&bytes(&base, length));
        assert_eq!(passed, x == small(1) || x == minus_one, "{number} with {base}");
        passes.push(passed);
    }
    let prime = is_prime(Flavor::Any, number);
    assert_eq!(passes[..2], [false, true]);
    // 1 and −1 are no witnesses of anything.
    assert_eq!(prime, is_one && passes[2..4] == [true; 2] && passes[5], "{number}");
    prime
}

fn candidates(bits: u32, count: usize) -> usize {
    let mut source = Random(u64::from(bits));
    let key = Numbers::of_bits(bits);
    let mut numbers = vec![key.p.clone(), key.q, plus(&key.p, &small(4))];
    let three = small(3);
    numbers.push(minus(&two_to_the(bits), &small(1)));
    numbers.push(plus(&two_to_the(bits - 1), &three));
    while numbers.len() < count {
        let number = random_odd(&mut source, bits);
        numbers.push(if number.bit_vartime(1) { number } else { plus(&number, &small(2)) });
    }
    numbers.iter().filter(|number| compare(number, &mut source)).count()
}

#[test]
fn candidates_are_judged_as_by_crypto_primes() {
    assert!(candidates(512, 12) >= 2);
    assert!(candidate(&[0xff; 65], 520).is_none(), "no prime of a key");
}

#[test]
#[ignore = "it is for a build with optimisation"]
fn candidates_of_every_size_are_judged_as_by_crypto_primes() {
    for (bits, count) in [(512, 500), (1024, 300), (1536, 60), (2048, 30)] {
        assert!(candidates(bits, count) >= 2, "{bits}");
    }
}
