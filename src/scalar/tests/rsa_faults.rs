//! Faults that are forced: a wrong number in a key never makes a wrong signature.

#![cfg(test)] // what is not as it should be panics

use crypto_bigint::BoxedUint;

use super::Random;
use super::oracle::{bytes, minus, plus, small, two_to_the};
use super::rsa::key;
use super::rsa_keys::Numbers;
use crate::scalar::faults::{Place, with_fault};

/// The number with one bit changed.
fn flipped(number: &BoxedUint, bit: u32) -> BoxedUint {
    let change = two_to_the(bit);
    if number.bit_vartime(bit) { minus(number, &change) } else { plus(number, &change) }
}

/// Nothing comes out, whichever of these bits is changed in whichever number.
fn assert_nothing(bits: u32, changed: impl IntoIterator<Item = u32>) {
    let good = Numbers::of_bits(bits);
    let message = bytes(&small(7), bits as usize / 4);
    let raise = |numbers: &Numbers| {
        let mut random = Random(3);
        key(numbers).map(|key| key.raise(&message, &mut |bytes| random.fill(bytes)))
    };
    assert!(matches!(raise(&good), Some(Some(Some(_)))));
    for bit in changed {
        for (name, change) in [
            ("p", (|numbers| &mut numbers.p) as fn(&mut Numbers) -> &mut BoxedUint),
            ("q", |numbers| &mut numbers.q),
            ("dp", |numbers| &mut numbers.dp),
            ("dq", |numbers| &mut numbers.dq),
            ("1/q", |numbers| &mut numbers.q_inverse),
            ("n", |numbers| &mut numbers.modulus),
        ] {
            let mut numbers = good.clone();
            *change(&mut numbers) = flipped(change(&mut numbers), bit);
            // Without its first bit, or with one more, a number does not fit.
            let raised = raise(&numbers).unwrap_or(Some(None));
            assert_eq!(raised, Some(None), "bit {bit} of {name}");
        }
    }
}

#[test]
fn any_bit_of_a_key_makes_every_answer_nothing() {
    let step = if cfg!(debug_assertions) { 101 } else { 1 };
    assert_nothing(512, (0..512).step_by(step));
}

#[test]
#[ignore = "long keys are for a build with optimisation"]
fn any_bit_of_a_long_key_makes_every_answer_nothing() {
    assert_nothing(1024, [0, 1, 60, 61, 548, 549, 1023]);
    assert_nothing(1536, [1, 539, 540, 1535]);
    assert_nothing(2048, [59, 60, 2047]);
}

/// A bit that changes in any product, square or entry of the table: the answer is nothing, or the right
/// one where the entry was not needed or the product only made another random number of one.
#[test]
fn a_faulty_product_or_table_entry_never_makes_a_signature() {
    let numbers = Numbers::of_bits(512);
    let message = bytes(&small(7), 128);
    let raise = |fault| {
        // A new key each time: a faulty blinding pair stays for the next signatures.
        let key = key(&numbers).unwrap();
        let mut random = Random(5);
        with_fault(fault, || key.raise(&message, &mut |bytes| random.fill(bytes)).unwrap())
    };
    let (right, [entries, products]) = raise(None);
    assert!(right.is_some() && products > 2_000, "{products}");
    // Four powers: of each half, the inverse of what blinds it and the power itself.
    assert_eq!(entries, 4 * 32);
    for (place, count, step) in [(Place::Entry, entries, 9), (Place::Product, products, 97)] {
        let step = if cfg!(debug_assertions) { step } else { 1 };
        let mut without_effect = 0;
        for at in (0..count).step_by(step) {
            match raise(Some((place, at))).0 {
                None => {}
                released => {
                    assert_eq!(released, right, "{place:?} {at}");
                    without_effect += 1;
                }
            }
        }
        // Of 32 entries of a table some 103 times one is looked up.
        assert!(without_effect <= 30, "{place:?}: {without_effect} of {count}");
    }
}

#[test]
fn numbers_of_another_key_make_every_answer_nothing() {
    let one = Numbers::of_bits(512);
    let message = bytes(&small(2), 128);
    let mut random = Random(4);
    for numbers in [
        Numbers { dp: one.dq.clone(), ..one.clone() },
        Numbers { dp: small(0), ..one.clone() },
        Numbers { dq: small(1), ..one.clone() },
        Numbers { q_inverse: small(0), ..one.clone() },
        Numbers { modulus: plus(&one.modulus, &small(2)), ..one.clone() },
        Numbers { p: one.q.clone(), q: one.p.clone(), ..one.clone() },
    ] {
        let raised = key(&numbers).unwrap().raise(&message, &mut |bytes| random.fill(bytes));
        assert_eq!(raised, Some(None));
    }
}
