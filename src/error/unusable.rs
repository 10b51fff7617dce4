//! Why something that was read cannot be used, kept until somebody uses it.

use super::{Error, Malformed};

/// An error of reading that is told where what was read is used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Unusable {
    Malformed(Malformed),
    Unsupported { what: &'static str, given: String, allowed: String },
}

impl From<Error> for Unusable {
    fn from(error: Error) -> Self {
        match error {
            Error::Malformed(malformed) => Self::Malformed(malformed),
            Error::Unsupported { what, given, allowed } => {
                Self::Unsupported { what, given, allowed }
            }
            other => Self::Malformed(Malformed {
                what: "input",
                place: String::new(),
                problem: other.to_string(),
            }),
        }
    }
}

impl From<&Unusable> for Error {
    fn from(unusable: &Unusable) -> Self {
        match unusable.clone() {
            Unusable::Malformed(malformed) => Self::Malformed(malformed),
            Unusable::Unsupported { what, given, allowed } => {
                Self::Unsupported { what, given, allowed }
            }
        }
    }
}
