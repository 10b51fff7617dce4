//! CAs that issue: found by their identifiers, in force, with their keys.

use std::sync::Arc;

use super::Cas;
use super::error::{CasError, ErrorKind};
use super::records::{AuthorityDocument, ISSUE, Kept, identifier};
use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm};
use crate::authority::Authority;
use crate::error::quoted;
use crate::issuer::Issuer;
use crate::key::{KeyPair, system};
use crate::ledger::{Identifier, Row};
use crate::policy::Policy;
use crate::profile::Profile;
use crate::validity::{Lifetime, Time};

/// A CA that may issue now.
pub(super) struct Parent {
    pub(super) identifier: Identifier,
    pub(super) kept: Kept<AuthorityDocument>,
    pub(super) issuer: Issuer,
    /// What it may issue for: that it is kept, and that neither it nor a CA above it was revoked.
    unchanged: Vec<Row>,
}

/// An issuer that was opened, and the record that it was opened from.
pub(super) struct Opened {
    record: Row,
    issuer: Issuer,
}

impl Cas {
    /// The CA with an identifier, if it and those above it may issue now.
    pub(super) fn parent(&self, name: &str, text: &str, now: Time) -> Result<Parent, CasError> {
        let identifier = identifier(name, text)?;
        let unknown = || CasError::not_found(name, format!("CA {identifier}"));
        let kept = self.authority_document(text)?.ok_or_else(unknown)?;
        let mut unchanged = Vec::new();
        let mut above = Some(text.to_owned());
        while let Some(text) = above {
            let Some(kept) = self.authority_document(&text)? else { break };
            if kept.document.status != ISSUE {
                let message = format!("{name}: CA {text} is revoked");
                return Err(CasError::new(ErrorKind::UpdateProtection, message));
            }
            unchanged.push(kept.unchanged().into());
            above = kept.document.parent_identifier;
        }
        let (issuer, record) = self.issuer(&identifier)?.ok_or_else(unknown)?;
        unchanged.push(record);
        for certificate in issuer.chain().certificates() {
            let validity = certificate.validity();
            if !validity.contains(now) {
                let subject = certificate.subject();
                let message = format!("{name}: {subject} is valid from {validity}, now is {now}");
                return Err(CasError::new(ErrorKind::CertificateExpired, message));
            }
        }
        Ok(Parent { identifier, kept, issuer, unchanged })
    }

    /// The issuer of a CA that is kept, with its key, and its record. One that was forgotten, by
    /// whomever, is no issuer any more.
    fn issuer(&self, identifier: &Identifier) -> Result<Option<(Issuer, Row)>, CasError> {
        let Some(record) = self.ledger.issuer_unchanged(identifier)? else {
            self.opened().remove(identifier);
            return Ok(None);
        };
        if let Some(opened) = self.opened().get(identifier)
            && opened.record == record
        {
            return Ok(Some((opened.issuer.clone(), record)));
        }
        let Some(kept) = self.ledger.issuer(identifier)? else { return Ok(None) };
        let Some(key) = self.ledger.issuer_key(identifier)? else { return Ok(None) };
        let key = self.signing_as_ruled(key)?;
        let issuer = Issuer::load(kept.chain.certificates().cloned().collect(), key)?;
        let opened = Opened { record: record.clone(), issuer: issuer.clone() };
        self.opened().insert(*identifier, opened);
        Ok(Some((issuer, record)))
    }

    /// An authority that issues for a CA: with this policy, or for CAs without one. It claims and
    /// records only as long as the CA is what it was when it was found in force.
    pub(super) fn authority(&self, parent: &Parent, policy: Option<Policy>) -> Authority {
        self.authority_of(&parent.issuer, policy).while_unchanged(parent.unchanged.clone())
    }

    fn authority_of(&self, issuer: &Issuer, policy: Option<Policy>) -> Authority {
        let policy = policy.unwrap_or_else(|| Policy::new(Profile::tls_server()));
        Authority::on(issuer.clone(), policy, self.ledger.clone())
            .with_clock(Arc::clone(&self.clock))
            .with_actor(&self.actor)
    }

    /// An authority that lists and revokes what a CA issued, whether or not that may still issue.
    pub(super) fn listing_authority(&self, text: &str) -> Result<Authority, CasError> {
        let identifier = identifier("Identifier", text)?;
        let unknown = || CasError::not_found("Identifier", format!("CA {text}"));
        let (issuer, record) = self.issuer(&identifier)?.ok_or_else(unknown)?;
        Ok(self.authority_of(&issuer, None).while_unchanged([record]))
    }

    /// A new key that signs as the rules say.
    pub(super) fn generate(&self, algorithm: KeyAlgorithm) -> Result<KeyPair, CasError> {
        let key = KeyPair::generate_with(algorithm, self.config.weak_keys, &mut system())?;
        self.signing_as_ruled(key)
    }

    fn signing_as_ruled(&self, key: KeyPair) -> Result<KeyPair, CasError> {
        let algorithm = key.public_key().algorithm();
        let rule = self.config.algorithms.iter().find(|rule| rule.key == algorithm);
        let signature: Option<SignatureAlgorithm> = rule.map(|rule| rule.signature);
        Ok(match signature {
            Some(signature) => key.with_signature_algorithm(signature)?,
            None => key,
        })
    }

    /// The key that a value of `Algorithm` means.
    pub(super) fn algorithm(&self, name: &str, text: &str) -> Result<KeyAlgorithm, CasError> {
        let rules = &self.config.algorithms;
        let allowed = rules.iter().filter(|rule| self.config.weak_keys.allow(rule.key));
        let found = allowed.clone().find(|rule| rule.name == text).map(|rule| rule.key);
        found.ok_or_else(|| {
            let names: Vec<&str> = allowed.map(|rule| rule.name).collect();
            CasError::invalid(name, quoted(text), names.join(", "))
        })
    }
}

/// The family of a key is the issuer's (seed page CreateServerCertificateWithCsr).
pub(super) fn check_family(
    name: &str,
    algorithm: KeyAlgorithm,
    parent: &Parent,
) -> Result<(), CasError> {
    let family = parent.issuer.public_key().algorithm().family();
    if algorithm.family() == family {
        return Ok(());
    }
    let allowed = format!("a key of the family {family}, that of its issuer");
    Err(CasError::invalid(name, algorithm, allowed))
}

/// A number of days.
pub(super) fn days(days: i64) -> Lifetime {
    Lifetime::days(u32::try_from(days).unwrap_or(u32::MAX))
}
