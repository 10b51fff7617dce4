//! The examination of a request, item by item.

use super::asked::Asked;
use super::choices::CommonNameUse;
use super::claims;
use super::extensions::review_extensions;
use super::item::{ReviewItem, decide, overridden};
use super::names::NO_UNDERSCORES;
use super::rules::{AltNameSource, Policy, SubjectSource};
use crate::error::{Error, Reason, Rule};
use crate::key::PublicKey;
use crate::name::{AltName, Attribute, AttributeType, Name};
use crate::oid;
use crate::profile::{Extension, Profile};
use crate::request::CertificateRequest;

/// The kind of an item that is an alternative name.
pub(super) const ALT_NAME: &str = "alternative name";

/// The kind of an item that is an attribute of the subject.
pub(super) const SUBJECT: &str = "subject";

/// What an examination finds.
pub(super) struct Examined {
    pub(super) items: Vec<ReviewItem>,
    /// What is granted of the subject.
    pub(super) subject: Name,
    /// The alternative names that are granted, each once.
    pub(super) alt_names: Vec<AltName>,
    /// The extensions that are granted to the request.
    pub(super) extensions: Vec<Extension>,
    /// What is wrong with content that no request asks for.
    pub(super) wrong: Vec<Reason>,
}

pub(super) fn examine(policy: &Policy, profile: &Profile, asked: &Asked<'_>) -> Examined {
    let mut items = vec![review_key(policy, asked.public_key)];
    let fixed_names = match (asked.alt_names, &policy.alt_names) {
        (Some(names), _) => Some(Fixed { content: names, by: "the caller sets the names" }),
        (None, AltNameSource::Fixed(names)) => {
            Some(Fixed { content: &names[..], by: "the policy sets the names" })
        }
        (None, AltNameSource::Request) => None,
    };
    let fixed_subject = match (asked.subject, &policy.subject) {
        (Some(subject), _) => Some(Fixed { content: subject, by: "the caller sets the subject" }),
        (None, SubjectSource::Fixed(subject)) => {
            Some(Fixed { content: subject, by: "the policy sets the subject" })
        }
        (None, SubjectSource::Request) => None,
    };
    let mut alt_names = review_alt_names(policy, asked, fixed_names, &mut items);
    if policy.common_name == CommonNameUse::AddToAltNames {
        let fixed = fixed_subject.as_ref().map(|fixed| fixed.content);
        let subject = fixed.or(asked.request.map(CertificateRequest::subject));
        add_common_name(policy, subject, &mut alt_names, &mut items);
    }
    let subject = review_subject(policy, profile, asked, fixed_subject, &alt_names, &mut items);
    let mut extensions = Vec::new();
    if let Some(request) = asked.request {
        extensions = review_extensions(policy, profile, request, &mut items);
        review_attributes(request, &mut items);
    }
    // What is fixed needs no leave, but for this.
    let wrong = alt_names.iter().filter(|name| !policy.names.permit_underscores(name));
    let wrong = wrong.map(|name| {
        let (rule, allowed) = (Rule::NameNotAllowed, NO_UNDERSCORES);
        Reason::new(rule, ALT_NAME, name.to_string(), allowed)
    });
    Examined { wrong: wrong.collect(), items, subject, alt_names, extensions }
}

/// Content that is given whatever a request asks for, and who gives it.
struct Fixed<'f, T: ?Sized> {
    content: &'f T,
    by: &'static str,
}

fn review_key(policy: &Policy, key: &PublicKey) -> ReviewItem {
    let algorithm = key.algorithm();
    let weaknesses = key.weaknesses();
    let refusal = if !policy.weak_keys.allow(algorithm) {
        Some((Rule::KeyWeak, "RSA of 2048 bits or more".to_owned()))
    } else if !weaknesses.is_empty() {
        Some((Rule::KeyWeak, format!("a key without this weakness: {}", weaknesses.join("; "))))
    } else if !policy.keys.contains(&algorithm) {
        let keys: Vec<String> = policy.keys.iter().map(ToString::to_string).collect();
        let allowed = if keys.is_empty() { "no key".to_owned() } else { keys.join(", ") };
        Some((Rule::KeyAlgorithm, allowed))
    } else {
        None
    };
    decide("key", algorithm.to_string(), refusal)
}

/// The granted names, each once.
fn review_alt_names(
    policy: &Policy,
    asked: &Asked<'_>,
    fixed: Option<Fixed<'_, [AltName]>>,
    items: &mut Vec<ReviewItem>,
) -> Vec<AltName> {
    let mut granted: Vec<AltName> = Vec::new();
    for name in fixed.as_ref().map(|fixed| fixed.content).unwrap_or_default() {
        if !granted.contains(name) {
            granted.push(name.clone());
        }
    }
    for name in asked.request.map(|request| request.requested_alt_names()).unwrap_or_default() {
        let checked = name.check();
        let item = match (&fixed, checked) {
            (Some(fixed), Ok(checked)) if fixed.content.contains(&checked) => {
                decide(ALT_NAME, checked.to_string(), None)
            }
            (Some(fixed), _) => overridden(ALT_NAME, name.to_string(), fixed.by),
            // A type that no policy can allow is not a name with a mistake in it.
            (None, Err(Error::Unsupported { allowed, .. })) => {
                let refusal = (Rule::NameNotAllowed, format!("names of these types: {allowed}"));
                decide(ALT_NAME, name.to_string(), Some(refusal))
            }
            (None, Err(error)) => {
                let refusal =
                    (Rule::NameMalformed, format!("names that are well formed ({error})"));
                decide(ALT_NAME, name.to_string(), Some(refusal))
            }
            (None, Ok(checked)) if policy.names.permit(&checked) => {
                let item = decide(ALT_NAME, checked.to_string(), None);
                if !granted.contains(&checked) {
                    granted.push(checked);
                }
                item
            }
            (None, Ok(checked)) => {
                let refusal = (Rule::NameNotAllowed, policy.names.allowed_for(&checked));
                decide(ALT_NAME, checked.to_string(), Some(refusal))
            }
        };
        items.push(item);
    }
    granted
}

/// A common name that is a host name becomes an alternative name, if the policy allows it.
fn add_common_name(
    policy: &Policy,
    subject: Option<&Name>,
    alt_names: &mut Vec<AltName>,
    items: &mut Vec<ReviewItem>,
) {
    let common_name = subject.and_then(Name::common_name);
    let Some(Ok(name)) = common_name.map(|text| text.parse::<AltName>()) else {
        return;
    };
    if !alt_names.contains(&name) && policy.names.permit(&name) {
        items.push(overridden("common name", name.to_string(), "also an alternative name"));
        alt_names.push(name);
    }
}

fn review_subject(
    policy: &Policy,
    profile: &Profile,
    asked: &Asked<'_>,
    fixed: Option<Fixed<'_, Name>>,
    alt_names: &[AltName],
    items: &mut Vec<ReviewItem>,
) -> Name {
    let mut granted: Vec<Vec<Attribute>> = Vec::new();
    let requested = asked.request.map(|request| request.subject().relative());
    for relative in requested.into_iter().flatten() {
        let mut kept = Vec::new();
        for attribute in relative {
            let shown = attribute.to_string();
            items.push(match &fixed {
                Some(fixed) if fixed.content.attributes().any(|other| same(attribute, other)) => {
                    decide(SUBJECT, shown, None)
                }
                Some(fixed) => overridden(SUBJECT, shown, fixed.by),
                None if is_blank(attribute) => {
                    overridden(SUBJECT, shown, "nothing: a blank value asks for none")
                }
                None => match review_attribute(policy, profile, attribute, alt_names) {
                    Ok(attribute) => {
                        kept.push(attribute);
                        decide(SUBJECT, shown, None)
                    }
                    Err(refusal) => decide(SUBJECT, shown, Some(refusal)),
                },
            });
        }
        if !kept.is_empty() {
            granted.push(kept);
        }
    }
    match fixed {
        Some(fixed) => fixed.content.clone(),
        None => Name::of_part(granted),
    }
}

fn same(attribute: &Attribute, other: &Attribute) -> bool {
    let text = attribute.text();
    attribute.kind() == other.kind() && text.is_some() && text == other.text()
}

/// Some devices send every attribute they know, empty.
fn is_blank(attribute: &Attribute) -> bool {
    attribute.text().is_some_and(|text| text.trim().is_empty())
}

/// The attribute in this crate's own encoding, or why it is denied.
fn review_attribute(
    policy: &Policy,
    profile: &Profile,
    attribute: &Attribute,
    alt_names: &[AltName],
) -> Result<Attribute, (Rule, String)> {
    let kind = attribute.kind();
    let value = attribute.certifiable_text().map_err(|error| {
        (Rule::NameMalformed, format!("text in the attribute's string type ({error})"))
    })?;
    let is_granted_name = || value.parse::<AltName>().is_ok_and(|name| alt_names.contains(&name));
    let granted = kind == AttributeType::COMMON_NAME && is_granted_name();
    if !granted && !policy.subject_attributes.contains(&kind) {
        let listed: Vec<String> =
            policy.subject_attributes.iter().map(ToString::to_string).collect();
        let listed =
            if listed.is_empty() { String::new() } else { format!("{}, ", listed.join(", ")) };
        let name = || value.parse::<AltName>().ok();
        let text = match (kind == AttributeType::COMMON_NAME).then(name).flatten() {
            Some(name) if policy.names.permit(&name) => format!(
                "{listed}a common name that is also an alternative name: ask for {name}, or let the \
                 policy add it (CommonNameUse::AddToAltNames)"
            ),
            Some(name) => format!(
                "{listed}a common name that is a granted alternative name ({})",
                policy.names.allowed_for(&name)
            ),
            None => format!("{listed}a common name that is a granted alternative name"),
        };
        return Err((Rule::SubjectNotAllowed, text));
    }
    let claim = || claims::refuse(profile, &policy.names, alt_names, kind, &value);
    if let Some(refusal) = (!granted).then(claim).flatten() {
        return Err(refusal);
    }
    Attribute::new(kind, &value)
        .map_err(|error| (Rule::NameMalformed, format!("values within X.520 bounds ({error})")))
}

fn review_attributes(request: &CertificateRequest, items: &mut Vec<ReviewItem>) {
    for (oid, _) in request.attributes() {
        // A challenge password may be a secret, so its value is not shown.
        let value = if oid == oid::CHALLENGE_PASSWORD {
            "challengePassword".to_owned()
        } else {
            oid.to_string()
        };
        items.push(overridden("attribute", value, "attributes are not part of certificates"));
    }
}
