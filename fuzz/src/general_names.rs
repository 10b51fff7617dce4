//! General names: the value of subjectAltName in a certificate, in DER.

use certwright::name::{GeneralName, GeneralSubtree, NameConstraints};
use certwright::{AltName, Certificate, CertificateRequest};

use crate::INPUT_BYTES;
use crate::der::tlv;
use crate::keys::{CA, LEAF, sign_again};

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    let Ok(certificate) = Certificate::from_der(&certificate(input)) else { return };
    let mut checked = Vec::new();
    for name in certificate.alt_names() {
        let _ = format!("{name} {name:?}");
        if let Ok(name) = name.check() {
            let _ = format!("{name} {name:?}");
            assert_eq!(GeneralName::from(&name).check().unwrap(), name);
            checked.push(name);
        }
    }
    checked.truncate(16);
    checked.iter().for_each(constrain);
    written(&checked);
}

/// What passes its check is written, and read the same.
fn written(names: &[AltName]) {
    let request = CertificateRequest::builder("CN=a".parse().unwrap());
    let Ok(request) = request.alt_names(names.iter().cloned()).sign(&*LEAF) else { return };
    let again = CertificateRequest::from_der(request.as_der()).unwrap();
    for name in again.requested_alt_names() {
        assert!(names.contains(&name.check().unwrap()), "{name}");
    }
}

/// What holds a name permits it, and excludes it.
fn constrain(name: &AltName) {
    let subtrees = [
        GeneralSubtree::dns("example.org"),
        GeneralSubtree::dns(""),
        GeneralSubtree::email(".example.org"),
        GeneralSubtree::ip("10.0.0.0/8"),
        GeneralSubtree::uri_host("example.org"),
    ];
    for subtree in subtrees.into_iter().flatten() {
        let one = vec![subtree.clone()];
        let excluded = NameConstraints { excluded: one.clone(), ..Default::default() };
        let permitted = NameConstraints { permitted: one, ..Default::default() };
        let (out, within) = (excluded.refuse(name), permitted.refuse(name));
        if subtree.holds(name) {
            assert!(out.is_some() && within.is_none(), "{subtree} {name}");
        }
    }
}

/// A certificate with these names.
fn certificate(names: &[u8]) -> Vec<u8> {
    let algorithm = tlv(0x30, &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
    let attribute = tlv(0x30, &[&[0x06, 3, 0x55, 4, 3][..], &tlv(0x0c, b"CA")].concat());
    let name = tlv(0x30, &tlv(0x31, &attribute));
    let time = |text: &[u8]| tlv(0x17, text);
    let validity = tlv(0x30, &[time(b"260101000000Z"), time(b"360101000000Z")].concat());
    let extension = tlv(0x30, &[&[0x06, 3, 0x55, 0x1d, 0x11][..], &tlv(4, names)].concat());
    let parts = [
        vec![0xa0, 3, 2, 1, 2],
        vec![2, 1, 7],
        algorithm,
        name.clone(),
        validity,
        name,
        CA.public_key().to_der(),
        tlv(0xa3, &tlv(0x30, &extension)),
    ];
    sign_again(&tlv(0x30, &tlv(0x30, &parts.concat())), &CA).unwrap_or_default()
}
