//! Revocation lists with one defect each.

use crate::build::*;
use crate::craft::{extension, oid, sequence, tlv};

pub const CASES: &[Case] = &[
    case("rfc5280-5.1.2.1-crl-version", || {
        let mut list = list();
        list.version = vec![2, 1, 2];
        list.entries = None;
        list.der()
    }),
    with("rfc5280-5.1.2.1-entry-extensions-version", &["rfc5280-5.1.2.1-crl-version"], || {
        let mut list = list();
        list.version = vec![];
        list.der()
    }),
    case("rfc5280-4.1.1.2-algorithms-differ", || {
        let fields = crate::craft::children(&list().der())[0].clone();
        signed(&fields, &algorithm("1.2.840.10045.4.3.3", &[]))
    }),
    case("rfc5280-4.1.2.4-issuer-empty", || list().field(1, sequence(&[])).der()),
    case("rfc5280-4.1.2.5-utc-time-until-2049", || {
        list().field(3, tlv(0x18, &[b"20260608000000Z"])).der()
    }),
    case("rfc5280-4.1.2.5.1-utc-time-form", || {
        list().field(2, tlv(0x17, &[b"260601000000+0000"])).der()
    }),
    case("rfc5280-5.1.2.5-next-update-missing", || list().field(3, vec![]).der()),
    case("rfc5280-5.1.2.5-next-update-order", || {
        list().field(3, tlv(0x17, &[b"260601000000Z"])).der()
    }),
    case("rfc5280-4.2.1.1-aki-missing", || list().without(AKI).der()),
    case("rfc5280-4.2.1.1-aki-critical", || {
        list().set(AKI, true, &sequence(&[tlv(0x80, &[&[2; 20]])])).der()
    }),
    case("rfc5280-5.2.3-number-missing", || list().without(NUMBER).der()),
    case("rfc5280-5.2.3-number-critical", || list().set(NUMBER, true, &[2, 1, 9]).der()),
    case("rfc5280-5.2.3-number-negative", || list().set(NUMBER, false, &[2, 1, 0x89]).der()),
    case("rfc5280-5.2.3-number-bytes", || list().set(NUMBER, false, &tlv(2, &[&[0x5a; 21]])).der()),
    case("x690-8.3.2-integer-shortest", || list().set(NUMBER, false, &[2, 2, 0, 9]).der()),
    case("rfc5280-4.1.2.9-extensions-empty", || {
        let mut list = list();
        list.entries =
            Some(vec![sequence(&[tlv(2, &[&[7]]), tlv(0x17, &[b"260531000000Z"]), sequence(&[])])]);
        list.der()
    }),
    case("rfc5280-4.2-extension-twice", || {
        let mut list = list();
        list.extensions.push(extension(NUMBER, false, &[2, 1, 9]));
        list.der()
    }),
    case("rfc5280-5.1.2.6-revoked-empty", || {
        let mut list = list();
        list.entries = Some(vec![]);
        list.der()
    }),
    case("rfc5280-5.1.2.6-revoked-twice", || {
        let mut list = list();
        list.entries = Some([8, 7, 8].map(|serial| entry(&[serial], &[])).to_vec());
        list.der()
    }),
    case("rfc5280-5.3.1-reason", || list().entry(REASON, false, &[10, 1, 7]).der()),
    case("rfc5280-5.3.1-reason-critical", || list().entry(REASON, true, &[10, 1, 1]).der()),
    case("rfc5280-5.3.1-reason-unspecified", || list().entry(REASON, false, &[10, 1, 0]).der()),
    case("rfc5280-5.3.1-remove-in-full", || list().entry(REASON, false, &[10, 1, 8]).der()),
    case("rfc5280-a.1-structure", || list().entry(REASON, false, &[2, 1, 1]).der()),
    case("rfc5280-5.3.2-invalidity-critical", || {
        list().entry("2.5.29.24", true, &tlv(0x18, &[b"20260501000000Z"])).der()
    }),
    case("rfc5280-4.1.2.5.2-generalized-time-form", || {
        list().entry("2.5.29.24", false, &tlv(0x18, &[b"202605010000Z"])).der()
    }),
    case("rfc5280-5.3.3-certificate-issuer-critical", || {
        indirect().entry("2.5.29.29", false, &issuer()).der()
    }),
    case("rfc5280-5.3.3-certificate-issuer-direct", || {
        list().entry("2.5.29.29", true, &issuer()).der()
    }),
    case("rfc5280-5.2.4-delta-critical", || list().set(DELTA, false, &[2, 1, 8]).der()),
    case("rfc5280-5.2.4-delta-base", || list().set(DELTA, true, &[2, 1, 10]).der()),
    case("rfc5280-5.2.5-issuing-critical", || {
        list().set(IDP, false, &sequence(&[tlv(0x82, &[&[0xff]])])).der()
    }),
    case("rfc5280-5.2.5-issuing-empty", || list().set(IDP, true, &sequence(&[])).der()),
    case("rfc5280-5.2.5-issuing-scope", || {
        let both = [tlv(0x81, &[&[0xff]]), tlv(0x82, &[&[0xff]])];
        list().set(IDP, true, &sequence(&both)).der()
    }),
    case("x690-11.5-default-absent", || {
        let both = [tlv(0x81, &[&[0xff]]), tlv(0x82, &[&[0]])];
        list().set(IDP, true, &sequence(&both)).der()
    }),
    case("rfc5280-4.2.1.15-freshest-critical", || {
        list().set(FRESHEST, true, &sequence(&[point(b"http://crl.certwright.net/d")])).der()
    }),
    case("rfc5280-5.2.6-freshest-in-delta", || {
        delta().set(FRESHEST, false, &sequence(&[point(b"http://crl.certwright.net/d")])).der()
    }),
    case("rfc5280-4.2.2-access-critical", || {
        list().set(AIA, true, &access(&tlv(0x86, &[b"http://ca.certwright.net"]))).der()
    }),
];

/// An indirect list.
pub fn indirect() -> List {
    list().set(IDP, true, &sequence(&[tlv(0x84, &[&[0xff]])]))
}

/// The value of certificateIssuer.
pub fn issuer() -> Vec<u8> {
    sequence(&[tlv(
        0xa4,
        &[&sequence(&[tlv(0x31, &[&sequence(&[oid("2.5.4.3"), tlv(0x0c, &[b"Other"])])])])],
    )])
}
