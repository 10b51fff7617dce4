//! Stores and the ledger against models.
#![no_main]

use certwright_fuzz::store;

libfuzzer_sys::fuzz_target!(|input: store::Script| store::check(input));
