//! Which arithmetic works: by what the processor has and what was asked for.

use super::prime::{Candidates, Tester};
#[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
use super::private_key::Fill;
use super::private_key::{Key, PrivateKey, PrivateNumbers};
use super::public_key::{self, Signed};
use super::single;
use crate::arithmetic::Arithmetic;
use crate::scalar::bit_length;
#[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
use crate::vectors::ifma::{Ifma4, Ifma8, is_eight_as_fast};
use crate::vectors::{self, Lane, Portable};

/// Digits in a block: ten, so that both factors' block and the sums fit 32 registers.
const BLOCK: usize = 10;

/// As many messages as fill four words with their halves: these are faster without the other four.
#[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
const FEW: usize = 2;

/// A key for few messages, and for many.
#[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
struct BothWidths {
    few: Box<dyn PrivateKey>,
    many: Box<dyn PrivateKey>,
}

#[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
impl PrivateKey for BothWidths {
    fn raise(&self, messages: &[&[u8]], random: Fill<'_>) -> Option<Vec<Option<Vec<u8>>>> {
        let key = if messages.len() <= FEW { &self.few } else { &self.many };
        key.raise(messages, random)
    }
}

/// What works here where this was chosen: never [`Arithmetic::Fastest`].
fn working(chosen: Arithmetic) -> Arithmetic {
    match chosen {
        _ if cfg!(not(feature = "fast-arithmetic")) => Arithmetic::RustCrypto,
        Arithmetic::Fastest if cfg!(debug_assertions) => Arithmetic::RustCrypto,
        Arithmetic::Fastest | Arithmetic::Vectors if vectors::available() => Arithmetic::Vectors,
        Arithmetic::Fastest | Arithmetic::Vectors => Arithmetic::Scalar,
        chosen => chosen,
    }
}

/// Whether RSA keys are worked on by scalar arithmetic here where this was chosen.
pub(super) fn is_scalar(chosen: Arithmetic) -> bool {
    working(chosen) == Arithmetic::Scalar
}

/// A private key for our arithmetic; `None` where it does not work or the key does not fit it.
pub(super) fn private_key(
    arithmetic: Arithmetic,
    numbers: &PrivateNumbers<'_>,
) -> Option<Box<dyn PrivateKey>> {
    let bits = bit_length(numbers.p);
    if bit_length(numbers.q) != bits || bit_length(numbers.modulus) != 2 * bits {
        return None;
    }
    fn key<L: Lane>(numbers: &PrivateNumbers<'_>, bits: u32) -> Option<Box<dyn PrivateKey>> {
        Some(match bits {
            512 => Box::new(Key::<L, BLOCK, 1, 2>::new(numbers, bits)),
            1024 => Box::new(Key::<L, BLOCK, 2, 4>::new(numbers, bits)),
            1536 => Box::new(Key::<L, BLOCK, 3, 6>::new(numbers, bits)),
            2048 => Box::new(Key::<L, BLOCK, 4, 8>::new(numbers, bits)),
            _ => return None,
        })
    }
    match working(arithmetic) {
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Vectors if is_eight_as_fast() => Some(Box::new(BothWidths {
            few: key::<Ifma4>(numbers, bits)?,
            many: key::<Ifma8>(numbers, bits)?,
        })),
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Vectors => key::<Ifma4>(numbers, bits),
        Arithmetic::Portable => key::<Portable<2>>(numbers, bits),
        Arithmetic::Scalar => Some(Box::new(single::Key::new(numbers)?)),
        _ => None,
    }
}

/// For each signature whether it is right; `None` where the lanes do not work. All moduli have this
/// many bits.
pub(super) fn check(arithmetic: Arithmetic, bits: u32, signed: &[Signed<'_>]) -> Option<Vec<bool>> {
    fn check<L: Lane>(bits: u32, signed: &[Signed<'_>]) -> Option<Vec<bool>> {
        Some(match bits {
            1024 => public_key::check::<L, BLOCK, 2>(signed),
            2048 => public_key::check::<L, BLOCK, 4>(signed),
            3072 => public_key::check::<L, BLOCK, 6>(signed),
            4096 => public_key::check::<L, BLOCK, 8>(signed),
            _ => return None,
        })
    }
    match working(arithmetic) {
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Vectors if is_eight_as_fast() && signed.len() > FEW => {
            check::<Ifma8>(bits, signed)
        }
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Vectors => check::<Ifma4>(bits, signed),
        Arithmetic::Portable => check::<Portable<2>>(bits, signed),
        _ => None,
    }
}

/// Whether public keys are worked on one by one by our own arithmetic where this was chosen.
pub(super) fn checks_alone(chosen: Arithmetic) -> bool {
    working(chosen) != Arithmetic::RustCrypto
}

/// What tests candidates for primes of this many bits; `None` where our arithmetic does not work.
pub(super) fn tester(arithmetic: Arithmetic, bits: u32) -> Option<Box<dyn Tester>> {
    fn tester<L: Lane>(bits: u32) -> Option<Box<dyn Tester>> {
        Some(match bits {
            512 => Box::new(Candidates::<L, BLOCK, 1>::new(bits)),
            1024 => Box::new(Candidates::<L, BLOCK, 2>::new(bits)),
            1536 => Box::new(Candidates::<L, BLOCK, 3>::new(bits)),
            2048 => Box::new(Candidates::<L, BLOCK, 4>::new(bits)),
            _ => return None,
        })
    }
    match working(arithmetic) {
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Vectors if is_eight_as_fast() => tester::<Ifma8>(bits),
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Vectors => tester::<Ifma4>(bits),
        Arithmetic::Portable => tester::<Portable<2>>(bits),
        Arithmetic::Scalar => Some(Box::new(single::Candidates::new(bits))),
        _ => None,
    }
}
