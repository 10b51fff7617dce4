//! Good certificates and revocation lists, field by field, to break one thing of. Their signatures
//! and keys are dummies: the linter verifies nothing.

use crate::craft::{Draft, KEY, alt_names, extension, name, oid, sequence, tlv};

pub const VERSION: usize = 0;
pub const ALGORITHM: usize = 2;

pub const AKI: &str = "2.5.29.35";
pub const SKI: &str = "2.5.29.14";
pub const BASIC: &str = "2.5.29.19";
pub const USAGE: &str = "2.5.29.15";
pub const EXTENDED: &str = "2.5.29.37";
pub const SAN: &str = "2.5.29.17";
pub const CDP: &str = "2.5.29.31";
pub const AIA: &str = "1.3.6.1.5.5.7.1.1";
pub const POLICIES: &str = "2.5.29.32";
pub const NAMES: &str = "2.5.29.30";

pub const ECDSA: &str = "1.2.840.10045.4.3.2";
pub const RSA: &str = "1.2.840.113549.1.1.11";
pub const SM2: &str = "1.2.156.10197.1.501";
pub const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";

/// One defect: the rule that names it, those that cannot but see it too, and the DER.
pub struct Case {
    pub rule: &'static str,
    pub companions: &'static [&'static str],
    pub der: fn() -> Vec<u8>,
}

pub const fn case(rule: &'static str, der: fn() -> Vec<u8>) -> Case {
    Case { rule, companions: &[], der }
}

pub const fn with(
    rule: &'static str,
    companions: &'static [&'static str],
    der: fn() -> Vec<u8>,
) -> Case {
    Case { rule, companions, der }
}

/// A TLS server's certificate of a P-256 key, without a fault by any profile but GM/T 0015.
pub fn leaf() -> Draft {
    let fields = vec![
        tlv(0xa0, &[&[2, 1, 2]]),
        tlv(2, &[&[0x5a; 16]]),
        algorithm(ECDSA, &[]),
        common_name(b"CA"),
        validity(b"260601000000Z", b"260830000000Z"),
        common_name(b"db.certwright.net"),
        curve_key("1.2.840.10045.3.1.7", 32),
    ];
    let extensions = vec![
        extension(SKI, false, &tlv(4, &[&[1; 20]])),
        extension(AKI, false, &sequence(&[tlv(0x80, &[&[2; 20]])])),
        extension(USAGE, true, &[3, 2, 7, 0x80]),
        extension(EXTENDED, false, &sequence(&[oid(SERVER_AUTH)])),
        extension(SAN, false, &alt_names(&[(0x82, b"db.certwright.net")])),
        extension(CDP, false, &sequence(&[point(b"http://crl.certwright.net/1.crl")])),
    ];
    Draft { fields, extensions }
}

/// The same of an RSA key, signed by one.
pub fn rsa_leaf() -> Draft {
    leaf().field(ALGORITHM, algorithm(RSA, &[5, 0])).field(KEY, rsa_key(&modulus(2048), &[1, 0, 1]))
}

/// The same of an SM2 key, signed by one.
pub fn sm2_leaf() -> Draft {
    leaf().field(ALGORITHM, algorithm(SM2, &[])).field(KEY, curve_key("1.2.156.10197.1.301", 32))
}

/// An intermediate's certificate.
pub fn ca() -> Draft {
    leaf()
        .field(crate::craft::SUBJECT, common_name(b"Lower CA"))
        .without(EXTENDED)
        .without(SAN)
        .set(BASIC, true, &sequence(&[vec![1, 1, 0xff]]))
        .set(USAGE, true, &[3, 2, 1, 6])
}

/// A certificate of version 1, which has no extensions, self-issued.
pub fn version_1(mut draft: Draft) -> Draft {
    draft.fields.remove(VERSION);
    draft.fields[4] = common_name(b"CA");
    draft.extensions.clear();
    draft
}

/// The DER with a dummy signature and these bytes beside it as its algorithm.
pub fn signed(to_be_signed: &[u8], algorithm: &[u8]) -> Vec<u8> {
    sequence(&[to_be_signed.to_vec(), algorithm.to_vec(), tlv(3, &[&[0], &[0x77; 64]])])
}

/// The DER of a draft.
pub fn der(draft: Draft) -> Vec<u8> {
    let algorithm =
        draft.fields[if draft.fields[VERSION][0] == 0xa0 { ALGORITHM } else { 1 }].clone();
    signed(&to_be_signed(draft), &algorithm)
}

pub fn to_be_signed(draft: Draft) -> Vec<u8> {
    let mut fields = draft.fields;
    if !draft.extensions.is_empty() {
        fields.push(tlv(0xa3, &[&sequence(&draft.extensions)]));
    }
    sequence(&fields)
}

/// A leaf with one extension set.
pub fn leaf_with(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    der(leaf().set(id, critical, value))
}

pub fn ca_with(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    der(ca().set(id, critical, value))
}

pub fn leaf_field(position: usize, value: Vec<u8>) -> Vec<u8> {
    der(leaf().field(position, value))
}

/// A leaf whose subject has this on top.
pub fn subject_with(attribute: (&str, u8, &[u8])) -> Vec<u8> {
    leaf_field(crate::craft::SUBJECT, name(&[attribute, ("2.5.4.3", 0x0c, b"db.certwright.net")]))
}

pub fn algorithm(id: &str, parameters: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&oid(id), parameters])
}

pub fn common_name(text: &[u8]) -> Vec<u8> {
    name(&[("2.5.4.3", 0x0c, text)])
}

pub fn validity(from: &[u8], to: &[u8]) -> Vec<u8> {
    sequence(&[tlv(0x17, &[from]), tlv(0x17, &[to])])
}

/// A key with the shape of a point on a curve.
pub fn curve_key(curve: &str, bytes: usize) -> Vec<u8> {
    let parameters = algorithm("1.2.840.10045.2.1", &oid(curve));
    sequence(&[parameters, tlv(3, &[&[0, 4], &vec![3; 2 * bytes]])])
}

pub fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    rsa_key_with(&[5, 0], modulus, exponent)
}

pub fn rsa_key_with(parameters: &[u8], modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = sequence(&[tlv(2, &[modulus]), tlv(2, &[exponent])]);
    sequence(&[algorithm("1.2.840.113549.1.1.1", parameters), tlv(3, &[&[0], &key])])
}

/// An odd number of so many bits, as an INTEGER holds it.
pub fn modulus(bits: usize) -> Vec<u8> {
    [vec![0], vec![0xc1; bits / 8]].concat()
}

/// A distribution point with a URL.
pub fn point(url: &[u8]) -> Vec<u8> {
    sequence(&[tlv(0xa0, &[&tlv(0xa0, &[&tlv(0x86, &[url])])])])
}

/// An OCSP responder, as authorityInfoAccess names it.
pub fn access(location: &[u8]) -> Vec<u8> {
    sequence(&[sequence(&[oid("1.3.6.1.5.5.7.48.1"), location.to_vec()])])
}

/// A revocation list that can be changed.
pub struct List {
    pub version: Vec<u8>,
    /// signature, issuer, thisUpdate, nextUpdate.
    pub fields: Vec<Vec<u8>>,
    pub entries: Option<Vec<Vec<u8>>>,
    pub extensions: Vec<Vec<u8>>,
}

/// A full list of two entries.
pub fn list() -> List {
    List {
        version: vec![2, 1, 1],
        fields: vec![
            algorithm(ECDSA, &[]),
            common_name(b"CA"),
            tlv(0x17, &[b"260601000000Z"]),
            tlv(0x17, &[b"260608000000Z"]),
        ],
        entries: Some(vec![
            entry(&[7], &[]),
            entry(&[8], &[extension(REASON, false, &[10, 1, 1])]),
        ]),
        extensions: vec![
            extension(AKI, false, &sequence(&[tlv(0x80, &[&[2; 20]])])),
            extension(NUMBER, false, &[2, 1, 9]),
        ],
    }
}

/// A delta to list 8.
pub fn delta() -> List {
    list().set(DELTA, true, &[2, 1, 8])
}

pub const REASON: &str = "2.5.29.21";
pub const NUMBER: &str = "2.5.29.20";
pub const DELTA: &str = "2.5.29.27";
pub const IDP: &str = "2.5.29.28";
pub const FRESHEST: &str = "2.5.29.46";

pub fn entry(serial: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = vec![tlv(2, &[serial]), tlv(0x17, &[b"260531000000Z"])];
    if !extensions.is_empty() {
        parts.push(sequence(extensions));
    }
    sequence(&parts)
}

impl List {
    pub fn set(mut self, id: &str, critical: bool, value: &[u8]) -> Self {
        self = self.without(id);
        self.extensions.push(extension(id, critical, value));
        self
    }

    pub fn without(mut self, id: &str) -> Self {
        self.extensions.retain(|old| crate::craft::children(old)[0] != oid(id));
        self
    }

    pub fn field(mut self, position: usize, value: Vec<u8>) -> Self {
        self.fields[position] = value;
        self
    }

    /// With one more entry, of this extension.
    pub fn entry(mut self, id: &str, critical: bool, value: &[u8]) -> Self {
        let entry = entry(&[9], &[extension(id, critical, value)]);
        self.entries.as_mut().unwrap().push(entry);
        self
    }

    pub fn der(self) -> Vec<u8> {
        let algorithm = self.fields[0].clone();
        let mut fields = vec![self.version];
        fields.extend(self.fields);
        fields.extend(self.entries.map(|entries| sequence(&entries)));
        if !self.extensions.is_empty() {
            fields.push(tlv(0xa0, &[&sequence(&self.extensions)]));
        }
        signed(&sequence(&fields), &algorithm)
    }
}
