//! Files of many certificates, and public keys of any kind.
#![no_main]

use certwright_fuzz::bundle;

libfuzzer_sys::fuzz_target!(|input: &[u8]| bundle::check(input));
