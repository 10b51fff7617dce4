//! Arithmetic in lanes, compared with crypto-bigint's. It can be reached where cargo-fuzz builds it.

use arbitrary::Arbitrary;

/// Four numbers of each kind, cut to length or filled with zeros in front.
#[derive(Arbitrary, Debug)]
pub struct Input {
    /// Of the moduli.
    bits: u16,
    words: [Word; 4],
}

/// What one word of the lanes holds.
#[derive(Arbitrary, Debug)]
pub struct Word {
    modulus: Bytes,
    a: Bytes,
    b: Bytes,
    exponent: u64,
}

/// Bytes in runs, so that a few input bytes make a number of many equal digits.
#[derive(Arbitrary, Debug)]
pub struct Bytes(Vec<(u8, u8)>);

#[cfg(not(fuzzing))]
pub fn check(_: &Input) {
    panic!("the arithmetic is to be seen with cargo-fuzz only");
}

#[cfg(fuzzing)]
pub fn check(input: &Input) {
    use certwright::lanes_fuzzing::{Numbers, answers};

    let bits = 16 + u32::from(input.bits) % 2057;
    let numbers = input.words.each_ref().map(|word| {
        let mut modulus = word.modulus.number(bits);
        let last = modulus.len() - 1;
        modulus[0] |= 1 << ((bits - 1) % 8);
        modulus[last] |= 1;
        Numbers {
            modulus,
            a: word.a.number(bits + 8),
            b: word.b.number(bits + 3),
            exponent: word.exponent.to_be_bytes().to_vec(),
        }
    });
    let expected: Vec<_> = numbers.iter().map(|numbers| expected(numbers)).collect();
    for (lane, answers) in answers(bits, &numbers) {
        assert_eq!(answers, expected, "{lane}");
    }
}

impl Bytes {
    /// A number of at most these bits.
    #[cfg(fuzzing)]
    fn number(&self, bits: u32) -> Vec<u8> {
        let length = bits.div_ceil(8) as usize;
        let runs =
            self.0.iter().flat_map(|(byte, run)| std::iter::repeat_n(*byte, 1 + usize::from(*run)));
        let mut bytes: Vec<u8> = runs.take(length).collect();
        bytes.splice(0..0, std::iter::repeat_n(0, length - bytes.len()));
        bytes[0] &= 0xff >> (length as u32 * 8 - bits);
        bytes
    }
}

#[cfg(fuzzing)]
fn expected(numbers: &certwright::lanes_fuzzing::Numbers) -> [Vec<u8>; 4] {
    use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero, Odd};

    let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
    let (a, b) = (number(&numbers.a), number(&numbers.b));
    let modulus = NonZero::new(number(&numbers.modulus)).unwrap();
    let odd = Odd::new(number(&numbers.modulus)).unwrap();
    let power = |exponent: &[u8]| a.rem_vartime(&modulus).pow_mod(&number(exponent), &odd);
    [
        a.concatenating_mul(&b).rem_vartime(&modulus),
        a.concatenating_mul(&a).rem_vartime(&modulus),
        power(&numbers.exponent),
        power(&[1, 0, 1]),
    ]
    .map(|number| {
        let bytes = number.to_be_bytes();
        bytes[bytes.len() - numbers.modulus.len()..].to_vec()
    })
}
