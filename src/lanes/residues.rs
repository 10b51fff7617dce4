//! Remainders of long numbers divided by small primes, without division: on many processors the time
//! of a division depends on the numbers, and here they are candidates for the primes of a key.
//! Quotients come from multiplication by a reciprocal, and corrections are masked.

use std::sync::OnceLock;

use zeroize::Zeroizing;

/// The primes are those below this.
pub(super) const SIEVED: u32 = 1 << 16;

/// Odd primes whose product is below 2^64.
pub(super) struct Group {
    /// The product.
    divisor: Divisor,
    pub(super) primes: Vec<SmallPrime>,
}

/// A prime, and 2^64 divided by it.
pub(super) struct SmallPrime {
    pub(super) value: u32,
    reciprocal: u64,
}

impl SmallPrime {
    fn new(value: u32) -> Self {
        Self { value, reciprocal: u64::MAX / u64::from(value) }
    }

    /// The remainder of a number divided by this.
    fn modulo(&self, number: u64) -> u32 {
        let prime = u64::from(self.value);
        let quotient = ((u128::from(number) * u128::from(self.reciprocal)) >> 64) as u64;
        // The quotient is right or one too small.
        reduced_once(number - quotient * prime, prime) as u32
    }
}

impl Group {
    fn new(product: u64, primes: Vec<u32>) -> Self {
        let primes = primes.into_iter().map(SmallPrime::new).collect();
        Self { divisor: Divisor::new(product), primes }
    }
}

/// The odd primes below [`SIEVED`], in order.
pub(super) fn groups() -> &'static [Group] {
    static GROUPS: OnceLock<Vec<Group>> = OnceLock::new();
    GROUPS.get_or_init(|| {
        let mut is_prime = vec![true; SIEVED as usize];
        let mut groups: Vec<Group> = Vec::new();
        let (mut product, mut primes) = (1_u64, Vec::new());
        for prime in (3..SIEVED).step_by(2) {
            if !is_prime[prime as usize] {
                continue;
            }
            for multiple in (prime as usize * 2..SIEVED as usize).step_by(prime as usize) {
                is_prime[multiple] = false;
            }
            match product.checked_mul(u64::from(prime)) {
                Some(more) => product = more,
                None => {
                    groups.push(Group::new(product, std::mem::take(&mut primes)));
                    product = u64::from(prime);
                }
            }
            primes.push(prime);
        }
        groups.push(Group::new(product, primes));
        groups
    })
}

/// A number by which others of two words are divided (Möller and Granlund, "Improved division by
/// invariant integers", 2011, algorithm 4).
struct Divisor {
    /// Shifted left until its first bit is set.
    normalised: u64,
    /// 2^128 − 1 divided by it, less 2^64.
    reciprocal: u64,
}

impl Divisor {
    /// Of a number that is not zero.
    fn new(number: u64) -> Self {
        let normalised = number << number.leading_zeros();
        Self { normalised, reciprocal: (u128::MAX / u128::from(normalised)) as u64 }
    }

    /// The remainder of `high`·2^64 + `low` divided by the normalised number, which `high` is below.
    fn modulo(&self, high: u64, low: u64) -> u64 {
        let divisor = self.normalised;
        let estimate = (u128::from(self.reciprocal) * u128::from(high))
            .wrapping_add(u128::from(high) << 64 | u128::from(low));
        let quotient = ((estimate >> 64) as u64).wrapping_add(1);
        let rest = low.wrapping_sub(quotient.wrapping_mul(divisor));
        let rest = rest.wrapping_add(divisor & mask_of_less(estimate as u64, rest));
        reduced_once(rest, divisor)
    }
}

/// All bits where one number is below another, else none.
#[inline(always)]
fn mask_of_less(one: u64, other: u64) -> u64 {
    (u128::from(one).wrapping_sub(u128::from(other)) >> 64) as u64
}

/// A number less another, where that is not negative.
#[inline(always)]
fn reduced_once(number: u64, less: u64) -> u64 {
    number.wrapping_sub(less & !mask_of_less(number, less))
}

/// Remainders of one number.
pub(crate) struct Residues(Zeroizing<Vec<u64>>);

impl Residues {
    /// Of big-endian bytes.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let (first, rest) = bytes.as_rchunks();
        let mut words = Zeroizing::new(Vec::with_capacity(rest.len() + 1));
        if !first.is_empty() {
            words.push(first.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
        words.extend(rest.iter().map(|chunk| u64::from_be_bytes(*chunk)));
        Self(words)
    }

    /// Each prime of a group with the remainder of a division by it.
    pub(super) fn of<'a>(&self, group: &'a Group) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        // Of a multiple of the product, and so of each prime.
        let residue = self.modulo_normalised(&group.divisor);
        group.primes.iter().map(move |prime| (prime.value, prime.modulo(residue)))
    }

    /// The remainders of divisions by the odd primes below a bound, of at most 2^16.
    pub(crate) fn below(&self, bound: u32) -> impl Iterator<Item = (u32, u32)> {
        groups()
            .iter()
            .take_while(move |group| group.primes.first().is_some_and(|prime| prime.value < bound))
            .flat_map(|group| self.of(group))
            .filter(move |(prime, _)| *prime < bound)
    }

    /// The remainder of a division by this, which is not zero.
    pub(crate) fn modulo(&self, divisor: u64) -> u64 {
        let residue = self.modulo_normalised(&Divisor::new(divisor));
        let shifts = (0..=divisor.leading_zeros()).rev();
        shifts.fold(residue, |residue, shift| reduced_once(residue, divisor << shift))
    }

    fn modulo_normalised(&self, divisor: &Divisor) -> u64 {
        self.0.iter().fold(0, |residue, word| divisor.modulo(residue, *word))
    }
}
