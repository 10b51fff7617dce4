//! The search for probable primes of a key: candidates, a sieve, and the tests of FIPS 186-5.

use std::ops::ControlFlow;

use zeroize::Zeroizing;

use super::prime::Tester;
use super::residues::{Residues, groups};

/// Primes below this divide single candidates: more cost more than the tests they spare.
const DIVIDED: u32 = 1 << 11;

/// No prime is taken that is 1 modulo this, or RSA with this public exponent has no private one
/// (FIPS 186-5 A.1.1 (1)).
const PUBLIC_EXPONENT: u32 = 65_537;

/// The first 64 bits of √2: a candidate's first bits are above them, so that the product of two has
/// all its bits (FIPS 186-5 A.1.3 step 4.4).
const SQUARE_ROOT_OF_TWO: u64 = 0xb504_f333_f9de_6484;

/// How candidates follow one another.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Candidates {
    /// Odd numbers upwards from a random one.
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
    /// So many primes of exactly the bits, in big-endian octets. They are searched for one by one and
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
            let candidates = match self.candidates {
                Candidates::Successive => self.successive()?,
                Candidates::Independent => self.independent()?,
            };
            for batch in candidates.chunks(self.tester.words()) {
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
        loop {
            let mut base = Zeroizing::new(vec![0; candidate.len()]);
            self.fill(&mut base)?;
            let last = base.len() - 1;
            // Odd m: below m−1 is below m with the lowest bit cleared.
            let below = base[..last] < candidate[..last]
                || base[..last] == candidate[..last] && base[last] < candidate[last] & 0xfe;
            let above = base[..last].iter().any(|octet| *octet != 0) || base[last] > 1;
            if below && above {
                return Ok(base);
            }
        }
    }

    /// What the sieve leaves of the odd numbers from a random one on.
    fn successive(&mut self) -> Result<Vec<Zeroizing<Vec<u8>>>, Stopped> {
        let start = self.random_odd(0xc0)?;
        // Six times the mean distance of primes, counted in odd numbers: (bits·ln 2)/2. A run
        // without a prime is one of 400, and another follows.
        let length = 2 * self.bits as usize;
        let mut is_open = vec![true; length];
        let mut strike = |prime: u32, residue: u32| {
            // start + 2k ≡ 0: k ≡ −start/2.
            let negative = (prime - residue) % prime;
            let first =
                if negative.is_multiple_of(2) { negative / 2 } else { (negative + prime) / 2 };
            for place in (first as usize..length).step_by(prime as usize) {
                is_open[place] = false;
            }
        };
        let residues = Residues::new(&start);
        for group in groups() {
            for (prime, residue) in residues.of(group) {
                strike(prime, residue);
            }
        }
        let exponent = Residues::new(&start).modulo(u64::from(PUBLIC_EXPONENT)) as u32;
        strike(PUBLIC_EXPONENT, exponent);
        strike(PUBLIC_EXPONENT, (exponent + PUBLIC_EXPONENT - 1) % PUBLIC_EXPONENT);
        let open = is_open.iter().enumerate().filter(|(_, is_open)| **is_open);
        Ok(open.filter_map(|(place, _)| sum(&start, 2 * place as u64)).collect())
    }

    /// Some candidates that are random each by itself.
    fn independent(&mut self) -> Result<Vec<Zeroizing<Vec<u8>>>, Stopped> {
        let mut found = Vec::new();
        while found.len() < self.tester.words() {
            let candidate = self.random_odd(0x80)?;
            let first = candidate.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
            let residues = Residues::new(&candidate);
            let is_candidate = first > SQUARE_ROOT_OF_TWO
                && groups()
                    .iter()
                    .take_while(|group| group.primes.iter().all(|prime| *prime < DIVIDED))
                    .all(|group| residues.of(group).all(|(_, residue)| residue != 0))
                && residues.modulo(u64::from(PUBLIC_EXPONENT)) > 1;
            if is_candidate {
                found.push(candidate);
            }
        }
        Ok(found)
    }

    /// A random odd number with these bits of its first octet set.
    fn random_odd(&mut self, top: u8) -> Result<Zeroizing<Vec<u8>>, Stopped> {
        let mut number = Zeroizing::new(vec![0; self.bits as usize / 8]);
        self.fill(&mut number)?;
        if let [first, .., last] = number.as_mut_slice() {
            *first |= top;
            *last |= 1;
        }
        Ok(number)
    }

    fn fill(&mut self, octets: &mut [u8]) -> Result<(), Stopped> {
        if (self.random)(octets) { Ok(()) } else { Err(Stopped::NoRandomNumbers) }
    }
}

/// A number plus a small one; `None` when it grows longer.
fn sum(number: &[u8], small: u64) -> Option<Zeroizing<Vec<u8>>> {
    let mut sum = Zeroizing::new(number.to_vec());
    let mut carry = small;
    for octet in sum.iter_mut().rev() {
        carry += u64::from(*octet);
        *octet = carry as u8;
        carry >>= 8;
    }
    (carry == 0).then_some(sum)
}
