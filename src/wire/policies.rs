//! Extensions on certificate policies (RFC 5280 sections 4.2.1.4, 4.2.1.5, 4.2.1.11 and 4.2.1.14).

use super::tlv::{INTEGER, SEQUENCE, Values};
use crate::error::Error;
use crate::limits::{POLICIES, POLICY_MAPPINGS};
use crate::oid::Oid;

const WHAT: &str = "certificate";

/// The value of policyConstraints: after how many certificates each counts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct PolicyConstraints {
    pub(crate) require_explicit: Option<u32>,
    pub(crate) inhibit_mapping: Option<u32>,
}

/// The value of certificatePolicies, without the qualifiers.
pub(crate) fn read_policies(der: &[u8]) -> Result<Vec<Oid>, Error> {
    let place = "certificatePolicies";
    let mut values = Values::inside(WHAT, place, SEQUENCE, der)?;
    let mut policies = Vec::new();
    while !values.is_empty() {
        if policies.len() == POLICIES {
            return Err(Error::malformed(WHAT, place, format!("more than {POLICIES} policies")));
        }
        let policy = values.enter(SEQUENCE, place)?.oid(place)?;
        if policies.contains(&policy) {
            let problem = format!("the policy {policy} twice (RFC 5280 section 4.2.1.4)");
            return Err(Error::malformed(WHAT, place, problem));
        }
        policies.push(policy);
    }
    match policies.is_empty() {
        true => Err(Error::malformed(WHAT, place, "no policy")),
        false => Ok(policies),
    }
}

/// The value of policyMappings: pairs of a policy of the issuer and one of the subject.
pub(crate) fn read_mappings(der: &[u8]) -> Result<Vec<(Oid, Oid)>, Error> {
    let place = "policyMappings";
    let mut values = Values::inside(WHAT, place, SEQUENCE, der)?;
    let mut mappings = Vec::new();
    while !values.is_empty() {
        if mappings.len() == POLICY_MAPPINGS {
            let problem = format!("more than {POLICY_MAPPINGS} mappings");
            return Err(Error::malformed(WHAT, place, problem));
        }
        let mut pair = values.enter(SEQUENCE, place)?;
        mappings.push((pair.oid(place)?, pair.oid(place)?));
        pair.finish(place)?;
    }
    Ok(mappings)
}

/// The value of policyConstraints.
pub(crate) fn read_policy_constraints(der: &[u8]) -> Result<PolicyConstraints, Error> {
    let place = "policyConstraints";
    let mut values = Values::inside(WHAT, place, SEQUENCE, der)?;
    let mut number = |tag| {
        let content = values.optional(tag, place)?;
        content.map(|content| skipped(place, content)).transpose()
    };
    let (require_explicit, inhibit_mapping) = (number(0x80)?, number(0x81)?);
    values.finish(place)?;
    Ok(PolicyConstraints { require_explicit, inhibit_mapping })
}

/// The value of inhibitAnyPolicy.
pub(crate) fn read_inhibit_any(der: &[u8]) -> Result<u32, Error> {
    let place = "inhibitAnyPolicy";
    skipped(place, Values::inside_primitive(WHAT, place, INTEGER, der)?)
}

/// A number of certificates that are skipped; no path is as long as the largest.
fn skipped(place: &str, content: &[u8]) -> Result<u32, Error> {
    match content {
        [] => Err(Error::malformed(WHAT, place, "an INTEGER without content")),
        [first, ..] if *first >= 0x80 => Err(Error::malformed(WHAT, place, "negative")),
        bytes => Ok(bytes.iter().fold(0_u32, |number, byte| {
            number.checked_mul(256).map_or(u32::MAX, |number| number | u32::from(*byte))
        })),
    }
}
