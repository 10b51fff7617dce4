//! Probable primes: as many candidates at once as there are words.

use zeroize::Zeroizing;

use super::montgomery::{Modulus, double};
use super::number::{Number, Sums};
use super::power::Power;
use crate::vectors::{Job, Lane};

/// What can be asked of candidates of one size, each of them 3 modulo 4.
pub(crate) trait Tester: Send + Sync {
    /// How many candidates are tested at once.
    fn words(&self) -> usize;

    /// For each candidate whether 2 is no witness that it is composite: Fermat's test, or a round of
    /// Miller-Rabin.
    fn pass_base_two(&self, candidates: &[&[u8]]) -> Vec<bool>;

    /// For each candidate m whether the base below it, to the power of (m−1)/2, is 1 or −1: a round of
    /// Miller-Rabin (FIPS 186-5 B.3.1).
    fn pass(&self, candidates: &[&[u8]], bases: &[&[u8]]) -> Vec<bool>;
}

/// Candidates of exactly `bits` bits, in `N` blocks of `B` digits.
pub(super) struct Candidates<L, const B: usize, const N: usize> {
    bits: u32,
    lanes: std::marker::PhantomData<L>,
}

impl<L: Lane, const B: usize, const N: usize> Candidates<L, B, N> {
    pub(super) fn new(bits: u32) -> Self {
        Self { bits, lanes: std::marker::PhantomData }
    }

    /// The candidates, the last repeated where there are fewer than words.
    fn modulus(&self, candidates: &[&[u8]]) -> Zeroizing<Modulus<L, B, N>> {
        Zeroizing::new(Modulus::new(fill(candidates), self.bits))
    }
}

fn fill<L: Lane, const B: usize, const N: usize>(numbers: &[&[u8]]) -> Number<L, B, N> {
    let words: Vec<&[u8]> =
        (0..L::WORDS).filter_map(|word| numbers.get(word).or(numbers.last()).copied()).collect();
    Number::from_bytes(&words)
}

impl<L: Lane, const B: usize, const N: usize> Tester for Candidates<L, B, N> {
    fn words(&self) -> usize {
        L::WORDS
    }

    fn pass_base_two(&self, candidates: &[&[u8]]) -> Vec<bool> {
        let modulus = self.modulus(candidates);
        let is_one = L::call(PowerOfTwo { modulus: &modulus, bits: self.bits });
        (0..candidates.len()).map(|word| is_one.as_ref()[word] == 1).collect()
    }

    fn pass(&self, candidates: &[&[u8]], bases: &[&[u8]]) -> Vec<bool> {
        let modulus = self.modulus(candidates);
        let halves: Vec<_> = candidates.iter().map(|candidate| half(candidate)).collect();
        let halves: Vec<&[u8]> = halves.iter().map(|half| half.as_slice()).collect();
        let round = MillerRabin {
            modulus: &modulus,
            base: &Zeroizing::new(fill(bases)),
            half: &Zeroizing::new(fill(&halves)),
            bits: self.bits,
        };
        let passed = L::call(round);
        (0..candidates.len()).map(|word| passed.as_ref()[word] == 1).collect()
    }
}

/// Half of a number, rounded down.
pub(super) fn half(number: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut half = Zeroizing::new(number.to_vec());
    let mut above = 0;
    for byte in half.iter_mut() {
        let carry = *byte << 7;
        *byte = above | *byte >> 1;
        above = carry;
    }
    half
}

/// Whether 2^(m−1) is 1 modulo m: 1 or 0 in each word.
struct PowerOfTwo<'a, L, const B: usize, const N: usize> {
    modulus: &'a Modulus<L, B, N>,
    bits: u32,
}

impl<L: Lane, const B: usize, const N: usize> Job for PowerOfTwo<'_, L, B, N> {
    type Output = L::Array;

    #[inline(always)]
    fn run(self) -> L::Array {
        let Self { modulus, bits } = self;
        let mut sums = Sums::new(N);
        // Two bits of the exponent m−1 at once: 2 to their power is a shift. After it, the number is
        // below 16m, and its square divided by R below m: R is longer than m by 8 bits.
        let mut power = modulus.one;
        for first in (0..bits).step_by(2).rev() {
            let shift = modulus.digits.bits(first, 2);
            // m is odd, m−1 is even.
            let shift = if first == 0 { shift.and(L::splat(2)) } else { shift };
            modulus.square(&mut power, &mut sums);
            modulus.square(&mut power, &mut sums);
            power.shift_left(shift);
        }
        is_one(modulus, &power)
    }
}

/// 1 where a number below 16m in Montgomery's form is 1, 0 elsewhere.
#[inline(always)]
fn is_one<L: Lane, const B: usize, const N: usize>(
    modulus: &Modulus<L, B, N>,
    number: &Number<L, B, N>,
) -> L::Array {
    flag::<L>(equal_modulo(modulus, number, &modulus.one)).to_array()
}

/// Whether a number below 16m is `expected`, which is below m.
#[inline(always)]
fn equal_modulo<L: Lane, const B: usize, const N: usize>(
    modulus: &Modulus<L, B, N>,
    number: &Number<L, B, N>,
    expected: &Number<L, B, N>,
) -> L::Mask {
    let twice = double(&modulus.digits);
    let four_times = double(&twice);
    let eight_times = double(&four_times);
    let reduced = number.reduced_once(&eight_times).reduced_once(&four_times).reduced_once(&twice);
    modulus.canonical(&reduced).equals(expected)
}

#[inline(always)]
fn flag<L: Lane>(mask: L::Mask) -> L {
    L::select(mask, L::splat(1), L::default())
}

/// One round of Miller-Rabin in each word: 1 where the base is no witness. For m that is 3 modulo 4,
/// (m−1)/2 is odd, and there is one power to look at.
struct MillerRabin<'a, L, const B: usize, const N: usize> {
    modulus: &'a Modulus<L, B, N>,
    base: &'a Number<L, B, N>,
    /// (m−1)/2.
    half: &'a Number<L, B, N>,
    bits: u32,
}

impl<L: Lane, const B: usize, const N: usize> Job for MillerRabin<'_, L, B, N> {
    type Output = L::Array;

    #[inline(always)]
    fn run(self) -> L::Array {
        let Self { modulus, base, half, bits } = self;
        let mut base = Zeroizing::new(*base);
        modulus.multiply(&mut base, &modulus.square, &mut Sums::new(N));
        let (minus_one, _) = modulus.digits.subtract(&modulus.one);
        let power = L::call(Power { modulus, base: &base, exponent: half, bits });
        let is_one = flag::<L>(equal_modulo(modulus, &power, &modulus.one));
        let is_minus_one = flag::<L>(equal_modulo(modulus, &power, &minus_one));
        is_one.add(is_minus_one).to_array()
    }
}
