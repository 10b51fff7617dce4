//! How a key is generated: which, from what, and who watches.

use std::ops::ControlFlow;

use crate::algorithm::{KeyAlgorithm, WeakKeys};
use crate::arithmetic::Arithmetic;

/// The generation of a key, with what [`KeyPair::generate`](super::KeyPair::generate) leaves to its defaults.
///
/// ```
/// # #[cfg(feature = "rsa")] {
/// use std::ops::ControlFlow;
/// use certwright::key::KeyGeneration;
/// use certwright::KeyAlgorithm;
///
/// let mut tested = 0;
/// let key = KeyGeneration::new(KeyAlgorithm::Rsa2048)
///     .independent_candidates()
///     .on_progress(|progress| {
///         tested = progress.candidates;
///         ControlFlow::Continue(())
///     })
///     .generate()?;
/// assert!(tested > 0);
/// # drop(key);
///
/// let stopped = KeyGeneration::new(KeyAlgorithm::Rsa2048)
///     .on_progress(|_| ControlFlow::Break(()))
///     .generate();
/// assert!(matches!(stopped, Err(certwright::Error::Cancelled { .. })));
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
pub struct KeyGeneration<'a> {
    algorithm: KeyAlgorithm,
    weak_keys: WeakKeys,
    is_independent: bool,
    arithmetic: Arithmetic,
    observer: Option<Box<dyn FnMut(Progress) -> ControlFlow<()> + 'a>>,
}

/// How far the search for the primes of an RSA key is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// How many candidates were tested for both primes. On average it takes some 70 for a key of
    /// 2048 bits and twice as many for 4096; there is no upper end.
    pub candidates: u64,
}

impl<'a> KeyGeneration<'a> {
    /// A key of this algorithm.
    pub fn new(algorithm: KeyAlgorithm) -> Self {
        Self {
            algorithm,
            weak_keys: WeakKeys::Refuse,
            is_independent: false,
            arithmetic: Arithmetic::default(),
            observer: None,
        }
    }

    /// Sets the arithmetic that searches for the key, and then works on it. The default is
    /// [`Arithmetic::Fastest`].
    #[must_use]
    pub fn arithmetic(mut self, arithmetic: Arithmetic) -> Self {
        self.arithmetic = arithmetic;
        self
    }

    /// Can allow RSA of 1024 bits. The default is [`WeakKeys::Refuse`].
    #[must_use]
    pub fn weak_keys(mut self, weak_keys: WeakKeys) -> Self {
        self.weak_keys = weak_keys;
        self
    }

    /// Draws each candidate for an RSA prime by itself, to the letter of FIPS 186-5 A.1.3, instead
    /// of the odd numbers upwards from a random one, which takes less time.
    #[must_use]
    pub fn independent_candidates(mut self) -> Self {
        self.is_independent = true;
        self
    }

    /// Is told of every few candidates for an RSA prime, and can break off. Keys of other families
    /// come at once.
    #[must_use]
    pub fn on_progress(mut self, observer: impl FnMut(Progress) -> ControlFlow<()> + 'a) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    pub(super) fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    pub(super) fn allowed_weak_keys(&self) -> WeakKeys {
        self.weak_keys
    }

    pub(super) fn chosen_arithmetic(&self) -> Arithmetic {
        self.arithmetic
    }

    pub(super) fn is_independent(&self) -> bool {
        self.is_independent
    }

    pub(super) fn report(&mut self, progress: Progress) -> ControlFlow<()> {
        match &mut self.observer {
            Some(observer) => observer(progress),
            None => ControlFlow::Continue(()),
        }
    }
}

impl std::fmt::Debug for KeyGeneration<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyGeneration({})", self.algorithm)
    }
}
