//! The arithmetic of curves, compared with itself done bit by bit. It can be reached where cargo-fuzz
//! builds it.

use arbitrary::Arbitrary;

/// A curve and three scalars.
#[derive(Arbitrary, Debug)]
pub struct Input {
    pub curve: u8,
    pub a: Number,
    pub b: Number,
    pub q: Number,
}

/// Bytes in runs, so that a few input bytes make a number of many equal digits.
#[derive(Arbitrary, Debug)]
pub struct Number(Vec<(u8, u8)>);

#[cfg(not(fuzzing))]
pub fn check(_: &Input) {
    panic!("the arithmetic is to be seen with cargo-fuzz only");
}

#[cfg(fuzzing)]
pub fn check(Input { curve, a, b, q }: &Input) {
    let bytes = |Number(runs): &Number| -> Vec<u8> {
        let repeat = |(byte, run): &(u8, u8)| std::iter::repeat_n(*byte, 1 + usize::from(*run));
        runs.iter().flat_map(repeat).take(72).collect()
    };
    certwright::curves_fuzzing::check(*curve, &bytes(a), &bytes(b), &bytes(q));
}
