//! Keeps every function of the arithmetic that works on secrets, of every curve and every size of RSA.
#![allow(dead_code, unused_imports)]

#[path = "../../../src/carry.rs"]
mod carry;
#[path = "../../../src/curves/mod.rs"]
mod curves;
#[path = "../../../src/scalar/mod.rs"]
mod scalar;
#[path = "../../../src/vectors/mod.rs"]
mod vectors;

use std::hint::black_box;

use curves::{CurveName, Lanes, SecretKey, ToSign};
use scalar::{PrivateNumbers, candidate, private_key};

fn main() {
    for curve in [CurveName::P256, CurveName::P384, CurveName::P521, CurveName::Sm2] {
        let scalar = black_box([1; 66]);
        let width = if curve == CurveName::P521 { 66 } else { 32 };
        if let Some(key) = SecretKey::from_scalar(curve, &scalar[..width]) {
            black_box(key.scalar());
            let to_sign = ToSign { digest: &scalar[..32], nonce: &scalar[..64] };
            for lanes in black_box([Lanes::None, Lanes::Vectors]) {
                black_box(key.sign_many(lanes, &[to_sign; 9]));
                black_box(SecretKey::from_scalars(curve, lanes, &[&scalar[..width]; 9]));
            }
        }
    }
    let number = black_box([0xff; 512]);
    for bits in black_box([512, 1024, 1536, 2048]) {
        let half = &number[..bits / 8];
        let numbers = PrivateNumbers {
            modulus: &number[..bits / 4],
            p: half,
            q: half,
            dp: half,
            dq: half,
            q_inverse: half,
        };
        if let Some(key) = private_key(&numbers) {
            black_box(key.raise(&number[..bits / 4], &mut |bytes| {
                bytes.fill(black_box(3));
                true
            }));
        }
        if let Some(candidate) = candidate(half, bits as u32) {
            black_box(candidate.passes_base_two());
            black_box(candidate.passes(half));
        }
    }
}
