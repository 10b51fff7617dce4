//! ClientToken: a call that is repeated is answered as the first time.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::super::described::hexadecimal;
use super::super::error::CasError;
use super::super::json::schema::{Parameter, REQUEST_ID, read_answer, write_answer};
use super::super::json::text;
use super::super::session::{Run, Session, Token};
use super::records::{content, damaged, record};
use crate::Error;
use crate::error::quoted;
use crate::ledger::Row;

/// The token of a call of an operation, where it has one.
pub(crate) fn of<O: Run>(operation: &str, request: &O) -> Option<Token> {
    let given = request.client_token()?;
    let place = format!("token/{operation}/{given}");
    // What has no parameters is null.
    let parameters = Zeroizing::new(text::write(request.write().unwrap_or_default()));
    let request = hexadecimal(&Sha256::digest(parameters.as_bytes()));
    Some(Token { place, given: given.to_owned(), request })
}

/// What keeps the answer of a call that has a token.
pub(crate) fn row<A: Parameter>(at: &Session<'_>, answer: &A) -> Result<Option<Row>, Error> {
    let Some(Token { place, request, .. }) = at.token else { return Ok(None) };
    let answer = write_answer(answer, None, at.request_id);
    let kept = json!({ ANSWER: answer, REQUEST: request }).to_string();
    at.rows.insert(place, record(kept)).map(Some)
}

/// What an earlier call of the same token was answered, and the identifier of its request.
pub(crate) fn answered<A: Parameter>(at: &Session<'_>) -> Result<Option<(A, String)>, CasError> {
    let Some(Token { place, given, request }) = at.token else { return Ok(None) };
    let most = at.config.client_token_characters;
    let characters = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if given.len() > most || !given.bytes().all(characters) {
        let allowed = format!("at most {most} of ASCII");
        return Err(CasError::invalid("ClientToken", quoted(given), allowed));
    }
    let Some(row) = at.rows.get(place)? else { return Ok(None) };
    let mut earlier: Value =
        serde_json::from_slice(content(&row)?).map_err(|error| damaged(&row, error))?;
    if earlier.get(REQUEST).and_then(Value::as_str) != Some(request) {
        let allowed = "the parameters that it was first used with";
        return Err(CasError::invalid("ClientToken", "other parameters", allowed));
    }
    let answer = earlier.get_mut(ANSWER).map(Value::take).unwrap_or_default();
    let request_id = answer.get(REQUEST_ID).and_then(|id| id.as_str()).map(str::to_owned);
    let request_id = request_id.ok_or_else(|| damaged(&row, "an answer without RequestId"))?;
    let answer = read_answer(answer).map_err(|problems| damaged(&row, problems))?;
    Ok(Some((answer, request_id)))
}

const ANSWER: &str = "Answer";
const REQUEST: &str = "Request";
