//! One cause has one reason: what is wrong only because something else was denied is not told.

use super::examine::{ALT_NAME, SUBJECT};
use crate::error::{Reason, Rule};
use crate::name::AltName;

/// The reasons without those that follow from others.
pub(crate) fn without_consequences(reasons: Vec<Reason>) -> Vec<Reason> {
    let denied: Vec<String> = reasons
        .iter()
        .filter(|reason| reason.item == ALT_NAME)
        .map(|reason| reason.given.clone())
        .collect();
    let claims_name =
        reasons.iter().any(|reason| reason.item == SUBJECT && common_name(reason).is_some());
    let has = |rule: Rule| reasons.iter().any(|reason| reason.rule == rule);
    let nameless = has(Rule::NoAltName);
    let is_consequence = |reason: &Reason| match reason.rule {
        // No name is left, since those that were asked for are denied.
        Rule::NoAltName => !denied.is_empty() || claims_name,
        Rule::EmptySubject => nameless || !denied.is_empty(),
        // The common name is one of them.
        Rule::SubjectNotAllowed | Rule::NameNotAllowed if reason.item == SUBJECT => {
            common_name(reason).is_some_and(|name| denied.contains(&name.to_string()))
        }
        _ => false,
    };
    let told: Vec<bool> = reasons.iter().map(|reason| !is_consequence(reason)).collect();
    reasons.into_iter().zip(told).filter_map(|(reason, told)| told.then_some(reason)).collect()
}

/// The host that a denied common name names, if it names one.
fn common_name(reason: &Reason) -> Option<AltName> {
    reason.given.strip_prefix("CN=")?.parse().ok()
}
