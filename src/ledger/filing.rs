//! How a certificate is filed: its tags, and the token that keeps a repeated call from issuing twice.

use super::Ledger;
use super::octets::{corrupt, take_time, time, versioned};
use super::write::Write;
use crate::error::{Error, StoreError, cut};
use crate::limits::{TAG_OCTETS, TAGS, TOKEN_OCTETS};
use crate::validity::Time;

const TOKEN: &[u8] = b"token/";
const VERSION: u8 = 1;

/// A key and a value that mark a certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs)] // A tag is these two.
pub struct Tag {
    /// The key.
    pub key: String,
    /// The value, which may be empty.
    pub value: String,
}

/// How a certificate is filed.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::ledger::Filing;
/// use certwright::name::AttributeType;
/// use certwright::policy::RootLeaves;
/// use certwright::*;
/// # let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
/// # let ca = Issuer::self_signed("CN=CA".parse()?, Profile::root(), key()?)?;
/// # let policy = Policy::new(Profile::tls_client())
/// #     .allow_subject(AttributeType::COMMON_NAME)
/// #     .with_root_leaves(RootLeaves::Allow);
/// # let authority = Authority::new(ca, policy, MemoryStore::default());
/// let request = CertificateRequest::builder("CN=client".parse()?).sign(&key()?)?;
/// let filing = Filing::new().with_tag("team", "payments")?.with_token("order-4711")?;
/// let first = authority.issue_filed(&authority.review(&request), &filing)?;
/// // The answer was lost, so it is asked for once more: nothing is issued twice.
/// let again = authority.issue_filed(&authority.review(&request), &filing)?;
/// assert_eq!(first.chain().to_pem(), again.chain().to_pem());
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Filing {
    pub(crate) tags: Vec<Tag>,
    pub(crate) token: Option<String>,
}

impl Filing {
    /// No tag and no token.
    pub fn new() -> Self {
        Self::default()
    }

    /// Marks the certificate with a tag: a key of 1 to 128 octets, a value of at most 256; at most 20
    /// tags, no key twice.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it breaks these bounds.
    pub fn with_tag(mut self, key: &str, value: &str) -> Result<Self, Error> {
        let problem = if !(1..=TAG_OCTETS).contains(&key.len()) {
            format!("a key of {} octets; allowed 1 to {TAG_OCTETS}", key.len())
        } else if value.len() > 2 * TAG_OCTETS {
            format!("a value of {} octets; at most {}", value.len(), 2 * TAG_OCTETS)
        } else if self.tags.len() == TAGS {
            format!("more than {TAGS} tags")
        } else if self.tags.iter().any(|tag| tag.key == key) {
            "a key that is there already".to_owned()
        } else {
            self.tags.push(Tag { key: key.to_owned(), value: value.to_owned() });
            return Ok(self);
        };
        Err(Error::malformed("tag", cut(key).escape_debug().to_string(), problem))
    }

    /// Names the call, with 1 to 128 octets: the same request under the same token is answered with
    /// the certificate that was issued first, another request under it is refused.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the token is empty or too long.
    pub fn with_token(mut self, token: &str) -> Result<Self, Error> {
        if !(1..=TOKEN_OCTETS).contains(&token.len()) {
            let problem = format!("{} octets; allowed 1 to {TOKEN_OCTETS}", token.len());
            return Err(Error::malformed("idempotency token", "", problem));
        }
        self.token = Some(token.to_owned());
        Ok(self)
    }
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

/// Records the first call under a token.
pub(crate) fn token_write(token: &str, record: &TokenRecord) -> Write {
    let TokenRecord { request, at, answer } = record;
    Write::new(token_key(token), [&[VERSION][..], request, &time(*at), answer].concat())
}

fn token_key(token: &str) -> Vec<u8> {
    [TOKEN, token.as_bytes()].concat()
}
