//! Products, squares and what is computed for a modulus, compared with crypto-bigint's.

#![cfg(test)] // what is not as it should be panics

use crypto_bigint::BoxedUint;

use super::Random;
use super::oracle::{
    bytes, inverse, minus, modulo, plus, random, random_odd, small, times, two_to_the,
};
use crate::scalar::montgomery::Modulus;
use crate::scalar::number::{Number, Sums};

/// Calls a generic function with the blocks of every size there is.
macro_rules! every_size {
    ($function:ident($($argument:expr),*)) => {{
        $function::<2>($($argument),*);
        $function::<3>($($argument),*);
        $function::<4>($($argument),*);
        $function::<6>($($argument),*);
        $function::<8>($($argument),*);
        $function::<12>($($argument),*);
        $function::<16>($($argument),*);
    }};
}
pub(super) use every_size;

/// A number of crypto-bigint in digits.
pub(super) fn digits<const N: usize>(number: &BoxedUint) -> Number<N> {
    assert!(number.bit_width_vartime() <= Number::<N>::BITS);
    Number::from_bytes(&bytes(number, Number::<N>::BITS as usize / 8 + 1))
}

pub(super) fn of_digits<const N: usize>(number: &Number<N>) -> BoxedUint {
    assert!(number.digits().iter().all(|digit| *digit <= Number::<N>::MASK), "not carried");
    let mut bytes = vec![0; Number::<N>::BITS as usize / 8 + 1];
    number.write_bytes(&mut bytes);
    BoxedUint::from_be_slice_vartime(&bytes)
}

/// Odd numbers of exactly these bits: the largest, the smallest, with digits of ones and of zeros,
/// with a lowest digit whose inverse is 1 or −1, and random ones up to `count`.
pub(super) fn moduli<const N: usize>(
    source: &mut Random,
    bits: u32,
    count: usize,
) -> Vec<BoxedUint> {
    let digit = Number::<N>::DIGIT;
    let one = small(1);
    let any = random_odd(source, bits);
    let above_lowest = minus(&any, &modulo(&any, &two_to_the(digit)));
    let mut moduli = vec![
        minus(&two_to_the(bits), &one),
        plus(&two_to_the(bits - 1), &one),
        // −1/m modulo 2^DIGIT is the greatest, and 1.
        plus(&above_lowest, &one),
        plus(&above_lowest, &minus(&two_to_the(digit), &one)),
        // A run of zeros below the first bit, and a run of ones above the last.
        plus(&two_to_the(bits - 1), &minus(&two_to_the(bits / 2), &one)),
        plus(&minus(&two_to_the(bits), &two_to_the(bits / 2)), &one),
    ];
    while moduli.len() < count {
        moduli.push(random_odd(source, bits));
    }
    assert!(moduli.iter().all(|number| number.bit_width_vartime() == bits));
    moduli.truncate(count);
    moduli
}

/// M: the multiple of m that is −1 modulo 2^DIGIT.
fn multiple<const N: usize>(m: &BoxedUint) -> BoxedUint {
    let radix = two_to_the(Number::<N>::DIGIT);
    // 1/m modulo the radix, by Newton's method.
    let mut inverse = small(1);
    for _ in 0..6 {
        let product = modulo(&times(m, &inverse), &radix);
        inverse = modulo(&times(&inverse, &minus(&plus(&radix, &small(2)), &product)), &radix);
    }
    times(m, &minus(&radix, &inverse))
}

/// 0, 1, m−1, m, M−1, what is near R, digits of ones, and random numbers, all of them below 32·M.
fn factors<const N: usize>(source: &mut Random, m: &BoxedUint) -> Vec<BoxedUint> {
    let big = multiple::<N>(m);
    let bound = times(&big, &small(32));
    let one = small(1);
    let r = two_to_the(Number::<N>::BITS);
    let bits = bound.bit_width_vartime();
    let mut factors = vec![
        small(0),
        one.clone(),
        minus(m, &one),
        m.clone(),
        modulo(&r, m),
        minus(&big, &one),
        big.clone(),
        times(&big, &small(2)),
        minus(&bound, &one),
        minus(&two_to_the(bits - 1), &one),
        two_to_the(Number::<N>::DIGIT),
        minus(&two_to_the(9 * Number::<N>::DIGIT), &one),
    ];
    factors.extend((0..3).map(|_| modulo(&random(source, bits + 8), &bound)));
    factors
}

fn products<const N: usize>(bits: u32, count: usize) {
    let mut source = Random(u64::from(bits));
    let mut sums = Sums::new(N);
    for m in moduli::<N>(&mut source, bits, count) {
        let modulus = Modulus::<N>::new(&bytes(&m, bits.div_ceil(8) as usize), bits);
        let below = times(&multiple::<N>(&m), &small(2));
        let r_inverse = inverse(&two_to_the(Number::<N>::BITS), &m);
        let expected = |a: &BoxedUint, b: &BoxedUint| modulo(&times(&times(a, b), &r_inverse), &m);
        let factors = factors::<N>(&mut source, &m);
        for (place, a) in factors.iter().enumerate() {
            let b = &factors[source.index(factors.len())];
            for b in [a, b, &factors[(place + 1) % factors.len()]] {
                let mut product = digits::<N>(a);
                modulus.multiply(&mut product, &digits(b), &mut sums);
                let product = of_digits(&product);
                assert!(product < below, "{a} times {b} modulo {m}");
                assert_eq!(modulo(&product, &m), expected(a, b), "{a} times {b} modulo {m}");
            }
            let mut square = digits::<N>(a);
            modulus.square(&mut square, &mut sums);
            let square = of_digits(&square);
            assert!(square < below);
            assert_eq!(modulo(&square, &m), expected(a, a), "{a} squared modulo {m}");
            for b in [small(1), modulo(b, &m)] {
                let mut out = digits::<N>(a);
                modulus.leave(&mut out, &digits(&b), &mut sums);
                assert_eq!(of_digits(&out), expected(a, &b), "{a} times {b} modulo {m}");
            }
        }
    }
}

/// The longest modulus of a size, and one a few bits above the size before.
fn products_of_a_size<const N: usize>(count: usize) {
    let bits = 512 * N as u32;
    products::<N>(bits, count);
    products::<N>(bits - 503, count);
}

#[test]
fn products_and_squares_are_those_of_crypto_bigint() {
    every_size!(products_of_a_size(6));
    products::<2>(512, 8);
}

#[test]
#[ignore = "thousands of moduli are for a build with optimisation"]
fn thousands_of_products_and_squares() {
    every_size!(products_of_a_size(200));
    products::<2>(1024, 2000);
    for bits in 513..1024 {
        products::<2>(bits, 7);
    }
}

fn powers<const N: usize>() {
    let mut source = Random(3);
    let top = 512 * N as u32;
    for bits in [top, top - 1, top - 63, top - 64, top - 503] {
        for m in moduli::<N>(&mut source, bits, 8) {
            let r = two_to_the(Number::<N>::BITS);
            let in_bytes = bytes(&m, bits.div_ceil(8) as usize);
            let square = modulo(&times(&r, &r), &m);
            let modulus = Modulus::<N>::new(&in_bytes, bits);
            assert_eq!(of_digits(&modulus.number), m);
            assert_eq!(of_digits(&modulus.one), modulo(&r, &m));
            assert_eq!(modulo(&of_digits(&modulus.square), &m), square);
            assert!(of_digits(&modulus.square) < times(&multiple::<N>(&m), &small(4)));
            let public = Modulus::<N>::public(&in_bytes, bits);
            assert_eq!(of_digits(&public.number), m);
            assert!(of_digits(&public.one) < times(&m, &small(3)));
            assert_eq!(modulo(&of_digits(&public.one), &m), modulo(&r, &m));
            assert!(of_digits(&public.square) < times(&multiple::<N>(&m), &small(4)));
            assert_eq!(modulo(&of_digits(&public.square), &m), square);
        }
    }
}

#[test]
fn what_is_computed_for_a_modulus_is_right() {
    every_size!(powers());
}
