//! Probable primes, one candidate after the other (FIPS 186-5 B.3.1).

use zeroize::Zeroizing;

use super::montgomery::Modulus;
use super::number::{Number, Sums};

/// A candidate for a prime that is 3 modulo 4, of exactly a key's bits.
pub(crate) trait Candidate {
    /// Whether 2 is no witness that it is composite: Fermat's test.
    fn passes_base_two(&self) -> bool;

    /// Whether a base below it, to the power of (m−1)/2, is 1 or −1: a round of Miller-Rabin.
    fn passes(&self, base: &[u8]) -> bool;
}

/// A candidate of exactly these bits, in big-endian bytes; `None` where there are none of them.
pub(crate) fn candidate(bytes: &[u8], bits: u32) -> Option<Box<dyn Candidate>> {
    Some(match bits {
        512 | 1024 => Box::new(Tested::<2>::new(bytes, bits)),
        1536 => Box::new(Tested::<3>::new(bytes, bits)),
        2048 => Box::new(Tested::<4>::new(bytes, bits)),
        _ => return None,
    })
}

struct Tested<const N: usize> {
    modulus: Zeroizing<Modulus<N>>,
    bits: u32,
}

impl<const N: usize> Tested<N> {
    fn new(bytes: &[u8], bits: u32) -> Self {
        Self { modulus: Zeroizing::new(Modulus::new(bytes, bits)), bits }
    }
}

impl<const N: usize> Candidate for Tested<N> {
    fn passes_base_two(&self) -> bool {
        let Self { modulus, bits } = self;
        let mut sums = Sums::new(N);
        // Two bits of the exponent m−1 at once: 2 to their power is a shift, and after it the number
        // is below 16·M.
        let mut power = Zeroizing::new(modulus.one);
        for first in (0..*bits).step_by(2).rev() {
            let shift = modulus.number.bits(first, 2);
            // m is odd, m−1 is even.
            let shift = if first == 0 { shift & 2 } else { shift };
            modulus.square(&mut power, &mut sums);
            modulus.square(&mut power, &mut sums);
            power.shift_left(shift);
        }
        let one = Number::small(1);
        modulus.leave(&mut power, &one, &mut sums);
        power.equals(&one) == 1
    }

    fn passes(&self, base: &[u8]) -> bool {
        let Self { modulus, bits } = self;
        let mut sums = Sums::new(N);
        let one = Number::small(1);
        let mut power = Zeroizing::new(Number::default());
        power.read_bytes(base);
        modulus.multiply(&mut power, &modulus.square, &mut sums);
        // m is 3 modulo 4: its half is (m−1)/2.
        let mut half = Zeroizing::new(modulus.number);
        half.halve();
        modulus.raise(&mut power, &half, *bits, &mut sums);
        modulus.leave(&mut power, &one, &mut sums);
        let mut minus_one = Zeroizing::new(modulus.number);
        minus_one.subtract(&one);
        power.equals(&one) | power.equals(&minus_one) == 1
    }
}
