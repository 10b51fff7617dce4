//! One source of random numbers for several takers.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand_core::{TryCryptoRng, TryRng};

use super::random::system;
use crate::error::Error;

/// A source of random numbers that is shared: its clones draw from one generator. Who embeds the crate
/// makes one and gives it to whatever draws: to an authority
/// ([`Authority::with_rng`](crate::Authority::with_rng)), to
/// [`KeyPair::generate_with`](crate::KeyPair::generate_with), to
/// [`SerialNumber::generate`](crate::SerialNumber::generate) for
/// [`Issuer::self_signed_at`](crate::Issuer::self_signed_at).
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::key::{Randomness, WeakKeys};
/// use certwright::testing::SeededRng;
/// use certwright::time::{Time, Validity};
/// use certwright::*;
/// let mut random = Randomness::new(SeededRng::new(7));
/// let key = KeyPair::generate_with(KeyAlgorithm::EcdsaP256, WeakKeys::Refuse, &mut random)?;
/// let serial = SerialNumber::generate(&mut random)?;
/// let from: Time = "2026-06-01T00:00:00Z".parse()?;
/// let validity = Validity::new(from, from.plus_months(120)?)?;
/// let root =
///     Issuer::self_signed_at("CN=Root".parse()?, Profile::root(), key, serial, validity)?;
/// let policy = Policy::new(Profile::tls_server());
/// let authority = Authority::new(root, policy, MemoryStore::default()).with_rng(random);
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone)]
pub struct Randomness(Arc<Mutex<Fill>>);

/// Fills bytes with random ones.
type Fill = dyn FnMut(&mut [u8]) -> Result<(), NoRandomness> + Send;

/// Why there are no random numbers, as the generator says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NoRandomness(String);

impl Randomness {
    /// Draws from this generator.
    pub fn new(mut rng: impl TryCryptoRng + Send + 'static) -> Self {
        let fill = move |bytes: &mut [u8]| {
            rng.try_fill_bytes(bytes).map_err(|error| NoRandomness(error.to_string()))
        };
        Self(Arc::new(Mutex::new(fill)))
    }
}

impl Randomness {
    /// So many random bytes.
    ///
    /// # Errors
    /// [`Error::Random`] when the generator fails.
    pub fn bytes<const LENGTH: usize>(&self) -> Result<[u8; LENGTH], Error> {
        let mut bytes = [0; LENGTH];
        self.clone()
            .try_fill_bytes(&mut bytes)
            .map_err(|error| Error::Random { source: Box::new(error) })?;
        Ok(bytes)
    }
}

impl Default for Randomness {
    /// The operating system's generator.
    fn default() -> Self {
        Self::new(system())
    }
}

impl TryRng for Randomness {
    type Error = NoRandomness;

    fn try_next_u32(&mut self) -> Result<u32, NoRandomness> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, NoRandomness> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        // A generator that panicked in another thread is asked again.
        let mut fill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (*fill)(bytes)
    }
}

impl TryCryptoRng for Randomness {}

impl fmt::Debug for Randomness {
    /// Nothing of its state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness")
    }
}

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoRandomness {}
