//! Defects that were seen in other engines, in requests and in what is said about them: one test
//! each.

use certwright::error::Rule;
use certwright::name::AttributeType;
use certwright::{Certificate, CertificateRequest, Error, Name, Policy, Profile};

use crate::common;
use crate::craft::{self, Draft, EXTENSION_REQUEST, Ladder, SUBJECT_ALT_NAME, internal};

/// x509-cert: always an extensionRequest, even an empty one, which some readers refuse.
#[test]
fn a_request_that_asks_for_no_extension_carries_no_extension_request() {
    for_each_family(|ladder| {
        let request = |names: &[&str]| {
            let builder = CertificateRequest::builder("CN=a".parse().unwrap());
            let names = names.iter().map(|name| name.parse().unwrap());
            builder.alt_names(names).sign(&ladder.leaf_key()).unwrap()
        };
        let (bare, named) = (request(&[]), request(&["a.internal"]));
        let asks = |request: &CertificateRequest| {
            let id = craft::oid(EXTENSION_REQUEST);
            request.as_der().windows(id.len()).any(|bytes| bytes == id)
        };
        assert_eq!((asks(&bare), asks(&named)), (false, true));
        let info = &craft::children(bare.as_der())[0];
        assert_eq!(craft::children(info).last().unwrap(), &[0xa0, 0], "no attribute");
        judge_request(ladder, &bare);
        judge_request(ladder, &named);
    });
}

#[test]
fn an_empty_extension_request_asks_for_nothing() {
    for_each_family(|ladder| {
        let names = craft::alt_names(&[(0x82, b"a.internal")]);
        let asks = [craft::extension(SUBJECT_ALT_NAME, false, &names)];
        for (extensions, count) in [(&[][..], 0), (&asks[..], 1)] {
            let attributes = [craft::extension_request(extensions)];
            let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
            let request = CertificateRequest::from_der(&der).unwrap();
            assert_eq!(request.requested_extensions().len(), count);
            assert_eq!(request.attributes().count(), 0);
            judge_request(ladder, &request);
        }
        // Two of them, or one with two values, could be read in two ways.
        let one = craft::extension_request(&asks);
        let two_values = craft::sequence(&[
            craft::oid(EXTENSION_REQUEST),
            craft::tlv(craft::SET, &[&craft::sequence(&asks), &craft::sequence(&asks)]),
        ]);
        for attributes in [vec![one.clone(), one], vec![two_values]] {
            let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
            let error = CertificateRequest::from_der(&der).unwrap_err();
            assert!(error.to_string().contains("extensionRequest"), "{error}");
        }
    });
}

/// x509-cert: `domain_validated` takes the names and never writes them.
#[test]
fn the_granted_names_are_in_the_certificate() {
    if !common::judge("openssl") {
        return;
    }
    for_each_family(|ladder| {
        let policy = internal().allow_wildcards().allow_ip("::/0").unwrap();
        let policy =
            policy.allow_email("example.com").unwrap().allow_uri_host("example.org").unwrap();
        let request = CertificateRequest::builder(Name::default())
            .alt_names(
                ["db.internal", "*.a.internal", "2001:db8::7"].map(|name| name.parse().unwrap()),
            )
            .alt_name(certwright::AltName::email("ops@example.com").unwrap())
            .alt_name(certwright::AltName::uri("https://example.org/x?y").unwrap())
            .sign(&ladder.leaf_key())
            .unwrap();
        let chain = ladder.authority(policy).issue(&request).unwrap().into_chain();
        let folder = common::folder();
        common::write(&folder, "leaf.pem", chain.leaf().to_pem());
        let arguments = ["x509", "-in", "leaf.pem", "-noout", "-ext", "subjectAltName"];
        let answer = common::openssl(folder.path(), &arguments).expect_success().text();
        let names = "DNS:db.internal, DNS:*.a.internal, IP Address:2001:DB8:0:0:0:0:0:7, \
                     email:ops@example.com, URI:https://example.org/x?y";
        assert!(answer.contains(names), "{answer}");
        assert!(answer.contains("critical"), "the subject is empty: {answer}");
    });
}

/// Text that is none must not come out as other text.
#[test]
fn a_subject_attribute_that_is_no_text_is_denied() {
    let text = "Caf\u{e9}";
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for_each_family(|ladder| {
        let policy =
            Policy::new(Profile::tls_client()).allow_subject_attribute(AttributeType::ORGANIZATION);
        let issue = |tag, bytes: &[u8]| {
            let subject = craft::name(&[("2.5.4.10", tag, bytes)]);
            let request = craft::request(&subject, &[], &ladder.leaf_key());
            ladder.authority(policy.clone()).issue(&CertificateRequest::from_der(&request).unwrap())
        };
        let wide: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        // UTF8String, TeletexString, BMPString, UniversalString, and Latin-1 where ASCII belongs.
        for (tag, bytes) in [
            (0x0c, text.as_bytes()),
            (0x14, b"Caf\xe9"),
            (0x1e, &units),
            (0x1c, &wide),
            (0x13, b"Caf\xe9"),
            (0x16, b"Caf\xe9"),
            (0x1a, b"Caf\xe9"),
        ] {
            let chain = issue(tag, bytes).unwrap();
            let expected = craft::name(&[("2.5.4.10", 0x0c, text.as_bytes())]);
            assert_eq!(Draft::of(chain.certificate()).fields[craft::SUBJECT], expected);
        }
        for (tag, bytes) in [
            (0x0c, &b"Caf\xe9"[..]),     // not UTF-8
            (0x1e, &[0xd8, 0, 0, b'x']), // half of a surrogate pair
            (0x1e, &[0, b'x', 0]),       // half of a unit
            (0x1c, &[0, 0x11, 0, 0]),    // above the last character
            (0x1c, &[0, 0, 0]),          // less than a unit
            (0x04, b"Cafe"),             // an OCTET STRING
            (0x0c, b"a\x1b[2Jb"),        // steers a terminal
        ] {
            let error = match issue(tag, bytes) {
                Ok(chain) => panic!("{tag:#x} {bytes:?} became {}", chain.certificate().subject()),
                Err(error) => error,
            };
            assert_eq!(error.reasons()[0].rule, Rule::NameMalformed, "{error}");
            assert!(!error.to_string().contains('\x1b'), "{error:?}");
        }
    });
}

/// A relative name is a set: the order in which its attributes are given is none.
#[test]
fn two_names_are_equal_exactly_when_their_encodings_are() {
    let parse = |text: &str| text.parse::<Name>().unwrap();
    for_each_family(|ladder| {
        let key = ladder.leaf_key();
        let read = |name: &Name| {
            let request = CertificateRequest::builder(name.clone()).sign(&key).unwrap();
            let info = craft::children(&craft::children(request.as_der())[0]);
            (request.subject().clone(), info[1].clone())
        };
        let texts = ["CN=a+UID=b", "UID=b+CN=a", "CN=a,UID=b", "UID=b,CN=a", "CN=a", "CN=A", "O=a"];
        let names: Vec<(Name, Vec<u8>)> = texts.iter().map(|text| read(&parse(text))).collect();
        for (at, (name, der)) in names.iter().enumerate() {
            assert_eq!(&parse(texts[at]), name, "{}: built and read", texts[at]);
            for (other_at, (other, other_der)) in names.iter().enumerate() {
                let what = format!("{} and {}", texts[at], texts[other_at]);
                assert_eq!(name == other, der == other_der, "{what}, read");
                assert_eq!(parse(texts[at]) == parse(texts[other_at]), der == other_der, "{what}");
            }
        }
    });
}

/// OpenSSL: "asn1 error".
#[test]
fn an_error_says_what_where_what_was_given_and_what_is_allowed() {
    for_each_family(|ladder| {
        let leaf = ladder
            .authority(internal())
            .issue(&ladder.request(&["db.internal"]))
            .unwrap()
            .into_chain();
        let draft = Draft::of(leaf.leaf());
        let text = |draft: Draft| {
            Certificate::from_der(&draft.sign_der(&ladder.ca_key())).unwrap_err().to_string()
        };
        assert_eq!(
            text(draft.clone().set(SUBJECT_ALT_NAME, false, &[0x30, 0])),
            "malformed certificate, extension 2.5.29.17: no name; RFC 5280 section 4.2.1.6 wants one"
        );
        assert_eq!(
            text(draft.clone().field(craft::ISSUER, vec![0x31, 0])),
            "malformed certificate, issuer: found tag 0x31, not 0x30"
        );
        let cut = Certificate::from_der(&leaf.leaf().as_der()[..100]).unwrap_err().to_string();
        assert!(cut.starts_with("malformed certificate, outermost value: "), "{cut}");

        let error = "ECC_512".parse::<certwright::KeyAlgorithm>().unwrap_err();
        let Error::Unsupported { given, allowed, .. } = &error else { panic!("{error}") };
        assert!(given.contains("ECC_512") && allowed.contains("P-521"), "{error}");

        let error = ladder.authority(internal()).issue(&ladder.request(&["db.example"]));
        let error = error.unwrap_err().to_string();
        // One cause, one reason: that no name is left, follows from it.
        let denied =
            "denied: alternative name: given DNS:db.example, allowed DNS:.internal, no wildcards";
        assert_eq!(error, denied);
    });
}

fn for_each_family(test: impl Fn(&Ladder)) {
    common::families().into_iter().for_each(|algorithm| test(&Ladder::new(algorithm)));
}

/// OpenSSL reads the request and finds its signature good. Its exit status says nothing about that.
fn judge_request(ladder: &Ladder, request: &CertificateRequest) {
    if !common::judge("openssl") {
        return;
    }
    let folder = common::folder();
    common::write(&folder, "request.pem", request.to_pem());
    let mut arguments = vec!["req", "-in", "request.pem", "-noout", "-verify"];
    if ladder.algorithm == certwright::KeyAlgorithm::Sm2 {
        arguments.extend(["-vfyopt", common::SM2_ID]);
    }
    let answer = common::openssl(folder.path(), &arguments).expect_success();
    assert!(answer.all().contains("verify OK"), "{}", answer.all());
}
