//! CAs that issue: found by their identifiers, in force, with their keys.

use std::sync::Arc;

use super::Cas;
use super::error::{CasError, ErrorKind};
use super::records::{AuthorityDocument, ISSUE, Kept, cut, identifier};
use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm};
use crate::authority::Authority;
use crate::issuer::Issuer;
use crate::key::{KeyPair, Signer, system};
use crate::ledger::Identifier;
use crate::policy::Policy;
use crate::profile::Profile;
use crate::validity::{Lifetime, Time};

/// A CA that may issue now.
pub(super) struct Parent {
    pub(super) identifier: Identifier,
    pub(super) kept: Kept<AuthorityDocument>,
    pub(super) issuer: Issuer,
}

impl Cas {
    /// The CA with an identifier, if it and those above it may issue now.
    pub(super) fn parent(&self, name: &str, text: &str, now: Time) -> Result<Parent, CasError> {
        let identifier = identifier(name, text)?;
        let unknown = || CasError::not_found(name, format!("CA {identifier}"));
        let kept = self.authority_document(text)?.ok_or_else(unknown)?;
        let mut above = Some(text.to_owned());
        while let Some(text) = above {
            let Some(kept) = self.authority_document(&text)? else { break };
            if kept.document.status != ISSUE {
                let message = format!("{name}: CA {text} is revoked");
                return Err(CasError::new(ErrorKind::UpdateProtection, message));
            }
            above = kept.document.parent_identifier;
        }
        let issuer = self.issuer(&identifier)?.ok_or_else(unknown)?;
        for certificate in issuer.chain().certificates() {
            let validity = certificate.validity();
            if !validity.contains(now) {
                let subject = certificate.subject();
                let message = format!("{name}: {subject} is valid from {validity}, now is {now}");
                return Err(CasError::new(ErrorKind::CertificateExpired, message));
            }
        }
        Ok(Parent { identifier, kept, issuer })
    }

    /// The issuer of a CA that is kept, with its key.
    pub(super) fn issuer(&self, identifier: &Identifier) -> Result<Option<Issuer>, CasError> {
        if let Some(issuer) = self.opened().get(identifier) {
            return Ok(Some(issuer.clone()));
        }
        let Some(kept) = self.ledger.issuer(identifier)? else { return Ok(None) };
        let Some(key) = self.ledger.issuer_key(identifier)? else { return Ok(None) };
        let key = self.signing_as_ruled(key)?;
        let issuer = Issuer::load(kept.chain.certificates().cloned().collect(), key)?;
        self.opened().insert(*identifier, issuer.clone());
        Ok(Some(issuer))
    }

    /// An authority that issues for a CA: with this policy, or for CAs and CRLs without one.
    pub(super) fn authority(&self, parent: &Parent, policy: Option<Policy>) -> Authority {
        self.authority_of(&parent.issuer, policy)
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
        let issuer = self.issuer(&identifier)?;
        let issuer =
            issuer.ok_or_else(|| CasError::not_found("Identifier", format!("CA {text}")))?;
        Ok(self.authority_of(&issuer, None))
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
            CasError::invalid(name, format!("{:?}", cut(text)), names.join(", "))
        })
    }
}

/// The family of a key is the issuer's (seed page CreateServerCertificateWithCsr).
pub(super) fn check_family(
    name: &str,
    algorithm: KeyAlgorithm,
    parent: &Parent,
) -> Result<(), CasError> {
    let family = parent.issuer.certificate().public_key().algorithm().family();
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
