//! Lanes of ordinary 64-bit arithmetic: the same results on any processor.

use zeroize::DefaultIsZeroes;

use super::lane::{DIGIT_BITS, DIGIT_MASK, Job, Lane};

/// `W` words.
#[derive(Clone, Copy)]
pub(crate) struct Portable<const W: usize>([u64; W]);

impl<const W: usize> Default for Portable<W> {
    fn default() -> Self {
        Self([0; W])
    }
}

impl<const W: usize> DefaultIsZeroes for Portable<W> {}

impl<const W: usize> Portable<W> {
    #[inline(always)]
    fn map(self, other: Self, operation: impl Fn(u64, u64) -> u64) -> Self {
        Self(std::array::from_fn(|word| operation(self.0[word], other.0[word])))
    }
}

#[inline(always)]
fn product(a: u64, b: u64) -> u128 {
    u128::from(a & DIGIT_MASK) * u128::from(b & DIGIT_MASK)
}

impl<const W: usize> Lane for Portable<W> {
    const WORDS: usize = W;

    /// All bits or none.
    type Mask = Self;
    type Array = [u64; W];

    #[inline(always)]
    fn from_fn(word: impl FnMut(usize) -> u64) -> Self {
        Self(std::array::from_fn(word))
    }

    #[inline(always)]
    fn to_array(self) -> [u64; W] {
        self.0
    }

    #[inline(always)]
    fn splat(word: u64) -> Self {
        Self([word; W])
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.map(other, u64::wrapping_add)
    }

    #[inline(always)]
    fn subtract(self, other: Self) -> Self {
        self.map(other, u64::wrapping_sub)
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self.map(other, |a, b| a & b)
    }

    #[inline(always)]
    fn add_low(self, a: Self, b: Self) -> Self {
        self.add(a.map(b, |a, b| product(a, b) as u64 & DIGIT_MASK))
    }

    #[inline(always)]
    fn add_high(self, a: Self, b: Self) -> Self {
        self.add(a.map(b, |a, b| (product(a, b) >> DIGIT_BITS) as u64))
    }

    #[inline(always)]
    fn shift_right(self, counts: Self) -> Self {
        self.map(counts, |word, count| word >> (count & 63))
    }

    #[inline(always)]
    fn shift_left(self, counts: Self) -> Self {
        self.map(counts, |word, count| word << (count & 63))
    }

    #[inline(always)]
    fn shift_right_signed(self, counts: Self) -> Self {
        self.map(counts, |word, count| (word.cast_signed() >> (count & 63)).cast_unsigned())
    }

    #[inline(always)]
    fn test(self, bits: Self) -> Self {
        self.map(bits, |word, bits| {
            let common = word & bits;
            ((common | common.wrapping_neg()) >> 63).wrapping_neg()
        })
    }

    #[inline(always)]
    fn equal(self, other: Self) -> Self {
        let different = self.map(other, |a, b| a ^ b).test(Self::splat(u64::MAX));
        different.map(different, |different, _| !different)
    }

    #[inline(always)]
    fn select(mask: Self, yes: Self, no: Self) -> Self {
        mask.and(yes.map(no, |yes, no| yes ^ no)).map(no, |change, no| change ^ no)
    }

    #[inline(never)]
    fn call<J: Job>(job: J) -> J::Output {
        job.run()
    }
}
