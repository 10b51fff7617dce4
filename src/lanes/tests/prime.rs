//! Tests of candidates: with each base the answer that powers of crypto-bigint give, and the verdict
//! of crypto-primes.

#![cfg(test)] // what is not as it should be panics

use std::collections::BTreeMap;

use crypto_bigint::{BoxedUint, Odd};
use crypto_primes::hazmat::MillerRabin;
use crypto_primes::{Flavor, is_prime};

use super::oracle::{bytes, minus, modulo, plus, power, random, random_odd, small, two_to_the};
use super::rsa_keys::Numbers;
use super::{Random, answers, answers_of_vectors};
use crate::lanes::prime::{Candidates, Tester, half};
use crate::vectors::Lane;

/// The tester with as many digits as the bits need.
fn tester<L: Lane>(bits: u32) -> Box<dyn Tester> {
    match bits {
        ..=96 => Box::new(Candidates::<L, 2, 1>::new(bits)),
        97..=252 => Box::new(Candidates::<L, 5, 1>::new(bits)),
        253..=512 => Box::new(Candidates::<L, 10, 1>::new(bits)),
        513..=1032 => Box::new(Candidates::<L, 10, 2>::new(bits)),
        1033..=1552 => Box::new(Candidates::<L, 10, 3>::new(bits)),
        1553..=2072 => Box::new(Candidates::<L, 10, 4>::new(bits)),
        2073..=2592 => Box::new(Candidates::<L, 10, 5>::new(bits)),
        _ => Box::new(Candidates::<L, 10, 6>::new(bits)),
    }
}

/// A candidate with bases for it.
pub(super) struct Case {
    pub(super) candidate: BoxedUint,
    pub(super) bases: Vec<BoxedUint>,
}

impl Case {
    /// With the bases 0, 1, 2, m−2 and m−1, and random ones.
    pub(super) fn new(candidate: BoxedUint, randoms: usize, source: &mut Random) -> Self {
        let edges = [0, 1, 2].map(small).into_iter();
        let mut bases: Vec<_> =
            edges.chain([2, 1].map(|less| minus(&candidate, &small(less)))).collect();
        for _ in 0..randoms {
            let any = random(source, candidate.bit_width_vartime() + 64);
            bases.push(plus(&modulo(&any, &minus(&candidate, &small(1))), &small(1)));
        }
        bases.retain(|base| *base < candidate);
        Self { candidate, bases }
    }
}

/// What the lanes say of each candidate, all of the same bits: Fermat's test with base 2, and a
/// round of Miller-Rabin with each of its bases. Another number of candidates in each call.
fn verdicts<L: Lane>(cases: &[&Case]) -> Vec<(bool, Vec<bool>)> {
    let bits = cases[0].candidate.bit_width_vartime();
    let length = bits.div_ceil(8) as usize;
    let tester = tester::<L>(bits);
    assert_eq!(tester.words(), L::WORDS);
    let candidates: Vec<_> = cases.iter().map(|case| bytes(&case.candidate, length)).collect();
    let candidates: Vec<&[u8]> = candidates.iter().map(Vec::as_slice).collect();
    let (mut base_two, mut left, mut count) = (Vec::new(), &candidates[..], L::WORDS);
    while !left.is_empty() {
        let (now, later) = left.split_at(count.min(left.len()));
        let passed = tester.pass_base_two(now);
        assert_eq!(passed.len(), now.len());
        base_two.extend(passed);
        (left, count) = (later, if count == 1 { L::WORDS } else { count - 1 });
    }
    let pairs = cases.iter().zip(&candidates).flat_map(|(case, candidate)| {
        case.bases.iter().map(|base| (*candidate, bytes(base, length)))
    });
    let (candidates, bases): (Vec<&[u8]>, Vec<_>) = pairs.unzip();
    let bases: Vec<&[u8]> = bases.iter().map(Vec::as_slice).collect();
    let rounds = candidates.chunks(L::WORDS).zip(bases.chunks(L::WORDS));
    let mut passed = rounds.flat_map(|(candidates, bases)| tester.pass(candidates, bases));
    base_two
        .into_iter()
        .zip(cases)
        .map(|(base_two, case)| (base_two, passed.by_ref().take(case.bases.len()).collect()))
        .collect()
}

/// Whether the power of (m−1)/2 is 1 or −1, with crypto-bigint's powers.
fn expected_round(candidate: &BoxedUint, base: &BoxedUint) -> bool {
    let minus_one = minus(candidate, &small(1));
    let x = power(base, &minus_one.unbounded_shr_vartime(1), candidate);
    x == small(1) || x == minus_one
}

/// How many candidates are prime, how many composite ones passed Fermat's test with base 2, and how
/// many rounds liars passed.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Counts {
    pub(super) primes: usize,
    pub(super) composites: usize,
    pub(super) fermat_liars: usize,
    pub(super) liars: usize,
    /// Rounds with a candidate that is 3 modulo 4, as the search asks for.
    pub(super) rounds: usize,
}

/// Every answer is the expected one.
#[track_caller]
pub(super) fn compare(cases: &[Case]) -> Counts {
    let mut counts = Counts::default();
    let mut of_bits: BTreeMap<u32, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        of_bits.entry(case.candidate.bit_width_vartime()).or_default().push(case);
    }
    for cases in of_bits.into_values() {
        let verdicts = if cases[0].candidate.bit_width_vartime() > 512 {
            answers_of_vectors!(verdicts(&cases))
        } else {
            answers!(verdicts(&cases))
        };
        for (case, (base_two, rounds)) in cases.iter().zip(verdicts) {
            let Case { candidate, bases } = case;
            let prime = is_prime(Flavor::Any, candidate);
            let minus_one = minus(candidate, &small(1));
            assert_eq!(
                base_two,
                power(&small(2), &minus_one, candidate) == small(1),
                "{candidate}"
            );
            let theirs = MillerRabin::new(Odd::new(candidate.clone()).unwrap());
            for (base, passed) in bases.iter().zip(&rounds) {
                assert_eq!(*passed, expected_round(candidate, base), "{candidate} with {base}");
                // Of other candidates it is no round of Miller-Rabin.
                let is_round = candidate.bit_vartime(1);
                counts.rounds += usize::from(is_round);
                if is_round && (small(2)..minus_one.clone()).contains(base) {
                    let base = bytes(base, candidate.bits_precision() as usize / 8);
                    let theirs = theirs.test(&BoxedUint::from_be_slice_vartime(&base));
                    assert_eq!(*passed, theirs.is_probably_prime(), "{candidate} with {base:?}");
                }
            }
            // Base 0 is one that every candidate fails, 1 and −1 none that one fails.
            assert!(!rounds[0] && rounds[1] && rounds[bases.len().min(5) - 1], "{candidate}");
            if prime {
                counts.primes += 1;
                assert!(base_two && rounds[1..].iter().all(|passed| *passed), "{candidate}");
            } else {
                counts.composites += 1;
                counts.fermat_liars += usize::from(base_two);
                counts.liars += rounds[5..].iter().filter(|passed| **passed).count();
                assert!(rounds.iter().any(|passed| !passed));
            }
        }
    }
    counts
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn random_candidates_and_primes_of_512_bits() {
    let mut source = Random(21);
    let mut cases: Vec<_> =
        (0..24).map(|_| Case::new(random_odd(&mut source, 512), 1, &mut source)).collect();
    let key = Numbers::of_bits(512);
    // The largest and the smallest prime of their bits.
    let largest = minus(&two_to_the(512), &small(569));
    let smallest = plus(&two_to_the(511), &small(111));
    for prime in [key.p, key.q, largest, smallest] {
        cases.push(Case::new(prime, 2, &mut source));
    }
    let counts = compare(&cases);
    assert!(counts.primes >= 4, "{counts:?}");
    assert_eq!((counts.primes + counts.composites, counts.fermat_liars), (28, 0));
    assert!(counts.rounds > 50, "{counts:?}");
}

#[test]
#[ignore = "thousands of candidates are for a build with optimisation"]
fn random_candidates_and_primes_of_512_and_1024_bits() {
    let mut source = Random(22);
    let mut cases = Vec::new();
    for bits in [512, 1024] {
        for _ in 0..1000 {
            cases.push(Case::new(random_odd(&mut source, bits), 1, &mut source));
        }
    }
    for bits in [512, 1024, 1536, 2048] {
        let key = Numbers::of_bits(bits);
        for number in [key.p, key.q] {
            cases.push(Case::new(plus(&number, &small(2)), 2, &mut source));
            cases.push(Case::new(number, 8, &mut source));
        }
    }
    let counts = compare(&cases);
    println!("{counts:?}");
    assert!(counts.primes >= 8 + 10, "{counts:?}");
    assert_eq!(counts.fermat_liars, 0);
}

#[test]
fn half_of_a_number_is_that_of_crypto_bigint() {
    let mut source = Random(24);
    for bits in [8, 16, 64, 512, 1024] {
        for _ in 0..50 {
            let number = random(&mut source, bits);
            let halved = half(&bytes(&number, bits as usize / 8));
            let halved = BoxedUint::from_be_slice_vartime(&halved);
            assert_eq!(halved, number.unbounded_shr_vartime(1), "{number}");
        }
    }
}

/// Google's collection. 16 of the numbers have 1,024 bits and none has 512, 1,536 or 2,048, which are
/// the lengths that keys ask for; the others go to a tester of their own length.
#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn numbers_of_wycheproof_up_to_512_bits() {
    let (counts, sizes) = wycheproof(|bits| bits <= 512);
    let sizes_of_keys = [512, 1024, 1536, 2048].map(|bits| sizes.get(&bits).copied().unwrap_or(0));
    assert_eq!((sizes_of_keys, sizes.values().sum()), ([0, 16, 0, 0], 317));
    println!("{counts:?}");
    assert_eq!((counts.primes, counts.composites, counts.fermat_liars), (56, 107, 68));
    assert!(counts.liars > 0);
}

#[test]
#[ignore = "the long ones are for a build with optimisation"]
fn numbers_of_wycheproof_above_512_bits() {
    let (counts, _) = wycheproof(|bits| bits > 512);
    println!("{counts:?}");
    assert_eq!((counts.primes, counts.composites, counts.fermat_liars), (10, 138, 113));
}

/// What is said of those of these bits, and how many there are of all the bits.
fn wycheproof(takes: impl Fn(u32) -> bool) -> (Counts, BTreeMap<u32, usize>) {
    let mut source = Random(25);
    let (mut cases, mut sizes) = (Vec::new(), BTreeMap::new());
    for line in include_str!("primality.txt").lines().filter(|line| !line.starts_with('#')) {
        let (verdict, digits) = line.split_once(' ').unwrap();
        let value: Vec<u8> = (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
            .collect();
        let number = BoxedUint::from_be_slice_vartime(&value);
        let (bits, odd) = (number.bit_width_vartime(), number.bit_vartime(0));
        // Negative numbers, in two's complement, are numbers like others to us.
        let negative = value.first().is_some_and(|byte| *byte >= 0x80);
        *sizes.entry(bits).or_insert(0) += 1;
        if takes(bits) && bits > 2 && odd {
            assert!(negative || is_prime(Flavor::Any, &number) == (verdict == "valid"));
            cases.push(Case::new(number, 3, &mut source));
        }
    }
    (compare(&cases), sizes)
}
