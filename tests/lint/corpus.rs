//! Each defect is found by the rule that names it, and by no other.

use std::collections::BTreeSet;

use certwright::lint::{LintProfile, Linter, Severity, lint};

use crate::build::*;
use crate::{lists, names, parts, profiles};

#[test]
fn what_the_defects_are_made_of_has_none() {
    for (what, der) in [
        ("leaf", der(leaf())),
        ("RSA leaf", der(rsa_leaf())),
        ("SM2 leaf", der(sm2_leaf())),
        ("CA", der(ca())),
        ("version 1", der(version_1(leaf()))),
        ("list", list().der()),
        ("delta", delta().der()),
        ("delta that takes back", delta().entry(REASON, false, &[10, 1, 8]).der()),
        ("indirect list", lists::indirect().entry("2.5.29.29", true, &lists::issuer()).der()),
    ] {
        assert_eq!(lint(&der).to_string(), "", "{what}");
    }
    let tls = Linter::new().add_profile(LintProfile::TlsBaseline);
    let tls = tls.add_profile(LintProfile::PrivateTls);
    for der in [der(leaf()), der(rsa_leaf()), der(ca())] {
        assert_eq!(tls.lint(&der).to_string(), "");
    }
    let gmt = Linter::new().add_profile(LintProfile::GmT0015);
    assert_eq!(gmt.lint(&der(sm2_leaf())).to_string(), "");
}

#[test]
fn bytes_still_to_be_signed_are_linted_too() {
    let whole = der(leaf());
    let fields = to_be_signed(leaf());
    assert_eq!(lint(&fields).what(), "certificate");
    assert_eq!(lint(&fields), lint(&whole));
    let list = crate::craft::children(&list().der())[0].clone();
    assert_eq!(lint(&list).what(), "certificate revocation list");
    let negative = to_be_signed(leaf().field(crate::craft::SERIAL, vec![2, 1, 0x80]));
    assert_eq!(lint(&negative).findings()[0].rule, "rfc5280-4.1.2.2-serial-positive");
}

#[test]
fn each_defect_is_found_by_its_rule_and_no_other() {
    let tables = [parts::CASES, names::CASES, profiles::CASES];
    for (what, cases) in tables
        .map(|cases| ("certificate", cases))
        .into_iter()
        .chain([("certificate revocation list", lists::CASES)])
    {
        for Case { rule, companions, der } in cases {
            let known = Linter::rules().find(|known| known.id == *rule);
            let known = known.unwrap_or_else(|| panic!("there is no rule {rule}"));
            let linter = Linter::new();
            let linter = known.profile.map_or(linter.clone(), |one| linter.add_profile(one));
            let report = linter.lint(&der());
            let found: BTreeSet<&str> = report.findings().iter().map(|one| one.rule).collect();
            let wanted = companions.iter().copied().chain([*rule]).collect();
            assert_eq!(found, wanted, "{rule}:\n{report}");
            let finding = report.findings().iter().find(|one| one.rule == *rule).unwrap();
            assert_eq!(
                (finding.severity, finding.citation, finding.hint),
                (known.severity, known.citation, known.hint)
            );
            assert!(!finding.place.is_empty() && !finding.given.is_empty(), "{rule}");
            let errors = report.findings().iter().any(|one| one.severity == Severity::Error);
            assert_eq!(report.has_errors(), errors);
            if *rule != "rfc5280-4.1-unknown-input" {
                assert_eq!(report.what(), what, "{rule}");
            }
        }
    }
}

#[test]
fn the_corpus_is_large_and_no_rule_is_without_a_case() {
    let certificates = parts::CASES.len() + names::CASES.len() + profiles::CASES.len();
    assert!(certificates >= 60, "{certificates} certificates");
    assert!(lists::CASES.len() >= 15, "{} lists", lists::CASES.len());
    let all = [parts::CASES, names::CASES, profiles::CASES, lists::CASES];
    let cases: BTreeSet<&str> = all.into_iter().flatten().map(|case| case.rule).collect();
    let rules: BTreeSet<&str> = Linter::rules().map(|rule| rule.id).collect();
    assert_eq!(rules.len(), Linter::rules().count(), "two rules have one name");
    assert_eq!(rules, cases);
}

#[test]
fn a_report_is_a_line_for_each_finding() {
    let bad = leaf().field(crate::craft::SERIAL, vec![2, 1, 0]).without(SKI);
    let lines = "error rfc5280-4.1.2.2-serial-zero, serialNumber: bytes 00; \
                 use a serial number above zero (RFC 5280 section 4.1.2.2)\n";
    let shown = lint(&der(bad)).to_string();
    assert!(shown.starts_with(lines), "{shown}");
    assert_eq!(shown.lines().count(), 2, "{shown}");
    assert!(shown.contains("\nwarning rfc5280-4.2.1.2-ski-missing-end-entity, "), "{shown}");
}

#[test]
fn a_finding_shows_64_characters_of_text_and_few_bytes_of_anything_else() {
    for (bytes, shown) in [
        (&[b'x'; 64][..], format!("{:?}", "x".repeat(64))),
        (&[b'x'; 65], format!("{:?}…", "x".repeat(64))),
        (b"a \"b\" ~", "\"a \\\"b\\\" ~\"".to_owned()),
        (b"a\x1b", "bytes 611b".to_owned()),
        (b"a\x7f", "bytes 617f".to_owned()),
        (b"", "no bytes".to_owned()),
        (&[7; 3], "bytes 070707".to_owned()),
        (&[7; 4], "4 bytes that begin with 070707".to_owned()),
    ] {
        let names = crate::craft::alt_names(&[(0x82, b"db.certwright.net"), (0x81, bytes)]);
        let report = lint(&leaf_with(SAN, false, &names));
        let [finding] = report.findings() else { panic!("{report}") };
        assert_eq!((finding.rule, &finding.given), ("rfc5280-4.2.1.6-email-form", &shown));
    }
}

#[test]
fn a_finding_shows_an_address_as_people_write_it() {
    for (address, shown) in [
        (&[10, 0, 0, 0, 255, 0, 255, 0][..], "10.0.0.0 with the mask 255.0.255.0"),
        (&[10, 0, 0, 1], "10.0.0.1"),
        (&[10, 0, 0, 1, 9], "5 bytes that begin with 0a0000"),
    ] {
        let subtree = crate::craft::sequence(&[crate::craft::tlv(0x87, &[address])]);
        let constraints = crate::craft::sequence(&[crate::craft::tlv(0xa0, &[&subtree])]);
        let report = lint(&ca_with(NAMES, true, &constraints));
        let [finding] = report.findings() else { panic!("{report}") };
        assert!(finding.rule.ends_with("name-constraints-ip"), "{report}");
        assert_eq!(finding.given, shown);
    }
}

#[test]
fn rules_of_profiles_are_off_unless_asked_for() {
    for Case { rule, der, .. } in profiles::CASES {
        assert!(lint(&der()).findings().iter().all(|finding| finding.rule != *rule), "{rule}");
    }
}

#[test]
fn pem_is_linted_block_by_block() {
    let block = |label: &str, der: &[u8]| {
        let certificate = pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der);
        certificate.unwrap()
    };
    let bad = leaf_field(crate::craft::SERIAL, vec![2, 1, 0]);
    let text = block("CERTIFICATE", &bad) + &block("X509 CRL", &list().der());
    let linter = Linter::new();
    let [first, second] = linter.lint_pem(&text).unwrap().try_into().unwrap();
    assert_eq!((first.has_errors(), second.has_errors()), (true, false));
    assert_eq!(first, lint(&bad));
    assert!(linter.lint_pem(&block("PRIVATE KEY", &bad)).is_err());
    assert!(linter.lint_pem("no PEM").is_err());
}
