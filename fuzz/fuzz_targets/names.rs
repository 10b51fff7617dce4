//! Names as text, and subtrees.
#![no_main]

use certwright_fuzz::names;

libfuzzer_sys::fuzz_target!(|input: &[u8]| names::check(input));
