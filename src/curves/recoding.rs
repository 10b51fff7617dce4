//! Scalars as sums of few multiples of powers of two.

use zeroize::Zeroizing;

use super::carry::{mask, select, sub};
use super::modulus::{Modulus, Residue};

/// Bits of `number` from `from` on, at most 32 of them.
#[inline(always)]
fn bits<const N: usize>(number: &[u64; N], from: usize, count: u32) -> u64 {
    let (word, shift) = (from / 64, from % 64);
    let mut bits = if word < N { number[word] >> shift } else { 0 };
    if shift > 32 && word + 1 < N {
        bits |= number[word + 1] << (64 - shift);
    }
    bits & ((1 << count) - 1)
}

/// The words of k or, where k is even, of n − k, which is odd then, since n is; and ones where it is the
/// latter.
#[inline(never)]
pub(super) fn odd_or_negative<M: Modulus<N>, const N: usize>(
    k: &Residue<M, N>,
    words: &mut [u64; N],
) -> u64 {
    *words = k.to_words();
    let is_even = mask(!words[0] & 1);
    let negative = Zeroizing::new(sub(&M::P, words).0);
    *words = select(is_even, &negative, words);
    is_even
}

/// A digit d that is odd and between −2^w and 2^w: ones where it is negative, and (|d| − 1)/2.
pub(super) struct OddDigit {
    pub(super) negative: u64,
    pub(super) position: u64,
}

/// Digit `at` of an odd number of w·`count` bits at most, as a sum of odd digits times 2^(w·at)
/// (Joye and Tunstall, 2009): no digit is zero, and the last one is positive. Where the digit is and
/// which bits it is made of depends on nothing secret.
#[inline(always)]
pub(super) fn odd_digit<const N: usize>(
    number: &[u64; N],
    w: u32,
    at: usize,
    count: usize,
) -> OddDigit {
    // (number >> w·at | 1) modulo 2^(w+1), less 2^w; the last digit has nothing to give to the next.
    let is_last = u64::from(at + 1 == count);
    let u = bits(number, w as usize * at, w + 1) | 1 | is_last << w;
    let negative = ((u >> w) ^ 1).wrapping_neg();
    OddDigit { negative, position: ((u ^ negative) & ((1 << w) - 1)) >> 1 }
}

/// Digits between −2^(w−1) and 2^(w−1), of which number = Σ digit·2^(w·at), for what anybody may know.
/// The number has fewer than w·`count` bits.
pub(super) fn digits_public<const N: usize>(
    number: &[u64; N],
    w: u32,
    count: usize,
) -> impl Iterator<Item = i32> {
    let (number, mut carry) = (*number, 0);
    (0..count).map(move |at| {
        let digit = bits(&number, w as usize * at, w) as i32 + carry;
        carry = i32::from(digit > 1 << (w - 1));
        digit - (carry << w)
    })
}

/// The most digits that [`wnaf_public`] has.
pub(super) const WNAF_DIGITS: usize = 9 * 64 + 1;

/// The non-adjacent form of width w, the least significant digit first: digits are zero or odd and
/// between −2^(w−1) and 2^(w−1), and among w in a row one at most is not zero. For what anybody may
/// know. Gives how many digits there are up to the last that is not zero.
pub(super) fn wnaf_public<const N: usize>(
    number: &[u64; N],
    w: u32,
    digits: &mut [i8; WNAF_DIGITS],
) -> usize {
    let (mut at, mut carry, mut count) = (0, 0, 0);
    while at <= 64 * N {
        if bits(number, at, 1) == carry {
            at += 1;
            continue;
        }
        let value = (bits(number, at, w) + carry) as i16;
        carry = u64::from(value > 1 << (w - 1));
        // At most w bits and a sign, where w is at most 8.
        digits[at] = (value - ((carry as i16) << w)) as i8;
        count = at + 1;
        at += w as usize;
    }
    count
}
