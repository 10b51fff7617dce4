//! The errors of operations: code, HTTP status and message.

use std::fmt;

use serde_json::json;

use super::json::schema::Problems;
use crate::Error;
use crate::error::{StoreErrorKind, scrubbed};

/// An operation was refused, or failed.
///
/// ```
/// use certwright::cas::{Cas, Config};
/// use certwright::time::SystemClock;
/// use certwright::MemoryStore;
/// let cas = Cas::new(MemoryStore::default(), SystemClock, Config::default());
/// let refused = cas.call("CreateCsr", r#"{ "Algorithm": "RSA" }"#).unwrap_err();
/// assert_eq!(refused.code(), "MissingParameter");
/// assert_eq!(refused.http_status(), 400);
/// assert!(refused.message().contains("CommonName"));
/// ```
#[derive(Debug)]
pub struct CasError {
    kind: ErrorKind,
    message: String,
    request_id: String,
    /// Another change came first, so the operation may be tried again.
    pub(crate) conflict: bool,
    /// Boxed, so that results are small.
    source: Option<Box<Error>>,
}

/// The codes of the service.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A CSR or key does not parse, or its signature is wrong.
    CertificateFormat,
    /// The issuing CA is over.
    CertificateExpired,
    /// An order could not be created.
    CreateCertificateRequestFailed,
    /// A key could not be generated or a CSR not be built.
    CreateCsrFailed,
    /// Something is too long.
    DataTooLong,
    /// A certificate is deleted before it was revoked.
    DeleteProtection,
    /// An order cannot be deleted.
    DeleteFail,
    /// A private key is not the CSR's.
    KeyMismatch,
    /// A bad value, range, family, or an end after the issuer's.
    InvalidParameter,
    /// A parameter is missing, or the rule on Days, BeforeTime and AfterTime is broken.
    MissingParameter,
    /// A name is taken.
    NameRepeat,
    /// An unknown identifier.
    NotFound,
    /// No such order.
    NotFoundOrder,
    /// No package was bought.
    NotFoundPackage,
    /// The quota is used up.
    NotRemainCount,
    /// Anything else, the store included.
    Other,
    /// The order's state forbids it.
    OrderState,
    /// A custom identifier is taken.
    ParameterRepeat,
    /// A CSR has its private key already.
    PrivateKeyExists,
    /// The store cannot be reached or used now, and nothing was written: try again later.
    Unavailable,
    /// No operation has this name.
    UnknownAction,
    /// The service has this operation, and this engine does not.
    UnsupportedOperation,
    /// Neither revoked what is not issued, nor issued from what is revoked.
    UpdateProtection,
}

impl ErrorKind {
    /// The code on the wire.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// The status of the HTTP answer.
    pub fn http_status(self) -> u16 {
        self.row().1
    }

    /// The table of the [rules](super::rules#errors).
    fn row(self) -> (&'static str, u16) {
        match self {
            Self::CertificateExpired => ("CertificateExpired", 400),
            Self::CertificateFormat => ("CertificateFormatException", 400),
            Self::CreateCertificateRequestFailed => ("CreateCertificateRequestFailed", 403),
            Self::CreateCsrFailed => ("CreateCsrFailed", 400),
            Self::DataTooLong => ("DataTooLongException", 400),
            Self::DeleteFail => ("DeleteFail", 403),
            Self::DeleteProtection => ("InvalidStatus.DeleteProtection", 400),
            Self::KeyMismatch => ("NotMatch.CsrAndPrivateKey", 400),
            Self::InvalidParameter => ("InvalidParameter", 400),
            Self::MissingParameter => ("MissingParameter", 400),
            Self::NameRepeat => ("NameRepeat", 400),
            Self::NotFound => ("NotFound", 400),
            Self::NotFoundOrder => ("NotFoundOrder", 404),
            Self::NotFoundPackage => ("NotFoundPackage", 404),
            Self::NotRemainCount => ("NotRemainCount", 404),
            Self::OrderState => ("OrderStateError", 403),
            Self::Other => ("Error", 500),
            Self::ParameterRepeat => ("ParamRepeat", 400),
            Self::PrivateKeyExists => ("CertificatePrivateKey.Existed", 400),
            Self::Unavailable => ("ServiceUnavailable", 503),
            Self::UnknownAction => ("InvalidAction.NotFound", 404),
            Self::UnsupportedOperation => ("UnsupportedOperation", 400),
            Self::UpdateProtection => ("InvalidStatus.UpdateProtection", 400),
        }
    }
}

impl CasError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = scrubbed(message.into());
        Self { kind, message, request_id: String::new(), conflict: false, source: None }
    }

    /// A parameter whose value is refused: what was given and what is allowed.
    pub(crate) fn invalid(
        name: &str,
        given: impl fmt::Display,
        allowed: impl fmt::Display,
    ) -> Self {
        let message = format!("{name}: given {given}, allowed {allowed}");
        Self::new(ErrorKind::InvalidParameter, message)
    }

    /// Something with this name that is not there.
    pub(crate) fn not_found(name: &str, given: impl fmt::Display) -> Self {
        Self::new(ErrorKind::NotFound, format!("{name}: there is no {given}"))
    }

    /// The same, of another kind.
    pub(crate) fn of(error: Error, kind: ErrorKind) -> Self {
        Self { kind, ..error.into() }
    }

    /// The same about a parameter.
    pub(crate) fn about(mut self, parameter: &str) -> Self {
        self.message = format!("{parameter}: {}", self.message);
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: &str) -> Self {
        self.request_id = request_id.to_owned();
        self
    }

    /// Which error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Its code, such as `InvalidParameter`.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// The status of the HTTP answer that would carry it.
    pub fn http_status(&self) -> u16 {
        self.kind.http_status()
    }

    /// What was wrong: the parameter, what was given and what is allowed.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The identifier of the request.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// A JSON object with Code, Message, RequestId and HttpStatus, as they go over the wire.
    pub fn to_json(&self) -> String {
        let fields = json!({
            "Code": self.code(),
            "HttpStatus": self.http_status(),
            "Message": self.message,
            "RequestId": self.request_id,
        });
        fields.to_string()
    }
}

impl fmt::Display for CasError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.code(), self.http_status(), self.message)
    }
}

impl std::error::Error for CasError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<Error> for CasError {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Denied(_) | Error::Malformed(_) | Error::Unsupported { .. } => {
                ErrorKind::InvalidParameter
            }
            Error::InvalidSignature { .. } => ErrorKind::CertificateFormat,
            Error::Store(store) if store.kind() == StoreErrorKind::Unavailable => {
                ErrorKind::Unavailable
            }
            _ => ErrorKind::Other,
        };
        let conflict =
            matches!(&error, Error::Store(store) if store.kind() == StoreErrorKind::Conflict);
        let message = error.to_string();
        Self { kind, message, request_id: String::new(), conflict, source: Some(Box::new(error)) }
    }
}

impl From<Problems> for CasError {
    fn from(problems: Problems) -> Self {
        let kind = match problems.missing.is_empty() {
            true => ErrorKind::InvalidParameter,
            false => ErrorKind::MissingParameter,
        };
        Self::new(kind, problems.to_string())
    }
}
