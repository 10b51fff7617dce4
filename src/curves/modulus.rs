//! Arithmetic modulo a prime p: numbers a are held as a·R modulo p with R = 2^(64·N) (Montgomery,
//! 1985), below p always.

use std::hint::select_unpredictable;
use std::marker::PhantomData;

use zeroize::{DefaultIsZeroes, Zeroizing};

use super::carry::{
    add, add_carry, is_zero, mask_of_borrow, masked, read_bytes, row, select, sub, sub_borrow,
    to_bytes, wide,
};
use super::constants::{halved, negative_inverse, power_of_two, same};

/// Runs a block for each word, written out as often as there are words, so that what a round leaves
/// stays in registers.
macro_rules! unrolled {
    ($count:expr, $at:ident => $block:block) => {
        unrolled!($count, $at => $block, 0 1 2 3 4 5 6 7 8)
    };
    ($count:expr, $at:ident => $block:block, $($number:literal)*) => {{
        const { assert!($count <= 9) };
        $(
            if $number < $count {
                let $at = $number;
                $block
            }
        )*
    }};
}

/// Products of so many words are written out where they are needed; longer ones would fill the cache
/// of the instructions.
pub(super) const INLINED: usize = 4;

/// A prime of N words.
pub(crate) trait Modulus<const N: usize>: Copy + Send + Sync + Sized + 'static {
    const P: [u64; N];
    const BITS: u32;

    /// −1/p modulo 2^64.
    const NEGATIVE_INVERSE: u64 = negative_inverse(Self::P[0]);
    /// R, R², R³ modulo p: one, what makes Montgomery's form, and what mends an inverse in it.
    const R: [u64; N] = power_of_two(&Self::P, 64 * N);
    const R2: [u64; N] = power_of_two(&Self::P, 128 * N);
    const R3: [u64; N] = power_of_two(&Self::P, 192 * N);

    /// (t + q·p) / 2^64 with the q that makes it whole: below 2^(64·N) again, for
    /// 2^(64·N) − 1 + (2^64 − 1)·p is below 2^(64·N + 64). Written out for primes of a special shape.
    #[inline(always)]
    fn reduce_step(t: &[u64; N]) -> [u64; N] {
        let q = t[0].wrapping_mul(Self::NEGATIVE_INVERSE);
        let (multiple, last) = row(&Self::P, q);
        let mut out = [0; N];
        let (_, mut carry) = add_carry(t[0], multiple[0], 0);
        for at in 1..N {
            (out[at - 1], carry) = add_carry(t[at], multiple[at], carry);
        }
        out[N - 1] = last.wrapping_add(u64::from(carry));
        out
    }

    /// (low + high·2^(64·N))/R, below 2·p, and what is carried; for the product of a number below p and
    /// one of N words. Written out where the prime's shape makes it cheaper at once than step by step.
    #[inline(always)]
    fn fold(low: &[u64; N], high: &[u64; N]) -> ([u64; N], u8) {
        let mut t = *low;
        unrolled!(N, _at => {
            t = Self::reduce_step(&t);
        });
        // t is p at most, and high is below p.
        add(high, &t)
    }
}

/// A number modulo p.
pub(crate) struct Residue<M, const N: usize>([u64; N], PhantomData<M>);

impl<M, const N: usize> Clone for Residue<M, N> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, const N: usize> Copy for Residue<M, N> {}

impl<M, const N: usize> Default for Residue<M, N> {
    #[inline(always)]
    fn default() -> Self {
        Self([0; N], PhantomData)
    }
}

impl<M, const N: usize> DefaultIsZeroes for Residue<M, N> {}

impl<M: Modulus<N>, const N: usize> Residue<M, N> {
    pub(crate) const ZERO: Self = Self([0; N], PhantomData);
    pub(crate) const ONE: Self = Self(M::R, PhantomData);

    /// A number that is below p already.
    #[inline(always)]
    pub(super) fn from_words(number: &[u64; N]) -> Self {
        Self(M::R2, PhantomData).multiply_words(number)
    }

    /// Any number of N words.
    pub(super) fn reduce(number: &[u64; N]) -> Self {
        // Montgomery's product of a number below p and any other is below 2·p, then below p.
        Self::from_words(number)
    }

    /// low + high·2^(64·N).
    pub(super) fn reduce_wide(low: &[u64; N], high: &[u64; N]) -> Self {
        let r2 = Self(M::R2, PhantomData);
        r2.multiply_words(low).add(&r2.multiply(&r2.multiply_words(high)))
    }

    /// From big-endian bytes; `None` where they are not below p.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut number = Zeroizing::new([0; N]);
        read_bytes(bytes, &mut number);
        let is_below = sub(&number, &M::P).1 == 1;
        is_below.then(|| Self::from_words(&number))
    }

    /// The number itself, without R.
    #[inline(always)]
    pub(super) fn to_words(self) -> [u64; N] {
        let (number, top) = M::fold(&self.0, &[0; N]);
        Self::final_subtraction(&number, top).0
    }

    /// Big-endian, with zeros in front.
    pub(super) fn to_bytes(self, out: &mut [u8]) {
        to_bytes(&self.to_words(), out);
    }

    #[inline(always)]
    pub(super) fn words_in_form(&self) -> &[u64; N] {
        &self.0
    }

    #[inline(always)]
    pub(super) fn from_words_in_form(words: [u64; N]) -> Self {
        Self(words, PhantomData)
    }

    /// 1/a·R² for a·R: what an inversion of the words gives, back in Montgomery's form.
    pub(super) fn mend_inverse(inverse: &[u64; N]) -> Self {
        Self(M::R3, PhantomData).multiply_words(inverse)
    }

    /// t + top·2^(64·N), which is below 2·p, less p where it is not below p.
    #[inline(always)]
    fn final_subtraction(t: &[u64; N], top: u8) -> Self {
        let (less, borrow) = sub(t, &M::P);
        let (_, is_below) = sub_borrow(u64::from(top), 0, borrow);
        let (rest, _) = add(&less, &masked(&M::P, mask_of_borrow(is_below)));
        Self(rest, PhantomData)
    }

    #[inline(always)]
    pub(super) fn multiply(&self, other: &Self) -> Self {
        if N > INLINED { self.multiply_apart(other) } else { self.multiply_words(&other.0) }
    }

    #[inline(never)]
    fn multiply_apart(&self, other: &Self) -> Self {
        self.multiply_words(&other.0)
    }

    #[inline(always)]
    fn multiply_words(&self, other: &[u64; N]) -> Self {
        Self::reduce_product(multiply_wide(&self.0, other))
    }

    #[inline(always)]
    pub(super) fn square(&self) -> Self {
        if N > INLINED { self.square_apart() } else { Self::reduce_product(square_wide(&self.0)) }
    }

    #[inline(never)]
    fn square_apart(&self) -> Self {
        Self::reduce_product(square_wide(&self.0))
    }

    #[inline(always)]
    fn reduce_product((low, high): ([u64; N], [u64; N])) -> Self {
        let (sum, top) = M::fold(&low, &high);
        Self::final_subtraction(&sum, top)
    }

    #[inline(always)]
    pub(super) fn add(&self, other: &Self) -> Self {
        let (sum, carry) = add(&self.0, &other.0);
        Self::final_subtraction(&sum, carry)
    }

    #[inline(always)]
    pub(super) fn double(&self) -> Self {
        self.add(self)
    }

    /// The same for what anybody may know.
    #[inline(always)]
    pub(super) fn add_public(&self, other: &Self) -> Self {
        let (sum, carry) = add(&self.0, &other.0);
        let (mut less, borrow) = sub(&sum, &M::P);
        let (_, is_below) = sub_borrow(u64::from(carry), 0, borrow);
        for at in 0..N {
            less[at] = select_unpredictable(is_below != 0, sum[at], less[at]);
        }
        Self(less, PhantomData)
    }

    #[inline(always)]
    pub(super) fn double_public(&self) -> Self {
        self.add_public(self)
    }

    /// Half of it, for what anybody may know.
    #[inline(always)]
    pub(super) fn halve_public(&self) -> Self {
        let odd = masked(&M::P, (self.0[0] & 1).wrapping_neg());
        let (mut number, carry) = add(&self.0, &odd);
        for at in 0..N {
            let above = if at + 1 < N { number[at + 1] } else { u64::from(carry) };
            number[at] = number[at] >> 1 | above << 63;
        }
        Self(number, PhantomData)
    }

    #[inline(always)]
    pub(super) fn subtract(&self, other: &Self) -> Self {
        let (difference, borrow) = sub(&self.0, &other.0);
        let (sum, _) = add(&difference, &masked(&M::P, mask_of_borrow(borrow)));
        Self(sum, PhantomData)
    }

    #[inline(always)]
    pub(super) fn negate(&self) -> Self {
        Self::ZERO.subtract(self)
    }

    /// −a where the mask is ones, else a.
    #[inline(always)]
    pub(super) fn negate_if(&self, mask: u64) -> Self {
        Self(select(mask, &self.negate().0, &self.0), PhantomData)
    }

    /// Ones where it is zero.
    #[inline(always)]
    pub(super) fn is_zero(&self) -> u64 {
        is_zero(&self.0)
    }

    /// Whether it is zero, for what anybody may know.
    #[inline(always)]
    pub(super) fn is_zero_public(&self) -> bool {
        self.0 == [0; N]
    }

    /// Whether two are the same, for what anybody may know.
    #[inline(always)]
    pub(super) fn equals_public(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// a·b, the N low words and the N high ones.
#[inline(always)]
fn multiply_wide<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], [u64; N]) {
    let (mut low, mut high) = ([0; N], [0; N]);
    unrolled!(N, at => {
        let (products, last) = row(a, b[at]);
        let (sums, carry) = add(&high, &products);
        low[at] = sums[0];
        #[allow(clippy::manual_memcpy)] // slices would have their bounds checked
        for word in 1..N {
            high[word - 1] = sums[word];
        }
        // A product of a number of N words and one word has N + 1 words.
        high[N - 1] = last.wrapping_add(u64::from(carry));
    });
    (low, high)
}

/// a², the N low words and the N high ones: each product of two different words once, all of it
/// doubled, then the squares.
#[inline(always)]
fn square_wide<const N: usize>(a: &[u64; N]) -> ([u64; N], [u64; N]) {
    // Word n of the sum is at (n / N, n % N).
    let mut sum = [[0; N]; 2];
    for at in 0..N - 1 {
        let (mut high, mut carry, mut over) = (0, 0, 0);
        for other in at + 1..N {
            let (low, next) = wide(a[at], a[other]);
            let (product, passed) = add_carry(low, high, carry);
            (high, carry) = (next, passed);
            let place = at + other;
            let word = &mut sum[place / N][place % N];
            (*word, over) = add_carry(*word, product, over);
        }
        let place = at + N;
        // The high word of a product is at most 2^64 − 2, and nothing stands in this place yet.
        sum[1][place - N] = high.wrapping_add(u64::from(carry)).wrapping_add(u64::from(over));
    }
    let mut carry = 0;
    for place in 0..2 * N {
        let word = &mut sum[place / N][place % N];
        (*word, carry) = add_carry(*word, *word, carry);
    }
    let mut carry = 0;
    for (at, word) in a.iter().enumerate() {
        let (low, high) = wide(*word, *word);
        for (place, square) in [(2 * at, low), (2 * at + 1, high)] {
            let word = &mut sum[place / N][place % N];
            (*word, carry) = add_carry(*word, square, carry);
        }
    }
    let [low, high] = sum;
    (low, high)
}

/// What must hold of the constants, at compile time.
pub(super) const fn check_constants<M: Modulus<N>, const N: usize>() {
    assert!(M::P[0].wrapping_mul(M::NEGATIVE_INVERSE) == u64::MAX, "p·(−1/p) = −1");
    assert!(same(&halved(&M::P, &M::R2, 64 * N), &M::R), "R²/R = R");
    assert!(same(&halved(&M::P, &M::R3, 128 * N), &M::R), "R³/R² = R");
    assert!(M::BITS as usize <= 64 * N && M::BITS as usize > 64 * (N - 1));
    assert!(M::P[N - 1] >> ((M::BITS - 1) % 64) == 1, "the bits of p");
}
