//! a·G + b·Q for what anybody may know: of signatures that are verified.

use super::curve::Curve;
use super::modulus::{Modulus, Residue};
use super::point::{Affine, Jacobian};
use super::recoding::{WNAF_DIGITS, wnaf_public};
use super::tables::Multiples;

/// The width of the non-adjacent form of b: with 8 multiples of Q, which are made for each signature,
/// an addition for about every sixth doubling.
const WIDTH: u32 = 5;

const ENTRIES: usize = 1 << (WIDTH - 2);

/// a·G + b·Q; a·G from the table, b·Q with doublings.
pub(super) fn double_multiply_public<C: Curve<N>, const N: usize>(
    a: &[u64; N],
    b: &[u64; N],
    q: &Affine<C::Field, N>,
) -> Jacobian<C::Field, N> {
    Multiples::<C, N>::of_generator().add_multiple_public(multiply_public(b, q), a)
}

/// b·Q for a point whose order is a prime above 2^[`WIDTH`].
fn multiply_public<F: Modulus<N>, const N: usize>(
    b: &[u64; N],
    q: &Affine<F, N>,
) -> Jacobian<F, N> {
    let mut digits = [0; WNAF_DIGITS];
    let count = wnaf_public(b, WIDTH, &mut digits);
    let Some((last, rest)) = digits[..count].split_last() else {
        return Jacobian::INFINITY;
    };
    let odd = OddMultiples::new_public(q);
    let mut sum = odd.entry(*last).to_jacobian();
    let mut doublings = 0;
    for digit in rest.iter().rev() {
        doublings += 1;
        if *digit != 0 {
            sum =
                odd.add_public(&sum.double_times_public(doublings, &odd.unit), &odd.entry(*digit));
            doublings = 0;
        }
    }
    sum = sum.double_times_public(doublings, &odd.unit);
    sum.z = sum.z.multiply(&odd.unit);
    sum
}

/// Q, 3·Q, … 15·Q, all with one Z: on the curve where that Z is 1, to which x·Z² and y·Z³ lead, they
/// have none, and nothing is inverted for it. The formulas of sums are those of every such curve; of
/// doublings, those that know Z on the first one.
struct OddMultiples<F, const N: usize> {
    entries: [Affine<F, N>; ENTRIES],
    /// This Z.
    unit: Residue<F, N>,
}

impl<F: Modulus<N>, const N: usize> OddMultiples<F, N> {
    fn new_public(q: &Affine<F, N>) -> Self {
        // First to the curve where 2·Q has no Z. None of the sums meets a point twice, or infinity.
        let twice = q.to_jacobian().double_public();
        let (step, mut unit) = (Affine { x: twice.x, y: twice.y }, twice.z);
        let mut last = q.scaled(&unit).to_jacobian();
        let multiples: [_; ENTRIES] = std::array::from_fn(|at| {
            let mut ratio = Residue::ONE;
            if at > 0 {
                (last, ratio) = last.add_affine_ratio(&step);
            }
            (Affine { x: last.x, y: last.y }, ratio)
        });
        // Then to that where the last has none: what Z was multiplied by after an entry, that lacks.
        let mut entries = multiples.map(|(entry, _)| entry);
        let mut lacking = Residue::ONE;
        for at in (1..ENTRIES).rev() {
            lacking = lacking.multiply(&multiples[at].1);
            entries[at - 1] = entries[at - 1].scaled(&lacking);
        }
        unit = unit.multiply(&lacking);
        Self { entries, unit }
    }

    /// The multiple for a digit that is odd.
    #[inline(always)]
    fn entry(&self, digit: i8) -> Affine<F, N> {
        self.entries[usize::from(digit.unsigned_abs()) / 2].negate_if_public(digit < 0)
    }

    #[inline(always)]
    fn add_public(&self, sum: &Jacobian<F, N>, entry: &Affine<F, N>) -> Jacobian<F, N> {
        let next = sum.add_affine(entry);
        if next.z.is_zero_public() { self.add_exception_public(sum, entry) } else { next }
    }

    /// A point twice, its negative, or infinity: on the first curve, and back.
    #[cold]
    fn add_exception_public(&self, sum: &Jacobian<F, N>, entry: &Affine<F, N>) -> Jacobian<F, N> {
        let first = Jacobian { x: sum.x, y: sum.y, z: sum.z.multiply(&self.unit) };
        let next = first.add_public(&Jacobian { x: entry.x, y: entry.y, z: self.unit });
        let Affine { x, y } = Affine { x: next.x, y: next.y }.scaled(&self.unit);
        Jacobian { x, y, z: next.z }
    }
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
