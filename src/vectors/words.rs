//! Words as hash functions work on them: of 32 or 64 bits, added, rotated and combined bit by bit.

/// Several words of one size, side by side. Every operation is done on all of them, and takes the same
/// time whatever they are.
pub(crate) trait Words: Copy {
    /// How many words stand side by side.
    const COUNT: usize;

    /// The bits of a word: 32 or 64.
    const BITS: u32;

    /// Each word from its position: the low bits of what is given.
    fn from_fn(word: impl FnMut(usize) -> u64) -> Self;

    /// All words, in order.
    fn to_words(self) -> impl AsRef<[u64]>;

    /// The same word everywhere.
    fn splat(word: u64) -> Self;

    /// Sums modulo 2^32 or 2^64.
    fn add(self, other: Self) -> Self;

    /// The bits that one of both has.
    fn xor(self, other: Self) -> Self;

    /// The bits that both have.
    fn and(self, other: Self) -> Self;

    /// Each word rotated right by so many bits, fewer than it has.
    fn rotate_right(self, bits: u32) -> Self;

    /// Each word shifted right by so many bits, fewer than it has.
    fn shift_right(self, bits: u32) -> Self;

    /// The bits of `yes` where `self` has bits, those of `no` elsewhere.
    #[inline(always)]
    fn choose(self, yes: Self, no: Self) -> Self {
        self.and(yes.xor(no)).xor(no)
    }

    /// The bits that two or three have.
    #[inline(always)]
    fn majority(self, second: Self, third: Self) -> Self {
        self.xor(second).and(third.xor(second)).xor(second)
    }
}

/// Work that is generic over words of both sizes. `run` is `inline(always)`, and so is all it calls.
pub(crate) trait OnWords {
    /// What comes out.
    type Output;

    /// Does it, on words of 32 and of 64 bits.
    fn run<S: Words, L: Words>(self) -> Self::Output;
}

/// Words of ordinary arithmetic: the same answers on any processor.
#[derive(Clone, Copy)]
pub(crate) struct PortableWords<T, const W: usize>([T; W]);

macro_rules! portable_words {
    ($word:ty) => {
        impl<const W: usize> Words for PortableWords<$word, W> {
            const COUNT: usize = W;
            const BITS: u32 = <$word>::BITS;

            #[inline(always)]
            fn from_fn(mut word: impl FnMut(usize) -> u64) -> Self {
                Self(std::array::from_fn(|at| word(at) as $word))
            }

            #[inline(always)]
            fn to_words(self) -> impl AsRef<[u64]> {
                self.0.map(u64::from)
            }

            #[inline(always)]
            fn splat(word: u64) -> Self {
                Self([word as $word; W])
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self(std::array::from_fn(|at| self.0[at].wrapping_add(other.0[at])))
            }

            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                Self(std::array::from_fn(|at| self.0[at] ^ other.0[at]))
            }

            #[inline(always)]
            fn and(self, other: Self) -> Self {
                Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
            }

            #[inline(always)]
            fn rotate_right(self, bits: u32) -> Self {
                Self(self.0.map(|word| word.rotate_right(bits)))
            }

            #[inline(always)]
            fn shift_right(self, bits: u32) -> Self {
                Self(self.0.map(|word| word >> bits))
            }
        }
    };
}

portable_words!(u32);
portable_words!(u64);
