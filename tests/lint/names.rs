//! Certificates with one defect in a name or a time.

use crate::build::*;
use crate::craft::{ISSUER, SUBJECT, VALIDITY, alt_names, name, oid, sequence, tlv};

const UTF8: u8 = 0x0c;
const PRINTABLE: u8 = 0x13;

pub const CASES: &[Case] = &[
    case("rfc5280-4.1.2.5.1-utc-time-form", || {
        leaf_field(VALIDITY, validity(b"2606010000Z", b"260830000000Z"))
    }),
    case("rfc5280-4.1.2.5.1-utc-time-form", || {
        leaf_field(VALIDITY, validity(b"260601000000Z", b"260830000000+0000"))
    }),
    case("rfc5280-4.1.2.5.2-generalized-time-form", || {
        let (from, to) = (tlv(0x17, &[b"260601000000Z"]), tlv(0x18, &[b"20600101000000.5Z"]));
        leaf_field(VALIDITY, sequence(&[from, to]))
    }),
    case("rfc5280-4.1.2.5-utc-time-until-2049", || {
        let (from, to) = (tlv(0x17, &[b"260601000000Z"]), tlv(0x18, &[b"20491231235959Z"]));
        leaf_field(VALIDITY, sequence(&[from, to]))
    }),
    case("rfc5280-4.1.2.5-time-exists", || {
        leaf_field(VALIDITY, validity(b"260231000000Z", b"260830000000Z"))
    }),
    case("rfc5280-4.1.2.5-validity-inverted", || {
        leaf_field(VALIDITY, validity(b"260830000000Z", b"260601000000Z"))
    }),
    case("rfc5280-4.1.2.4-issuer-empty", || leaf_field(ISSUER, sequence(&[]))),
    case("rfc5280-4.1.2.6-ca-subject-empty", || der(ca().field(SUBJECT, sequence(&[])))),
    case("rfc5280-4.1.2.6-nameless", || der(leaf().field(SUBJECT, sequence(&[])).without(SAN))),
    case("rfc5280-4.2.1.6-alt-names-critical", || leaf_field(SUBJECT, sequence(&[]))),
    case("rfc5280-4.2.1.6-alt-names-not-critical", || {
        leaf_with(SAN, true, &alt_names(&[(0x82, b"db.certwright.net")]))
    }),
    case("certwright-alt-names", || {
        leaf_with(SAN, false, &alt_names(&[(0x82, b"db.certwright.net" as &[u8]); 1001]))
    }),
    case("rfc5280-4.2.1.6-names-empty", || leaf_with(SAN, false, &sequence(&[]))),
    case("rfc5280-4.2.1.6-dns-form", || dns(b"")),
    case("rfc5280-4.2.1.6-dns-form", || dns(b" ")),
    case("rfc5280-4.2.1.6-dns-form", || dns(b"db..certwright.net")),
    case("rfc5280-4.2.1.6-dns-form", || dns(b"db.certwright.net.")),
    case("rfc5280-4.2.1.6-dns-form", || dns(b"-db.certwright.net")),
    case("rfc5280-4.2.1.6-dns-form", || dns(b"d*.certwright.net")),
    case("rfc5280-4.2.1.6-dns-form", || dns("bücher.example".as_bytes())),
    case("rfc5280-4.2.1.6-dns-form", || dns(&[b'a'; 64])),
    case("rfc5280-4.2.1.6-dns-form", || dns(&[&b"a.".repeat(127), b"a" as &[u8]].concat())),
    case("rfc5280-4.2.1.6-dns-underscore", || dns(b"_db.certwright.net")),
    case("rfc5280-4.2.1.6-email-form", || other(0x81, b"Ann <ann@certwright.net>")),
    case("rfc5280-4.2.1.6-email-form", || other(0x81, b"ann")),
    case("rfc5280-4.2.1.6-email-form", || other(0x81, b"@certwright.net")),
    case("rfc5280-4.2.1.6-ip-bytes", || other(0x87, &[10, 0, 0])),
    case("rfc4291-2.5.5.2-ip-mapped", || {
        other(0x87, &[&[0; 10][..], &[0xff, 0xff, 10, 0, 0, 7]].concat())
    }),
    case("rfc5280-4.2.1.6-ip-bytes", || other(0x87, &[10, 0, 0, 0, 255, 0, 0, 0])),
    case("rfc5280-4.2.1.6-uri-form", || other(0x86, b"/index.html")),
    case("rfc5280-4.2.1.6-uri-form", || other(0x86, b"https:///index.html")),
    case("rfc5280-4.2.1.6-uri-form", || other(0x86, "https://bücher.example/".as_bytes())),
    case("rfc5280-a.1-structure", || other(0x8b, b"no such name")),
    case("rfc5280-a.1-structure", || other(0xa0, &oid("1.2.3"))),
    case("rfc5280-a.1-structure", || other(0xa0, &[oid("1.2.3"), tlv(0xa0, &[])].concat())),
    case("rfc5280-a.1-structure", || other(0xa4, &tlv(UTF8, &[b"CN=a"]))),
    case("rfc5280-a.1-structure", || other(0x88, &[0x80, 1])),
    case("ms-kb-281245-upn-form", || other_name("1.3.6.1.4.1.311.20.2.3", 0x16, b"a@b.example")),
    case("rfc4985-2-srv-form", || other_name("1.3.6.1.5.5.7.8.7", UTF8, b"_ldap.a.example")),
    case("rfc4985-2-srv-form", || other_name("1.3.6.1.5.5.7.8.7", 0x16, b"ldap.a.example")),
    case("rfc5280-4.2.1.7-issuer-alt-name-critical", || {
        leaf_with("2.5.29.18", true, &alt_names(&[(0x86, b"http://ca.certwright.net")]))
    }),
    case("rfc5280-4.1.2.4-relative-name-empty", || {
        leaf_field(SUBJECT, sequence(&[tlv(0x31, &[])]))
    }),
    case("certwright-name-attributes", || {
        leaf_field(SUBJECT, name(&[("2.5.4.10", UTF8, b"Example" as &[u8]); 65]))
    }),
    case("x690-11.6-set-of-order", || {
        leaf_field(SUBJECT, relative(&[("2.5.4.10", b"Example"), ("2.5.4.3", b"db")]))
    }),
    case("x501-9.3-attribute-twice", || {
        leaf_field(SUBJECT, relative(&[("2.5.4.11", b"One"), ("2.5.4.11", b"Two")]))
    }),
    case("rfc5280-4.1.2.4-old-string", || subject_with(("2.5.4.10", 0x14, b"Example"))),
    case("rfc5280-4.1.2.4-old-string", || subject_with(("2.5.4.10", 0x1e, b"\0E\0x"))),
    case("rfc5280-a.1-directory-string", || subject_with(("2.5.4.10", 0x16, b"Example"))),
    case("rfc5280-a.1-printable-string", || subject_with(("2.5.4.6", UTF8, b"DE"))),
    case("rfc5280-a.1-printable-string", || subject_with(("2.5.4.5", UTF8, b"17"))),
    case("rfc5280-a.1-ia5-string", || {
        subject_with(("0.9.2342.19200300.100.1.25", UTF8, b"certwright"))
    }),
    case("x680-41-string-characters", || subject_with(("2.5.4.10", PRINTABLE, b"a@b"))),
    case("x680-41-string-characters", || subject_with(("2.5.4.10", UTF8, &[0xe4]))),
    case("x680-41-string-characters", || {
        subject_with(("1.2.840.113549.1.9.1", 0x16, "ä@certwright.net".as_bytes()))
    }),
    case("rfc5280-a.1-attribute-empty", || subject_with(("2.5.4.10", UTF8, b""))),
    case("rfc5280-a.1-upper-bound", || subject_with(("2.5.4.10", UTF8, &[b'a'; 65]))),
    case("rfc5280-a.1-upper-bound", || subject_with(("2.5.4.6", PRINTABLE, b"Germany"))),
    case("rfc5280-a.1-country-letters", || subject_with(("2.5.4.6", PRINTABLE, b"D1"))),
    case("rfc5280-a.1-country-letters", || subject_with(("2.5.4.6", PRINTABLE, b"D"))),
];

fn dns(name: &[u8]) -> Vec<u8> {
    other(0x82, name)
}

/// A leaf with one more alternative name.
fn other(tag: u8, bytes: &[u8]) -> Vec<u8> {
    leaf_with(SAN, false, &alt_names(&[(0x82, b"db.certwright.net"), (tag, bytes)]))
}

/// A leaf with an otherName of one string.
fn other_name(kind: &str, tag: u8, text: &[u8]) -> Vec<u8> {
    other(0xa0, &[oid(kind), tlv(0xa0, &[&tlv(tag, &[text])])].concat())
}

/// A name of one relative name with these attributes, in this order.
fn relative(attributes: &[(&str, &[u8])]) -> Vec<u8> {
    let pair = |(id, text): &(&str, &[u8])| sequence(&[oid(id), tlv(UTF8, &[text])]);
    sequence(&[tlv(0x31, &[&attributes.iter().map(pair).collect::<Vec<_>>().concat()])])
}
