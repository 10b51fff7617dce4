//! Remainders of long numbers divided by small primes.

use std::sync::OnceLock;

use zeroize::Zeroizing;

/// The primes are those below this.
const SIEVED: u32 = 1 << 16;

/// Odd primes whose product is below 2^63.
pub(super) struct Group {
    product: u64,
    pub(super) primes: Vec<u32>,
}

/// The odd primes below [`SIEVED`], in order.
pub(super) fn groups() -> &'static [Group] {
    static GROUPS: OnceLock<Vec<Group>> = OnceLock::new();
    GROUPS.get_or_init(|| {
        let mut is_prime = vec![true; SIEVED as usize];
        let mut groups: Vec<Group> = Vec::new();
        for prime in 3..SIEVED {
            if prime % 2 == 0 || !is_prime[prime as usize] {
                continue;
            }
            for multiple in (prime as usize * 2..SIEVED as usize).step_by(prime as usize) {
                is_prime[multiple] = false;
            }
            match groups.last_mut() {
                Some(last) if last.product < (1 << 63) / u64::from(prime) => {
                    last.product *= u64::from(prime);
                    last.primes.push(prime);
                }
                _ => groups.push(Group { product: u64::from(prime), primes: vec![prime] }),
            }
        }
        groups
    })
}

/// Remainders of one number.
pub(crate) struct Residues(Zeroizing<Vec<u64>>);

impl Residues {
    /// Of big-endian octets, a multiple of eight of them.
    pub(crate) fn new(octets: &[u8]) -> Self {
        let words = octets.as_chunks().0.iter().map(|chunk| u64::from_be_bytes(*chunk));
        Self(Zeroizing::new(words.collect()))
    }

    pub(super) fn of<'a>(&self, group: &'a Group) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        let residue = self.modulo(group.product);
        group.primes.iter().map(move |prime| (*prime, (residue % u64::from(*prime)) as u32))
    }

    /// The remainders of divisions by the odd primes below a bound, of at most 2^16.
    pub(crate) fn below(&self, bound: u32) -> impl Iterator<Item = (u32, u32)> {
        let groups = groups().iter().take_while(move |group| group.primes.first() < Some(&bound));
        groups.flat_map(|group| self.of(group)).filter(move |(prime, _)| *prime < bound)
    }

    /// The remainder of a division by this, which is not zero.
    pub(crate) fn modulo(&self, divisor: u64) -> u64 {
        self.0.iter().fold(0, |residue, word| {
            let value = u128::from(residue) << 64 | u128::from(*word);
            (value % u128::from(divisor)) as u64
        })
    }
}
