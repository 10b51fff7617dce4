//! Certificates with one defect by the rules of a profile.

use crate::build::*;
use crate::craft::{KEY, SERIAL, VALIDITY, alt_names, oid, sequence, tlv};

pub const CASES: &[Case] = &[
    case("br-6.3.2-lifetime", || {
        // 200 days and a second: the second of notAfter counts.
        leaf_field(VALIDITY, validity(b"260601000000Z", b"261218000000Z"))
    }),
    case("br-6.3.2-lifetime", || {
        leaf_field(VALIDITY, validity(b"240601000000Z", b"250704000000Z"))
    }),
    case("br-7.1-serial-entropy", || leaf_field(SERIAL, tlv(2, &[&[0x5a; 7]]))),
    with("br-7.1.3.2-weak-digest", &["rfc6194-3-weak-digest"], || {
        der(rsa_leaf().field(ALGORITHM, algorithm("1.2.840.113549.1.1.5", &[5, 0])))
    }),
    with("br-6.1.5-rsa-2048", &["nist-sp-800-131a-rsa-2048"], || {
        der(rsa_leaf().field(KEY, rsa_key(&modulus(1024), &[3])))
    }),
    case("br-6.1.5-rsa-2048", || {
        // 2060 bits.
        let modulus = [&[0x0f][..], &modulus(2048)].concat();
        der(rsa_leaf().field(KEY, rsa_key(&modulus, &[1, 0, 1])))
    }),
    case("br-6.1.5-key-kind", || leaf_field(KEY, curve_key("1.3.132.0.10", 32))),
    case("br-6.1.5-key-kind", || der(sm2_leaf())),
    case("br-7.1.2.7.10-server-auth", || {
        leaf_with(EXTENDED, false, &sequence(&[oid("1.3.6.1.5.5.7.3.2")]))
    }),
    case("br-7.1.2.7.10-server-auth", || {
        leaf_with(EXTENDED, false, &sequence(&[oid(SERVER_AUTH), oid("2.5.29.37.0")]))
    }),
    case("br-7.1.2.7.12-alt-names-missing", || der(leaf().without(SAN))),
    case("br-7.1.2.7.12-name-type", || more(0x86, b"https://db.certwright.net/")),
    case("br-4.2.2-internal-name", || more(0x82, b"db")),
    case("br-4.2.2-internal-name", || more(0x82, b"*.db.internal")),
    case("br-4.2.2-internal-name", || more(0x87, &[10, 0, 0, 7])),
    case("br-4.2.2-internal-name", || {
        more(0x87, &[0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    }),
    with("br-7.1.2.7.12-underscore", &["rfc5280-4.2.1.6-dns-underscore"], || {
        more(0x82, b"my_db.certwright.net")
    }),
    case("br-7.1.4.3-common-name", || {
        leaf_with(SAN, false, &alt_names(&[(0x82, b"web.certwright.net")]))
    }),
    case("private-tls-lifetime", || {
        // 825 days and a second.
        leaf_field(VALIDITY, validity(b"260601000000Z", b"280903000001Z"))
    }),
    case("private-tls-server-auth", || der(leaf().without(EXTENDED))),
    case("private-tls-server-auth", || {
        leaf_with(EXTENDED, false, &sequence(&[oid("1.3.6.1.5.5.7.3.2")]))
    }),
    // Apple's systems do not take anyExtendedKeyUsage for it.
    case("private-tls-server-auth", || {
        leaf_with(EXTENDED, false, &sequence(&[oid("2.5.29.37.0")]))
    }),
    case("private-tls-alt-names", || der(leaf().without(SAN))),
    case("private-tls-alt-names", || {
        leaf_with(SAN, false, &alt_names(&[(0x86, b"https://db.certwright.net/")]))
    }),
    with("private-tls-rsa-2048", &["nist-sp-800-131a-rsa-2048"], || {
        der(rsa_leaf().field(KEY, rsa_key(&modulus(1024), &[3])))
    }),
    with("private-tls-rsa-2048", &["nist-sp-800-131a-rsa-2048"], || {
        der(ca().field(KEY, rsa_key(&modulus(1024), &[3])))
    }),
    with("private-tls-sha-2", &["rfc6194-3-weak-digest"], || {
        der(rsa_leaf().field(ALGORITHM, algorithm("1.2.840.113549.1.1.5", &[5, 0])))
    }),
    case("private-tls-key-kind", || leaf_field(KEY, curve_key("1.3.132.0.35", 66))),
    case("private-tls-key-kind", || leaf_field(KEY, curve_key("1.3.132.0.10", 32))),
    case("private-tls-key-kind", || der(sm2_leaf())),
    case("private-tls-digital-signature", || leaf_with(USAGE, true, &[3, 2, 3, 8])),
    case("private-tls-ca-server-auth", || {
        ca_with(EXTENDED, false, &sequence(&[oid("1.3.6.1.5.5.7.3.2")]))
    }),
    case("private-tls-wildcard", || more(0x82, b"*.internal")),
    with("gmt0015-5.2.3-version", &["gmt0015-c-key-usage-missing"], || der(version_1(sm2_leaf()))),
    case("gmt0015-5.2.3-signature-algorithm", || {
        der(sm2_leaf().field(ALGORITHM, algorithm(ECDSA, &[])))
    }),
    case("gmt0015-5.2.3-sm2-key", || der(leaf().field(ALGORITHM, algorithm(SM2, &[])))),
    case("gmt0015-c-key-usage-missing", || der(sm2_leaf().without(USAGE))),
    with("gmt0015-c-key-usage-critical", &["rfc5280-4.2.1.3-key-usage-critical"], || {
        der(sm2_leaf().set(USAGE, false, &[3, 2, 7, 0x80]))
    }),
    case("gmt0015-c-key-usage-mixed", || der(sm2_leaf().set(USAGE, true, &[3, 2, 5, 0xa0]))),
];

/// A leaf with one more alternative name.
fn more(tag: u8, bytes: &[u8]) -> Vec<u8> {
    leaf_with(SAN, false, &alt_names(&[(0x82, b"db.certwright.net"), (tag, bytes)]))
}
