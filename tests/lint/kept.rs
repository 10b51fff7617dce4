//! What just keeps a rule: the other side of each defect, where the linter has nothing to say.

use std::slice::from_ref;

use certwright::lint::{LintProfile, Linter, lint};

use crate::build::*;
use crate::craft::{ISSUER, KEY, SERIAL, SUBJECT, VALIDITY, alt_names, extension, name, oid};
use crate::craft::{sequence, tlv};
use crate::lists;

const UTF8: u8 = 0x0c;
const PRINTABLE: u8 = 0x13;
const IA5: u8 = 0x16;

#[test]
fn fields_that_just_keep_a_rule_are_no_finding() {
    none("serial number of 20 bytes", leaf_field(SERIAL, tlv(2, &[&[0x5a; 20]])));
    none("serial number with a zero in front", leaf_field(SERIAL, tlv(2, &[&[0, 0x80]])));
    none("serial number 1", leaf_field(SERIAL, vec![2, 1, 1]));
    none("a second", leaf_field(VALIDITY, validity(b"260601000000Z", b"260601000000Z")));
    // 1950 to 2049: the two digits of UTCTime.
    none("a century", leaf_field(VALIDITY, validity(b"500101000000Z", b"491231235959Z")));
    let until = |end: &[u8]| {
        let times = sequence(&[tlv(0x17, &[b"260601000000Z"]), tlv(0x18, &[end])]);
        leaf_field(VALIDITY, times)
    };
    none("2050", until(b"20500101000000Z"));
    none("no end", until(b"99991231235959Z"));
    none("self-issued", der(leaf().field(ISSUER, common_name(b"db.certwright.net")).without(AKI)));
    let nameless = leaf().field(SUBJECT, sequence(&[]));
    none("alternative names alone", der(nameless.set(SAN, true, &dns_names(1))));
}

#[test]
fn names_that_just_keep_a_rule_are_no_finding() {
    none("a thousand names", leaf_with(SAN, false, &dns_names(1000)));
    let label = "a".repeat(63);
    let host = format!("{label}.{label}.{label}.{}", "b".repeat(61));
    let email = format!("{}@{host}", "l".repeat(64));
    assert_eq!(host.len(), 253);
    for (tag, text) in [
        (0x82, host.as_str()),
        (0x82, &format!("*.{host}")),
        (0x82, "4.a-b.C3"),
        (0x81, "a@b"),
        (0x81, &email),
        (0x86, "urn:x"),
        (0x86, "a+b-c.9:x"),
        (0x86, "http://h?q"),
        (0x86, "ldap:///CN=x"),
        (0x86, "ldaps:///CN=x"),
        (0x86, "file:///x"),
        (0x87, "four"),
        (0x87, "of sixteen bytes"),
        (0x88, "*"),
        (0xa3, ""),
        (0xa4, "0\0"),
        (0xa5, ""),
    ] {
        let names = [(0x82, &b"db.certwright.net"[..]), (tag, text.as_bytes())];
        none(text, leaf_with(SAN, false, &alt_names(&names)));
    }
    for value in [tlv(5, &[]), tlv(UTF8, &[b"a"])] {
        let other = [oid("1.2.3"), tlv(0xa0, &[&value])].concat();
        let names = [(0x82, &b"db.certwright.net"[..]), (0xa0, &other)];
        none("an otherName", leaf_with(SAN, false, &alt_names(&names)));
    }
    for attribute in [
        ("2.5.4.10", UTF8, "ä".repeat(64).as_bytes()),
        ("2.5.4.10", PRINTABLE, b"A Z a z 0 9 '()+,-./:=?"),
        ("2.5.4.7", UTF8, &[b'a'; 128]),
        ("2.5.4.6", PRINTABLE, b"DE"),
        ("2.5.4.5", PRINTABLE, b"12"),
        ("1.2.840.113549.1.9.1", IA5, &[b'a'; 255]),
        // What is not known may be of any type and length.
        ("1.2.3.4", UTF8, &[b'a'; 1000]),
        ("1.2.3.4", IA5, b""),
    ] {
        none(attribute.0, subject_with(attribute));
    }
    let many = [("2.5.4.10", UTF8, b"Example" as &[u8]); 64];
    none("64 attributes", leaf_field(SUBJECT, name(&many)));
}

#[test]
fn keys_that_just_keep_a_rule_are_no_finding() {
    let point = |curve: &str, first: u8, bytes: usize| {
        let parameters = algorithm("1.2.840.10045.2.1", &oid(curve));
        leaf_field(KEY, sequence(&[parameters, tlv(3, &[&[0, first], &vec![3; bytes]])]))
    };
    let unknown = "1.3.36.3.3.2.8.1.1.7";
    for (curve, bytes) in [
        ("1.2.840.10045.3.1.7", 32),
        ("1.3.132.0.34", 48),
        ("1.3.132.0.35", 66),
        ("1.2.156.10197.1.301", 32),
        (unknown, 7),
    ] {
        none(curve, point(curve, 4, 2 * bytes));
        for first in [2, 3] {
            none(curve, point(curve, first, bytes));
            if curve != unknown {
                only("rfc5480-2.2-point-form", point(curve, first, 2 * bytes));
            }
        }
        only("rfc5480-2.2-point-form", point(curve, 5, 2 * bytes));
    }
    let rsa =
        |modulus: &[u8], exponent: &[u8]| der(rsa_leaf().field(KEY, rsa_key(modulus, exponent)));
    none("exponent 3", rsa(&modulus(2048), &[3]));
    none("modulus that is not filled", rsa(&[&[0x41], &[0xc1; 256][..]].concat(), &[3]));
    only("nist-sp-800-131a-rsa-2048", rsa(&[&[0x41], &[0xc1; 255][..]].concat(), &[3]));
    let usage = |draft: crate::craft::Draft, value: &[u8]| der(draft.set(USAGE, true, value));
    none("agreement to encipher only", usage(leaf(), &[3, 2, 0, 0x09]));
    none("agreement to decipher only", usage(leaf(), &[3, 3, 7, 0x08, 0x80]));
    let alone = usage(leaf(), &[3, 3, 7, 0x80, 0x80]);
    only("rfc5280-4.2.1.3-only-without-key-agreement", alone);
    none("RSA enciphers", usage(rsa_leaf(), &[3, 2, 4, 0xb0]));
    none("SM2 enciphers", usage(sm2_leaf(), &[3, 2, 4, 0xb0]));
    only("rfc8813-3-curve-enciphers", usage(leaf(), &[3, 2, 4, 0x90]));
    only("rfc5280-4.2.1.9-cert-sign-without-ca", usage(leaf(), &[3, 2, 1, 6]));
}

#[test]
fn extensions_that_just_keep_a_rule_are_no_finding() {
    let mut full = leaf();
    full.extensions.extend((0..58).map(|at| extension(&format!("1.2.3.{at}"), false, &[5, 0])));
    none("64 extensions", der(full));
    let oids = |count: usize| (0..count).map(|at| oid(&format!("1.2.3.{at}"))).collect::<Vec<_>>();
    none("64 extended usages", leaf_with(EXTENDED, false, &sequence(&oids(64))));
    let policies: Vec<_> = oids(64).iter().map(|id| sequence(from_ref(id))).collect();
    none("64 policies", leaf_with(POLICIES, false, &sequence(&policies)));
    let any = sequence(&[oid("2.5.29.37.0")]);
    none("any usage", leaf_with(EXTENDED, false, &any));
    let stamping = oid("1.3.6.1.5.5.7.3.8");
    none("time stamping", leaf_with(EXTENDED, true, &sequence(from_ref(&stamping))));
    let both = sequence(&[stamping, oid(SERVER_AUTH)]);
    only("rfc3161-2.3-time-stamping", leaf_with(EXTENDED, true, &both));

    let subtrees = |base: &[u8], count: usize| sequence(&[base.to_vec()]).repeat(count);
    for base in [tlv(0x82, &[b"certwright.net"]), tlv(0x87, &[&[0; 8]]), tlv(0x87, &[&[0; 32]])] {
        let lists = [0xa0, 0xa1].map(|tag| tlv(tag, &[&subtrees(&base, 256)]));
        none("256 subtrees", ca_with(NAMES, true, &sequence(&lists)));
        none("excluded alone", ca_with(NAMES, true, &sequence(&lists[1..])));
    }
    let pair = sequence(&[oid("1.2.3.5"), oid("1.2.3.4")]);
    none("mapping", ca_with("2.5.29.33", true, &sequence(&[pair])));
    for fields in [&[0x80, 1, 0][..], &[0x81, 1, 0], &[0x80, 1, 0, 0x81, 1, 0]] {
        none("policy constraints", ca_with("2.5.29.36", true, &tlv(0x30, &[fields])));
    }
    none("inhibit any policy", ca_with("2.5.29.54", true, &[2, 1, 0]));
    let uri = alt_names(&[(0x86, b"http://ca.certwright.net")]);
    none("issuer's names", leaf_with("2.5.29.18", false, &uri));
    none("directory attributes", leaf_with("2.5.29.9", false, &sequence(&[])));
    let freshest = sequence(&[point(b"http://crl.certwright.net/d")]);
    none("freshest", leaf_with(FRESHEST, false, &freshest));

    let (authority, limited) = (sequence(&[vec![1, 1, 0xff]]), [vec![1, 1, 0xff], vec![2, 1, 0]]);
    none("path length", ca_with(BASIC, true, &sequence(&limited)));
    // Who signs no certificate may have it non-critical (RFC 5280 section 4.2.1.9).
    let lists_only = ca().set(USAGE, true, &[3, 2, 1, 2]);
    none("signer of lists", der(lists_only.set(BASIC, false, &authority)));
    let unlimited = ca().set(BASIC, true, &sequence(&limited)).without(USAGE);
    only("rfc5280-4.2.1.3-key-usage-missing", der(unlimited));
}

#[test]
fn lists_that_just_keep_a_rule_are_no_finding() {
    for code in [1, 2, 3, 4, 5, 6, 9, 10] {
        none("reason", list().entry(REASON, false, &[10, 1, code]).der());
    }
    only("rfc5280-5.3.1-reason", list().entry(REASON, false, &[10, 1, 11]).der());
    let date = tlv(0x18, &[b"20260501000000Z"]);
    none("invalidity date", list().entry("2.5.29.24", false, &date).der());
    let with = |serials: &[u8]| {
        let mut list = list();
        list.entries = Some(serials.iter().map(|serial| entry(&[*serial], &[])).collect());
        list
    };
    none("falling numbers", with(&[9, 8, 7]).der());
    only("rfc5280-5.1.2.6-revoked-twice", with(&[7, 7]).der());
    let mut of_two = lists::indirect();
    of_two.entries = with(&[7, 7]).entries;
    none("one number of two issuers", of_two.der());
    let mut none_revoked = list();
    none_revoked.entries = None;
    none("no entry", none_revoked.der());
    none("number of 20 bytes", list().set(NUMBER, false, &tlv(2, &[&[0x5a; 20]])).der());
    none("delta to the list before", delta().set(DELTA, true, &[2, 1, 9]).der());
}

#[test]
fn what_just_keeps_the_baseline_is_no_finding() {
    let tls = Linter::new().add_profile(LintProfile::TlsBaseline);
    let found = |der: &[u8]| -> Vec<&str> {
        tls.lint(der).findings().iter().map(|finding| finding.rule).collect()
    };
    // The longest lifetimes, by the day of issue, and a second more.
    for (from, to, longer) in [
        (b"180301000000Z", b"200602235959Z", b"200603000000Z"),
        (b"200901000000Z", b"211003235959Z", b"211004000000Z"),
        (b"260315000000Z", b"260930235959Z", b"261001000000Z"),
        (b"270315000000Z", b"270622235959Z", b"270623000000Z"),
        (b"290315000000Z", b"290430235959Z", b"290501000000Z"),
    ] {
        let lifetime = |to| found(&leaf_field(VALIDITY, validity(from, to)));
        assert_eq!(lifetime(to), [""; 0], "{}", String::from_utf8_lossy(to));
        assert_eq!(lifetime(longer), ["br-6.3.2-lifetime"]);
    }
    let of = |tag, bytes: &[u8]| {
        let names = [(0x82, &b"db.certwright.net"[..]), (tag, bytes)];
        found(&leaf_with(SAN, false, &alt_names(&names)))
    };
    for (public, reserved) in [
        ([1, 0, 0, 0], [0, 255, 0, 0]),
        ([11, 0, 0, 1], [10, 0, 0, 1]),
        ([128, 0, 0, 1], [127, 0, 0, 1]),
        ([223, 255, 0, 1], [224, 0, 0, 1]),
        ([100, 63, 0, 1], [100, 64, 0, 1]),
        ([100, 128, 0, 1], [100, 127, 0, 1]),
        ([169, 253, 0, 1], [169, 254, 0, 1]),
        ([172, 15, 0, 1], [172, 16, 0, 1]),
        ([172, 32, 0, 1], [172, 31, 0, 1]),
        ([192, 0, 1, 1], [192, 0, 0, 1]),
        ([192, 0, 3, 1], [192, 0, 2, 1]),
        ([192, 167, 0, 1], [192, 168, 0, 1]),
        ([198, 17, 0, 1], [198, 18, 0, 1]),
        ([198, 20, 0, 1], [198, 19, 0, 1]),
        ([198, 51, 101, 1], [198, 51, 100, 1]),
        ([203, 0, 112, 1], [203, 0, 113, 1]),
    ] {
        assert_eq!(of(0x87, &public), [""; 0], "{public:?}");
        assert_eq!(of(0x87, &reserved), ["br-4.2.2-internal-name"], "{reserved:?}");
    }
    let six = |first: u16, second: u16| {
        let segments = [first, second, 0, 0, 0, 0, 0, 1];
        of(0x87, &segments.map(u16::to_be_bytes).concat())
    };
    for (first, second) in [(0x2000, 0), (0x3fff, 0xffff), (0x2001, 0xdb9), (0x2002, 0xdb8)] {
        assert_eq!(six(first, second), [""; 0], "{first:x}:{second:x}");
    }
    for (first, second) in [(0x1fff, 0), (0x4000, 0), (0x2001, 0xdb8)] {
        assert_eq!(six(first, second), ["br-4.2.2-internal-name"], "{first:x}:{second:x}");
    }
    for (public, internal) in [
        ("db.xinternal", "db.internal"),
        ("*.certwright.net", "*.home.arpa"),
        ("DB.CERTWRIGHT.NET", "DB.LOCAL"),
        ("internal.net", "localhost"),
    ] {
        assert_eq!(of(0x82, public.as_bytes()), [""; 0], "{public}");
        assert_eq!(of(0x82, internal.as_bytes()), ["br-4.2.2-internal-name"], "{internal}");
    }
    let serial = |bytes: &[u8]| found(&leaf_field(SERIAL, tlv(2, &[bytes])));
    assert_eq!(serial(&[0x5a; 8]), [""; 0]);
    assert_eq!(serial(&[0, 0x85, 1, 2, 3, 4, 5, 6]), ["br-7.1-serial-entropy"]);
    let named = |common: &[u8]| {
        let names = alt_names(&[(0x82, b"db.certwright.net"), (0x87, &[9, 9, 9, 9])]);
        found(&der(leaf().field(SUBJECT, common_name(common)).set(SAN, false, &names)))
    };
    for good in [&b"db.certwright.net"[..], b"DB.certwright.net", b"9.9.9.9"] {
        assert_eq!(named(good), [""; 0], "{}", String::from_utf8_lossy(good));
    }
    assert_eq!(named(b"9.9.9.8"), ["br-7.1.4.3-common-name"]);
    for curve in [("1.3.132.0.34", 48), ("1.3.132.0.35", 66)] {
        assert_eq!(found(&leaf_field(KEY, curve_key(curve.0, curve.1))), [""; 0], "{}", curve.0);
    }
}

#[track_caller]
fn none(what: &str, der: Vec<u8>) {
    assert_eq!(lint(&der).to_string(), "", "{what}");
}

#[track_caller]
fn only(rule: &str, der: Vec<u8>) {
    let report = lint(&der);
    let found: Vec<&str> = report.findings().iter().map(|finding| finding.rule).collect();
    assert_eq!(found, [rule], "{report}");
}

fn dns_names(count: usize) -> Vec<u8> {
    alt_names(&vec![(0x82, &b"db.certwright.net"[..]); count])
}

/// Apple's newer rules are for certificates from July 2019 on.
#[test]
fn certificates_of_before_july_2019_may_live_longer_and_need_no_server_auth() {
    let private = Linter::new().add_profile(LintProfile::PrivateTls);
    let found = |from: &[u8]| -> Vec<&str> {
        let old = leaf().without(EXTENDED).field(VALIDITY, validity(from, b"300101000000Z"));
        private.lint(&der(old)).findings().iter().map(|finding| finding.rule).collect()
    };
    assert_eq!(found(b"190630235959Z"), [""; 0]);
    let mut new = found(b"190701000000Z");
    new.sort_unstable();
    assert_eq!(new, ["private-tls-lifetime", "private-tls-server-auth"]);
}
