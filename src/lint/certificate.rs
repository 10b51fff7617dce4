//! TBSCertificate (RFC 5280 section 4.1.2).

use super::certificate_facts::Facts;
use super::extensions::{self, Extension};
use super::finding::{Notes, rules, shown};
use super::key::{self};
use super::reader::{DEFAULT, Reader, Value};
use super::usage::{self};
use super::{
    algorithm, baseline, constraints, general_name, gmt, identifiers, name, pointers, private_tls,
    time,
};
use crate::limits::{ALT_NAMES, SERIAL_BYTES};
use crate::oid::{self, Oid};
use crate::wire::tlv::{SEQUENCE, context};

const PLACE: &str = "tbsCertificate";

/// Lints the fields; `outer` is the AlgorithmIdentifier beside the signature, where there is one.
pub(super) fn check(to_be_signed: Value<'_>, outer: Option<&[u8]>, notes: &mut Notes) {
    let mut facts = Facts::default();
    let mut fields = to_be_signed.inside(PLACE);
    facts.version = check_version(&mut fields, notes);
    check_serial(&mut fields, &mut facts, notes);
    if let Some((inner, oid)) = algorithm::read(&mut fields, "signature", notes) {
        facts.algorithm = oid;
        if outer.is_some_and(|outer| outer != inner.whole) {
            notes.add(&ALGORITHMS, "signature", shown(inner.whole));
        }
    }
    let issuer = name::read(&mut fields, notes);
    if issuer.is_some_and(|issuer| issuer.content.is_empty()) {
        notes.add(&ISSUER_EMPTY, "issuer", "no attribute");
    }
    check_validity(&mut fields, &mut facts, notes);
    let subject = name::read(&mut fields, notes);
    facts.subject_empty = subject.is_none_or(|subject| subject.content.is_empty());
    facts.self_issued = issuer.map(|name| name.whole) == subject.map(|name| name.whole);
    if let Some(subject) = subject {
        let names = &mut facts.common_names;
        name::check(subject, "subject", notes, &mut |common| names.push(common));
    }
    if let Some(key) = fields.take(SEQUENCE, notes) {
        facts.key = key::check(key, notes);
    }
    for tag in [0x81, 0x82] {
        if fields.optional(tag, notes).is_some() {
            notes.add(&UNIQUE, PLACE, "a unique identifier");
            if facts.version == 1 {
                notes.add(&UNIQUE_VERSION, PLACE, "a unique identifier in version 1");
            }
        }
    }
    if let Some(explicit) = fields.optional(context(3), notes) {
        if facts.version != 3 {
            let given = format!("extensions in version {}", facts.version);
            notes.add(&EXTENSIONS_VERSION, "version", given);
        }
        let mut explicit = explicit.inside("extensions");
        if let Some(list) = explicit.take(SEQUENCE, notes) {
            extensions::read(list, "extensions", notes, &mut |extension, notes| {
                check_extension(extension, &mut facts, notes);
            });
        }
        explicit.finish(notes);
    }
    fields.finish(notes);
    check_facts(&facts, notes);
    baseline::check(&facts, notes);
    private_tls::check(&facts, notes);
    gmt::check(&facts, notes);
}

fn check_version(fields: &mut Reader<'_>, notes: &mut Notes) -> u8 {
    let Some(explicit) = fields.optional(context(0), notes) else { return 1 };
    let mut inside = explicit.inside("version");
    let version = inside.integer(notes);
    inside.finish(notes);
    match version {
        Some([number @ (1 | 2)]) => number + 1,
        Some([0]) => {
            notes.add(&DEFAULT, "version", "v1, the default, written out");
            1
        }
        other => {
            notes.add(&VERSION, "version", shown(other.unwrap_or_default()));
            // Whatever it is, it is meant to be newer.
            3
        }
    }
}

fn check_serial<'a>(fields: &mut Reader<'a>, facts: &mut Facts<'a>, notes: &mut Notes) {
    let place = "serialNumber";
    let Some(serial) = fields.integer(notes) else { return };
    facts.serial = serial;
    if serial.first().is_some_and(|first| *first >= 0x80) {
        notes.add(&SERIAL_POSITIVE, place, shown(serial));
    } else if serial.iter().all(|byte| *byte == 0) {
        notes.add(&SERIAL_ZERO, place, shown(serial));
    }
    if serial.len() > SERIAL_BYTES {
        notes.add(&SERIAL_LONG, place, format!("{} bytes", serial.len()));
    }
}

fn check_validity(fields: &mut Reader<'_>, facts: &mut Facts<'_>, notes: &mut Notes) {
    let Some(validity) = fields.take(SEQUENCE, notes) else { return };
    let mut times = validity.inside("validity");
    facts.not_before = time::read(&mut times, "notBefore", notes);
    facts.not_after = time::read(&mut times, "notAfter", notes);
    times.finish(notes);
    if let (Some(from), Some(to)) = (facts.not_before, facts.not_after)
        && to < from
    {
        notes.add(&INVERTED, "validity", format!("{from} to {to}"));
    }
}

fn check_extension<'a>(extension: Extension<'a>, facts: &mut Facts<'a>, notes: &mut Notes) {
    match extension.oid {
        oid::AUTHORITY_KEY_IDENTIFIER => {
            facts.authority_identifier = true;
            identifiers::check_authority(extension, notes);
        }
        oid::SUBJECT_KEY_IDENTIFIER => {
            facts.subject_identifier = true;
            identifiers::check_subject(extension, notes);
        }
        oid::BASIC_CONSTRAINTS => facts.basic = usage::read_basic(extension, notes),
        oid::KEY_USAGE => {
            facts.usage = usage::read_key_usage(extension, notes);
            facts.usage_critical = extension.critical;
        }
        oid::EXTENDED_KEY_USAGE => facts.extended = usage::read_extended(extension, notes),
        oid::SUBJECT_ALT_NAME => check_alt_names(extension, facts, notes),
        ISSUER_ALT_NAME => check_issuer_alt_names(extension, notes),
        oid::NAME_CONSTRAINTS => {
            facts.constrains_names = true;
            constraints::check_names(extension, notes);
        }
        oid::CERTIFICATE_POLICIES => constraints::check_policies(extension, notes),
        oid::POLICY_MAPPINGS => constraints::check_mappings(extension, notes),
        oid::POLICY_CONSTRAINTS => constraints::check_policy_constraints(extension, notes),
        oid::INHIBIT_ANY_POLICY => constraints::check_inhibit(extension, notes),
        oid::CRL_DISTRIBUTION_POINTS => pointers::check_distribution(extension, notes),
        oid::FRESHEST_CRL => pointers::check_freshest(extension, notes),
        AUTHORITY_INFO_ACCESS => pointers::check_access(extension, "authorityInfoAccess", notes),
        SUBJECT_INFO_ACCESS => pointers::check_access(extension, "subjectInfoAccess", notes),
        SUBJECT_DIRECTORY_ATTRIBUTES if extension.critical => {
            notes.add(&ATTRIBUTES_CRITICAL, "subjectDirectoryAttributes", "critical");
        }
        _ => {}
    }
}

fn check_alt_names<'a>(extension: Extension<'a>, facts: &mut Facts<'a>, notes: &mut Notes) {
    let place = "subjectAltName";
    let Some(mut names) = extension.sequence(place, notes) else { return };
    let mut found = Vec::new();
    general_name::check_all(&mut names, notes, &mut |name, _| {
        if found.len() <= ALT_NAMES {
            found.push(name);
        }
    });
    if found.len() > ALT_NAMES {
        notes.add(&ALT_NAMES_MANY, place, format!("more than {ALT_NAMES} names"));
    }
    facts.alt_names = Some(found);
    facts.alt_names_critical = extension.critical;
}

fn check_issuer_alt_names(extension: Extension<'_>, notes: &mut Notes) {
    let place = "issuerAltName";
    if extension.critical {
        notes.add(&ISSUER_ALT_NAME_CRITICAL, place, "critical");
    }
    let Some(mut names) = extension.sequence(place, notes) else { return };
    general_name::check_all(&mut names, notes, &mut |_, _| {});
}

/// The rules between the parts.
fn check_facts(facts: &Facts<'_>, notes: &mut Notes) {
    let extended = facts.extended.as_deref().unwrap_or_default();
    usage::check(facts.basic, facts.usage, extended, facts.key, notes);
    let is_authority = facts.is_authority();
    if facts.subject_empty && is_authority {
        notes.add(&CA_SUBJECT_EMPTY, "subject", "no attribute, in a CA's certificate");
    } else if facts.subject_empty && facts.alt_names.is_none() {
        notes.add(&NAMELESS, "subject", "neither a subject nor subjectAltName");
    }
    match (&facts.alt_names, facts.alt_names_critical) {
        (Some(_), false) if facts.subject_empty => {
            notes.add(&ALT_NAMES_CRITICAL, "subjectAltName", "non-critical; the subject is empty");
        }
        (Some(_), true) if !facts.subject_empty => {
            notes.add(&ALT_NAMES_NOT_CRITICAL, "subjectAltName", "critical beside a subject");
        }
        _ => {}
    }
    if !facts.authority_identifier && !facts.self_issued {
        identifiers::note_no_authority(notes);
    }
    if !facts.subject_identifier && facts.version == 3 {
        identifiers::note_no_subject(is_authority, notes);
    }
    if facts.constrains_names && !is_authority {
        constraints::note_names_of_end_entity(notes);
    }
}

const AUTHORITY_INFO_ACCESS: Oid = Oid::known("1.3.6.1.5.5.7.1.1");
const ISSUER_ALT_NAME: Oid = Oid::known("2.5.29.18");
const SUBJECT_DIRECTORY_ATTRIBUTES: Oid = Oid::known("2.5.29.9");
const SUBJECT_INFO_ACCESS: Oid = Oid::known("1.3.6.1.5.5.7.1.11");

rules! { None;
    VERSION = Error "rfc5280-4.1.2.1-version", "RFC 5280 section 4.1.2.1":
        "write version 3 as the INTEGER 2";
    EXTENSIONS_VERSION = Error "rfc5280-4.1.2.1-extensions-version", "RFC 5280 section 4.1.2.1":
        "write version 3 where there are extensions";
    UNIQUE = Error "rfc5280-4.1.2.8-unique-identifier", "RFC 5280 section 4.1.2.8":
        "leave out unique identifiers";
    UNIQUE_VERSION = Error "rfc5280-4.1.2.8-unique-identifier-version",
        "RFC 5280 section 4.1.2.8":
        "leave out unique identifiers in version 1";
    SERIAL_POSITIVE = Error "rfc5280-4.1.2.2-serial-positive", "RFC 5280 section 4.1.2.2":
        "use a positive serial number: put a zero byte before a first byte of 80 or more";
    SERIAL_ZERO = Error "rfc5280-4.1.2.2-serial-zero", "RFC 5280 section 4.1.2.2":
        "use a serial number above zero";
    SERIAL_LONG = Error "rfc5280-4.1.2.2-serial-bytes", "RFC 5280 section 4.1.2.2":
        "use a serial number of at most 20 bytes";
    ALGORITHMS = Error "rfc5280-4.1.1.2-algorithms-differ", "RFC 5280 sections 4.1.1.2, 5.1.1.2":
        "write the same AlgorithmIdentifier inside and beside the signature";
    ISSUER_EMPTY = Error "rfc5280-4.1.2.4-issuer-empty", "RFC 5280 sections 4.1.2.4 and 5.1.2.3":
        "name the issuer";
    INVERTED = Error "rfc5280-4.1.2.5-validity-inverted", "RFC 5280 section 4.1.2.5":
        "let notAfter be no earlier than notBefore";
    CA_SUBJECT_EMPTY = Error "rfc5280-4.1.2.6-ca-subject-empty", "RFC 5280 section 4.1.2.6":
        "name the CA in the subject: what it issues repeats it";
    NAMELESS = Error "rfc5280-4.1.2.6-nameless", "RFC 5280 section 4.1.2.6":
        "give a subject, or a critical subjectAltName";
    ALT_NAMES_CRITICAL = Error "rfc5280-4.2.1.6-alt-names-critical", "RFC 5280 section 4.2.1.6":
        "mark subjectAltName critical where the subject is empty";
    ALT_NAMES_NOT_CRITICAL = Warning "rfc5280-4.2.1.6-alt-names-not-critical",
        "RFC 5280 section 4.2.1.6":
        "mark subjectAltName non-critical beside a subject";
    ALT_NAMES_MANY = Error "certwright-alt-names", "src/limits.rs, ALT_NAMES":
        "use fewer names; this engine reads no more";
    ISSUER_ALT_NAME_CRITICAL = Warning "rfc5280-4.2.1.7-issuer-alt-name-critical",
        "RFC 5280 section 4.2.1.7":
        "mark issuerAltName non-critical";
    ATTRIBUTES_CRITICAL = Error "rfc5280-4.2.1.8-directory-attributes-critical",
        "RFC 5280 section 4.2.1.8":
        "mark subjectDirectoryAttributes non-critical";
}
