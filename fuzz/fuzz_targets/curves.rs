//! The arithmetic of curves computes what single bits compute.
#![no_main]

use certwright_fuzz::curves;

libfuzzer_sys::fuzz_target!(|input: curves::Input| curves::check(&input));
