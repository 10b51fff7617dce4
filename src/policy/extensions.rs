//! The review of the extensions that a request asks for, its names apart.

use super::choices::{OnDenial, RequestPart};
use super::item::{ReviewItem, decide, overridden};
use super::rules::Policy;
use crate::error::Rule;
use crate::oid;
use crate::profile::{Extension, Profile};
use crate::request::CertificateRequest;
use crate::usage::{ExtendedKeyUsage, list};

/// Reviews them, and gives those that are granted.
pub(super) fn review_extensions(
    policy: &Policy,
    profile: &Profile,
    request: &CertificateRequest,
    items: &mut Vec<ReviewItem>,
) -> Vec<Extension> {
    let mut granted = Vec::new();
    for extension in request.requested_extensions() {
        items.push(match extension.oid {
            // Reviewed name by name.
            oid::SUBJECT_ALT_NAME => continue,
            oid::BASIC_CONSTRAINTS => review_authority(profile, request),
            oid::KEY_USAGE => {
                let asked = request.requested_key_usage().unwrap_or_default();
                let given = profile.key_usage(request.public_key().algorithm().family());
                let rule = Rule::KeyUsageRequested;
                let fits = given.contains(asked);
                review_usage(policy, "key usage", asked.to_string(), fits, given.to_string(), rule)
            }
            oid::EXTENDED_KEY_USAGE => {
                let asked: &[ExtendedKeyUsage] = request.requested_extended_key_usage();
                let given = profile.extended_key_usage();
                let rule = Rule::ExtendedKeyUsageRequested;
                let fits = asked.iter().all(|usage| given.contains(usage));
                review_usage(policy, "extended key usage", list(asked), fits, list(given), rule)
            }
            oid::SUBJECT_KEY_IDENTIFIER | oid::AUTHORITY_KEY_IDENTIFIER => {
                let oid = extension.oid.to_string();
                overridden("key identifier", oid, "the issuer computes it")
            }
            _ => review_other(policy, profile, extension, &mut granted),
        });
    }
    granted
}

fn review_authority(profile: &Profile, request: &CertificateRequest) -> ReviewItem {
    let asked = request.requests_authority();
    let value = if asked { "CA" } else { "no CA" }.to_owned();
    match asked && !profile.is_authority() {
        true => decide("basic constraints", value, Some((Rule::CaRequested, "no CA".to_owned()))),
        false => overridden("basic constraints", value, "the profile sets them"),
    }
}

/// Certificates have the usages of the profile: a request that asks for others is told so, or refused.
fn review_usage(
    policy: &Policy,
    kind: &'static str,
    asked: String,
    fits: bool,
    given: String,
    rule: Rule,
) -> ReviewItem {
    let given = if given.is_empty() { "none".to_owned() } else { given };
    match policy.on_denial.of(RequestPart::Usages) {
        _ if fits => decide(kind, asked, None),
        OnDenial::LeaveOut => overridden(kind, asked, format!("the profile gives {given}")),
        OnDenial::Refuse => decide(kind, asked, Some((rule, format!("{given} or fewer")))),
    }
}

fn review_other(
    policy: &Policy,
    profile: &Profile,
    extension: &Extension,
    granted: &mut Vec<Extension>,
) -> ReviewItem {
    const KIND: &str = "extension";
    let Extension { oid, critical, value } = extension;
    let shown = oid.to_string();
    let is_same = |other: &Extension| other.oid == *oid;
    if profile.extensions().iter().any(is_same) {
        return overridden(KIND, shown, "the profile gives it");
    }
    if !policy.extensions.contains(oid) {
        return match policy.on_denial.of(RequestPart::Extensions) {
            OnDenial::LeaveOut => {
                overridden(KIND, shown, "nothing: the policy does not grant it (allow_extension)")
            }
            OnDenial::Refuse => {
                let allowed = match policy.extensions.as_slice() {
                    [] => "no other extension".to_owned(),
                    listed => listed.iter().map(|oid| oid.named()).collect::<Vec<_>>().join(", "),
                };
                decide(KIND, shown, Some((Rule::ExtensionRequested, allowed)))
            }
        };
    }
    match Extension::new(*oid, *critical, value.clone()) {
        Ok(extension) => {
            // A request that was read has none twice.
            granted.push(extension);
            decide(KIND, shown, None)
        }
        Err(error) => {
            decide(KIND, shown, Some((Rule::ExtensionMalformed, format!("a DER value ({error})"))))
        }
    }
}
