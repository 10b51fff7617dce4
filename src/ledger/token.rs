//! Idempotency tokens: what keeps a repeated call from issuing twice.

use super::Ledger;
use super::bytes::{corrupt, take_time, time, versioned};
use super::identifier::Identifier;
use super::record::CertificateRecord;
use super::write::Write;
use crate::error::{Error, StoreError, cut};
use crate::limits::TOKEN_BYTES;
use crate::validity::Time;

const TOKEN: &[u8] = b"token/";
const VERSION: u8 = 1;

/// A token is 1 to 128 bytes long.
pub(crate) fn check_token(token: &str) -> Result<(), Error> {
    if (1..=TOKEN_BYTES).contains(&token.len()) {
        return Ok(());
    }
    let problem = format!("{} bytes; allowed 1 to {TOKEN_BYTES}", token.len());
    Err(Error::malformed("idempotency token", "", problem))
}

/// What was answered to the first call under a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TokenRecord {
    /// The digest of what was asked for.
    pub(crate) request: [u8; 32],
    pub(crate) at: Time,
    pub(crate) answer: Vec<u8>,
}

impl Ledger {
    /// The certificate that was issued under a token
    /// ([`Issuance::token`](crate::issuance::Issuance::token)), or is prepared under it: then the record has
    /// no certificate yet ([`CertificateRecord::certificate`]).
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or the record is damaged.
    pub fn by_token(&self, token: &str) -> Result<Option<CertificateRecord>, Error> {
        let Some(earlier) = self.token(token)? else { return Ok(None) };
        match Identifier::from_bytes(&earlier.answer) {
            Some(identifier) => self.by_identifier(&identifier),
            None => Ok(None),
        }
    }

    /// The first call under a token.
    pub(crate) fn token(&self, token: &str) -> Result<Option<TokenRecord>, Error> {
        let what = || format!("token {}", cut(token).escape_debug());
        let Some(value) = self.record(&token_key(token))? else { return Ok(None) };
        let parsed = versioned(&value, VERSION, what)?.split_first_chunk::<32>();
        let parsed = parsed.and_then(|(request, rest)| {
            let (at, answer) = take_time(rest)?;
            Some(TokenRecord { request: *request, at, answer: answer.to_vec() })
        });
        let damaged: fn(String) -> StoreError = |what| corrupt(&what, "damaged");
        Ok(Some(parsed.ok_or_else(|| damaged(what()))?))
    }
}

impl Ledger {
    /// What frees a token whose answer is this one, if it is.
    pub(crate) fn forget_token_write(
        &self,
        token: &str,
        answer: &[u8],
    ) -> Result<Option<Write>, Error> {
        let key = token_key(token);
        let Some(old) = self.record(&key)? else { return Ok(None) };
        Ok(old.ends_with(answer).then(|| Write::delete(key, old)))
    }
}

/// Records the first call under a token.
pub(crate) fn token_write(token: &str, record: &TokenRecord) -> Write {
    let TokenRecord { request, at, answer } = record;
    Write::new(token_key(token), [&[VERSION][..], request, &time(*at), answer].concat())
}

fn token_key(token: &str) -> Vec<u8> {
    [TOKEN, token.as_bytes()].concat()
}
