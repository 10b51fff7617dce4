//! New RSA keys.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, CtEq, Odd};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

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
        let one_by_one = OneByOne;
        let lanes = tester(bits);
        let tester = lanes.as_deref().unwrap_or(&one_by_one);
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
            random: &mut |bytes| {
                rng.fill_bytes(bytes);
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
struct OneByOne;

impl Tester for OneByOne {
    fn words(&self) -> usize {
        1
    }

    fn pass_base_two(&self, candidates: &[&[u8]]) -> Vec<bool> {
        let passes = |candidate: &&[u8]| {
            let mut two = vec![0; candidate.len()];
            if let Some(last) = two.last_mut() {
                *last = 2;
            }
            passes(candidate, &two)
        };
        candidates.iter().map(passes).collect()
    }

    fn pass(&self, candidates: &[&[u8]], bases: &[&[u8]]) -> Vec<bool> {
        candidates.iter().zip(bases).map(|(candidate, base)| passes(candidate, base)).collect()
    }
}

/// A round of Miller-Rabin for a candidate that is 3 modulo 4, with a base of the same length. Not
/// that of crypto-primes, which computes what it needs for a candidate in variable time.
fn passes(candidate: &[u8], base: &[u8]) -> bool {
    let number = |bytes| BoxedUint::from_be_slice_vartime(bytes);
    let Some(odd) = Odd::new(number(candidate)).into_option() else { return false };
    let half = Zeroizing::new(odd.as_ref() >> 1);
    let params = BoxedMontyParams::new(odd);
    let power = BoxedMontyForm::new(number(base), &params).pow(&half);
    let one = BoxedMontyForm::one(&params);
    (power.ct_eq(&one) | power.ct_eq(&-one)).to_bool()
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
