//! The lanes compute what crypto-bigint computes.
#![no_main]

use certwright_fuzz::lanes;

libfuzzer_sys::fuzz_target!(|input: lanes::Input| lanes::check(&input));
