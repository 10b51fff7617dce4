//! Revocation in path validation (RFC 5280 section 6.3).
//!
//! Whoever shows a chain may choose which of the issuer's lists the verifier sees, so that no list
//! permits what another forbids: an entry on any list of the issuer refuses, whatever that list covers
//! and however many others do not have it. Only a hold is undone, by what the issuer said later.

use super::lists::{Entry, Own, Signatures, Standing, Subject, list_at, releases, standing};
use super::names::Broken;
use super::verified::{Consulted, RevocationStatus};
use crate::error::ChainRule;
use crate::limits::UNUSED_LISTS_NAMED;
use crate::revocation_list::RevocationList;
use crate::wire::distribution_point::Reasons;

/// What becomes of a chain when no list tells whether a certificate is revoked.
///
/// A certificate that a list of its issuer names is refused in each case, also where that list has
/// expired or covers something else.
///
/// Default: [`UnknownRevocation::Refuse`]. Set by
/// [`ChainVerifier::with_revocation_lists`](crate::ChainVerifier::with_revocation_lists); without lists
/// nothing is asked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum UnknownRevocation {
    /// The certificate passes.
    Allow,
    /// The certificate passes where none of the lists is of its issuer; once one is, by its name, key
    /// identifier or signature, current or not, the chain is refused.
    AllowUnlisted,
    /// The chain is refused.
    #[default]
    Refuse,
}

/// Whether a certificate passes the lists of its issuer.
pub(super) fn check(
    subject: &Subject<'_>,
    lists: &[RevocationList],
    unknown: UnknownRevocation,
    signatures: &mut Signatures,
    consulted: &mut Consulted,
) -> Result<RevocationStatus, Broken> {
    let own = own(subject, lists, signatures);
    let ours = Ours { subject, lists, own: &own };
    if let Some((position, entry)) = ours.unreleased() {
        return Err((ChainRule::Revocation, revoked(lists, position, entry)));
    }
    let mut reasons = Reasons::NONE;
    let mut ignored: Vec<(usize, &str)> = Vec::new();
    for (position, own) in &own {
        match (&own.covers, ours.is_idle_delta(*position)) {
            (Ok(_), true) => {
                ignored.push((*position, "a delta CRL whose base is not among the lists"))
            }
            (Ok(covered), false) => {
                // A delta tells what changed, and no more.
                let is_full = lists.get(*position).is_some_and(|list| !list.is_delta());
                reasons = if is_full { reasons.or(*covered) } else { reasons };
                consulted.served(*position);
            }
            (Err(reason), _) => ignored.push((*position, reason)),
        }
    }
    for (position, reason) in &ignored {
        consulted.ignored(*position, reason);
    }
    if reasons == Reasons::ALL {
        return Ok(RevocationStatus::NotRevoked);
    }
    let passes = match unknown {
        UnknownRevocation::Allow => true,
        UnknownRevocation::AllowUnlisted => own.is_empty(),
        UnknownRevocation::Refuse => false,
    };
    match passes {
        true => Ok(RevocationStatus::Unknown),
        false => Err((ChainRule::Revocation, untold(subject, lists, reasons, &ignored))),
    }
}

/// Whether no list of its issuer names a trust anchor: its status is not asked, but whoever trusts the
/// issuer, too, and gives its list is told.
pub(super) fn check_anchor(
    subject: &Subject<'_>,
    lists: &[RevocationList],
    signatures: &mut Signatures,
    consulted: &mut Consulted,
) -> Result<(), Broken> {
    let own = own(subject, lists, signatures);
    if let Some((position, entry)) = (Ours { subject, lists, own: &own }).unreleased() {
        return Err((ChainRule::Revocation, revoked(lists, position, entry)));
    }
    own.iter().filter(|(_, own)| own.covers.is_ok()).for_each(|(at, _)| consulted.served(*at));
    Ok(())
}

/// The lists of the certificate's issuer, with their places.
fn own(
    subject: &Subject<'_>,
    lists: &[RevocationList],
    signatures: &mut Signatures,
) -> Vec<(usize, Own)> {
    let standing = |(position, list)| match standing(list, position, subject, signatures) {
        Standing::Own(own) => Some((position, own)),
        Standing::Foreign => None,
    };
    lists.iter().enumerate().filter_map(standing).collect()
}

/// The lists of the certificate's issuer.
struct Ours<'o> {
    subject: &'o Subject<'o>,
    lists: &'o [RevocationList],
    own: &'o [(usize, Own)],
}

impl Ours<'_> {
    /// The first entry that stands.
    fn unreleased(&self) -> Option<(usize, Entry)> {
        self.own.iter().find_map(|(position, own)| {
            let entry = own.entry.filter(|entry| !self.is_released(*position, *entry))?;
            Some((*position, entry))
        })
    }

    /// Whether the issuer released the certificate from a hold after it made this list: a delta on
    /// top of the list says so, or, once the list has expired, a newer full list has it no more.
    fn is_released(&self, position: usize, entry: Entry) -> bool {
        let Some(held) = self.lists.get(position).filter(|_| entry.is_hold()) else { return false };
        self.current().any(|(later, list)| {
            later != position
                && list.this_update() >= held.this_update()
                && list.scope() == held.scope()
                && match list.is_delta() {
                    true => {
                        list.adds_to(held)
                            && list.is_newer_than(held)
                            && releases(list, self.subject.certificate)
                    }
                    false => {
                        entry.is_expired
                            && list.this_update() > held.this_update()
                            && list.find(self.subject.certificate.serial()).is_none()
                    }
                }
        })
    }

    /// Whether the list is a delta and no current full list of its scope is at hand that it adds to.
    fn is_idle_delta(&self, position: usize) -> bool {
        self.lists.get(position).filter(|list| list.is_delta()).is_some_and(|delta| {
            !self.current().any(|(_, full)| {
                !full.is_delta() && delta.scope() == full.scope() && delta.adds_to(full)
            })
        })
    }

    /// The lists that are current and cover the certificate.
    fn current(&self) -> impl Iterator<Item = (usize, &RevocationList)> {
        let current = self.own.iter().filter(|(_, own)| own.covers.is_ok());
        current.filter_map(|(position, _)| Some((*position, self.lists.get(*position)?)))
    }
}

fn revoked(lists: &[RevocationList], position: usize, entry: Entry) -> String {
    let Entry { since, reason, is_expired } = entry;
    let reason = reason.map_or(String::new(), |code| format!(", reason {code}"));
    let expired = if is_expired { ", which has expired" } else { "" };
    format!("revoked at {since}{reason}, by {}{expired}", list_at(lists, position))
}

fn untold(
    subject: &Subject<'_>,
    lists: &[RevocationList],
    reasons: Reasons,
    ignored: &[(usize, &str)],
) -> String {
    let (count, issuer) = (lists.len(), subject.certificate.issuer());
    let mut text = match reasons == Reasons::NONE {
        true => {
            format!("none of the {count} revocation lists is a current one of {issuer} for it")
        }
        false => format!(
            "none of the {count} revocation lists is a current one of {issuer} for it and all \
             reasons"
        ),
    };
    for (position, reason) in ignored.iter().take(UNUSED_LISTS_NAMED) {
        text.push_str(&format!("; {}: {reason}", list_at(lists, *position)));
    }
    let more = ignored.len().saturating_sub(UNUSED_LISTS_NAMED);
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
}
