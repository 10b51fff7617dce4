//! RSA in lanes: the signatures of the rsa crate, whatever the batch, and blinding.

#![cfg(test)] // what is not as it should be panics

use ::rsa::Pkcs1v15Sign;
use crypto_bigint::BoxedUint;

use super::oracle::{bytes, minus, plus, power, small, times, two_to_the};
use super::rsa_keys::Numbers;
use super::{Random, answers};
use crate::lanes::engine::private_key;
use crate::lanes::private_key::{Key, PrivateKey};
use crate::vectors::Lane;
use crate::vectors::Portable;

/// How many messages a call gets: fewer than words, as many, and more.
const BATCHES: [usize; 7] = [1, 2, 3, 4, 5, 8, 9];

/// What a key answers to each batch.
pub(super) fn raised<L: Lane, const B: usize, const N: usize, const M: usize>(
    numbers: &Numbers,
    batches: &[&[Vec<u8>]],
) -> Vec<Vec<Option<Vec<u8>>>> {
    let key = numbers.with(|bytes| Key::<L, B, N, M>::new(bytes, numbers.bits()));
    let mut random = Random(11);
    let mut raise = |batch: &[Vec<u8>]| {
        let messages: Vec<&[u8]> = batch.iter().map(Vec::as_slice).collect();
        key.raise(&messages, &mut |bytes| random.fill(bytes)).unwrap()
    };
    batches.iter().map(|batch| raise(batch)).collect()
}

/// Digests, their padding as long as the modulus (RFC 8017 section 9.2, without the prefix), and
/// what the rsa crate signs.
fn signed(numbers: &Numbers, count: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let (p, q) = (numbers.p.clone(), numbers.q.clone());
    let key = ::rsa::PrivateKey::from_p_q(p, q, small(65_537)).unwrap();
    let length = 2 * numbers.bits() as usize / 8;
    let mut random = Random(5);
    let both = (0..count).map(|_| {
        let mut digest = [0; 32];
        random.fill(&mut digest);
        let mut padded = vec![0xff; length];
        (padded[0], padded[1], padded[length - 33]) = (0, 1, 0);
        padded[length - 32..].copy_from_slice(&digest);
        let scheme = Pkcs1v15Sign::new_unprefixed();
        (padded, key.sign(scheme, &digest).unwrap())
    });
    both.unzip()
}

macro_rules! assert_signatures {
    ($number:literal, $whole:literal, $batches:expr) => {{
        let numbers = Numbers::of_bits(512 * $number);
        let (padded, expected) = signed(&numbers, 9);
        let batches: Vec<&[Vec<u8>]> = $batches.iter().map(|count| &padded[..*count]).collect();
        let raised = answers!(raised::<10, $number, $whole>(&numbers, &batches));
        for (count, raised) in $batches.iter().zip(raised) {
            let expected: Vec<_> = expected[..*count].iter().cloned().map(Some).collect();
            assert_eq!(raised, expected, "{count} of {} bits", 1024 * $number);
        }
    }};
}

#[test]
fn signatures_of_1024_bits_are_those_of_the_rsa_crate() {
    assert_signatures!(1, 2, [1, 5]);
}

#[test]
#[ignore = "every batch of every size is for a build with optimisation"]
fn signatures_of_every_size_are_those_of_the_rsa_crate() {
    assert_signatures!(1, 2, BATCHES);
    assert_signatures!(2, 4, BATCHES);
    assert_signatures!(3, 6, BATCHES);
    assert_signatures!(4, 8, BATCHES);
}

#[test]
fn small_keys_raise_every_batch() {
    let numbers = Numbers::small();
    let mut random = Random(6);
    let messages: Vec<_> = (0..9)
        .map(|_| super::oracle::random(&mut random, numbers.modulus.bit_width_vartime() - 1))
        .collect();
    let expected: Vec<_> = messages
        .iter()
        .map(|message| Some(bytes(&power(message, &numbers.d, &numbers.modulus), 24)))
        .collect();
    let messages: Vec<_> = messages.iter().map(|message| bytes(message, 24)).collect();
    let batches: Vec<&[Vec<u8>]> = BATCHES.iter().map(|count| &messages[..*count]).collect();
    let raised = answers!(raised::<2, 1, 2>(&numbers, &batches));
    for (count, raised) in BATCHES.iter().zip(raised) {
        assert_eq!(raised, expected[..*count]);
    }
}

/// Messages at the edges: those below n are raised, those above are no messages.
fn assert_edges(
    numbers: &Numbers,
    length: usize,
    raise: impl Fn(&[Vec<u8>]) -> Vec<Option<Vec<u8>>>,
) {
    let (n, one) = (&numbers.modulus, small(1));
    let k = small(12_345_678_901);
    let below = [
        small(0),
        one.clone(),
        small(2),
        minus(n, &one),
        minus(n, &small(2)),
        numbers.p.clone(),
        numbers.q.clone(),
        times(&numbers.p, &k),
        times(&numbers.q, &k),
        minus(n, &numbers.p),
        two_to_the(numbers.bits()),
        minus(&two_to_the(numbers.bits()), &one),
    ];
    let above = [n.clone(), plus(n, &one), minus(&two_to_the(8 * length as u32), &one)];
    let in_bytes = |numbers: &[BoxedUint]| -> Vec<_> {
        numbers.iter().map(|number| bytes(number, length)).collect()
    };
    let expected = below.iter().map(|message| Some(bytes(&power(message, &numbers.d, n), length)));
    assert_eq!(raise(&in_bytes(&below)), expected.collect::<Vec<_>>());
    assert_eq!(raise(&in_bytes(&above)), [None, None, None]);
    assert_eq!(raise(&[]), []);
}

#[test]
fn messages_at_the_edges() {
    let numbers = Numbers::small();
    assert_edges(&numbers, 24, |messages| {
        answers!(raised::<2, 1, 2>(&numbers, &[messages])).remove(0)
    });
}

#[test]
#[ignore = "it is for a build with optimisation"]
fn messages_at_the_edges_of_1024_and_2048_bits() {
    let numbers = Numbers::of_bits(512);
    assert_edges(&numbers, 128, |messages| {
        answers!(raised::<10, 1, 2>(&numbers, &[messages])).remove(0)
    });
    let numbers = Numbers::of_bits(1024);
    assert_edges(&numbers, 256, |messages| {
        answers!(raised::<10, 2, 4>(&numbers, &[messages])).remove(0)
    });
}

/// How often random numbers are drawn in so many uses of one blinding pair, all of them right.
fn draws<L: Lane, const B: usize, const N: usize, const M: usize>(uses: usize) -> usize {
    let numbers = Numbers::small();
    let key = numbers.with(|bytes| Key::<L, B, N, M>::new(bytes, numbers.bits()));
    let (mut random, mut draws) = (Random(1), 0);
    for message in 0..uses as u64 {
        let expected = bytes(&power(&small(message), &numbers.d, &numbers.modulus), 24);
        let raised = key.raise(&[&bytes(&small(message), 24)], &mut |bytes| {
            draws += 1;
            random.fill(bytes)
        });
        assert_eq!(raised.unwrap(), [Some(expected)], "use {message}");
    }
    draws
}

#[test]
fn blinding_is_drawn_anew_after_128_uses_and_every_signature_is_right() {
    for (uses, expected) in [(1, 1), (128, 1), (129, 2), (300, 3)] {
        assert_eq!(answers!(draws::<2, 1, 2>(uses)), expected, "{uses} uses");
    }
}

/// How many are right with no random numbers, with bad ones, with some again, and with none that are
/// needed.
fn without_random<L: Lane, const B: usize, const N: usize, const M: usize>(
    _: (),
) -> [Option<usize>; 4] {
    let numbers = Numbers::small();
    let key = numbers.with(|bytes| Key::<L, B, N, M>::new(bytes, numbers.bits()));
    let message = bytes(&small(7), 24);
    let messages = vec![message.as_slice(); 9];
    let mut random = Random(2);
    let count = |fill: &mut dyn FnMut(&mut [u8]) -> bool| {
        let raised = key.raise(&messages, fill)?;
        assert_eq!(raised.len(), 9);
        Some(raised.iter().flatten().count())
    };
    [
        count(&mut |_| false),
        // 0 has no inverse: what comes out is wrong, and found to be.
        count(&mut |bytes| {
            bytes.fill(0);
            true
        }),
        // The pair of zeros is squared until it is used up.
        {
            let mut last = None;
            for _ in 0..128 {
                last = count(&mut |bytes| random.fill(bytes));
            }
            last
        },
        // A pair is there.
        count(&mut |_| false),
    ]
}

#[test]
fn no_random_numbers_give_no_signature_and_bad_ones_no_wrong_one() {
    assert_eq!(answers!(without_random::<2, 1, 2>(())), [None, Some(0), Some(9), Some(9)]);
}

#[test]
fn two_keys_with_other_random_numbers_sign_alike() {
    let numbers = Numbers::small();
    let message = bytes(&small(99), 24);
    let raise = |seed: u64| {
        let key = numbers.with(|bytes| Key::<Portable<2>, 2, 1, 2>::new(bytes, numbers.bits()));
        let mut random = Random(seed);
        key.raise(&[&message], &mut |bytes| random.fill(bytes)).unwrap()
    };
    assert_eq!(raise(1), raise(2));
    assert!(raise(1)[0].is_some());
}

#[test]
fn a_key_is_taken_if_its_primes_are_half_as_long_as_a_usual_modulus() {
    let own = crate::arithmetic::own();
    let is_taken = |numbers: &Numbers| numbers.with(|bytes| private_key(own, bytes).is_some());
    for bits in [512, 1024, 1536, 2048] {
        assert!(is_taken(&Numbers::of_bits(bits)), "{bits}");
    }
    let good = Numbers::of_bits(512);
    let shorter = minus(&two_to_the(511), &small(187));
    for numbers in [
        Numbers::small(),
        Numbers { p: shorter.clone(), ..good.clone() },
        Numbers { q: shorter, ..good.clone() },
        Numbers { modulus: minus(&two_to_the(1023), &small(1)), ..good.clone() },
        Numbers { p: small(0), q: small(0), modulus: small(0), ..good },
    ] {
        assert!(!is_taken(&numbers));
    }
}
