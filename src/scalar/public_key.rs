//! Checks of RSA signatures (RFC 8017 section 5.2.2).

use super::bit_length;
use super::montgomery::Modulus;
use super::number::{Number, Sums};

/// A signature to be checked; all three are big-endian and of the same length.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// Odd, its first byte not zero.
    pub(crate) modulus: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// What the signature must be to the power of the public exponent.
    pub(crate) padded: &'a [u8],
}

/// A public key, with what is computed once for it.
pub(crate) trait PublicKey: Send + Sync {
    /// Whether a signature is right. Nothing else than the modulus that the key was made of is in it.
    fn is_right(&self, signed: &Signed<'_>) -> bool;
}

/// A public key; `None` where the modulus is even, of less than 512 bits or of more than 8192, or the
/// exponent is even or below 3.
pub(crate) fn public_key(modulus: &[u8], exponent: u64) -> Option<Box<dyn PublicKey>> {
    let bits = bit_length(modulus);
    let is_odd = modulus.last().is_some_and(|last| last % 2 == 1);
    if !is_odd || exponent.is_multiple_of(2) || exponent < 3 {
        return None;
    }
    Some(match bits {
        512..=1024 => Key::<2>::boxed(modulus, exponent, bits),
        1025..=2048 => Key::<4>::boxed(modulus, exponent, bits),
        2049..=3072 => Key::<6>::boxed(modulus, exponent, bits),
        3073..=4096 => Key::<8>::boxed(modulus, exponent, bits),
        4097..=6144 => Key::<12>::boxed(modulus, exponent, bits),
        6145..=8192 => Key::<16>::boxed(modulus, exponent, bits),
        _ => return None,
    })
}

struct Key<const N: usize> {
    modulus: Modulus<N>,
    exponent: u64,
}

impl<const N: usize> Key<N> {
    fn boxed(modulus: &[u8], exponent: u64, bits: u32) -> Box<dyn PublicKey> {
        Box::new(Self { modulus: Modulus::public(modulus, bits), exponent })
    }
}

impl<const N: usize> PublicKey for Key<N> {
    fn is_right(&self, signed: &Signed<'_>) -> bool {
        let Signed { modulus, signature, padded } = *signed;
        // RFC 8017 section 5.2.2: the representative is below the modulus.
        if signature.len() != modulus.len() || signature >= modulus {
            return false;
        }
        let signature = Number::from_bytes(signature);
        let result = self.modulus.raise_publicly(&signature, self.exponent, &mut Sums::new(N));
        let mut bytes = vec![0; padded.len()];
        result.write_bytes(&mut bytes);
        bytes == padded
    }
}
