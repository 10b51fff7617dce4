//! Key identifiers (RFC 5280 sections 4.2.1.1 and 4.2.1.2).

use super::extensions::Extension;
use super::finding::{Notes, rules};
use super::general_name;
use super::reader::Reader;
use crate::wire::tlv::OCTET_STRING;

const AUTHORITY: &str = "authorityKeyIdentifier";
const SUBJECT: &str = "subjectKeyIdentifier";

pub(super) fn check_authority(extension: Extension<'_>, notes: &mut Notes) {
    if extension.critical {
        notes.add(&AKI_CRITICAL, AUTHORITY, "critical");
    }
    let Some(mut fields) = extension.sequence(AUTHORITY, notes) else { return };
    if fields.optional(0x80, notes).is_none() {
        notes.add(&AKI_KEY_IDENTIFIER, AUTHORITY, "no keyIdentifier");
    }
    let issuer = fields.optional(0xa1, notes);
    if let Some(names) = issuer {
        general_name::check_all(&mut names.inside(AUTHORITY), notes, &mut |_, _| {});
    }
    let serial = fields.optional(0x82, notes);
    if issuer.is_some() != serial.is_some() {
        let given = if issuer.is_some() { "an issuer alone" } else { "a serial number alone" };
        notes.add(&AKI_PAIR, AUTHORITY, given);
    }
    fields.finish(notes);
}

/// Notes that the authority key identifier is missing.
pub(super) fn note_no_authority(notes: &mut Notes) {
    notes.add(&AKI_MISSING, AUTHORITY, "none");
}

pub(super) fn check_subject(extension: Extension<'_>, notes: &mut Notes) {
    if extension.critical {
        notes.add(&SKI_CRITICAL, SUBJECT, "critical");
    }
    let mut values = Reader::new(SUBJECT, extension.value);
    values.take(OCTET_STRING, notes);
    values.finish(notes);
}

/// Notes that the subject key identifier is missing.
pub(super) fn note_no_subject(is_authority: bool, notes: &mut Notes) {
    let rule = if is_authority { &SKI_MISSING } else { &SKI_MISSING_LEAF };
    notes.add(rule, SUBJECT, "none");
}

rules! { None;
    AKI_CRITICAL = Error "rfc5280-4.2.1.1-aki-critical", "RFC 5280 section 4.2.1.1":
        "mark authorityKeyIdentifier non-critical";
    AKI_KEY_IDENTIFIER = Error "rfc5280-4.2.1.1-aki-key-identifier", "RFC 5280 section 4.2.1.1":
        "give the keyIdentifier of the issuer's key";
    AKI_MISSING = Error "rfc5280-4.2.1.1-aki-missing", "RFC 5280 sections 4.2.1.1 and 5.2.1":
        "add authorityKeyIdentifier; only what is self-signed may go without";
    AKI_PAIR = Error "rfc5280-4.2.1.1-aki-issuer-and-serial", "RFC 5280 section 4.2.1.1":
        "give the issuer's issuer and serial number both, or neither";
    SKI_CRITICAL = Error "rfc5280-4.2.1.2-ski-critical", "RFC 5280 section 4.2.1.2":
        "mark subjectKeyIdentifier non-critical";
    SKI_MISSING = Error "rfc5280-4.2.1.2-ski-missing", "RFC 5280 section 4.2.1.2":
        "add subjectKeyIdentifier to CA certificates";
    SKI_MISSING_LEAF = Warning "rfc5280-4.2.1.2-ski-missing-end-entity",
        "RFC 5280 section 4.2.1.2":
        "add subjectKeyIdentifier";
}
