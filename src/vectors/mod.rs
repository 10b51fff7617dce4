//! Several words side by side, and what is done to all of them at once: on the processor's vectors or,
//! with the same answers, without.
//!
//! This is the one module with unsafe code, all of it in `ifma`: calls of intrinsics, which exist once
//! the processor was asked. `lanes`, `curves` and `hashes` are generic over the kind of words.

// Positions are bounded by the sizes of arrays, which are constants.
#![allow(clippy::indexing_slicing)]

#[allow(unsafe_code)] // its head says why it is sound
#[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
pub(crate) mod ifma;
mod lane;
mod portable;
#[cfg(any(feature = "ecc", feature = "sm2"))]
mod words;

#[cfg(any(feature = "fast-arithmetic", feature = "rsa"))]
pub(crate) use self::lane::unroll;
pub(crate) use self::lane::{DIGIT_BITS, DIGIT_MASK, Job, Lane, TABLE};
pub(crate) use self::portable::Portable;
#[cfg(any(feature = "ecc", feature = "sm2"))]
pub(crate) use self::words::{OnWords, PortableWords, Words};

/// Whether the processor has the vectors of `ifma`, and this build uses them: what its safety rests on.
pub(crate) fn available() -> bool {
    #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
    return ifma::available();
    #[cfg(not(all(feature = "fast-arithmetic", target_arch = "x86_64")))]
    return false;
}
