//! The arithmetic on bytes, for the fuzz target of the lanes and for nothing else.

use super::montgomery::Modulus;
use super::number::{Number, Sums};
use super::power::{Power, PowerOf65537};
use crate::vectors::Portable;
use crate::vectors::{Job, Lane};

/// Numbers in big-endian bytes.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// m, odd, of exactly the bits that are asked for.
    pub modulus: Vec<u8>,
    /// Any number of at most 8 bits more.
    pub a: Vec<u8>,
    /// Any number of at most 3 bits more.
    pub b: Vec<u8>,
    /// Any number of at most 64 bits.
    pub exponent: Vec<u8>,
}

/// What every kind of lane, and scalar arithmetic, answers for the same four numbers, of which `bits` is
/// at most 2072: a·b, a², a to the power of the exponent and of 65537, all modulo m.
pub fn answers(bits: u32, numbers: &[Numbers; 4]) -> Vec<(&'static str, Vec<[Vec<u8>; 4]>)> {
    let mut answers = match bits {
        ..=252 => every_lane::<5, 1>(bits, numbers),
        253..=512 => every_lane::<10, 1>(bits, numbers),
        513..=1032 => every_lane::<10, 2>(bits, numbers),
        1033..=1552 => every_lane::<10, 3>(bits, numbers),
        _ => every_lane::<10, 4>(bits, numbers),
    };
    let scalar = numbers.each_ref().map(|Numbers { modulus, a, b, exponent }| {
        crate::scalar::fuzzing::answers(bits, [modulus, a, b, exponent])
    });
    answers.push(("scalar", scalar.to_vec()));
    answers
}

fn every_lane<const B: usize, const N: usize>(
    bits: u32,
    numbers: &[Numbers; 4],
) -> Vec<(&'static str, Vec<[Vec<u8>; 4]>)> {
    let mut answers = vec![
        ("Portable<2>", of_lane::<Portable<2>, B, N>(bits, numbers)),
        ("Portable<4>", of_lane::<Portable<4>, B, N>(bits, numbers)),
    ];
    #[cfg(all(feature = "fast-arithmetic", target_arch = "x86_64"))]
    if crate::vectors::available() {
        answers.push(("Ifma4", of_lane::<crate::vectors::ifma::Ifma4, B, N>(bits, numbers)));
    }
    answers
}

fn of_lane<L: Lane, const B: usize, const N: usize>(
    bits: u32,
    numbers: &[Numbers; 4],
) -> Vec<[Vec<u8>; 4]> {
    let work = |numbers: &[Numbers]| L::call(Work::<L, B, N>::new(bits, numbers));
    numbers.chunks(L::WORDS).flat_map(work).collect()
}

struct Work<L, const B: usize, const N: usize> {
    modulus: Modulus<L, B, N>,
    a: Number<L, B, N>,
    b: Number<L, B, N>,
    exponent: Number<L, B, N>,
    length: usize,
}

impl<L: Lane, const B: usize, const N: usize> Work<L, B, N> {
    fn new(bits: u32, numbers: &[Numbers]) -> Self {
        let side = |side: fn(&Numbers) -> &Vec<u8>| {
            let bytes: Vec<&[u8]> = numbers.iter().map(|one| side(one).as_slice()).collect();
            Number::from_bytes(&bytes)
        };
        Self {
            modulus: Modulus::new(side(|one| &one.modulus), bits),
            a: side(|one| &one.a),
            b: side(|one| &one.b),
            exponent: side(|one| &one.exponent),
            length: bits.div_ceil(8) as usize,
        }
    }
}

impl<L: Lane, const B: usize, const N: usize> Job for Work<L, B, N> {
    type Output = Vec<[Vec<u8>; 4]>;

    #[inline(always)]
    fn run(self) -> Vec<[Vec<u8>; 4]> {
        let Self { modulus, a, b, exponent, length } = &self;
        let mut sums = Sums::new(N);
        let mut base = *a;
        modulus.multiply(&mut base, &modulus.square, &mut sums);
        let (mut product, mut square) = (base, base);
        modulus.multiply(&mut product, b, &mut sums);
        modulus.square(&mut square, &mut sums);
        let mut power = L::call(Power { modulus, base: &base, exponent, bits: 64 });
        let mut of_65537 = L::call(PowerOf65537 { modulus, base: &base });
        for number in [&mut square, &mut power, &mut of_65537] {
            modulus.multiply(number, &Number::small(1), &mut sums);
        }
        let numbers = [product, square, power, of_65537].map(|number| modulus.canonical(&number));
        let bytes = |number: &Number<L, B, N>, word: usize| {
            let mut bytes = vec![0; *length];
            number.write_bytes(word, &mut bytes);
            bytes
        };
        (0..L::WORDS).map(|word| numbers.each_ref().map(|number| bytes(number, word))).collect()
    }
}
