//! Faults for tests, and where numbers change by them.

use super::modulus::{Modulus, Residue};

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
    /// Of signatures that are made together, the point of one lane.
    Lane,
    /// A table that is at infinity everywhere: the sums meet an exception.
    Infinity,
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
