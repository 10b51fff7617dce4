//! Who calls: both forms of signatures, then the time and the nonce.

use std::net::IpAddr;
use std::sync::Arc;

use certwright::time::Time;

use super::acs3::Authorization;
use super::allowed::Allowed;
use super::credentials::{Credential, Credentials};
use super::limits::NONCE_CHARACTERS;
use super::nonces::{Fresh, Nonces};
use super::refusal::Refusal;
use super::request::Received;
use super::rpc1;

/// Who may call.
pub enum Callers {
    /// Those of a file.
    Known { credentials: Credentials, nonces: Nonces },
    /// Anybody, on a loopback address.
    Anybody(Arc<Credential>),
}

impl Callers {
    /// Anybody may call whatever is not an operator's.
    pub fn anybody() -> Self {
        Self::Anybody(Arc::new(Credential::without_keys("anybody", Allowed::all_but_operators())))
    }

    /// How many nonces are remembered.
    pub fn nonces(&self) -> usize {
        match self {
            Self::Known { nonces, .. } => nonces.count(),
            Self::Anybody(_) => 0,
        }
    }

    /// Forgets old nonces.
    pub fn forget(&self, now: i64) {
        if let Self::Known { nonces, .. } = self {
            nonces.forget(now);
        }
    }

    /// The caller whose signature a request has, and its nonce, which other processes may have taken. It is taken
    /// only if the signature is right: strangers fill no memory.
    pub fn authenticate(
        &self,
        request: &Received,
    ) -> Result<(Arc<Credential>, Option<Fresh>), Refusal> {
        let (credentials, nonces) = match self {
            Self::Known { credentials, nonces } => (credentials, nonces),
            Self::Anybody(anybody) => {
                refuse_browsers(request)?;
                return Ok((Arc::clone(anybody), None));
            }
        };
        let signed = signed(request, credentials)?;
        let unknown = || Refusal::new(404, "InvalidAccessKeyId.NotFound", "no such access key");
        let caller = credentials.find(signed.access_key_id).ok_or_else(unknown)?;
        let at: Time = signed.date.parse().map_err(|_| {
            let message =
                format!("{}: it must be a time such as 2026-11-30T12:00:00Z", signed.date_name);
            Refusal::new(400, "InvalidTimeStamp.Format", message)
        })?;
        if signed.nonce.chars().count() > NONCE_CHARACTERS {
            let message = format!("the nonce: at most {NONCE_CHARACTERS} characters");
            return Err(Refusal::new(400, "InvalidParameter", message));
        }
        let now = Time::now().map_err(|error| {
            Refusal::new(500, "InternalError", format!("the service's clock: {error}"))
        })?;
        let nonce = nonces.take(&caller.access_key_id, signed.nonce, at.unix(), now.unix())?;
        Ok((Arc::clone(caller), Some(nonce)))
    }
}

/// A page of the web that is open in a browser of this machine is not on this machine: it can send requests to
/// a loopback address, also under a name of its own that it lets point there.
fn refuse_browsers(request: &Received) -> Result<(), Refusal> {
    let host = request.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_here = name == "localhost"
        || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if is_here
        && ["origin", "sec-fetch-site"].iter().all(|name| !request.headers.contains_key(*name))
    {
        return Ok(());
    }
    let message = "without credentials, programs on this machine may call, by a loopback address or \
                   localhost, and no pages in browsers";
    Err(Refusal::new(403, "NoPermission", message))
}

/// What a right signature vouches for.
struct Signed<'r> {
    access_key_id: &'r str,
    date_name: &'static str,
    date: &'r str,
    nonce: &'r str,
}

fn signed<'r>(request: &'r Received, credentials: &Credentials) -> Result<Signed<'r>, Refusal> {
    let token = request.header("x-acs-security-token").or(request.parameter("SecurityToken"));
    if token.is_some() || request.header("x-acs-bearer-token").is_some() {
        let message = "tokens (STS, bearer) are not known here: sign with an access key alone";
        return Err(Refusal::new(400, "InvalidSecurityToken", message));
    }
    match (request.headers.contains_key("authorization"), request.has_parameter("Signature")) {
        (true, true) => Err(Refusal::incomplete(
            "the request has a signature in the header Authorization and one in the parameter \
             Signature: send one",
        )),
        (false, false) => Err(Refusal::incomplete(
            "the request is not signed: neither a header Authorization nor a parameter Signature",
        )),
        (true, false) => {
            let text = request.header("authorization").unwrap_or_default();
            let authorization = Authorization::read(text)?;
            let header = |name| request.header(name).ok_or_else(|| Refusal::missing(name));
            let (date, nonce) = (header("x-acs-date")?, header("x-acs-signature-nonce")?);
            let access_key_id = authorization.access_key_id;
            authorization.check(request, &credentials.keys(access_key_id))?;
            Ok(Signed { access_key_id, date_name: "x-acs-date", date, nonce })
        }
        (false, true) => {
            let part = |name| request.parameter(name).ok_or_else(|| Refusal::missing(name));
            let (date, nonce) = (part("Timestamp")?, part("SignatureNonce")?);
            let access_key_id = part("AccessKeyId")?;
            rpc1::check(request, &credentials.keys(access_key_id))?;
            Ok(Signed { access_key_id, date_name: "Timestamp", date, nonce })
        }
    }
}
