//! Revocation lists, as they are and signed again.
#![no_main]

use certwright_fuzz::crl;

libfuzzer_sys::fuzz_target!(|input: &[u8]| crl::check(input));
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    certwright_fuzz::der::mutate(data, size, max_size, seed, libfuzzer_sys::fuzzer_mutate)
});
