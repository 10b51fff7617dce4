//! Numbers modulo the primes, against plain arithmetic.

use super::{Random, every_curve, plain};
use crate::curves::carry;
use crate::curves::curve::Curve;
use crate::curves::modulus::{Modulus, Residue};

fn operations<M: Modulus<N>, const N: usize>(rounds: usize) {
    let mut random = Random(1);
    for round in 0..rounds {
        let (a, b) = (random.below::<M, N>(), random.below::<M, N>());
        let any: [u64; N] = std::array::from_fn(|_| random.edge_word());
        let [x, y] = [&a, &b].map(Residue::<M, N>::from_words);
        let is = |name: &str, found: Residue<M, N>, expected: [u64; N]| {
            assert_eq!(found.to_words(), expected, "{name} {a:x?} {b:x?} in round {round}");
            assert!(plain::is_below(found.words_in_form(), &M::P), "{name} {a:x?} {b:x?}");
        };
        is("same", x, a);
        is("product", x.multiply(&y), plain::multiply_mod::<M, N>(&a, &b));
        is("square", x.square(), plain::multiply_mod::<M, N>(&a, &a));
        is("sum", x.add(&y), plain::add_mod::<M, N>(&a, &b));
        is("double", x.double(), plain::add_mod::<M, N>(&a, &a));
        is("sum of public numbers", x.add_public(&y), plain::add_mod::<M, N>(&a, &b));
        is("double of a public number", x.double_public(), plain::add_mod::<M, N>(&a, &a));
        is("half", x.halve_public().double(), a);
        is("difference", x.subtract(&y), plain::sub_mod::<M, N>(&a, &b));
        is("negative", x.negate(), plain::sub_mod::<M, N>(&[0; N], &a));
        is("not negated", x.negate_if(0), a);
        is("negated", x.negate_if(u64::MAX), plain::sub_mod::<M, N>(&[0; N], &a));
        is("reduced", Residue::reduce(&any), plain::reduce::<M, N>(&any));
        // The words as they stand are a form of another number.
        let raw = Residue::<M, N>::from_words_in_form(a);
        is("raw square", raw.square(), raw.multiply(&raw).to_words());
        let shifted = plain::multiply_mod::<M, N>(
            &plain::reduce::<M, N>(&any),
            &plain::power_of_two::<M, N>(64 * N as u32),
        );
        is("wide", Residue::reduce_wide(&a, &any), plain::add_mod::<M, N>(&a, &shifted));
        assert_eq!(x.is_zero(), if a == [0; N] { u64::MAX } else { 0 });
        assert_eq!(x.is_zero_public(), a == [0; N]);
        assert_eq!(x.equals_public(&y), a == b);
    }
}

fn both<C: Curve<N>, const N: usize>(rounds: usize) {
    operations::<C::Field, N>(rounds);
    operations::<C::Order, N>(rounds);
}

#[test]
fn operations_are_those_of_plain_arithmetic() {
    every_curve!(both(30));
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn operations_are_those_of_plain_arithmetic_100_000_times() {
    every_curve!(both(100_000));
}

/// Products and squares of numbers that plain arithmetic is too slow for: each against the other,
/// and by (a + b)² = a² + 2·a·b + b².
fn identities<M: Modulus<N>, const N: usize>(rounds: usize) {
    let mut random = Random(2);
    for _ in 0..rounds {
        let number =
            |random: &mut Random| Residue::<M, N>::from_words_in_form(random.below::<M, N>());
        let (a, b, c) = (number(&mut random), number(&mut random), number(&mut random));
        assert!(a.square().equals_public(&a.multiply(&a)));
        let sum = a.add(&b);
        let product = a.multiply(&b).double();
        assert!(sum.square().equals_public(&a.square().add(&product).add(&b.square())));
        let left = sum.multiply(&c);
        assert!(left.equals_public(&a.multiply(&c).add(&b.multiply(&c))));
        assert!(a.subtract(&b).add(&b).equals_public(&a));
    }
}

fn identities_of_both<C: Curve<N>, const N: usize>(rounds: usize) {
    identities::<C::Field, N>(rounds);
    identities::<C::Order, N>(rounds);
}

#[test]
fn products_distribute_over_sums() {
    every_curve!(identities_of_both(if cfg!(debug_assertions) { 300 } else { 100_000 }));
}

#[test]
fn bytes_are_read_and_written_the_most_significant_first() {
    fn check<C: Curve<N>, const N: usize>() {
        let length = C::Field::BITS.div_ceil(8) as usize;
        let mut random = Random(3);
        for _ in 0..20 {
            let words = random.below::<C::Field, N>();
            let mut bytes = vec![0; length];
            carry::to_bytes(&words, &mut bytes);
            assert_eq!(carry::from_bytes::<N>(&bytes), words);
            let number = Residue::<C::Field, N>::from_bytes(&bytes).unwrap();
            assert_eq!(number.to_words(), words);
            let mut again = vec![0xff; length];
            number.to_bytes(&mut again);
            assert_eq!(again, bytes);
        }
        let mut bytes = vec![0; length];
        carry::to_bytes(&C::Field::P, &mut bytes);
        assert!(Residue::<C::Field, N>::from_bytes(&bytes).is_none(), "p itself");
        *bytes.last_mut().unwrap() -= 1;
        assert!(Residue::<C::Field, N>::from_bytes(&bytes).is_some(), "p − 1");
    }
    every_curve!(check());
}

/// What other processors than x86 have.
#[test]
fn carries_are_the_same_without_the_processors_own() {
    let mut random = Random(4);
    for _ in 0..10_000 {
        let (a, b, carried) = (random.edge_word(), random.edge_word(), random.word() as u8 & 1);
        use crate::carry::portable;
        assert_eq!(carry::add_carry(a, b, carried), portable::add_carry(a, b, carried));
        assert_eq!(carry::sub_borrow(a, b, carried), portable::sub_borrow(a, b, carried));
        assert_eq!(carry::mask_of_borrow(carried), portable::mask_of_borrow(carried));
    }
}

#[test]
fn masks_are_all_ones_or_none() {
    assert_eq!([0, 1].map(carry::mask_of_borrow), [0, u64::MAX]);
    for (word, is_zero) in [(0, u64::MAX), (1, 0), (u64::MAX, 0), (1 << 63, 0)] {
        assert_eq!(carry::mask_of_zero(word), is_zero);
        assert_eq!(carry::is_zero(&[0, word]), is_zero);
    }
    assert_eq!(carry::select(u64::MAX, &[1, 2], &[3, 4]), [1, 2]);
    assert_eq!(carry::select(0, &[1, 2], &[3, 4]), [3, 4]);
}
