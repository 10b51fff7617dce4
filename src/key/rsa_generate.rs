//! New RSA keys.

use crypto_bigint::{BoxedUint, Odd};
use crypto_primes::hazmat::{MillerRabin, Primality};
use rand_core::CryptoRng;

use super::generation::{KeyGeneration, Progress};
use super::rsa::Secret;
use crate::error::Error;
use crate::lanes::{Candidates, Search, Stopped, Tester, tester};

/// Rounds of Miller-Rabin with random bases for primes of these bits: a composite number is taken
/// for a prime with less than 2^-100 for RSA-1024, 2^-112 for RSA-2048, 2^-128 above (FIPS 186-5
/// table B.1 and its appendix C).
fn rounds(bits: u32) -> usize {
    match bits {
        ..1024 => 7,
        1024..1536 => 5,
        1536..2048 => 4,
        _ => 3,
    }
}

impl Secret {
    /// A new key that passes every check of an imported one.
    pub(super) fn generate(
        generation: &mut KeyGeneration<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, Error> {
        let algorithm = generation.algorithm();
        let bits = algorithm.bits() / 2;
        let crates = CryptoPrimes;
        let lanes = tester(bits);
        let tester = lanes.as_deref().unwrap_or(&crates);
        let candidates = if generation.is_independent() {
            Candidates::Independent
        } else {
            Candidates::Successive
        };
        let mut tested = 0;
        let mut search = Search {
            bits,
            candidates,
            rounds: rounds(bits),
            tester,
            random: &mut |octets| {
                rng.fill_bytes(octets);
                true
            },
            progress: &mut |more| {
                tested += u64::from(more);
                generation.report(Progress { candidates: tested })
            },
        };
        loop {
            let primes = search.primes(2).map_err(|stopped| match stopped {
                Stopped::Cancelled => Error::Cancelled { what: "key generation" },
                Stopped::NoRandomNumbers => {
                    Error::Random { source: "none for the primes of an RSA key".into() }
                }
            })?;
            let [p, q] = primes.as_slice() else { continue };
            if let Some(key) = Self::from_primes(algorithm, p, q) {
                return Ok(key);
            }
        }
    }
}

/// Candidates one by one, where the lanes do not work.
struct CryptoPrimes;

impl Tester for CryptoPrimes {
    fn words(&self) -> usize {
        1
    }

    fn pass_base_two(&self, candidates: &[&[u8]]) -> Vec<bool> {
        candidates.iter().map(|candidate| passes(candidate, |test| test.test_base_two())).collect()
    }

    fn pass(&self, candidates: &[&[u8]], bases: &[&[u8]]) -> Vec<bool> {
        candidates
            .iter()
            .zip(bases)
            .map(|(candidate, base)| {
                let base = BoxedUint::from_be_slice_vartime(base);
                passes(candidate, |test| test.test(&base))
            })
            .collect()
    }
}

/// Whether an odd candidate passes a test.
fn passes(candidate: &[u8], test: impl Fn(&MillerRabin<BoxedUint>) -> Primality) -> bool {
    match Odd::new(BoxedUint::from_be_slice_vartime(candidate)).into_option() {
        Some(odd) => test(&MillerRabin::new(odd)).is_probably_prime(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use crypto_primes::hazmat::minimum_mr_iterations;

    use super::rounds;

    #[test]
    fn as_many_rounds_as_the_error_bound_asks() {
        for (bits, bound) in [(512, 100), (1024, 112), (1536, 128), (2048, 128)] {
            assert_eq!(minimum_mr_iterations(bits, bound), Some(rounds(bits)), "{bits}");
        }
    }
}
