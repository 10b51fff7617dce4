//! Points of several keys or nonces at once, one in each word of the processor's vectors: the same
//! formulas as one after the other, on digits of 52 bits.
//!
//! Only multiples of points are computed here. What is done once a signature, modulo the order, stays with
//! the arithmetic of words, and so does the answer to every exception.

mod digits;
mod each;
mod number;
mod point;
mod sums;
mod tables;

pub(super) use self::each::{OfEach, multiples_of_each_public};
pub(super) use self::sums::{multiples_of_generator, multiples_public};
pub(crate) use self::tables::InLanes;
pub(super) use self::tables::{PublicTable, SecretTable};
/// For the proof that no digit overflows.
#[cfg(test)]
pub(super) mod intervals {
    pub(in crate::curves) use super::number::Number;
    pub(in crate::curves) use super::point::{Affine, Point};
}
#[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
use crate::vectors::ifma::Ifma8;
use crate::vectors::{self, Lane, Portable};

/// Which lanes work on several numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lanes {
    /// None: one number after the other.
    None,
    /// Ordinary arithmetic, to test the others.
    Portable,
    /// The processor's. There are none where it has none.
    Vectors,
}

/// Work for whichever lanes there are.
trait OnLanes {
    type Output;

    fn run<L: Lane>(self) -> Self::Output;
}

impl Lanes {
    /// The processor's vectors, where it has them.
    pub(crate) fn fastest() -> Self {
        if vectors::available() { Self::Vectors } else { Self::None }
    }

    /// `None` where there are no lanes.
    fn run<J: OnLanes>(self, job: J) -> Option<J::Output> {
        match self {
            Self::Portable => Some(job.run::<Portable<2>>()),
            #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
            Self::Vectors if vectors::available() => Some(job.run::<Ifma8>()),
            Self::Vectors | Self::None => None,
        }
    }
}
