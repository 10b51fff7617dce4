//! Whether an issuer may issue: neither it nor a CA above it is revoked.

use super::Authority;
use crate::chain::Chain;
use crate::error::{Denied, Error, Reason, Rule, StoreError, StoreErrorKind};
use crate::ledger::{Ledger, Link, Row, Standing, writes_of};

/// The links of an issuer's chain, its own first. A root's is to itself.
pub(super) fn lineage(chain: &Chain) -> Vec<Link> {
    let above = chain.certificates().skip(1).map(Some).chain([None]);
    let links = chain.certificates().zip(above).filter_map(|(certificate, above)| {
        // Where the chain ends below a root, nobody knows the key that is above.
        let above = above.or(certificate.is_self_issued().then_some(certificate))?;
        Some(Link {
            issuer: Ledger::digest_of(above),
            serial: *certificate.serial(),
            subject: certificate.subject().to_string(),
        })
    });
    links.collect()
}

impl Authority {
    /// Claims and records certificates and CRLs only as long as these rows are what they are now.
    /// [`Issuance::while_unchanged`](super::Issuance::while_unchanged) says so of one certificate.
    #[must_use]
    pub fn while_unchanged(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        let lineage = self.standing.lineage.clone();
        self.standing = Standing { lineage, unchanged: writes_of(rows) }.into();
        self
    }

    /// The reason against issuing anything, where this store knows the issuer, or a CA above it, as
    /// revoked. It is only the first look, for a refusal with every reason: what counts is found in
    /// the transactions that claim and record ([`Standing`]).
    pub(super) fn revoked(&self) -> Result<Option<Reason>, Error> {
        for Link { issuer, serial, subject } in &self.standing.lineage {
            if let Some(revocation) = self.ledger.revocation(issuer, serial)? {
                let (at, why) = (revocation.at, revocation.reason);
                let given = format!("{subject}, serial {serial}, revoked at {at} ({why})");
                let allowed = "an issuer that is not revoked";
                return Ok(Some(Reason::new(Rule::IssuerRevoked, "issuer", given, allowed)));
            }
        }
        Ok(None)
    }

    /// What a refused change is answered with: the revocation, if that was the reason.
    pub(super) fn refusal(&self, error: StoreError) -> Error {
        if error.kind() != StoreErrorKind::Conflict {
            return error.into();
        }
        match self.revoked() {
            Ok(Some(reason)) => Error::Denied(Denied { reasons: vec![reason] }),
            // A store that fails now does not change what was answered.
            Ok(None) | Err(_) => error.into(),
        }
    }
}
