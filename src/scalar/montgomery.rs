//! Montgomery arithmetic: multiplication modulo odd numbers without division (P. L. Montgomery,
//! "Modular multiplication without trial division", 1985).
//!
//! R is 2 to the bits of the digits. The reduction is by a multiple M of the modulus m that is −1
//! modulo 2^DIGIT: then no digit of a quotient has to be multiplied for. M is one digit longer than m,
//! and still 10 bits shorter than R, so that nothing needs a last subtraction: for a·b ≤ M·R, and so
//! for a and b below 32·M, a·b/R comes out below 2·M.

use zeroize::Zeroize;

use super::block::{self, Block, DIGITS};
use super::division::Divisor;
use super::number::{Number, Sums};

/// An odd modulus, and what is computed once for it.
#[derive(Clone)]
pub(super) struct Modulus<const N: usize> {
    /// m.
    pub(super) number: Number<N>,
    /// M + 1, where M = m·(−1/m modulo 2^DIGIT).
    multiple: Number<N>,
    /// −1/m modulo 2^DIGIT.
    inverse: u64,
    /// R modulo m: 1 in Montgomery's form.
    pub(super) one: Number<N>,
    /// R² modulo m, below 4·M.
    pub(super) square: Number<N>,
}

impl<const N: usize> Zeroize for Modulus<N> {
    fn zeroize(&mut self) {
        self.number.zeroize();
        self.multiple.zeroize();
        self.inverse.zeroize();
        self.one.zeroize();
        self.square.zeroize();
    }
}

impl<const N: usize> Modulus<N> {
    /// Of exactly this many bits, at most 512·N. Nothing depends on the modulus but the result.
    pub(super) fn new(bytes: &[u8], bits: u32) -> Self {
        let mut modulus = Self::without_powers(bytes);
        // 2^(bits − 1) is below m; doubled until it is R.
        let mut one = Number::power_of_two(bits - 1);
        for _ in bits - 1..Number::<N>::BITS {
            one.shift_left(1);
            one.reduce_once(&modulus.number);
        }
        modulus.one = one;
        // 2^k·R for k as the leading bits of R's exponent, one bit more each time.
        let exponent = Number::<N>::BITS;
        let mut sums = Sums::new(N);
        one.shift_left(1);
        for bit in (0..u32::BITS - exponent.leading_zeros() - 1).rev() {
            modulus.square(&mut one, &mut sums);
            one.shift_left(u64::from(exponent >> bit & 1));
        }
        modulus.square = one;
        one.zeroize();
        modulus
    }

    /// R and R² stay zero.
    fn without_powers(bytes: &[u8]) -> Self {
        const { Number::<N>::CHECKED };
        let mut modulus = Self {
            number: Number::default(),
            multiple: Number::default(),
            inverse: 0,
            one: Number::default(),
            square: Number::default(),
        };
        modulus.number.read_bytes(bytes);
        modulus.inverse = negative_inverse(modulus.number.0[0][0]) & Number::<N>::MASK;
        let mut carry = 1;
        let digits = modulus.multiple.digits_mut().iter_mut().zip(modulus.number.digits());
        for (multiple, digit) in digits {
            carry += u128::from(*digit) * u128::from(modulus.inverse);
            *multiple = carry as u64 & Number::<N>::MASK;
            carry >>= Number::<N>::DIGIT;
        }
        modulus
    }

    /// The same, faster, for a modulus that anybody may know, of more than 128 bits. R modulo m is below
    /// 3·m.
    pub(super) fn public(bytes: &[u8], bits: u32) -> Self {
        let mut modulus = Self::without_powers(bytes);
        let divisor = Divisor::new(modulus.number, bits);
        // 2^(bits − 1), then R.
        let mut power = Number::power_of_two(bits - 1);
        let mut left = Number::<N>::BITS - (bits - 1);
        while left > 0 {
            let shift = left.min(Number::<N>::DIGIT);
            divisor.shift(&mut power, shift);
            left -= shift;
        }
        modulus.one = power;
        // R·2^(DIGIT·digits), for an odd number of digits that doubles to all of them.
        let (mut digits, mut doublings) = (DIGITS * N, 0);
        while digits.is_multiple_of(2) {
            (digits, doublings) = (digits / 2, doublings + 1);
        }
        for _ in 0..digits {
            divisor.shift(&mut power, Number::<N>::DIGIT);
        }
        let mut sums = Sums::new(N);
        for _ in 0..doublings {
            modulus.square(&mut power, &mut sums);
        }
        modulus.square = power;
        modulus
    }

    /// a·b/R into `a`, below 2·M.
    pub(super) fn multiply(&self, a: &mut Number<N>, b: &Number<N>, sums: &mut Sums) {
        product(a, b, sums);
        self.reduce(sums, a);
        #[cfg(all(test, feature = "fast-arithmetic"))]
        super::faults::pass(super::faults::Place::Product, a);
    }

    /// a²/R into `a`, below 2·M.
    pub(super) fn square(&self, a: &mut Number<N>, sums: &mut Sums) {
        let twice = a.doubled();
        let (blocks, twice) = (&a.0, &twice.0);
        for (position, (a, twice)) in blocks.iter().zip(twice).enumerate() {
            let (low, high) = sums.at(2 * position);
            block::square(low, high, a, twice);
        }
        for (above, twice) in twice.iter().enumerate() {
            for (position, a) in blocks.iter().enumerate().take(above) {
                let (low, high) = sums.at(position + above);
                block::multiply::<true>(low, high, a, twice);
            }
        }
        self.reduce(sums, a);
        #[cfg(all(test, feature = "fast-arithmetic"))]
        super::faults::pass(super::faults::Place::Product, a);
    }

    /// a·b/R into `a`, below m, for a·b < R·m: out of Montgomery's form, where b is in none. R is above
    /// 512·2·M, so that a below 2·M and b below 512·m do.
    pub(super) fn leave(&self, a: &mut Number<N>, b: &Number<N>, sums: &mut Sums) {
        product(a, b, sums);
        for position in 0..N {
            let (low, high) = sums.at(position);
            let (m, bits) = (&self.number.0[0], Number::<N>::DIGIT);
            let q = block::reduce_any(low, high, m, self.inverse, bits);
            add_multiple(sums, position, &q, &self.number);
        }
        sums.carried(N, Number::<N>::DIGIT, &mut a.0);
        a.reduce_once(&self.number);
    }

    /// The sums divided by R, below 2·M for sums below M·R.
    fn reduce(&self, sums: &mut Sums, to: &mut Number<N>) {
        for position in 0..N {
            let q = self.reduce_block(sums, position);
            add_multiple(sums, position, &q, &self.multiple);
        }
        sums.carried(N, Number::<N>::DIGIT, &mut to.0);
    }

    #[inline(never)]
    fn reduce_block(&self, sums: &mut Sums, position: usize) -> Block {
        let (low, high) = sums.at(position);
        block::reduce(low, high, &self.multiple.0[0], Number::<N>::DIGIT)
    }
}

/// Adds q·m, less the lowest block of m, to the sums.
#[inline(always)]
fn add_multiple<const N: usize>(sums: &mut Sums, position: usize, q: &Block, m: &Number<N>) {
    for (above, m) in m.0.iter().enumerate().skip(1) {
        let (low, high) = sums.at(position + above);
        block::multiply::<true>(low, high, q, m);
    }
}

/// a·b into the sums, not carried.
#[inline(always)]
pub(super) fn product<const N: usize>(a: &Number<N>, b: &Number<N>, sums: &mut Sums) {
    // Blocks of equal position set what the others add to.
    for (position, (a, b)) in a.0.iter().zip(&b.0).enumerate() {
        let (low, high) = sums.at(2 * position);
        block::multiply::<false>(low, high, a, b);
    }
    for (above, b) in b.0.iter().enumerate() {
        for (position, a) in a.0.iter().enumerate() {
            if position != above {
                let (low, high) = sums.at(position + above);
                block::multiply::<true>(low, high, a, b);
            }
        }
    }
}

/// −1/m modulo 2^64 for odd m, by Newton's method: each step doubles the bits that are right.
fn negative_inverse(m: u64) -> u64 {
    // m·m ≡ 1 modulo 8: three bits.
    let mut inverse = m;
    for _ in 0..5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(m.wrapping_mul(inverse)));
    }
    inverse.wrapping_neg()
}
