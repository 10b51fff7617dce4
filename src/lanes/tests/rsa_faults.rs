//! Faults that are forced: a wrong number in a key never makes a wrong signature.

use crypto_bigint::BoxedUint;

use super::answers;
use super::oracle::{bytes, minus, plus, small, two_to_the};
use super::rsa::raised;
use super::rsa_keys::Numbers;

/// The number with one bit changed.
fn flipped(number: &BoxedUint, bit: u32) -> BoxedUint {
    let change = two_to_the(bit);
    if number.bit_vartime(bit) { minus(number, &change) } else { plus(number, &change) }
}

/// The numbers with one bit of one of them changed, and what was changed.
fn faulty(good: &Numbers, bits: impl Iterator<Item = u32>) -> Vec<(String, Numbers)> {
    let mut faulty = Vec::new();
    for bit in bits {
        let change = |name: &str, change: fn(&mut Numbers) -> &mut BoxedUint| {
            let mut numbers = good.clone();
            let number = change(&mut numbers);
            *number = flipped(number, bit);
            (format!("bit {bit} of {name}"), numbers)
        };
        faulty.extend([
            change("p", |numbers| &mut numbers.p),
            change("q", |numbers| &mut numbers.q),
            change("dp", |numbers| &mut numbers.dp),
            change("dq", |numbers| &mut numbers.dq),
            change("1/q", |numbers| &mut numbers.q_inverse),
            change("n", |numbers| &mut numbers.modulus),
        ]);
    }
    faulty
}

/// How many faulty keys answered, all of them with nothing.
macro_rules! assert_nothing {
    ($blocks:literal, $number:literal, $whole:literal, $good:expr, $bits:expr) => {{
        let good: Numbers = $good;
        let length = 2 * good.bits() as usize / 8;
        let messages: Vec<_> =
            [2, 3, 5, 7, 11].map(|message| bytes(&small(message), length)).to_vec();
        let batches = [messages.as_slice()];
        let right = answers!(raised::<$blocks, $number, $whole>(&good, &batches));
        assert!(right.iter().flatten().all(Option::is_some));
        let mut keys = 0;
        for (what, numbers) in faulty(&good, $bits.into_iter()) {
            let raised = answers!(raised::<$blocks, $number, $whole>(&numbers, &batches));
            assert_eq!(raised, [vec![None; 5]], "{what}");
            keys += 1;
        }
        keys
    }};
}

#[test]
fn any_bit_of_a_key_makes_every_answer_nothing() {
    let bits = (0..96).step_by(if cfg!(debug_assertions) { 7 } else { 1 });
    let keys = 6 * bits.len();
    assert_eq!(assert_nothing!(2, 1, 2, Numbers::small(), bits), keys);
}

#[test]
#[ignore = "it is for a build with optimisation"]
fn any_bit_of_a_usual_key_makes_every_answer_nothing() {
    assert_nothing!(10, 1, 2, Numbers::of_bits(512), (0..512).step_by(37));
    assert_nothing!(10, 2, 4, Numbers::of_bits(1024), [0, 51, 519, 520, 1023]);
    assert_nothing!(10, 3, 6, Numbers::of_bits(1536), [1, 1535]);
    assert_nothing!(10, 4, 8, Numbers::of_bits(2048), [52, 2047]);
}

#[test]
fn numbers_of_another_key_make_every_answer_nothing() {
    let (one, other) = (Numbers::small(), Numbers::other_small());
    let messages = vec![bytes(&small(2), 24); 3];
    let swapped = |a: &Numbers| Numbers { p: a.q.clone(), q: a.p.clone(), ..a.clone() };
    for numbers in [
        Numbers { dp: other.dp.clone(), ..one.clone() },
        Numbers { dq: other.dq.clone(), ..one.clone() },
        Numbers { dp: small(0), ..one.clone() },
        Numbers { dq: small(1), ..one.clone() },
        Numbers { q_inverse: small(0), ..one.clone() },
        Numbers { modulus: other.modulus.clone(), ..one.clone() },
        Numbers { modulus: other.modulus.clone(), ..swapped(&one) },
        swapped(&one),
    ] {
        let raised = answers!(raised::<2, 1, 2>(&numbers, &[&messages]));
        assert_eq!(raised, [[None, None, None]]);
    }
}
