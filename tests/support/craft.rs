//! Certificates and requests made by hand: what no honest builder makes, with good signatures.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use certwright::key::SignatureAlgorithm;
use certwright::time::{FixedClock, Time, Validity};
use certwright::{
    AltName, Authority, Certificate, CertificateRequest, Issuer, KeyAlgorithm, KeyPair,
    MemoryStore, Policy, Profile, SerialNumber, Signer,
};
use der::asn1::ObjectIdentifier;

pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;
pub const OCTET_STRING: u8 = 0x04;

pub const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
pub const KEY_USAGE: &str = "2.5.29.15";
pub const SUBJECT_ALT_NAME: &str = "2.5.29.17";
pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
pub const EXTENSION_REQUEST: &str = "1.2.840.113549.1.9.14";

/// The positions of fields in a to-be-signed certificate.
pub const SERIAL: usize = 1;
const ALGORITHM: usize = 2;
pub const ISSUER: usize = 3;
pub const VALIDITY: usize = 4;
pub const SUBJECT: usize = 5;
pub const KEY: usize = 6;

/// A certificate that can be changed and signed again.
#[derive(Clone)]
pub struct Draft {
    /// The fields before the extensions, each with tag and length.
    pub fields: Vec<Vec<u8>>,
    pub extensions: Vec<Vec<u8>>,
}

impl Draft {
    pub fn of(certificate: &Certificate) -> Self {
        let mut fields = children(certificate.to_be_signed());
        let list = fields.pop().unwrap();
        Self { fields, extensions: children(&children(&list)[0]) }
    }

    /// Puts an extension in the place of the one with its identifier, or at the end.
    pub fn set(mut self, id: &str, critical: bool, value: &[u8]) -> Self {
        let new = extension(id, critical, value);
        match self.extensions.iter_mut().find(|old| children(old)[0] == oid(id)) {
            Some(old) => *old = new,
            None => self.extensions.push(new),
        }
        self
    }

    pub fn without(mut self, id: &str) -> Self {
        self.extensions.retain(|old| children(old)[0] != oid(id));
        self
    }

    pub fn field(mut self, position: usize, value: Vec<u8>) -> Self {
        self.fields[position] = value;
        self
    }

    pub fn sign(&self, signer: &dyn Signer) -> Certificate {
        Certificate::from_der(&self.sign_der(signer)).unwrap()
    }

    /// The DER, which may be no certificate at all.
    pub fn sign_der(&self, signer: &dyn Signer) -> Vec<u8> {
        let mut fields = self.fields.clone();
        fields[ALGORITHM] = signature_algorithm(signer.algorithm());
        if !self.extensions.is_empty() {
            fields.push(tlv(0xa3, &[&sequence(&self.extensions)]));
        }
        signed(&sequence(&fields), signer)
    }
}

/// A request with this subject and these whole attributes.
pub fn request(subject: &[u8], attributes: &[Vec<u8>], signer: &dyn Signer) -> Vec<u8> {
    let attributes = tlv(0xa0, &[&attributes.concat()]);
    let key = signer.public_key().to_der();
    signed(&tlv(SEQUENCE, &[&[2, 1, 0], subject, &key, &attributes]), signer)
}

/// The attribute that asks for these whole extensions.
pub fn extension_request(extensions: &[Vec<u8>]) -> Vec<u8> {
    attribute(EXTENSION_REQUEST, &sequence(extensions))
}

/// An attribute of a request with one value.
pub fn attribute(id: &str, value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&oid(id), &tlv(SET, &[value])])
}

pub fn extension(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    tlv(SEQUENCE, &[&oid(id), critical, &tlv(OCTET_STRING, &[value])])
}

/// The value of subjectAltName with these tagged names.
pub fn alt_names(names: &[(u8, &[u8])]) -> Vec<u8> {
    sequence(&names.iter().map(|(tag, bytes)| tlv(*tag, &[bytes])).collect::<Vec<_>>())
}

/// A name of one attribute a relative name: type, string tag, bytes.
pub fn name(attributes: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let relative = attributes
        .iter()
        .map(|(id, tag, bytes)| tlv(SET, &[&tlv(SEQUENCE, &[&oid(id), &tlv(*tag, &[bytes])])]));
    sequence(&relative.collect::<Vec<_>>())
}

/// The signed envelope of to-be-signed bytes.
pub fn signed(to_be_signed: &[u8], signer: &dyn Signer) -> Vec<u8> {
    let signature = signer.sign(to_be_signed).unwrap();
    envelope(to_be_signed, signer.algorithm(), &signature)
}

pub fn envelope(to_be_signed: &[u8], algorithm: SignatureAlgorithm, signature: &[u8]) -> Vec<u8> {
    let signature = tlv(3, &[&[0], signature]);
    tlv(SEQUENCE, &[to_be_signed, &signature_algorithm(algorithm), &signature])
}

pub fn signature_algorithm(algorithm: SignatureAlgorithm) -> Vec<u8> {
    let (id, parameters): (&str, &[u8]) = match algorithm {
        SignatureAlgorithm::EcdsaSha256 => ("1.2.840.10045.4.3.2", &[]),
        SignatureAlgorithm::EcdsaSha384 => ("1.2.840.10045.4.3.3", &[]),
        SignatureAlgorithm::EcdsaSha512 => ("1.2.840.10045.4.3.4", &[]),
        SignatureAlgorithm::RsaSha256 => ("1.2.840.113549.1.1.11", &[5, 0]),
        SignatureAlgorithm::RsaSha384 => ("1.2.840.113549.1.1.12", &[5, 0]),
        SignatureAlgorithm::RsaSha512 => ("1.2.840.113549.1.1.13", &[5, 0]),
        SignatureAlgorithm::Sm2Sm3 => ("1.2.156.10197.1.501", &[]),
        other => panic!("the tests do not know {other}"),
    };
    tlv(SEQUENCE, &[&oid(id), parameters])
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(SEQUENCE, &[&parts.concat()])
}

pub fn oid(text: &str) -> Vec<u8> {
    tlv(6, &[ObjectIdentifier::new(text).unwrap().as_bytes()])
}

/// Tag, length and value.
pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut out = vec![tag];
    if content.len() >= 0x80 {
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    } else {
        out.push(content.len() as u8);
    }
    [out, content].concat()
}

/// The values inside the one value of `der`, each with tag and length.
pub fn children(der: &[u8]) -> Vec<Vec<u8>> {
    let (header, end) = extent(der);
    let mut rest = &der[header..end];
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (_, end) = extent(rest);
        found.push(rest[..end].to_vec());
        rest = &rest[end..];
    }
    found
}

/// Where the content of the first value begins and ends.
pub fn extent(der: &[u8]) -> (usize, usize) {
    read_extent(der).unwrap()
}

/// The same of bytes that may be no value.
fn read_extent(der: &[u8]) -> Option<(usize, usize)> {
    let short = usize::from(*der.get(1)?);
    let (header, length) = match short.checked_sub(0x80) {
        None => (2, short),
        Some(count) if count <= 4 => {
            let bytes = der.get(2..2 + count)?;
            (2 + count, bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
        }
        Some(_) => return None,
    };
    (header + length <= der.len()).then_some((header, header + length))
}

/// Whether bytes are one value, and what is inside a constructed one are values again. Random bytes
/// may look like a value at first.
pub fn is_value(der: &[u8]) -> bool {
    let Some((header, end)) = read_extent(der) else { return false };
    let mut rest = &der[header..end];
    if end != der.len() {
        return false;
    }
    while der[0] & 0x20 != 0 && !rest.is_empty() {
        let Some((_, end)) = read_extent(rest) else { return false };
        if !is_value(&rest[..end]) {
            return false;
        }
        rest = &rest[end..];
    }
    true
}

/// The key with this number, made once in a test binary.
pub fn key(algorithm: KeyAlgorithm, number: usize) -> Arc<KeyPair> {
    static KEYS: Mutex<BTreeMap<String, Arc<KeyPair>>> = Mutex::new(BTreeMap::new());
    let mut keys = KEYS.lock().unwrap();
    let new = || Arc::new(KeyPair::generate(algorithm).unwrap());
    keys.entry(format!("{algorithm} {number}")).or_insert_with(new).clone()
}

/// When everything here happens.
pub fn now() -> Time {
    time("2026-06-01T00:00:00Z")
}

pub fn time(text: &str) -> Time {
    text.parse().unwrap()
}

pub fn period(from: &str, to: &str) -> Validity {
    Validity::new(time(from), time(to)).unwrap()
}

pub fn serial(number: u8) -> SerialNumber {
    SerialNumber::from_bytes(&[number]).unwrap()
}

/// A root and an intermediate whose keys stay at hand: keys 0 and 1.
pub struct Ladder {
    pub algorithm: KeyAlgorithm,
    pub root: Issuer,
    pub ca: Issuer,
}

impl Ladder {
    pub fn new(algorithm: KeyAlgorithm) -> Self {
        let root = Issuer::self_signed_at(
            "CN=Root".parse().unwrap(),
            Profile::root(),
            key(algorithm, 0),
            serial(1),
            period("2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z"),
        );
        let root = root.unwrap();
        let ca = Self::below(&root, Profile::intermediate(0), key(algorithm, 1));
        Self { algorithm, root, ca }
    }

    /// An intermediate named CA, with this profile and key.
    pub fn below(issuer: &Issuer, profile: Profile, key: Arc<KeyPair>) -> Issuer {
        let validity = period("2026-01-02T00:00:00Z", "2031-01-01T00:00:00Z");
        issuer.delegate_at("CN=CA".parse().unwrap(), profile, key, serial(2), validity).unwrap()
    }

    pub fn root_key(&self) -> Arc<KeyPair> {
        key(self.algorithm, 0)
    }

    pub fn ca_key(&self) -> Arc<KeyPair> {
        key(self.algorithm, 1)
    }

    pub fn leaf_key(&self) -> Arc<KeyPair> {
        key(self.algorithm, 2)
    }

    /// A request of the leaf's key for these names, the first also as its common name.
    pub fn request(&self, names: &[&str]) -> CertificateRequest {
        CertificateRequest::builder(format!("CN={}", names[0]).parse().unwrap())
            .alt_names(names.iter().map(|name| name.parse::<AltName>().unwrap()))
            .sign(&self.leaf_key())
            .unwrap()
    }

    /// The intermediate as an authority whose clock stands still.
    pub fn authority(&self, policy: Policy) -> Authority {
        Authority::new(self.ca.clone(), policy, MemoryStore::default())
            .with_clock(FixedClock(now()))
    }
}

/// TLS servers below `.internal`.
pub fn internal() -> Policy {
    Policy::new(Profile::tls_server()).allow_dns(".internal").unwrap()
}
