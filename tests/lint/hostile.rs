//! Input that means harm.

use certwright::lint::{LintProfile, Linter, lint};

use crate::build::*;
use crate::craft::{alt_names, children, extension, extent, is_value, sequence, tlv};
use crate::lists;

/// A certificate and a list with much in them.
fn seeds() -> Vec<Vec<u8>> {
    let aki = [tlv(0x80, &[&[2; 20]]), tlv(0xa1, &[&lists::issuer()[2..]]), tlv(0x82, &[&[7]])];
    let rich = leaf()
        .set(AKI, false, &sequence(&aki))
        .set(AIA, false, &access(&tlv(0x86, &[b"http://ocsp.certwright.net"])))
        .set(POLICIES, false, &sequence(&[sequence(&[crate::craft::oid("1.2.3.4")])]))
        .set(NAMES, true, &sequence(&[tlv(0xa0, &[&sequence(&[tlv(0x82, &[b"a"])])])]))
        .set("2.5.29.36", true, &sequence(&[tlv(0x80, &[&[0]])]));
    let list = lists::indirect()
        .set(FRESHEST, false, &sequence(&[point(b"http://crl.certwright.net/d")]))
        .entry("2.5.29.29", true, &lists::issuer())
        .entry("2.5.29.24", false, &tlv(0x18, &[b"20260501000000Z"]));
    vec![der(rich), der(rsa_leaf()), der(sm2_leaf()), der(ca()), list.der(), delta().der()]
}

#[test]
fn no_flip_and_no_cut_stops_the_linter() {
    let linter = [LintProfile::GmT0015, LintProfile::PrivateTls, LintProfile::TlsBaseline]
        .into_iter()
        .fold(Linter::new(), Linter::add_profile);
    let mut heard = 0;
    for seed in seeds() {
        for at in 0..seed.len() {
            for other in [0, 0x7f, 0x80, 0xff, seed[at] ^ 1, seed[at].wrapping_add(1)] {
                let mut bad = seed.clone();
                bad[at] = other;
                heard += usize::from(linter.lint(&bad) != linter.lint(&seed));
            }
            let cut = linter.lint(&seed[..at]);
            assert!(cut.has_errors(), "the first {at} bytes are no certificate");
        }
    }
    assert!(heard > 1_000, "the linter is deaf: {heard}");
}

#[test]
fn bytes_that_are_nothing_are_an_error() {
    for bytes in [&b""[..], b"\0", b"0", b"0\x80", b"0\0", b"text", &[0x30; 5_000], &[0xff; 99]] {
        let report = lint(bytes);
        assert_eq!(report.what(), "input");
        assert!(report.has_errors(), "{bytes:?}");
    }
}

#[test]
fn findings_are_bounded() {
    let mut bad = list();
    let entry = entry(&[7], &[extension(REASON, true, &[10, 1, 7])]);
    bad.entries = Some(vec![entry; 5_000]);
    assert_eq!(lint(&bad.der()).findings().len(), 1_000);
    let names = vec![(0x82, b" " as &[u8]); 5_000];
    assert_eq!(lint(&leaf_with(SAN, false, &alt_names(&names))).findings().len(), 1_000);
}

/// The value with the content of each value in it replaced, one at a time.
fn replaced(value: &[u8], content: &[u8]) -> Vec<Vec<u8>> {
    let (header, _) = extent(value);
    let inside = &value[header..];
    let mut found = vec![tlv(value[0], &[content])];
    if value[0] & 0x20 != 0 {
        let parts = children(value);
        for at in 0..parts.len() {
            found.extend(replaced(&parts[at], content).into_iter().map(|part| {
                let mut parts = parts.clone();
                parts[at] = part;
                tlv(value[0], &[&parts.concat()])
            }));
        }
    } else if matches!(value[0], 3 | 4) && inside.len() > 2 {
        // An extension's value, or a key.
        let unused = usize::from(value[0] == 3);
        if is_value(&inside[unused..]) {
            let inner = replaced(&inside[unused..], content);
            found.extend(inner.iter().map(|inner| tlv(value[0], &[&inside[..unused], inner])));
        }
    }
    found
}

/// A key that was taken for a certificate, or stands in one, is not shown: of bytes that are no text at
/// most three are, wherever they stand and however few they are. Addresses are shown as people write them.
#[test]
fn no_place_shows_four_bytes_that_are_no_text() {
    let linter = [LintProfile::GmT0015, LintProfile::PrivateTls, LintProfile::TlsBaseline]
        .into_iter()
        .fold(Linter::new(), Linter::add_profile);
    let secret: Vec<u8> = (0x90..0xb4).collect();
    let mut shown = 0;
    let mut seen = 0;
    for seed in seeds() {
        for length in [1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 36] {
            for bad in replaced(&seed, &secret[..length]) {
                for finding in linter.lint(&bad).findings() {
                    seen += 1;
                    shown += usize::from(finding.given.contains("90919"));
                    assert!(!finding.given.contains("90919293"), "{length}: {finding}");
                }
            }
        }
    }
    assert!(seen > 1_000 && shown > 100, "{shown} of {seen}");
}
