//! A request, as it was received whole.

use axum::http::HeaderMap;
use zeroize::Zeroizing;

use super::encoding::{Parameters, parameters};
use super::refusal::Refusal;

/// What came over the wire: to the address `/`, and within the limits.
pub struct Received {
    /// GET or POST.
    pub method: &'static str,
    pub query: Parameters,
    /// The parameters of the body, where it is a form.
    pub form: Parameters,
    pub headers: HeaderMap,
    pub body: Zeroizing<Vec<u8>>,
}

impl Received {
    pub fn new(
        method: &str,
        query: &str,
        headers: HeaderMap,
        body: Zeroizing<Vec<u8>>,
    ) -> Result<Self, Refusal> {
        let method = match method {
            "GET" => "GET",
            "POST" => "POST",
            _ => {
                let message = "the method of the request: allowed GET and POST";
                return Err(Refusal::new(405, "UnsupportedHTTPMethod", message));
            }
        };
        let query = parameters(query.as_bytes())?;
        let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let is_form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let form = match (body.is_empty(), is_form) {
            (true, _) => Vec::new(),
            (false, true) => parameters(&body)?,
            (false, false) => {
                let message = "Content-Type: a body must be application/x-www-form-urlencoded; \
                               parameters may stand in the query as well";
                return Err(Refusal::new(415, "UnsupportedContentType", message));
            }
        };
        Ok(Self { method, query, form, headers, body })
    }

    /// All parameters, those of the query first.
    pub fn parameters(&self) -> impl Iterator<Item = &(String, Zeroizing<String>)> {
        self.query.iter().chain(&self.form)
    }

    /// A parameter; an empty one is not given.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whether a parameter is given, empty or not.
    pub fn has_parameter(&self, name: &str) -> bool {
        self.parameters().any(|(given, _)| given == name)
    }

    /// A header that is one text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.map(str::trim).filter(|value| !value.is_empty())
    }
}
