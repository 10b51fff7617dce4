//! What was read and cannot be used.

use super::names::Broken;
use crate::algorithm::KeyAlgorithm;
use crate::certificate::Certificate;
use crate::error::{ChainRule, Error};

/// The key of every certificate has to be one that this crate knows, and long enough; below the trust anchor
/// the signature and the serial number have to be usable, too.
pub(super) fn check_usable(
    certificate: &Certificate,
    is_anchor: bool,
    allows_rsa_1024: bool,
) -> Result<(), Broken> {
    let key = certificate.public_key().map_err(|error| unusable(&error))?;
    if key.algorithm() == KeyAlgorithm::Rsa1024 && !allows_rsa_1024 {
        let detail = "an RSA key of 1024 bits, which is too short; allowed are 2048 or more";
        return Err((ChainRule::Algorithm, detail.to_owned()));
    }
    if is_anchor {
        return Ok(());
    }
    certificate.signature_algorithm().map_err(|error| unusable(&error))?;
    certificate.require_usable().map_err(|error| (ChainRule::SerialNumber, error.to_string()))
}

pub(super) fn unusable(error: &Error) -> Broken {
    (ChainRule::Algorithm, error.to_string())
}

/// Of trust anchors that have the name of a certificate's issuer, why one cannot be used.
pub(super) fn unusable_anchor<'a>(
    certificate: &Certificate,
    anchors: impl IntoIterator<Item = &'a Certificate>,
    check: impl Fn(&Certificate) -> Result<(), Broken>,
) -> Option<Broken> {
    let mut named = anchors.into_iter().filter(|it| it.subject().matches(certificate.issuer()));
    named.find_map(|anchor| match check(anchor) {
        Err((rule @ ChainRule::Algorithm, detail)) => {
            Some((rule, format!("below the trust anchor {}: {detail}", anchor.subject())))
        }
        _ => None,
    })
}
