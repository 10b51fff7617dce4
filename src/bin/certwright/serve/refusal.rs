//! A request that the service does not pass on, or whose work failed.

/// What is answered instead.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The service's own code, where it has one.
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A request of which the form of its signature cannot be understood.
    pub fn incomplete(message: impl Into<String>) -> Self {
        Self::new(400, "IncompleteSignature", message)
    }

    /// A parameter, or a header in its place, that must be given.
    pub fn missing(name: &str) -> Self {
        Self::new(400, "MissingParameter", format!("{name}: missing"))
    }

    /// Too many at once; whoever tries again later is served.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::new(503, "ServiceUnavailable", message)
    }
}
