//! What a caller is told when there is no certificate.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use certwright::Error;
use certwright::error::StoreErrorKind;
use serde_json::{Value, json};

/// A status, and its reasons as JSON.
pub struct Refusal(pub StatusCode, pub Value);

impl From<Error> for Refusal {
    /// By who must act: the sender of a bad request, whoever asked for too much, or the operator, whose
    /// errors are logged and not told.
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Malformed(_) | Error::Unsupported { .. } | Error::InvalidSignature { .. } => {
                StatusCode::BAD_REQUEST
            }
            Error::Denied(_) => StatusCode::FORBIDDEN,
            Error::Store(error) if error.kind() == StoreErrorKind::NotFound => {
                StatusCode::NOT_FOUND
            }
            Error::Store(error) if error.kind() == StoreErrorKind::Conflict => StatusCode::CONFLICT,
            _ => {
                eprintln!("{error}");
                let told = json!({ "error": "the CA cannot answer now" });
                return Self(StatusCode::SERVICE_UNAVAILABLE, told);
            }
        };
        let reasons: Vec<String> = error.reasons().iter().map(ToString::to_string).collect();
        Self(status, json!({ "error": error.to_string(), "reasons": reasons }))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}
