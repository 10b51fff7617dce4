//! Which arithmetic works on a key, and how often which one signed.

use std::sync::atomic::{AtomicU64, Ordering};

/// Which arithmetic works on a key. Default: [`Arithmetic::Fastest`]. It is chosen key by key, by
/// [`KeyPair::with_arithmetic`](crate::KeyPair::with_arithmetic),
/// [`KeyGeneration::arithmetic`](crate::key::KeyGeneration::arithmetic) and
/// [`PublicKey::with_arithmetic`](crate::key::PublicKey::with_arithmetic), and for what is read and
/// verified by [`ChainVerifier::with_arithmetic`](crate::ChainVerifier::with_arithmetic) and
/// [`UnverifiedRequest::with_arithmetic`](crate::request::UnverifiedRequest::with_arithmetic). Nothing
/// chooses for a whole process, and the library never reads the environment.
///
/// Deterministic signatures are the same with each, and others are as good; what differs is the time
/// they take. Without the feature `fast-arithmetic` there is none but [`Arithmetic::RustCrypto`],
/// whatever is chosen.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::key::Arithmetic;
/// use certwright::{KeyAlgorithm, KeyPair};
/// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?.with_arithmetic(Arithmetic::RustCrypto);
/// assert_eq!(key.arithmetic(), Arithmetic::RustCrypto);
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Arithmetic {
    /// What is fastest here. In optimised builds (without debug assertions) [`Arithmetic::Vectors`] where
    /// the processor has them, else [`Arithmetic::Scalar`]. In other builds [`Arithmetic::RustCrypto`].
    #[default]
    Fastest,
    /// The algorithms of the vectors in ordinary arithmetic, on any processor: to test them.
    Portable,
    /// The RustCrypto crates alone.
    RustCrypto,
    /// This crate's own arithmetic, on one number at a time, on any processor.
    Scalar,
    /// The vectors of AVX-512 IFMA, where the processor has them, else [`Arithmetic::Scalar`]: for RSA keys
    /// always, for keys on curves where several signatures or keys come together, and for the digests of
    /// many messages (SM3, SHA-384, SHA-512).
    Vectors,
}

/// Signatures made in lanes, on curves, elsewhere, failed, and made by scalar arithmetic.
static COUNTS: [AtomicU64; 5] = [const { AtomicU64::new(0) }; 5];

/// How often which arithmetic made signatures in this process.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ArithmeticCounts {
    /// RSA signatures made on vectors, or by their algorithms.
    pub in_lanes: u64,
    /// ECDSA and SM2 signatures made by this crate's own arithmetic.
    pub on_curves: u64,
    /// RSA signatures made by this crate's own arithmetic on one number at a time.
    pub scalar: u64,
    /// Signatures made by the RustCrypto crates, because that was chosen, the build is not optimised,
    /// or there is nothing else in it.
    pub elsewhere: u64,
    /// Signatures made by the RustCrypto crates because those of this crate's own arithmetic were
    /// wrong. More than none says that the processor is faulty, or this crate: please report it.
    pub failed: u64,
}

impl Arithmetic {
    /// The arithmetic of a name: `fastest`, `portable`, `rustcrypto`, `scalar` or `vectors`. For programs that
    /// let their user choose, as the command and the benches of this crate do by the environment
    /// variable `CERTWRIGHT_ARITHMETIC`.
    ///
    /// ```
    /// use certwright::key::Arithmetic;
    /// assert_eq!(Arithmetic::named("portable"), Some(Arithmetic::Portable));
    /// assert_eq!(Arithmetic::named("Portable"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "fastest" => Self::Fastest,
            "portable" => Self::Portable,
            "rustcrypto" => Self::RustCrypto,
            "scalar" => Self::Scalar,
            "vectors" => Self::Vectors,
            _ => return None,
        })
    }

    /// Whether keys on curves are worked on here by this crate's own arithmetic.
    pub(crate) fn is_own_on_curves(self) -> bool {
        cfg!(feature = "fast-arithmetic")
            && match self {
                // Without optimisation it is slower than the crates, which are optimised.
                Self::Fastest => !cfg!(debug_assertions),
                Self::Portable | Self::Scalar | Self::Vectors => true,
                Self::RustCrypto => false,
            }
    }

    /// Whether this processor has the vectors of [`Arithmetic::Vectors`], and this build uses them.
    pub fn has_vectors() -> bool {
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        return is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512ifma");
        #[cfg(not(all(feature = "fast-arithmetic", target_arch = "x86_64")))]
        return false;
    }

    /// How often which arithmetic made signatures in this process.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::key::Arithmetic;
    /// use certwright::{KeyAlgorithm, KeyPair, Signer};
    /// KeyPair::generate(KeyAlgorithm::EcdsaP256)?.sign(b"message")?;
    /// let counts = Arithmetic::counts();
    /// assert_eq!(counts.on_curves + counts.elsewhere, 1);
    /// assert_eq!(counts.failed, 0);
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn counts() -> ArithmeticCounts {
        let [in_lanes, on_curves, elsewhere, failed, scalar] =
            COUNTS.each_ref().map(|count| count.load(Ordering::Relaxed));
        ArithmeticCounts { in_lanes, on_curves, scalar, elsewhere, failed }
    }

    pub(crate) fn count_in_lanes(signatures: usize) {
        COUNTS[0].fetch_add(signatures as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_scalar(signatures: usize) {
        COUNTS[4].fetch_add(signatures as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_on_curves() {
        COUNTS[1].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_elsewhere(signatures: usize) {
        COUNTS[2].fetch_add(signatures as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_failed() {
        COUNTS[3].fetch_add(1, Ordering::Relaxed);
    }
}

/// This crate's own arithmetic, for tests that are not optimised.
#[cfg(test)]
pub(crate) fn own() -> Arithmetic {
    if Arithmetic::has_vectors() { Arithmetic::Vectors } else { Arithmetic::Portable }
}

/// Held by tests that make signatures fail, one after the other: the counts are the process's.
#[cfg(test)]
pub(crate) fn failing() -> impl Drop {
    static LOCK: std::sync::Mutex<()> = std::sync::Mutex::new(());
    LOCK.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
