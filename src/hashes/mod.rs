//! The digests of several messages at once: SHA-384, SHA-512 (FIPS 180-4) and SM3 (GB/T 32905), each
//! message in a word of the processor's vectors.
//!
//! A hash function is one chain of steps that wait for each other; a batch has many such chains.
//! Messages are public here: certificates and requests to be signed, not nonces. SHA-256 is not among
//! them: one after the other they are as fast by the processor's own instructions for it.
//!
//! Where the processor has no vectors, or too few messages come together to pay, the crates `sha2` and
//! `sm3` work, which the tests hold these against.

// Positions are bounded by the sizes of arrays, which are constants.
#![allow(clippy::indexing_slicing)]

mod batch;
mod message;
mod sha512;
#[cfg(feature = "sm2")]
mod sm3;
#[cfg(all(test, feature = "fast-arithmetic", feature = "sm2"))]
mod tests;

use self::batch::digests;
pub(crate) use self::message::Message;
use self::sha512::{START_384, START_512, Sha512};
#[cfg(feature = "sm2")]
use self::sm3::{START, Sm3};
use crate::arithmetic::Arithmetic;
use crate::vectors::{self, OnWords, PortableWords, Words};

/// Which hash function.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
    #[cfg(feature = "sm2")]
    Sm3,
}

/// The digest of each message, in their order: `None` where somebody else must compute it, because too
/// few were as long, or vectors are not to work here.
pub(crate) fn digest_many(
    arithmetic: Arithmetic,
    hash: Hash,
    messages: &[Message<'_>],
) -> Vec<Option<Vec<u8>>> {
    let job = Job { hash, messages };
    match arithmetic {
        _ if cfg!(not(feature = "fast-arithmetic")) => vec![None; messages.len()],
        Arithmetic::Portable => job.run::<PortableWords<u32, 16>, PortableWords<u64, 8>>(),
        // Without optimisation they are slower than the crates, which are optimised.
        Arithmetic::Fastest if cfg!(debug_assertions) => vec![None; messages.len()],
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Fastest | Arithmetic::Vectors if vectors::available() => {
            vectors::ifma::on_words(job)
        }
        _ => vec![None; messages.len()],
    }
}

struct Job<'j> {
    hash: Hash,
    messages: &'j [Message<'j>],
}

impl OnWords for Job<'_> {
    type Output = Vec<Option<Vec<u8>>>;

    #[inline(always)]
    fn run<S: Words, L: Words>(self) -> Self::Output {
        match self.hash {
            Hash::Sha256 => vec![None; self.messages.len()],
            Hash::Sha384 => digests::<L, Sha512>(START_384, 48, self.messages),
            Hash::Sha512 => digests::<L, Sha512>(START_512, 64, self.messages),
            #[cfg(feature = "sm2")]
            Hash::Sm3 => digests::<S, Sm3>(START, 32, self.messages),
        }
    }
}
