//! Against the crates `sha2` and `sm3`.

use sha2::Digest as _;

use super::{Hash, Message, digest_many};
use crate::arithmetic::Arithmetic;

/// Those that vectors are faster at.
const HASHES: [Hash; 3] = [Hash::Sha384, Hash::Sha512, Hash::Sm3];

/// What a crate makes of it.
fn expected(hash: Hash, Message { prefix, message }: &Message<'_>) -> Vec<u8> {
    let whole = [*prefix, *message].concat();
    match hash {
        Hash::Sha256 => sha2::Sha256::digest(whole).to_vec(),
        Hash::Sha384 => sha2::Sha384::digest(whole).to_vec(),
        Hash::Sha512 => sha2::Sha512::digest(whole).to_vec(),
        Hash::Sm3 => sm3::Sm3::digest(whole).to_vec(),
    }
}

/// How many were computed; each is right.
fn check(messages: &[Message<'_>]) -> usize {
    let mut computed = 0;
    for hash in HASHES {
        for arithmetic in [Arithmetic::Portable, Arithmetic::Vectors] {
            let digests = digest_many(arithmetic, hash, messages);
            assert_eq!(digests.len(), messages.len());
            for (digest, message) in digests.iter().zip(messages) {
                if let Some(digest) = digest {
                    computed += 1;
                    assert_eq!(*digest, expected(hash, message), "{arithmetic:?}, {hash:?}");
                }
            }
        }
    }
    computed
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 151 + at / 7) as u8).collect()
}

/// How many of sixteen messages are computed by each hash function and both kinds of words.
fn of_sixteen() -> usize {
    let kinds = if Arithmetic::has_vectors() { 2 } else { 1 };
    kinds * HASHES.len() * 16
}

/// Every length about the ends of blocks, with the prefix before the block, across its end and whole.
#[test]
fn every_length_has_its_padding() {
    let bytes = bytes(300);
    for split in [0, 1, 32, 63, 64, 65, 127, 128, 129] {
        let lengths: Vec<_> = (split..bytes.len()).collect();
        for lengths in lengths.chunks_exact(16) {
            let message = |length: &usize| {
                let (prefix, message) = bytes[..*length].split_at(split);
                Message { prefix, message }
            };
            let messages: Vec<_> = lengths.iter().map(message).collect();
            assert_eq!(check(&messages), of_sixteen());
        }
    }
}

/// Sixteen different messages of different lengths, each of which gets its own digest in its place.
#[test]
fn messages_of_unlike_lengths_keep_their_places() {
    let bytes = bytes(3_000);
    let messages: Vec<_> = (0..16)
        .map(|at| Message { prefix: &bytes[at..at + 32], message: &bytes[at..2_500 - 37 * at] })
        .collect();
    assert_eq!(check(&messages), of_sixteen());
}

/// One that is far longer than all others would hold them up.
#[test]
fn a_long_message_among_short_ones_is_left_to_others() {
    let bytes = bytes(100_000);
    let mut messages = [Message { prefix: &[], message: &bytes[..100] }; 16];
    messages[5].message = &bytes;
    for hash in HASHES {
        let digests = digest_many(Arithmetic::Portable, hash, &messages);
        assert_eq!(digests[5], None, "{hash:?}");
    }
    check(&messages);
}

#[test]
fn few_messages_and_other_arithmetic_are_left_to_others() {
    assert_eq!(check(&[]), 0);
    assert_eq!(check(&[Message::default(); 2]), 0);
    let sixteen = [Message::default(); 16];
    assert_eq!(digest_many(Arithmetic::Vectors, Hash::Sha256, &sixteen), vec![None; 16]);
    for hash in HASHES {
        for arithmetic in [Arithmetic::RustCrypto, Arithmetic::Scalar] {
            let digests = digest_many(arithmetic, hash, &sixteen);
            assert_eq!(digests, vec![None; 16]);
        }
    }
}

/// More than stand side by side, the last group too small to pay.
#[test]
fn groups_come_after_each_other() {
    let bytes = bytes(500);
    let messages: Vec<_> =
        (0..66).map(|at| Message { prefix: &[], message: &bytes[at..at + 400] }).collect();
    let computed = check(&messages);
    let kinds = if Arithmetic::has_vectors() { 2 } else { 1 };
    // Of 66, 64 fill whole groups of sixteen or eight.
    assert_eq!(computed, kinds * HASHES.len() * 64);
}
