//! Many at once are as one after the other.

use super::points::same;
use super::{Random, every_curve_in_lanes, plain};
use crate::curves::inverse::invert;
use crate::curves::inverse_many::invert_many;
use crate::curves::lanes::{
    InLanes, Lanes, OfEach, PublicTable, SecretTable, multiples_of_each_public,
    multiples_of_generator, multiples_public,
};
use crate::curves::modulus::{Modulus as _, Residue};
use crate::curves::point::{Affine, Jacobian};
use crate::curves::recoding::odd_or_negative;
use crate::curves::tables::{Comb, Multiples};

/// Lanes that work here; those of the processor with the many numbers of optimised builds.
fn working() -> Vec<(Lanes, usize)> {
    let many = if cfg!(debug_assertions) { 9 } else { 400 };
    let mut all = vec![(Lanes::Portable, if cfg!(debug_assertions) { 9 } else { 40 })];
    if Lanes::fastest() == Lanes::Vectors {
        all.push((Lanes::Vectors, many));
    }
    all
}

/// Scalars, of which the first are near 0 and n and no others.
fn scalars<C: InLanes<N, D>, const N: usize, const D: usize>(
    random: &mut Random,
    count: usize,
) -> Vec<Residue<C::Order, N>> {
    let number = |at: usize| match at {
        0..3 => Residue::from_words(&plain::small(at as u64)),
        3..5 => Residue::from_words(&plain::sub(&C::Order::P, &plain::small(at as u64 - 2))),
        _ => Residue::reduce(&std::array::from_fn(|_| random.word())),
    };
    (0..count).map(number).collect()
}

#[test]
fn inverses_of_many_are_those_of_each() {
    fn check<C: InLanes<N, D>, const N: usize, const D: usize>() {
        let mut random = Random(11);
        for count in [0, 1, 2, 7, 20] {
            let numbers = scalars::<C, N, D>(&mut random, count);
            let mut inverses = numbers.clone();
            invert_many(&mut inverses);
            for (number, inverse) in numbers.iter().zip(&inverses) {
                assert!(inverse.equals_public(&invert(number)));
            }
        }
        let mut zeros = [Residue::<C::Order, N>::ZERO; 3];
        invert_many(&mut zeros);
        assert!(zeros.iter().all(Residue::is_zero_public));
    }
    every_curve_in_lanes!(check());
}

#[test]
fn multiples_of_the_generator_are_those_of_the_scalar_code() {
    fn check<C: InLanes<N, D>, const N: usize, const D: usize>() {
        let comb = Comb::<C, N>::of_generator();
        let table = SecretTable::<N, D>::new(comb);
        let mut random = Random(12);
        for (lanes, count) in working() {
            let scalars = scalars::<C, N, D>(&mut random, count);
            let mut odd = vec![[0; N]; count];
            for (scalar, words) in scalars.iter().zip(&mut odd) {
                odd_or_negative(scalar, words);
            }
            let points = multiples_of_generator::<C, N, D>(lanes, &table, &odd).unwrap();
            assert_eq!(points.len(), count);
            for (at, (scalar, point)) in scalars.iter().zip(points.iter()).enumerate() {
                let (expected, _) = comb.multiply(scalar);
                assert!(same(point, &expected), "{lanes:?} {at}");
                assert!(at < 5 || !point.z.is_zero_public());
            }
        }
        assert!(multiples_of_generator::<C, N, D>(Lanes::None, &table, &[]).is_none());
    }
    every_curve_in_lanes!(check());
}

/// Points that look random, and a·G and b·Q of each.
struct Asked<C: InLanes<N, D>, const N: usize, const D: usize> {
    points: Vec<Affine<C::Field, N>>,
    of_points: Vec<Residue<C::Order, N>>,
    of_generator: Vec<Residue<C::Order, N>>,
    sums: Vec<Jacobian<C::Field, N>>,
}

impl<C: InLanes<N, D>, const N: usize, const D: usize> Asked<C, N, D> {
    fn new(count: usize, points: usize) -> Self {
        let mut random = Random(13);
        let comb = Comb::<C, N>::of_generator();
        let points: Vec<_> = (0..points)
            .map(|_| {
                let (point, _) =
                    comb.multiply(&Residue::reduce(&std::array::from_fn(|_| random.word())));
                point.to_affine_with(&invert(&point.z))
            })
            .collect();
        let points: Vec<_> = (0..count).map(|at| points[at % points.len()]).collect();
        let of_points = scalars::<C, N, D>(&mut random, count);
        let mut of_generator = scalars::<C, N, D>(&mut random, count);
        of_generator.reverse();
        let sums = (0..count)
            .map(|at| {
                let (a, b) = (of_generator[at].to_words(), of_points[at].to_words());
                crate::curves::double::double_multiply_public::<C, N>(&a, &b, &points[at])
            })
            .collect();
        Self { points, of_points, of_generator, sums }
    }

    /// Lanes that meet an exception or infinity leave Z = 0, which only scalars on the edge do.
    fn check(&self, lanes: Lanes, found: &[Jacobian<C::Field, N>]) {
        assert_eq!(found.len(), self.sums.len());
        for (at, (found, expected)) in found.iter().zip(&self.sums).enumerate() {
            let is_exception = found.z.is_zero_public() && at < 5;
            assert!(is_exception || same(found, expected), "{lanes:?} {at}");
        }
    }
}

#[test]
fn sums_of_a_key_with_a_table_are_those_of_the_scalar_code() {
    fn check<C: InLanes<N, D>, const N: usize, const D: usize>() {
        for (lanes, count) in working() {
            let asked = Asked::<C, N, D>::new(count, 1);
            let of_key = Multiples::<C, N>::new_public(&asked.points[0], 6);
            let of_key = PublicTable::<N, D>::new(&of_key);
            let words = |all: &[Residue<C::Order, N>]| -> Vec<_> {
                all.iter().map(|number| number.to_words()).collect()
            };
            let found = multiples_public::<C::Field, N, D>(
                lanes,
                &[
                    (&of_key, &words(&asked.of_points)),
                    (PublicTable::of_generator::<C>(), &words(&asked.of_generator)),
                ],
            );
            asked.check(lanes, &found.unwrap());
        }
    }
    every_curve_in_lanes!(check());
}

#[test]
fn sums_of_a_key_each_are_those_of_the_scalar_code() {
    fn check<C: InLanes<N, D>, const N: usize, const D: usize>() {
        for (lanes, count) in working() {
            let mut asked = Asked::<C, N, D>::new(count, count.min(50));
            let mut of_points = Vec::new();
            for (point, scalar) in asked.points.iter_mut().zip(&asked.of_points) {
                let mut words = [0; N];
                let is_negative = odd_or_negative(scalar, &mut words);
                *point = point.negate_if_public(is_negative != 0);
                of_points.push(words);
            }
            let of_generator: Vec<_> =
                asked.of_generator.iter().map(|number| number.to_words()).collect();
            let each = OfEach {
                points: &asked.points,
                of_points: &of_points,
                of_generator: &of_generator,
            };
            let found = multiples_of_each_public::<C, N, D>(lanes, &each);
            asked.check(lanes, &found.unwrap());
        }
    }
    every_curve_in_lanes!(check());
}
