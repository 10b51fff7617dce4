//! Which lanes work: chosen once, by what the processor has and what was asked for.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

#[cfg(target_arch = "x86_64")]
use super::ifma::{Ifma4, available};
use super::lane::Lane;
use super::portable::Portable;
use super::prime::{Candidates, Tester};
use super::private_key::{Key, PrivateKey, PrivateNumbers};
use super::public_key::{self, Signed};

/// Digits in a block: ten, so that both factors' block and the sums fit 32 registers.
const BLOCK: usize = 10;

/// Which arithmetic works on RSA keys.
///
/// The signatures are the same with each; what differs is the time they take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Arithmetic {
    /// What is fastest here: [`Arithmetic::Vectors`] where the processor has them and the build is
    /// optimised (without debug assertions), else [`Arithmetic::RustCrypto`].
    Fastest,
    /// The algorithms of the vectors in ordinary arithmetic, on any processor: to test them.
    Portable,
    /// The RustCrypto crates alone.
    RustCrypto,
    /// The vectors of AVX-512 IFMA, where the processor has them, else [`Arithmetic::RustCrypto`].
    Vectors,
}

/// What was chosen, by the numbers of [`Arithmetic::choose`]; 0 when nothing was.
static CHOICE: AtomicU8 = AtomicU8::new(0);

/// Signatures made in lanes, made elsewhere, and failed in lanes.
static COUNTS: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];

/// How often which arithmetic made RSA signatures in this process.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ArithmeticCounts {
    /// Signatures made on vectors, or by their algorithms.
    pub in_lanes: u64,
    /// Signatures made by the rsa crate, because the processor has no such vectors, the key does not
    /// fit them (its exponent is not 65537, or its primes are not half as long as the modulus), or
    /// it was chosen.
    pub elsewhere: u64,
    /// Signatures made by the rsa crate because those of the vectors were wrong. More than none says
    /// that the processor is faulty, or this crate: please report it.
    pub failed: u64,
}

impl Arithmetic {
    /// Chooses for keys that are made or read from now on, in the whole process. Without it, it is
    /// [`Arithmetic::Fastest`]. The library never reads the environment.
    ///
    /// ```
    /// use certwright::Arithmetic;
    /// Arithmetic::Portable.choose();
    /// assert_eq!(Arithmetic::chosen(), Arithmetic::Portable);
    /// ```
    pub fn choose(self) {
        let choice = match self {
            Self::Fastest => 1,
            Self::Portable => 2,
            Self::RustCrypto => 3,
            Self::Vectors => 4,
        };
        CHOICE.store(choice, Ordering::Relaxed);
    }

    /// What was chosen.
    pub fn chosen() -> Self {
        match CHOICE.load(Ordering::Relaxed) {
            2 => Self::Portable,
            3 => Self::RustCrypto,
            4 => Self::Vectors,
            // Also while nothing was chosen.
            _ => Self::Fastest,
        }
    }

    /// The arithmetic of a name: `fastest`, `portable`, `rustcrypto` or `vectors`. For programs that
    /// let their user choose, as the command and the benches of this crate do by the environment
    /// variable `CERTWRIGHT_ARITHMETIC`.
    ///
    /// ```
    /// use certwright::Arithmetic;
    /// assert_eq!(Arithmetic::named("portable"), Some(Arithmetic::Portable));
    /// assert_eq!(Arithmetic::named("Portable"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "fastest" => Self::Fastest,
            "portable" => Self::Portable,
            "rustcrypto" => Self::RustCrypto,
            "vectors" => Self::Vectors,
            _ => return None,
        })
    }

    /// What works, as things stand: never [`Arithmetic::Fastest`].
    fn working() -> Self {
        match Self::chosen() {
            Self::Fastest if cfg!(debug_assertions) => Self::RustCrypto,
            Self::Fastest | Self::Vectors if Self::has_vectors() => Self::Vectors,
            Self::Fastest | Self::Vectors => Self::RustCrypto,
            chosen => chosen,
        }
    }

    /// Whether this processor has the vectors of [`Arithmetic::Vectors`].
    pub fn has_vectors() -> bool {
        #[cfg(target_arch = "x86_64")]
        return available();
        #[cfg(not(target_arch = "x86_64"))]
        return false;
    }

    /// How often which arithmetic made RSA signatures in this process.
    ///
    /// ```
    /// use certwright::{Arithmetic, KeyAlgorithm, KeyPair, Signer};
    /// KeyPair::generate(KeyAlgorithm::Rsa2048)?.sign(b"message")?;
    /// let counts = Arithmetic::counts();
    /// assert_eq!(counts.in_lanes + counts.elsewhere, 1);
    /// assert_eq!(counts.failed, 0);
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn counts() -> ArithmeticCounts {
        let [in_lanes, elsewhere, failed] =
            COUNTS.each_ref().map(|count| count.load(Ordering::Relaxed));
        ArithmeticCounts { in_lanes, elsewhere, failed }
    }

    pub(crate) fn count_in_lanes(signatures: usize) {
        COUNTS[0].fetch_add(signatures as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_elsewhere(signatures: usize) {
        COUNTS[1].fetch_add(signatures as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_failed() {
        COUNTS[2].fetch_add(1, Ordering::Relaxed);
    }
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
    match Arithmetic::working() {
        #[cfg(target_arch = "x86_64")]
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
    match Arithmetic::working() {
        #[cfg(target_arch = "x86_64")]
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
    match Arithmetic::working() {
        #[cfg(target_arch = "x86_64")]
        Arithmetic::Vectors => tester::<Ifma4>(bits),
        Arithmetic::Portable => tester::<Portable<2>>(bits),
        _ => None,
    }
}

/// The bits of a number in big-endian octets, leading zeros left out.
pub(crate) fn bit_length(octets: &[u8]) -> u32 {
    match octets.iter().position(|octet| *octet != 0) {
        Some(first) => (octets.len() - first) as u32 * 8 - octets[first].leading_zeros(),
        None => 0,
    }
}
