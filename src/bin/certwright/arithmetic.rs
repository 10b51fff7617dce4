//! The arithmetic that the environment asks for. The library does not look there: whoever embeds it
//! decides, not whoever starts the process.

use certwright::key::Arithmetic;
use clap::error::ErrorKind;

use super::failure::Failure;
use super::options::usage;

const VARIABLE: &str = "CERTWRIGHT_ARITHMETIC";

/// What the environment names; the fastest where it is silent.
pub fn chosen() -> Result<Arithmetic, Failure> {
    let Some(value) = std::env::var_os(VARIABLE) else { return Ok(Arithmetic::default()) };
    value.to_str().and_then(Arithmetic::named).ok_or_else(|| {
        let message = format!(
            "{VARIABLE} is {value:?}; allowed are fastest, portable, rustcrypto and vectors"
        );
        usage(ErrorKind::InvalidValue, message)
    })
}
