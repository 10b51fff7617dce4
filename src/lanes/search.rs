//! The search for probable primes of a key: candidates, a sieve, and the tests of FIPS 186-5.
//!
//! All candidates are 3 modulo 4, as FIPS 186-5 A.1.3 lets one choose p modulo 8: then (m−1)/2 is odd,
//! and a round of Miller-Rabin is one power, where otherwise the number of squarings after it tells
//! something of m. It takes one bit of what an attacker has to guess of each prime.
//!
//! What the time and the addresses tell of a prime that is taken is which of its run's candidates it
//! was, and nothing else of it; runs and candidates without a prime have no part in the key.

use std::ops::ControlFlow;

use zeroize::Zeroizing;

use super::prime::Tester;
use super::residues::{Residues, groups};
use super::sieve::{PUBLIC_EXPONENT, Sieve};

/// Primes below this divide single candidates: more cost more than the tests they spare.
const DIVIDED: u32 = 1 << 11;

/// Candidates that are taken from a run at once: as many as the widest lanes have words, whatever lanes
/// work, so that the same random numbers give the same key.
const GROUP: usize = 8;

/// The first 64 bits of √2: a candidate's first bits are above them, so that the product of two has
/// all its bits (FIPS 186-5 A.1.3 step 4.4).
const SQUARE_ROOT_OF_TWO: u64 = 0xb504_f333_f9de_6484;

/// Candidates from one random number, or a group of independent ones.
type Run = Box<dyn Iterator<Item = Zeroizing<Vec<u8>>>>;

/// How candidates follow one another.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Candidates {
    /// Numbers upwards from a random one, until one is prime or the run is over.
    Successive,
    /// Each random by itself (FIPS 186-5 A.1.3).
    Independent,
}

/// Why there is no prime.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The caller wanted no more.
    Cancelled,
    /// There are no random numbers.
    NoRandomNumbers,
}

/// A search for primes of one size.
pub(crate) struct Search<'a> {
    /// Their bits: a multiple of 64.
    pub(crate) bits: u32,
    pub(crate) candidates: Candidates,
    /// Rounds of Miller-Rabin with random bases.
    pub(crate) rounds: usize,
    pub(crate) tester: &'a dyn Tester,
    pub(crate) random: &'a mut dyn FnMut(&mut [u8]) -> bool,
    /// Is told how many candidates more were tested.
    pub(crate) progress: &'a mut dyn FnMut(u32) -> ControlFlow<()>,
}

impl Search<'_> {
    /// So many primes of exactly the bits, in big-endian bytes. They are searched for one by one and
    /// tested together, so that fewer words stand idle.
    pub(crate) fn primes(&mut self, count: usize) -> Result<Vec<Zeroizing<Vec<u8>>>, Stopped> {
        let mut found = Vec::with_capacity(count);
        loop {
            while found.len() < count {
                found.push(self.probable()?);
            }
            let passed = self.pass_rounds(&found)?;
            if passed.iter().all(|passed| *passed) {
                return Ok(found);
            }
            let mut passed = passed.into_iter();
            found.retain(|_| passed.next() == Some(true));
        }
    }

    /// A candidate for which 2 is no witness that it is composite.
    fn probable(&mut self) -> Result<Zeroizing<Vec<u8>>, Stopped> {
        loop {
            let mut candidates: Run = match self.candidates {
                Candidates::Successive => Box::new(self.successive()?),
                Candidates::Independent => Box::new(self.independent()?.into_iter()),
            };
            loop {
                let group: Vec<_> = candidates.by_ref().take(GROUP).collect();
                // The rest of a run is not tested: it would tell how many the sieve left.
                if group.len() < GROUP {
                    break;
                }
                for batch in group.chunks(self.tester.words()) {
                    let numbers: Vec<&[u8]> =
                        batch.iter().map(|candidate| candidate.as_slice()).collect();
                    let passed = self.tester.pass_base_two(&numbers);
                    if (self.progress)(batch.len() as u32).is_break() {
                        return Err(Stopped::Cancelled);
                    }
                    if let Some((found, _)) = batch.iter().zip(passed).find(|(_, passed)| *passed) {
                        return Ok(found.clone());
                    }
                }
            }
        }
    }

    /// For each candidate whether it passes all rounds of Miller-Rabin.
    fn pass_rounds(&mut self, candidates: &[Zeroizing<Vec<u8>>]) -> Result<Vec<bool>, Stopped> {
        let mut rounds = Vec::with_capacity(candidates.len() * self.rounds);
        for (place, candidate) in candidates.iter().enumerate() {
            for _ in 0..self.rounds {
                rounds.push((place, self.base(candidate)?));
            }
        }
        let mut all_passed = vec![true; candidates.len()];
        for batch in rounds.chunks(self.tester.words()) {
            let numbers: Vec<&[u8]> =
                batch.iter().map(|(place, _)| candidates[*place].as_slice()).collect();
            let bases: Vec<&[u8]> = batch.iter().map(|(_, base)| base.as_slice()).collect();
            let passed = self.tester.pass(&numbers, &bases);
            for (index, (place, _)) in batch.iter().enumerate() {
                all_passed[*place] &= passed.get(index) == Some(&true);
            }
        }
        Ok(all_passed)
    }

    /// A random base between 2 and m−2 for Miller-Rabin.
    fn base(&mut self, candidate: &[u8]) -> Result<Zeroizing<Vec<u8>>, Stopped> {
        let mut least = vec![0; candidate.len()];
        let mut greatest = Zeroizing::new(candidate.to_vec());
        if let ([.., least], [.., greatest]) = (least.as_mut_slice(), greatest.as_mut_slice()) {
            // m is 3 modulo 4: nothing is borrowed.
            (*least, *greatest) = (2, *greatest & 0xfd);
        }
        loop {
            let mut base = Zeroizing::new(vec![0; candidate.len()]);
            self.fill(&mut base)?;
            if !is_below(&base, &least) && !is_below(&greatest, &base) {
                return Ok(base);
            }
        }
    }

    /// What the sieve leaves of the numbers 3 modulo 4 from a random one on, found one by one: how
    /// many there are, nobody is told.
    fn successive(&mut self) -> Result<impl Iterator<Item = Zeroizing<Vec<u8>>> + use<>, Stopped> {
        let start = self.random_candidate(0xc0)?;
        // 0.72 times the mean distance of primes, counted in such numbers: (bits·ln 2)/2. Every second
        // run has no prime, and another follows from another random number; longer ones take more
        // time in the sieve.
        let sieve = Sieve::new(&start, self.bits as usize / 4);
        let open = (0..).map_while(move |rank| sieve.open(rank));
        Ok(open.map_while(move |place| sum(&start, 4 * place)))
    }

    /// Some candidates that are random each by itself. What is rejected tells nothing of what is not.
    fn independent(&mut self) -> Result<Vec<Zeroizing<Vec<u8>>>, Stopped> {
        let mut found = Vec::new();
        while found.len() < GROUP {
            let candidate = self.random_candidate(0x80)?;
            let first = candidate.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
            let residues = Residues::new(&candidate);
            let is_candidate = first > SQUARE_ROOT_OF_TWO
                && groups()
                    .iter()
                    .take_while(|group| group.primes.iter().all(|prime| prime.value < DIVIDED))
                    .all(|group| residues.of(group).all(|(_, residue)| residue != 0))
                && residues.modulo(u64::from(PUBLIC_EXPONENT)) > 1;
            if is_candidate {
                found.push(candidate);
            }
        }
        Ok(found)
    }

    /// A random number that is 3 modulo 4, with these bits of its first byte set.
    fn random_candidate(&mut self, top: u8) -> Result<Zeroizing<Vec<u8>>, Stopped> {
        let mut number = Zeroizing::new(vec![0; self.bits as usize / 8]);
        self.fill(&mut number)?;
        if let [first, .., last] = number.as_mut_slice() {
            *first |= top;
            *last |= 3;
        }
        Ok(number)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Stopped> {
        if (self.random)(bytes) { Ok(()) } else { Err(Stopped::NoRandomNumbers) }
    }
}

/// Whether one number is below another of the same length; only the answer is told.
fn is_below(one: &[u8], other: &[u8]) -> bool {
    let borrow = one.iter().zip(other).rev().fold(0_u16, |borrow, (one, other)| {
        u16::from(*one).wrapping_sub(u16::from(*other)).wrapping_sub(borrow) >> 15
    });
    borrow == 1
}

/// A number plus a small one; `None` when it grows longer.
fn sum(number: &[u8], small: u64) -> Option<Zeroizing<Vec<u8>>> {
    let mut sum = Zeroizing::new(number.to_vec());
    let mut carry = small;
    for byte in sum.iter_mut().rev() {
        carry += u64::from(*byte);
        *byte = carry as u8;
        carry >>= 8;
    }
    (carry == 0).then_some(sum)
}
