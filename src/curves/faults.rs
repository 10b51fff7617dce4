//! Faults for tests: keys that sign wrongly.

use super::curve::Curve;
use super::modulus::Residue;
use super::scheme::Scalar;
use super::tables::Comb;

/// What is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// One bit of each entry of the table of G: points off the curve.
    Entries,
    /// Another digit in each row: points on the curve, but others.
    Rows,
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
            Fault::Scalar => {}
        }
    }
    match fault {
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
