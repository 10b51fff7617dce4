//! What a CA forbids below it: name and policy constraints (RFC 5280 sections 4.2.1.4, 4.2.1.5,
//! 4.2.1.10, 4.2.1.11, 4.2.1.14).

use super::extensions::Extension;
use super::finding::{Notes, rules, shown, shown_address};
use super::general_name::{
    DNS, EMAIL, IP, URI, check_dns, is_dns, is_email_base, is_host_base, is_mapped,
};
use super::reader::{Reader, STRUCTURE};
use crate::limits::NAME_SUBTREES;
use crate::oid::ANY_POLICY;
use crate::wire::tlv::{INTEGER, SEQUENCE, context};

const NAMES: &str = "nameConstraints";
const POLICIES: &str = "certificatePolicies";
const MAPPINGS: &str = "policyMappings";
const CONSTRAINTS: &str = "policyConstraints";
const INHIBIT: &str = "inhibitAnyPolicy";

pub(super) fn check_names(extension: Extension<'_>, notes: &mut Notes) {
    if !extension.critical {
        notes.add(&NAMES_CRITICAL, NAMES, "non-critical");
    }
    let Some(mut fields) = extension.sequence(NAMES, notes) else { return };
    if fields.is_empty() {
        notes.add(&NAMES_EMPTY, NAMES, "neither permitted nor excluded names");
    }
    for tag in [0, 1] {
        let Some(list) = fields.optional(context(tag), notes) else { continue };
        let mut subtrees = list.inside(NAMES);
        if subtrees.is_empty() {
            notes.add(&NAMES_EMPTY, NAMES, "an empty list of subtrees");
        }
        let mut count = 0;
        while !subtrees.is_empty() && count <= NAME_SUBTREES {
            count += 1;
            let Some(subtree) = subtrees.take(SEQUENCE, notes) else { continue };
            check_subtree(&mut subtree.inside(NAMES), notes);
        }
        if count > NAME_SUBTREES {
            notes.add(&NAMES_MANY, NAMES, format!("more than {NAME_SUBTREES} subtrees"));
        }
    }
    fields.finish(notes);
}

/// Notes names that are constrained by whom names nobody.
pub(super) fn note_names_of_end_entity(notes: &mut Notes) {
    notes.add(&NAMES_NOT_CA, NAMES, "in the certificate of an end entity");
}

/// Whether it is an address and a mask, and the mask of a prefix: ones, then zeros.
fn is_range(bytes: &[u8]) -> bool {
    let bits = bytes
        .iter()
        .skip(bytes.len() / 2)
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    matches!(bytes.len(), 8 | 32) && bits.is_sorted_by(|one, next| one >= next)
}

fn check_subtree(subtree: &mut Reader<'_>, notes: &mut Notes) {
    let Some(base) = subtree.next(notes) else { return };
    let content = base.content;
    match base.tag {
        IP if !is_range(content) => notes.add(&NAMES_IP, NAMES, shown_address(content)),
        // Mapped as far as 96 bits of the mask reach.
        IP if is_mapped(content.get(..16).unwrap_or_default())
            && content.get(16..28) == Some(&[0xff; 12]) =>
        {
            notes.add(&NAMES_IP_MAPPED, NAMES, shown_address(content));
        }
        DNS if content.is_empty() => {}
        // A wildcard or an address, which would pass as a name.
        DNS if content.starts_with(b"*.") || is_dns(content) && !is_host_base(content) => {
            notes.add(&NAMES_FORM, NAMES, shown(content));
        }
        DNS => check_dns(content.strip_prefix(b".").unwrap_or(content), NAMES, notes),
        EMAIL if !is_email_base(content) => notes.add(&NAMES_FORM, NAMES, shown(content)),
        URI if !is_host_base(content) => notes.add(&NAMES_FORM, NAMES, shown(content)),
        _ => {}
    }
    if let Some(minimum) = subtree.optional(0x80, notes) {
        let given = format!("minimum {}", shown(minimum.content));
        notes.add(&NAMES_BOUNDS, NAMES, given);
    }
    if let Some(maximum) = subtree.optional(0x81, notes) {
        notes.add(&NAMES_BOUNDS, NAMES, format!("maximum {}", shown(maximum.content)));
    }
    subtree.finish(notes);
}

pub(super) fn check_policies(extension: Extension<'_>, notes: &mut Notes) {
    let Some(mut policies) = extension.sequence(POLICIES, notes) else { return };
    if policies.is_empty() {
        notes.add(&STRUCTURE, POLICIES, "no policy");
    }
    let mut seen = Vec::new();
    while !policies.is_empty() {
        let Some(policy) = policies.take(SEQUENCE, notes) else { continue };
        if seen.len() == POLICY_LIMIT {
            notes.add(&POLICY_MANY, POLICIES, format!("more than {POLICY_LIMIT} policies"));
            return;
        }
        let mut inside = policy.inside(POLICIES);
        let Some(oid) = inside.oid(notes) else { continue };
        if let Some(qualifiers) = inside.optional(SEQUENCE, notes)
            && qualifiers.content.is_empty()
        {
            notes.add(&STRUCTURE, POLICIES, "an empty list of qualifiers");
        }
        inside.finish(notes);
        if seen.contains(&oid) {
            notes.add(&POLICY_TWICE, POLICIES, oid.to_string());
        }
        seen.push(oid);
    }
}

pub(super) fn check_mappings(extension: Extension<'_>, notes: &mut Notes) {
    if !extension.critical {
        notes.add(&MAPPINGS_CRITICAL, MAPPINGS, "non-critical");
    }
    let Some(mut mappings) = extension.sequence(MAPPINGS, notes) else { return };
    if mappings.is_empty() {
        notes.add(&STRUCTURE, MAPPINGS, "no mapping");
    }
    while !mappings.is_empty() {
        let Some(mapping) = mappings.take(SEQUENCE, notes) else { continue };
        let mut pair = mapping.inside(MAPPINGS);
        if [pair.oid(notes), pair.oid(notes)].contains(&Some(ANY_POLICY)) {
            notes.add(&MAPPING_ANY, MAPPINGS, "anyPolicy");
        }
        pair.finish(notes);
    }
}

pub(super) fn check_policy_constraints(extension: Extension<'_>, notes: &mut Notes) {
    if !extension.critical {
        notes.add(&CONSTRAINTS_CRITICAL, CONSTRAINTS, "non-critical");
    }
    let Some(mut fields) = extension.sequence(CONSTRAINTS, notes) else { return };
    if fields.is_empty() {
        notes.add(&CONSTRAINTS_EMPTY, CONSTRAINTS, "an empty sequence");
    }
    fields.optional(0x80, notes);
    fields.optional(0x81, notes);
    fields.finish(notes);
}

pub(super) fn check_inhibit(extension: Extension<'_>, notes: &mut Notes) {
    if !extension.critical {
        notes.add(&INHIBIT_CRITICAL, INHIBIT, "non-critical");
    }
    let mut values = Reader::new(INHIBIT, extension.value);
    if values.peek() == Some(INTEGER) {
        values.integer(notes);
    } else {
        values.take(INTEGER, notes);
    }
    values.finish(notes);
}

/// Policies of one certificate; more than any is issued under.
const POLICY_LIMIT: usize = 64;

rules! { None;
    NAMES_CRITICAL = Error "rfc5280-4.2.1.10-name-constraints-critical",
        "RFC 5280 section 4.2.1.10":
        "mark nameConstraints critical";
    NAMES_EMPTY = Error "rfc5280-4.2.1.10-name-constraints-empty", "RFC 5280 section 4.2.1.10":
        "give permitted or excluded subtrees, or leave the extension out";
    NAMES_MANY = Error "certwright-name-subtrees", "src/limits.rs, NAME_SUBTREES":
        "use fewer subtrees; this engine reads no more";
    NAMES_NOT_CA = Error "rfc5280-4.2.1.10-name-constraints-not-ca", "RFC 5280 section 4.2.1.10":
        "constrain names in CA certificates only";
    NAMES_IP = Error "rfc5280-4.2.1.10-name-constraints-ip", "RFC 5280 section 4.2.1.10":
        "write IP ranges as 8 bytes (IPv4) or 32 (IPv6): address and mask of a prefix (RFC 4632)";
    NAMES_IP_MAPPED = Error "rfc4291-2.5.5.2-name-constraints-ip-mapped",
        "RFC 4291 section 2.5.5.2":
        "write a range of IPv4-mapped addresses as the range of IPv4 addresses that it is";
    NAMES_FORM = Error "rfc5280-4.2.1.10-name-constraints-form", "RFC 5280 section 4.2.1.10":
        "constrain DNS names and URIs by host or .domain, e-mail by mailbox, host or .domain";
    NAMES_BOUNDS = Error "rfc5280-4.2.1.10-name-constraints-bounds", "RFC 5280 section 4.2.1.10":
        "leave out minimum, which is 0, and maximum";
    POLICY_TWICE = Error "rfc5280-4.2.1.4-policy-twice", "RFC 5280 section 4.2.1.4":
        "list each policy once";
    POLICY_MANY = Error "certwright-policies", "src/lint/constraints.rs, POLICY_LIMIT":
        "list fewer policies";
    MAPPINGS_CRITICAL = Warning "rfc5280-4.2.1.5-mappings-critical", "RFC 5280 section 4.2.1.5":
        "mark policyMappings critical";
    MAPPING_ANY = Error "rfc5280-4.2.1.5-mapping-any", "RFC 5280 section 4.2.1.5":
        "map neither from nor to anyPolicy";
    CONSTRAINTS_CRITICAL = Error "rfc5280-4.2.1.11-policy-constraints-critical",
        "RFC 5280 section 4.2.1.11":
        "mark policyConstraints critical";
    CONSTRAINTS_EMPTY = Error "rfc5280-4.2.1.11-policy-constraints-empty",
        "RFC 5280 section 4.2.1.11":
        "give requireExplicitPolicy or inhibitPolicyMapping, or leave the extension out";
    INHIBIT_CRITICAL = Error "rfc5280-4.2.1.14-inhibit-any-critical", "RFC 5280 section 4.2.1.14":
        "mark inhibitAnyPolicy critical";
}
