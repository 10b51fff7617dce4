//! General names.
#![no_main]

use certwright_fuzz::general_names;

libfuzzer_sys::fuzz_target!(|input: &[u8]| general_names::check(input));
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    certwright_fuzz::der::mutate(data, size, max_size, seed, libfuzzer_sys::fuzzer_mutate)
});
