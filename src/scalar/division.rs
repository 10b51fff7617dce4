//! Powers of two modulo numbers that anybody may know, by estimated quotients.

use super::number::Number;

/// A modulus and its leading bits.
pub(super) struct Divisor<const N: usize> {
    number: Number<N>,
    bits: u32,
    /// The leading 63 bits of the modulus, and one more in the last place.
    leading: u128,
}

impl<const N: usize> Divisor<N> {
    /// Of exactly these bits: more than 128.
    pub(super) fn new(number: Number<N>, bits: u32) -> Self {
        Self { number, bits, leading: leading(&number, bits - 63) + 1 }
    }

    /// A number below 3·m, shifted left by at most a digit, less a multiple of m: below 3·m.
    pub(super) fn shift(&self, number: &mut Number<N>, shift: u32) {
        // By the leading bits the quotient, which is below 3·2^61, comes out at most 2.5 too small: of
        // that 1 because it is rounded down, and less than 1.5 because the modulus has more bits.
        let quotient = leading(number, self.bits - 63 - shift) / self.leading;
        let (mut above, mut carry, mut borrow) = (0, 0, 0);
        for (digit, m) in number.digits_mut().iter_mut().zip(self.number.digits()) {
            let shifted = u128::from(*digit) << shift | above;
            above = shifted >> Number::<N>::DIGIT;
            carry += u128::from(*m) * quotient;
            let difference = (shifted as u64 & Number::<N>::MASK)
                .wrapping_sub(carry as u64 & Number::<N>::MASK)
                .wrapping_sub(borrow);
            carry >>= Number::<N>::DIGIT;
            borrow = difference >> 63;
            *digit = difference & Number::<N>::MASK;
        }
    }
}

/// The bits of a number from a place on, which are at most 128.
fn leading<const N: usize>(number: &Number<N>, from: u32) -> u128 {
    let bits = Number::<N>::DIGIT;
    let (position, shift) = ((from / bits) as usize, from % bits);
    let digits = number.digits().iter().skip(position).take(4);
    digits.zip([0, 1, 2, 3]).fold(0, |value, (digit, above)| {
        let (digit, place) = (u128::from(*digit), above * bits);
        value | if above == 0 { digit >> shift } else { digit.unbounded_shl(place - shift) }
    })
}
