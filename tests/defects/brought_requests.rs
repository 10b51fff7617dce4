//! Requests as other programs write them: read, shown with type and value, and issued or denied by
//! name.

use certwright::error::Rule;
use certwright::name::GeneralName;
use certwright::policy::{Decision, OnDenial};
use certwright::{CertificateRequest, KeyPair};

use crate::common;
use crate::craft::{self, Ladder, SUBJECT_ALT_NAME, internal};

/// The kit of China's CFCA leaves out the SET around the one value of an attribute.
#[test]
fn attributes_without_their_set_are_read() {
    with_a_key(|_, key| {
        let set_less = |id: &str, value: &[u8]| craft::sequence(&[craft::oid(id), value.to_vec()]);
        let names = craft::alt_names(&[(0x82, b"a.internal")]);
        let asked = craft::sequence(&[craft::extension(SUBJECT_ALT_NAME, false, &names)]);
        let attributes = [
            set_less("1.2.840.113549.1.9.63", &craft::tlv(4, &[b"kept"])),
            set_less("1.2.840.113549.1.9.7", &craft::tlv(0x13, &[b"111111"])),
            set_less(craft::EXTENSION_REQUEST, &asked),
        ];
        let der = craft::request(&craft::name(&[]), &attributes, key);
        let request = CertificateRequest::from_der(&der).unwrap();
        assert_eq!(request.attributes().count(), 2);
        let shown: Vec<String> = shown(&request);
        assert_eq!(shown, ["DNS:a.internal"]);
        // Two values need the SET.
        let two = [craft::tlv(4, &[b"one"]), craft::tlv(4, &[b"two"])].concat();
        let attributes = [set_less("1.2.840.113549.1.9.63", &two)];
        let der = craft::request(&craft::name(&[]), &attributes, key);
        assert!(CertificateRequest::from_der(&der).is_err());
    });
}

#[test]
fn a_name_of_any_type_is_read_shown_with_its_value_and_denied_by_name() {
    let other = |id: &str, value: &[u8]| [craft::oid(id), craft::tlv(0xa0, &[value])].concat();
    let text = |tag: u8, text: &str| craft::tlv(tag, &[text.as_bytes()]);
    let directory = craft::name(&[("2.5.4.3", 0x0c, b"Tom")]);
    let cases: Vec<(u8, Vec<u8>, &str)> = vec![
        (0x82, "b\u{fc}cher.example".into(), "DNS:b\u{fc}cher.example"),
        (0x82, b"b\xfccher.example".to_vec(), "DNS:#62fc636865722e65… (14 bytes)"),
        (0x82, "a\u{202e}b.example".into(), "DNS:a\\u{202e}b.example"),
        (0x81, "j\u{f6}rg@a.example".into(), "email:j\u{f6}rg@a.example"),
        (0x86, "https://\u{fc}.example/".into(), "URI:https://\u{fc}.example/"),
        (
            0xa0,
            other("1.3.6.1.4.1.311.20.2.3", &text(0x0c, "tom@corp.example")),
            "otherName:UPN:tom@corp.example",
        ),
        (
            0xa0,
            other("1.3.6.1.5.5.7.8.7", &text(0x16, "_ldap.a.example")),
            "otherName:SRV:_ldap.a.example",
        ),
        (0xa0, other("1.2.3.4", &[5, 0]), "otherName:1.2.3.4:#0500"),
        (0xa0, b"\x01\x01\x00".to_vec(), "otherName:#010100"),
        (0xa4, directory, "directoryName:CN=Tom"),
        (0xa5, vec![0x81, 1, b'x'], "ediPartyName:#810178"),
        (0x88, craft::oid("1.2.3")[2..].to_vec(), "registeredID:1.2.3"),
        (0x88, vec![0x80, 1], "registeredID:#8001"),
    ];
    with_a_key(|ladder, key| {
        for (tag, content, expected) in &cases {
            let value = craft::alt_names(&[(0x82, b"a.internal"), (*tag, content)]);
            let asked = [craft::extension(SUBJECT_ALT_NAME, false, &value)];
            let attributes = [craft::extension_request(&asked)];
            let der = craft::request(&craft::name(&[]), &attributes, key);
            let request = CertificateRequest::from_der(&der).unwrap();
            assert_eq!(shown(&request), ["DNS:a.internal", expected]);

            let authority = ladder.authority(internal().with_on_denial(OnDenial::LeaveOut));
            let issued = authority.issue(&request).unwrap();
            let carried = issued.certificate().alt_names();
            assert!(matches!(carried, [GeneralName::Dns(name)] if name == "a.internal"));
            let item = issued.outcome().iter().find(|item| item.value == *expected).unwrap();
            let Decision::Denied(reason) = &item.decision else { panic!("{item:?}") };
            let is_text = *tag & 0xa0 == 0x80 && *tag != 0x88;
            let malformed = is_text || expected.contains(":#") && !expected.contains(":1.2.3.4:");
            let malformed = malformed && *tag != 0xa5;
            let rule = if malformed { Rule::NameMalformed } else { Rule::NameNotAllowed };
            assert_eq!(reason.rule, rule, "{expected}: {reason}");
            assert_eq!(is_text, reason.to_string().contains("xn--"), "{reason}");
        }
    });
}

fn shown(request: &CertificateRequest) -> Vec<String> {
    request.requested_alt_names().iter().map(ToString::to_string).collect()
}

fn with_a_key(test: impl Fn(&Ladder, &KeyPair)) {
    if let Some(algorithm) = common::families().first() {
        let ladder = Ladder::new(*algorithm);
        let key = ladder.leaf_key();
        test(&ladder, &key);
    }
}
