//! Powers, compared with crypto-bigint's.

#![cfg(test)] // what is not as it should be panics

use super::Random;
use super::montgomery::{digits, every_size, moduli, of_digits};
use super::oracle::{bytes, minus, modulo, power, random, small, two_to_the};
use crate::scalar::montgomery::Modulus;
use crate::scalar::number::{Number, Sums};

fn secret<const N: usize>(count: usize) {
    let mut source = Random(9);
    let bits = 512 * N as u32;
    let mut sums = Sums::new(N);
    for m in moduli::<N>(&mut source, bits, count) {
        let modulus = Modulus::<N>::new(&bytes(&m, bits as usize / 8), bits);
        let ones = minus(&two_to_the(bits), &small(1));
        for exponent in [small(0), small(1), ones, random(&mut source, bits)] {
            let base = random(&mut source, bits);
            let mut raised = digits::<N>(&base);
            modulus.multiply(&mut raised, &modulus.square, &mut sums);
            modulus.raise(&mut raised, &digits(&exponent), bits, &mut sums);
            modulus.leave(&mut raised, &Number::small(1), &mut sums);
            assert_eq!(of_digits(&raised), power(&base, &exponent, &m), "{base}^{exponent} of {m}");
        }
        let base = random(&mut source, bits);
        let mut raised = digits::<N>(&base);
        modulus.multiply(&mut raised, &modulus.square, &mut sums);
        modulus.raise_to_65537(&mut raised, &mut sums);
        modulus.leave(&mut raised, &Number::small(1), &mut sums);
        assert_eq!(of_digits(&raised), power(&base, &small(65_537), &m));
    }
}

#[test]
fn secret_powers_are_those_of_crypto_bigint() {
    secret::<2>(3);
}

#[test]
#[ignore = "it is for a build with optimisation"]
fn secret_powers_of_every_size_are_those_of_crypto_bigint() {
    secret::<2>(50);
    secret::<3>(20);
    secret::<4>(20);
}

fn public<const N: usize>() {
    let mut source = Random(10);
    let mut sums = Sums::new(N);
    for bits in [512 * N as u32, 512 * N as u32 - 301] {
        for m in moduli::<N>(&mut source, bits, 7) {
            let modulus = Modulus::<N>::public(&bytes(&m, bits.div_ceil(8) as usize), bits);
            let any = modulo(&random(&mut source, bits), &m);
            for base in [small(0), small(1), minus(&m, &small(1)), any] {
                for exponent in [3, 5, 17, 65_537, (1 << 33) - 1] {
                    let raised = modulus.raise_publicly(&digits(&base), exponent, &mut sums);
                    let expected = power(&base, &small(exponent), &m);
                    assert_eq!(of_digits(&raised), expected, "{base}^{exponent} of {m}");
                }
            }
        }
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn public_powers_are_those_of_crypto_bigint() {
    every_size!(public());
}
