//! The search for primes: which candidates it tests, with which bases, and how it ends.

#![cfg(test)] // what is not as it should be panics

use std::ops::ControlFlow;
use std::sync::Mutex;

use crypto_bigint::BoxedUint;
use crypto_primes::{Flavor, is_prime};

use super::Random;
use super::oracle::{minus, modulo, plus, small, times, two_to_the};
use crate::lanes::prime::{Candidates as LanesTester, Tester};
use crate::lanes::search::{Candidates, Search, Stopped};
use crate::vectors::Portable;

/// Notes what it is asked, and answers as it is told.
struct Recorder {
    words: usize,
    passes: bool,
    candidates: Mutex<Vec<Vec<u8>>>,
    /// Candidates with their bases.
    rounds: Mutex<Vec<[Vec<u8>; 2]>>,
}

impl Recorder {
    fn new(words: usize, passes: bool) -> Self {
        Self { words, passes, candidates: Mutex::default(), rounds: Mutex::default() }
    }
}

impl Tester for Recorder {
    fn words(&self) -> usize {
        self.words
    }

    fn pass_base_two(&self, candidates: &[&[u8]]) -> Vec<bool> {
        assert!((1..=self.words).contains(&candidates.len()));
        self.candidates
            .lock()
            .unwrap()
            .extend(candidates.iter().map(|candidate| candidate.to_vec()));
        vec![self.passes; candidates.len()]
    }

    fn pass(&self, candidates: &[&[u8]], bases: &[&[u8]]) -> Vec<bool> {
        assert!((1..=self.words).contains(&candidates.len()));
        assert_eq!(candidates.len(), bases.len());
        let pairs = candidates.iter().zip(bases).map(|(one, base)| [one.to_vec(), base.to_vec()]);
        self.rounds.lock().unwrap().extend(pairs);
        vec![true; candidates.len()]
    }
}

fn search(
    candidates: Candidates,
    tester: &dyn Tester,
    rounds: usize,
    random: &mut dyn FnMut(&mut [u8]) -> bool,
) -> Result<BoxedUint, Stopped> {
    search_for(1, candidates, tester, rounds, random).map(|mut primes| primes.remove(0))
}

fn search_for(
    count: usize,
    candidates: Candidates,
    tester: &dyn Tester,
    rounds: usize,
    random: &mut dyn FnMut(&mut [u8]) -> bool,
) -> Result<Vec<BoxedUint>, Stopped> {
    let progress = &mut |_| ControlFlow::Continue(());
    let mut search = Search { bits: 512, candidates, rounds, tester, random, progress };
    search.primes(count).map(|primes| primes.iter().map(|prime| number(prime)).collect())
}

fn number(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(bytes)
}

fn is(number: &BoxedUint, value: u64) -> bool {
    *number == small(value)
}

/// The odd primes below a bound.
fn odd_primes(below: u64) -> Vec<u64> {
    let mut is_open = vec![true; below as usize];
    for number in 2..below as usize {
        if is_open[number] {
            (number * number..below as usize).step_by(number).for_each(|at| is_open[at] = false);
        }
    }
    (3..below).filter(|number| is_open[*number as usize]).collect()
}

/// A number that is 3 modulo 4, as the search makes one of what it draws.
fn start_of(drawn: &[u8]) -> BoxedUint {
    let mut start = drawn.to_vec();
    start[0] |= 0xc0;
    start[63] |= 3;
    number(&start)
}

/// The rest of a run, fewer than eight, is not tested: it would tell how many the sieve left. How many
/// are tested at once changes nothing.
#[test]
fn a_run_is_every_number_that_the_sieve_leaves_in_order_but_the_rest() {
    for (seed, words) in [(1, 1), (2, 4), (3, 4), (4, 8)] {
        let recorder = Recorder::new(words, false);
        let (mut random, mut draws, mut first) = (Random(seed), 0, Vec::new());
        let stopped = search(Candidates::Successive, &recorder, 1, &mut |bytes| {
            draws += 1;
            random.fill(bytes);
            if draws == 1 {
                first = bytes.to_vec();
            }
            draws == 1
        });
        assert!(matches!(stopped, Err(Stopped::NoRandomNumbers)), "the run found nothing");
        let start = start_of(&first);
        // 128 numbers.
        let mut is_open = [true; 128];
        for prime in odd_primes(1 << 16).into_iter().chain([65_537]) {
            let rest = modulo(&start, &small(prime)).to_be_bytes();
            let residue = u64::from_be_bytes(rest[rest.len() - 8..].try_into().unwrap());
            for (place, is_open) in is_open.iter_mut().enumerate() {
                let rest = (residue + 4 * place as u64) % prime;
                *is_open &= rest != 0 && (prime != 65_537 || rest != 1);
            }
        }
        let open = (0..128).filter(|place| is_open[*place as usize]);
        let mut expected: Vec<_> = open.map(|place: u64| plus(&start, &small(4 * place))).collect();
        expected.truncate(expected.len() / 8 * 8);
        let tested = recorder.candidates.into_inner().unwrap();
        let tested: Vec<_> = tested.iter().map(|candidate| number(candidate)).collect();
        assert!(tested == expected, "seed {seed}: {} and {}", tested.len(), expected.len());
        assert!(!tested.is_empty());
    }
}

#[test]
fn a_run_ends_where_numbers_grow_longer() {
    let recorder = Recorder::new(1, false);
    let mut draws = 0;
    let stopped = search(Candidates::Successive, &recorder, 1, &mut |bytes| {
        draws += 1;
        bytes.fill(0xff);
        bytes[63] = 0x03;
        draws == 1
    });
    assert!(matches!(stopped, Err(Stopped::NoRandomNumbers)));
    let tested = recorder.candidates.into_inner().unwrap();
    assert!(!tested.is_empty());
    // From 2^512 − 253 on, with 2^512 − 569 below it the largest prime: none of these is one.
    for candidate in tested {
        let candidate = number(&candidate);
        assert!(
            candidate.bit_width_vartime() == 512
                && candidate >= minus(&two_to_the(512), &small(253))
        );
        assert!(!is_prime(Flavor::Any, &candidate));
    }
}

#[test]
fn independent_candidates_are_above_the_root_of_two_and_have_no_small_factor() {
    let recorder = Recorder::new(4, false);
    let (mut random, mut draws) = (Random(5), 0);
    let stopped = search(Candidates::Independent, &recorder, 1, &mut |bytes| {
        draws += 1;
        random.fill(bytes);
        draws <= 3000
    });
    assert!(matches!(stopped, Err(Stopped::NoRandomNumbers)));
    let tested = recorder.candidates.into_inner().unwrap();
    assert!(tested.len() > 100, "{}", tested.len());
    let primes = odd_primes(2000);
    for candidate in &tested {
        let candidate = number(candidate);
        assert!(candidate.bit_width_vartime() == 512);
        assert!(candidate.bit_vartime(0) && candidate.bit_vartime(1), "3 modulo 4");
        // x ≥ √2·2^511: x² ≥ 2^1023.
        assert!(times(&candidate, &candidate).bit_width_vartime() == 1024);
        assert!(primes.iter().all(|prime| !is(&modulo(&candidate, &small(*prime)), 0)));
        let rest = modulo(&candidate, &small(65_537));
        assert!(!is(&rest, 0) && !is(&rest, 1));
    }
    // One half above √2·2^511 after the top bit is set is 0.586; 0.1 of such numbers have no factor.
    assert!(tested.len() < 600, "{}", tested.len());
}

#[test]
fn the_border_at_the_root_of_two_is_its_first_64_bits() {
    for (top, is_taken) in [(0xb504_f333_f9de_6484_u64, false), (0xb504_f333_f9de_6485, true)] {
        let recorder = Recorder::new(1, true);
        let (mut random, mut draws) = (Random(6), 0);
        let answer = search(Candidates::Independent, &recorder, 0, &mut |bytes| {
            draws += 1;
            random.fill(bytes);
            bytes[..8].copy_from_slice(&top.to_be_bytes());
            draws <= 200
        });
        assert_eq!(answer.is_ok(), is_taken);
    }
}

#[test]
fn as_many_rounds_as_asked_with_bases_between_2_and_m_minus_2() {
    for (words, rounds) in [(1, 3), (2, 5), (4, 4), (4, 7), (8, 3)] {
        let recorder = Recorder::new(words, true);
        let (mut random, mut draws) = (Random(7), 0);
        let prime = search(Candidates::Successive, &recorder, rounds, &mut |bytes| {
            draws += 1;
            random.fill(bytes);
            match draws {
                2 => bytes.fill(0),
                3 => bytes.fill(0xff),
                4 => {
                    bytes.fill(0);
                    bytes[63] = 1;
                }
                // The smallest base there is.
                5 => {
                    bytes.fill(0);
                    bytes[63] = 2;
                }
                _ => {}
            }
            true
        });
        let prime = prime.unwrap();
        let rounds_made = recorder.rounds.into_inner().unwrap();
        assert_eq!(rounds_made.len(), rounds);
        assert!(is(&number(&rounds_made[0][1]), 2));
        for [candidate, base] in rounds_made {
            assert_eq!(number(&candidate), prime);
            let base = number(&base);
            assert!(base >= small(2) && base <= minus(&prime, &small(2)));
        }
    }
}

/// Answers that one round of the first candidate it sees was not passed.
struct OnceComposite {
    recorder: Recorder,
}

impl Tester for OnceComposite {
    fn words(&self) -> usize {
        self.recorder.words()
    }

    fn pass_base_two(&self, candidates: &[&[u8]]) -> Vec<bool> {
        self.recorder.pass_base_two(candidates)
    }

    fn pass(&self, candidates: &[&[u8]], bases: &[&[u8]]) -> Vec<bool> {
        let is_first = self.recorder.rounds.lock().unwrap().is_empty();
        let mut passed = self.recorder.pass(candidates, bases);
        passed[candidates.len() - 1] &= !is_first;
        passed
    }
}

/// Ten rounds of two candidates take three tests of four words; one that fails is sought again, and
/// the other is tested with it again.
#[test]
fn primes_of_one_key_are_tested_together() {
    let tester = OnceComposite { recorder: Recorder::new(4, true) };
    let mut random = Random(10);
    let primes = search_for(2, Candidates::Successive, &tester, 5, &mut |bytes| random.fill(bytes));
    let rounds = tester.recorder.rounds.into_inner().unwrap();
    let candidates: Vec<&Vec<u8>> = rounds.iter().map(|[candidate, _]| candidate).collect();
    assert_eq!(candidates.len(), 20);
    let (first, again) = candidates.split_at(10);
    for (candidates, last) in [(first, 0), (again, 1)] {
        assert!(candidates[..5].iter().all(|candidate| *candidate == candidates[0]), "{last}");
        assert!(candidates[5..].iter().all(|candidate| *candidate == candidates[9]), "{last}");
        assert_ne!(candidates[0], candidates[9]);
    }
    // The first failed, the second did not.
    assert_eq!(again[0], first[9]);
    assert_eq!(primes.unwrap(), [number(again[0]), number(again[9])]);
    let mut bases: Vec<&Vec<u8>> = rounds.iter().map(|[_, base]| base).collect();
    bases.sort();
    bases.dedup();
    assert_eq!(bases.len(), 20, "every round has a base of its own");
}

/// m−1 and m are no bases; m−2 is one.
#[test]
fn bases_at_the_upper_end() {
    let recorder = Recorder::new(1, true);
    let (mut random, mut bases, mut start) = (Random(8), 0, Vec::new());
    let prime = search(Candidates::Successive, &recorder, 1, &mut |bytes| {
        // Found by the recorder: what it was asked first is what was found.
        match recorder.candidates.lock().unwrap().first() {
            Some(found) => {
                let base = minus(&number(found), &small([0, 1, 2][bases]));
                bytes.copy_from_slice(&super::oracle::bytes(&base, 64));
                bases += 1;
            }
            None => {
                random.fill(bytes);
                start = bytes.to_vec();
            }
        }
        true
    });
    assert_eq!(bases, 3);
    let prime = prime.unwrap();
    assert!(prime >= start_of(&start));
    let rounds = recorder.rounds.into_inner().unwrap();
    assert_eq!(number(&rounds[0][1]), minus(&prime, &small(2)));
}

#[test]
fn what_is_found_is_prime_and_the_same_for_the_same_random_numbers() {
    let tester = LanesTester::<Portable<4>, 10, 1>::new(512);
    for candidates in [Candidates::Successive, Candidates::Independent] {
        let found = |seed: u64| {
            let mut random = Random(seed);
            search(candidates, &tester, 7, &mut |bytes| random.fill(bytes)).unwrap()
        };
        let prime = found(1);
        assert!(is_prime(Flavor::Any, &prime), "{prime}");
        assert_eq!(prime.bit_width_vartime(), 512);
        assert!(prime.bit_vartime(1), "3 modulo 4");
        assert!(!is(&modulo(&prime, &small(65_537)), 1));
        if candidates == Candidates::Successive {
            assert!(prime.bit_vartime(510));
            assert_eq!(found(1), prime);
            assert_ne!(found(2), prime);
        }
    }
}

#[test]
fn a_search_is_broken_off_at_once() {
    let recorder = Recorder::new(4, true);
    let (mut random, mut told) = (Random(9), Vec::new());
    let mut search = Search {
        bits: 512,
        candidates: Candidates::Successive,
        rounds: 1,
        tester: &recorder,
        random: &mut |bytes| random.fill(bytes),
        progress: &mut |more| {
            told.push(more);
            ControlFlow::Break(())
        },
    };
    assert!(matches!(search.primes(1), Err(Stopped::Cancelled)));
    assert_eq!(told, [4]);
    assert_eq!(recorder.candidates.into_inner().unwrap().len(), 4);
    assert!(recorder.rounds.into_inner().unwrap().is_empty());
}
