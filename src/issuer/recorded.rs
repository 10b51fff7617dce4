//! What was prepared before and written down is held against the issuer's rules again: whoever can
//! write to the store could have put other bytes in its place.

use super::Issuer;
use super::rules;
use crate::certificate::Certificate;
use crate::error::{Error, Reason, Rule};
use crate::policy::{Grant, Outliving, Period, RootLeaves};
use crate::profile::Profile;
use crate::usage::KeyUsage;
use crate::validity::{Lifetime, Time};

impl Issuer {
    /// What stands against a certificate that was prepared before, read again from its bytes; empty
    /// if nothing does. What is the policy's choice alone (whether it may outlive the issuer, whether
    /// a root issues leaves, of which family its key is, how far it is backdated: the signature may take days) is not asked
    /// again.
    pub(crate) fn objections_to(&self, certificate: &Certificate, now: Time) -> Vec<Reason> {
        let own = self.certificate();
        let mut reasons = Vec::new();
        let mut differ = |item, given: String, allowed: String| {
            if given != allowed {
                reasons.push(Reason::new(Rule::IssuerKeyMismatch, item, given, allowed));
            }
        };
        differ("issuer", certificate.issuer().to_string(), own.subject().to_string());
        let identifier =
            |bytes: Option<&[u8]>| bytes.map_or("none".to_owned(), crate::hexadecimal::hexadecimal);
        let given = identifier(certificate.authority_key_identifier());
        differ("authority key identifier", given, identifier(Some(self.key_identifier())));
        let algorithm = certificate.signature_identifier().to_string();
        differ("signature algorithm", algorithm, self.signature_algorithm().to_string());
        reasons.extend(check_usage(certificate));
        match grant_of(certificate) {
            Ok(grant) => reasons.extend(rules::objections(self, &grant, now)),
            Err(error) => {
                let allowed = "the types of names that this crate issues, well formed";
                let item = "alternative name";
                reasons.push(Reason::new(Rule::NameMalformed, item, error.to_string(), allowed));
            }
        }
        reasons
    }
}

/// keyCertSign and cRLSign are for CAs (RFC 5280 section 4.2.1.3); a profile of an end entity never
/// has them.
fn check_usage(certificate: &Certificate) -> Option<Reason> {
    let usage = certificate.key_usage()?;
    let refused = !certificate.is_authority()
        && (usage.contains(KeyUsage::KEY_CERT_SIGN) || usage.contains(KeyUsage::CRL_SIGN));
    refused.then(|| {
        let allowed = "neither keyCertSign nor cRLSign without the CA bit";
        Reason::new(Rule::IssuerKeyUsage, "key usage", usage.to_string(), allowed)
    })
}

/// The grant that a certificate could have come from, as far as the issuer's rules look at it.
fn grant_of(certificate: &Certificate) -> Result<Grant, Error> {
    let usages = certificate.extended_key_usage().unwrap_or_default().to_vec();
    let profile = match (certificate.is_authority(), certificate.path_len()) {
        (true, Some(length)) => Profile::intermediate(length).with_extended_key_usage(usages),
        (true, None) => Profile::root().with_extended_key_usage(usages),
        (false, _) => Profile::custom(certificate.key_usage().unwrap_or(KeyUsage::NONE), usages),
    };
    let profile = match certificate.name_constraints() {
        Some(constraints) => profile.with_name_constraints(constraints.clone()),
        None => profile,
    };
    let names = certificate.alt_names().iter().map(|name| name.check());
    let key = certificate.public_key()?.clone();
    Ok(Grant {
        alt_names: names.collect::<Result<_, _>>()?,
        period: Period::Exactly(*certificate.validity()),
        outliving: Outliving::Permit,
        backdate: Lifetime::seconds(u64::MAX),
        root_leaves: RootLeaves::Allow,
        key_families: vec![key.algorithm().family()],
        ..Grant::for_authority(key.clone(), certificate.subject().clone(), profile)
    })
}
