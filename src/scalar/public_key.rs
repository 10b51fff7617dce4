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

/// Whether a signature is right, under an odd exponent above 1; `None` where the modulus is even, of
/// less than 512 bits or of more than 8192.
pub(crate) fn is_right(signed: &Signed<'_>, exponent: u64) -> Option<bool> {
    let bits = bit_length(signed.modulus);
    let is_odd = signed.modulus.last().is_some_and(|last| last % 2 == 1);
    if !is_odd || exponent.is_multiple_of(2) || exponent < 3 {
        return None;
    }
    Some(match bits {
        512..=1024 => check::<2>(signed, exponent, bits),
        1025..=2048 => check::<4>(signed, exponent, bits),
        2049..=3072 => check::<6>(signed, exponent, bits),
        3073..=4096 => check::<8>(signed, exponent, bits),
        4097..=6144 => check::<12>(signed, exponent, bits),
        6145..=8192 => check::<16>(signed, exponent, bits),
        _ => return None,
    })
}

fn check<const N: usize>(signed: &Signed<'_>, exponent: u64, bits: u32) -> bool {
    // RFC 8017 section 5.2.2: the representative is below the modulus.
    if signed.signature.len() != signed.modulus.len() || signed.signature >= signed.modulus {
        return false;
    }
    let modulus = Modulus::<N>::public(signed.modulus, bits);
    let signature = Number::from_bytes(signed.signature);
    let result = modulus.raise_publicly(&signature, exponent, &mut Sums::new(N));
    let mut bytes = vec![0; signed.padded.len()];
    result.write_bytes(&mut bytes);
    bytes == signed.padded
}
