//! Operations of the service, nested and flat.
#![no_main]

use certwright_fuzz::call;

libfuzzer_sys::fuzz_target!(|input: &[u8]| call::check(input));
