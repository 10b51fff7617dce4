//! SM3 (GB/T 32905-2016 section 5.3).

use super::batch::HashFunction;
use crate::vectors::Words;

pub(super) struct Sm3;

/// Section 4.1.
pub(super) const START: [u64; 8] = [
    0x7380_166f,
    0x4914_b2b9,
    0x1724_42d7,
    0xda8a_0600,
    0xa96f_30bc,
    0x1631_38aa,
    0xe38d_ee4d,
    0xb0fb_0e4e,
];

impl<W: Words> HashFunction<W> for Sm3 {
    const FEWEST: usize = 3;

    #[inline(always)]
    fn compress(state: &[W; 8], block: [W; 16]) -> [W; 8] {
        let mut words = [W::splat(0); 68];
        words[..16].copy_from_slice(&block);
        for at in 16..words.len() {
            let mixed = words[at - 16].xor(words[at - 9]).xor(left(words[at - 3], 15));
            let mixed = mixed.xor(left(mixed, 15)).xor(left(mixed, 23));
            words[at] = mixed.xor(left(words[at - 13], 7)).xor(words[at - 6]);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
        for round in 0..64 {
            let is_early = round < 16;
            let constant: u32 = if is_early { 0x79cc_4519 } else { 0x7a87_9d8a };
            let constant = W::splat(constant.rotate_left(round as u32 % 32).into());
            let twelve = left(a, 12);
            let first = left(twelve.add(e).add(constant), 7);
            let second = first.xor(twelve);
            let (of_a, of_e) = if is_early {
                (a.xor(b).xor(c), e.xor(f).xor(g))
            } else {
                (a.majority(b, c), e.choose(f, g))
            };
            let new_a = of_a.add(d).add(second).add(words[round].xor(words[round + 4]));
            let new_e = of_e.add(h).add(first).add(words[round]);
            (d, c, b, a) = (c, left(b, 9), a, new_a);
            (h, g, f, e) = (g, left(f, 19), e, new_e.xor(left(new_e, 9)).xor(left(new_e, 17)));
        }
        [a, b, c, d, e, f, g, h]
    }

    #[inline(always)]
    fn combine(before: W, after: W) -> W {
        before.xor(after)
    }
}

#[inline(always)]
fn left<W: Words>(words: W, bits: u32) -> W {
    words.rotate_right(32 - bits)
}
