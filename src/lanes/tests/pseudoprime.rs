//! Composite numbers that pass tests of primality: found by a search for primes p with 2p−1 prime,
//! and for k with 6k+1, 12k+1 and 18k+1 prime.

use crypto_bigint::BoxedUint;

use super::Random;
use super::oracle::{hexadecimal, minus, plus, small, times};
use super::prime::{Case, compare};

/// p·(2p−1): every second or fourth base lies.
fn double(p: &str) -> BoxedUint {
    let p = hexadecimal(p);
    times(&p, &minus(&plus(&p, &p), &small(1)))
}

/// (6k+1)·(12k+1)·(18k+1), a number of Carmichael's (J. Chernick, 1939): every base passes
/// Fermat's test.
fn carmichael(k: &str) -> BoxedUint {
    let k = hexadecimal(k);
    let factor = |times_k: u64| plus(&times(&k, &small(times_k)), &small(1));
    times(&times(&factor(6), &factor(12)), &factor(18))
}

#[track_caller]
fn assert_liars(numbers: &[BoxedUint], bits: u32, seed: u64) {
    let mut source = Random(seed);
    let cases: Vec<_> =
        numbers.iter().map(|number| Case::new(number.clone(), 16, &mut source)).collect();
    assert!(numbers.iter().all(|number| number.bit_width_vartime() == bits));
    let counts = compare(&cases);
    println!("{counts:?}");
    assert_eq!((counts.primes, counts.composites), (0, numbers.len()));
    assert_eq!(counts.fermat_liars, numbers.len(), "2 is a liar for each");
    assert!(counts.liars > 0, "some random base lies");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn pseudoprimes_of_512_bits() {
    let doubles = [STRONG_512, FERMAT_512].concat().into_iter().map(double);
    let numbers: Vec<_> = doubles.chain(CARMICHAEL_512.map(carmichael)).collect();
    assert_liars(&numbers, 512, 31);
}

#[test]
#[ignore = "it is for a build with optimisation"]
fn pseudoprimes_of_1024_bits() {
    let numbers: Vec<_> = [STRONG_1024, FERMAT_1024].concat().into_iter().map(double).collect();
    assert_liars(&numbers, 1024, 32);
}

/// The number is a strong pseudoprime to base 2.
const STRONG_512: [&str; 2] = [
    "A950ABAA4E70A808C850A9407AC729031020C70881178669B51AD4D86ACAC595",
    "87DFE110E7E376A808DB037A3ED1F86A76EA1F7A01C9FE6A1007C317FC8AC80D",
];

/// It is one of Fermat's to base 2, but no strong one.
const FERMAT_512: [&str; 2] = [
    "8DD6639E7683D88081F0628DEE746F8F042C9E7FC226E29F63EEF02B7E6C3F5D",
    "AAA48AC78330D9504F0DEDFB0D213C4561CAF97781BD4C795B2CB2F7D50F8AA1",
];

const STRONG_1024: [&str; 2] = [
    "82B5018CE481A2C17C6BAAE7B9339B5A9C869A930A5E9DBE74EF884731E8FF0924BD30D3E1CC6426\
     D1929DEF8F475E82D4A8CCA48EDBB48408D284070D3164AD",
    "B0BF65257A05646A24AF3496CC4A92E932FCED6DB696FCB7725FE4859302BBE14450ECF2D4961AD3\
     BD66D3E149FEDD15152809E61A4C5A8F3A715C3EC156138D",
];

const FERMAT_1024: [&str; 2] = [
    "8846123F0FA6F791072A2B68DE52C37339EC25641A24DF94723189B33497FFEDF14DFA7F0F4DD141\
     228DC110C286792A88A9375210F8596AC397C6C106167C59",
    "B4C64CFA40594DC7E5787B9D75BF0FC128CF6E20F113D225AFBC306C00AB8B2E65FDED87729F4F64\
     0DD504656EBD04C1B32CD6523A26783B3AC163BECC322A39",
];

const CARMICHAEL_512: [&str; 2] =
    ["8B4E921C4E0CB9F148F63632ED324B8868979CDD0C", "94316987E34807C2E28C344B4DCAE7E907A9CB53B9"];
