//! Montgomery arithmetic: multiplication modulo odd numbers without division (P. L. Montgomery,
//! "Modular multiplication without trial division", 1985).
//!
//! R is 2 to the bits of the digits. A modulus m is at least 8 bits shorter, so that nothing needs a
//! last subtraction: for a·b ≤ m·R, and so for a and b below 16m, a·b/R comes out below 2m.

use zeroize::Zeroize;

use super::block::{self, ADD, ADD_TWICE, SET};
use super::number::{Number, Sums};
use crate::vectors::{DIGIT_MASK, Job, Lane};

/// Odd moduli, one in each word, and what is computed once for them.
#[derive(Clone)]
pub(super) struct Modulus<L, const B: usize, const N: usize> {
    pub(super) digits: Number<L, B, N>,
    /// −1/m modulo 2^52.
    inverse: L,
    /// R modulo m: 1 in Montgomery's form.
    pub(super) one: Number<L, B, N>,
    /// R² modulo m.
    pub(super) square: Number<L, B, N>,
}

impl<L: Lane, const B: usize, const N: usize> Zeroize for Modulus<L, B, N> {
    fn zeroize(&mut self) {
        self.digits.zeroize();
        self.inverse.zeroize();
        self.one.zeroize();
        self.square.zeroize();
    }
}

impl<L: Lane, const B: usize, const N: usize> Modulus<L, B, N> {
    /// For moduli of exactly this many bits, at least 8 fewer than the digits have.
    pub(super) fn new(digits: Number<L, B, N>, bits: u32) -> Self {
        L::call(Prepare { digits, bits })
    }

    /// For moduli at least 8 bits shorter than the digits, without R and R²: both stay zero.
    #[inline(always)]
    pub(super) fn without_powers(digits: Number<L, B, N>) -> Self {
        let inverse = L::default().subtract(inverse(digits.0[0][0])).and(L::splat(DIGIT_MASK));
        Self { digits, inverse, one: Number::default(), square: Number::default() }
    }

    /// a·b/R into `a`, below 2m.
    #[inline(always)]
    pub(super) fn multiply(
        &self,
        a: &mut Number<L, B, N>,
        b: &Number<L, B, N>,
        sums: &mut Sums<L, B>,
    ) {
        L::call(Multiply { modulus: self, a, b, sums });
    }

    /// a²/R into `a`, below 2m.
    #[inline(always)]
    pub(super) fn square(&self, a: &mut Number<L, B, N>, sums: &mut Sums<L, B>) {
        L::call(Square { modulus: self, a, sums });
    }

    /// A number below 2m, below m.
    #[inline(always)]
    pub(super) fn canonical(&self, a: &Number<L, B, N>) -> Number<L, B, N> {
        a.reduced_once(&self.digits)
    }

    /// The sums divided by R, below 2m for sums below mR.
    #[inline(always)]
    fn reduce(&self, sums: &mut Sums<L, B>, to: &mut Number<L, B, N>) {
        let inverse = self.inverse;
        // Two blocks at once take less time than one after the other.
        let at_once = if N > 1 { 2 } else { 1 };
        let (modulus, above) = self.digits.0.split_at(at_once);
        let mut position = 0;
        while position < N {
            let steps = at_once.min(N - position);
            let some = sums.some(position, at_once + steps);
            match (at_once, steps) {
                (2, 2) => L::call(block::Reduce::<_, B, 2, 2> { sums: some, modulus, inverse }),
                (2, _) => L::call(block::Reduce::<_, B, 2, 1> { sums: some, modulus, inverse }),
                _ => L::call(block::Reduce::<_, B, 1, 1> { sums: some, modulus, inverse }),
            }
            for done in position..position + steps {
                for (above, a) in above.iter().enumerate() {
                    let (low, high, b) = sums.at_with(done + at_once + above, done);
                    L::call(block::Multiply::<_, B, ADD> { low, high, a, b });
                }
            }
            position += steps;
        }
        sums.carried(N, to);
    }
}

/// Computes what a [`Modulus`] keeps.
struct Prepare<L, const B: usize, const N: usize> {
    digits: Number<L, B, N>,
    bits: u32,
}

impl<L: Lane, const B: usize, const N: usize> Job for Prepare<L, B, N> {
    type Output = Modulus<L, B, N>;

    #[inline(always)]
    fn run(self) -> Modulus<L, B, N> {
        let Self { digits, bits } = self;
        let mut modulus = Modulus::without_powers(digits);
        // 2^(bits − 1) is below m; doubled until it is R.
        let mut one = Number::default();
        one.0.as_flattened_mut()[((bits - 1) / 52) as usize] = L::splat(1 << ((bits - 1) % 52));
        for _ in bits - 1..Number::<L, B, N>::BITS {
            one = double(&one).reduced_once(&digits);
        }
        modulus.one = one;
        // 2^k·R for k as the leading bits of R's exponent, one bit more each time.
        let exponent = Number::<L, B, N>::BITS;
        let (mut power, mut sums) = (one, Sums::new(N));
        for bit in (0..u32::BITS - exponent.leading_zeros()).rev() {
            modulus.square(&mut power, &mut sums);
            if exponent >> bit & 1 == 1 {
                power = double(&power);
            }
        }
        // Below 4m after the last doubling.
        let twice = double(&digits);
        modulus.square = power.reduced_once(&twice).reduced_once(&digits);
        modulus
    }
}

struct Multiply<'a, L: Lane, const B: usize, const N: usize> {
    modulus: &'a Modulus<L, B, N>,
    a: &'a mut Number<L, B, N>,
    b: &'a Number<L, B, N>,
    sums: &'a mut Sums<L, B>,
}

impl<L: Lane, const B: usize, const N: usize> Job for Multiply<'_, L, B, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        product(self.a, self.b, self.sums);
        self.modulus.reduce(self.sums, self.a);
    }
}

struct Square<'a, L: Lane, const B: usize, const N: usize> {
    modulus: &'a Modulus<L, B, N>,
    a: &'a mut Number<L, B, N>,
    sums: &'a mut Sums<L, B>,
}

impl<L: Lane, const B: usize, const N: usize> Job for Square<'_, L, B, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (a, sums) = (&self.a.0, self.sums);
        for (position, a) in a.iter().enumerate() {
            let (low, high) = sums.at(2 * position);
            L::call(block::Square { low, high, a });
        }
        for (above, b) in a.iter().enumerate() {
            for (position, a) in a.iter().enumerate().take(above) {
                let (low, high) = sums.at(position + above);
                L::call(block::Multiply::<_, B, ADD_TWICE> { low, high, a, b });
            }
        }
        self.modulus.reduce(sums, self.a);
    }
}

/// a·b into the sums, not carried.
#[inline(always)]
pub(super) fn product<L: Lane, const B: usize, const N: usize>(
    a: &Number<L, B, N>,
    b: &Number<L, B, N>,
    sums: &mut Sums<L, B>,
) {
    let (a, b) = (&a.0, &b.0);
    // Blocks of equal position set what the others add to.
    for (position, (a, b)) in a.iter().zip(b).enumerate() {
        let (low, high) = sums.at(2 * position);
        L::call(block::Multiply::<_, B, SET> { low, high, a, b });
    }
    for (above, b) in b.iter().enumerate() {
        for (position, a) in a.iter().enumerate() {
            if position != above {
                let (low, high) = sums.at(position + above);
                L::call(block::Multiply::<_, B, ADD> { low, high, a, b });
            }
        }
    }
}

/// Twice a number; what leaves the digits is lost.
#[inline(always)]
pub(super) fn double<L: Lane, const B: usize, const N: usize>(
    a: &Number<L, B, N>,
) -> Number<L, B, N> {
    let mut twice = a.add(a);
    twice.carry();
    twice
}

/// 1/m modulo 2^52 for odd m, by Newton's method: each step doubles the bits that are right.
#[inline(always)]
fn inverse<L: Lane>(modulus: L) -> L {
    // m·m ≡ 1 modulo 8: three bits.
    let mut inverse = modulus;
    for _ in 0..5 {
        let product = L::default().add_low(modulus, inverse);
        let factor = L::splat(2).subtract(product).and(L::splat(DIGIT_MASK));
        inverse = L::default().add_low(inverse, factor);
    }
    inverse
}
