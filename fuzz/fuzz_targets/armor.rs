//! Lax texts of PEM.
#![no_main]

use certwright_fuzz::armor;

libfuzzer_sys::fuzz_target!(|input: &[u8]| armor::check(input));
