//! The entries of a revocation list (RFC 5280 sections 5.1.2.6 and 5.3).

use super::crl_facts::Facts;
use super::extensions::{self, Extension};
use super::finding::{Notes, rules, shown};
use super::reader::{Reader, STRUCTURE, Value};
use super::time;
use crate::oid::{self, Oid};
use crate::wire::tlv::{INTEGER, SEQUENCE};

const PLACE: &str = "revokedCertificates";

pub(super) fn check_all(list: Value<'_>, facts: &Facts<'_>, notes: &mut Notes) {
    let mut entries = list.inside(PLACE);
    if entries.is_empty() {
        notes.add(&EMPTY, PLACE, "an empty list");
    }
    let (mut ascending, mut last): (bool, &[u8]) = (true, &[]);
    while !entries.is_empty() {
        let Some(entry) = entries.take(SEQUENCE, notes) else { continue };
        let serial = check_entry(&mut entry.inside(PLACE), facts, notes);
        ascending &= (last.len(), last) < (serial.len(), serial);
        last = serial;
    }
    // An indirect list may have one number of several issuers.
    if !ascending && !facts.is_indirect {
        check_twice(list, notes);
    }
}

/// Notes every serial number that is there twice.
fn check_twice(list: Value<'_>, notes: &mut Notes) {
    // Whatever is wrong with the form was noted before.
    let mut silent = Notes::default();
    let mut entries = list.inside(PLACE);
    let mut serials = Vec::new();
    while !entries.is_empty() {
        let Some(entry) = entries.next(&mut silent) else { continue };
        let serial = entry.inside(PLACE).optional(INTEGER, &mut silent);
        serials.extend(serial.map(|serial| serial.content));
    }
    serials.sort_unstable();
    for pair in serials.windows(2) {
        if let [first, second] = pair
            && first == second
        {
            notes.add(&TWICE, PLACE, shown(first));
        }
    }
}

/// Lints an entry, and gives its serial number.
fn check_entry<'a>(entry: &mut Reader<'a>, facts: &Facts<'_>, notes: &mut Notes) -> &'a [u8] {
    let serial = entry.integer(notes).unwrap_or_default();
    time::read(entry, "revocationDate", notes);
    if let Some(list) = entry.optional(SEQUENCE, notes) {
        if !facts.is_version_2 {
            notes.add(&VERSION, PLACE, "extensions of an entry in a list of version 1");
        }
        extensions::read(list, "crlEntryExtensions", notes, &mut |extension, notes| {
            check_extension(extension, serial, facts, notes);
        });
    }
    entry.finish(notes);
    serial
}

fn check_extension(extension: Extension<'_>, serial: &[u8], facts: &Facts<'_>, notes: &mut Notes) {
    let Extension { oid, critical, value } = extension;
    let of = |problem: &str| format!("{problem}, entry {}", shown(serial));
    match oid {
        oid::REASON_CODE => {
            if critical {
                notes.add(&REASON_CRITICAL, "reasonCode", of("critical"));
            }
            match value {
                [0x0a, 1, 0] => notes.add(&UNSPECIFIED, "reasonCode", of("0")),
                [0x0a, 1, 8] if !facts.is_delta => {
                    notes.add(&REMOVE, "reasonCode", of("removeFromCRL"));
                }
                [0x0a, 1, 1..=6 | 8..=10] => {}
                [0x0a, 1, code] => notes.add(&REASON, "reasonCode", of(&code.to_string())),
                other => notes.add(&STRUCTURE, "reasonCode", of(&shown(other))),
            }
        }
        oid::INVALIDITY_DATE => {
            if critical {
                notes.add(&DATE_CRITICAL, "invalidityDate", of("critical"));
            }
            let mut values = Reader::new("invalidityDate", value);
            time::read_generalized(&mut values, "invalidityDate", notes);
            values.finish(notes);
        }
        CERTIFICATE_ISSUER => {
            if !critical {
                notes.add(&ISSUER_CRITICAL, "certificateIssuer", of("non-critical"));
            }
            if !facts.is_indirect {
                notes.add(&ISSUER_DIRECT, "certificateIssuer", of("in a direct list"));
            }
        }
        _ => {}
    }
}

const CERTIFICATE_ISSUER: Oid = Oid::known("2.5.29.29");

rules! { None;
    EMPTY = Error "rfc5280-5.1.2.6-revoked-empty", "RFC 5280 section 5.1.2.6":
        "leave revokedCertificates out where there are none";
    TWICE = Error "rfc5280-5.1.2.6-revoked-twice", "RFC 5280 section 5.1.2.6":
        "list each serial number once";
    VERSION = Error "rfc5280-5.1.2.1-entry-extensions-version", "RFC 5280 section 5.1.2.1":
        "write version 2 where entries have extensions";
    REASON = Error "rfc5280-5.3.1-reason", "RFC 5280 section 5.3.1":
        "use the reasons 1 to 6 and 8 to 10";
    REASON_CRITICAL = Error "rfc5280-5.3.1-reason-critical", "RFC 5280 section 5.3.1":
        "mark reasonCode non-critical";
    UNSPECIFIED = Warning "rfc5280-5.3.1-reason-unspecified", "RFC 5280 section 5.3.1":
        "leave reasonCode out where the reason is unspecified";
    REMOVE = Error "rfc5280-5.3.1-remove-in-full", "RFC 5280 section 5.3.1":
        "use removeFromCRL in deltas only";
    DATE_CRITICAL = Error "rfc5280-5.3.2-invalidity-critical", "RFC 5280 section 5.3.2":
        "mark invalidityDate non-critical";
    ISSUER_CRITICAL = Error "rfc5280-5.3.3-certificate-issuer-critical",
        "RFC 5280 section 5.3.3":
        "mark certificateIssuer critical";
    ISSUER_DIRECT = Error "rfc5280-5.3.3-certificate-issuer-direct", "RFC 5280 section 5.3.3":
        "use certificateIssuer in indirect lists only";
}
