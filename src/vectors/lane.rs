//! A lane: several 64-bit words side by side, and what is done to all of them at once.

use zeroize::DefaultIsZeroes;

/// The bits of a digit: those that one `vpmadd52` multiplies.
pub(crate) const DIGIT_BITS: u32 = 52;

/// The bits of a digit, set.
pub(crate) const DIGIT_MASK: u64 = (1 << DIGIT_BITS) - 1;

/// The entries of a table that is looked up in.
pub(crate) const TABLE: usize = 32;

/// Several 64-bit words, one of each number that is worked on at the same time.
///
/// Every operation takes the same time whatever the words are. All are inlined into a [`Job`], where
/// the processor's features are known.
pub(crate) trait Lane: DefaultIsZeroes + Send + Sync + 'static {
    /// How many words stand side by side.
    const WORDS: usize;

    /// For each word yes or no.
    type Mask: Copy;

    /// The words, in memory.
    type Array: AsRef<[u64]>;

    /// Each word from its position.
    fn from_fn(word: impl FnMut(usize) -> u64) -> Self;

    /// The words, in order.
    fn to_array(self) -> Self::Array;

    /// The same word everywhere.
    fn splat(word: u64) -> Self;

    /// Sums modulo 2^64.
    fn add(self, other: Self) -> Self;

    /// Differences modulo 2^64.
    fn subtract(self, other: Self) -> Self;

    /// The bits that both have.
    fn and(self, other: Self) -> Self;

    /// `self` plus the low 52 bits of the products of the low 52 bits of `a` and `b`.
    fn add_low(self, a: Self, b: Self) -> Self;

    /// `self` plus the bits 52 to 103 of the same products.
    fn add_high(self, a: Self, b: Self) -> Self;

    /// Each word shifted right by its count, below 64.
    fn shift_right(self, counts: Self) -> Self;

    /// Each word shifted left by its count, below 64.
    fn shift_left(self, counts: Self) -> Self;

    /// Each word, as one with a sign, divided by 2^count for its count below 64, rounded down.
    fn shift_right_signed(self, counts: Self) -> Self;

    /// Where the words have one of these bits.
    fn test(self, bits: Self) -> Self::Mask;

    /// Where the words are equal.
    fn equal(self, other: Self) -> Self::Mask;

    /// Each word of `yes` or `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// Of a table that all share, for each word the entry at its position, below 32. All entries are read,
    /// whatever the positions are.
    #[inline(always)]
    fn look_up(table: &[u64; TABLE], positions: Self) -> Self {
        let mut found = Self::default();
        for (at, entry) in table.iter().enumerate() {
            let is_here = positions.equal(Self::splat(at as u64));
            found = Self::select(is_here, Self::splat(*entry), found);
        }
        found
    }

    /// The same, of which it is known that it is not negative, although what it was computed from would allow
    /// it: nothing to be done, but for lanes that do not hold numbers but what is known of them.
    #[inline(always)]
    fn not_negative(self) -> Self {
        self
    }

    /// Runs a job as code for the processor's features; it is not inlined into its caller.
    fn call<J: Job>(job: J) -> J::Output;

    /// The digit without what is above it, and what is above it.
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let above = self.shift_right(Self::splat(u64::from(DIGIT_BITS)));
        (self.and(Self::splat(DIGIT_MASK)), above)
    }
}

/// Work on lanes, a function of its own in the machine's code. `run` is `inline(always)`, and so is
/// all that it calls but further jobs.
pub(crate) trait Job {
    /// What comes out.
    type Output;

    /// Does it.
    fn run(self) -> Self::Output;
}

/// Repeats a block with a constant from 0 to below `$n`, which is at most 11, so that arrays become
/// registers.
#[cfg(any(feature = "fast-arithmetic", feature = "rsa"))]
macro_rules! unroll {
    ($i:ident < $n:expr, $body:block) => {
        unroll!(@ $i, $n, $body, 0 1 2 3 4 5 6 7 8 9 10)
    };
    (@ $i:ident, $n:expr, $body:block, $($value:literal)*) => {
        $({
            const $i: usize = $value;
            if $i < $n $body
        })*
    };
}
#[cfg(any(feature = "fast-arithmetic", feature = "rsa"))]
pub(crate) use unroll;
