//! ClientToken: a call that is repeated is answered as the first time.

use super::super::error::{CasError, ErrorKind};
use super::super::json::schema::{Parameter, REQUEST_ID, read_answer, write_answer};
use super::super::session::{Run, Session, Token};
use crate::error::quoted;
use crate::key::fingerprint;
use crate::ledger::{TokenRecord, Write, token_write};

/// The token of a call of an operation.
pub(crate) fn of<O: Run>(operation: &str, request: &O) -> Token {
    let name = request.client_token().map(|token| {
        let place = format!("cas/{operation}/{token}");
        (place, token.to_owned())
    });
    let parameters = name.as_ref().and_then(|_| request.write()).unwrap_or_default().to_string();
    Token { name, request: fingerprint(parameters.as_bytes()) }
}

/// What keeps the answer of a call that has a name.
pub(crate) fn write<A: Parameter>(at: &Session<'_>, answer: &A) -> Result<Option<Write>, CasError> {
    let Some((place, _)) = &at.token.name else { return Ok(None) };
    let answer = write_answer(answer, None, at.request_id).to_string().into_bytes();
    let record = TokenRecord { request: at.token.request, at: at.now, answer };
    Ok(Some(token_write(place, &record)))
}

/// What an earlier call of the same name was answered, and the identifier of its request.
pub(crate) fn answered<A: Parameter>(at: &Session<'_>) -> Result<Option<(A, String)>, CasError> {
    let Some((place, given)) = &at.token.name else { return Ok(None) };
    let most = at.config.client_token_characters;
    let characters = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if given.len() > most || !given.bytes().all(characters) {
        let allowed = format!("at most {most} of ASCII");
        return Err(CasError::invalid("ClientToken", quoted(given), allowed));
    }
    let Some(earlier) = at.ledger.token(place)? else { return Ok(None) };
    if earlier.request != at.token.request {
        let allowed = "the parameters that it was first used with";
        return Err(CasError::invalid("ClientToken", "other parameters", allowed));
    }
    let damaged = |problem: String| CasError::new(ErrorKind::Other, problem);
    let value: serde_json::Value =
        serde_json::from_slice(&earlier.answer).map_err(|error| damaged(error.to_string()))?;
    let request_id = value.get(REQUEST_ID).and_then(|id| id.as_str()).map(str::to_owned);
    let request_id = request_id.ok_or_else(|| damaged("an answer without RequestId".to_owned()))?;
    let answer = read_answer(value).map_err(|problems| damaged(problems.to_string()))?;
    Ok(Some((answer, request_id)))
}
