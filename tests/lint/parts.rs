//! Certificates with one defect in their fields, keys and extensions.

use crate::build::*;
use crate::craft::{KEY, SERIAL, alt_names, extension, oid, sequence, tlv};

pub const CASES: &[Case] = &[
    case("rfc5280-4.1-unknown-input", || sequence(&[vec![2, 1, 1], vec![2, 1, 2]])),
    case("x690-8.1-unreadable", || leaf_with(SKI, false, &[4, 0x80, 0, 0])),
    case("x690-8.1-unreadable", || leaf_with(SKI, false, &[4, 20, 1])),
    case("x690-10.1-length-shortest", || leaf_with(SKI, false, &[4, 0x81, 2, 1, 2])),
    case("x690-11.1-boolean", || {
        let usage = sequence(&[oid(USAGE), vec![1, 1, 1], tlv(4, &[&[3, 2, 7, 0x80]])]);
        let mut leaf = leaf();
        leaf.extensions[2] = usage;
        der(leaf)
    }),
    case("x690-8.3.2-integer-shortest", || leaf_field(SERIAL, tlv(2, &[&[0, 0x5a, 1]]))),
    case("x690-11.2.1-unused-bits", || leaf_with(USAGE, true, &[3, 2, 7, 0xc0])),
    case("x690-11.2.1-unused-bits", || {
        let parameters = algorithm("1.2.840.10045.2.1", &oid("1.2.840.10045.3.1.7"));
        leaf_field(KEY, sequence(&[parameters, tlv(3, &[&[1, 4], &[2; 64]])]))
    }),
    case("x690-11.2.2-named-bits", || leaf_with(USAGE, true, &[3, 2, 0, 0x80])),
    case("x690-8.8.2-null", || {
        der(rsa_leaf().field(KEY, rsa_key_with(&[5, 1, 0], &modulus(2048), &[3])))
    }),
    case("x690-8.19.2-object-identifier", || {
        leaf_with(EXTENDED, false, &sequence(&[oid(SERVER_AUTH), vec![6, 2, 0x2a, 0x86]]))
    }),
    case("x690-11.5-default-absent", || {
        let ski = sequence(&[oid(SKI), vec![1, 1, 0], tlv(4, &[&tlv(4, &[&[1; 20]])])]);
        let mut leaf = leaf();
        leaf.extensions[0] = ski;
        der(leaf)
    }),
    case("x690-11.5-default-absent", || leaf_with(BASIC, true, &sequence(&[vec![1, 1, 0]]))),
    case("rfc5280-a.1-structure", || leaf_with(SKI, false, &[2, 1, 1])),
    case("rfc5280-a.1-structure", || leaf_with(SKI, false, &[4, 1, 1, 4, 1, 1])),
    case("rfc5280-4.1.1.2-algorithms-differ", || {
        signed(&to_be_signed(leaf()), &algorithm("1.2.840.10045.4.3.3", &[]))
    }),
    case("rfc4055-5-rsa-signature-parameters", || {
        der(rsa_leaf().field(ALGORITHM, algorithm(RSA, &[])))
    }),
    case("rfc5758-3.2-ecdsa-signature-parameters", || {
        leaf_field(ALGORITHM, algorithm(ECDSA, &[5, 0]))
    }),
    case("gmt0015-5.2.3-sm2-signature-parameters", || {
        der(sm2_leaf().field(ALGORITHM, algorithm(SM2, &[5, 0])))
    }),
    case("rfc6194-3-weak-digest", || {
        der(rsa_leaf().field(ALGORITHM, algorithm("1.2.840.113549.1.1.5", &[5, 0])))
    }),
    case("rfc5280-4.1.2.1-version", || leaf_field(VERSION, tlv(0xa0, &[&[2, 1, 3]]))),
    case("rfc5280-4.1.2.1-extensions-version", || leaf_field(VERSION, tlv(0xa0, &[&[2, 1, 1]]))),
    case("rfc5280-4.1.2.8-unique-identifier", || {
        let mut leaf = leaf();
        leaf.fields.push(tlv(0x81, &[&[0, 1]]));
        der(leaf)
    }),
    with(
        "rfc5280-4.1.2.8-unique-identifier-version",
        &["rfc5280-4.1.2.8-unique-identifier"],
        || {
            let mut old = version_1(leaf());
            old.fields.push(tlv(0x82, &[&[0, 1]]));
            der(old)
        },
    ),
    case("rfc5280-4.1.2.2-serial-positive", || leaf_field(SERIAL, tlv(2, &[&[0x81, 2, 3]]))),
    case("rfc5280-4.1.2.2-serial-zero", || leaf_field(SERIAL, vec![2, 1, 0])),
    case("rfc5280-4.1.2.2-serial-bytes", || leaf_field(SERIAL, tlv(2, &[&[0x5a; 21]]))),
    case("rfc3279-2.3.1-rsa-key-parameters", || {
        der(rsa_leaf().field(KEY, rsa_key_with(&[], &modulus(2048), &[3])))
    }),
    case("rfc8017-3.1-rsa-modulus", || rsa(&[0xc1; 256], &[3])),
    case("rfc8017-3.1-rsa-modulus", || rsa(&[0x7e; 256], &[3])),
    case("nist-sp-800-131a-rsa-2048", || rsa(&modulus(1024), &[3])),
    case("rfc8017-3.1-rsa-exponent", || rsa(&modulus(2048), &[1])),
    case("rfc8017-3.1-rsa-exponent", || rsa(&modulus(2048), &[1, 0, 0])),
    case("rfc8017-3.1-rsa-exponent", || rsa(&modulus(2048), &[0x81])),
    case("rfc5480-2.1.1-named-curve", || {
        let explicit = algorithm("1.2.840.10045.2.1", &sequence(&[vec![2, 1, 1]]));
        leaf_field(KEY, sequence(&[explicit, tlv(3, &[&[0, 4], &[3; 64]])]))
    }),
    case("rfc5480-2.1.1-named-curve", || {
        let absent = algorithm("1.2.840.10045.2.1", &[]);
        leaf_field(KEY, sequence(&[absent, tlv(3, &[&[0, 4], &[3; 64]])]))
    }),
    case("rfc5480-2.2-point-form", || leaf_field(KEY, curve_key("1.2.840.10045.3.1.7", 31))),
    case("gmt0015-5.2.3-sm2-key-algorithm", || {
        let curve = algorithm("1.2.156.10197.1.301", &[]);
        der(sm2_leaf().field(KEY, sequence(&[curve, tlv(3, &[&[0, 4], &[3; 64]])])))
    }),
    with("rfc5280-4.1.2.9-extensions-empty", &["rfc5280-4.2.1.2-ski-missing-end-entity"], || {
        let mut leaf = version_1(leaf());
        leaf.fields.insert(VERSION, tlv(0xa0, &[&[2, 1, 2]]));
        leaf.fields.push(tlv(0xa3, &[&sequence(&[])]));
        der(leaf)
    }),
    case("certwright-extensions", || {
        let mut leaf = leaf();
        let more = (0..60).map(|number| extension(&format!("1.2.3.{number}"), false, &[5, 0]));
        leaf.extensions.extend(more);
        der(leaf)
    }),
    case("rfc5280-4.2-extension-twice", || {
        let mut leaf = leaf();
        leaf.extensions.push(leaf.extensions[0].clone());
        der(leaf)
    }),
    case("rfc5280-4.2.1.1-aki-critical", || {
        leaf_with(AKI, true, &sequence(&[tlv(0x80, &[&[2; 20]])]))
    }),
    case("rfc5280-4.2.1.1-aki-key-identifier", || leaf_with(AKI, false, &sequence(&[]))),
    case("rfc5280-4.2.1.1-aki-missing", || der(leaf().without(AKI))),
    case("rfc5280-4.2.1.1-aki-issuer-and-serial", || {
        leaf_with(AKI, false, &sequence(&[tlv(0x80, &[&[2; 20]]), tlv(0x82, &[&[7]])]))
    }),
    case("rfc5280-4.2.1.2-ski-critical", || leaf_with(SKI, true, &tlv(4, &[&[1; 20]]))),
    case("rfc5280-4.2.1.2-ski-missing", || der(ca().without(SKI))),
    case("rfc5280-4.2.1.2-ski-missing-end-entity", || der(leaf().without(SKI))),
    case("rfc5280-4.2.1.9-basic-constraints-critical", || {
        ca_with(BASIC, false, &sequence(&[vec![1, 1, 0xff]]))
    }),
    case("rfc5280-4.2.1.9-path-length-negative", || {
        ca_with(BASIC, true, &sequence(&[vec![1, 1, 0xff], vec![2, 1, 0xff]]))
    }),
    case("rfc5280-4.2.1.9-path-length-without-ca", || {
        leaf_with(BASIC, true, &sequence(&[vec![2, 1, 0]]))
    }),
    case("rfc5280-4.2.1.9-path-length-without-cert-sign", || {
        let limited = sequence(&[vec![1, 1, 0xff], vec![2, 1, 0]]);
        der(ca().set(BASIC, true, &limited).set(USAGE, true, &[3, 2, 1, 2]))
    }),
    case("rfc5280-4.2.1.3-key-usage-critical", || leaf_with(USAGE, false, &[3, 2, 7, 0x80])),
    case("rfc5280-4.2.1.3-key-usage-empty", || leaf_with(USAGE, true, &[3, 1, 0])),
    case("rfc5280-4.2.1.3-key-usage-missing", || der(ca().without(USAGE))),
    case("rfc5280-4.2.1.9-cert-sign-without-ca", || leaf_with(USAGE, true, &[3, 2, 2, 4])),
    case("rfc5280-4.2.1.3-crl-sign-without-ca", || leaf_with(USAGE, true, &[3, 2, 1, 2])),
    case("rfc5280-4.2.1.3-only-without-key-agreement", || leaf_with(USAGE, true, &[3, 2, 0, 0x81])),
    case("rfc8813-3-curve-enciphers", || leaf_with(USAGE, true, &[3, 2, 5, 0xa0])),
    case("rfc3279-2.3.1-rsa-agrees", || der(rsa_leaf().set(USAGE, true, &[3, 2, 3, 0x88]))),
    case("rfc5280-4.2.1.12-extended-empty", || leaf_with(EXTENDED, false, &sequence(&[]))),
    case("certwright-extended-usages", || {
        let many: Vec<_> = (0..65).map(|number| oid(&format!("1.2.3.{number}"))).collect();
        leaf_with(EXTENDED, false, &sequence(&many))
    }),
    case("rfc5280-4.2.1.12-extended-twice", || {
        leaf_with(EXTENDED, false, &sequence(&[oid(SERVER_AUTH), oid(SERVER_AUTH)]))
    }),
    // contentCommitment beside serverAuth.
    case("rfc5280-4.2.1.12-key-usage-inconsistent", || leaf_with(USAGE, true, &[3, 2, 6, 0x40])),
    case("rfc5280-4.2.1.12-any-critical", || {
        leaf_with(EXTENDED, true, &sequence(&[oid("2.5.29.37.0")]))
    }),
    case("rfc3161-2.3-time-stamping", || {
        leaf_with(EXTENDED, false, &sequence(&[oid("1.3.6.1.5.5.7.3.8")]))
    }),
    case("rfc5280-4.2.1.10-name-constraints-critical", || ca_with(NAMES, false, &permitted(&[]))),
    case("rfc5280-4.2.1.10-name-constraints-empty", || ca_with(NAMES, true, &sequence(&[]))),
    case("certwright-name-subtrees", || {
        let subtree = sequence(&[tlv(0x82, &[b"certwright.net"])]);
        ca_with(NAMES, true, &sequence(&[tlv(0xa0, &[&subtree.repeat(257)])]))
    }),
    case("rfc5280-4.2.1.10-name-constraints-not-ca", || leaf_with(NAMES, true, &permitted(&[]))),
    case("rfc5280-4.2.1.10-name-constraints-ip", || {
        let subtree = sequence(&[tlv(0x87, &[&[10, 0, 0, 0]])]);
        ca_with(NAMES, true, &sequence(&[tlv(0xa1, &[&subtree])]))
    }),
    case("rfc5280-4.2.1.10-name-constraints-ip", || {
        let subtree = sequence(&[tlv(0x87, &[&[10, 0, 0, 0, 255, 0, 255, 0]])]);
        ca_with(NAMES, true, &sequence(&[tlv(0xa1, &[&subtree])]))
    }),
    case("rfc5280-4.2.1.6-dns-form", || {
        let subtree = sequence(&[tlv(0x82, &[b".examp,e.org"])]);
        ca_with(NAMES, true, &sequence(&[tlv(0xa1, &[&subtree])]))
    }),
    case("rfc5280-4.2.1.10-name-constraints-form", || excluded(tlv(0x82, &[b"*.certwright.net"]))),
    case("rfc5280-4.2.1.10-name-constraints-form", || excluded(tlv(0x82, &[b"10.0.0.1"]))),
    case("rfc5280-4.2.1.10-name-constraints-form", || excluded(tlv(0x81, &[b""]))),
    case("rfc5280-4.2.1.10-name-constraints-form", || excluded(tlv(0x81, &[b"a@.certwright.net"]))),
    case("rfc5280-4.2.1.10-name-constraints-form", || excluded(tlv(0x81, &[b"certwright.net."]))),
    case("rfc5280-4.2.1.10-name-constraints-form", || {
        excluded(tlv(0x86, &[b"https://certwright.net"]))
    }),
    case("rfc5280-4.2.1.10-name-constraints-form", || {
        excluded(tlv(0x86, &[b"certwright.net:443"]))
    }),
    case("rfc5280-4.2.1.10-name-constraints-form", || excluded(tlv(0x86, &[b"a@certwright.net"]))),
    case("rfc5280-4.2.1.10-name-constraints-form", || excluded(tlv(0x86, &[b"192.0.2.1"]))),
    case("rfc4291-2.5.5.2-name-constraints-ip-mapped", || {
        let address = [&[0; 10][..], &[0xff, 0xff, 10, 0, 0, 0]].concat();
        excluded(tlv(0x87, &[&address, &[0xff; 13], &[0; 3]]))
    }),
    case("rfc5280-4.2.1.10-name-constraints-bounds", || {
        ca_with(NAMES, true, &permitted(&tlv(0x80, &[&[0]])))
    }),
    case("rfc5280-4.2.1.10-name-constraints-bounds", || {
        ca_with(NAMES, true, &permitted(&tlv(0x81, &[&[1]])))
    }),
    case("rfc5280-4.2.1.4-policy-twice", || {
        leaf_with(POLICIES, false, &policies(&["1.2.3.4", "1.2.3.4"]))
    }),
    case("certwright-policies", || {
        let many: Vec<String> = (0..65).map(|number| format!("1.2.3.{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        leaf_with(POLICIES, false, &policies(&many))
    }),
    case("rfc5280-4.2.1.5-mappings-critical", || mapping(false, "1.2.3.4")),
    case("rfc5280-4.2.1.5-mapping-any", || mapping(true, "2.5.29.32.0")),
    case("rfc5280-4.2.1.11-policy-constraints-critical", || {
        ca_with("2.5.29.36", false, &sequence(&[tlv(0x80, &[&[0]])]))
    }),
    case("rfc5280-4.2.1.11-policy-constraints-empty", || {
        ca_with("2.5.29.36", true, &sequence(&[]))
    }),
    case("rfc5280-4.2.1.14-inhibit-any-critical", || ca_with("2.5.29.54", false, &[2, 1, 0])),
    case("rfc5280-4.2.1.8-directory-attributes-critical", || {
        leaf_with("2.5.29.9", true, &sequence(&[]))
    }),
    case("rfc5280-4.2.1.13-points-critical", || {
        leaf_with(CDP, true, &sequence(&[point(b"http://crl.certwright.net")]))
    }),
    case("rfc5280-4.2.1.13-points-empty", || leaf_with(CDP, false, &sequence(&[]))),
    case("rfc5280-4.2.1.13-point-without-name", || {
        leaf_with(CDP, false, &sequence(&[sequence(&[tlv(0x81, &[&[7, 0x80]])])]))
    }),
    case("rfc5280-4.2.1.6-uri-form", || leaf_with(CDP, false, &sequence(&[point(b"ca.crl")]))),
    case("rfc5280-4.2.1.15-freshest-critical", || {
        leaf_with(FRESHEST, true, &sequence(&[point(b"http://crl.certwright.net/d")]))
    }),
    case("rfc5280-4.2.2-access-critical", || {
        leaf_with(AIA, true, &access(&tlv(0x86, &[b"http://ocsp.certwright.net"])))
    }),
    case("rfc5280-4.2.2-access-empty", || leaf_with(AIA, false, &sequence(&[]))),
    case("rfc5280-4.2.1.6-uri-form", || {
        leaf_with(AIA, false, &access(&tlv(0x86, &[b"ocsp.certwright.net"])))
    }),
    case("rfc5280-4.2.1.6-names-empty", || leaf_with("2.5.29.18", false, &alt_names(&[]))),
];

fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    der(rsa_leaf().field(KEY, rsa_key(modulus, exponent)))
}

/// The certificate of a CA that excludes this whole base.
fn excluded(base: Vec<u8>) -> Vec<u8> {
    ca_with(NAMES, true, &sequence(&[tlv(0xa1, &[&sequence(&[base])])]))
}

/// Name constraints that permit one zone, with this after it.
fn permitted(bounds: &[u8]) -> Vec<u8> {
    let subtree = sequence(&[tlv(0x82, &[b"certwright.net"]), bounds.to_vec()]);
    sequence(&[tlv(0xa0, &[&subtree])])
}

fn policies(oids: &[&str]) -> Vec<u8> {
    sequence(&oids.iter().map(|id| sequence(&[oid(id)])).collect::<Vec<_>>())
}

/// A CA that maps a policy to this one.
fn mapping(critical: bool, to: &str) -> Vec<u8> {
    let pair = sequence(&[oid("1.2.3.5"), oid(to)]);
    ca_with("2.5.29.33", critical, &sequence(&[pair]))
}
