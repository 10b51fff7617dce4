//! Millions of products, for a build with optimisation:
//! `cargo test --release --lib lanes::tests::millions -- --ignored --nocapture`.
//!
//! `CERTWRIGHT_LANES_PAIRS` says how many pairs; without it, it is three million.

#![cfg(test)] // what is not as it should be panics

use std::time::Instant;

use super::montgomery::{Group, compare, edges, products};
use super::oracle::{minus, moduli, modulo, plus, random, small, times, two_to_the};
use super::{Random, answers};

/// Rows of eight pairs for each eight moduli.
const ROWS: usize = 512;

/// Pairs below 16m: random ones, edges, and numbers of long runs of equal bits, which carry far.
fn group(source: &mut Random, bits: u32, digits: u32) -> Group {
    let moduli = if source.index(4) == 0 {
        moduli(source, bits, 8)
    } else {
        moduli(source, bits, 16).split_off(8)
    };
    let edges: Vec<_> = moduli.iter().map(|modulus| edges(modulus, digits)).collect();
    let rows = (0..ROWS)
        .map(|_| {
            let pair = |word: usize| {
                let bound = times(&moduli[word], &small(16));
                [(); 2].map(|()| match source.index(8) {
                    0 => edges[word][source.index(edges[word].len())].clone(),
                    1 => {
                        let ends = [(); 4].map(|()| source.index(bits as usize + 4) as u32);
                        let [a, b, c, d] = ends.map(two_to_the);
                        modulo(&plus(&minus(&plus(&bound, &a), &b), &plus(&c, &d)), &bound)
                    }
                    2..5 => modulo(&random(source, bits + 4), &plus(&moduli[word], &moduli[word])),
                    _ => modulo(&random(source, bits + 4), &bound),
                })
            };
            (0..8).map(pair).collect()
        })
        .collect();
    Group { bits, moduli, rows }
}

macro_rules! compared {
    ($source:expr, $blocks:literal, $number:literal, $pairs:expr) => {{
        let digits = $blocks * $number;
        let (mut compared, started) = (0, Instant::now());
        while compared < $pairs {
            // What keys have, and any other length that fits.
            let most = 52 * digits - 8;
            let usual = 512 * $number;
            let bits = match $source.index(4) {
                0 => most - $source.index(60) as u32,
                1 => 64 + $source.index(most as usize - 64) as u32,
                _ if usual <= most => usual,
                _ => most,
            };
            let group = group($source, bits, digits);
            let is_square = $source.index(3) == 0;
            let products = answers!(products::<$blocks, $number>(&group, is_square));
            compared += compare(&group, products, is_square);
        }
        println!("{} x {}: {compared} in {:.1?}", $blocks, $number, started.elapsed());
        compared
    }};
}

#[test]
#[ignore = "millions of products are for a build with optimisation"]
fn millions_of_products_and_squares() {
    let pairs = std::env::var("CERTWRIGHT_LANES_PAIRS").ok();
    let pairs = pairs.map_or(3_000_000, |pairs| pairs.parse::<usize>().unwrap());
    // Another seed each time; it is printed, and can be given.
    let seed = std::env::var("CERTWRIGHT_LANES_SEED").ok().map_or_else(
        || std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64,
        |seed| seed.parse().unwrap(),
    );
    println!("CERTWRIGHT_LANES_SEED={seed}");
    let source = &mut Random(seed);
    let mut compared = compared!(source, 10, 1, pairs / 8 * 3);
    compared += compared!(source, 10, 2, pairs / 8);
    compared += compared!(source, 10, 3, pairs / 32);
    compared += compared!(source, 10, 4, pairs / 32);
    compared += compared!(source, 10, 6, pairs / 512);
    compared += compared!(source, 10, 8, pairs / 512);
    compared += compared!(source, 5, 1, pairs / 4);
    compared += compared!(source, 8, 1, pairs / 8);
    compared += compared!(source, 11, 1, pairs / 16);
    println!("{compared} pairs with each of five lanes");
    assert!(compared >= pairs);
}
