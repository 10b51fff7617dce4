//! The tables of [`crate::curves::tables`] in the form of digits. They are made from those, so that
//! what is apart there is apart here: what one of them got wrong, the other finds.

use std::sync::OnceLock;

use super::digits::{multiple_of_two, to_digits};
use super::number::Number;
use super::point::Affine;
use crate::curves::curve::{Curve, P256, P384, P521, Sm2};
use crate::curves::modulus::{Modulus, Residue};
use crate::curves::point::Affine as ScalarAffine;
use crate::curves::tables::{Comb, Multiples};
use crate::vectors::{DIGIT_BITS, Lane, TABLE};

/// A curve whose coordinates have D digits.
pub(crate) trait InLanes<const N: usize, const D: usize>: Curve<N> {
    /// For secret multiples of G. Made when it is used first.
    fn secret_table() -> &'static OnceLock<SecretTable<N, D>>;

    /// For other multiples of G. Made when it is used first.
    fn public_table() -> &'static OnceLock<PublicTable<N, D>>;
}

/// Odd multiples for secret scalars: 110, 262 and 490 KB.
pub(crate) struct SecretTable<const N: usize, const D: usize> {
    pub(super) rows: Vec<SecretRow<D>>,
}

/// The digits of x and y of all entries, so that one look-up has one digit of them.
pub(super) type SecretRow<const D: usize> = [[[u64; TABLE]; D]; 2];

/// Multiples for scalars that anybody may know.
pub(crate) struct PublicTable<const N: usize, const D: usize> {
    pub(super) window: u32,
    /// The digits of x and y.
    pub(super) entries: Vec<[[u64; D]; 2]>,
}

impl<const N: usize, const D: usize> SecretTable<N, D> {
    pub(in crate::curves) fn new<C: Curve<N>>(comb: &Comb<C, N>) -> Self {
        let rows = comb.rows.iter().map(|row| {
            let mut digits = [[[0; TABLE]; D]; 2];
            for (at, entry) in row.iter().enumerate() {
                for (to, from) in digits.iter_mut().zip(digits_of::<_, N, D>(entry)) {
                    for (to, digit) in to.iter_mut().zip(from) {
                        to[at] = digit;
                    }
                }
            }
            digits
        });
        Self { rows: rows.collect() }
    }
}

impl<const N: usize, const D: usize> PublicTable<N, D> {
    pub(in crate::curves) fn new<C: Curve<N>>(multiples: &Multiples<C, N>) -> Self {
        let entries = multiples.entries.iter().map(digits_of).collect();
        Self { window: multiples.window, entries }
    }

    /// That of G.
    pub(in crate::curves) fn of_generator<C: InLanes<N, D>>() -> &'static Self {
        C::public_table().get_or_init(|| Self::new(Multiples::<C, N>::of_generator()))
    }
}

/// The digits of a point's coordinates, in Montgomery's form of digits.
fn digits_of<F: Modulus<N>, const N: usize, const D: usize>(
    point: &ScalarAffine<F, N>,
) -> [[u64; D]; 2] {
    let form = Residue::from_words(&const { multiple_of_two::<F, N>(DIGIT_BITS * D as u32) });
    [point.x, point.y].map(|number| to_digits(&number.multiply(&form).to_words()))
}

/// The entries of a row at these positions, all of which are read.
#[inline(always)]
pub(super) fn look_up<L: Lane, F: Modulus<N>, const N: usize, const D: usize>(
    row: &SecretRow<D>,
    positions: L,
) -> Affine<L, F, N, D> {
    // No closures: what is inside one is not compiled for the processor's features.
    let (mut x, mut y) = ([L::default(); D], [L::default(); D]);
    for at in 0..D {
        x[at] = L::look_up(&row[0][at], positions);
        y[at] = L::look_up(&row[1][at], positions);
    }
    Affine { x: Number::from_digits(x), y: Number::from_digits(y) }
}

macro_rules! tables {
    ($($curve:ident, $words:literal, $digits:literal;)*) => {$(
        impl InLanes<$words, $digits> for $curve {
            fn secret_table() -> &'static OnceLock<SecretTable<$words, $digits>> {
                static TABLE: OnceLock<SecretTable<$words, $digits>> = OnceLock::new();
                &TABLE
            }

            fn public_table() -> &'static OnceLock<PublicTable<$words, $digits>> {
                static TABLE: OnceLock<PublicTable<$words, $digits>> = OnceLock::new();
                &TABLE
            }
        }
    )*};
}

tables! {
    P256, 4, 5;
    P384, 6, 8;
    P521, 9, 11;
    Sm2, 4, 5;
}
