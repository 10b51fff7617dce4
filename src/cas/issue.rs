//! Issuing a leaf: what all operations of section 4 have in common.

use super::Cas;
use super::config::SubjectFromCsr;
use super::error::{CasError, ErrorKind};
use super::parent::{Parent, check_family, days};
use super::records::{LeafDocument, leaf_writes};
use super::subject::{self, Fields};
use super::types::{Outcome, TagParameter, check_tags, copied};
use super::validity::{Asked, validity};
use crate::algorithm::KeyAlgorithm;
use crate::authority::Issuance;
use crate::certificate::Certificate;
use crate::error::quoted;
use crate::key::KeyPair;
use crate::ledger::{Identifier, Ledger, Row, Write};
use crate::name::{AltName, AttributeType, Name};
use crate::policy::{OnDenial, Policy, RootLeaves};
use crate::profile::{Extension, Profile};
use crate::request::CertificateRequest;
use crate::serial::SerialNumber;
use crate::validity::{Lifetime, Time, Validity};
use crate::wire::crl::distribution_points;

/// A leaf to be issued. Every parameter was checked.
pub(super) struct Leaf<'l> {
    pub(super) parent: &'l Parent,
    pub(super) request: &'l CertificateRequest,
    /// The key, where it was generated here and is to be kept.
    pub(super) key: Option<&'l KeyPair>,
    pub(super) kind: &'static str,
    pub(super) profile: Profile,
    pub(super) subject: Name,
    pub(super) alt_names: Vec<AltName>,
    pub(super) validity: Validity,
    pub(super) enable_crl: bool,
    pub(super) serial: Option<SerialNumber>,
    pub(super) custom_identifier: Option<&'l str>,
    pub(super) alias_name: Option<&'l str>,
    pub(super) tags: &'l [TagParameter],
    /// Further records that are written with it.
    pub(super) writes: Vec<Write>,
}

/// A leaf that was issued.
pub(super) struct IssuedLeaf {
    pub(super) certificate: Certificate,
    pub(super) identifier: Identifier,
    /// The certificates above, the issuer's first, each PEM block ended by a newline.
    pub(super) chain: String,
    pub(super) outcome: Outcome,
}

impl Cas {
    /// Issues a leaf and records all that is kept of it, in one transaction.
    pub(super) fn issue_leaf(&self, leaf: Leaf<'_>, now: Time) -> Result<IssuedLeaf, CasError> {
        let parent = leaf.parent;
        self.check_period(&leaf.validity, parent, now)?;
        check_tags(&self.config, leaf.tags)?;
        if let Some(custom) = leaf.custom_identifier {
            self.check_custom_identifier(custom)?;
        }
        if let Some(alias) = leaf.alias_name {
            self.check_alias_name(alias)?;
        }
        let mut profile =
            leaf.profile.clone().with_leaf_basic_constraints(self.config.leaf_basic_constraints);
        if leaf.enable_crl {
            profile = self.with_crl_pointer(profile, parent)?;
        }
        let policy = Policy::new(profile)
            .with_subject(leaf.subject.clone())
            .with_alt_names(leaf.alt_names.clone())
            .with_max_lifetime(Lifetime::seconds(u64::MAX))
            // Its begin was held against the rule above, as of `now`: the clock has gone on since.
            .with_backdate(Lifetime::seconds(u64::MAX))
            .on_denial(OnDenial::LeaveOut)
            // An intermediate that is called like its root is no root.
            .with_root_leaves(match parent.kept.document.parent_identifier {
                Some(_) => RootLeaves::Allow,
                None => RootLeaves::Refuse,
            });
        let weak = self.config.weak_keys.allow(KeyAlgorithm::Rsa1024);
        let policy = if weak { policy.dangerously_allow_rsa_1024() } else { policy };
        let digest = Ledger::issuer_digest(parent.issuer.public_key());
        let writes = |certificate: &Certificate| {
            let identifier = Identifier::of(&digest, certificate.serial());
            let document = LeafDocument {
                identifier: identifier.to_string(),
                parent_identifier: parent.identifier.to_string(),
                kind: leaf.kind.to_owned(),
                created: now.unix(),
                has_key: leaf.key.is_some(),
                custom_identifier: leaf.custom_identifier.map(str::to_owned),
                alias_name: leaf.alias_name.map(str::to_owned),
                tags: copied(leaf.tags),
            };
            let mut writes = leaf_writes(&document).map_err(CasError::into_error)?;
            if let Some(key) = leaf.key {
                writes.extend(self.ledger.key_writes(&leaf_key_name(&identifier), key)?);
            }
            writes.extend(leaf.writes.iter().cloned());
            Ok(vec![Row::of(writes)])
        };
        let mut issuance = Issuance::for_request(leaf.request)
            .under(&policy)
            .validity(leaf.validity)
            .with_rows(writes);
        if let Some(serial) = leaf.serial {
            issuance = issuance.serial(serial);
        }
        for TagParameter { key, value } in leaf.tags {
            issuance = issuance.tag(key, value.as_deref().unwrap_or_default())?;
        }
        let issued = self.authority(parent, None).issue(issuance)?;
        let certificate = issued.certificate().clone();
        Ok(IssuedLeaf {
            identifier: *issued.identifier(),
            chain: issued.chain().above().iter().map(Certificate::to_pem).collect(),
            outcome: Outcome::new(issued.outcome().to_vec()),
            certificate,
        })
    }

    /// The parent of a leaf: an intermediate, not a root (seed page
    /// CreateServerCertificateWithCsr).
    pub(super) fn leaf_parent(&self, text: &str, now: Time) -> Result<Parent, CasError> {
        let parent = self.parent("ParentIdentifier", text, now)?;
        if parent.kept.document.parent_identifier.is_some() {
            return Ok(parent);
        }
        let allowed = "an intermediate CA: only these issue leaves";
        Err(CasError::invalid("ParentIdentifier", format!("the root {text}"), allowed))
    }

    /// The validity that was asked for; it ends with its issuer's at the latest.
    pub(super) fn leaf_validity(
        &self,
        asked: Asked,
        parent: &Parent,
        now: Time,
    ) -> Result<Validity, CasError> {
        let validity = validity(self.config.validity, asked, now)?;
        self.check_period(&validity, parent, now)?;
        Ok(validity)
    }

    fn check_period(
        &self,
        validity: &Validity,
        parent: &Parent,
        now: Time,
    ) -> Result<(), CasError> {
        let end = parent.issuer.certificate().validity().not_after();
        if validity.not_after() > end {
            let allowed = format!("until {end}, the end of the issuing CA");
            let given = format!("until {}", validity.not_after());
            return Err(CasError::invalid("validity", given, allowed));
        }
        let begin = parent.issuer.certificate().validity().not_before();
        if validity.not_before() < begin {
            let allowed = format!("from {begin} on, the beginning of the issuing CA");
            let given = format!("from {}", validity.not_before());
            return Err(CasError::invalid("validity", given, allowed));
        }
        let earliest = now.minus(self.config.backdate).unwrap_or(begin);
        if validity.not_before() < earliest {
            let allowed = format!("from {earliest} on, {} before now", self.config.backdate);
            let given = format!("from {}", validity.not_before());
            return Err(CasError::invalid("validity", given, allowed));
        }
        if let Some(most) = parent.kept.document.cert_max_time
            && validity.lifetime() > days(most)
        {
            let allowed = format!("at most {most} days, the CertMaxTime of the issuing CA");
            return Err(CasError::invalid("validity", validity.lifetime(), allowed));
        }
        Ok(())
    }

    /// The fields of a leaf's subject: the CSR's common name before that of the request, the
    /// request's other fields before the defaults.
    pub(super) fn leaf_fields(
        &self,
        given: Fields,
        csr: Option<&CertificateRequest>,
        defaults: Fields,
    ) -> Result<Fields, CasError> {
        let Some(csr) = csr else { return Ok(given.or(defaults)) };
        let common_name = subject::asked(csr.subject(), AttributeType::COMMON_NAME)?;
        let fields = Fields { common_name, ..Fields::default() }.or(given);
        Ok(match self.config.subject_from_csr {
            SubjectFromCsr::Copy => fields.or(Fields::asked(csr.subject())?).or(defaults),
            SubjectFromCsr::Ignore => fields.or(defaults),
        })
    }

    /// The algorithm that was given is the CSR's, and the CSR's family the issuer's.
    pub(super) fn check_csr_key(
        &self,
        csr: &CertificateRequest,
        algorithm: Option<&str>,
        parent: &Parent,
    ) -> Result<(), CasError> {
        let key = csr.public_key().algorithm();
        if let Some(algorithm) = algorithm {
            let given = self.algorithm("Algorithm", algorithm)?;
            if given != key {
                let allowed = format!("{key}, the key of the CSR");
                return Err(CasError::invalid("Algorithm", given, allowed));
            }
        }
        let rules = &self.config.algorithms;
        if !self.config.weak_keys.allow(key) || !rules.iter().any(|rule| rule.key == key) {
            return Err(CasError::invalid("Csr", format!("a key {key}"), "a key that is allowed"));
        }
        check_family("Csr", key, parent)
    }

    /// The key of a leaf that is generated here.
    pub(super) fn leaf_algorithm(
        &self,
        algorithm: Option<&str>,
        parent: &Parent,
    ) -> Result<KeyAlgorithm, CasError> {
        let issuer = parent.issuer.public_key().algorithm();
        let Some(algorithm) = algorithm else {
            return Ok(self.config.generated.of(issuer));
        };
        let algorithm = self.algorithm("Algorithm", algorithm)?;
        check_family("Algorithm", algorithm, parent)?;
        Ok(algorithm)
    }

    fn check_custom_identifier(&self, custom: &str) -> Result<(), CasError> {
        let most = crate::limits::KEPT_NAME_OCTETS;
        if custom.len() > most {
            let message = format!("CustomIdentifier: at most {most} octets");
            return Err(CasError::new(ErrorKind::DataTooLong, message));
        }
        // Operations take identifiers separated by commas.
        let good = |c: char| !c.is_control() && c != ',';
        if custom.is_empty() || custom.trim() != custom || !custom.chars().all(good) {
            let allowed = "a text without commas and control characters, no blank at its ends";
            return Err(CasError::invalid("CustomIdentifier", quoted(custom), allowed));
        }
        // Another's identifier would be understood as that other certificate.
        if self.named_leaf(custom)?.is_some() {
            let message = format!("CustomIdentifier: {} is another certificate's", quoted(custom));
            return Err(CasError::new(ErrorKind::ParameterRepeat, message));
        }
        Ok(())
    }

    fn check_alias_name(&self, alias: &str) -> Result<(), CasError> {
        let (count, most) = (alias.chars().count(), self.config.alias_name_characters);
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

    /// Where the CRL of a CA is.
    pub(super) fn crl_url(
        &self,
        parameter: &str,
        identifier: &Identifier,
    ) -> Result<String, CasError> {
        match &self.config.crl_base_url {
            Some(base) => Ok(format!("{}/{identifier}.crl", base.trim_end_matches('/'))),
            None => {
                let allowed = "false or 0 while no crl_base_url is configured";
                Err(CasError::invalid(parameter, "true or 1", allowed))
            }
        }
    }

    /// A profile whose certificates point to the CRL of their issuer, where CRLs are published.
    pub(super) fn with_crl_pointer(
        &self,
        profile: Profile,
        issuer: &Parent,
    ) -> Result<Profile, CasError> {
        if self.config.crl_base_url.is_none() || !issuer.kept.document.enable_crl {
            return Ok(profile);
        }
        let url = self.crl_url("EnableCrl", &issuer.identifier)?;
        let Extension { oid, critical, value } = distribution_points(&url);
        Ok(profile.with_extension(Extension { oid, critical, value }))
    }

    /// Whether a leaf that is asked for with CRL can have it.
    pub(super) fn check_enable_crl(
        &self,
        enable_crl: Option<i64>,
        parent: &Parent,
    ) -> Result<bool, CasError> {
        match enable_crl.unwrap_or_default() {
            0 => Ok(false),
            1 if parent.kept.document.enable_crl => {
                self.crl_url("EnableCrl", &parent.identifier)?;
                Ok(true)
            }
            1 => {
                let allowed = "0: the issuing CA has no CRL";
                Err(CasError::invalid("EnableCrl", 1, allowed))
            }
            other => Err(CasError::invalid("EnableCrl", other, "0 or 1")),
        }
    }

    /// A private key can be kept, or the operation ends before it did anything.
    pub(super) fn check_keys_can_be_kept(&self) -> Result<(), CasError> {
        Ok(self.ledger.check_unlocked()?)
    }
}

/// What is answered of the certificate: `Immediately` is 0 for nothing, 1 for the certificate, 2 for
/// the chain too.
pub(super) fn immediately(
    immediately: Option<i64>,
) -> Result<impl Fn(&IssuedLeaf) -> (Option<String>, Option<String>), CasError> {
    let wanted = immediately.unwrap_or_default();
    if !(0..=2).contains(&wanted) {
        return Err(CasError::invalid("Immediately", wanted, "0, 1 or 2"));
    }
    Ok(move |leaf: &IssuedLeaf| {
        let certificate = (wanted >= 1).then(|| leaf.certificate.to_pem());
        (certificate, (wanted == 2).then(|| leaf.chain.clone()))
    })
}

/// The name that the key of a leaf is kept under.
pub(super) fn leaf_key_name(identifier: &Identifier) -> String {
    format!("certificate/{identifier}")
}
