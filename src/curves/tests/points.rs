//! Sums of points, also where points are the same, opposite or at infinity.

use super::{Random, every_curve, plain};
use crate::curves::curve::Curve;
use crate::curves::double::{double_multiply_public, has_x_public};
use crate::curves::inverse::invert;
use crate::curves::modulus::{Modulus, Residue};
use crate::curves::point::{Affine, Jacobian};
use crate::curves::tables::generator;

/// scalar·P, bit by bit, by sums that handle every case.
pub(super) fn multiply<C: Curve<N>, const N: usize>(
    scalar: &[u64; N],
    point: &Affine<C::Field, N>,
) -> Jacobian<C::Field, N> {
    let mut sum = Jacobian::INFINITY;
    for bit in (0..64 * N).rev() {
        sum = sum.add_public(&sum);
        if scalar[bit / 64] >> (bit % 64) & 1 == 1 {
            sum = sum.add_affine_public(point);
        }
    }
    sum
}

pub(super) fn same<F: Modulus<N>, const N: usize>(a: &Jacobian<F, N>, b: &Jacobian<F, N>) -> bool {
    match (a.z.is_zero_public(), b.z.is_zero_public()) {
        (false, false) => {
            let (a_square, b_square) = (a.z.square(), b.z.square());
            let (a_cube, b_cube) = (a_square.multiply(&a.z), b_square.multiply(&b.z));
            a.x.multiply(&b_square).equals_public(&b.x.multiply(&a_square))
                && a.y.multiply(&b_cube).equals_public(&b.y.multiply(&a_cube))
        }
        (a, b) => a == b,
    }
}

#[test]
fn the_generator_is_on_the_curve_and_of_its_order() {
    fn check<C: Curve<N>, const N: usize>() {
        let point = generator::<C, N>();
        assert!(point.is_on_curve_public::<C>());
        assert!(multiply::<C, N>(&C::Order::P, &point).z.is_zero_public());
        let mut other = point;
        other.x = other.x.add(&Residue::ONE);
        assert!(!other.is_on_curve_public::<C>());
    }
    every_curve!(check());
}

#[test]
fn sums_that_meet_an_exception_are_right_or_at_infinity() {
    fn check<C: Curve<N>, const N: usize>() {
        let g = generator::<C, N>();
        let one = g.to_jacobian();
        let minus = g.negate_if_public(true);
        let two = one.double_public();
        // With another Z.
        let also_one = two.add_affine_public(&minus);
        assert!(!also_one.z.equals_public(&one.z) && same(&also_one, &one));

        assert!(one.add_affine(&g).z.is_zero_public(), "the same");
        assert!(also_one.add_affine(&g).z.is_zero_public(), "the same");
        assert!(also_one.add_affine(&minus).z.is_zero_public(), "the negative");
        let infinity = Jacobian::<C::Field, N>::INFINITY;
        assert!(infinity.add_affine(&g).z.is_zero_public(), "infinity");
        assert!(infinity.double_public().z.is_zero_public());
        let lost = also_one.add_affine(&g);
        assert!(lost.add_affine(&g).add_affine(&minus).z.is_zero_public(), "it stays");

        assert!(same(&also_one.add_affine_public(&g), &two));
        assert!(same(&also_one.add_public(&one), &two));
        assert!(also_one.add_affine_public(&minus).z.is_zero_public());
        assert!(also_one.add_public(&minus.to_jacobian()).z.is_zero_public());
        assert!(same(&infinity.add_public(&two), &two));
        assert!(same(&two.add_public(&infinity), &two));
        assert!(same(&infinity.add_affine_public(&g), &one));
        assert!(infinity.add_public(&infinity).z.is_zero_public());
    }
    every_curve!(check());
}

#[test]
fn double_multiplication_is_that_of_single_bits() {
    fn check<C: Curve<N>, const N: usize>(rounds: usize) {
        let mut random = Random(7);
        let g = generator::<C, N>();
        for round in 0..rounds {
            let scalar = random.below::<C::Order, N>();
            let point = multiply::<C, N>(&scalar, &g);
            if point.z.is_zero_public() {
                continue;
            }
            let q = point.to_affine_with(&invert(&point.z));
            assert!(q.is_on_curve_public::<C>());
            let (mut a, b) = (random.below::<C::Order, N>(), random.below::<C::Order, N>());
            if round == 0 {
                // a·G = −b·Q.
                let negative = plain::multiply_mod::<C::Order, N>(&b, &scalar);
                a = plain::sub_mod::<C::Order, N>(&[0; N], &negative);
            }
            let expected = multiply::<C, N>(&a, &g).add_public(&multiply::<C, N>(&b, &q));
            let found = double_multiply_public::<C, N>(&a, &b, &q);
            assert!(same(&found, &expected), "{scalar:x?} {a:x?} {b:x?}");
            assert!(round > 0 || found.z.is_zero_public());
        }
    }
    every_curve!(check(if cfg!(debug_assertions) { 2 } else { 300 }));
}

/// Near 0 and n the last sum meets a point twice on some curves, and its negative where b is 0.
#[test]
fn double_multiplication_is_right_where_sums_meet_exceptions() {
    fn check<C: Curve<N>, const N: usize>() {
        let g = generator::<C, N>();
        let q = g.to_jacobian().double_public();
        let q = q.to_affine_with(&invert(&q.z));
        let mut multiple = Jacobian::INFINITY;
        for small in 0..40 {
            let b = plain::small(small);
            let minus_b = plain::sub_mod::<C::Order, N>(&[0; N], &b);
            let found = double_multiply_public::<C, N>(&[0; N], &b, &q);
            assert!(same(&found, &multiple), "{small}");
            let found = double_multiply_public::<C, N>(&[0; N], &minus_b, &q);
            assert!(same(&found, &multiple.negate_if_public(true)), "−{small}");
            multiple = multiple.add_affine_public(&q);
        }
    }
    every_curve!(check());
}

#[test]
fn doublings_in_a_row_are_single_ones_on_another_curve() {
    fn check<C: Curve<N>, const N: usize>() {
        let mut random = Random(9);
        let mut number = || Residue::<C::Field, N>::from_words(&random.below::<C::Field, N>());
        let g = generator::<C, N>();
        for times in 0..5 {
            // Any point of the first curve, with a Z there and another where `unit` is 1.
            let (unit, z) = (number(), number());
            let Affine { x, y } = g.scaled(&z.multiply(&unit));
            let mut expected = Jacobian { x, y, z: z.multiply(&unit) };
            let mut found = Jacobian { z, ..expected }.double_times_public(times, &unit);
            found.z = found.z.multiply(&unit);
            for _ in 0..times {
                expected = expected.add_public(&expected);
            }
            assert!(same(&expected, &found), "{times}");
        }
        let infinity = Jacobian::<C::Field, N>::INFINITY;
        assert!(infinity.double_times_public(3, &number()).z.is_zero_public());
    }
    every_curve!(check());
}

/// x from n on is n + r: the rarest case of a verification.
#[test]
fn x_is_compared_modulo_the_order() {
    fn check<C: Curve<N>, const N: usize>() {
        let order = Residue::<C::Field, N>::from_words(&C::Order::P);
        let z = Residue::<C::Field, N>::from_words(&plain::small(7));
        for (r, more) in [(0, false), (5, false), (0, true), (5, true)] {
            let r: [u64; N] = plain::small(r);
            let mut x = Residue::from_words(&r);
            if more {
                x = x.add(&order);
            }
            let point = Jacobian { x: x.multiply(&z.square()), y: z, z };
            assert!(has_x_public::<C, N>(&point, &Residue::from_words(&r)));
            assert!(!has_x_public::<C, N>(&point, &Residue::from_words(&plain::small(6))));
            assert!(!has_x_public::<C, N>(&Jacobian::INFINITY, &Residue::from_words(&r)));
        }
        // r + n would not be below p.
        let r = plain::sub(&C::Order::P, &plain::small(1));
        let x = Residue::from_words(&r).add(&order);
        assert!(!has_x_public::<C, N>(
            &Jacobian { x, y: z, z: Residue::ONE },
            &Residue::reduce(&r)
        ));
    }
    every_curve!(check());
}
