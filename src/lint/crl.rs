//! TBSCertList (RFC 5280 sections 5.1.2 and 5.2).

use super::certificate::{ALGORITHMS, ISSUER_EMPTY};
use super::crl_facts::Facts;
use super::extensions::{self, Extension};
use super::finding::{Notes, rules, shown};
use super::reader::{Reader, Value};
use super::{algorithm, crl_entry, identifiers, name, pointers, time};
use crate::limits::SERIAL_BYTES;
use crate::oid::{self, Oid};
use crate::wire::tlv::{INTEGER, SEQUENCE, context};

const PLACE: &str = "tbsCertList";

/// Lints the fields; `outer` is the AlgorithmIdentifier beside the signature, where there is one.
pub(super) fn check(to_be_signed: Value<'_>, outer: Option<&[u8]>, notes: &mut Notes) {
    let mut facts = Facts::default();
    let mut fields = to_be_signed.inside(PLACE);
    let version = if fields.peek() == Some(INTEGER) { fields.integer(notes) } else { None };
    facts.is_version_2 = version == Some(&[1]);
    if !facts.is_version_2 {
        let given = version.map_or("version 1, by its absence".to_owned(), shown);
        notes.add(&VERSION, "version", given);
    }
    if let Some((inner, _)) = algorithm::read(&mut fields, "signature", notes)
        && outer.is_some_and(|outer| outer != inner.whole)
    {
        notes.add(&ALGORITHMS, "signature", shown(inner.whole));
    }
    let issuer = name::read(&mut fields, notes);
    if issuer.is_some_and(|issuer| issuer.content.is_empty()) {
        notes.add(&ISSUER_EMPTY, "issuer", "no attribute");
    }
    check_times(&mut fields, notes);
    let revoked = fields.optional(SEQUENCE, notes);
    if let Some(explicit) = fields.optional(context(0), notes) {
        let mut explicit = explicit.inside("crlExtensions");
        if let Some(list) = explicit.take(SEQUENCE, notes) {
            extensions::read(list, "crlExtensions", notes, &mut |extension, notes| {
                check_extension(extension, &mut facts, notes);
            });
        }
        explicit.finish(notes);
    }
    fields.finish(notes);
    check_facts(&facts, notes);
    if let Some(list) = revoked {
        crl_entry::check_all(list, &facts, notes);
    }
}

fn check_times(fields: &mut Reader<'_>, notes: &mut Notes) {
    let this = time::read(fields, "thisUpdate", notes);
    if !time::is_time(fields.peek()) {
        notes.add(&NEXT_MISSING, "nextUpdate", "none");
        return;
    }
    let next = time::read(fields, "nextUpdate", notes);
    if let (Some(this), Some(next)) = (this, next)
        && next <= this
    {
        notes.add(&NEXT_ORDER, "nextUpdate", format!("{next}, not after {this}"));
    }
}

fn check_extension<'a>(extension: Extension<'a>, facts: &mut Facts<'a>, notes: &mut Notes) {
    match extension.oid {
        oid::AUTHORITY_KEY_IDENTIFIER => {
            facts.authority_identifier = true;
            identifiers::check_authority(extension, notes);
        }
        oid::CRL_NUMBER => {
            if extension.critical {
                notes.add(&NUMBER_CRITICAL, NUMBER, "critical");
            }
            facts.number = Some(read_number(extension, NUMBER, notes));
        }
        oid::DELTA_CRL_INDICATOR => {
            if !extension.critical {
                notes.add(&DELTA_CRITICAL, DELTA, "non-critical");
            }
            facts.is_delta = true;
            facts.base = Some(read_number(extension, DELTA, notes));
        }
        oid::ISSUING_DISTRIBUTION_POINT => {
            facts.is_indirect = pointers::check_issuing(extension, notes);
        }
        oid::FRESHEST_CRL => {
            facts.freshest = true;
            pointers::check_freshest(extension, notes);
        }
        AUTHORITY_INFO_ACCESS => pointers::check_access(extension, "authorityInfoAccess", notes),
        _ => {}
    }
}

fn read_number<'a>(extension: Extension<'a>, place: &'static str, notes: &mut Notes) -> &'a [u8] {
    let mut values = Reader::new(place, extension.value);
    let number = values.integer(notes).unwrap_or_default();
    values.finish(notes);
    if number.first().is_some_and(|first| *first >= 0x80) {
        notes.add(&NUMBER_NEGATIVE, place, shown(number));
    } else if number.len() > SERIAL_BYTES {
        notes.add(&NUMBER_LONG, place, format!("{} bytes", number.len()));
    }
    number
}

/// The rules between the parts.
fn check_facts(facts: &Facts<'_>, notes: &mut Notes) {
    if facts.number.is_none() {
        notes.add(&NUMBER_MISSING, NUMBER, "none");
    }
    if !facts.authority_identifier {
        identifiers::note_no_authority(notes);
    }
    if let (Some(number), Some(base)) = (facts.number, facts.base)
        && (base.len(), base) > (number.len(), number)
    {
        notes.add(&DELTA_BASE, DELTA, format!("base {}, number {}", shown(base), shown(number)));
    }
    if facts.is_delta && facts.freshest {
        notes.add(&FRESHEST_IN_DELTA, "freshestCRL", "in a delta");
    }
}

const NUMBER: &str = "cRLNumber";
const DELTA: &str = "deltaCRLIndicator";

const AUTHORITY_INFO_ACCESS: Oid = Oid::known("1.3.6.1.5.5.7.1.1");

rules! { None;
    VERSION = Error "rfc5280-5.1.2.1-crl-version", "RFC 5280 section 5.1.2.1":
        "write version 2 as the INTEGER 1";
    NEXT_MISSING = Error "rfc5280-5.1.2.5-next-update-missing", "RFC 5280 section 5.1.2.5":
        "say in nextUpdate when the next list follows";
    NEXT_ORDER = Error "rfc5280-5.1.2.5-next-update-order", "RFC 5280 section 5.1.2.5":
        "let nextUpdate be later than thisUpdate";
    NUMBER_MISSING = Error "rfc5280-5.2.3-number-missing", "RFC 5280 section 5.2.3":
        "add cRLNumber";
    NUMBER_CRITICAL = Error "rfc5280-5.2.3-number-critical", "RFC 5280 section 5.2.3":
        "mark cRLNumber non-critical";
    NUMBER_NEGATIVE = Error "rfc5280-5.2.3-number-negative", "RFC 5280 sections 5.2.3 and 5.2.4":
        "number lists from 0 up";
    NUMBER_LONG = Error "rfc5280-5.2.3-number-bytes", "RFC 5280 section 5.2.3":
        "use a number of at most 20 bytes";
    DELTA_CRITICAL = Error "rfc5280-5.2.4-delta-critical", "RFC 5280 section 5.2.4":
        "mark deltaCRLIndicator critical";
    DELTA_BASE = Error "rfc5280-5.2.4-delta-base", "RFC 5280 section 5.2.4":
        "name a base that is no later than the list itself";
    FRESHEST_IN_DELTA = Error "rfc5280-5.2.6-freshest-in-delta", "RFC 5280 section 5.2.6":
        "leave freshestCRL out of deltas";
}
