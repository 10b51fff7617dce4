//! Inverses times what they are inverses of.

use super::{Random, every_curve};
use crate::curves::curve::Curve;
use crate::curves::inverse::{invert, invert_public, invert_two};
use crate::curves::modulus::{Modulus, Residue};

fn inverses<M: Modulus<N>, const N: usize>(rounds: usize) {
    let mut random = Random(5);
    let minus_one = Residue::<M, N>::ONE.negate();
    for invert in [invert::<M, N>, invert_public] {
        assert!(invert(&Residue::ZERO).is_zero_public());
        assert!(invert(&Residue::ONE).equals_public(&Residue::ONE));
        assert!(invert(&minus_one).equals_public(&minus_one));
    }
    for _ in 0..rounds {
        let words = random.below::<M, N>();
        // As they stand, the words are what the steps work on.
        for a in [Residue::<M, N>::from_words_in_form(words), Residue::from_words(&words)] {
            let product = invert(&a).multiply(&a);
            let expected = if a.is_zero_public() { Residue::ZERO } else { Residue::ONE };
            assert!(product.equals_public(&expected), "{words:x?}");
            assert!(invert_public(&a).equals_public(&invert(&a)), "{words:x?}");
        }
    }
}

/// Two at once are what each is by itself, also where one is zero or needs few steps.
fn pairs<A: Modulus<N>, B: Modulus<N>, const N: usize>(rounds: usize) {
    let mut random = Random(6);
    let mut pairs = vec![
        (Residue::<A, N>::ZERO, Residue::<B, N>::ONE),
        (Residue::ONE, Residue::ZERO),
        (Residue::ONE.negate(), Residue::ONE.double()),
    ];
    for _ in 0..rounds {
        let (a, b) = (random.below::<A, N>(), random.below::<B, N>());
        pairs.push((Residue::from_words(&a), Residue::from_words(&b)));
    }
    for (a, b) in pairs {
        let (of_a, of_b) = invert_two(&a, &b);
        assert!(of_a.equals_public(&invert(&a)) && of_b.equals_public(&invert(&b)));
    }
}

fn both<C: Curve<N>, const N: usize>(rounds: usize) {
    inverses::<C::Field, N>(rounds);
    inverses::<C::Order, N>(rounds);
    pairs::<C::Field, C::Order, N>(rounds);
    pairs::<C::Order, C::Field, N>(rounds);
}

#[test]
fn a_number_times_its_inverse_is_one() {
    every_curve!(both(if cfg!(debug_assertions) { 20 } else { 20_000 }));
}
