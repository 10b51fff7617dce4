//! Revocation in path validation (RFC 5280 section 6.3).

use super::names::Broken;
use crate::certificate::Certificate;
use crate::error::ChainRule;
use crate::key::PublicKey;
use crate::revocation_list::RevocationList;
use crate::usage::KeyUsage;
use crate::validity::Time;

/// What becomes of a chain when no list tells whether a certificate is revoked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum UnknownRevocation {
    /// The certificate passes.
    Allow,
    /// The certificate passes where none of the lists is of its issuer; once one is, current or not,
    /// the chain is refused.
    AllowUnlisted,
    /// The chain is refused.
    #[default]
    Refuse,
}

/// removeFromCRL (RFC 5280 section 5.3.1).
const REMOVE_FROM_CRL: u8 = 8;

/// Whether a certificate passes the lists of its issuer, whose key is `key`.
pub(super) fn check(
    certificate: &Certificate,
    issuer: &Certificate,
    key: &PublicKey,
    lists: &[RevocationList],
    at: Time,
    unknown: UnknownRevocation,
) -> Result<(), Broken> {
    let pointers = certificate.crl_urls();
    let may_sign = issuer.key_usage().is_none_or(|usage| usage.contains(KeyUsage::CRL_SIGN));
    let mut current: Vec<&RevocationList> = lists
        .iter()
        .filter(|list| may_sign && list.issuer() == certificate.issuer())
        .filter(|list| list.covers(&pointers))
        .filter(|list| list.this_update() <= at && list.next_update().is_none_or(|next| at <= next))
        .filter(|list| list.verify_signature(key).is_ok())
        .collect();
    current.sort_by(|a, b| a.age().cmp(&b.age()));
    let Some(full) = current.iter().rev().find(|list| !list.is_delta()) else {
        let detail = format!(
            "none of the {} revocation lists is a current one of {} for it",
            lists.len(),
            certificate.issuer()
        );
        return match unknown {
            UnknownRevocation::Allow => Ok(()),
            UnknownRevocation::AllowUnlisted
                if lists.iter().all(|list| list.issuer() != certificate.issuer()) =>
            {
                Ok(())
            }
            UnknownRevocation::AllowUnlisted | UnknownRevocation::Refuse => {
                Err((ChainRule::Revocation, detail))
            }
        };
    };
    // The newest delta to this list or an earlier one, and not older than the list.
    let delta = current.iter().rev().find(|list| list.adds_to(full));
    let serial = certificate.serial();
    let found = match delta.and_then(|delta| delta.find(serial)) {
        Some((_, Some(REMOVE_FROM_CRL))) => None,
        Some(entry) => Some(entry),
        None => full.find(serial),
    };
    match found {
        Some((since, reason)) => {
            let reason = reason.map_or(String::new(), |code| format!(", reason {code}"));
            Err((ChainRule::Revocation, format!("revoked at {since}{reason}")))
        }
        None => Ok(()),
    }
}
