//! Clocks.

use crate::error::Error;
use crate::validity::{Time, system_time};

/// What an authority takes the time from.
pub trait Clock: Send + Sync {
    /// The time now.
    ///
    /// # Errors
    /// When the clock cannot tell it.
    fn now(&self) -> Result<Time, Error>;
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs)] // It is named where a clock is given.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Result<Time, Error> {
        system_time()
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Result<Time, Error> {
        (**self).now()
    }
}

/// A clock that stands still, for tests and repeatable runs.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs)] // It is made of its time.
pub struct FixedClock(pub Time);

impl Clock for FixedClock {
    fn now(&self) -> Result<Time, Error> {
        Ok(self.0)
    }
}
