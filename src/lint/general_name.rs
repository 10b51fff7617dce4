//! GeneralNames (RFC 5280 section 4.2.1.6).

use super::finding::{Notes, address, rules, shown, shown_address};
use super::reader::{Reader, STRUCTURE, Value};
use crate::limits::{DNS_LABEL_CHARACTERS, DNS_NAME_CHARACTERS, EMAIL_LOCAL_CHARACTERS};
use crate::oid::Oid;
use crate::wire::tlv::{SEQUENCE, context};

pub(super) const EMAIL: u8 = 0x81;
pub(super) const DNS: u8 = 0x82;
pub(super) const DIRECTORY: u8 = 0xa4;
pub(super) const URI: u8 = 0x86;
pub(super) const IP: u8 = 0x87;
const OTHER: u8 = 0xa0;
const REGISTERED_ID: u8 = 0x88;

const UTF8: u8 = 0x0c;
const IA5: u8 = 0x16;

const UPN: Oid = Oid::known("1.3.6.1.4.1.311.20.2.3");
const SRV: Oid = Oid::known("1.3.6.1.5.5.7.8.7");

/// Holds every name of a list against the rules, and gives each to `found`.
pub(super) fn check_all<'a>(
    names: &mut Reader<'a>,
    notes: &mut Notes,
    found: &mut dyn FnMut(Value<'a>, &mut Notes),
) {
    let place = names.place;
    if names.is_empty() {
        notes.add(&EMPTY, place, "no name");
    }
    while let Some(name) = names.next(notes) {
        check(name, place, notes);
        found(name, notes);
    }
}

/// Holds one name against the rules.
pub(super) fn check(name: Value<'_>, place: &'static str, notes: &mut Notes) {
    let bytes = name.content;
    match name.tag {
        DNS => check_dns(bytes, place, notes),
        EMAIL if !is_email(bytes) => notes.add(&EMAIL_FORM, place, shown(bytes)),
        IP if address(bytes).is_none() => notes.add(&IP_BYTES, place, shown_address(bytes)),
        IP if is_mapped(bytes) => notes.add(&IP_MAPPED, place, shown_address(bytes)),
        URI if !is_uri(bytes) => notes.add(&URI_FORM, place, shown(bytes)),
        EMAIL | IP | URI => {}
        DIRECTORY => {
            let mut inside = name.inside(place);
            inside.take(SEQUENCE, notes);
            inside.finish(notes);
        }
        OTHER => check_other(name, place, notes),
        REGISTERED_ID if Oid::from_content(bytes).is_none() => {
            notes.add(&STRUCTURE, place, format!("a registeredID of {}", shown(bytes)));
        }
        // x400Address, ediPartyName.
        0xa3 | 0xa5 | REGISTERED_ID => {}
        tag => notes.add(&STRUCTURE, place, format!("tag {tag:#04x}, which is no GeneralName")),
    }
}

/// An otherName: its type, and its value under an explicit tag.
fn check_other(name: Value<'_>, place: &'static str, notes: &mut Notes) {
    let mut inside = name.inside(place);
    let Some(kind) = inside.oid(notes) else { return };
    let Some(explicit) = inside.take(context(0), notes) else { return };
    inside.finish(notes);
    let mut inside = explicit.inside(place);
    let Some(value) = inside.next(notes) else {
        notes.add(&STRUCTURE, place, format!("an otherName {kind} without a value"));
        return;
    };
    inside.finish(notes);
    let given = || format!("tag {:#04x}, {}", value.tag, shown(value.content));
    let is_upn = value.tag == UTF8 && std::str::from_utf8(value.content).is_ok();
    let is_srv = value.tag == IA5 && value.content.is_ascii() && value.content.starts_with(b"_");
    match kind {
        UPN if !is_upn => notes.add(&UPN_FORM, place, given()),
        SRV if !is_srv => notes.add(&SRV_FORM, place, given()),
        _ => {}
    }
}

pub(super) fn check_dns(bytes: &[u8], place: &'static str, notes: &mut Notes) {
    if !is_dns(bytes.strip_prefix(b"*.").unwrap_or(bytes)) {
        notes.add(&DNS_FORM, place, shown(bytes));
    } else if bytes.contains(&b'_') {
        notes.add(&DNS_UNDERSCORE, place, shown(bytes));
    }
}

/// Labels with dots between, and no wildcard.
pub(super) fn is_dns(name: &[u8]) -> bool {
    // RFC 1123 section 2.1 lets labels begin with digits.
    let label = |label: &[u8]| {
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=DNS_LABEL_CHARACTERS).contains(&label.len())
            && label.iter().all(inner)
            && label.first() != Some(&b'-')
            && label.last() != Some(&b'-')
    };
    name.len() <= DNS_NAME_CHARACTERS && name.split(|byte| *byte == b'.').all(label)
}

/// Whether a subtree of host names can be read: a host that is no address, or one behind a dot.
pub(super) fn is_host_base(base: &[u8]) -> bool {
    let name = base.strip_prefix(b".").unwrap_or(base);
    let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    is_dns(name) && !last.iter().all(u8::is_ascii_digit)
}

/// Whether a subtree of e-mail addresses can be read: a mailbox, or the base of hosts (RFC 5280
/// section 4.2.1.10).
pub(super) fn is_email_base(base: &[u8]) -> bool {
    let at = base.iter().rposition(|byte| *byte == b'@');
    let host = at.and_then(|at| base.get(at + 1..));
    match host {
        Some(host) => is_email(base) && !host.starts_with(b".") && is_host_base(host),
        None => is_host_base(base),
    }
}

/// A Mailbox of RFC 2821 section 4.1.2, roughly.
fn is_email(bytes: &[u8]) -> bool {
    let at = bytes.iter().rposition(|byte| *byte == b'@');
    let Some((local, host)) = at.and_then(|at| bytes.split_at_checked(at)) else { return false };
    (1..=EMAIL_LOCAL_CHARACTERS).contains(&local.len())
        && (2..=DNS_NAME_CHARACTERS + 1).contains(&host.len())
        && bytes.iter().all(|byte| matches!(byte, b'!'..=b'~') && !b"<>".contains(byte))
}

/// An absolute URI with a scheme-specific part; where it has an authority, that has a host.
pub(super) fn is_uri(bytes: &[u8]) -> bool {
    let colon = bytes.iter().position(|byte| *byte == b':');
    let Some((scheme, rest)) = colon.and_then(|at| bytes.split_at_checked(at)) else {
        return false;
    };
    let in_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let host = rest.strip_prefix(b"://").map(|rest| {
        let end = rest.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    });
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(in_scheme)
        && rest.len() > 1
        && rest.iter().all(|byte| matches!(byte, b'!'..=b'~'))
        // A directory of one's own is named by three slashes (RFC 4516 section 2).
        && (host != Some(b"") || matches!(scheme, b"ldap" | b"ldaps" | b"file"))
}

/// Whether it is an address of ::ffff:0:0/96, an IPv4 address in the form of IPv6.
pub(super) fn is_mapped(bytes: &[u8]) -> bool {
    address(bytes).is_some_and(|address| address.to_canonical() != address)
}

rules! { None;
    EMPTY = Error "rfc5280-4.2.1.6-names-empty", "RFC 5280 section 4.2.1.6":
        "list at least one name, or leave the field out";
    DNS_FORM = Error "rfc5280-4.2.1.6-dns-form", "RFC 5280 section 4.2.1.6, RFC 1034 section 3.5":
        "write dNSName as labels of 1 to 63 letters, digits and inner hyphens, with dots between";
    DNS_UNDERSCORE = Warning "rfc5280-4.2.1.6-dns-underscore",
        "RFC 5280 section 4.2.1.6, RFC 1034 section 3.5":
        "use a hyphen: the preferred name syntax has no underscore";
    EMAIL_FORM = Error "rfc5280-4.2.1.6-email-form", "RFC 5280 section 4.2.1.6":
        "write rfc822Name as local-part@domain in ASCII, without a display name";
    IP_BYTES = Error "rfc5280-4.2.1.6-ip-bytes", "RFC 5280 section 4.2.1.6":
        "write iPAddress as 4 bytes (IPv4) or 16 (IPv6)";
    IP_MAPPED = Warning "rfc4291-2.5.5.2-ip-mapped", "RFC 4291 section 2.5.5.2":
        "write an IPv4-mapped address as the 4 bytes of its IPv4 address: constraints on IPv4 miss it";
    UPN_FORM = Error "ms-kb-281245-upn-form", "Microsoft KB 281245":
        "write a user principal name as UTF8String";
    SRV_FORM = Error "rfc4985-2-srv-form", "RFC 4985 section 2":
        "write the name of a service as IA5String: _service.domain";
    URI_FORM = Error "rfc5280-4.2.1.6-uri-form", "RFC 5280 section 4.2.1.6":
        "write an absolute URI in ASCII: a scheme, and where there is an authority, a host";
}
