//! Requests, certificates and keys that are cut short or damaged: no panic, and nothing damaged is
//! taken for the whole.

use certwright::key::KeyFamily;
use certwright::name::{GeneralSubtree, NameConstraints};
use certwright::{
    Certificate, CertificateRequest, Chain, ChainVerifier, Issuer, KeyAlgorithm, KeyPair, Profile,
    Signer,
};

use crate::common;
use crate::craft::{self, Ladder, internal, now};

/// What one byte is damaged with.
const MASKS: [u8; 3] = [0x01, 0x80, 0xff];

#[test]
fn no_part_of_a_request_is_read_as_a_request() {
    for algorithm in common::families() {
        let der = request(algorithm);
        CertificateRequest::from_der(&der).unwrap();
        no_prefix_and_no_tail(&der, |bytes| CertificateRequest::from_der(bytes).is_err());
    }
}

#[test]
fn no_part_of_a_certificate_is_read_as_a_certificate() {
    for algorithm in common::families() {
        for certificate in certificates(algorithm) {
            let der = certificate.as_der();
            no_prefix_and_no_tail(der, |bytes| Certificate::from_der(bytes).is_err());
        }
    }
}

#[test]
fn no_part_of_a_private_key_is_read_as_a_private_key() {
    for algorithm in common::families() {
        let der = craft::key(algorithm, 0).to_pkcs8_der().unwrap();
        no_prefix_and_no_tail(der.as_bytes(), |bytes| KeyPair::from_pkcs8_der(bytes).is_err());
    }
}

#[test]
fn a_request_with_a_damaged_byte_is_refused() {
    for algorithm in common::families() {
        damage(&request(algorithm), 1, |bytes, at| {
            let read = CertificateRequest::from_der(bytes);
            assert!(read.is_err(), "{algorithm}: byte {at} can be changed: {read:?}");
        });
    }
}

#[test]
fn a_certificate_with_a_damaged_byte_is_refused_or_does_not_verify() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let anchor = ladder.root.certificate().clone();
        let verifier = ChainVerifier::new([anchor], now());
        for (number, certificate) in certificates(algorithm).into_iter().enumerate() {
            // The leaf is the authority's, the intermediate the root's.
            let issuer = [&ladder.ca, &ladder.root][number].certificate().public_key().unwrap();
            certificate.verify_signature(issuer).unwrap();
            damage(certificate.as_der(), common::step(3), |bytes, at| {
                let Ok(read) = Certificate::from_der(bytes) else { return };
                assert_eq!(read.as_der(), bytes);
                assert!(read.verify_signature(issuer).is_err(), "{algorithm}: byte {at}");
                // All that people and programs look at comes without a panic.
                let names: Vec<_> = read.alt_names().iter().map(|name| name.check()).collect();
                let constraints = read.name_constraints();
                let refused: Vec<_> =
                    constraints.map(|c| c.refuse_subject(read.subject())).into_iter().collect();
                let _ =
                    format!("{read:?} {} {} {names:?} {refused:?}", read.issuer(), read.validity());
                let chain =
                    Chain::new(read.clone(), ladder.ca.chain().certificates().cloned().collect());
                assert!(verifier.verify(&chain.unwrap()).is_err(), "{algorithm}: byte {at}");
                let _ = Issuer::load(vec![read], ladder.ca_key());
            });
        }
    }
}

#[test]
fn a_private_key_with_a_damaged_byte_is_refused_or_the_same_key() {
    for algorithm in common::families() {
        let key = craft::key(algorithm, 0);
        let der = key.to_pkcs8_der().unwrap();
        // An RSA key is checked for primes, which takes its time.
        let rsa = algorithm.family() == KeyFamily::Rsa;
        let step = if !rsa {
            1
        } else if cfg!(debug_assertions) {
            13
        } else {
            3
        };
        damage(der.as_bytes(), step, |bytes, at| {
            let Ok(read) = KeyPair::from_pkcs8_der(bytes) else { return };
            assert_eq!(read.public_key(), key.public_key(), "{algorithm}: byte {at}");
            assert_eq!(read.to_pkcs8_der().unwrap().as_bytes(), der.as_bytes());
            let signature = read.sign(b"message").unwrap();
            key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
        });
    }
}

#[test]
fn a_wrong_length_anywhere_inside_is_refused() {
    let lengths: [fn(usize) -> Vec<u8>; 5] = [
        |_| vec![0x84, 0xff, 0xff, 0xff, 0xff], // four gigabytes
        |_| vec![0x88; 9],                      // more than any machine counts
        |_| vec![0xff],                         // reserved (X.690 section 8.1.3.5)
        |_| vec![0x80],                         // indefinite, which DER has not
        |length| vec![0x83, 0, (length >> 8) as u8, length as u8], // not the shortest form
    ];
    for length in lengths {
        each_value_changed(&|value| {
            let (header, end) = craft::extent(value);
            [&value[..1], &length(end - header), &value[header..]].concat()
        });
    }
}

#[test]
fn a_value_too_many_anywhere_inside_is_refused() {
    each_value_changed(&|value| {
        let (header, _) = craft::extent(value);
        let extra: &[u8] = if value[0] & 0x20 != 0 { &[5, 0] } else { &[] };
        craft::tlv(value[0], &[&value[header..], extra])
    });
}

/// Changes each value inside requests and certificates, in turn; what differs is refused.
fn each_value_changed(change: &dyn Fn(&[u8]) -> Vec<u8>) {
    for algorithm in common::families() {
        let whole = request(algorithm);
        let mut changed = changed(&whole, change);
        changed.retain(|bytes| *bytes != whole);
        assert!(changed.len() > 15);
        for bytes in changed {
            if let Ok(read) = CertificateRequest::from_der(&bytes) {
                same_request(&read, &whole);
            }
        }
        for certificate in certificates(algorithm) {
            for bytes in self::changed(certificate.as_der(), change) {
                if bytes == certificate.as_der() {
                    continue;
                }
                // Algorithms are read as they are, known or not, and refused where they are used.
                let read = Certificate::from_der(&bytes);
                let refused = match read {
                    Ok(read) => read.public_key().is_err() || read.signature_algorithm().is_err(),
                    Err(_) => true,
                };
                assert!(refused, "{bytes:02x?}");
            }
        }
    }
}

/// Only the algorithm of the signature stands outside of what is signed, and some write its absent
/// parameters as NULL; nothing else may differ.
fn same_request(read: &CertificateRequest, whole: &[u8]) {
    let (ours, theirs) = (craft::children(read.as_der()), craft::children(whole));
    assert_eq!((&ours[0], &ours[2]), (&theirs[0], &theirs[2]));
    assert_eq!(craft::children(&ours[1])[0], craft::children(&theirs[1])[0]);
    let whole = CertificateRequest::from_der(whole).unwrap();
    assert_eq!(read.signature_algorithm(), whole.signature_algorithm());
    assert_eq!((read.subject(), read.public_key()), (whole.subject(), whole.public_key()));
    assert_eq!(read.requested_extensions(), whole.requested_extensions());
}

/// The value with each value inside it, in turn, changed; the lengths around it fit.
fn changed(der: &[u8], change: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    let (header, end) = craft::extent(der);
    let mut found = vec![change(der)];
    let constructed = der[0] & 0x20 != 0;
    // The value of an extension is DER inside an OCTET STRING.
    let wraps = der[0] == craft::OCTET_STRING
        && end - header > 2
        && matches!(der[header], 0x03 | 0x04 | 0x30)
        && craft::is_value(&der[header..end]);
    if constructed || wraps {
        let parts = craft::children(der);
        for (at, part) in parts.iter().enumerate() {
            for other in changed(part, change) {
                let (before, after) = (parts[..at].concat(), parts[at + 1..].concat());
                found.push(craft::tlv(der[0], &[&before, &other, &after]));
            }
        }
    }
    found
}

/// Every prefix, and the whole with something after it.
fn no_prefix_and_no_tail(der: &[u8], refused: impl Fn(&[u8]) -> bool) {
    assert!(!refused(der));
    for length in 0..der.len() {
        assert!(refused(&der[..length]), "{length} of {} bytes", der.len());
    }
    for tail in [&[0][..], &[5, 0], der] {
        assert!(refused(&[der, tail].concat()), "{} bytes more", tail.len());
    }
}

/// Every `step`th byte damaged with each mask; each is damaged once at least.
fn damage(der: &[u8], step: usize, check: impl Fn(&[u8], usize)) {
    for (number, mask) in MASKS.into_iter().enumerate() {
        for at in (number % step..der.len()).step_by(step) {
            let mut damaged = der.to_vec();
            damaged[at] ^= mask;
            check(&damaged, at);
        }
    }
}

/// A request with names, an extension and an attribute.
fn request(algorithm: KeyAlgorithm) -> Vec<u8> {
    let names = ["db.internal", "*.a.internal", "10.0.0.7", "::1"];
    let request = CertificateRequest::builder("CN=db.internal,O=Example,C=DE".parse().unwrap())
        .alt_names(names.map(|name| name.parse().unwrap()))
        .challenge_password("password")
        .unwrap()
        .sign(&craft::key(algorithm, 2));
    request.unwrap().as_der().to_vec()
}

/// A leaf and an intermediate with name constraints.
fn certificates(algorithm: KeyAlgorithm) -> [Certificate; 2] {
    let ladder = Ladder::new(algorithm);
    let names = ["db.internal", "*.a.internal", "10.0.0.7"];
    let policy = internal().allow_wildcards().allow_ip("10.0.0.0/8").unwrap();
    let leaf = ladder.authority(policy).issue(&ladder.request(&names)).unwrap().into_chain();
    let constraints = NameConstraints {
        permitted: vec![
            GeneralSubtree::Dns("internal".to_owned()),
            GeneralSubtree::Ip("10.0.0.0/8".parse().unwrap()),
        ],
        excluded: vec![GeneralSubtree::Directory("O=Example".parse().unwrap())],
    };
    let profile = Profile::intermediate(0).with_name_constraints(constraints);
    let ca = Ladder::below(&ladder.root, profile, ladder.ca_key());
    [leaf.leaf().clone(), ca.certificate().clone()]
}
