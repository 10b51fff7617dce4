//! a·G + b·Q for several points Q that have no tables: their odd multiples, with one inversion for all, and
//! doublings.

use super::digits::to_digits;
use super::number::Number;
use super::point::{Affine, Point};
use super::sums::{Started, odd_digits, to_jacobian};
use super::tables::{InLanes, PublicTable};
use super::{Lanes, OnLanes};
use crate::curves::curve::Curve;
use crate::curves::inverse_many::invert_many;
use crate::curves::modulus::{Modulus, Residue};
use crate::curves::point::{Affine as ScalarAffine, Jacobian};
use crate::vectors::{Job, Lane};

/// The bits of a digit of a multiple of a point that has no table: eight odd multiples are computed for
/// it, and four doublings for each digit.
const WINDOW_OF_EACH: u32 = 4;

const OF_EACH: usize = 1 << (WINDOW_OF_EACH - 1);

/// a·G + b·Q for each of several points Q, whose b is odd or negative, as
/// [`odd_or_negative`](crate::curves::recoding::odd_or_negative) has it.
pub(in crate::curves) struct OfEach<'a, F, const N: usize> {
    pub(in crate::curves) points: &'a [ScalarAffine<F, N>],
    pub(in crate::curves) of_points: &'a [[u64; N]],
    pub(in crate::curves) of_generator: &'a [[u64; N]],
}

/// The sums of [`OfEach`]; at Z = 0 where one met an exception, and at infinity. `None` where there are no
/// lanes.
pub(in crate::curves) fn multiples_of_each_public<
    C: InLanes<N, D>,
    const N: usize,
    const D: usize,
>(
    lanes: Lanes,
    asked: &OfEach<'_, C::Field, N>,
) -> Option<Vec<Jacobian<C::Field, N>>> {
    struct Sums<'a, C: Curve<N>, const N: usize, const D: usize>(
        &'a OfEach<'a, C::Field, N>,
        &'static PublicTable<N, D>,
    );
    impl<C: InLanes<N, D>, const N: usize, const D: usize> OnLanes for Sums<'_, C, N, D> {
        type Output = Vec<Jacobian<C::Field, N>>;

        fn run<L: Lane>(self) -> Self::Output {
            let OfEach { points, of_points, of_generator } = self.0;
            let odd = odd_multiples::<L, C, N, D>(points);
            let groups = odd.iter().zip(of_points.chunks(L::WORDS));
            let groups = groups.zip(of_generator.chunks(L::WORDS));
            let mut out = Vec::with_capacity(points.len());
            for ((odd, of_points), of_generator) in groups {
                let mut sum = Started { sum: Point::default(), is_started: L::splat(1) };
                let count = C::Order::BITS.div_ceil(WINDOW_OF_EACH) as usize;
                L::call(SumOfEach { odd, scalars: of_points, count, sum: &mut sum.sum });
                sum.add(self.1, of_generator);
                out.extend(to_jacobian(&sum.sum).take(of_points.len()));
            }
            out
        }
    }
    lanes.run(Sums::<C, N, D>(asked, PublicTable::of_generator::<C>()))
}

/// Q, 3·Q, … 15·Q of the points in a group.
type OddMultiples<L, F, const N: usize, const D: usize> = [Affine<L, F, N, D>; OF_EACH];

/// Those of all points, with one inversion.
fn odd_multiples<L: Lane, C: Curve<N>, const N: usize, const D: usize>(
    points: &[ScalarAffine<C::Field, N>],
) -> Vec<OddMultiples<L, C::Field, N, D>> {
    let multiples: Vec<_> = points
        .chunks(L::WORDS)
        .map(|points| {
            let words = |number: fn(&ScalarAffine<C::Field, N>) -> &Residue<C::Field, N>| {
                let first = points.first();
                let digits: [[u64; D]; 8] = std::array::from_fn(|word| {
                    let point = points.get(word).or(first);
                    point.map_or([0; D], |point| to_digits(number(point).words_in_form()))
                });
                Number::from_words_in_form(&digits)
            };
            L::call(MakeOdd { x: words(|point| &point.x), y: words(|point| &point.y) })
        })
        .collect();
    let mut inverses: Vec<_> =
        multiples.iter().flat_map(|(_, product)| product.to_residues()).collect();
    invert_many(&mut inverses);
    let groups = multiples.iter().zip(inverses.chunks(L::WORDS));
    let affine = groups.map(|((multiples, _), inverses)| {
        let digits: [[u64; D]; 8] = std::array::from_fn(|word| {
            let inverse = inverses.get(word);
            inverse.map_or([0; D], |number| to_digits(number.words_in_form()))
        });
        L::call(ToAffine { multiples, inverse: Number::from_words_in_form(&digits) })
    });
    affine.collect()
}

/// The odd multiples, and the product of their Z, leaving.
struct MakeOdd<L, F, const N: usize, const D: usize> {
    x: Number<L, F, N, D>,
    y: Number<L, F, N, D>,
}

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Job for MakeOdd<L, F, N, D> {
    type Output = ([Point<L, F, N, D>; OF_EACH], Number<L, F, N, D>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let q = Affine { x: self.x.entering(), y: self.y.entering() };
        let twice = q.to_point().double();
        // On the curve to which x·Z² and y·Z³ lead, with the Z of 2·Q, that has none; sums are the same on
        // every such curve.
        let step = Affine { x: twice.x, y: twice.y };
        let mut last = q.scaled(&twice.z).to_point();
        let mut multiples = [Point::default(); OF_EACH];
        let mut product = Number::one();
        for (at, multiple) in multiples.iter_mut().enumerate() {
            if at > 0 {
                last = last.add_affine(&step);
            }
            *multiple = Point { z: last.z.multiply(&twice.z), ..last };
            product = product.multiply(&multiple.z);
        }
        (multiples, product.leaving())
    }
}

/// The multiples without Z, by the inverse of the product of all Z.
struct ToAffine<'a, L, F, const N: usize, const D: usize> {
    multiples: &'a [Point<L, F, N, D>; OF_EACH],
    inverse: Number<L, F, N, D>,
}

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Job for ToAffine<'_, L, F, N, D> {
    type Output = OddMultiples<L, F, N, D>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        // before[at] is the product of all Z before it.
        let mut before = [Number::one(); OF_EACH];
        for at in 1..OF_EACH {
            before[at] = before[at - 1].multiply(&self.multiples[at - 1].z);
        }
        let mut inverse = self.inverse.entering();
        let mut out = [Affine { x: inverse, y: inverse }; OF_EACH];
        for at in (0..OF_EACH).rev() {
            let Point { x, y, z } = self.multiples[at];
            out[at] = Affine { x, y }.scaled(&inverse.multiply(&before[at]));
            inverse = inverse.multiply(&z);
        }
        out
    }
}

/// The sum of a digit's multiple, and sixteen times what was before it.
struct SumOfEach<'a, L, F, const N: usize, const D: usize> {
    odd: &'a OddMultiples<L, F, N, D>,
    scalars: &'a [[u64; N]],
    count: usize,
    sum: &'a mut Point<L, F, N, D>,
}

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Job for SumOfEach<'_, L, F, N, D> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { odd, scalars, count, sum } = self;
        for at in (0..count).rev() {
            let (positions, negative) = odd_digits::<L, N>(scalars, WINDOW_OF_EACH, at, count);
            let mut entry = odd[0];
            for (at, other) in odd.iter().enumerate().skip(1) {
                let is_here = positions.equal(L::splat(at as u64));
                entry.x = Number::select(is_here, &other.x, &entry.x);
                entry.y = Number::select(is_here, &other.y, &entry.y);
            }
            let entry = entry.negated_where(negative);
            if at + 1 == count {
                *sum = entry.to_point();
                continue;
            }
            for _ in 0..WINDOW_OF_EACH {
                *sum = sum.double();
            }
            *sum = sum.add_affine(&entry);
        }
    }
}
