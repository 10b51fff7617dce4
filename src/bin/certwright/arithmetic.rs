//! The arithmetic that the environment asks for. The library does not look there: whoever embeds it
//! decides, not whoever starts the process.

use std::sync::OnceLock;

use certwright::key::Arithmetic;
use clap::error::ErrorKind;

use super::failure::Failure;
use super::options::usage;

const VARIABLE: &str = "CERTWRIGHT_ARITHMETIC";

static CHOSEN: OnceLock<Arithmetic> = OnceLock::new();

/// Reads what the environment names, before anything is done.
pub fn read() -> Result<(), Failure> {
    let Some(value) = std::env::var_os(VARIABLE) else { return Ok(()) };
    let arithmetic = value.to_str().and_then(Arithmetic::named).ok_or_else(|| {
        let message = format!(
            "{VARIABLE} is {value:?}; allowed are fastest, portable, rustcrypto, scalar and vectors"
        );
        usage(ErrorKind::InvalidValue, message)
    })?;
    CHOSEN.get_or_init(|| arithmetic);
    Ok(())
}

/// What it named; the fastest where it is silent.
pub fn chosen() -> Arithmetic {
    asked().unwrap_or_default()
}

/// What it named, if it did.
pub fn asked() -> Option<Arithmetic> {
    CHOSEN.get().copied()
}
