//! Input that means harm.

use certwright::lint::{LintProfile, Linter, lint};

use crate::build::*;
use crate::craft::{alt_names, extension, sequence, tlv};
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
