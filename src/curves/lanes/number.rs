//! Numbers modulo the prime of a field, one in each word of the lanes: digits of 52 bits, in Montgomery's
//! form with R = 2^(52·D).
//!
//! They are not reduced to below p, but carried: every digit is below 2^52 and none is negative. How
//! large they may become is what `tests/intervals.rs` computes, for every formula and every input.

// Positions are written as constants, of which some decide a comparison.
#![allow(clippy::absurd_extreme_comparisons)]

use std::marker::PhantomData;

use zeroize::DefaultIsZeroes;

use super::digits::{multiple_of_two, signed_digits, to_words};
use crate::curves::modulus::{Modulus, Residue};
use crate::vectors::{DIGIT_BITS, DIGIT_MASK, Job, Lane, unroll};

/// A number for each word: N words of 64 bits, or D digits.
pub(in crate::curves) struct Number<L, F, const N: usize, const D: usize>(
    pub(in crate::curves) [L; D],
    PhantomData<F>,
);

impl<L: Copy, F, const N: usize, const D: usize> Clone for Number<L, F, N, D> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Copy, F, const N: usize, const D: usize> Copy for Number<L, F, N, D> {}

impl<L: Lane, F, const N: usize, const D: usize> Default for Number<L, F, N, D> {
    #[inline(always)]
    fn default() -> Self {
        Self([L::default(); D], PhantomData)
    }
}

impl<L: Lane, F, const N: usize, const D: usize> DefaultIsZeroes for Number<L, F, N, D> {}

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Number<L, F, N, D> {
    /// p as Σ P[at]·2^(52·at), with few digits that are not zero.
    const P: [i64; D] = signed_digits(&F::P);
    /// 2^BITS − p, likewise.
    const ABOVE: [i64; D] = {
        let (mut digits, mut at) = (Self::P, 0);
        while at < D {
            digits[at] = -digits[at];
            at += 1;
        }
        digits[D - 1] += 1 << Self::TOP_BITS;
        digits
    };
    /// −1/p modulo 2^52.
    const INVERSE: u64 = F::NEGATIVE_INVERSE & DIGIT_MASK;
    /// Bits of p in its highest digit.
    const TOP_BITS: u32 = F::BITS - DIGIT_BITS * (D as u32 - 1);
    /// Whether there are so few bits above p that sums must be made shorter: 4, where others have 32 and
    /// 51.
    pub(super) const IS_TIGHT: bool = DIGIT_BITS - Self::TOP_BITS < 16;

    #[inline(always)]
    pub(in crate::curves) fn from_digits(digits: [L; D]) -> Self {
        const { assert!(D == F::BITS.div_ceil(DIGIT_BITS) as usize) };
        Self(digits, PhantomData)
    }

    /// The number of these digits in every word. No closure: what is inside one is not compiled for the
    /// processor's features.
    #[inline(always)]
    fn constant(digits: &[u64; D]) -> Self {
        let mut number = Self::default();
        for (to, digit) in number.0.iter_mut().zip(digits) {
            *to = L::splat(*digit);
        }
        number
    }

    /// One.
    #[inline(always)]
    pub(super) fn one() -> Self {
        let one =
            const { super::digits::to_digits(&multiple_of_two::<F, N>(DIGIT_BITS * D as u32)) };
        Self::constant(&one)
    }

    /// a·b/R modulo p.
    #[inline(always)]
    pub(in crate::curves) fn multiply(&self, other: &Self) -> Self {
        L::call(Multiply(self, other))
    }

    /// a²/R modulo p.
    #[inline(always)]
    pub(super) fn square(&self) -> Self {
        L::call(Square(self))
    }

    /// a + b.
    #[inline(always)]
    pub(super) fn add(&self, other: &Self) -> Self {
        let mut sum = self.0;
        for (digit, other) in sum.iter_mut().zip(other.0) {
            *digit = digit.add(other);
        }
        Self::carried(sum)
    }

    /// a·2^`bits`.
    #[inline(always)]
    pub(super) fn times_power(&self, bits: u64) -> Self {
        let mut product = self.0;
        for digit in &mut product {
            *digit = digit.shift_left(L::splat(bits));
        }
        Self::carried(product)
    }

    /// a − b + `MORE`·p, which is not negative: b is below `MORE`·p.
    #[inline(always)]
    pub(super) fn subtract<const MORE: i64>(&self, other: &Self) -> Self {
        let mut difference = self.0;
        for (digit, other) in difference.iter_mut().zip(other.0) {
            *digit = digit.subtract(other);
        }
        Self::carried(Self::with_more::<MORE>(difference))
    }

    /// a − b and a multiple of p that makes it not negative, for the coordinate b of a sum: that is below
    /// 2·p, and below 24·p where there are enough bits for it.
    #[inline(always)]
    pub(super) fn less_coordinate(&self, other: &Self) -> Self {
        if Self::IS_TIGHT { self.subtract::<2>(other) } else { self.subtract::<24>(other) }
    }

    /// a − 8·b and a multiple of p, likewise, for a product b.
    #[inline(always)]
    pub(super) fn less_eight(&self, other: &Self) -> Self {
        let eight = other.times_power(3);
        if Self::IS_TIGHT { self.subtract::<10>(&eight) } else { self.subtract::<14>(&eight) }
    }

    /// a − b − 2·c + `MORE`·p.
    #[inline(always)]
    pub(super) fn subtract_with_twice<const MORE: i64>(&self, b: &Self, c: &Self) -> Self {
        let mut difference = self.0;
        for ((digit, b), c) in difference.iter_mut().zip(b.0).zip(c.0) {
            *digit = digit.subtract(b).subtract(c).subtract(c);
        }
        Self::carried(Self::with_more::<MORE>(difference))
    }

    #[inline(always)]
    fn with_more<const MORE: i64>(mut digits: [L; D]) -> [L; D] {
        for (digit, of_p) in digits.iter_mut().zip(Self::P) {
            *digit = digit.add(L::splat((MORE * of_p).cast_unsigned()));
        }
        digits
    }

    /// Each digit below 2^52, but for the highest, which keeps what is above it.
    #[inline(always)]
    fn carried(mut digits: [L; D]) -> Self {
        for at in 1..D {
            digits[at] = digits[at].add(above(digits[at - 1]));
            digits[at - 1] = digits[at - 1].and(L::splat(DIGIT_MASK));
        }
        Self::from_digits(digits)
    }

    /// The same modulo p, and little above it, where there are few bits for more: what stands above
    /// 2^BITS, times 2^BITS − p.
    #[inline(always)]
    pub(super) fn shortened(self) -> Self {
        if !Self::IS_TIGHT {
            return self;
        }
        let mut digits = self.0;
        let top = digits[D - 1].shift_right(L::splat(Self::TOP_BITS.into()));
        digits[D - 1] = digits[D - 1].and(L::splat((1 << Self::TOP_BITS) - 1));
        for (digit, above) in digits.iter_mut().zip(Self::ABOVE) {
            if above > 0 {
                *digit = digit.add_low(top, L::splat(above.unsigned_abs()));
            } else if above < 0 {
                let product = L::default().add_low(top, L::splat(above.unsigned_abs()));
                *digit = digit.subtract(product);
            }
        }
        let mut short = Self::carried(digits);
        // It is a − ⌊a/2^BITS⌋·p.
        short.0[D - 1] = short.0[D - 1].not_negative();
        short
    }

    /// −a where the mask says so, for an a below 2·p.
    #[inline(always)]
    pub(in crate::curves) fn negated_where(&self, mask: L::Mask) -> Self {
        let negative = Self::default().subtract::<2>(self);
        Self::select(mask, &negative, self)
    }

    #[inline(always)]
    pub(super) fn select(mask: L::Mask, yes: &Self, no: &Self) -> Self {
        let mut chosen = no.0;
        for (digit, yes) in chosen.iter_mut().zip(yes.0) {
            *digit = L::select(mask, yes, *digit);
        }
        Self::from_digits(chosen)
    }

    /// The numbers that [`Residue`]s hold, whose words in Montgomery's form these are the digits of: not in
    /// its form of digits yet, see [`Number::entering`].
    pub(super) fn from_words_in_form(digits: &[[u64; D]; 8]) -> Self {
        const { assert!(L::WORDS <= 8) };
        let mut number = Self::default();
        for (at, to) in number.0.iter_mut().enumerate() {
            *to = L::from_fn(|word| digits[word][at]);
        }
        number
    }

    /// The same in Montgomery's form of digits.
    #[inline(always)]
    pub(in crate::curves) fn entering(&self) -> Self {
        let digits = const {
            let form = 2 * DIGIT_BITS * D as u32 - 64 * N as u32;
            super::digits::to_digits(&multiple_of_two::<F, N>(form))
        };
        self.multiply(&Self::constant(&digits))
    }

    /// a modulo p, out of Montgomery's form of digits and in that of words, below p: what
    /// [`Residue`] holds.
    #[inline(always)]
    pub(super) fn leaving(&self) -> Self {
        let product = self.leaving_product();
        let mut less = product.0;
        for (digit, of_p) in less.iter_mut().zip(Self::P) {
            *digit = digit.subtract(L::splat(of_p.cast_unsigned()));
        }
        let less = Self::carried(less);
        let is_below = less.0[D - 1].test(L::splat(1 << 63));
        Self::select(is_below, &product, &less)
    }

    /// The same, below 2·p.
    #[inline(always)]
    pub(in crate::curves) fn leaving_product(&self) -> Self {
        let words = const { super::digits::to_digits(&multiple_of_two::<F, N>(64 * N as u32)) };
        self.multiply(&Self::constant(&words))
    }

    /// The number in each word, of numbers that are leaving.
    pub(super) fn to_residues(self) -> impl Iterator<Item = Residue<F, N>> {
        let digits = self.0.map(L::to_array);
        (0..L::WORDS).map(move |word| {
            let mut of_word = [0; D];
            for (to, digit) in of_word.iter_mut().zip(&digits) {
                *to = digit.as_ref()[word];
            }
            Residue::from_words_in_form(to_words(&of_word))
        })
    }
}

/// What is above a digit, rounded down.
#[inline(always)]
fn above<L: Lane>(digit: L) -> L {
    digit.shift_right_signed(L::splat(DIGIT_BITS.into()))
}

struct Multiply<'a, L, F, const N: usize, const D: usize>(
    &'a Number<L, F, N, D>,
    &'a Number<L, F, N, D>,
);

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Job for Multiply<'_, L, F, N, D> {
    type Output = Number<L, F, N, D>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let (a, mut sums) = (self.0.0, [[L::default(); D]; 2]);
        unroll!(J < D, {
            let b = self.1.0[J];
            unroll!(I < D, {
                let sum = at(&mut sums, I + J);
                *sum = sum.add_low(a[I], b);
            });
            unroll!(I < D, {
                let sum = at(&mut sums, I + J + 1);
                *sum = sum.add_high(a[I], b);
            });
        });
        reduced(sums)
    }
}

struct Square<'a, L, F, const N: usize, const D: usize>(&'a Number<L, F, N, D>);

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Job for Square<'_, L, F, N, D> {
    type Output = Number<L, F, N, D>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let (a, mut sums) = (self.0.0, [[L::default(); D]; 2]);
        // Each product of two different digits once, all of it twice, then the squares.
        unroll!(J < D, {
            unroll!(I < D, {
                if I > J {
                    let sum = at(&mut sums, I + J);
                    *sum = sum.add_low(a[I], a[J]);
                    let sum = at(&mut sums, I + J + 1);
                    *sum = sum.add_high(a[I], a[J]);
                }
            });
        });
        for sum in sums.as_flattened_mut() {
            *sum = sum.add(*sum);
        }
        unroll!(I < D, {
            let sum = at(&mut sums, 2 * I);
            *sum = sum.add_low(a[I], a[I]);
            let sum = at(&mut sums, 2 * I + 1);
            *sum = sum.add_high(a[I], a[I]);
        });
        reduced(sums)
    }
}

/// Adds multiples of p that make the lowest D digits zero, and leaves the others.
#[inline(always)]
fn reduced<L: Lane, F: Modulus<N>, const N: usize, const D: usize>(
    mut sums: [[L; D]; 2],
) -> Number<L, F, N, D> {
    let p = const { Number::<L, F, N, D>::P };
    unroll!(J < D, {
        let lowest = sums[0][J].and(L::splat(DIGIT_MASK));
        let multiplier = match Number::<L, F, N, D>::INVERSE {
            1 => lowest,
            inverse => L::default().add_low(lowest, L::splat(inverse)),
        };
        unroll!(I < D, {
            let digit = L::splat(p[I].unsigned_abs());
            if p[I] > 0 {
                let sum = at(&mut sums, I + J);
                *sum = sum.add_low(multiplier, digit);
                let sum = at(&mut sums, I + J + 1);
                *sum = sum.add_high(multiplier, digit);
            } else if p[I] < 0 && I > 0 {
                let sum = at(&mut sums, I + J);
                *sum = sum.subtract(L::default().add_low(multiplier, digit));
                let sum = at(&mut sums, I + J + 1);
                *sum = sum.subtract(L::default().add_high(multiplier, digit));
            }
        });
        // Where the lowest digit of p is −1, what it takes away is what stands below 2^52 here.
        const { assert!(Number::<L, F, N, D>::P[0] > 0 || Number::<L, F, N, D>::P[0] == -1) };
        let carry = above(sums[0][J]);
        let next = at(&mut sums, J + 1);
        *next = next.add(carry);
    });
    let mut number = Number::<L, F, N, D>::carried(sums[1]);
    // It is (a·b + q·p)/R, and none of these is negative.
    number.0[D - 1] = number.0[D - 1].not_negative();
    number
}

/// One of the digits of a product.
#[inline(always)]
fn at<L, const D: usize>(sums: &mut [[L; D]; 2], position: usize) -> &mut L {
    &mut sums[position / D][position % D]
}
