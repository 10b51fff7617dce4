//! Inverses times what they are inverses of.

use super::{Random, every_curve};
use crate::curves::curve::Curve;
use crate::curves::inverse::invert;
use crate::curves::modulus::{Modulus, Residue};

fn inverses<M: Modulus<N>, const N: usize>(rounds: usize) {
    let mut random = Random(5);
    assert!(invert(&Residue::<M, N>::ZERO).is_zero_public());
    assert!(invert(&Residue::<M, N>::ONE).equals_public(&Residue::ONE));
    let minus_one = Residue::<M, N>::ONE.negate();
    assert!(invert(&minus_one).equals_public(&minus_one));
    for _ in 0..rounds {
        let words = random.below::<M, N>();
        // As they stand, the words are what the steps work on.
        for a in [Residue::<M, N>::from_words_in_form(words), Residue::from_words(&words)] {
            let product = invert(&a).multiply(&a);
            let expected = if a.is_zero_public() { Residue::ZERO } else { Residue::ONE };
            assert!(product.equals_public(&expected), "{words:x?}");
        }
    }
}

fn both<C: Curve<N>, const N: usize>(rounds: usize) {
    inverses::<C::Field, N>(rounds);
    inverses::<C::Order, N>(rounds);
}

#[test]
fn a_number_times_its_inverse_is_one() {
    every_curve!(both(if cfg!(debug_assertions) { 20 } else { 20_000 }));
}
