//! Many inverses modulo a prime for little more than one takes (Montgomery, 1987).

use zeroize::Zeroizing;

use super::carry::{masked, select};
use super::inverse::invert;
use super::modulus::{Modulus, Residue};

/// 1/a in the place of each a, in the same time for all numbers; zero has none and stays zero.
pub(super) fn invert_many<M: Modulus<N>, const N: usize>(numbers: &mut [Residue<M, N>]) {
    // For each number the product of those before it. Ones stand for zeros, which would leave no product.
    let mut before = Zeroizing::new(Vec::with_capacity(numbers.len()));
    let mut product = Zeroizing::new(Residue::<M, N>::ONE);
    for number in numbers.iter() {
        before.push(*product);
        *product = product.multiply(&without_zero(number));
    }
    let mut inverse = Zeroizing::new(invert(&product));
    for (number, before) in numbers.iter_mut().zip(before.iter()).rev() {
        let this = inverse.multiply(before);
        *inverse = inverse.multiply(&without_zero(number));
        let not_zero = !number.is_zero();
        *number = Residue::from_words_in_form(masked(this.words_in_form(), not_zero));
    }
}

/// One for zero.
#[inline(always)]
fn without_zero<M: Modulus<N>, const N: usize>(number: &Residue<M, N>) -> Residue<M, N> {
    let words =
        select(number.is_zero(), Residue::<M, N>::ONE.words_in_form(), number.words_in_form());
    Residue::from_words_in_form(words)
}
