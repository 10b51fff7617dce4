//! The arithmetic on bytes, for the fuzz target of the lanes and for nothing else.

use super::montgomery::Modulus;
use super::number::{Number, Sums};

/// a·b, a², a to the power of the exponent and of 65537, all modulo m, in big-endian bytes. m is odd and
/// of exactly these bits, at most 3072; a has at most 8 bits more, b 3, and the exponent at most 64.
pub(crate) fn answers(bits: u32, [m, a, b, exponent]: [&[u8]; 4]) -> [Vec<u8>; 4] {
    match bits {
        ..=1024 => of_size::<2>(bits, [m, a, b, exponent]),
        1025..=1536 => of_size::<3>(bits, [m, a, b, exponent]),
        1537..=2048 => of_size::<4>(bits, [m, a, b, exponent]),
        _ => of_size::<6>(bits, [m, a, b, exponent]),
    }
}

fn of_size<const N: usize>(bits: u32, [m, a, b, exponent]: [&[u8]; 4]) -> [Vec<u8>; 4] {
    let modulus = Modulus::<N>::new(m, bits);
    let mut sums = Sums::new(N);
    let one = Number::small(1);
    let mut base = Number::from_bytes(a);
    modulus.multiply(&mut base, &modulus.square, &mut sums);
    let [mut product, mut square, mut power, mut of_65537] = [base; 4];
    modulus.leave(&mut product, &Number::from_bytes(b), &mut sums);
    modulus.square(&mut square, &mut sums);
    modulus.raise(&mut power, &Number::from_bytes(exponent), 64, &mut sums);
    modulus.raise_to_65537(&mut of_65537, &mut sums);
    for number in [&mut square, &mut power, &mut of_65537] {
        modulus.leave(number, &one, &mut sums);
    }
    [product, square, power, of_65537].map(|number| {
        let mut bytes = vec![0; m.len()];
        number.write_bytes(&mut bytes);
        bytes
    })
}
