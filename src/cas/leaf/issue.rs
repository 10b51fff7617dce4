//! Issuing a leaf: what all operations that do so have in common.

use super::super::ca::parent::{self, Parent, crl_url};
use super::super::described::pems;
use super::super::error::{CasError, ErrorKind};
use super::super::limits::IDENTIFIER_BYTES;
use super::super::parameters::groups::{IssuedLeaf, LeafOptions};
use super::super::parameters::tags::{TagParameter, check_tags, kept, resource_group};
use super::super::parameters::text::check_alias;
use super::super::session::Session;
use super::super::shelf::records::{LeafDocument, issued_count, leaf_rows};
use super::super::shelf::token;
use super::found::{leaf_key_name, named_leaf};
use crate::error::quoted;
use crate::issuance::Issuance;
use crate::ledger::{Identifier, Ledger, Row};
use crate::policy::{OnDenial, RootLeaves};
use crate::profile::AltNamePresence;
use crate::{Certificate, KeyPair, Profile};

/// A leaf to be issued.
pub(crate) struct Leaf<'l> {
    pub(crate) parent: &'l Parent,
    /// For whom, with its subject, names and period, which was checked ([`parent::check_period`]).
    pub(crate) issuance: Issuance<'l>,
    /// The key that was generated here, and is kept with the leaf.
    pub(crate) key: Option<&'l KeyPair>,
    pub(crate) kind: &'static str,
    pub(crate) profile: Profile,
    pub(crate) alias_name: Option<&'l str>,
    /// The caller's own identifier, and the parameter that it is from.
    pub(crate) custom_identifier: Option<(&'static str, &'l str)>,
    pub(crate) options: &'l LeafOptions,
    /// Further rows that are written with it.
    pub(crate) rows: Vec<Row>,
}

/// Issues a leaf and records all that is kept of it, in one transaction.
pub(crate) fn issue(at: &Session<'_>, leaf: Leaf<'_>) -> Result<IssuedLeaf, CasError> {
    let (parent, options) = (leaf.parent, leaf.options);
    let wanted = options.immediately.unwrap_or_default();
    check_tags(at.config, &options.tags)?;
    if let Some((parameter, custom)) = leaf.custom_identifier {
        check_custom_identifier(at, parameter, custom)?;
    }
    check_count(at, parent)?;
    let resource_group_id = resource_group(options.resource_group_id.as_deref(), &options.tags)?;
    if let Some(alias) = leaf.alias_name {
        check_alias(at.config, alias)?;
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
            custom_identifier: leaf.custom_identifier.map(|(_, custom)| custom.to_owned()),
            alias_name: leaf.alias_name.map(str::to_owned),
            resource_group_id: resource_group_id.clone(),
            tags: kept(&options.tags),
        };
        let mut rows = leaf_rows(at.rows, &document)?;
        if let Some(key) = leaf.key {
            rows.push(at.ledger.key_row(&leaf_key_name(&identifier), key)?);
        }
        rows.extend(token::row(at, &answer(certificate, parent, wanted))?);
        rows.extend(leaf.rows.iter().cloned());
        Ok(rows)
    };
    let mut issuance = leaf.issuance.under(&policy).with_rows(rows);
    for TagParameter { key, value } in &options.tags {
        issuance = issuance.tag(key, value.as_deref().unwrap_or_default())?;
    }
    let points_to_crl = options.enable_crl == Some(1);
    let issued = parent::authority(at, parent, points_to_crl)?.issue(issuance)?;
    at.tell(issued.outcome().iter().cloned());
    Ok(answer(issued.certificate(), parent, wanted))
}

/// What is answered of a leaf: with its certificate and those above it, where they are wanted.
fn answer(certificate: &Certificate, parent: &Parent, wanted: i64) -> IssuedLeaf {
    let digest = Ledger::issuer_digest(parent.issuer.public_key());
    IssuedLeaf {
        x509_certificate: (wanted >= 1).then(|| certificate.to_pem()),
        certificate_chain: (wanted == 2).then(|| pems(parent.issuer.chain().certificates())),
        identifier: Identifier::of(&digest, certificate.serial()).to_string(),
        serial_number: certificate.serial().to_string(),
    }
}

/// A CA issues no more leaves than the rules allow.
fn check_count(at: &Session<'_>, parent: &Parent) -> Result<(), CasError> {
    let (identifier, most) = (parent.identifier.to_string(), at.config.leaves_of_a_ca);
    if issued_count(at.rows, &identifier)? < most {
        return Ok(());
    }
    let message =
        format!("ParentIdentifier: CA {identifier} has issued all {most} leaves that it may");
    Err(CasError::new(ErrorKind::NotRemainCount, message))
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

fn check_custom_identifier(
    at: &Session<'_>,
    parameter: &str,
    custom: &str,
) -> Result<(), CasError> {
    let most = IDENTIFIER_BYTES;
    if custom.len() > most {
        let message = format!("{parameter}: given {} bytes, at most {most}", custom.len());
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    // Operations take identifiers separated by commas.
    let good = |c: char| !c.is_control() && c != ',';
    if custom.is_empty() || custom.trim() != custom || !custom.chars().all(good) {
        let allowed = "a text without commas and control characters, no blank at its ends";
        return Err(CasError::invalid(parameter, quoted(custom), allowed));
    }
    // Another's identifier would be understood as that other certificate.
    if named_leaf(at, custom)?.is_some() {
        let message = format!("{parameter}: {} is another certificate's", quoted(custom));
        return Err(CasError::new(ErrorKind::ParameterRepeat, message));
    }
    Ok(())
}

/// TLS servers; the common name need not be an alternative name, if that is the rule.
pub(crate) fn server_profile() -> Profile {
    Profile::tls_server().with_alt_name_presence(AltNamePresence::Optional)
}
