//! Random numbers for the arithmetic crates.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::error::Error;

/// A generator that cannot fail half-way, seeded with 256 bits from one that can: the arithmetic
/// crates want it so.
pub(crate) fn seeded<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<ChaCha20Rng, Error> {
    let mut seed = Zeroizing::new([0; 32]);
    rng.try_fill_bytes(seed.as_mut())
        .map_err(|error| Error::Random { source: error.to_string().into() })?;
    Ok(ChaCha20Rng::from_seed(*seed))
}
