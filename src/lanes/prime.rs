//! Probable primes: as many candidates at once as there are words.

use zeroize::Zeroizing;

use super::lane::{Job, Lane};
use super::montgomery::{Modulus, double};
use super::number::{Number, Sums};
use super::power::Power;

/// What can be asked of candidates of one size.
pub(crate) trait Tester: Send + Sync {
    /// How many candidates are tested at once.
    fn words(&self) -> usize;

    /// For each odd candidate whether 2 is no witness that it is composite (Fermat's test).
    fn pass_base_two(&self, candidates: &[&[u8]]) -> Vec<bool>;

    /// For each odd candidate whether the base below it is no witness (Miller-Rabin, FIPS 186-5
    /// B.3.1).
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
    Number::from_octets(&words)
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
        let twos = candidates.iter().map(|candidate| trailing_zeros(candidate)).collect::<Vec<_>>();
        let odd_parts: Vec<Zeroizing<Vec<u8>>> = candidates
            .iter()
            .zip(&twos)
            .map(|(candidate, twos)| Zeroizing::new(shifted(candidate, *twos)))
            .collect();
        let odd_parts: Vec<&[u8]> = odd_parts.iter().map(|odd| odd.as_slice()).collect();
        let round = MillerRabin {
            modulus: &modulus,
            base: &Zeroizing::new(fill(bases)),
            odd_part: &Zeroizing::new(fill(&odd_parts)),
            bits: self.bits,
            squarings: L::from_fn(|word| {
                u64::from(twos.get(word).or(twos.last()).copied().unwrap_or(0))
            }),
            most: twos.iter().copied().max().unwrap_or(0),
        };
        let passed = L::call(round);
        (0..candidates.len()).map(|word| passed.as_ref()[word] == 1).collect()
    }
}

/// The trailing zero bits of an odd number less one.
pub(super) fn trailing_zeros(candidate: &[u8]) -> u32 {
    let mut zeros = 0;
    for (place, octet) in candidate.iter().rev().enumerate() {
        let octet = if place == 0 { octet & 0xfe } else { *octet };
        zeros += octet.trailing_zeros();
        if octet != 0 {
            break;
        }
    }
    zeros
}

/// An odd number less one, without its trailing zero bits.
pub(super) fn shifted(candidate: &[u8], bits: u32) -> Vec<u8> {
    let (octets, bits) = (bits as usize / 8, bits % 8);
    let kept = &candidate[..candidate.len().saturating_sub(octets)];
    let mut above = 0;
    kept.iter()
        .map(|octet| {
            let value = u16::from(above) << 8 | u16::from(*octet);
            above = *octet;
            (value >> bits) as u8
        })
        .collect()
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

/// One round of Miller-Rabin in each word: 1 where the base is no witness.
struct MillerRabin<'a, L, const B: usize, const N: usize> {
    modulus: &'a Modulus<L, B, N>,
    base: &'a Number<L, B, N>,
    /// m−1 without its factors 2.
    odd_part: &'a Number<L, B, N>,
    bits: u32,
    /// How many factors 2 there were.
    squarings: L,
    /// The most of them in any word.
    most: u32,
}

impl<L: Lane, const B: usize, const N: usize> Job for MillerRabin<'_, L, B, N> {
    type Output = L::Array;

    #[inline(always)]
    fn run(self) -> L::Array {
        let Self { modulus, base, odd_part, bits, squarings, most } = self;
        let mut sums = Sums::new(N);
        let mut base = Zeroizing::new(*base);
        modulus.multiply(&mut base, &modulus.square, &mut sums);
        let (minus_one, _) = modulus.digits.subtract(&modulus.one);
        let mut power = L::call(Power { modulus, base: &base, exponent: odd_part, bits });
        let mut passed = flag::<L>(equal_modulo(modulus, &power, &modulus.one));
        let mut left = squarings;
        for _ in 0..most {
            // Words whose factors are used up take no more part.
            let takes_part = left.test(L::splat(u64::MAX));
            let is_minus_one = flag::<L>(equal_modulo(modulus, &power, &minus_one));
            passed = L::select(takes_part, passed.add(is_minus_one), passed);
            left = L::select(takes_part, left.subtract(L::splat(1)), left);
            modulus.square(&mut power, &mut sums);
        }
        flag::<L>(passed.test(L::splat(u64::MAX))).to_array()
    }
}
