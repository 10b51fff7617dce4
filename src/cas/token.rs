//! ClientToken: a call that is repeated is answered as the first time (section 3).

use super::Cas;
use super::error::{CasError, ErrorKind};
use super::records::encode;
use super::schema::{Parameter, read_whole};
use crate::error::quoted;
use crate::key::fingerprint;
use crate::ledger::{TokenRecord, Write, token_write};
use crate::validity::Time;

/// A call that has a name.
pub(super) struct Token {
    /// Where its answer is kept; none for a call without a name.
    place: Option<String>,
    given: Option<String>,
    /// The digest of its parameters.
    request: [u8; 32],
}

/// The token of a call of an operation.
pub(super) fn of(operation: &str, request: &impl Parameter, token: &Option<String>) -> Token {
    let parameters = request.write().unwrap_or_default().to_string();
    let request = fingerprint(parameters.as_bytes());
    let place = token.as_ref().map(|token| format!("cas/{operation}/{token}"));
    Token { place, given: token.clone(), request }
}

/// What keeps the answer of a call that has a name.
pub(super) fn write(
    token: &Token,
    answer: &impl Parameter,
    at: Time,
) -> Result<Option<Write>, CasError> {
    let Some(place) = &token.place else { return Ok(None) };
    let answer = encode(answer)?;
    let record = TokenRecord { request: token.request, at, answer };
    Ok(Some(token_write(place, &record)))
}

impl Cas {
    /// Does an operation, unless it was done before under the same token: then its first answer is
    /// given again.
    pub(super) fn operate_once<R: Parameter>(
        &self,
        token: &Token,
        attempt: impl Fn(String, Time) -> Result<R, CasError>,
    ) -> Result<R, CasError> {
        self.operate(|request_id| {
            if let Some(earlier) = self.answered(token)? {
                return Ok(earlier);
            }
            attempt(request_id, self.now()?)
        })
    }

    fn answered<R: Parameter>(&self, token: &Token) -> Result<Option<R>, CasError> {
        let (Some(place), Some(given)) = (&token.place, &token.given) else { return Ok(None) };
        let most = self.config.client_token_characters;
        let characters = |octet: u8| octet.is_ascii_graphic() || octet == b' ';
        if given.len() > most || !given.bytes().all(characters) {
            let given = quoted(given);
            return Err(CasError::invalid(
                "ClientToken",
                given,
                format!("at most {most} of ASCII"),
            ));
        }
        let Some(earlier) = self.ledger.token(place)? else { return Ok(None) };
        if earlier.request != token.request {
            let allowed = "the parameters that it was first used with";
            return Err(CasError::invalid("ClientToken", "other parameters", allowed));
        }
        let damaged = |problem: String| CasError::new(ErrorKind::Other, problem);
        let value = serde_json::from_slice(&earlier.answer);
        let value = value.map_err(|error| damaged(error.to_string()))?;
        read_whole(&value).map(Some).map_err(|problems| damaged(problems.to_string()))
    }
}
