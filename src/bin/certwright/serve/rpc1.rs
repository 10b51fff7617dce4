//! Signatures in the parameters, of version 1.0: what the older clients send.
//!
//! What is signed is the method, the path and the canonical query of all parameters but the signature,
//! each encoded once more; the key of HMAC-SHA1 is the secret with `&` behind it.

use base64ct::{Base64, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::super::hexadecimal::hexadecimal;
use super::credentials::Keys;
use super::encoding::{canonical, encoded};
use super::refusal::Refusal;
use super::request::Received;

/// The parameters of the scheme itself, and a few that never hold a secret.
const HARMLESS: [&str; 22] = [
    "AccessKeyId",
    "Action",
    "ClientToken",
    "CurrentPage",
    "CsrId",
    "Format",
    "Identifier",
    "MaxResults",
    "OrderId",
    "PageSize",
    "ParentIdentifier",
    "RegionId",
    "ResourceGroupId",
    "ShowSize",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "Status",
    "Timestamp",
    "Version",
    "Years",
];

const SIGNATURE: &str = "Signature";

/// The text that is signed.
pub fn string_to_sign(request: &Received) -> Zeroizing<String> {
    let query = canonical(request.parameters().filter(|(name, _)| name != SIGNATURE));
    Zeroizing::new(format!("{}&%2F&{}", request.method, encoded(&query)))
}

/// Checks the signature of a request against the keys of its credential, or those that stand in for an
/// unknown one.
pub fn check(request: &Received, keys: &Keys<'_>) -> Result<(), Refusal> {
    for (name, allowed) in [("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0")] {
        match request.parameter(name) {
            Some(given) if given == allowed => {}
            Some(_) => {
                let message = format!(
                    "{name}: allowed {allowed}, or a scheme ACS3 in the header Authorization"
                );
                return Err(Refusal::new(400, "InvalidParameter", message));
            }
            None => return Err(Refusal::missing(name)),
        }
    }
    // Of the kinds that clients know, it is the one without a token.
    if request.parameter("SignatureType").is_some() {
        let message = "SignatureType: allowed none, for an access key";
        return Err(Refusal::new(400, "InvalidParameter", message));
    }
    let signature = request.parameter(SIGNATURE).ok_or_else(|| Refusal::missing(SIGNATURE))?;
    let signature = Base64::decode_vec(signature)
        .map_err(|_| Refusal::incomplete("Signature: it must be base64"))?;
    let text = string_to_sign(request);
    let key = Zeroizing::new([keys.secret.bytes, b"&"].concat());
    let is_right = Hmac::<Sha1>::new_from_slice(&key)
        .is_ok_and(|mac| mac.chain_update(text.as_bytes()).verify_slice(&signature).is_ok());
    keys.check_known()?;
    match is_right && keys.secret.is_callers {
        true => Ok(()),
        false => Err(mismatch(request, &text)),
    }
}

/// The real service answers what it signed, and clients compare. Where a parameter may be secret, its hash is
/// answered instead: errors are logged.
fn mismatch(request: &Received, text: &str) -> Refusal {
    let is_harmless = request
        .parameters()
        .all(|(name, _)| name == SIGNATURE || HARMLESS.contains(&name.as_str()));
    let shown = match is_harmless {
        true => format!("server string to sign is:{text}"),
        false => {
            let hash = hexadecimal(&Sha256::digest(text.as_bytes()));
            format!("SHA-256 of the server string to sign is:{hash}")
        }
    };
    let message = format!("Specified signature is not matched with our calculation. {shown}");
    Refusal::new(400, "SignatureDoesNotMatch", message)
}
