//! What ends a run, and how it is said.

use super::output::pretty;
use std::io::{self, Write as _};
use std::process::{self, ExitCode};

use certwright::Error;
use certwright::cas::CasError;
use certwright::error::StoreError;
use certwright::key::SecretText;

/// Why a run ended without what was asked for.
pub enum Failure {
    /// An operation was refused or failed: JSON for programs.
    Cas(Box<CasError>),
    /// Anything else: a sentence for people.
    Reason(String),
    /// Wrong usage, which clap reports.
    Usage(clap::Error),
}

impl Failure {
    /// Says it on standard error, and gives the exit code.
    pub fn report(self) -> ExitCode {
        // Nobody is left to be told where standard error cannot be written.
        match self {
            Self::Cas(error) => {
                let _ = writeln!(io::stderr(), "{}", pretty(&error.to_json()));
                ExitCode::FAILURE
            }
            Self::Reason(reason) => {
                let _ = writeln!(io::stderr(), "certwright: {reason}");
                ExitCode::FAILURE
            }
            Self::Usage(error) => {
                print(&error);
                ExitCode::from(2)
            }
        }
    }

    /// The same, said as an operation says it.
    pub fn of_call(error: impl Into<Error>) -> Self {
        CasError::from(error.into()).into()
    }
}

/// Ends a run whose arguments are wrong, or ask for help.
pub fn end<T>(error: clap::Error) -> T {
    print(&error);
    process::exit(error.exit_code())
}

/// Clap shows what was given; not where that may be a private key.
fn print(error: &clap::Error) {
    let mut arguments = std::env::args_os();
    if error.use_stderr() && arguments.any(|given| SecretText::is_likely(&given.to_string_lossy()))
    {
        let problem =
            "wrong usage; the message is left out, because an argument may be a private key";
        let _ = writeln!(io::stderr(), "error: {problem}. For more information, try '--help'.");
    } else {
        let _ = error.print();
    }
}

impl From<CasError> for Failure {
    fn from(error: CasError) -> Self {
        Self::Cas(Box::new(error))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Reason(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Reason(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Reason(format!("the output cannot be written: {error}"))
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}
