//! Faults for tests: keys that sign wrongly.

use super::curve::Curve;
use super::modulus::{Modulus, Residue};
use super::scheme::Scalar;
use super::tables::Comb;

/// What is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// One bit of each entry of the table of G: points off the curve.
    Entries,
    /// Another digit in each row: points on the curve, but others.
    Rows,
    /// Another digit in one row, so in one sum of a signature.
    Row,
    /// The nonce changes after its point was computed: r and s are of two.
    Nonce,
    /// The product of r and the private scalar.
    Product,
    /// The private scalar, or what is computed from it.
    Scalar,
    /// A table that is at infinity everywhere: the sums meet an exception.
    Infinity,
}

pub(super) fn spoil<C: Curve<N>, const N: usize>(
    scalar: &mut Scalar<C, N>,
    comb: &mut &'static Comb<C, N>,
    fault: Fault,
) {
    let mut table = Comb::<C, N>::new(&super::tables::generator::<C, N>());
    for row in table.rows() {
        match fault {
            Fault::Entries => row.iter_mut().for_each(|entry| {
                entry.x = entry.x.add(&Residue::ONE);
            }),
            Fault::Rows => row.reverse(),
            Fault::Infinity => {
                let first = row[0];
                row.fill(first);
            }
            Fault::Nonce | Fault::Product | Fault::Row | Fault::Scalar => {}
        }
    }
    match fault {
        Fault::Nonce | Fault::Product => scalar.fault = Some(fault),
        Fault::Row => {
            table.rows()[7].reverse();
            *comb = Box::leak(Box::new(table));
        }
        Fault::Scalar => {
            *scalar.d = scalar.d.add(&Residue::ONE);
            *scalar.inverse = scalar.inverse.add(&Residue::ONE);
        }
        // Every row the same: the second sum meets the same point twice, or its negative.
        Fault::Infinity => {
            let first = table.rows()[0];
            table.rows().fill(first);
            *comb = Box::leak(Box::new(table));
        }
        _ => *comb = Box::leak(Box::new(table)),
    }
}

/// Another number, where this is what is wrong.
pub(super) fn disturb<M: Modulus<N>, const N: usize>(
    wrong: Option<Fault>,
    here: Fault,
    number: &mut Residue<M, N>,
) {
    if wrong == Some(here) {
        *number = number.add(&Residue::ONE);
    }
}
