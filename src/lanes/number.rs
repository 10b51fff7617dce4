//! Numbers in digits of 52 bits, one number in each word of the lanes.

use zeroize::Zeroize;

use crate::vectors::{DIGIT_BITS, DIGIT_MASK, Lane};

/// Numbers of `N` blocks of `B` digits, the lowest first.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Number<L, const B: usize, const N: usize>(pub(super) [[L; B]; N]);

impl<L: Lane, const B: usize, const N: usize> Default for Number<L, B, N> {
    #[inline(always)]
    fn default() -> Self {
        Self([[L::default(); B]; N])
    }
}

impl<L: Lane, const B: usize, const N: usize> Zeroize for Number<L, B, N> {
    fn zeroize(&mut self) {
        self.0.as_flattened_mut().zeroize();
    }
}

impl<L: Lane, const B: usize, const N: usize> Number<L, B, N> {
    /// How many bits the digits hold.
    pub(super) const BITS: u32 = DIGIT_BITS * (B * N) as u32;

    /// The same small number, below 2^52, in every word.
    #[inline(always)]
    pub(super) fn small(value: u64) -> Self {
        let mut number = Self::default();
        number.0[0][0] = L::splat(value);
        number
    }

    /// Big-endian bytes, one number a word; what is above the digits is cut off. The numbers after
    /// the last are zero.
    pub(super) fn from_bytes(numbers: &[&[u8]]) -> Self {
        let mut result = Self::default();
        for (position, digit) in result.0.iter_mut().flatten().enumerate() {
            *digit =
                L::from_fn(|word| numbers.get(word).map_or(0, |bytes| digit_of(bytes, position)));
        }
        result
    }

    /// The number of one word in big-endian bytes, as many as `bytes` has. What is above them is
    /// cut off.
    pub(super) fn write_bytes(&self, word: usize, bytes: &mut [u8]) {
        bytes.fill(0);
        for (position, digit) in self.0.iter().flatten().enumerate() {
            let mut value = u128::from(digit.to_array().as_ref()[word]);
            let first = position * DIGIT_BITS as usize;
            value <<= first % 8;
            for byte in bytes.iter_mut().rev().skip(first / 8) {
                if value == 0 {
                    break;
                }
                *byte |= value as u8;
                value >>= 8;
            }
        }
    }

    /// Every number to the word that `from` names for its own.
    pub(super) fn rearranged(&self, from: impl Fn(usize) -> usize) -> Self {
        let mut result = Self::default();
        for (to, digit) in result.0.iter_mut().flatten().zip(self.0.iter().flatten()) {
            let words = digit.to_array();
            *to = L::from_fn(|word| words.as_ref()[from(word)]);
        }
        result
    }

    /// Carries what is above 52 bits to the next digits; what leaves the highest is lost.
    #[inline(always)]
    pub(super) fn carry(&mut self) -> L {
        let mut carry = L::default();
        for digit in self.0.iter_mut().flatten() {
            (*digit, carry) = digit.add(carry).split();
        }
        carry
    }

    /// Each number shifted left by its count, at most 11; what leaves the highest digit is lost.
    #[inline(always)]
    pub(super) fn shift_left(&mut self, counts: L) {
        let mut carry = L::default();
        for digit in self.0.iter_mut().flatten() {
            (*digit, carry) = digit.shift_left(counts).add(carry).split();
        }
    }

    /// The sum, not carried.
    #[inline(always)]
    pub(super) fn add(&self, other: &Self) -> Self {
        self.zip(other, L::add)
    }

    /// The difference, where it is not negative; all digits below 2^52 - and its borrow, 1 where it
    /// was negative.
    #[inline(always)]
    pub(super) fn subtract(&self, other: &Self) -> (Self, L) {
        let (mut result, mut borrow) = (Self::default(), L::default());
        for ((to, a), b) in
            result.0.iter_mut().flatten().zip(self.0.iter().flatten()).zip(other.0.iter().flatten())
        {
            let difference = a.subtract(*b).subtract(borrow);
            *to = difference.and(L::splat(DIGIT_MASK));
            borrow = difference.shift_right(L::splat(63));
        }
        (result, borrow)
    }

    /// Where the mask says yes the one, elsewhere the other.
    #[inline(always)]
    pub(super) fn select(mask: L::Mask, yes: &Self, no: &Self) -> Self {
        yes.zip(no, |yes, no| L::select(mask, yes, no))
    }

    /// The number less `modulus`, where that is not negative.
    #[inline(always)]
    pub(super) fn reduced_once(&self, modulus: &Self) -> Self {
        let (difference, borrow) = self.subtract(modulus);
        Self::select(borrow.test(L::splat(1)), self, &difference)
    }

    /// The bits from `first` on, at most 52 of them, in every word.
    #[inline(always)]
    pub(super) fn bits(&self, first: u32, count: u32) -> L {
        let digit = |position: usize| {
            self.0.get(position / B).map_or(L::default(), |block| block[position % B])
        };
        let (position, shift) = ((first / DIGIT_BITS) as usize, first % DIGIT_BITS);
        let low = digit(position).shift_right(L::splat(u64::from(shift)));
        let high = digit(position + 1).shift_left(L::splat(u64::from(DIGIT_BITS - shift)));
        low.add(high).and(L::splat((1 << count) - 1))
    }

    /// Whether the numbers of two words are equal; not in constant time.
    pub(super) fn are_equal(&self, one: usize, other: usize) -> bool {
        self.0.iter().flatten().all(|digit| {
            let words = digit.to_array();
            words.as_ref()[one] == words.as_ref()[other]
        })
    }

    /// Where all digits are equal.
    #[inline(always)]
    pub(super) fn equals(&self, other: &Self) -> L::Mask {
        let mut different = L::default();
        for (a, b) in self.0.iter().flatten().zip(other.0.iter().flatten()) {
            let differs = L::select(a.equal(*b), L::default(), L::splat(1));
            different = different.add(differs);
        }
        different.equal(L::default())
    }

    #[inline(always)]
    fn zip(&self, other: &Self, operation: impl Fn(L, L) -> L) -> Self {
        let mut result = Self::default();
        for ((to, a), b) in
            result.0.iter_mut().flatten().zip(self.0.iter().flatten()).zip(other.0.iter().flatten())
        {
            *to = operation(*a, *b);
        }
        result
    }
}

/// The digit at this position of a number in big-endian bytes.
fn digit_of(bytes: &[u8], position: usize) -> u64 {
    let first = position * DIGIT_BITS as usize;
    let window = bytes.iter().rev().skip(first / 8).take(8);
    let value = window.rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    value >> (first % 8) & DIGIT_MASK
}

/// Room for sums of products: twice as many blocks as a number, not carried. It is kept from one
/// multiplication to the next, because clearing and copying would cost a tenth of one.
pub(super) struct Sums<L: Lane, const B: usize>(Vec<[L; B]>);

impl<L: Lane, const B: usize> Sums<L, B> {
    /// For numbers of `blocks` blocks.
    pub(super) fn new(blocks: usize) -> Self {
        Self(vec![[L::default(); B]; 2 * blocks])
    }

    /// The block at a position and the one above it.
    #[inline(always)]
    pub(super) fn at(&mut self, position: usize) -> (&mut [L; B], &mut [L; B]) {
        let (below, above) = self.0.split_at_mut(position + 1);
        (&mut below[position], &mut above[0])
    }

    /// Some blocks from a position on.
    #[inline(always)]
    pub(super) fn some(&mut self, position: usize, count: usize) -> &mut [[L; B]] {
        &mut self.0[position..position + count]
    }

    /// The block at a position, the one above it, and one further down.
    #[inline(always)]
    pub(super) fn at_with(
        &mut self,
        position: usize,
        down: usize,
    ) -> (&mut [L; B], &mut [L; B], &[L; B]) {
        let (below, above) = self.0.split_at_mut(position);
        let (first, above) = above.split_at_mut(1);
        (&mut first[0], &mut above[0], &below[down])
    }

    /// All blocks from a position on, carried into a number.
    #[inline(always)]
    pub(super) fn carried<const N: usize>(&self, position: usize, to: &mut Number<L, B, N>) {
        let mut carry = L::default();
        for (to, from) in to.0.iter_mut().zip(&self.0[position..]) {
            for (to, from) in to.iter_mut().zip(from) {
                (*to, carry) = from.add(carry).split();
            }
        }
    }
}

impl<L: Lane, const B: usize> Drop for Sums<L, B> {
    fn drop(&mut self) {
        self.0.as_flattened_mut().zeroize();
    }
}
