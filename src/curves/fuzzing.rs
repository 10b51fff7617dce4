//! The arithmetic against itself, bit by bit, for the fuzz target of curves and for nothing else.

use super::carry::from_bytes;
use super::curve::{Curve, P256, P384, P521, Sm2};
use super::double::double_multiply_public;
use super::inverse::{invert, invert_public};
use super::lanes::{
    InLanes, Lanes, OfEach, PublicTable, multiples_of_each_public, multiples_public,
};
use super::modulus::{Modulus, Residue};
use super::point::{Affine, Jacobian};
use super::recoding::{WNAF_DIGITS, digits_public, odd_digit, odd_or_negative, wnaf_public};
use super::tables::{COMB_WINDOW, Comb, Multiples, generator};

/// Panics where inverses, recodings, multiples of G or a·G + b·Q with Q = q·G are wrong. Numbers are
/// big-endian and of any length; of four curves, this one modulo 4.
pub fn check(curve: u8, a: &[u8], b: &[u8], q: &[u8]) {
    match curve % 4 {
        0 => of_curve::<P256, 4, 5>(a, b, q),
        1 => of_curve::<P384, 6, 8>(a, b, q),
        2 => of_curve::<P521, 9, 11>(a, b, q),
        _ => of_curve::<Sm2, 4, 5>(a, b, q),
    }
}

fn of_curve<C: InLanes<N, D>, const N: usize, const D: usize>(a: &[u8], b: &[u8], q: &[u8]) {
    let [a, b, q] = [a, b, q].map(|bytes| Residue::<C::Order, N>::reduce(&from_bytes(bytes)));
    inverse(&a);
    inverse(&Residue::<C::Field, N>::reduce(&b.to_words()));
    recoding::<C, N>(&a);
    let g = generator::<C, N>();
    let of_g = multiply::<C, N>(&a.to_words(), &g);
    let (by_comb, is_negative) = Comb::<C, N>::of_generator().multiply(&a);
    if !by_comb.z.is_zero_public() {
        assert!(same(&by_comb.negate_if_public(is_negative != 0), &of_g));
    }
    let by_table = Multiples::<C, N>::of_generator();
    assert!(same(&by_table.add_multiple_public(Jacobian::INFINITY, &a.to_words()), &of_g));
    let point = multiply::<C, N>(&q.to_words(), &g);
    if !point.z.is_zero_public() {
        let q = point.to_affine_with(&invert(&point.z));
        assert!(q.is_on_curve_public::<C>());
        let (a, b) = (a.to_words(), b.to_words());
        let expected = of_g.add_public(&multiply::<C, N>(&b, &q));
        assert!(same(&double_multiply_public::<C, N>(&a, &b, &q), &expected));
        in_lanes::<C, N, D>(&a, &b, &q, &expected);
    }
}

/// a·G + b·Q in every word of lanes; Z is 0 where a sum met an exception, which the caller looks for.
fn in_lanes<C: InLanes<N, D>, const N: usize, const D: usize>(
    a: &[u64; N],
    b: &[u64; N],
    q: &Affine<C::Field, N>,
    expected: &Jacobian<C::Field, N>,
) {
    let of_key = Multiples::<C, N>::new_public(q, 6);
    let of_key = PublicTable::<N, D>::new(&of_key);
    let generator = PublicTable::of_generator::<C>();
    let mut words = [0; N];
    let is_negative = odd_or_negative(&Residue::<C::Order, N>::from_words(b), &mut words);
    let point = q.negate_if_public(is_negative != 0);
    let each = OfEach { points: &[point; 9], of_points: &[words; 9], of_generator: &[*a; 9] };
    for lanes in [Lanes::Portable, Lanes::fastest()] {
        let sums = [
            multiples_public(lanes, &[(&of_key, &[*b; 9]), (generator, &[*a; 9])]),
            multiples_of_each_public::<C, N, D>(lanes, &each),
        ];
        for found in sums.into_iter().flatten().flatten() {
            assert!(found.z.is_zero_public() || same(&found, expected));
        }
    }
}

fn inverse<M: Modulus<N>, const N: usize>(a: &Residue<M, N>) {
    let expected = if a.is_zero_public() { Residue::ZERO } else { Residue::ONE };
    assert!(invert(a).multiply(a).equals_public(&expected));
    assert!(invert_public(a).equals_public(&invert(a)));
}

fn recoding<C: Curve<N>, const N: usize>(number: &Residue<C::Order, N>) {
    let sum = |w: u32, digits: &[i32]| {
        digits.iter().rev().fold(Residue::<C::Order, N>::ZERO, |sum, digit| {
            let sum = (0..w).fold(sum, |sum, _| sum.double_public());
            let mut size = [0; N];
            size[0] = u64::from(digit.unsigned_abs());
            let size = Residue::from_words(&size);
            if *digit < 0 { sum.subtract(&size) } else { sum.add(&size) }
        })
    };
    let mut words = number.to_words();
    for w in [5, 6, 8] {
        let count = (C::Order::BITS + 1).div_ceil(w) as usize;
        let digits: Vec<i32> = digits_public(&words, w, count).collect();
        assert!(sum(w, &digits).equals_public(number));
        let mut form = [0; WNAF_DIGITS];
        let count = wnaf_public(&words, w, &mut form);
        let digits: Vec<i32> = form[..count].iter().map(|digit| i32::from(*digit)).collect();
        assert!(sum(1, &digits).equals_public(number));
    }
    words[0] |= 1;
    let count = C::Order::BITS.div_ceil(COMB_WINDOW) as usize;
    let digit = |at: usize| {
        let digit = odd_digit(&words, COMB_WINDOW, at, count);
        let size = 2 * digit.position as i32 + 1;
        if digit.negative == 0 { size } else { -size }
    };
    let digits: Vec<i32> = (0..count).map(digit).collect();
    assert!(sum(COMB_WINDOW, &digits).equals_public(&Residue::reduce(&words)));
}

/// scalar·P, bit by bit, by sums that handle every case.
fn multiply<C: Curve<N>, const N: usize>(
    scalar: &[u64; N],
    point: &Affine<C::Field, N>,
) -> Jacobian<C::Field, N> {
    (0..64 * N).rev().fold(Jacobian::INFINITY, |sum, bit| {
        let sum = sum.add_public(&sum);
        let is_set = scalar[bit / 64] >> (bit % 64) & 1 == 1;
        if is_set { sum.add_affine_public(point) } else { sum }
    })
}

fn same<F: Modulus<N>, const N: usize>(a: &Jacobian<F, N>, b: &Jacobian<F, N>) -> bool {
    if a.z.is_zero_public() || b.z.is_zero_public() {
        return a.z.is_zero_public() && b.z.is_zero_public();
    }
    let [a, b] = [a, b].map(|point| point.to_affine_with(&invert(&point.z)));
    a.x.equals_public(&b.x) && a.y.equals_public(&b.y)
}
