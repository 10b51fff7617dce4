//! Input that is too deep, too long or too much: each is refused with the limit in the message, and
//! what just fits is read.

use std::slice::from_ref;

use certwright::crl::RevocationList;
use certwright::error::ChainRule;
use certwright::key::PublicKey;
use certwright::lint::Linter;
use certwright::name::{GeneralSubtree, IpNetwork, NameConstraints};
use certwright::time::FixedClock;
use certwright::{
    Authority, Certificate, CertificateRequest, Chain, ChainVerifier, Error, Issuer, KeyPair,
    MemoryStore, Name, Profile, Signer,
};

use crate::common;
use crate::craft::{
    self, AUTHORITY_KEY_IDENTIFIER, Draft, Ladder, NAME_CONSTRAINTS, SUBJECT, SUBJECT_ALT_NAME,
};

const MEGABYTE: usize = 1024 * 1024;

#[test]
fn nesting_of_any_depth_is_refused_without_a_stack_overflow() {
    let deep = |tag: u8, depth: usize| {
        // From the inside out, each length known: three bytes of length for all but the first.
        let mut bytes = Vec::new();
        let mut length = 0;
        for _ in 0..depth {
            let header = craft::tlv(tag, &[&vec![0; length]]);
            let header = header[..header.len() - length].to_vec();
            length += header.len();
            bytes.extend(header.into_iter().rev());
        }
        bytes.reverse();
        bytes
    };
    for tag in [0x30, 0x31, 0xa0, 0xa3, 0xa4, 0x24] {
        let bytes = deep(tag, 2_000);
        assert_eq!(craft::extent(&bytes).1, bytes.len(), "well formed");
        refused_by_all(&bytes);
    }
    for_each_family(|ladder| {
        // Where each reader goes deepest: names, extensions, the identifiers of the issuer.
        for inner in [deep(0x30, 1_000), deep(0xa4, 1_000), deep(0x24, 1_000)] {
            let draft = Draft::of(ladder.ca.certificate());
            for id in ["14", "15", "17", "19", "30", "35", "37"].map(|arc| format!("2.5.29.{arc}"))
            {
                for value in [inner.clone(), craft::sequence(from_ref(&inner))] {
                    let draft = draft.clone().set(&id, false, &value);
                    match Certificate::from_der(&draft.sign_der(&ladder.root_key())) {
                        Err(error) => malformed(error, &[&id]),
                        // A directoryName may hold anything; it is not entered.
                        Ok(read) => assert!(read.alt_names()[0].check().is_err(), "{id}"),
                    }
                }
            }
            // authorityCertIssuer, a directoryName.
            let names = craft::tlv(0xa1, &[&craft::tlv(0xa4, &[&inner])]);
            let identifier = craft::sequence(&[names]);
            let with = draft.clone().set(AUTHORITY_KEY_IDENTIFIER, false, &identifier);
            let error = Certificate::from_der(&with.sign_der(&ladder.root_key())).unwrap_err();
            malformed(error, &[AUTHORITY_KEY_IDENTIFIER]);
            let der = draft.clone().field(SUBJECT, inner.clone()).sign_der(&ladder.root_key());
            malformed(Certificate::from_der(&der).unwrap_err(), &[]);
            // An attribute of a request may hold anything; it is not entered.
            let attributes = [craft::attribute("1.2.3.4", &inner)];
            let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
            assert_eq!(CertificateRequest::from_der(&der).unwrap().attributes().count(), 1);
        }
    });
}

#[test]
fn input_of_two_megabytes_is_refused_before_it_is_read() {
    let noise = vec![0x30; 2 * MEGABYTE];
    let framed = craft::tlv(0x30, &[&vec![0; 2 * MEGABYTE]]);
    for bytes in [noise, framed] {
        let limit = format!("{} bytes; at most {MEGABYTE}", bytes.len());
        malformed(Certificate::from_der(&bytes).unwrap_err(), &[&limit]);
        malformed(CertificateRequest::from_der(&bytes).unwrap_err(), &[&limit]);
        malformed(KeyPair::from_pkcs8_der(&bytes).unwrap_err(), &[&limit]);
        malformed(KeyPair::from_sec1_der(&bytes).unwrap_err(), &[&limit]);
        malformed(KeyPair::from_pkcs1_der(&bytes).unwrap_err(), &[&limit]);
        malformed(KeyPair::from_pkcs8_der_encrypted(&bytes, "x").unwrap_err(), &[&limit]);
        malformed(PublicKey::from_der(&bytes).unwrap_err(), &[&limit]);
    }
    let text = " ".repeat(2 * MEGABYTE);
    let limit = format!("{} bytes; at most {MEGABYTE}", text.len());
    malformed(Certificate::from_pem(&text).unwrap_err(), &[&limit]);
    malformed(CertificateRequest::from_pem(&text).unwrap_err(), &[&limit]);
    malformed(KeyPair::from_pem(&text).unwrap_err(), &[&limit]);
}

#[test]
fn a_thousand_alternative_names_are_read_and_one_more_is_refused() {
    for_each_family(|ladder| {
        let names = |count| craft::alt_names(&vec![(0x82, &b"a.internal"[..]); count]);
        let request = |count| {
            let names = craft::extension(SUBJECT_ALT_NAME, false, &names(count));
            let attributes = [craft::extension_request(&[names])];
            let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
            CertificateRequest::from_der(&der)
        };
        assert_eq!(request(1000).unwrap().requested_alt_names().len(), 1000);
        malformed(request(1001).unwrap_err(), &["2.5.29.17", "more than 1000 names"]);
        let certificate = |count| {
            let draft = Draft::of(ladder.ca.certificate());
            let draft = draft.set(SUBJECT_ALT_NAME, false, &names(count));
            Certificate::from_der(&draft.sign_der(&ladder.root_key()))
        };
        assert_eq!(certificate(1000).unwrap().alt_names().len(), 1000);
        malformed(certificate(1001).unwrap_err(), &["more than 1000 names"]);
        let build = |count| {
            let names = std::iter::repeat_n("a.internal".parse().unwrap(), count);
            let builder = CertificateRequest::builder(Name::default()).alt_names(names);
            builder.sign(&ladder.leaf_key())
        };
        build(1000).unwrap();
        malformed(build(1001).unwrap_err(), &["alternative names", "more than 1000"]);
    });
}

#[test]
fn sixty_four_extensions_and_attributes_are_read_and_one_more_is_refused() {
    for_each_family(|ladder| {
        let extensions = |count: usize| -> Vec<Vec<u8>> {
            (0..count).map(|at| craft::extension(&format!("1.2.3.{at}"), false, &[5, 0])).collect()
        };
        let request = |attributes: &[Vec<u8>]| {
            let der = craft::request(&craft::name(&[]), attributes, &ladder.leaf_key());
            CertificateRequest::from_der(&der)
        };
        let asked = request(&[craft::extension_request(&extensions(64))]).unwrap();
        assert_eq!(asked.requested_extensions().len(), 64);
        let error = request(&[craft::extension_request(&extensions(65))]).unwrap_err();
        malformed(error, &["more than 64 extensions"]);

        let mut draft = Draft::of(ladder.ca.certificate());
        draft.extensions = extensions(64);
        assert_eq!(draft.sign(&ladder.root_key()).extensions().len(), 64);
        draft.extensions = extensions(65);
        let error = Certificate::from_der(&draft.sign_der(&ladder.root_key())).unwrap_err();
        malformed(error, &["more than 64 extensions"]);

        let attributes = |count: usize| -> Vec<Vec<u8>> {
            (0..count).map(|at| craft::attribute(&format!("1.2.3.{at}"), &[5, 0])).collect()
        };
        assert_eq!(request(&attributes(64)).unwrap().attributes().count(), 64);
        malformed(request(&attributes(65)).unwrap_err(), &["attributes", "more than 64"]);
    });
}

#[test]
fn a_name_of_sixty_four_attributes_is_read_and_one_more_is_refused() {
    let text = |count| vec!["OU=a"; count].join(",");
    assert_eq!(text(64).parse::<Name>().unwrap().attributes().count(), 64);
    malformed(text(65).parse::<Name>().unwrap_err(), &["65 attributes; at most 64"]);
    let build =
        |count| (0..count).try_fold(Name::builder(), |builder, _| builder.organizational_unit("a"));
    build(64).unwrap();
    malformed(build(65).unwrap_err(), &["65 attributes; at most 64"]);
    for_each_family(|ladder| {
        let request = |count| {
            let subject = craft::name(&vec![("2.5.4.11", 0x0c, &b"a"[..]); count]);
            CertificateRequest::from_der(&craft::request(&subject, &[], &ladder.leaf_key()))
        };
        assert_eq!(request(64).unwrap().subject().attributes().count(), 64);
        malformed(request(65).unwrap_err(), &["subject", "more than 64 attributes"]);
        // All in one relative name count as well.
        let one = craft::tlv(0x30, &[&craft::oid("2.5.4.11"), &[0x0c, 1, b'a']]);
        let subject = craft::sequence(&[craft::tlv(craft::SET, &[&one.repeat(65)])]);
        let der = craft::request(&subject, &[], &ladder.leaf_key());
        malformed(CertificateRequest::from_der(&der).unwrap_err(), &["more than 64 attributes"]);
        let empty = craft::sequence(&[craft::tlv(craft::SET, &[])]);
        let der = craft::request(&empty, &[], &ladder.leaf_key());
        malformed(CertificateRequest::from_der(&der).unwrap_err(), &["without an attribute"]);
    });
}

#[test]
fn constraints_of_256_subtrees_are_read_and_one_more_is_refused() {
    for_each_family(|ladder| {
        let subtree = craft::sequence(&[craft::tlv(0x82, &[b"internal"])]);
        let certificate = |count: usize| {
            let value = craft::sequence(&[craft::tlv(0xa0, &[&subtree.repeat(count)])]);
            let draft = Draft::of(ladder.ca.certificate()).set(NAME_CONSTRAINTS, true, &value);
            Certificate::from_der(&draft.sign_der(&ladder.root_key()))
        };
        let read = certificate(256).unwrap();
        assert_eq!(read.name_constraints().unwrap().permitted.len(), 256);
        malformed(certificate(257).unwrap_err(), &["2.5.29.30", "more than 256 subtrees"]);
        malformed(certificate(0).unwrap_err(), &["2.5.29.30", "no subtree"]);
        // What would not be read is not written.
        let permitted = vec![GeneralSubtree::Ip("10.0.0.0/8".parse::<IpNetwork>().unwrap()); 257];
        let constraints = NameConstraints { permitted, excluded: vec![] };
        let profile = Profile::root().with_name_constraints(constraints);
        let name = "CN=Root".parse().unwrap();
        let error = certwright::Issuer::self_signed(name, profile, ladder.root_key()).unwrap_err();
        assert!(error.to_string().contains("256"), "{error}");
    });
}

#[test]
fn a_hundred_extended_key_usages_are_read_and_one_more_is_refused() {
    for_each_family(|ladder| {
        let certificate = |count: usize| {
            let usages: Vec<Vec<u8>> =
                (0..count).map(|at| craft::oid(&format!("1.2.{at}"))).collect();
            let draft = Draft::of(ladder.ca.certificate());
            let draft = draft.set("2.5.29.37", false, &craft::sequence(&usages));
            Certificate::from_der(&draft.sign_der(&ladder.root_key()))
        };
        assert_eq!(certificate(100).unwrap().extended_key_usage().unwrap().len(), 100);
        malformed(certificate(101).unwrap_err(), &["2.5.29.37", "more than 100 usages"]);
        malformed(certificate(0).unwrap_err(), &["2.5.29.37", "no usage"]);
    });
}

#[test]
fn an_authority_key_identifier_of_32_kib_is_read_and_more_is_refused() {
    for_each_family(|ladder| {
        let certificate = |names: usize| {
            let names = craft::tlv(0xa1, &[&[0x82, 1, b'a'].repeat(names)]);
            let draft = Draft::of(ladder.ca.certificate());
            let draft = draft.set(AUTHORITY_KEY_IDENTIFIER, false, &craft::sequence(&[names]));
            Certificate::from_der(&draft.sign_der(&ladder.root_key()))
        };
        certificate(10_900).unwrap();
        malformed(certificate(11_000).unwrap_err(), &["2.5.29.35", "bytes; at most 32768"]);
    });
}

#[test]
fn an_object_identifier_of_arcs_above_32_bits_is_refused_and_not_shown_as_another() {
    for_each_family(|ladder| {
        let read = |arc: &[u8]| {
            let kind = craft::tlv(0x06, &[&[0x55], arc, &[3]]);
            let pair = craft::sequence(&[kind, vec![0x0c, 1, b'a']]);
            let subject = craft::sequence(&[craft::tlv(craft::SET, &[&pair])]);
            let der = craft::request(&subject, &[], &ladder.leaf_key());
            CertificateRequest::from_der(&der).map(|request| request.subject().to_string())
        };
        assert_eq!(read(&[0x8f, 0xff, 0xff, 0xff, 0x7f]).unwrap(), "2.5.4294967295.3=a");
        // 2^32 + 4, whose lowest 32 bits would make it the common name.
        malformed(read(&[0x90, 0x80, 0x80, 0x80, 0x04]).unwrap_err(), &["subject"]);
        malformed(read(&[0xff, 0xff, 0xff, 0xff, 0x7f]).unwrap_err(), &["subject"]);
    });
}

#[test]
fn a_unique_identifier_is_passed_over_but_has_to_be_a_bit_string() {
    for_each_family(|ladder| {
        let read = |content: &[u8]| {
            let mut draft = Draft::of(ladder.ca.certificate());
            draft.fields.push(craft::tlv(0x82, &[content]));
            Certificate::from_der(&draft.sign_der(&ladder.root_key()))
        };
        for good in [&[0][..], &[0, 1, 2], &[7, 0x80]] {
            read(good).unwrap();
        }
        for bad in [&[][..], &[1], &[8, 0], &[0xff, 1, 2]] {
            malformed(read(bad).unwrap_err(), &["unique identifier", "not a BIT STRING"]);
        }
    });
}

#[test]
fn a_list_of_a_hundred_thousand_entries_is_read() {
    for_each_family(|ladder| {
        let entry = |at: u32| {
            let serial = craft::tlv(0x02, &[&[&[0x40], &at.to_be_bytes()[..], &[7; 15]].concat()]);
            craft::sequence(&[serial, craft::tlv(0x17, &[b"260101000000Z"])])
        };
        let key = ladder.ca_key();
        let parts = [
            craft::tlv(0x02, &[&[1]]),
            craft::signature_algorithm(key.algorithm()),
            craft::name(&[]),
            craft::tlv(0x17, &[b"260101000000Z"]),
            craft::sequence(&(0..100_000).map(entry).collect::<Vec<_>>()),
        ];
        let der = craft::signed(&craft::sequence(&parts), &key);
        assert!(der.len() > 3 * MEGABYTE, "{}", der.len());
        let list = RevocationList::from_der(&der).unwrap();
        assert_eq!((list.len(), list.as_der()), (100_000, der.as_slice()));
        list.verify_signature(key.public_key()).unwrap();
    });
}

/// The limit of lists is for the list alone: nothing of 64 MiB is held to be refused, and no part of
/// one may be longer than another input.
#[test]
fn a_list_above_64_mebibytes_is_refused_before_it_is_read() {
    let mut bytes = vec![0x30; 64 * MEGABYTE];
    let too_long = "at most 67108864";
    let error = RevocationList::from_der(&bytes).unwrap_err().to_string();
    assert!(!error.contains(too_long), "{error}");
    bytes.push(0x30);
    malformed(RevocationList::from_der(&bytes).unwrap_err(), &["67108865 bytes", too_long]);
    drop(bytes);
    let mut text = "x".repeat(96 * MEGABYTE);
    malformed(RevocationList::from_pem(&text).unwrap_err(), &["allowed PEM of"]);
    text.push('x');
    let limit = "100663297 bytes; at most 100663296";
    malformed(RevocationList::from_pem(&text).unwrap_err(), &[limit]);
    malformed(Linter::new().lint_pem(&text).unwrap_err(), &[limit]);
    for_each_family(|ladder| {
        let list = |bytes: usize| {
            let value = craft::tlv(0x04, &[&vec![0; bytes]]);
            let extensions = craft::sequence(&[craft::extension("1.2.3.4", false, &value)]);
            let key = ladder.ca_key();
            let parts = [
                craft::tlv(0x02, &[&[1]]),
                craft::signature_algorithm(key.algorithm()),
                craft::name(&[]),
                craft::tlv(0x17, &[b"260101000000Z"]),
                craft::tlv(0xa0, &[&extensions]),
            ];
            RevocationList::from_der(&craft::signed(&craft::sequence(&parts), &key))
        };
        list(MEGABYTE - 100).unwrap();
        malformed(list(MEGABYTE).unwrap_err(), &["bytes; at most 1048576"]);
    });
}

#[test]
fn sixty_four_urls_of_lists_are_read_and_one_more_is_refused() {
    for_each_family(|ladder| {
        let certificate = |points: &[Vec<u8>]| {
            let draft = Draft::of(ladder.ca.certificate());
            let draft = draft.set("2.5.29.31", false, &craft::sequence(points));
            Certificate::from_der(&draft.sign_der(&ladder.root_key()))
        };
        let point = |count: usize| {
            let url = craft::tlv(0x86, &[b"http://a.example/"]);
            let name = craft::tlv(0xa0, &[&craft::tlv(0xa0, &[&url.repeat(count)])]);
            craft::sequence(&[name])
        };
        assert_eq!(certificate(&[point(64)]).unwrap().crl_urls().len(), 64);
        assert_eq!(certificate(&[point(32), point(32)]).unwrap().crl_urls().len(), 64);
        malformed(certificate(&[point(65)]).unwrap_err(), &["2.5.29.31", "more than 64 URLs"]);
        malformed(certificate(&[point(64), point(1)]).unwrap_err(), &["more than 64 URLs"]);
        // What cannot be read is not taken for no list: rustls-webpki refuses it, too.
        let issuer = craft::sequence(&[craft::tlv(0xa2, &[])]);
        assert!(certificate(&[issuer]).unwrap().crl_urls().is_empty());
        for point in [craft::sequence(&[]), craft::tlv(0x04, &[&[1; 20]]), vec![0x30, 2, 0x80, 0]] {
            malformed(certificate(&[point]).unwrap_err(), &["2.5.29.31"]);
        }
        malformed(certificate(&[]).unwrap_err(), &["2.5.29.31", "no point"]);
    });
}

#[test]
fn the_text_of_a_name_is_refused_before_it_is_split() {
    let text = format!("O={}", "a\\,".repeat(MEGABYTE / 3));
    let limit = format!("{} bytes; at most 65280", text.len());
    malformed(text.parse::<Name>().unwrap_err(), &[&limit]);
}

#[test]
fn a_path_of_too_many_comparisons_is_refused_before_they_are_made() {
    for_each_family(|ladder| {
        let verify = |subtrees: usize| {
            let permitted = vec![GeneralSubtree::Dns("internal".to_owned()); subtrees];
            let constraints = NameConstraints { permitted, excluded: Vec::new() };
            let profile = Profile::root().with_name_constraints(constraints.clone());
            let validity = craft::period("2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z");
            let name = "CN=Root".parse().unwrap();
            let key = ladder.root_key();
            let root = Issuer::self_signed_at(name, profile, key, craft::serial(1), validity);
            let root = root.unwrap();
            let profile = Profile::intermediate(0).with_name_constraints(constraints);
            let ca = Ladder::below(&root, profile, ladder.ca_key());
            let authority = Authority::new(ca, craft::internal(), MemoryStore::default())
                .with_clock(FixedClock(craft::now()));
            let names: Vec<String> = (0..1000).map(|at| format!("a{at}.internal")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let chain = authority.issue(&ladder.request(&names)).unwrap().into_chain();
            ChainVerifier::new([root.certificate().clone()], craft::now()).verify(&chain)
        };
        // 1001 names below two times as many subtrees, and one name below one time.
        verify(135).unwrap();
        match verify(136).unwrap_err() {
            Error::Chain(error) => {
                assert_eq!((error.link, error.rule), (2, ChainRule::NameConstraints), "{error}");
                let detail = "272408 comparisons of names; at most 272384";
                assert!(error.detail.contains(detail), "{error}");
            }
            other => panic!("{other}"),
        }
    });
}

/// What the limit on comparisons is computed from: exactly as many pass.
#[test]
fn the_largest_certificate_below_the_largest_constraints_is_verified() {
    for_each_family(|ladder| {
        let permitted = vec![GeneralSubtree::Dns("internal".to_owned()); 256];
        let constraints = NameConstraints { permitted, excluded: Vec::new() };
        let profile = Profile::intermediate(0).with_name_constraints(constraints);
        let ca = Ladder::below(&ladder.root, profile, ladder.ca_key());
        let authority = Authority::new(ca.clone(), craft::internal(), MemoryStore::default())
            .with_clock(FixedClock(craft::now()));
        let names: Vec<String> = (0..1000).map(|at| format!("a{at}.internal")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let chain = authority.issue(&ladder.request(&names)).unwrap().into_chain();
        let subject = craft::name(&[("2.5.4.11", 0x0c, b"Example" as &[u8]); 64]);
        let leaf = Draft::of(chain.leaf()).field(SUBJECT, subject).sign(&ladder.ca_key());
        let chain = Chain::new(leaf, Vec::new()).unwrap();
        ChainVerifier::new([ca.certificate().clone()], craft::now()).verify(&chain).unwrap();
    });
}

fn for_each_family(test: impl Fn(&Ladder)) {
    common::families().into_iter().for_each(|algorithm| test(&Ladder::new(algorithm)));
}

#[track_caller]
fn malformed(error: Error, parts: &[&str]) {
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
    for part in parts {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[track_caller]
fn refused_by_all(bytes: &[u8]) {
    malformed(Certificate::from_der(bytes).unwrap_err(), &[]);
    malformed(CertificateRequest::from_der(bytes).unwrap_err(), &[]);
    malformed(KeyPair::from_pkcs8_der(bytes).unwrap_err(), &[]);
    malformed(KeyPair::from_sec1_der(bytes).unwrap_err(), &[]);
    malformed(KeyPair::from_pkcs1_der(bytes).unwrap_err(), &[]);
    malformed(KeyPair::from_pkcs8_der_encrypted(bytes, "x").unwrap_err(), &[]);
    malformed(PublicKey::from_der(bytes).unwrap_err(), &[]);
}
