//! What a caller asks of every path, and the rules on one certificate and on one link of it.

use super::names::{Broken, covers};
use super::usable::{check_usable, unusable};
use crate::certificate::Certificate;
use crate::error::{ChainRule, Error};
use crate::key::{Arithmetic, PublicKey, Sm2Id};
use crate::name::AltName;
use crate::usage::{ExtendedKeyUsage, KeyUsage, list};
use crate::validity::Time;
use crate::wire::extension::is_processed;

#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) at: Time,
    pub(super) purpose: Option<ExtendedKeyUsage>,
    pub(super) name: Option<AltName>,
    pub(super) sm2_id: Sm2Id,
    pub(super) arithmetic: Arithmetic,
    /// How many intermediates there may be, self-issued ones not counted.
    pub(super) intermediates: Option<usize>,
    pub(super) allows_rsa_1024: bool,
}

impl Asked {
    pub(super) fn at(at: Time) -> Self {
        Self {
            at,
            purpose: None,
            name: None,
            sm2_id: Sm2Id::default(),
            arithmetic: Arithmetic::default(),
            intermediates: None,
            allows_rsa_1024: false,
        }
    }

    /// What every certificate of a path must keep, trust anchors included.
    pub(super) fn check_alone(
        &self,
        certificate: &Certificate,
        is_anchor: bool,
    ) -> Result<(), Broken> {
        check_usable(certificate, is_anchor, self.allows_rsa_1024)?;
        if !certificate.validity().contains(self.at) {
            let detail = format!("valid {}, not at {}", certificate.validity(), self.at);
            return Err((ChainRule::Validity, detail));
        }
        let unknown = certificate.extensions().iter().find(|e| e.critical && !is_processed(e.oid));
        if let Some(extension) = unknown {
            let named = extension.oid.named();
            let detail = format!("extension {named} is critical and not understood");
            return Err((ChainRule::CriticalExtension, detail));
        }
        match (self.purpose, certificate.extended_key_usage()) {
            (Some(purpose), Some(usages))
                if !usages.iter().any(|u| [purpose, ExtendedKeyUsage::ANY].contains(u)) =>
            {
                let detail = format!("only for {}, not for {purpose}", list(usages));
                Err((ChainRule::ExtendedKeyUsage, detail))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_link(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), Broken> {
        if !certificate.issuer().matches(issuer.subject()) {
            let detail = format!(
                "its issuer is {}, the next certificate is {}",
                certificate.issuer(),
                issuer.subject()
            );
            return Err((ChainRule::Names, detail));
        }
        if certificate.issuer().is_empty() {
            let detail = "its issuer has no name, which CAs must have (section 4.1.2.4)";
            return Err((ChainRule::Names, detail.to_owned()));
        }
        check_identifiers(certificate, issuer)?;
        self.check_signature(certificate, issuer)
    }

    pub(super) fn check_signature(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), Broken> {
        certificate.verify_signature(&self.key_of(issuer)?).map_err(|error| match error {
            Error::InvalidSignature { .. } => {
                let detail = format!("not signed by the key of {}", issuer.subject());
                (ChainRule::Signature, detail)
            }
            other => unusable(&other),
        })
    }

    /// The key of an issuer, with the identifier of its SM2 signatures.
    pub(super) fn key_of(&self, issuer: &Certificate) -> Result<PublicKey, Broken> {
        let key = issuer.public_key().map_err(|error| unusable(&error))?.clone();
        Ok(key.with_arithmetic(self.arithmetic).with_sm2_id(self.sm2_id.clone()))
    }

    /// The rules on an issuer; `below` are the intermediates between it and the leaf.
    pub(super) fn check_issuer(
        &self,
        issuer: &Certificate,
        is_anchor: bool,
        below: &[&Certificate],
    ) -> Result<(), Broken> {
        // Before version 3 there is no CA bit: whoever trusts it says that it is a CA (section 6.1.4 k).
        let is_old_root = is_anchor && issuer.version() < 3 && issuer.is_self_issued();
        if !issuer.is_authority() && !is_old_root {
            return Err((ChainRule::BasicConstraints, "the issuer is not a CA".to_owned()));
        }
        if !issuer.key_usage().is_none_or(|usage| usage.contains(KeyUsage::KEY_CERT_SIGN)) {
            let detail = "the issuer's key usage lacks keyCertSign".to_owned();
            return Err((ChainRule::KeyUsage, detail));
        }
        let counted = counted(below);
        if let Some(limit) = issuer.path_len().filter(|limit| counted > usize::from(*limit)) {
            let detail = format!("{counted} intermediates below; its pathLenConstraint is {limit}");
            return Err((ChainRule::PathLength, detail));
        }
        let with_itself = counted + usize::from(!is_anchor && !issuer.is_self_issued());
        match self.intermediates.filter(|most| with_itself > *most) {
            Some(most) => {
                let detail = format!("{with_itself} intermediates; the caller allows {most}");
                Err((ChainRule::PathLength, detail))
            }
            None => Ok(()),
        }
    }

    pub(super) fn check_leaf(&self, leaf: &Certificate) -> Result<(), Broken> {
        if let Some(purpose) = self.purpose {
            if leaf.is_authority() {
                let detail = format!("a CA certificate, used for {purpose}");
                return Err((ChainRule::BasicConstraints, detail));
            }
            if let Some(usage) = leaf.key_usage()
                && !purpose.is_consistent_with(usage)
            {
                return Err((ChainRule::KeyUsage, format!("{usage}, not for {purpose}")));
            }
        }
        match &self.name {
            Some(name) if !leaf.alt_names().iter().any(|alt_name| covers(alt_name, name)) => {
                let found: Vec<String> = leaf.alt_names().iter().map(ToString::to_string).collect();
                let detail = format!("covers {}, not {name}", found.join(", "));
                Err((ChainRule::SubjectAltName, detail))
            }
            _ => Ok(()),
        }
    }
}

/// Where both have one, the identifiers of the issuer's key must be the same (section 4.2.1.1).
pub(super) fn check_identifiers(
    certificate: &Certificate,
    issuer: &Certificate,
) -> Result<(), Broken> {
    match (certificate.authority_key_identifier(), issuer.subject_key_identifier()) {
        (Some(wanted), Some(found)) if wanted != found => {
            let detail = "the authority key identifier is not the issuer's key identifier";
            Err((ChainRule::KeyIdentifier, detail.to_owned()))
        }
        _ => Ok(()),
    }
}

/// How many of these intermediates count: self-issued ones do not (RFC 5280 section 6.1.4 l).
fn counted(intermediates: &[&Certificate]) -> usize {
    intermediates.iter().filter(|certificate| !certificate.is_self_issued()).count()
}
