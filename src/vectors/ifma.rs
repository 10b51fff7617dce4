//! Lanes of AVX-512 with its multiplication of 52-bit integers (IFMA): eight words in a register of
//! 512 bits, or four in one of 256, of which some processors start two operations at a time. And words
//! for hash functions, sixteen of 32 bits or eight of 64.
//!
//! # Safety
//! Whatever names these types has asked [`available`] first: `lanes::engine` and `hashes` do. Then every
//! intrinsic below exists on the processor. None of them touches memory but the two transmutations
//! between a register and an array of the same size, for which every bit pattern is a value.

use std::arch::x86_64::*;
use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use zeroize::DefaultIsZeroes;

use super::lane::{Job, Lane, TABLE};
#[cfg(any(feature = "ecc", feature = "sm2"))]
use super::words::{OnWords, Words};

/// Whether this processor works on eight words in little more time than on four.
///
/// Intel's servers start two multiplications in a cycle of either; Zen 4 takes twice as long for eight,
/// and four numbers at once leave more of the first cache for tables. Asked of the processor by a
/// thousand multiplications of each, once: what comes out of the arithmetic is the same either way.
pub(crate) fn is_eight_as_fast() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let (mut four, mut eight) = (Duration::MAX, Duration::MAX);
        // The least of several: the first begins before the processor has its wide units awake, and others may be
        // interrupted.
        for _ in 0..16 {
            four = four.min(time::<Ifma4>());
            eight = eight.min(time::<Ifma8>());
        }
        eight < four.saturating_mul(3) / 2
    })
}

/// How long a thousand multiplications take, none of which waits for the one before.
fn time<L: Lane>() -> Duration {
    struct Thousand<L>(L);
    impl<L: Lane> Job for Thousand<L> {
        type Output = [L; 8];

        #[inline(always)]
        fn run(self) -> [L; 8] {
            let mut sums = [self.0; 8];
            for _ in 0..125 {
                sums = sums.map(|sum| sum.add_low(self.0, self.0));
            }
            sums
        }
    }
    let start = Instant::now();
    black_box(L::call(Thousand(black_box(L::splat(3)))));
    start.elapsed()
}

/// Whether this processor has what the lanes of this file need.
pub(crate) fn available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512ifma")
}

macro_rules! lane {
    (
        $(#[$doc:meta])* $name:ident($register:ty, $words:literal, $mask:ty), $splat:ident, $zero:ident,
        $add:ident, $subtract:ident, $and:ident, $low:ident, $high:ident,
        $right:ident, $left:ident, $signed:ident, $test:ident, $equal:ident, $blend:ident, {$($more:item)*}
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        #[repr(transparent)]
        pub(crate) struct $name($register);

        impl Default for $name {
            #[inline(always)]
            fn default() -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $zero() })
            }
        }

        impl DefaultIsZeroes for $name {}

        impl Lane for $name {
            const WORDS: usize = $words;

            type Mask = $mask;
            type Array = [u64; $words];

            #[inline(always)]
            fn from_fn(word: impl FnMut(usize) -> u64) -> Self {
                let words: [u64; $words] = std::array::from_fn(word);
                // SAFETY: of the same size, and every bit pattern is a value.
                Self(unsafe { std::mem::transmute::<[u64; $words], $register>(words) })
            }

            #[inline(always)]
            fn to_array(self) -> [u64; $words] {
                // SAFETY: of the same size, and every bit pattern is a value.
                unsafe { std::mem::transmute::<$register, [u64; $words]>(self.0) }
            }

            #[inline(always)]
            fn splat(word: u64) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $splat(word.cast_signed()) })
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $add(self.0, other.0) })
            }

            #[inline(always)]
            fn subtract(self, other: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $subtract(self.0, other.0) })
            }

            #[inline(always)]
            fn and(self, other: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $and(self.0, other.0) })
            }

            #[inline(always)]
            fn add_low(self, a: Self, b: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $low(self.0, a.0, b.0) })
            }

            #[inline(always)]
            fn add_high(self, a: Self, b: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $high(self.0, a.0, b.0) })
            }

            #[inline(always)]
            fn shift_right(self, counts: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $right(self.0, counts.0) })
            }

            #[inline(always)]
            fn shift_left(self, counts: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $left(self.0, counts.0) })
            }

            #[inline(always)]
            fn shift_right_signed(self, counts: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $signed(self.0, counts.0) })
            }

            #[inline(always)]
            fn test(self, bits: Self) -> $mask {
                // SAFETY: the head of this file.
                unsafe { $test(self.0, bits.0) }
            }

            #[inline(always)]
            fn equal(self, other: Self) -> $mask {
                // SAFETY: the head of this file.
                unsafe { $equal(self.0, other.0) }
            }

            #[inline(always)]
            fn select(mask: $mask, yes: Self, no: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $blend(mask, no.0, yes.0) })
            }

            #[inline(always)]
            fn call<J: Job>(job: J) -> J::Output {
                #[inline(never)]
                #[target_feature(enable = "avx512f,avx512vl,avx512ifma")]
                fn with_features<J: Job>(job: J) -> J::Output {
                    job.run()
                }
                // SAFETY: the head of this file.
                unsafe { with_features(job) }
            }

            $($more)*
        }
    };
}

lane!(
    /// Eight words.
    Ifma8(__m512i, 8, __mmask8), _mm512_set1_epi64, _mm512_setzero_si512,
    _mm512_add_epi64, _mm512_sub_epi64, _mm512_and_si512, _mm512_madd52lo_epu64,
    _mm512_madd52hi_epu64, _mm512_srlv_epi64, _mm512_sllv_epi64, _mm512_srav_epi64,
    _mm512_test_epi64_mask, _mm512_cmpeq_epi64_mask, _mm512_mask_blend_epi64,
    {
        /// Two instructions choose among sixteen entries each.
        #[inline(always)]
        fn look_up(table: &[u64; TABLE], positions: Self) -> Self {
            let eight = |first: usize| Self::from_fn(|word| table[first + word]).0;
            // SAFETY: the head of this file.
            let (low, high) = unsafe {
                (
                    _mm512_permutex2var_epi64(eight(0), positions.0, eight(8)),
                    _mm512_permutex2var_epi64(eight(16), positions.0, eight(24)),
                )
            };
            Self::select(positions.test(Self::splat(16)), Self(high), Self(low))
        }
    }
);

lane!(
    /// Four words.
    Ifma4(__m256i, 4, __mmask8), _mm256_set1_epi64x, _mm256_setzero_si256,
    _mm256_add_epi64, _mm256_sub_epi64, _mm256_and_si256, _mm256_madd52lo_epu64,
    _mm256_madd52hi_epu64, _mm256_srlv_epi64, _mm256_sllv_epi64, _mm256_srav_epi64,
    _mm256_test_epi64_mask, _mm256_cmpeq_epi64_mask, _mm256_mask_blend_epi64, {}
);

#[cfg(any(feature = "ecc", feature = "sm2"))]
macro_rules! words {
    (
        $(#[$doc:meta])* $name:ident([$word:ty; $words:literal]), $splat:ident as $signed:ty, $add:ident,
        $rotate:ident, $shift:ident
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        #[repr(transparent)]
        pub(crate) struct $name(__m512i);

        impl Words for $name {
            const COUNT: usize = $words;
            const BITS: u32 = <$word>::BITS;

            #[inline(always)]
            fn from_fn(mut word: impl FnMut(usize) -> u64) -> Self {
                let words: [$word; $words] = std::array::from_fn(|at| word(at) as $word);
                // SAFETY: of the same size, and every bit pattern is a value.
                Self(unsafe { std::mem::transmute::<[$word; $words], __m512i>(words) })
            }

            #[inline(always)]
            fn to_words(self) -> impl AsRef<[u64]> {
                // SAFETY: of the same size, and every bit pattern is a value.
                unsafe { std::mem::transmute::<__m512i, [$word; $words]>(self.0) }.map(u64::from)
            }

            #[inline(always)]
            fn splat(word: u64) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $splat(word as $signed) })
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $add(self.0, other.0) })
            }

            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { _mm512_xor_si512(self.0, other.0) })
            }

            #[inline(always)]
            fn and(self, other: Self) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { _mm512_and_si512(self.0, other.0) })
            }

            #[inline(always)]
            fn rotate_right(self, bits: u32) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $rotate(self.0, Self::splat(bits.into()).0) })
            }

            #[inline(always)]
            fn shift_right(self, bits: u32) -> Self {
                // SAFETY: the head of this file.
                Self(unsafe { $shift(self.0, Self::splat(bits.into()).0) })
            }
        }
    };
}

#[cfg(any(feature = "ecc", feature = "sm2"))]
words!(
    /// Sixteen words of 32 bits.
    Narrow([u32; 16]), _mm512_set1_epi32 as i32, _mm512_add_epi32, _mm512_rorv_epi32,
    _mm512_srlv_epi32
);

#[cfg(any(feature = "ecc", feature = "sm2"))]
words!(
    /// Eight words of 64 bits.
    Wide([u64; 8]), _mm512_set1_epi64 as i64, _mm512_add_epi64, _mm512_rorv_epi64,
    _mm512_srlv_epi64
);

/// Runs a job on the words of this file, as code for the processor's features.
#[cfg(any(feature = "ecc", feature = "sm2"))]
pub(crate) fn on_words<J: OnWords>(job: J) -> J::Output {
    struct OfWords<J>(J);
    impl<J: OnWords> Job for OfWords<J> {
        type Output = J::Output;

        #[inline(always)]
        fn run(self) -> J::Output {
            self.0.run::<Narrow, Wide>()
        }
    }
    Ifma4::call(OfWords(job))
}
