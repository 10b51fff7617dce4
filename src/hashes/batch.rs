//! Messages of about one length through a hash function together.

use super::message::Message;
use crate::vectors::Words;

/// A hash function as FIPS 180-4 and GB/T 32905 have them: a state of eight words, and blocks of
/// sixteen that are worked into it.
pub(super) trait HashFunction<W: Words> {
    /// How many messages must be worked on at once for this to be faster than a crate is with one
    /// after the other: measured on an Intel Xeon of family 6, model 207.
    const FEWEST: usize;

    /// What a block makes of a state, before the state is added to it.
    fn compress(state: &[W; 8], block: [W; 16]) -> [W; 8];

    /// The last step for a block.
    fn combine(before: W, after: W) -> W;
}

/// The most words that stand side by side, and the most bytes of a block.
const MOST_WORDS: usize = 16;
const MOST_BYTES: usize = 128;

/// From the state before the first block the digest of each message, in their order; `None` where this
/// would not pay.
#[inline(always)]
pub(super) fn digests<W: Words, H: HashFunction<W>>(
    start: [u64; 8],
    digest_bytes: usize,
    messages: &[Message<'_>],
) -> Vec<Option<Vec<u8>>> {
    let mut digests = vec![None; messages.len()];
    let blocks = messages.iter().map(|message| message.blocks(block_bytes::<W>()));
    let mut order: Vec<_> = blocks.zip(0..).collect();
    order.sort_unstable();
    for group in order.chunks(W::COUNT) {
        // All take as long as the longest.
        let longest = group.last().map_or(0, |(blocks, _)| *blocks);
        let all: usize = group.iter().map(|(blocks, _)| blocks).sum();
        if all < longest.saturating_mul(H::FEWEST) {
            continue;
        }
        let state = states::<W, H>(start, messages, group, longest);
        let state = state.map(W::to_words);
        for (lane, (_, message)) in group.iter().enumerate() {
            let bytes = state
                .iter()
                .filter_map(|words| words.as_ref().get(lane))
                .flat_map(|word| word.to_be_bytes().into_iter().skip(8 - word_bytes::<W>()));
            digests[*message] = Some(bytes.take(digest_bytes).collect());
        }
    }
    digests
}

/// The states after the last block of each message of a group: how many blocks, and which message.
#[inline(always)]
fn states<W: Words, H: HashFunction<W>>(
    start: [u64; 8],
    messages: &[Message<'_>],
    group: &[(usize, usize)],
    longest: usize,
) -> [W; 8] {
    let mut state = start.map(W::splat);
    let mut bytes = [[0; MOST_BYTES]; MOST_WORDS];
    for at in 0..longest {
        for ((blocks, message), bytes) in group.iter().zip(&mut bytes) {
            if at < *blocks {
                messages[*message].write_block(at, &mut bytes[..block_bytes::<W>()]);
            }
        }
        let block = std::array::from_fn(|word| {
            let start = word * word_bytes::<W>();
            W::from_fn(|lane| number::<W>(&bytes[lane][start..]))
        });
        // All bits of those that go on, none of those that have ended.
        let going = W::from_fn(|lane| match group.get(lane) {
            Some((blocks, _)) if at < *blocks => u64::MAX,
            _ => 0,
        });
        let after = H::compress(&state, block);
        for (before, after) in state.iter_mut().zip(after) {
            *before = H::combine(*before, after.and(going));
        }
    }
    state
}

#[inline(always)]
fn number<W: Words>(bytes: &[u8]) -> u64 {
    if W::BITS == 32 {
        bytes.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes).into())
    } else {
        bytes.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }
}

const fn word_bytes<W: Words>() -> usize {
    W::BITS as usize / 8
}

const fn block_bytes<W: Words>() -> usize {
    16 * word_bytes::<W>()
}
