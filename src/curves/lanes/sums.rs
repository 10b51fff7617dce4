//! Multiples of points, as sums.

use zeroize::Zeroizing;

use super::number::Number;
use super::point::{Affine, Point};
use super::tables::{PublicTable, SecretRow, SecretTable, look_up};
use super::{Lanes, OnLanes};
use crate::curves::curve::Curve;
use crate::curves::modulus::Modulus;
use crate::curves::point::Jacobian;
use crate::curves::recoding::{digits_public, odd_digit};
use crate::curves::tables::COMB_WINDOW;
use crate::vectors::{Job, Lane};

/// k·G for each k that is odd, by a table of odd multiples; at Z = 0 where a sum met an exception.
/// `None` where there are no lanes.
pub(in crate::curves) fn multiples_of_generator<C: Curve<N>, const N: usize, const D: usize>(
    lanes: Lanes,
    table: &SecretTable<N, D>,
    scalars: &[[u64; N]],
) -> Option<Zeroizing<Vec<Jacobian<C::Field, N>>>> {
    struct Multiples<'a, C, const N: usize, const D: usize> {
        table: &'a SecretTable<N, D>,
        scalars: &'a [[u64; N]],
        curve: std::marker::PhantomData<C>,
    }
    impl<C: Curve<N>, const N: usize, const D: usize> OnLanes for Multiples<'_, C, N, D> {
        type Output = Zeroizing<Vec<Jacobian<C::Field, N>>>;

        fn run<L: Lane>(self) -> Self::Output {
            let mut out = Zeroizing::new(Vec::with_capacity(self.scalars.len()));
            for scalars in self.scalars.chunks(L::WORDS) {
                let mut sum = Zeroizing::new(Point::<L, C::Field, N, D>::default());
                L::call(SecretSum { rows: &self.table.rows, scalars, sum: &mut sum });
                out.extend(to_jacobian(&sum).take(scalars.len()));
            }
            out
        }
    }
    lanes.run(Multiples::<C, N, D> { table, scalars, curve: std::marker::PhantomData })
}

/// Σ scalar·P for each of several scalars, by tables of the points' multiples; at Z = 0 where a sum
/// met an exception, and at infinity. For what anybody may know. `None` where there are no lanes.
pub(in crate::curves) fn multiples_public<F: Modulus<N>, const N: usize, const D: usize>(
    lanes: Lanes,
    terms: &[(&PublicTable<N, D>, &[[u64; N]])],
) -> Option<Vec<Jacobian<F, N>>> {
    struct Sums<'a, F, const N: usize, const D: usize> {
        terms: &'a [(&'a PublicTable<N, D>, &'a [[u64; N]])],
        field: std::marker::PhantomData<F>,
    }
    impl<F: Modulus<N>, const N: usize, const D: usize> OnLanes for Sums<'_, F, N, D> {
        type Output = Vec<Jacobian<F, N>>;

        fn run<L: Lane>(self) -> Self::Output {
            let count = self.terms.first().map_or(0, |(_, scalars)| scalars.len());
            let mut out = Vec::with_capacity(count);
            for first in (0..count).step_by(L::WORDS) {
                let last = count.min(first + L::WORDS);
                let mut sum =
                    Started { sum: Point::<L, F, N, D>::default(), is_started: L::default() };
                for (table, scalars) in self.terms {
                    sum.add(table, &scalars[first..last]);
                }
                out.extend(to_jacobian(&sum.sum).take(last - first));
            }
            out
        }
    }
    lanes.run(Sums { terms, field: std::marker::PhantomData })
}

/// The coordinates of the point in each word.
pub(super) fn to_jacobian<L: Lane, F: Modulus<N>, const N: usize, const D: usize>(
    point: &Point<L, F, N, D>,
) -> impl Iterator<Item = Jacobian<F, N>> {
    let numbers = L::call(Leave([&point.x, &point.y, &point.z]));
    let [x, y, z] = numbers.map(Number::to_residues);
    x.zip(y).zip(z).map(|((x, y), z)| Jacobian { x, y, z })
}

/// Numbers out of the form of digits.
struct Leave<'a, L, F, const N: usize, const D: usize, const COUNT: usize>(
    [&'a Number<L, F, N, D>; COUNT],
);

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize, const COUNT: usize> Job
    for Leave<'_, L, F, N, D, COUNT>
{
    type Output = [Number<L, F, N, D>; COUNT];

    #[inline(always)]
    fn run(self) -> Self::Output {
        let mut out = self.0.map(|number| *number);
        for number in &mut out {
            *number = number.leaving();
        }
        out
    }
}

/// The sum of one entry of each row, those at the digits of odd scalars.
struct SecretSum<'a, L, F, const N: usize, const D: usize> {
    rows: &'a [SecretRow<D>],
    scalars: &'a [[u64; N]],
    sum: &'a mut Point<L, F, N, D>,
}

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Job for SecretSum<'_, L, F, N, D> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { rows, scalars, sum } = self;
        for (at, row) in rows.iter().enumerate() {
            let (positions, negative) = odd_digits::<L, N>(scalars, COMB_WINDOW, at, rows.len());
            let entry = look_up(row, positions).negated_where(negative);
            *sum = if at == 0 { entry.to_point() } else { sum.add_affine(&entry) };
        }
    }
}

/// The digits of odd scalars: (|digit| − 1)/2, and where they are negative.
#[inline(always)]
pub(super) fn odd_digits<L: Lane, const N: usize>(
    scalars: &[[u64; N]],
    window: u32,
    at: usize,
    count: usize,
) -> (L, L::Mask) {
    const SIGN: u64 = 1 << 32;
    let digits = L::from_fn(|word| match scalars.get(word) {
        Some(scalar) => {
            let digit = odd_digit(scalar, window, at, count);
            digit.position | digit.negative & SIGN
        }
        None => 0,
    });
    (digits.and(L::splat(SIGN - 1)), digits.test(L::splat(SIGN)))
}

/// A sum that was begun, or is at infinity still.
pub(super) struct Started<L, F, const N: usize, const D: usize> {
    pub(super) sum: Point<L, F, N, D>,
    /// 1 where it was begun.
    pub(super) is_started: L,
}

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Started<L, F, N, D> {
    /// Adds multiples of a point.
    pub(super) fn add(&mut self, table: &PublicTable<N, D>, scalars: &[[u64; N]]) {
        let of_row = 1 << (table.window - 1);
        let rows = table.entries.chunks_exact(of_row);
        // The digits of each scalar, one after the other.
        let count = rows.len();
        let digits: Vec<i32> =
            scalars.iter().flat_map(|scalar| digits_public(scalar, table.window, count)).collect();
        for (at, row) in rows.enumerate() {
            L::call(AddEntries { row, digits: &digits, at, count, sum: self });
        }
    }
}

/// Adds an entry of a row to each sum.
struct AddEntries<'a, L, F, const N: usize, const D: usize> {
    row: &'a [[[u64; D]; 2]],
    digits: &'a [i32],
    at: usize,
    count: usize,
    sum: &'a mut Started<L, F, N, D>,
}

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Job for AddEntries<'_, L, F, N, D> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { row, digits, at, count, sum: Started { sum, is_started } } = self;
        let mut entries = [&row[0]; 8];
        let mut signs = [0; 8];
        const { assert!(L::WORDS <= 8) };
        for (word, (entry, sign)) in entries.iter_mut().zip(&mut signs).enumerate() {
            let digit = digits.get(word * count + at).copied().unwrap_or(0);
            *sign = digit.signum() as u64;
            *entry = &row[(digit.unsigned_abs() as usize).saturating_sub(1)];
        }
        let (mut x, mut y) = ([L::default(); D], [L::default(); D]);
        for at in 0..D {
            x[at] = L::from_fn(|word| entries[word][0][at]);
            y[at] = L::from_fn(|word| entries[word][1][at]);
        }
        let signs = L::from_fn(|word| signs[word]);
        let entry = Affine { x: Number::from_digits(x), y: Number::from_digits(y) };
        let entry = entry.negated_where(signs.test(L::splat(2)));
        let next = sum.add_affine(&entry);
        let next = Point::select(is_started.test(L::splat(1)), &next, &entry.to_point());
        let is_digit = signs.test(L::splat(1));
        *sum = Point::select(is_digit, &next, sum);
        *is_started = L::select(is_digit, L::splat(1), *is_started);
    }
}
