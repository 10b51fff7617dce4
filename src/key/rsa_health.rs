//! RSA keys that are well formed and yet can be broken.

use ::rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use ::rsa::{BoxedUint, PrivateKey};
use crypto_bigint::{CtLt, CtNeg, Resize};
use crypto_primes::{Flavor, is_prime};
use zeroize::Zeroizing;

use super::rsa_numbers::{PUBLIC_EXPONENT, Public};
use crate::lanes::Residues;

/// Rounds of Fermat's method that a modulus must survive (CA/Browser baseline 6.1.1.3: 100).
const FERMAT_ROUNDS: usize = 100;

/// A modulus must have no factor among the primes below this (CA/Browser baseline 6.1.6: 752).
const SMALL_FACTORS: u32 = 752;

/// The primes whose residues give away a key of CVE-2017-15361 (ROCA).
const ROCA_PRIMES: u32 = 168;

/// FIPS 186-5 A.1.3 step 5.4: the factors are as far apart as this, or Fermat's method finds them.
pub(super) const TOO_CLOSE: &str = "|p-q| is not above 2^(n/2-100)";

/// What anybody can see is wrong with a public key.
pub(super) fn public_weaknesses(key: &Public) -> Vec<&'static str> {
    weaknesses(&key.modulus, key.exponent == PUBLIC_EXPONENT)
}

fn weaknesses(modulus: &[u8], has_usual_exponent: bool) -> Vec<&'static str> {
    let mut weaknesses = Vec::new();
    if !has_usual_exponent {
        weaknesses.push("the public exponent is not 65537");
    }
    let residues: Vec<(u32, u32)> = Residues::new(modulus).below(SMALL_FACTORS).collect();
    if residues.iter().any(|(_, residue)| *residue == 0) {
        weaknesses.push("the modulus has a prime factor below 752");
    }
    if has_roca_pattern(&residues) {
        weaknesses.push("the modulus has the pattern of CVE-2017-15361 (ROCA)");
    }
    if has_close_factors(&BoxedUint::from_be_slice_vartime(modulus)) {
        weaknesses.push("the prime factors are so close that Fermat's method finds them");
    }
    weaknesses
}

/// Whether the factors of a key were tested already.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Primes {
    Tested,
    Untested,
}

/// What the owner can see on top: the rules of FIPS 186-5 A.1.1 on p, q and d.
pub(super) fn private_weaknesses(key: &PrivateKey, primes: Primes) -> Vec<&'static str> {
    let mut weaknesses = weaknesses(&key.n_bytes(), *key.e() == BoxedUint::from(PUBLIC_EXPONENT));
    let half = key.n().as_ref().bit_width() / 2;
    let [p, q] = key.primes() else {
        return vec!["not two prime factors"];
    };
    let (p, q) = (p.as_ref(), q.as_ref());
    if p.bit_width() != half || q.bit_width() != half {
        weaknesses.push("the prime factors are not half as long as the modulus");
    }
    if primes == Primes::Untested && ![p, q].iter().all(|factor| is_prime(Flavor::Any, *factor)) {
        weaknesses.push("a factor is not prime");
    }
    // 2^k − d for a negative one is as far from 0.
    let difference = Zeroizing::new(p.wrapping_sub(q));
    let distance = Zeroizing::new(difference.ct_neg(p.ct_lt(q)));
    if distance.bit_width() <= half - 100 {
        weaknesses.push(TOO_CLOSE);
    }
    if key.d().bit_width() <= half {
        weaknesses.push("the private exponent is not above 2^(n/2)");
    }
    weaknesses
}

/// Whether every residue modulo the small primes is a power of 65537, as it is for the keys of
/// CVE-2017-15361; of other keys about one in 2^28 has it too.
fn has_roca_pattern(residues: &[(u32, u32)]) -> bool {
    residues.iter().filter(|(prime, _)| *prime < ROCA_PRIMES).all(|(prime, residue)| {
        let mut power = 1;
        (0..*prime).any(|_| {
            power = power * (65_537 % prime) % prime;
            power == *residue
        })
    })
}

/// Fermat's method: n = a² − b² with a just above √n when the factors are close.
fn has_close_factors(modulus: &BoxedUint) -> bool {
    // Room for the squares, which may be a little longer than n.
    let precision = modulus.bits_precision() + 64;
    let modulus = modulus.clone().resize(precision);
    let root = modulus.floor_sqrt_vartime().resize(precision);
    if root.wrapping_mul(&root) == modulus {
        return true;
    }
    let first = root.wrapping_add(BoxedUint::one_with_precision(precision));
    let square = first.wrapping_mul(&first).wrapping_sub(&modulus);
    // Of each round the remainders tell that a² − n is no square, but for one in a hundred.
    let remainder = |number: &BoxedUint| Residues::new(&number.to_be_bytes()).modulo(SIEVE);
    let (mut a, mut rest) = (remainder(&first), remainder(&square));
    (0..FERMAT_ROUNDS as u64).any(|round| {
        let is_square = may_be_square(rest) && {
            let a = first.wrapping_add(BoxedUint::from(round).resize(precision));
            let square = a.wrapping_mul(&a).wrapping_sub(&modulus);
            let root = square.floor_sqrt_vartime().resize(precision);
            root.wrapping_mul(&root) == square
        };
        // (a+1)² − n = a² − n + 2a + 1.
        rest = (rest + 2 * a + 1) % SIEVE;
        a = (a + 1) % SIEVE;
        is_square
    })
}

/// The product of numbers modulo which few remainders are squares.
const SIEVE: u64 = 64 * 63 * 65 * 11;

fn may_be_square(rest: u64) -> bool {
    [64, 63, 65, 11].into_iter().all(|modulus| {
        let wanted = rest % modulus;
        (0..modulus).any(|root| root * root % modulus == wanted)
    })
}
