//! Name constraints: directory names, mailboxes, DNS names, URIs and, beyond PKITS, addresses.

use std::slice::from_ref;

use certwright::error::ChainRule;

use super::*;
use crate::craft::NAME_CONSTRAINTS;

const UNIT: &str = "2.5.4.11";
const EMAIL: &str = "1.2.840.113549.1.9.1";
const IA5: u8 = 0x16;

/// A subtree's base: the tag of the general name and its content.
type Base = (u8, Vec<u8>);

fn directory(units: &[&str]) -> Base {
    (0xa4, subject_of(units))
}

fn subject_of(units: &[&str]) -> Vec<u8> {
    let country = ("2.5.4.6", PRINTABLE, &b"US"[..]);
    let units = units.iter().map(|unit| (UNIT, UTF8, unit.as_bytes()));
    craft::name(&std::iter::once(country).chain(units).collect::<Vec<_>>())
}

fn text(tag: u8, text: &str) -> Base {
    (tag, text.as_bytes().to_vec())
}

const MAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const URI: u8 = 0x86;
const IP: u8 = 0x87;

fn value(permitted: &[Base], excluded: &[Base]) -> Vec<u8> {
    let list = |tag, bases: &[Base]| {
        let subtrees: Vec<Vec<u8>> = bases
            .iter()
            .map(|(tag, content)| craft::sequence(&[craft::tlv(*tag, &[content])]))
            .collect();
        if subtrees.is_empty() { vec![] } else { craft::tlv(tag, &[&subtrees.concat()]) }
    };
    craft::sequence(&[list(0xa0, permitted), list(0xa1, excluded)])
}

/// A leaf of this subject and these alternative names, below CAs of these constraints.
fn question(pki: &Pki, constraints: &[Vec<u8>], subject: &[u8], names: &[Base]) -> Question {
    let mut nodes: Vec<Node> = Vec::new();
    for (depth, constraint) in constraints.iter().enumerate() {
        let above = nodes.last().unwrap_or(&pki.anchor);
        let node = pki.authority(above, "", 1 + depth % 2, |draft| {
            // Inside of every directory that is permitted here.
            let name = subject_of(&["permitted 1", "permitted 2", &format!("CA {depth}")]);
            draft.field(SUBJECT, name).set(NAME_CONSTRAINTS, true, constraint)
        });
        nodes.push(node);
    }
    let leaf = pki.leaf(nodes.last().unwrap(), |draft| {
        let draft = draft.field(SUBJECT, subject.to_vec()).without(SUBJECT_ALT_NAME);
        if names.is_empty() {
            return draft;
        }
        let names: Vec<(u8, &[u8])> = names.iter().map(|(tag, name)| (*tag, &name[..])).collect();
        draft.set(SUBJECT_ALT_NAME, false, &craft::alt_names(&names))
    });
    pki.question(&nodes.iter().collect::<Vec<_>>(), leaf)
}

fn refused() -> Verdict {
    Refused(0, ChainRule::NameConstraints)
}

#[test]
fn section_4_13_directory_names() {
    Pki::run(|pki| {
        let (one, two) = (directory(&["permitted 1"]), directory(&["permitted 2"]));
        let excluded = directory(&["excluded 1"]);
        let of = |units: &[&str]| subject_of(&[units, &["EE"]].concat());
        let ask = |constraints: &[Vec<u8>], units: &[&str], names: &[Base]| {
            question(pki, constraints, &of(units), names)
        };
        let permitted = value(from_ref(&one), &[]);
        let none = value(&[], from_ref(&excluded));
        let inner = value(&[directory(&["permitted 1", "permitted 2"])], &[]);
        let name = |units: &[&str]| (0xa4, of(units));
        judge(vec![
            ("4.13.1 valid DN", ask(from_ref(&permitted), &["permitted 1"], &[]), Accepted),
            ("4.13.2 DN outside", ask(from_ref(&permitted), &["excluded 1"], &[]), refused()),
            (
                "4.13.3 directory name in subjectAltName outside",
                ask(from_ref(&permitted), &["permitted 1"], &[name(&["excluded 1"])]),
                refused(),
            ),
            (
                "4.13.4 valid directory name in subjectAltName",
                ask(from_ref(&permitted), &["permitted 1"], &[text(MAIL, "a@example.com")]),
                Accepted,
            ),
            (
                "4.13.5 valid, one of two",
                ask(&[value(&[one, two.clone()], &[])], &["permitted 2"], &[]),
                Accepted,
            ),
            ("4.13.6 valid, not excluded", ask(from_ref(&none), &["permitted 1"], &[]), Accepted),
            ("4.13.7 excluded", ask(from_ref(&none), &["excluded 1"], &[]), refused()),
            (
                "4.13.10 outside the lower permitted",
                ask(&[permitted.clone(), inner.clone()], &["permitted 1"], &[]),
                refused(),
            ),
            (
                "4.13.11 valid, inside both",
                ask(&[permitted.clone(), inner], &["permitted 1", "permitted 2"], &[]),
                Accepted,
            ),
            (
                "4.13.12 permitted below, outside above",
                ask(&[permitted.clone(), value(&[two], &[])], &["permitted 2"], &[]),
                refused(),
            ),
            (
                "4.13.14 valid, no subject",
                question(pki, from_ref(&permitted), &[0x30, 0], &[text(MAIL, "a@example.com")]),
                Accepted,
            ),
            (
                "4.13.15 excluded above",
                ask(&[none.clone(), permitted.clone()], &["excluded 1"], &[]),
                refused(),
            ),
            ("4.13.18 valid below both", ask(&[none, permitted], &["permitted 1"], &[]), Accepted),
        ]);
    });
}

/// The constraints on a self-issued certificate above the leaf are not asked, those on the leaf are
/// (RFC 5280 section 6.1.3 b and c).
#[test]
fn section_4_13_self_issued() {
    Pki::run(|pki| {
        let constraint = value(&[directory(&["permitted 1"])], &[]);
        let ca = pki.authority(&pki.anchor, "Constrained", 1, |draft| {
            draft.set(NAME_CONSTRAINTS, true, &constraint)
        });
        let again = pki.authority(&ca, "Constrained", 3, same);
        let leaf = |unit| {
            pki.leaf(&again, |d| d.field(SUBJECT, subject_of(&[unit])).without(SUBJECT_ALT_NAME))
        };
        let final_one = pki.authority(&ca, "Constrained", 3, same);
        judge(vec![
            (
                "4.13.19 valid self-issued",
                pki.question(&[&ca, &again], leaf("permitted 1")),
                Accepted,
            ),
            (
                "4.13.20 self-issued, leaf outside",
                pki.question(&[&ca, &again], leaf("excluded 1")),
                refused(),
            ),
            (
                "4.13.20 self-issued as the last certificate",
                pki.question(&[&ca], final_one.certificate),
                refused(),
            ),
        ]);
    });
}

#[test]
fn section_4_13_mailboxes() {
    Pki::run(|pki| {
        let ask = |permitted: &[&str], excluded: &[&str], mailbox| {
            let bases = |all: &[&str]| all.iter().map(|b| text(MAIL, b)).collect::<Vec<_>>();
            let constraint = value(&bases(permitted), &bases(excluded));
            question(pki, &[constraint], &subject_of(&["EE"]), &[text(MAIL, mailbox)])
        };
        let in_subject = |mailbox: &[u8]| {
            let subject = craft::name(&[(COMMON_NAME, UTF8, b"EE"), (EMAIL, IA5, mailbox)]);
            let constraint = value(&[text(MAIL, "testcertificates.gov")], &[]);
            question(pki, &[constraint], &subject, &[])
        };
        let below = &[".testcertificates.gov"][..];
        let host = &["testcertificates.gov"][..];
        judge(vec![
            ("4.13.21 valid", ask(below, &[], "test@mail.testcertificates.gov"), Accepted),
            ("4.13.22 the host itself", ask(below, &[], "test@testcertificates.gov"), refused()),
            ("4.13.23 valid", ask(host, &[], "test@testcertificates.gov"), Accepted),
            ("4.13.24 a host below", ask(host, &[], "test@mail.testcertificates.gov"), refused()),
            ("4.13.25 valid", ask(&[], host, "test@mail.testcertificates.gov"), Accepted),
            ("4.13.26 excluded", ask(&[], host, "test@testcertificates.gov"), refused()),
            ("4.13.28 valid in the subject", in_subject(b"test@testcertificates.gov"), Accepted),
            ("4.13.29 in the subject", in_subject(b"test@mail.testcertificates.gov"), refused()),
        ]);
    });
}

#[test]
fn section_4_13_dns_names_and_uris() {
    Pki::run(|pki| {
        let ask = |tag, permitted: &[&str], excluded: &[&str], name| {
            let bases = |all: &[&str]| all.iter().map(|b| text(tag, b)).collect::<Vec<_>>();
            let constraint = value(&bases(permitted), &bases(excluded));
            question(pki, &[constraint], &subject_of(&["EE"]), &[text(tag, name)])
        };
        let gov = &["testcertificates.gov"][..];
        let com = &["invalidcertificates.com"][..];
        let below = &[".testcertificates.gov"][..];
        judge(vec![
            ("4.13.30 valid", ask(DNS, gov, &[], "testserver.testcertificates.gov"), Accepted),
            (
                "4.13.31 outside",
                ask(DNS, gov, &[], "testserver.invalidcertificates.gov"),
                refused(),
            ),
            ("4.13.32 valid", ask(DNS, &[], com, "testserver.testcertificates.gov"), Accepted),
            (
                "4.13.33 excluded",
                ask(DNS, &[], com, "testserver.invalidcertificates.com"),
                refused(),
            ),
            (
                "4.13.34 valid URI",
                ask(URI, below, &[], "http://testserver.testcertificates.gov/index.html"),
                Accepted,
            ),
            (
                "4.13.35 URI of the host itself",
                ask(URI, below, &[], "http://testcertificates.gov/index.html"),
                refused(),
            ),
            (
                "4.13.36 valid URI, not excluded",
                ask(URI, &[], com, "http://testserver.testcertificates.gov/index.html"),
                Accepted,
            ),
            (
                "4.13.37 URI excluded",
                ask(URI, &[], com, "ftp://invalidcertificates.com:21/test37/"),
                refused(),
            ),
            (
                "4.13.38 a name that ends alike",
                ask(DNS, gov, &[], "mytestcertificates.gov"),
                refused(),
            ),
        ]);
    });
}

#[test]
fn section_4_13_addresses_and_types_together() {
    Pki::run(|pki| {
        let ip = |bytes: &[u8]| (IP, bytes.to_vec());
        let ten = ip(&[10, 0, 0, 0, 255, 0, 0, 0]);
        let ask = |permitted: &[Base], excluded: &[Base], names: &[Base]| {
            question(pki, &[value(permitted, excluded)], &subject_of(&["EE"]), names)
        };
        let both = [ten.clone(), text(DNS, "gov")];
        let (inside, outside) = (ip(&[10, 1, 2, 3]), ip(&[11, 1, 2, 3]));
        judge(vec![
            ("4.13 valid address", ask(from_ref(&ten), &[], from_ref(&inside)), Accepted),
            ("4.13 address outside", ask(from_ref(&ten), &[], from_ref(&outside)), refused()),
            ("4.13 valid address, not excluded", ask(&[], from_ref(&ten), &[outside]), Accepted),
            ("4.13 address excluded", ask(&[], &[ten], from_ref(&inside)), refused()),
            (
                "4.13.27 valid, every name inside its type",
                ask(&both, &[], &[inside.clone(), text(DNS, "a.gov")]),
                Accepted,
            ),
            (
                "4.13.27 one name outside its type",
                ask(&both, &[], &[inside, text(DNS, "a.com")]),
                refused(),
            ),
        ]);
    });
}
