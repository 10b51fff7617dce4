//! a·G + b·Q for what anybody may know: of signatures that are verified.

use super::curve::Curve;
use super::modulus::{Modulus, Residue};
use super::point::{Affine, Jacobian};
use super::recoding::{WNAF_DIGITS, wnaf_public};
use super::tables::Multiples;

/// The width of the non-adjacent form of b: with 8 multiples of Q, which are made for each signature,
/// an addition for about every sixth doubling.
const WIDTH: u32 = 5;

/// a·G + b·Q; a·G from the table, b·Q with doublings.
pub(super) fn double_multiply_public<C: Curve<N>, const N: usize>(
    a: &[u64; N],
    b: &[u64; N],
    q: &Affine<C::Field, N>,
) -> Jacobian<C::Field, N> {
    let mut digits = [0; WNAF_DIGITS];
    let count = wnaf_public(b, WIDTH, &mut digits);
    let odd = odd_multiples_public(q);
    let mut sum = Jacobian::INFINITY;
    for digit in digits[..count].iter().rev() {
        sum = sum.double();
        if *digit != 0 {
            let multiple = odd[usize::from(digit.unsigned_abs()) / 2];
            sum = sum.add_public(&multiple.negate_if_public(*digit < 0));
        }
    }
    Multiples::<C, N>::of_generator().add_multiple_public(sum, a)
}

/// Q, 3·Q, … 15·Q.
fn odd_multiples_public<F: Modulus<N>, const N: usize>(
    q: &Affine<F, N>,
) -> [Jacobian<F, N>; 1 << (WIDTH - 2)] {
    let mut multiple = q.to_jacobian();
    let twice = multiple.double();
    std::array::from_fn(|at| {
        if at > 0 {
            multiple = multiple.add_public(&twice);
        }
        multiple
    })
}

/// Whether x of the point, modulo the order, is this number: r·Z² = X, or (r + n)·Z² = X where r + n
/// is below p, which spares the inversion of Z.
pub(super) fn has_x_public<C: Curve<N>, const N: usize>(
    point: &Jacobian<C::Field, N>,
    x: &Residue<C::Order, N>,
) -> bool {
    if point.z.is_zero_public() {
        return false;
    }
    let z_square = point.z.square();
    let is_x = |number: &[u64; N]| {
        let number = Residue::<C::Field, N>::from_words(number);
        number.multiply(&z_square).equals_public(&point.x)
    };
    let words = x.to_words();
    if is_x(&words) {
        return true;
    }
    let (sum, carry) = super::carry::add(&words, &C::Order::P);
    let is_below_p = carry == 0 && super::carry::sub(&sum, &C::Field::P).1 == 1;
    is_below_p && is_x(&sum)
}
