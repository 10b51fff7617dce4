//! Issuing a leaf: what all operations that do so have in common.

use super::super::ca::parent::{self, Parent, check_family, crl_url};
use super::super::described::pems;
use super::super::error::{CasError, ErrorKind};
use super::super::limits::IDENTIFIER_BYTES;
use super::super::parameters::groups::{IssuedLeaf, LeafOptions};
use super::super::parameters::tags::{TagParameter, check_tags};
use super::super::parameters::validity::days;
use super::super::session::Session;
use super::super::shelf::records::{LeafDocument, leaf_rows};
use super::found::{leaf_key_name, named_leaf};
use crate::error::quoted;
use crate::issuance::Issuance;
use crate::ledger::{Identifier, Ledger, Row};
use crate::policy::{OnDenial, RootLeaves};
use crate::profile::AltNamePresence;
use crate::time::Validity;
use crate::{Certificate, CertificateRequest, KeyPair, Profile};

/// A leaf to be issued.
pub(crate) struct Leaf<'l> {
    pub(crate) parent: &'l Parent,
    /// For whom, with its subject, names and period, which was checked ([`check_period`]).
    pub(crate) issuance: Issuance<'l>,
    /// The key that was generated here, and is kept with the leaf.
    pub(crate) key: Option<&'l KeyPair>,
    pub(crate) kind: &'static str,
    pub(crate) profile: Profile,
    pub(crate) alias_name: Option<&'l str>,
    pub(crate) options: &'l LeafOptions,
    /// Further rows that are written with it.
    pub(crate) rows: Vec<Row>,
}

/// Issues a leaf and records all that is kept of it, in one transaction.
pub(crate) fn issue(at: &Session<'_>, leaf: Leaf<'_>) -> Result<IssuedLeaf, CasError> {
    let (parent, options) = (leaf.parent, leaf.options);
    let wanted = options.immediately.unwrap_or_default();
    check_tags(at.config, &options.tags)?;
    if let Some(custom) = &options.custom_identifier {
        check_custom_identifier(at, custom)?;
    }
    if let Some(alias) = leaf.alias_name {
        check_alias_name(at, alias)?;
    }
    let profile = leaf.profile.with_leaf_basic_constraints(at.config.leaf_basic_constraints);
    let policy = parent::policy(at, profile)
        .with_on_denial(OnDenial::LeaveOut)
        // An intermediate that is called like its root is no root.
        .with_root_leaves(match parent.kept.document.record.parent_identifier {
            Some(_) => RootLeaves::Allow,
            None => RootLeaves::Refuse,
        });
    let digest = Ledger::issuer_digest(parent.issuer.public_key());
    let rows = |certificate: &Certificate| {
        let identifier = Identifier::of(&digest, certificate.serial());
        let document = LeafDocument {
            identifier: identifier.to_string(),
            parent_identifier: parent.identifier.to_string(),
            kind: leaf.kind.to_owned(),
            created: at.now.unix(),
            has_key: leaf.key.is_some(),
            custom_identifier: options.custom_identifier.clone(),
            alias_name: leaf.alias_name.map(str::to_owned),
            tags: options.tags.clone(),
        };
        let mut rows = leaf_rows(at.rows, &document)?;
        if let Some(key) = leaf.key {
            rows.push(at.ledger.key_row(&leaf_key_name(&identifier), key)?);
        }
        rows.extend(leaf.rows.iter().cloned());
        Ok(rows)
    };
    let mut issuance = leaf.issuance.under(&policy).with_rows(rows);
    for TagParameter { key, value } in &options.tags {
        issuance = issuance.tag(key, value.as_deref().unwrap_or_default())?;
    }
    let points_to_crl = options.enable_crl == Some(1);
    let issued = parent::authority(at, parent, points_to_crl)?.issue(issuance)?;
    let certificate = issued.certificate();
    at.tell(issued.outcome().iter().cloned());
    Ok(IssuedLeaf {
        x509_certificate: (wanted >= 1).then(|| certificate.to_pem()),
        certificate_chain: (wanted == 2).then(|| pems(issued.chain().above())),
        identifier: issued.identifier().to_string(),
        serial_number: certificate.serial().to_string(),
    })
}

/// The parent of a leaf: an intermediate, not a root.
pub(crate) fn leaf_parent(at: &Session<'_>, text: &str) -> Result<Parent, CasError> {
    let parent = parent::find(at, "ParentIdentifier", text)?;
    if parent.kept.document.record.parent_identifier.is_some() {
        return Ok(parent);
    }
    let allowed = "an intermediate CA: only these issue leaves";
    Err(CasError::invalid("ParentIdentifier", format!("the root {text}"), allowed))
}

/// A leaf is valid while its issuer is, from now on or a little before, and no longer than its issuer
/// may issue.
pub(crate) fn check_period(
    at: &Session<'_>,
    validity: &Validity,
    parent: &Parent,
) -> Result<(), CasError> {
    let refuse = |given, allowed| Err(CasError::invalid("validity", given, allowed));
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
    if let Some(most) = parent.kept.document.record.cert_max_time
        && validity.lifetime() > days(most)
    {
        let allowed = format!("at most {most} days, the CertMaxTime of the issuing CA");
        return refuse(validity.lifetime().to_string(), allowed);
    }
    Ok(())
}

/// The algorithm that was given is the CSR's, and the CSR's family the issuer's.
pub(crate) fn check_csr_key(
    at: &Session<'_>,
    csr: &CertificateRequest,
    algorithm: Option<&str>,
    parent: &Parent,
) -> Result<(), CasError> {
    let key = csr.public_key().algorithm();
    if let Some(algorithm) = algorithm {
        let given = parent::algorithm(at, "Algorithm", algorithm)?;
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

/// What is to be answered is among what can be: this is looked at first.
pub(super) fn check_immediately(options: &LeafOptions) -> Result<(), CasError> {
    match options.immediately.unwrap_or_default() {
        0..=2 => Ok(()),
        other => Err(CasError::invalid("Immediately", other, "0, 1 or 2")),
    }
}

/// Whether a leaf that is asked for with CRL can have it.
pub(super) fn check_enable_crl(
    at: &Session<'_>,
    options: &LeafOptions,
    parent: &Parent,
) -> Result<(), CasError> {
    match options.enable_crl.unwrap_or_default() {
        0 => Ok(()),
        1 if parent.kept.document.record.crl_status => {
            crl_url(at, "EnableCrl", &parent.identifier).map(drop)
        }
        1 => Err(CasError::invalid("EnableCrl", 1, "0: the issuing CA has no CRL")),
        other => Err(CasError::invalid("EnableCrl", other, "0 or 1")),
    }
}

fn check_custom_identifier(at: &Session<'_>, custom: &str) -> Result<(), CasError> {
    let most = IDENTIFIER_BYTES;
    if custom.len() > most {
        let message = format!("CustomIdentifier: at most {most} bytes");
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    // Operations take identifiers separated by commas.
    let good = |c: char| !c.is_control() && c != ',';
    if custom.is_empty() || custom.trim() != custom || !custom.chars().all(good) {
        let allowed = "a text without commas and control characters, no blank at its ends";
        return Err(CasError::invalid("CustomIdentifier", quoted(custom), allowed));
    }
    // Another's identifier would be understood as that other certificate.
    if named_leaf(at, custom)?.is_some() {
        let message = format!("CustomIdentifier: {} is another certificate's", quoted(custom));
        return Err(CasError::new(ErrorKind::ParameterRepeat, message));
    }
    Ok(())
}

fn check_alias_name(at: &Session<'_>, alias: &str) -> Result<(), CasError> {
    let (count, most) = (alias.chars().count(), at.config.alias_name_characters);
    if count > most {
        let message = format!("AliasName: given {count} characters, at most {most}");
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    if alias.chars().any(char::is_control) {
        let given = quoted(alias);
        return Err(CasError::invalid("AliasName", given, "no control characters"));
    }
    Ok(())
}

/// TLS servers; the common name need not be an alternative name, if that is the rule.
pub(crate) fn server_profile() -> Profile {
    Profile::tls_server().with_alt_name_presence(AltNamePresence::Optional)
}
