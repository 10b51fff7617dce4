//! A sieve that takes the same steps whatever it sieves.
//!
//! To strike out every p-th place from the first multiple of p on, as sieves do, would write to
//! addresses that tell the remainders of a number in secret, and the remainders tell the number. Here
//! each prime counts down to its next multiple while the places go by, and every place asks every
//! prime.

use zeroize::Zeroizing;

use super::residues::{Residues, groups};

/// No prime is taken that is 1 modulo this, or RSA with this public exponent has no private one
/// (FIPS 186-5 A.1.1 (1)).
pub(super) const PUBLIC_EXPONENT: u32 = 65_537;

/// Which of the numbers start, start + 4, start + 8… have no small factor and are not 1 modulo the
/// public exponent.
pub(super) struct Sieve {
    /// For each number 1 where it is open, 0 where it is struck out.
    open: Zeroizing<Vec<u16>>,
}

impl Sieve {
    /// Of so many numbers from this one on: big-endian bytes, a multiple of eight of them. At most
    /// 2^16 numbers.
    pub(super) fn new(start: &[u8], length: usize) -> Self {
        let residues = Residues::new(start);
        let (mut primes, mut counts) = (Vec::new(), Zeroizing::new(Vec::new()));
        // Grown by pushing, it would leave copies behind.
        let count = groups().iter().map(|group| group.primes.len()).sum();
        primes.reserve_exact(count);
        counts.reserve_exact(count);
        for (prime, residue) in groups().iter().flat_map(|group| residues.of(group)) {
            primes.push(prime as u16);
            counts.push(places_to_multiple(prime, residue) as u16);
        }
        let residue = residues.modulo(u64::from(PUBLIC_EXPONENT)) as u32;
        // residue − 1, where that is not negative.
        let less_one = residue.wrapping_sub(1);
        let less_one = less_one.wrapping_add(PUBLIC_EXPONENT & mask_of_negative(less_one));
        let mut of_exponent =
            [residue, less_one].map(|residue| places_to_multiple(PUBLIC_EXPONENT, residue));
        let mut open = Zeroizing::new(vec![0; length]);
        for open in open.iter_mut() {
            let mut struck = 0;
            for (count, prime) in counts.iter_mut().zip(&primes) {
                let is_multiple = u16::from(*count == 0).wrapping_neg();
                struck |= is_multiple;
                *count = count.wrapping_sub(1).wrapping_add(prime & is_multiple);
            }
            for count in &mut of_exponent {
                let less_one = count.wrapping_sub(1);
                let is_multiple = mask_of_negative(less_one);
                struck |= is_multiple as u16;
                *count = less_one.wrapping_add(PUBLIC_EXPONENT & is_multiple);
            }
            *open = 1 & !struck;
        }
        Self { open }
    }

    /// The place of the open number that has so many open ones before it; `None` where there are not
    /// so many. Every place is looked at.
    pub(super) fn open(&self, rank: u16) -> Option<u64> {
        let (mut before, mut found) = (0_u16, 0_u16);
        for (place, open) in (0_u16..).zip(self.open.iter()) {
            let is_it = (open & u16::from(before == rank)).wrapping_neg();
            found |= place & is_it;
            before += open;
        }
        (rank < before).then_some(u64::from(found))
    }
}

/// The first k for which start + 4k is a multiple of the odd prime, where start has this residue:
/// −residue/4 modulo the prime.
fn places_to_multiple(prime: u32, residue: u32) -> u32 {
    let half = |number: u32| (number + (prime & (number & 1).wrapping_neg())) >> 1;
    let quarter = half(half(prime - residue));
    // From 1 to the prime: the prime itself is 0.
    quarter & mask_of_negative(quarter.wrapping_sub(prime))
}

/// All bits where a difference of numbers below 2^31 was negative, else none.
#[inline(always)]
fn mask_of_negative(difference: u32) -> u32 {
    (difference >> 31).wrapping_neg()
}
