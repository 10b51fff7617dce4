//! Plain arithmetic: bit by bit, without any of the tricks.

use std::cmp::Ordering;

use crate::curves::modulus::Modulus;

pub(super) fn small<const N: usize>(number: u64) -> [u64; N] {
    let mut words = [0; N];
    words[0] = number;
    words
}

pub(super) fn is_below<const N: usize>(a: &[u64; N], b: &[u64; N]) -> bool {
    a.iter().rev().cmp(b.iter().rev()) == Ordering::Less
}

/// a − b where b is not above a.
pub(super) fn sub<const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let mut borrow = 0;
    std::array::from_fn(|at| {
        let difference = i128::from(a[at]) - i128::from(b[at]) - borrow;
        borrow = i128::from(difference < 0);
        difference as u64
    })
}

pub(super) fn add_mod<M: Modulus<N>, const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    // a + b − p = a − (p − b).
    let rest = sub(&M::P, b);
    if is_below(a, &rest) {
        let mut carry = 0;
        return std::array::from_fn(|at| {
            let sum = u128::from(a[at]) + u128::from(b[at]) + carry;
            carry = sum >> 64;
            sum as u64
        });
    }
    sub(a, &rest)
}

pub(super) fn sub_mod<M: Modulus<N>, const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    if *b == [0; N] { *a } else { add_mod::<M, N>(a, &sub(&M::P, b)) }
}

pub(super) fn multiply_mod<M: Modulus<N>, const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let mut product = [0; N];
    for bit in (0..64 * N).rev() {
        product = add_mod::<M, N>(&product, &product);
        if b[bit / 64] >> (bit % 64) & 1 == 1 {
            product = add_mod::<M, N>(&product, a);
        }
    }
    product
}

pub(super) fn power_of_two<M: Modulus<N>, const N: usize>(exponent: u32) -> [u64; N] {
    (0..exponent).fold(small(1), |power, _| add_mod::<M, N>(&power, &power))
}

/// Any number of N words modulo p.
pub(super) fn reduce<M: Modulus<N>, const N: usize>(number: &[u64; N]) -> [u64; N] {
    let one = small(1);
    let mut rest = [0; N];
    for bit in (0..64 * N).rev() {
        rest = add_mod::<M, N>(&rest, &rest);
        if number[bit / 64] >> (bit % 64) & 1 == 1 {
            rest = add_mod::<M, N>(&rest, &one);
        }
    }
    rest
}
