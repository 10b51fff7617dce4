//! One revocation list before one certificate: whether it is its issuer's, whether it is current,
//! what it says.

use std::collections::BTreeMap;

use super::scope::covered;
use crate::certificate::Certificate;
use crate::key::PublicKey;
use crate::limits::CRL_DAYS_WITHOUT_NEXT_UPDATE;
use crate::revocation_list::{CERTIFICATE_HOLD, REMOVE_FROM_CRL, RevocationList};
use crate::usage::KeyUsage;
use crate::validity::{Lifetime, Time};
use crate::wire::distribution_point::Reasons;

/// A certificate whose status is asked, and who issued it.
pub(super) struct Subject<'c> {
    pub(super) certificate: &'c Certificate,
    pub(super) issuer: &'c Certificate,
    /// The issuer's key.
    pub(super) key: PublicKey,
    /// Keys of certificates above in the path that have the issuer's name and may sign lists: the issuer's
    /// own after or before it changed its key (RFC 5280 section 6.3.3 f).
    pub(super) path_keys: Vec<PublicKey>,
    /// Other keys of certificates of the issuer's name.
    pub(super) other_keys: Vec<PublicKey>,
    pub(super) at: Time,
}

/// Which list was verified with which key, remembered: a list can be long.
#[derive(Debug, Default)]
pub(super) struct Signatures(BTreeMap<(usize, Vec<u8>), bool>);

impl Signatures {
    fn are_good(&mut self, position: usize, list: &RevocationList, key: &PublicKey) -> bool {
        let entry = self.0.entry((position, key.to_der()));
        *entry.or_insert_with(|| list.verify_bytes(key).is_ok())
    }
}

/// What a list is to a certificate.
pub(super) enum Standing {
    /// It is another issuer's.
    Foreign,
    /// It is of the certificate's issuer.
    Own(Own),
}

/// A list of the certificate's issuer.
pub(super) struct Own {
    /// What it says against the certificate. It counts whatever else is wrong with the list.
    pub(super) entry: Option<Entry>,
    /// What it tells of; or why it tells nothing of certificates that it does not name.
    pub(super) covers: Result<Reasons, String>,
}

/// An entry that says that the certificate is revoked.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) since: Time,
    pub(super) reason: Option<u8>,
    /// Whether the list is past its end.
    pub(super) is_expired: bool,
}

impl Entry {
    /// Whether it may be undone: everything but a hold is for good (RFC 5280 section 5.3.1).
    pub(super) fn is_hold(&self) -> bool {
        self.reason == Some(CERTIFICATE_HOLD)
    }
}

/// Whether a list says that it was released from hold, or has expired: in a delta only.
pub(super) fn releases(list: &RevocationList, certificate: &Certificate) -> bool {
    let reason = list.find(certificate.serial()).and_then(|(_, reason)| reason);
    list.is_delta() && reason == Some(REMOVE_FROM_CRL)
}

pub(super) fn standing(
    list: &RevocationList,
    position: usize,
    subject: &Subject<'_>,
    signatures: &mut Signatures,
) -> Standing {
    let Subject { certificate, issuer, key, path_keys, other_keys, at } = subject;
    let is_by_issuer = signatures.are_good(position, list, key);
    let is_by_path = path_keys.iter().any(|key| signatures.are_good(position, list, key));
    let is_signed = is_by_issuer || is_by_path;
    let is_named = is_named(list, certificate, issuer);
    if !is_signed && !is_named {
        return Standing::Foreign;
    }
    let named = list.find(certificate.serial()).filter(|_| !releases(list, certificate));
    // A list by another key of the issuer's name permits nothing, but what it says of this
    // certificate is believed.
    let is_believed = is_signed
        || named.is_some() && other_keys.iter().any(|key| signatures.are_good(position, list, key));
    let end = end_of(list);
    let is_expired = end.is_none_or(|end| end < *at);
    let entry = named.filter(|_| is_believed).and_then(|(since, reason)| {
        // A list from later tells of what was revoked by then, and of what was invalid.
        let invalid = list.invalid_since(certificate.serial());
        let from = invalid.map_or(since, |invalid| invalid.min(since));
        let counts = list.this_update() <= *at || from <= *at;
        counts.then_some(Entry { since, reason, is_expired })
    });
    let covers = if let Err(error) = list.check_usable() {
        Err(error.to_string())
    } else if !is_signed {
        Err(match list.signature_algorithm() {
            Ok(_) => "it was not signed by the key that issued the certificate, nor by one of its \
                      issuer above in the path"
                .to_owned(),
            Err(error) => error.to_string(),
        })
    } else if !is_by_path && !may_sign_lists(issuer) {
        Err("the key usage of its issuer lacks cRLSign".to_owned())
    } else if !list.issuer().matches(certificate.issuer()) {
        Err(format!("it names another issuer, {}", list.issuer()))
    } else if list.this_update() > *at {
        Err(format!("it is from {}, after {at}", list.this_update()))
    } else if is_expired {
        Err(match list.next_update() {
            Some(end) => format!("it expired at {end}"),
            None => format!(
                "it is from {} and has no nextUpdate: it counts for {CRL_DAYS_WITHOUT_NEXT_UPDATE} \
                 days",
                list.this_update()
            ),
        })
    } else {
        covered(list, certificate).map_err(str::to_owned)
    };
    Standing::Own(Own { entry, covers })
}

/// Whether the key usage of a certificate lets its key sign lists.
pub(super) fn may_sign_lists(issuer: &Certificate) -> bool {
    issuer.key_usage().is_none_or(|usage| usage.contains(KeyUsage::CRL_SIGN))
}

/// Whether the list may be of the certificate's issuer by what it says of itself. Wherever this is
/// false, the list does not count against the certificate, so that names in doubt are the same.
fn is_named(list: &RevocationList, certificate: &Certificate, issuer: &Certificate) -> bool {
    let identifier = list.authority_key_identifier();
    list.issuer().may_match(certificate.issuer())
        || identifier.is_some() && identifier == issuer.subject_key_identifier()
}

/// The last instant at which the list is current; none where it is out of reach.
fn end_of(list: &RevocationList) -> Option<Time> {
    let life = Lifetime::days(CRL_DAYS_WITHOUT_NEXT_UPDATE);
    list.next_update().or_else(|| list.this_update().plus(life).ok())
}

/// A list for people: its place among those given, from 1, its issuer and its time.
pub(super) fn list_at(lists: &[RevocationList], position: usize) -> String {
    let number = position + 1;
    match lists.get(position) {
        Some(list) => {
            let kind = if list.is_delta() { "delta list" } else { "list" };
            format!("{kind} {number} of {} from {}", list.issuer(), list.this_update())
        }
        None => format!("list {number}"),
    }
}
