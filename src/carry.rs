//! Words of 64 bits: sums that pass a carry along, and masks.
//!
//! Nothing here branches on a word. What depends on one is a mask of zeros or ones, which comes out of
//! `black_box` or of an instruction of its own, so that the compiler cannot see that it has two values
//! and make a branch.

use std::hint::black_box;

/// a + b + carry, and what is carried.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn add_carry(a: u64, b: u64, carry: u8) -> (u64, u8) {
    let mut sum = 0;
    let carry = core::arch::x86_64::_addcarry_u64(carry, a, b, &mut sum);
    (sum, carry)
}

/// a − b − borrow, and what is borrowed.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn sub_borrow(a: u64, b: u64, borrow: u8) -> (u64, u8) {
    let mut difference = 0;
    let borrow = core::arch::x86_64::_subborrow_u64(borrow, a, b, &mut difference);
    (difference, borrow)
}

/// A word of ones for a borrow, of zeros for none: 0 − 0 − borrow. The compiler does not look into the
/// instruction; `black_box` would go through memory.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn mask_of_borrow(borrow: u8) -> u64 {
    sub_borrow(0, 0, borrow).0
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use self::portable::{add_carry, mask_of_borrow, sub_borrow};

/// The same for every processor.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(crate) mod portable {
    #[inline(always)]
    pub(crate) fn add_carry(a: u64, b: u64, carry: u8) -> (u64, u8) {
        let (sum, first) = a.overflowing_add(b);
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        (sum, u8::from(first | second))
    }

    #[inline(always)]
    pub(crate) fn sub_borrow(a: u64, b: u64, borrow: u8) -> (u64, u8) {
        let (difference, first) = a.overflowing_sub(b);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        (difference, u8::from(first | second))
    }

    #[inline(always)]
    pub(crate) fn mask_of_borrow(borrow: u8) -> u64 {
        super::mask(u64::from(borrow))
    }
}

/// A word of ones for 1, of zeros for 0.
#[inline(always)]
pub(crate) fn mask(bit: u64) -> u64 {
    black_box(bit.wrapping_neg())
}

/// A word of ones for zero, of zeros for everything else.
#[inline(always)]
pub(crate) fn mask_of_zero(word: u64) -> u64 {
    mask(!(word | word.wrapping_neg()) >> 63)
}
