//! Signatures in the header `Authorization`, of the schemes ACS3: what the newer clients send.
//!
//! The canonical request has the method, the path, the canonical query, the signed headers, their list and
//! the hash of the body, a line each; what is signed is the scheme's name and the hash of that.

use std::fmt::Write as _;

use axum::http::HeaderMap;
use certwright::key::SignatureAlgorithm;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use sm3::Sm3;
use zeroize::Zeroizing;

use super::super::hexadecimal::{bytes, hexadecimal};
use super::credentials::Keys;
use super::encoding::canonical;
use super::refusal::Refusal;
use super::request::Received;

/// How a request is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    HmacSha256,
    HmacSm3,
    RsaSha256,
}

const SCHEMES: [(Scheme, &str); 3] = [
    (Scheme::HmacSha256, "ACS3-HMAC-SHA256"),
    (Scheme::HmacSm3, "ACS3-HMAC-SM3"),
    (Scheme::RsaSha256, "ACS3-RSA-SHA256"),
];

/// The header that has the hash of the body, whichever the hash.
const BODY_HASH: &str = "x-acs-content-sha256";

/// Signed headers in a list at most: those of a request.
const SIGNED_HEADERS: usize = super::limits::HEADERS;

impl Scheme {
    pub fn name(self) -> &'static str {
        SCHEMES.iter().find(|(scheme, _)| *scheme == self).map_or("", |(_, name)| name)
    }

    /// A hash, in lower-case hexadecimal digits.
    fn hash(self, bytes: &[u8]) -> String {
        match self {
            Self::HmacSha256 | Self::RsaSha256 => hexadecimal(&Sha256::digest(bytes)),
            Self::HmacSm3 => hexadecimal(&Sm3::digest(bytes)),
        }
    }

    /// Whether a signature over a text is that of these keys, compared in constant time.
    fn verifies(self, keys: &Keys<'_>, text: &str, signature: &[u8]) -> bool {
        match self {
            Self::HmacSha256 => {
                let mac = Hmac::<Sha256>::new_from_slice(keys.secret.bytes);
                let is_right =
                    mac.is_ok_and(|mac| mac.chain_update(text).verify_slice(signature).is_ok());
                is_right && keys.secret.is_callers
            }
            Self::HmacSm3 => {
                let mac = Hmac::<Sm3>::new_from_slice(keys.secret.bytes);
                let is_right =
                    mac.is_ok_and(|mac| mac.chain_update(text).verify_slice(signature).is_ok());
                is_right && keys.secret.is_callers
            }
            Self::RsaSha256 => keys.rsa.is_some_and(|key| {
                let algorithm = SignatureAlgorithm::RsaSha256;
                let is_right = key.public_key.verify(algorithm, text.as_bytes(), signature).is_ok();
                is_right && key.is_callers
            }),
        }
    }
}

/// The header `Authorization`, in its parts.
#[derive(Debug, Eq, PartialEq)]
pub struct Authorization<'a> {
    pub scheme: Scheme,
    pub access_key_id: &'a str,
    pub signed_headers: Vec<&'a str>,
    pub signature: Vec<u8>,
}

impl<'a> Authorization<'a> {
    /// Reads `SCHEME Credential=ID,SignedHeaders=a;b,Signature=HEX`.
    pub fn read(text: &'a str) -> Result<Self, Refusal> {
        let names = SCHEMES.map(|(_, name)| name).join(", ");
        let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
        let scheme = SCHEMES.iter().find(|(_, name)| *name == scheme).map(|(scheme, _)| *scheme);
        let scheme = scheme.ok_or_else(|| {
            Refusal::incomplete(format!("Authorization: it must begin with one of {names}"))
        })?;
        let (mut id, mut headers, mut signature) = (None, None, None);
        for part in rest.split(',').map(str::trim) {
            let place = match part.split_once('=') {
                Some(("Credential", value)) => id.replace(value),
                Some(("SignedHeaders", value)) => headers.replace(value),
                Some(("Signature", value)) => signature.replace(value),
                _ => Some(""),
            };
            if place.is_some() {
                let message = "Authorization: after the scheme, Credential, SignedHeaders and \
                               Signature must follow, once each, with commas between them";
                return Err(Refusal::incomplete(message));
            }
        }
        let part = |name: &str, value: Option<&'a str>| {
            value
                .filter(|value| !value.is_empty())
                .ok_or_else(|| Refusal::incomplete(format!("Authorization: {name} is missing")))
        };
        let signed_headers: Vec<&str> = part("SignedHeaders", headers)?.split(';').collect();
        if signed_headers.len() > SIGNED_HEADERS || !signed_headers.is_sorted_by(|a, b| a < b) {
            let message =
                "Authorization: SignedHeaders must be lower-case names, sorted, once each";
            return Err(Refusal::incomplete(message));
        }
        let digits = part("Signature", signature)?;
        let is_lower = !digits.bytes().any(|digit| digit.is_ascii_uppercase());
        let signature = bytes(digits).filter(|_| is_lower).ok_or_else(|| {
            Refusal::incomplete("Authorization: Signature must be lower-case hexadecimal digits")
        })?;
        Ok(Self { scheme, access_key_id: part("Credential", id)?, signed_headers, signature })
    }

    /// What must be signed besides, where it is there: who alters one of these alters the request.
    fn check_signed(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let is_signed = |name: &str| self.signed_headers.contains(&name);
        let matters = |name: &&str| *name == "host" || name.starts_with("x-acs-");
        let sent = headers.keys().map(|name| name.as_str());
        let required = ["host", BODY_HASH, "x-acs-action", "x-acs-version"];
        let mut unsigned: Vec<&str> =
            sent.filter(matters).chain(required).filter(|name| !is_signed(name)).collect();
        unsigned.sort_unstable();
        unsigned.dedup();
        if unsigned.is_empty() {
            return Ok(());
        }
        let message = format!("Authorization: SignedHeaders lacks {}", unsigned.join(", "));
        Err(Refusal::incomplete(message))
    }

    /// The text that is hashed and signed.
    pub fn canonical_request(&self, request: &Received) -> Result<Zeroizing<String>, Refusal> {
        let query = canonical(request.query.iter());
        let mut text = Zeroizing::new(format!("{}\n/\n{}\n", request.method, *query));
        for name in &self.signed_headers {
            let mut values = request.headers.get_all(*name).iter();
            let value = values.next().and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
            let (Some(value), None) = (value, values.next()) else {
                let message = format!(
                    "Authorization: the signed header {} must be there, once, as text",
                    name.escape_default()
                );
                return Err(Refusal::incomplete(message));
            };
            // Writing to a text does not fail.
            let _ = writeln!(text, "{name}:{}", value.trim());
        }
        let body = self.scheme.hash(&request.body);
        let _ = write!(text, "\n{}\n{body}", self.signed_headers.join(";"));
        Ok(text)
    }

    pub fn string_to_sign(&self, canonical_request: &str) -> String {
        format!("{}\n{}", self.scheme.name(), self.scheme.hash(canonical_request.as_bytes()))
    }

    /// Checks the signature of a request against the keys of its credential, or those that stand in for
    /// an unknown one.
    pub fn check(&self, request: &Received, keys: &Keys<'_>) -> Result<(), Refusal> {
        self.check_signed(&request.headers)?;
        let text = self.string_to_sign(&self.canonical_request(request)?);
        let is_right = self.scheme.verifies(keys, &text, &self.signature);
        keys.check_known()?;
        if !is_right {
            // It is a hash, so it tells nothing of the parameters.
            let message = format!(
                "Specified signature is not matched with our calculation. server string to sign \
                 is:{text}"
            );
            return Err(Refusal::new(400, "SignatureDoesNotMatch", message));
        }
        let given = request.header(BODY_HASH).unwrap_or_default();
        if given != self.scheme.hash(&request.body) {
            let message = format!("{BODY_HASH}: it is not the hash of the body that was received");
            return Err(Refusal::new(400, "SignatureDoesNotMatch", message));
        }
        Ok(())
    }
}
