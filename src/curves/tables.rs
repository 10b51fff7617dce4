//! Multiples of a point that is used often: of G, of a CA's own key. With them a multiple is a sum,
//! without doublings.

use std::hint::black_box;
use std::marker::PhantomData;

use zeroize::Zeroizing;

use super::carry::{mask_of_borrow, sub_borrow};
use super::curve::Curve;
use super::inverse::invert_public;
use super::modulus::{INLINED, Modulus, Residue};
use super::point::{Affine, Jacobian};
use super::recoding::{digits_public, odd_digit, odd_or_negative};

/// Bits of a digit of a secret scalar.
pub(super) const COMB_WINDOW: u32 = 6;

/// Odd multiples (1, 3, … 63)·2^(6·row)·P, for secret scalars: 88, 197 and 401 KB.
pub(crate) struct Comb<C: Curve<N>, const N: usize> {
    pub(super) rows: Vec<[Affine<C::Field, N>; COMB_ENTRIES]>,
    curve: PhantomData<C>,
}

const COMB_ENTRIES: usize = 1 << (COMB_WINDOW - 1);

/// Multiples (1, 2, … 2^(w−1))·2^(w·row)·P, for scalars that anybody may know.
pub(crate) struct Multiples<C: Curve<N>, const N: usize> {
    pub(super) window: u32,
    pub(super) entries: Vec<Affine<C::Field, N>>,
    curve: PhantomData<C>,
}

impl<C: Curve<N>, const N: usize> Comb<C, N> {
    /// The table of G.
    pub(super) fn of_generator() -> &'static Self {
        C::comb().get_or_init(|| Self::new(&generator::<C, N>()))
    }

    pub(super) fn new(point: &Affine<C::Field, N>) -> Self {
        let count = C::Order::BITS.div_ceil(COMB_WINDOW) as usize;
        let bases = powers_public::<C, N>(point, COMB_WINDOW, count);
        let mut entries = Vec::with_capacity(count * COMB_ENTRIES);
        for base in bases {
            let twice = base.to_jacobian().double_public();
            let mut entry = base.to_jacobian();
            for _ in 0..COMB_ENTRIES {
                entries.push(entry);
                entry = entry.add_public(&twice);
            }
        }
        let entries = to_affine_public::<C, N>(&entries);
        let rows =
            entries.chunks_exact(COMB_ENTRIES).filter_map(|row| row.try_into().ok()).collect();
        Self { rows, curve: PhantomData }
    }

    /// k·P or −k·P for an odd k or one whose negative is taken: the words of k, which is not zero, and
    /// their negative modulo n are both given by the caller's residue. Ones beside it where the sign is
    /// changed. Z is 0 where a sum met an exception, which fewer than 64 scalars do.
    pub(super) fn multiply(
        &self,
        k: &Residue<C::Order, N>,
    ) -> (Zeroizing<Jacobian<C::Field, N>>, u64) {
        let mut words = Zeroizing::new([0; N]);
        let is_even = odd_or_negative(k, &mut words);
        let count = self.rows.len();
        let mut sum = Zeroizing::new(Jacobian::<C::Field, N>::default());
        for (at, row) in self.rows.iter().enumerate() {
            let digit = odd_digit(&words, COMB_WINDOW, at, count);
            let mut entry = entry(row, digit.position);
            entry.y = entry.y.negate_if(black_box(digit.negative));
            *sum = if at == 0 { entry.to_jacobian() } else { sum.add_affine(&entry) };
        }
        (sum, is_even)
    }

    #[cfg(test)]
    pub(super) fn rows(&mut self) -> &mut [[Affine<C::Field, N>; COMB_ENTRIES]] {
        &mut self.rows
    }
}

/// One entry of a row, all of which is read.
#[inline(always)]
fn entry<F: Modulus<N>, const N: usize>(
    row: &[Affine<F, N>; COMB_ENTRIES],
    position: u64,
) -> Affine<F, N> {
    // Ones for the entry, zeros for all others.
    let mask = |at: usize| mask_of_borrow(sub_borrow(at as u64 ^ position, 1, 0).1);
    // Longer numbers leave no registers for making the masks meanwhile.
    let masks = if N > INLINED { std::array::from_fn(mask) } else { [0; COMB_ENTRIES] };
    let (mut x, mut y) = ([0; N], [0; N]);
    for (at, entry) in row.iter().enumerate() {
        let mask = if N > INLINED { masks[at] } else { mask(at) };
        let (of_x, of_y) = (entry.x.words_in_form(), entry.y.words_in_form());
        for word in 0..N {
            x[word] |= of_x[word] & mask;
            y[word] |= of_y[word] & mask;
        }
    }
    Affine { x: Residue::from_words_in_form(x), y: Residue::from_words_in_form(y) }
}

impl<C: Curve<N>, const N: usize> Multiples<C, N> {
    /// The table of G.
    pub(super) fn of_generator() -> &'static Self {
        C::multiples().get_or_init(|| Self::new_public(&generator::<C, N>(), 8))
    }

    pub(super) fn new_public(point: &Affine<C::Field, N>, window: u32) -> Self {
        let count = rows::<C, N>(window);
        let mut entries = Vec::with_capacity(count << (window - 1));
        for base in powers_public::<C, N>(point, window, count) {
            let mut entry = base.to_jacobian();
            for _ in 0..1_usize << (window - 1) {
                entries.push(entry);
                entry = entry.add_affine_public(&base);
            }
        }
        Self { window, entries: to_affine_public::<C, N>(&entries), curve: PhantomData }
    }

    /// sum + scalar·P.
    pub(super) fn add_multiple_public(
        &self,
        mut sum: Jacobian<C::Field, N>,
        scalar: &[u64; N],
    ) -> Jacobian<C::Field, N> {
        let of_row = 1 << (self.window - 1);
        let digits = digits_public(scalar, self.window, rows::<C, N>(self.window));
        for (row, digit) in self.entries.chunks_exact(of_row).zip(digits) {
            if let Some(entry) = row.get((digit.unsigned_abs() as usize).wrapping_sub(1)) {
                sum = sum.add_affine_public(&entry.negate_if_public(digit < 0));
            }
        }
        sum
    }

    #[cfg(test)]
    pub(super) fn entries(&mut self) -> (u32, &mut [Affine<C::Field, N>]) {
        (self.window, &mut self.entries)
    }
}

/// One bit more than a scalar has, for what the last digit but one carries.
fn rows<C: Curve<N>, const N: usize>(window: u32) -> usize {
    (C::Order::BITS + 1).div_ceil(window) as usize
}

pub(super) fn generator<C: Curve<N>, const N: usize>() -> Affine<C::Field, N> {
    Affine { x: Residue::from_words(&C::GX), y: Residue::from_words(&C::GY) }
}

/// 2^(window·row)·P for so many rows.
fn powers_public<C: Curve<N>, const N: usize>(
    point: &Affine<C::Field, N>,
    window: u32,
    count: usize,
) -> Vec<Affine<C::Field, N>> {
    let mut power = point.to_jacobian();
    let powers: Vec<_> = (0..count)
        .map(|_| {
            let this = power;
            for _ in 0..window {
                power = power.double_public();
            }
            this
        })
        .collect();
    to_affine_public::<C, N>(&powers)
}

/// Points none of which is at infinity, with one inversion for all (Montgomery, 1987).
fn to_affine_public<C: Curve<N>, const N: usize>(
    points: &[Jacobian<C::Field, N>],
) -> Vec<Affine<C::Field, N>> {
    // before[at] is the product of all Z before it.
    let mut product = Residue::ONE;
    let before: Vec<_> = points
        .iter()
        .map(|point| {
            let before = product;
            product = product.multiply(&point.z);
            before
        })
        .collect();
    let mut inverse = invert_public(&product);
    let mut out: Vec<_> = points
        .iter()
        .zip(before)
        .rev()
        .map(|(point, before)| {
            let affine = point.to_affine_with(&inverse.multiply(&before));
            inverse = inverse.multiply(&point.z);
            affine
        })
        .collect();
    out.reverse();
    out
}
