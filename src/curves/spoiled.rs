//! Keys for tests that sign wrongly.

use super::curve::Curve;
use super::faults::Fault;
use super::modulus::Residue;
use super::scheme::Scalar;
use super::tables::Comb;

/// Makes a key one with this fault.
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
            Fault::Lane | Fault::Nonce | Fault::Product | Fault::Row | Fault::Scalar => {}
        }
    }
    match fault {
        Fault::Lane | Fault::Nonce | Fault::Product => scalar.fault = Some(fault),
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
