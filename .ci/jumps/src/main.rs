//! Keeps every function of the arithmetic of curves that works on secrets, of every curve.
#![allow(dead_code, unused_imports)]

#[path = "../../../src/curves/mod.rs"]
mod curves;

use std::hint::black_box;

use curves::{CurveName, SecretKey};

fn main() {
    for curve in [CurveName::P256, CurveName::P384, CurveName::P521, CurveName::Sm2] {
        let scalar = black_box([1; 66]);
        let width = if curve == CurveName::P521 { 66 } else { 32 };
        if let Some(key) = SecretKey::from_scalar(curve, &scalar[..width]) {
            black_box(key.scalar());
            black_box(key.sign(&scalar[..32], &scalar[..64]));
        }
    }
}
