//! The CAs that issue orders: one for each family of keys.

use super::super::described::family;
use super::super::error::CasError;
use super::super::session::Session;
use crate::KeyAlgorithm;
use crate::key::KeyFamily;
use crate::ledger::Identifier;

/// A CA that issues orders, and its key.
pub(super) type OrderIssuer = (Identifier, KeyAlgorithm);

/// Those of the rules that are kept here with their keys, in their order.
fn kept(at: &Session<'_>) -> Result<Vec<OrderIssuer>, CasError> {
    let mut found = Vec::new();
    for identifier in &at.config.order_issuers {
        if let Some(issuer) = at.ledger.issuer(identifier)?.filter(|issuer| issuer.has_key) {
            found.push((*identifier, issuer.chain.leaf().public_key()?.algorithm()));
        }
    }
    Ok(found)
}

/// The one that issues for keys of a family. Where there is none, the first of the rules, which will say why
/// it cannot.
pub(super) fn issuer_for(
    at: &Session<'_>,
    wanted: KeyFamily,
) -> Result<Option<Identifier>, CasError> {
    let found = kept(at)?.into_iter().find(|(_, key)| key.family() == wanted);
    Ok(found.map(|(identifier, _)| identifier).or(at.config.order_issuers.first().copied()))
}

/// The key of an order whose CSR is generated here: of a family that is issued.
pub(super) fn generated_for(at: &Session<'_>) -> Result<KeyAlgorithm, CasError> {
    let (kept, usual) = (kept(at)?, at.config.order_algorithm);
    let same = kept.iter().find(|(_, key)| key.family() == usual.family());
    let issuer = same.or(kept.first());
    Ok(issuer.map_or(usual, |(_, issuer)| at.config.generated.of(*issuer)))
}

/// A key that none of the CAs could certify would use quota and wait for ever. Where there is none at all, an
/// order waits for one.
pub(super) fn check_key(at: &Session<'_>, key: KeyAlgorithm) -> Result<(), CasError> {
    let kept = kept(at)?;
    if kept.is_empty() || kept.iter().any(|(_, issuer)| issuer.family() == key.family()) {
        return Ok(());
    }
    let mut families: Vec<&str> = kept.into_iter().map(|(_, issuer)| family(issuer)).collect();
    families.sort_unstable();
    families.dedup();
    let allowed = format!("a key of the family {}, as the issuing CA has", families.join(" or "));
    Err(CasError::invalid("Csr", format!("a key {}", at.config.name_of(key)), allowed))
}
