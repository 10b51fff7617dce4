//! Numbers of N words of 64 bits, the least significant first: sums that pass one carry along, and
//! choices by masks. Nothing here branches on a number.

pub(super) use crate::carry::{add_carry, mask, mask_of_borrow, mask_of_zero, sub_borrow};

/// The low and the high word of a product.
#[inline(always)]
pub(super) const fn wide(a: u64, b: u64) -> (u64, u64) {
    let product = a as u128 * b as u128;
    (product as u64, (product >> 64) as u64)
}

/// a + b, and what is carried.
#[inline(always)]
pub(super) fn add<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u8) {
    let (mut sum, mut carry) = ([0; N], 0);
    for at in 0..N {
        (sum[at], carry) = add_carry(a[at], b[at], carry);
    }
    (sum, carry)
}

/// a − b, and what is borrowed.
#[inline(always)]
pub(super) fn sub<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u8) {
    let (mut difference, mut borrow) = ([0; N], 0);
    for at in 0..N {
        (difference[at], borrow) = sub_borrow(a[at], b[at], borrow);
    }
    (difference, borrow)
}

/// The number where the mask is ones, else zero.
#[inline(always)]
pub(super) fn masked<const N: usize>(number: &[u64; N], mask: u64) -> [u64; N] {
    let mut out = *number;
    for word in &mut out {
        *word &= mask;
    }
    out
}

/// a where the mask is ones, else b.
#[inline(always)]
pub(super) fn select<const N: usize>(mask: u64, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let mut out = *b;
    for at in 0..N {
        out[at] ^= mask & (a[at] ^ b[at]);
    }
    out
}

/// Ones where the number is zero.
#[inline(always)]
pub(super) fn is_zero<const N: usize>(number: &[u64; N]) -> u64 {
    mask_of_zero(number.iter().fold(0, |all, word| all | word))
}

/// a·b, added up row by row: the N low words, then the N high ones.
#[inline(always)]
pub(super) fn row<const N: usize>(a: &[u64; N], b: u64) -> ([u64; N], u64) {
    let (mut sums, mut high, mut carry) = ([0; N], 0, 0);
    for at in 0..N {
        let (low, next) = wide(a[at], b);
        (sums[at], carry) = add_carry(low, high, carry);
        high = next;
    }
    // The high word of a product is at most 2^64 − 2.
    (sums, high.wrapping_add(u64::from(carry)))
}

/// The bytes of a number, the most significant first.
pub(super) fn to_bytes<const N: usize>(number: &[u64; N], out: &mut [u8]) {
    let words = number.iter().flat_map(|word| word.to_le_bytes());
    for (byte, value) in out.iter_mut().rev().zip(words) {
        *byte = value;
    }
}

/// A number from bytes, the most significant first; what is beyond N words is cut off. It is written to
/// its place, where its owner wipes it: one that is returned leaves a copy behind.
pub(super) fn read_bytes<const N: usize>(bytes: &[u8], number: &mut [u64; N]) {
    *number = [0; N];
    for (at, byte) in bytes.iter().rev().take(8 * N).enumerate() {
        number[at / 8] |= u64::from(*byte) << (8 * (at % 8));
    }
}

/// The same for a number that is no secret.
pub(super) fn from_bytes<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut number = [0; N];
    read_bytes(bytes, &mut number);
    number
}
