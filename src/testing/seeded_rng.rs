//! Random numbers that are the same in every run.

use std::convert::Infallible;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng as _, SeedableRng};
use rand_core::{TryCryptoRng, TryRng};

/// Random numbers that are the same in every run: with a [`FixedClock`](crate::time::FixedClock) and
/// [`Nonces::Deterministic`](crate::key::Nonces::Deterministic), whole certificates repeat byte for
/// byte. Never for keys that protect anything.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::testing::SeededRng;
/// use certwright::key::WeakKeys;
/// use certwright::{KeyAlgorithm, KeyPair, Signer};
/// let key = || {
///     let mut rng = SeededRng::new(7);
///     KeyPair::generate_with(KeyAlgorithm::EcdsaP256, WeakKeys::Refuse, &mut rng)
/// };
/// assert_eq!(key()?.public_key(), key()?.public_key());
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
pub struct SeededRng(ChaCha20Rng);

impl SeededRng {
    /// A generator whose numbers follow from the seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }
}

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

impl TryCryptoRng for SeededRng {}
