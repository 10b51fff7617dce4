//! Numbers of N words of 64 bits, the least significant first: sums that pass one carry along, and
//! choices by masks.
//!
//! Nothing here branches on a number. What depends on one is a mask of zeros or ones, and goes
//! through `black_box`, so that the compiler cannot see that it has two values and make a branch.

use std::hint::black_box;

/// a + b + carry, and what is carried.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn add_carry(a: u64, b: u64, carry: u8) -> (u64, u8) {
    let mut sum = 0;
    let carry = core::arch::x86_64::_addcarry_u64(carry, a, b, &mut sum);
    (sum, carry)
}

/// a − b − borrow, and what is borrowed.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn sub_borrow(a: u64, b: u64, borrow: u8) -> (u64, u8) {
    let mut difference = 0;
    let borrow = core::arch::x86_64::_subborrow_u64(borrow, a, b, &mut difference);
    (difference, borrow)
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) use self::portable::{add_carry, sub_borrow};

/// The same for every processor.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(super) mod portable {
    #[inline(always)]
    pub(in crate::curves) fn add_carry(a: u64, b: u64, carry: u8) -> (u64, u8) {
        let (sum, first) = a.overflowing_add(b);
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        (sum, u8::from(first | second))
    }

    #[inline(always)]
    pub(in crate::curves) fn sub_borrow(a: u64, b: u64, borrow: u8) -> (u64, u8) {
        let (difference, first) = a.overflowing_sub(b);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        (difference, u8::from(first | second))
    }
}

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

/// A word of ones for 1, of zeros for 0.
#[inline(always)]
pub(super) fn mask(bit: u64) -> u64 {
    black_box(bit.wrapping_neg())
}

/// A word of ones for zero, of zeros for everything else.
#[inline(always)]
pub(super) fn mask_of_zero(word: u64) -> u64 {
    mask(!(word | word.wrapping_neg()) >> 63)
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
