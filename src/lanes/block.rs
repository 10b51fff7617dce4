//! The kernels: products of blocks of at most eleven digits, whose operands and sums fit the 32
//! vector registers.
//!
//! Sums are not carried: a word of 64 bits has room for 4,096 digits. The longest number here has 80
//! digits, and at most 4 × 80 of them meet in one sum.

// Positions are written as constants, of which some decide a comparison.
#![allow(clippy::absurd_extreme_comparisons)]

use crate::vectors::{Job, Lane, unroll};

/// Puts the product where the sums are.
pub(super) const SET: u8 = 0;
/// Adds the product to the sums.
pub(super) const ADD: u8 = 1;
/// Adds the product twice to the sums.
pub(super) const ADD_TWICE: u8 = 2;

/// The product of `a` and `b` to the sums in `low` and `high`, in one of the ways above.
pub(super) struct Multiply<'a, L, const B: usize, const WAY: u8> {
    pub(super) low: &'a mut [L; B],
    pub(super) high: &'a mut [L; B],
    pub(super) a: &'a [L; B],
    pub(super) b: &'a [L; B],
}

impl<L: Lane, const B: usize, const WAY: u8> Job for Multiply<'_, L, B, WAY> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let a = *self.a;
        let (mut low, mut high) = if WAY == ADD {
            (*self.low, *self.high)
        } else {
            ([L::default(); B], [L::default(); B])
        };
        unroll!(J < B, {
            let b = self.b[J];
            unroll!(I < B, {
                let sum = digit(&mut low, &mut high, I + J);
                *sum = sum.add_low(a[I], b);
            });
            unroll!(I < B, {
                let sum = digit(&mut low, &mut high, I + J + 1);
                *sum = sum.add_high(a[I], b);
            });
        });
        if WAY == ADD_TWICE {
            unroll!(I < B, {
                low[I] = low[I].add(low[I]).add(self.low[I]);
                high[I] = high[I].add(high[I]).add(self.high[I]);
            });
        }
        (*self.low, *self.high) = (low, high);
    }
}

/// Puts the square of `a` where the sums are.
pub(super) struct Square<'a, L, const B: usize> {
    pub(super) low: &'a mut [L; B],
    pub(super) high: &'a mut [L; B],
    pub(super) a: &'a [L; B],
}

impl<L: Lane, const B: usize> Job for Square<'_, L, B> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let a = *self.a;
        let (mut low, mut high) = ([L::default(); B], [L::default(); B]);
        unroll!(J < B, {
            unroll!(I < B, {
                if I > J {
                    let sum = digit(&mut low, &mut high, I + J);
                    *sum = sum.add_low(a[I], a[J]);
                }
            });
            unroll!(I < B, {
                if I > J {
                    let sum = digit(&mut low, &mut high, I + J + 1);
                    *sum = sum.add_high(a[I], a[J]);
                }
            });
        });
        unroll!(I < B, {
            low[I] = low[I].add(low[I]);
            high[I] = high[I].add(high[I]);
        });
        unroll!(I < B, {
            let sum = digit(&mut low, &mut high, 2 * I);
            *sum = sum.add_low(a[I], a[I]);
            let sum = digit(&mut low, &mut high, 2 * I + 1);
            *sum = sum.add_high(a[I], a[I]);
        });
        (*self.low, *self.high) = (low, high);
    }
}

/// Adds multiples of the modulus so that the digits in the lowest `S` blocks of the sums become zero,
/// and leaves the multipliers in their place. Of the modulus it takes the lowest `M` blocks, of the
/// sums as many more than `S`; `inverse` is −1/modulus modulo 2^52. Both are one or two.
pub(super) struct Reduce<'a, L, const B: usize, const M: usize, const S: usize> {
    pub(super) sums: &'a mut [[L; B]],
    pub(super) modulus: &'a [[L; B]],
    pub(super) inverse: L,
}

impl<L: Lane, const B: usize, const M: usize, const S: usize> Job for Reduce<'_, L, B, M, S> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { sums: memory, modulus, inverse } = self;
        if memory.len() != M + S || modulus.len() != M {
            debug_assert!(false, "{M} blocks of the modulus, {S} more of the sums");
            return;
        }
        // As many digits as the modulus has, and one more, are in registers at a time.
        let mut sums = [[L::default(); B]; 4];
        unroll!(H < M, {
            unroll!(J < B, {
                sums[H % 4][J] = memory[H][J];
            });
        });
        let mut multiplier = L::default().add_low(sums[0][0], inverse);
        unroll!(H < S, {
            unroll!(J < B, {
                memory[H][J] = multiplier;
                sums[(H + M) % 4][J] = memory[H + M][J];
                let first = H * B + J;
                // What the next multiplier waits for comes first.
                let (_, carry) = at(&mut sums, first).add_low(modulus[0][0], multiplier).split();
                let next = at(&mut sums, first + 1);
                if B > 1 {
                    *next = next.add_low(modulus[0][1 % B], multiplier);
                }
                *next = next.add_high(modulus[0][0], multiplier).add(carry);
                let next_multiplier = L::default().add_low(*next, inverse);
                unroll!(I < B, {
                    if I > 1 {
                        let sum = at(&mut sums, first + I);
                        *sum = sum.add_low(modulus[0][I], multiplier);
                    }
                    if I > 0 {
                        let sum = at(&mut sums, first + I + 1);
                        *sum = sum.add_high(modulus[0][I], multiplier);
                    }
                });
                if M == 2 {
                    unroll!(I < B, {
                        let sum = at(&mut sums, first + B + I);
                        *sum = sum.add_low(modulus[M - 1][I], multiplier);
                        let sum = at(&mut sums, first + B + I + 1);
                        *sum = sum.add_high(modulus[M - 1][I], multiplier);
                    });
                }
                multiplier = next_multiplier;
            });
        });
        let _ = multiplier;
        unroll!(H < M, {
            unroll!(J < B, {
                memory[H + S][J] = sums[(H + S) % 4][J];
            });
        });
    }
}

/// One of the digits of four blocks.
#[inline(always)]
fn at<L, const B: usize>(blocks: &mut [[L; B]; 4], position: usize) -> &mut L {
    &mut blocks[position / B][position % B]
}

/// One of the digits of two blocks.
#[inline(always)]
fn digit<'a, L, const B: usize>(
    low: &'a mut [L; B],
    high: &'a mut [L; B],
    position: usize,
) -> &'a mut L {
    if position < B { &mut low[position] } else { &mut high[position - B] }
}
