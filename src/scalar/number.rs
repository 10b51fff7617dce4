//! Numbers in digits of somewhat less than 64 bits, and sums of their products.

use zeroize::Zeroize;

use super::block::{Block, Columns, DIGITS};
use crate::carry::{mask, mask_of_zero};

/// Numbers of `N` blocks, the lowest digit first. Below 512·N bits is a modulus; the bits above it
/// are room, so that no product needs a last subtraction.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Number<const N: usize>(pub(super) [Block; N]);

impl<const N: usize> Default for Number<N> {
    #[inline(always)]
    fn default() -> Self {
        Self([[0; DIGITS]; N])
    }
}

impl<const N: usize> Zeroize for Number<N> {
    fn zeroize(&mut self) {
        self.0.as_flattened_mut().zeroize();
    }
}

impl<const N: usize> Number<N> {
    /// The bits of a digit: as many as a column of so many products leaves (2·9·N products, each below
    /// 2^(2·bits), and what is carried, below 2^128), and enough for a modulus of 512·N bits times a
    /// digit and three bits more (`Modulus`).
    pub(super) const DIGIT: u32 = match N {
        ..=2 => 61,
        3..=14 => 60,
        _ => 59,
    };

    /// The bits of all digits.
    pub(super) const BITS: u32 = Self::DIGIT * (DIGITS * N) as u32;

    /// The bits of a digit, set.
    pub(super) const MASK: u64 = (1 << Self::DIGIT) - 1;

    /// What is asked of the bits of a digit.
    pub(super) const CHECKED: () = {
        let products = 2 * DIGITS as u128 * N as u128;
        assert!(products + 1 < 1 << (128 - 2 * Self::DIGIT), "a column fits two words");
        assert!(512 * N as u32 + Self::DIGIT + 10 <= Self::BITS, "there is room above a modulus");
    };

    /// A number of one digit.
    pub(super) fn small(value: u64) -> Self {
        let mut number = Self::default();
        number.0[0][0] = value;
        number
    }

    /// 2 to this power, which is below the bits of all digits.
    pub(super) fn power_of_two(exponent: u32) -> Self {
        let mut number = Self::default();
        let digits = number.digits_mut();
        digits[(exponent / Self::DIGIT) as usize] = 1 << (exponent % Self::DIGIT);
        number
    }

    /// From big-endian bytes; what is above the digits is cut off. It is written to its place, where
    /// its owner wipes it.
    pub(super) fn read_bytes(&mut self, bytes: &[u8]) {
        for (position, digit) in self.digits_mut().iter_mut().enumerate() {
            let first = position * Self::DIGIT as usize;
            let window = bytes.iter().rev().skip(first / 8).take(9);
            let value = window.rev().fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
            *digit = (value >> (first % 8)) as u64 & Self::MASK;
        }
    }

    /// The same for a number that is no secret.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let mut number = Self::default();
        number.read_bytes(bytes);
        number
    }

    #[inline(always)]
    pub(super) fn digits(&self) -> &[u64] {
        self.0.as_flattened()
    }

    #[inline(always)]
    pub(super) fn digits_mut(&mut self) -> &mut [u64] {
        self.0.as_flattened_mut()
    }

    /// In big-endian bytes, as many as there are. What is above them is cut off.
    pub(super) fn write_bytes(&self, bytes: &mut [u8]) {
        write_bytes(self.digits(), Self::DIGIT, bytes);
    }

    /// Twice each digit, not carried.
    #[inline(always)]
    pub(super) fn doubled(&self) -> Self {
        let mut twice = *self;
        for digit in twice.digits_mut() {
            *digit <<= 1;
        }
        twice
    }

    /// Shifts left by at most three bits; what leaves the highest digit is lost.
    #[inline(always)]
    pub(super) fn shift_left(&mut self, bits: u64) {
        let mut carry = 0;
        for digit in self.digits_mut() {
            let shifted = (*digit << bits) | carry;
            carry = shifted >> Self::DIGIT;
            *digit = shifted & Self::MASK;
        }
    }

    /// Half of it, rounded down.
    pub(super) fn halve(&mut self) {
        let mut above = 0;
        for digit in self.digits_mut().iter_mut().rev() {
            let next = *digit & 1;
            *digit = *digit >> 1 | above << (Self::DIGIT - 1);
            above = next;
        }
    }

    /// Adds a number; what leaves the highest digit is lost.
    #[inline(always)]
    pub(super) fn add(&mut self, other: &Self) {
        let mut carry = 0;
        for (digit, other) in self.digits_mut().iter_mut().zip(other.digits()) {
            let sum = *digit + other + carry;
            carry = sum >> Self::DIGIT;
            *digit = sum & Self::MASK;
        }
    }

    /// Subtracts a number; 1 where the difference is negative, else 0.
    #[inline(always)]
    pub(super) fn subtract(&mut self, other: &Self) -> u64 {
        let mut borrow = 0;
        for (digit, other) in self.digits_mut().iter_mut().zip(other.digits()) {
            let difference = digit.wrapping_sub(*other).wrapping_sub(borrow);
            borrow = difference >> 63;
            *digit = difference & Self::MASK;
        }
        borrow
    }

    /// Subtracts a number where the difference is not negative.
    #[inline(always)]
    pub(super) fn reduce_once(&mut self, modulus: &Self) {
        let borrow = self.subtract(modulus);
        let (mask, mut carry) = (mask(borrow), 0);
        for (digit, other) in self.digits_mut().iter_mut().zip(modulus.digits()) {
            let sum = *digit + (other & mask) + carry;
            carry = sum >> Self::DIGIT;
            *digit = sum & Self::MASK;
        }
    }

    /// The entry at a position of a table that is read as a whole.
    pub(super) fn look_up(&mut self, table: &[Self], position: u64) {
        for (block, to) in self.0.iter_mut().enumerate() {
            let mut found = [0; DIGITS];
            for (at, entry) in (0_u64..).zip(table) {
                let mask = mask_of_zero(at ^ position);
                for (digit, entry) in found.iter_mut().zip(&entry.0[block]) {
                    *digit |= entry & mask;
                }
            }
            *to = found;
        }
    }

    /// The bits from `first` on, fewer than a digit has.
    #[inline(always)]
    pub(super) fn bits(&self, first: u32, count: u32) -> u64 {
        let (position, shift) = ((first / Self::DIGIT) as usize, first % Self::DIGIT);
        let digit = |position: usize| self.digits().get(position).copied().unwrap_or_default();
        let low = digit(position) >> shift;
        let high = digit(position + 1) << (Self::DIGIT - shift);
        (low | high) & ((1 << count) - 1)
    }

    /// Whether two are the same: 1 or 0.
    pub(super) fn equals(&self, other: &Self) -> u64 {
        let digits = self.digits().iter().zip(other.digits());
        mask_of_zero(digits.fold(0, |all, (one, other)| all | (one ^ other))) & 1
    }
}

/// Digits of so many bits in big-endian bytes, as many as there are.
pub(super) fn write_bytes(digits: &[u64], bits: u32, bytes: &mut [u8]) {
    let mut digits = digits.iter();
    let (mut value, mut held) = (0_u128, 0);
    for byte in bytes.iter_mut().rev() {
        if held < 8 {
            value |= u128::from(digits.next().copied().unwrap_or_default()) << held;
            held += bits;
        }
        *byte = value as u8;
        value >>= 8;
        held -= 8;
    }
}

/// Room for the columns of a product: twice as many blocks as a number. It is kept from one product to
/// the next, and wiped at the end.
pub(super) struct Sums(Vec<Columns>);

impl Sums {
    /// For numbers of `blocks` blocks.
    pub(super) fn new(blocks: usize) -> Self {
        Self(vec![[0; DIGITS]; 2 * blocks])
    }

    /// The block at a position and the one above it.
    #[inline(always)]
    pub(super) fn at(&mut self, position: usize) -> (&mut Columns, &mut Columns) {
        let (below, above) = self.0.split_at_mut(position + 1);
        (&mut below[position], &mut above[0])
    }

    /// Adds a number to the lowest columns.
    pub(super) fn add<const N: usize>(&mut self, number: &Number<N>) {
        for (column, digit) in self.0.as_flattened_mut().iter_mut().zip(number.digits()) {
            *column += u128::from(*digit);
        }
    }

    /// The blocks from a position on, carried into digits.
    #[inline(always)]
    pub(super) fn carried(&self, position: usize, bits: u32, to: &mut [Block]) {
        let mut carry = 0;
        for (to, from) in to.iter_mut().zip(&self.0[position..]) {
            for (to, from) in to.iter_mut().zip(from) {
                carry += from;
                *to = carry as u64 & ((1 << bits) - 1);
                carry >>= bits;
            }
        }
    }
}

impl Drop for Sums {
    fn drop(&mut self) {
        self.0.as_flattened_mut().zeroize();
    }
}
