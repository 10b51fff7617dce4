//! CAs that issue: found by their identifiers, in force, with their keys.

use std::sync::Arc;

use super::super::described::family;
use super::super::error::{CasError, ErrorKind};
use super::super::parameters::validity::days;
use super::super::session::Session;
use super::super::shelf::records::{
    AuthorityDocument, AuthorityRecord, ISSUE, Kept, authority_document, identifier,
};
use crate::crl::CrlDistribution;
use crate::error::quoted;
use crate::ledger::{Identifier, Row};
use crate::time::{Lifetime, Validity};
use crate::{Authority, CertificateRequest, Issuer, KeyAlgorithm, KeyPair, Policy, Profile};

/// A CA that may issue now.
pub(crate) struct Parent {
    pub(crate) identifier: Identifier,
    pub(crate) kept: Kept<AuthorityDocument>,
    pub(crate) issuer: Issuer,
    /// What it may issue for: that it is kept, and that neither it nor a CA above it was revoked.
    unchanged: Vec<Row>,
}

/// The CA with an identifier, if it and those above it may issue now.
pub(crate) fn find(at: &Session<'_>, name: &str, text: &str) -> Result<Parent, CasError> {
    let identifier = identifier(name, text)?;
    let unknown = || CasError::not_found(name, format!("CA {identifier}"));
    let kept = authority_document(at.rows, text)?.ok_or_else(unknown)?;
    let mut unchanged = Vec::new();
    let mut above = Some(text.to_owned());
    while let Some(text) = above {
        let Some(kept) = authority_document(at.rows, &text)? else { break };
        if kept.document.record.status != ISSUE {
            let message = format!("{name}: CA {text} is revoked");
            return Err(CasError::new(ErrorKind::UpdateProtection, message));
        }
        unchanged.push(kept.unchanged());
        above = kept.document.record.parent_identifier;
    }
    let (record, issuer) = issuer(at, &identifier)?.ok_or_else(unknown)?;
    unchanged.push(record);
    for certificate in issuer.chain().certificates() {
        let (validity, now) = (certificate.validity(), at.now);
        if !validity.contains(now) {
            let subject = certificate.subject();
            let message = format!("{name}: {subject} is valid from {validity}, now is {now}");
            return Err(CasError::new(ErrorKind::CertificateExpired, message));
        }
    }
    Ok(Parent { identifier, kept, issuer, unchanged })
}

/// The issuer of a CA that is kept, with its key, and its record. One that was forgotten, by whomever,
/// is no issuer any more.
fn issuer(at: &Session<'_>, identifier: &Identifier) -> Result<Option<(Row, Issuer)>, CasError> {
    let Some(record) = at.ledger.issuer_unchanged(identifier)? else {
        at.opened().remove(identifier);
        return Ok(None);
    };
    if let Some((from, issuer)) = at.opened().get(identifier)
        && *from == record
    {
        return Ok(Some((record, issuer.clone())));
    }
    let Some(kept) = at.ledger.issuer(identifier)? else { return Ok(None) };
    let Some(key) = at.ledger.issuer_key(identifier)? else {
        let message =
            format!("CA {identifier}: its key is not kept here, so that it issues elsewhere");
        return Err(CasError::new(ErrorKind::InvalidParameter, message));
    };
    let key = signing_as_ruled(at, key)?;
    let issuer = Issuer::load(kept.chain, key)?;
    at.opened().insert(*identifier, (record.clone(), issuer.clone()));
    Ok(Some((record, issuer)))
}

/// An authority that issues for a CA. It claims and records only as long as the CA is what it was when
/// it was found in force. What it issues points to the CRL of the CA, where that is wanted and CRLs are
/// published.
pub(crate) fn authority(
    at: &Session<'_>,
    parent: &Parent,
    points_to_crl: bool,
) -> Result<Authority, CasError> {
    let mut issuer = parent.issuer.clone();
    if points_to_crl && let Some(url) = published_crl(at, &parent.kept.document.record)? {
        issuer = issuer.with_crl_distribution(CrlDistribution::at(&url)?);
    }
    Ok(authority_of(at, issuer).while_unchanged(parent.unchanged.clone()))
}

fn authority_of(at: &Session<'_>, issuer: Issuer) -> Authority {
    // Each issuance names its own policy.
    let policy = Policy::new(Profile::tls_server());
    Authority::on(issuer, policy, at.ledger.clone())
        .with_clock(Arc::clone(at.clock))
        .with_rng(at.randomness.clone())
        .with_actor(at.actor)
}

/// A policy with this profile that says nothing on periods: the rules of the operations were held
/// before, as of a moment that the clock has left behind since.
pub(crate) fn policy(at: &Session<'_>, profile: Profile) -> Policy {
    let policy = Policy::new(profile)
        .with_max_lifetime(Lifetime::seconds(u64::MAX))
        .with_backdate(Lifetime::seconds(u64::MAX));
    let weak = at.config.weak_keys.allow(KeyAlgorithm::Rsa1024);
    if weak { policy.dangerously_allow_rsa_1024() } else { policy }
}

/// An authority that lists and revokes what a CA issued, whether or not that may still issue.
pub(crate) fn listing(at: &Session<'_>, text: &str) -> Result<Authority, CasError> {
    listing_with(at, text, None)
}

/// The same, whose complete CRLs say where the deltas are.
pub(super) fn listing_with(
    at: &Session<'_>,
    text: &str,
    crls: Option<CrlDistribution>,
) -> Result<Authority, CasError> {
    let unknown = || CasError::not_found("Identifier", format!("CA {text}"));
    let (record, mut issuer) = issuer(at, &identifier("Identifier", text)?)?.ok_or_else(unknown)?;
    if let Some(crls) = crls {
        issuer = issuer.with_crl_distribution(crls);
    }
    Ok(authority_of(at, issuer).while_unchanged([record]))
}

/// A new key that signs as the rules say.
pub(crate) fn generated(at: &Session<'_>, algorithm: KeyAlgorithm) -> Result<KeyPair, CasError> {
    let key = at.generate_key(algorithm, at.config.weak_keys)?;
    signing_as_ruled(at, key)
}

fn signing_as_ruled(at: &Session<'_>, key: KeyPair) -> Result<KeyPair, CasError> {
    let algorithm = key.public_key().algorithm();
    Ok(match at.config.algorithms.iter().find(|rule| rule.key == algorithm) {
        Some(rule) => key.with_signature_algorithm(rule.signature)?,
        None => key,
    })
}

/// The key that a value of `Algorithm` means.
pub(crate) fn algorithm(
    at: &Session<'_>,
    name: &str,
    text: &str,
) -> Result<KeyAlgorithm, CasError> {
    let allowed = at.config.algorithms.iter().filter(|rule| at.config.weak_keys.allow(rule.key));
    let found = allowed.clone().find(|rule| rule.name == text).map(|rule| rule.key);
    found.ok_or_else(|| {
        let names: Vec<&str> = allowed.map(|rule| &*rule.name).collect();
        CasError::invalid(name, quoted(text), names.join(", "))
    })
}

/// The family of a key is the issuer's.
pub(crate) fn check_family(
    at: &Session<'_>,
    name: &str,
    algorithm: KeyAlgorithm,
    parent: &Parent,
) -> Result<(), CasError> {
    let issuer = parent.issuer.public_key().algorithm();
    if algorithm.family() == issuer.family() {
        return Ok(());
    }
    let allowed = format!("a key of the family {}, that of its issuer", family(issuer));
    Err(CasError::invalid(name, at.config.name_of(algorithm), allowed))
}

/// Where the CRL of a CA is.
pub(crate) fn crl_url(
    at: &Session<'_>,
    parameter: &str,
    identifier: &Identifier,
) -> Result<String, CasError> {
    match &at.config.crl_base_url {
        Some(base) => Ok(format!("{}/{identifier}.crl", base.trim_end_matches('/'))),
        None => {
            let allowed = "false or 0 while no crl_base_url is configured";
            Err(CasError::invalid(parameter, "true or 1", allowed))
        }
    }
}

/// Where the delta CRL of a CA is: beside the CRL.
pub(super) fn published_delta(
    at: &Session<'_>,
    record: &AuthorityRecord,
) -> Result<Option<String>, CasError> {
    let crl = published_crl(at, record)?.filter(|_| at.config.crl_delta_hours > 0);
    Ok(crl.and_then(|url| url.strip_suffix(".crl").map(|stem| format!("{stem}-delta.crl"))))
}

/// Where the CRL of a CA is that has any, and is published.
pub(crate) fn published_crl(
    at: &Session<'_>,
    record: &AuthorityRecord,
) -> Result<Option<String>, CasError> {
    if at.config.crl_base_url.is_none() || !record.crl_status {
        return Ok(None);
    }
    crl_url(at, "EnableCrl", &identifier("Identifier", &record.identifier)?).map(Some)
}

/// A leaf is valid while its issuer is, from now on or a little before, and no longer than its issuer
/// may issue.
pub(crate) fn check_period(
    at: &Session<'_>,
    parameter: &str,
    validity: &Validity,
    parent: &Parent,
) -> Result<(), CasError> {
    check_within(at, parameter, validity, parent)?;
    if let Some(most) = parent.kept.document.record.cert_max_time
        && validity.lifetime() > days(most)
    {
        let allowed = format!("at most {most} days, the CertMaxTime of the issuing CA");
        return Err(CasError::invalid(parameter, validity.lifetime(), allowed));
    }
    Ok(())
}

/// Whatever a CA issues is valid while that is, from now on or a little before.
pub(crate) fn check_within(
    at: &Session<'_>,
    parameter: &str,
    validity: &Validity,
    parent: &Parent,
) -> Result<(), CasError> {
    let refuse = |given, allowed| Err(CasError::invalid(parameter, given, allowed));
    let (begin, end) = (validity.not_before(), validity.not_after());
    let issuer = parent.issuer.certificate().validity();
    if end > issuer.not_after() {
        let allowed = format!("until {}, the end of the issuing CA", issuer.not_after());
        return refuse(format!("until {end}"), allowed);
    }
    if begin < issuer.not_before() {
        let allowed = format!("from {} on, the beginning of the issuing CA", issuer.not_before());
        return refuse(format!("from {begin}"), allowed);
    }
    let backdate = at.config.backdate;
    let earliest = at.now.minus(backdate).unwrap_or(issuer.not_before());
    if begin < earliest {
        let allowed = format!("from {earliest} on, {backdate} before now");
        return refuse(format!("from {begin}"), allowed);
    }
    Ok(())
}

/// The algorithm that was given is the CSR's, and the CSR's family the issuer's.
pub(crate) fn check_csr_key(
    at: &Session<'_>,
    csr: &CertificateRequest,
    name: Option<&str>,
    parent: &Parent,
) -> Result<(), CasError> {
    let key = csr.public_key().algorithm();
    if let Some(name) = name {
        let given = algorithm(at, "Algorithm", name)?;
        if given != key {
            let allowed = format!("{}, the key of the CSR", at.config.name_of(key));
            return Err(CasError::invalid("Algorithm", at.config.name_of(given), allowed));
        }
    }
    if !at.config.weak_keys.allow(key) || !at.config.algorithms.iter().any(|rule| rule.key == key) {
        let given = format!("a key {}", at.config.name_of(key));
        return Err(CasError::invalid("Csr", given, "a key that is allowed"));
    }
    check_family(at, "Csr", key, parent)
}
