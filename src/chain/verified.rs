//! What a verifier found.

use std::collections::BTreeMap;

use super::lists::list_at;
use crate::certificate::Certificate;
use crate::oid::Oid;
use crate::revocation_list::RevocationList;

/// A chain that was verified: the path that was believed, and what the revocation lists told of it.
/// Only [`ChainVerifier::verify`](crate::ChainVerifier::verify) makes one.
#[derive(Clone, Debug)]
pub struct Verified {
    path: Vec<Certificate>,
    revocation: Vec<RevocationStatus>,
    policies: Vec<Oid>,
    unused: Vec<UnusedList>,
}

impl Verified {
    pub(super) fn new(path: &[&Certificate], found: Consulted, lists: &[RevocationList]) -> Self {
        let unused = found.unused(lists);
        let path: Vec<Certificate> = path.iter().map(|link| (*link).clone()).collect();
        Self { path, revocation: found.statuses, policies: found.policies, unused }
    }

    /// The path: the leaf first, the trust anchor last.
    pub fn path(&self) -> &[Certificate] {
        &self.path
    }

    /// What is known of the revocation of each certificate below the trust anchor, the leaf first.
    pub fn revocation(&self) -> &[RevocationStatus] {
        &self.revocation
    }

    /// The certificate policies that the path is valid for, of those that the caller accepts, in the
    /// policies of the CAs below the trust anchor (RFC 5280 section 6.1.6, user-constrained-policy-set);
    /// anyPolicy, `2.5.29.32.0`, stands for all. Empty where it is valid for none and none is required.
    pub fn policies(&self) -> &[Oid] {
        &self.policies
    }

    /// The lists that told nothing of any certificate of the path, in the order they were given, each
    /// with the reason.
    pub fn unused_lists(&self) -> &[UnusedList] {
        &self.unused
    }
}

/// What is known of the revocation of one certificate.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// No lists were given: nothing was asked.
    NotAsked,
    /// Current lists of its issuer cover it, and none of its issuer's names it.
    NotRevoked,
    /// No list tells, and [`UnknownRevocation`](crate::verify::UnknownRevocation) let it pass.
    Unknown,
}

/// A revocation list that told nothing of any certificate of a path.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct UnusedList {
    /// Its place among the lists that were given, from 0.
    pub position: usize,
    /// The list for people: its place from 1, its issuer and its time.
    pub list: String,
    /// Why it does not count.
    pub reason: String,
}

/// What the lists were good for while one path was verified.
#[derive(Debug, Default)]
pub(super) struct Consulted {
    pub(super) statuses: Vec<RevocationStatus>,
    pub(super) policies: Vec<Oid>,
    served: Vec<usize>,
    /// The first reason for which a list of an issuer in the path did not count.
    ignored: BTreeMap<usize, String>,
}

impl Consulted {
    /// The list told something of a certificate.
    pub(super) fn served(&mut self, position: usize) {
        self.served.push(position);
    }

    /// The list is of an issuer in the path and told nothing of what that issued.
    pub(super) fn ignored(&mut self, position: usize, reason: &str) {
        self.ignored.entry(position).or_insert_with(|| reason.to_owned());
    }

    fn unused(&self, lists: &[RevocationList]) -> Vec<UnusedList> {
        let unused = lists.iter().enumerate().filter(|(at, _)| !self.served.contains(at));
        let describe = |(position, _): (usize, &RevocationList)| {
            let foreign = || "its issuer issued none of the certificates below the trust anchor";
            let reason = self.ignored.get(&position).cloned();
            let reason = reason.unwrap_or_else(|| foreign().to_owned());
            UnusedList { position, list: list_at(lists, position), reason }
        };
        unused.map(describe).collect()
    }
}
