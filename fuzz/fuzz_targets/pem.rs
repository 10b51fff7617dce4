//! PEM texts of every kind of block.
#![no_main]

use certwright_fuzz::pem;

libfuzzer_sys::fuzz_target!(|input: &[u8]| pem::check(input));
