//! Which lanes work: by what the processor has and what was asked for.

#[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
use super::ifma::{Ifma4, available};
use super::lane::Lane;
use super::portable::Portable;
use super::prime::{Candidates, Tester};
use super::private_key::{Key, PrivateKey, PrivateNumbers};
use super::public_key::{self, Signed};
use crate::arithmetic::Arithmetic;

/// Digits in a block: ten, so that both factors' block and the sums fit 32 registers.
const BLOCK: usize = 10;

/// What works, as things stand: never [`Arithmetic::Fastest`].
fn working() -> Arithmetic {
    match Arithmetic::chosen() {
        _ if cfg!(not(feature = "fast-arithmetic")) => Arithmetic::RustCrypto,
        Arithmetic::Fastest if cfg!(debug_assertions) => Arithmetic::RustCrypto,
        Arithmetic::Fastest | Arithmetic::Vectors if has_vectors() => Arithmetic::Vectors,
        Arithmetic::Fastest | Arithmetic::Vectors => Arithmetic::RustCrypto,
        chosen => chosen,
    }
}

/// What the safety of `ifma` rests on.
fn has_vectors() -> bool {
    #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
    return available();
    #[cfg(not(all(feature = "fast-arithmetic", target_arch = "x86_64")))]
    return false;
}

/// A private key for the lanes; `None` where they do not work or the key does not fit them.
pub(super) fn private_key(numbers: &PrivateNumbers<'_>) -> Option<Box<dyn PrivateKey>> {
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
    match working() {
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Vectors => key::<Ifma4>(numbers, bits),
        Arithmetic::Portable => key::<Portable<2>>(numbers, bits),
        _ => None,
    }
}

/// For each signature whether it is right; `None` where the lanes do not work. All moduli have this
/// many bits.
pub(super) fn check(bits: u32, signed: &[Signed<'_>]) -> Option<Vec<bool>> {
    fn check<L: Lane>(bits: u32, signed: &[Signed<'_>]) -> Option<Vec<bool>> {
        Some(match bits {
            1024 => public_key::check::<L, BLOCK, 2>(signed),
            2048 => public_key::check::<L, BLOCK, 4>(signed),
            3072 => public_key::check::<L, BLOCK, 6>(signed),
            4096 => public_key::check::<L, BLOCK, 8>(signed),
            _ => return None,
        })
    }
    match working() {
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Vectors => check::<Ifma4>(bits, signed),
        Arithmetic::Portable => check::<Portable<2>>(bits, signed),
        _ => None,
    }
}

/// What tests candidates for primes of this many bits; `None` where the lanes do not work.
pub(super) fn tester(bits: u32) -> Option<Box<dyn Tester>> {
    fn tester<L: Lane>(bits: u32) -> Option<Box<dyn Tester>> {
        Some(match bits {
            512 => Box::new(Candidates::<L, BLOCK, 1>::new(bits)),
            1024 => Box::new(Candidates::<L, BLOCK, 2>::new(bits)),
            1536 => Box::new(Candidates::<L, BLOCK, 3>::new(bits)),
            2048 => Box::new(Candidates::<L, BLOCK, 4>::new(bits)),
            _ => return None,
        })
    }
    match working() {
        #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
        Arithmetic::Vectors => tester::<Ifma4>(bits),
        Arithmetic::Portable => tester::<Portable<2>>(bits),
        _ => None,
    }
}

/// The bits of a number in big-endian bytes, leading zeros left out.
pub(crate) fn bit_length(bytes: &[u8]) -> u32 {
    match bytes.iter().position(|byte| *byte != 0) {
        Some(first) => (bytes.len() - first) as u32 * 8 - bytes[first].leading_zeros(),
        None => 0,
    }
}
