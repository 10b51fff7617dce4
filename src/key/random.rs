//! Random numbers.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;
use getrandom::SysRng;
use rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use crate::error::Error;

/// The operating system's generator.
pub(crate) fn system() -> SysRng {
    SysRng
}

/// A generator that cannot fail half-way, seeded with 256 bits from one that can: the arithmetic
/// crates want it so.
pub(crate) fn seeded<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<ChaCha20Rng, Error> {
    let mut seed = Zeroizing::new([0; 32]);
    rng.try_fill_bytes(seed.as_mut())
        .map_err(|error| Error::Random { source: error.to_string().into() })?;
    Ok(ChaCha20Rng::from_seed(*seed))
}

/// Bytes of the operating system's generator.
pub(crate) fn random_bytes<const LENGTH: usize>() -> Result<[u8; LENGTH], Error> {
    let mut bytes = [0; LENGTH];
    system()
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Error::Random { source: Box::new(error) })?;
    Ok(bytes)
}
