//! Every entry of the tables, and what they are for.

use super::points::{multiply, same};
use super::{Random, every_curve, exceptional, plain};
use crate::curves::curve::{Curve, P256};
use crate::curves::modulus::{Modulus, Residue};
use crate::curves::point::{Affine, Jacobian};
use crate::curves::tables::{Comb, Multiples, generator};

/// Entries of one row: the first is the base, each further one `step` more; all on the curve. Gives
/// the base of the next row.
#[track_caller]
fn check_row<C: Curve<N>, const N: usize>(
    base: &Affine<C::Field, N>,
    step: &Jacobian<C::Field, N>,
    row: &[Affine<C::Field, N>],
) {
    assert!(same(&row[0].to_jacobian(), &base.to_jacobian()));
    for near in row.windows(2) {
        assert!(same(&near[0].to_jacobian().add_public(step), &near[1].to_jacobian()));
    }
    assert!(row.iter().all(Affine::is_on_curve_public::<C>));
}

fn every_entry<C: Curve<N>, const N: usize>() {
    let g = generator::<C, N>();
    let mut comb = Comb::<C, N>::new(&g);
    let mut base = g.to_jacobian();
    for row in comb.rows() {
        let first = row[0];
        assert!(same(&first.to_jacobian(), &base));
        check_row::<C, N>(&first, &first.to_jacobian().double_public(), row);
        base = (0..6).fold(base, |base, _| base.double_public());
    }
    let mut multiples = Multiples::<C, N>::new_public(&g, 8);
    let (window, entries) = multiples.entries();
    let mut base = g.to_jacobian();
    for row in entries.chunks(1 << (window - 1)) {
        let first = row[0];
        assert!(same(&first.to_jacobian(), &base));
        check_row::<C, N>(&first, &first.to_jacobian(), row);
        base = (0..window).fold(base, |base, _| base.double_public());
    }
}

#[test]
fn every_entry_is_on_the_curve_and_the_one_before_and_a_step() {
    every_entry::<P256, 4>();
}

#[test]
#[ignore = "takes a minute without optimisation"]
fn every_entry_of_every_curve_is_on_it_and_the_one_before_and_a_step() {
    every_curve!(every_entry());
}

fn multiples<C: Curve<N>, const N: usize>(rounds: usize) {
    let (g, mut random) = (generator::<C, N>(), Random(8));
    let comb = Comb::<C, N>::of_generator();
    let table = Multiples::<C, N>::new_public(&g, 6);
    for round in 0..rounds {
        let k = match round {
            0 => plain::small(1),
            1 => plain::small(2),
            2 => plain::sub(&C::Order::P, &plain::small(1)),
            _ => random.below::<C::Order, N>(),
        };
        let expected = multiply::<C, N>(&k, &g);
        let number = Residue::from_words(&k);
        let (found, is_negative) = comb.multiply(&number);
        if k == [0; N] || k == exceptional::<C, N>() {
            continue;
        }
        assert!(same(&found.negate_if_public(is_negative != 0), &expected), "{k:x?}");
        for table in [&table, Multiples::of_generator()] {
            let found = table.add_multiple_public(Jacobian::INFINITY, &k);
            assert!(same(&found, &expected), "{k:x?}");
            let (negative, _) = (plain::sub(&C::Order::P, &k), ());
            assert!(table.add_multiple_public(found, &negative).z.is_zero_public(), "{k:x?}");
        }
    }
}

#[test]
fn multiples_by_tables_are_those_of_single_bits() {
    multiples::<P256, 4>(5);
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn multiples_by_tables_are_those_of_single_bits_on_every_curve() {
    every_curve!(multiples(1_000));
}

#[test]
fn the_sum_that_meets_an_exception_is_at_infinity() {
    fn check<C: Curve<N>, const N: usize>() {
        let comb = Comb::<C, N>::new(&generator::<C, N>());
        let k = exceptional::<C, N>();
        let negative = plain::sub(&C::Order::P, &k);
        for k in [k, negative, [0; N]] {
            let (point, _) = comb.multiply(&Residue::from_words(&k));
            assert!(point.z.is_zero_public(), "{k:x?}");
        }
        let near = plain::add_mod::<C::Order, N>(&k, &plain::small(2));
        assert!(!comb.multiply(&Residue::from_words(&near)).0.z.is_zero_public());
    }
    every_curve!(check());
}
