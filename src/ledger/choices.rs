//! What a ledger draws random numbers from, and the arithmetic of the keys that it returns.

use rand_core::TryCryptoRng;

use super::Ledger;
use crate::key::{Arithmetic, Randomness};

impl Ledger {
    /// Draws from this generator: for the sealing of private keys, for what the keys that it returns
    /// draw ([`KeyPair::with_rng`](crate::KeyPair::with_rng)), and, unless they have one of their own,
    /// for the authorities that are made on it. Call it before [`Ledger::unlock`]. The default is the
    /// operating system's.
    #[must_use]
    pub fn with_rng(mut self, rng: impl TryCryptoRng + Send + 'static) -> Self {
        self.randomness = Randomness::new(rng);
        self
    }

    /// Sets the arithmetic that works on the private keys that it returns. The default is
    /// [`Arithmetic::Fastest`].
    #[must_use]
    pub fn with_arithmetic(mut self, arithmetic: Arithmetic) -> Self {
        self.arithmetic = arithmetic;
        self
    }

    /// What it draws from, for what belongs to it.
    pub fn randomness(&self) -> &Randomness {
        &self.randomness
    }
}
