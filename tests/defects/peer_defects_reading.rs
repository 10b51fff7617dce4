//! Defects that were seen in other engines, in what they read and write without a word: one test each.

use certwright::error::{ChainRule, Rule};
use certwright::profile::Extension;
use certwright::time::Validity;
use certwright::{
    Certificate, CertificateRequest, Chain, ChainVerifier, Error, Policy, Profile, SerialNumber,
};

use crate::common;
use crate::craft::{
    self, AUTHORITY_KEY_IDENTIFIER, Draft, Ladder, SERIAL, VALIDITY, internal, now, time,
};

/// rcgen and x509-cert: serial numbers of 40 bytes, zero, negative. They are read, since RFC 5280 section
/// 4.1.2.2 has readers be prepared for them, and neither made nor believed.
#[test]
fn a_serial_number_is_positive_and_at_most_20_bytes() {
    for bytes in [&[][..], &[0], &[0, 0], &[1; 21], &[1; 40], &[0x80; 20]] {
        assert!(SerialNumber::from_bytes(bytes).is_err(), "{bytes:?}");
    }
    SerialNumber::from_bytes(&[0x7f; 20]).unwrap();
    for_each_family(|ladder| {
        let with = |content: &[u8]| {
            let serial = craft::tlv(2, &[content]);
            let draft = Draft::of(ladder.ca.certificate()).field(SERIAL, serial);
            Certificate::from_der(&draft.sign_der(&ladder.root_key()))
        };
        with(&[1]).unwrap();
        with(&[0x7f; 20]).unwrap();
        let root = ladder.root.certificate();
        for content in [[0x01; 21].as_slice(), &[0x01; 40], &[0x80; 3], &[0xff], &[0]] {
            let read = with(content).unwrap();
            assert!(!read.serial().is_conforming(), "{content:?}");
            let verifier = ChainVerifier::new([root.clone()], now());
            let answer = verifier.verify(&Chain::new(read.clone(), Vec::new()).unwrap());
            let Err(Error::Chain(error)) = answer else { panic!("{content:?}: believed") };
            assert_eq!(error.rule, ChainRule::SerialNumber, "{error}");
            // A trust anchor is a name and a key (RFC 5280 section 6.1.1 d).
            let verifier = ChainVerifier::new([read.clone()], now());
            verifier.verify(&Chain::new(read, Vec::new()).unwrap()).unwrap();
        }
        for content in [[0, 1].as_slice(), &[0xff, 0x80], &[], &[0x01; 66]] {
            let error = with(content).unwrap_err();
            assert!(error.to_string().contains("serialNumber"), "{content:?}: {error}");
        }
    });
}

/// rcgen and x509-cert: a period that ends before it begins.
#[test]
fn an_inverted_period_is_refused_in_the_making_and_in_the_reading() {
    let (early, late) = (time("2026-01-01T00:00:00Z"), time("2026-01-01T00:00:01Z"));
    assert!(Validity::new(early, early).is_ok());
    let error = Validity::new(late, early).unwrap_err();
    assert!(error.to_string().contains("earlier than notBefore"), "{error}");
    for_each_family(|ladder| {
        let with = |from: &[u8], to: &[u8]| {
            let period = craft::sequence(&[craft::tlv(0x17, &[from]), craft::tlv(0x17, &[to])]);
            let draft = Draft::of(ladder.ca.certificate()).field(VALIDITY, period);
            Certificate::from_der(&draft.sign_der(&ladder.root_key()))
        };
        with(b"260101000000Z", b"260101000000Z").unwrap();
        let error = with(b"260101000001Z", b"260101000000Z").unwrap_err();
        assert!(error.to_string().contains("earlier than notBefore"), "{error}");
    });
}

/// x509-cert: one extension twice; finalizing twice doubles them all.
#[test]
fn no_extension_comes_twice_in_what_is_written_or_read() {
    for_each_family(|ladder| {
        let grant = internal().review(&ladder.request(&["db.internal"])).approve().unwrap();
        let issue = |number| {
            let prepared = ladder.ca.prepare(&grant, craft::serial(number), now()).unwrap();
            ladder.ca.sign(prepared).unwrap()
        };
        let (first, second) = (issue(1), issue(2));
        assert_eq!(first.extensions(), second.extensions());
        let mut names: Vec<_> = first.extensions().iter().map(|extension| extension.oid).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!((names.len(), count), (5, 5), "SKI, AKI, key usages, alternative names");

        let mut draft = Draft::of(&first);
        let (single, extension) = (draft.sign_der(&ladder.ca_key()), draft.extensions[0].clone());
        Certificate::from_der(&single).unwrap();
        draft.extensions.push(extension.clone());
        let error = Certificate::from_der(&draft.sign_der(&ladder.ca_key())).unwrap_err();
        assert!(error.to_string().contains("extension 2.5.29.14: given twice"), "{error}");
        let attributes = [craft::extension_request(&[extension.clone(), extension])];
        let request = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
        let error = CertificateRequest::from_der(&request).unwrap_err();
        assert!(error.to_string().contains("extension 2.5.29.14: given twice"), "{error}");
        let usage = Extension {
            oid: AUTHORITY_KEY_IDENTIFIER.parse().unwrap(),
            critical: false,
            value: vec![0x30, 0],
        };
        let policy =
            Policy::new(Profile::tls_server().add_extension(usage)).allow_dns(".internal").unwrap();
        let error = ladder.authority(policy).issue(&ladder.request(&["db.internal"])).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::DuplicateExtension, "{error}");
    });
}

fn for_each_family(test: impl Fn(&Ladder)) {
    common::families().into_iter().for_each(|algorithm| test(&Ladder::new(algorithm)));
}
