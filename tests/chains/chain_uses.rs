//! What a chain is used for: the purpose, the name and the SM2 identifier that the caller asks for.

use certwright::error::ChainRule;
use certwright::key::{KeyFamily, Sm2Id};
use certwright::profile::ExtendedKeyUsage;
use certwright::{AltName, ChainVerifier, Error, Issuer, KeyAlgorithm, KeyPair, Policy, Profile};

use crate::common;
use crate::craft::{self, Draft, KEY_USAGE, Ladder};
use crate::question::{Question, above, chain, for_each_family, issue};

const EXTENDED_KEY_USAGE: &str = "2.5.29.37";

#[test]
fn every_link_must_serve_the_purpose() {
    let (server, client) = (ExtendedKeyUsage::SERVER_AUTH, ExtendedKeyUsage::CLIENT_AUTH);
    for_each_family(|ladder, leaf| {
        let question = chain(ladder, leaf).purpose(client);
        question.refused(0, ChainRule::ExtendedKeyUsage, "only for serverAuth, not for clientAuth");
        let limited = Profile::intermediate(0).with_extended_key_usage([client]);
        let ca = Ladder::below(&ladder.root, limited, ladder.ca_key());
        above(leaf, &ca, ladder).accepted();
        let question = above(leaf, &ca, ladder).purpose(server);
        question.refused(1, ChainRule::ExtendedKeyUsage, "only for clientAuth");
        let any = Profile::intermediate(0).with_extended_key_usage([ExtendedKeyUsage::ANY]);
        let ca = Ladder::below(&ladder.root, any, ladder.ca_key());
        // OpenSSL 3.0 does not read anyExtendedKeyUsage as TLS.
        above(leaf, &ca, ladder).purpose(server).accepted_by_us();

        // contentCommitment, which nothing here would issue for a server.
        let draft = Draft::of(leaf).set(KEY_USAGE, true, &[3, 2, 6, 0x40]);
        let mute = draft.sign(&*ladder.ca_key());
        chain(ladder, &mute).accepted();
        let question = chain(ladder, &mute).purpose(server);
        question.refused(0, ChainRule::KeyUsage, "contentCommitment, not for serverAuth");

        // OpenSSL lets a CA certificate serve TLS.
        let authority = Question::new(ladder.ca.chain().certificates().cloned().collect());
        authority.accepted();
        authority.purpose(server).refused_by_us(0, ChainRule::BasicConstraints, "a CA certificate");
    });
}

/// RFC 5280 section 4.2.1.12: each purpose, and the bits of keyUsage that are consistent with it.
const PURPOSES: [(ExtendedKeyUsage, u8); 6] = [
    (ExtendedKeyUsage::SERVER_AUTH, 0b1010_1000),
    (ExtendedKeyUsage::CLIENT_AUTH, 0b1000_1000),
    (ExtendedKeyUsage::CODE_SIGNING, 0b1000_0000),
    (ExtendedKeyUsage::EMAIL_PROTECTION, 0b1110_1000),
    (ExtendedKeyUsage::TIME_STAMPING, 0b1100_0000),
    (ExtendedKeyUsage::OCSP_SIGNING, 0b1100_0000),
];

#[test]
fn a_leaf_serves_a_purpose_only_with_a_key_usage_that_is_consistent_with_it() {
    for_each_family(|ladder, leaf| {
        let other = ExtendedKeyUsage::other("1.2.3.4".parse().unwrap());
        for (purpose, consistent) in PURPOSES.into_iter().chain([(other, 0xff)]) {
            let listed = craft::sequence(&[craft::oid(&purpose.oid().to_string())]);
            let draft = || Draft::of(leaf).set(EXTENDED_KEY_USAGE, false, &listed);
            let verify = |draft: Draft| {
                let leaf = draft.sign(&*ladder.ca_key());
                let above = ladder.ca.chain().certificates().cloned().collect();
                let chain = certwright::Chain::new(leaf, above).unwrap();
                let verifier =
                    ChainVerifier::new([ladder.root.certificate().clone()], craft::now());
                verifier.with_purpose(purpose).verify(&chain)
            };
            verify(draft().without(KEY_USAGE)).unwrap();
            for bit in 0..8 {
                let byte = 0x80 >> bit;
                let verdict = verify(draft().set(KEY_USAGE, true, &[3, 2, 7 - bit, byte]));
                match verdict {
                    Ok(_) => assert!(consistent & byte != 0, "{purpose}: {byte:#010b}"),
                    Err(Error::Chain(error)) => {
                        assert_eq!((error.link, error.rule), (0, ChainRule::KeyUsage), "{error}");
                        assert!(consistent & byte == 0, "{purpose}: {byte:#010b}");
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        }
    });
}

#[test]
fn the_leaf_must_cover_the_name_that_is_asked_for() {
    for_each_family(|ladder, leaf| {
        for name in ["db.internal", "x.web.internal", "DB.INTERNAL"] {
            chain(ladder, leaf).name(name).accepted();
        }
        for name in ["web.internal", "a.b.web.internal", "xdb.internal", "10.0.0.8", "::a00:7"] {
            let question = chain(ladder, leaf).name(name);
            question.refused(0, ChainRule::SubjectAltName, "covers DNS:db.internal");
        }
        // The common name does not count (RFC 9525); OpenSSL's fallback to it is for old clients.
        let policy = Policy::new(Profile::tls_client()).with_alt_names([]);
        let policy = policy.with_subject("CN=db.internal".parse().unwrap());
        let nameless = issue(ladder, ladder.ca.clone(), policy);
        let question = chain(ladder, &nameless).name("db.internal");
        question.refused_by_us(0, ChainRule::SubjectAltName, "not DNS:db.internal");
    });
}

/// A name in the certificate by its tag and content, the names that it covers, and some that it does not.
type Identity<'a> = ((u8, Vec<u8>), &'a [&'a str], &'a [&'a str]);

#[test]
fn identities_of_every_type_are_compared_as_their_rules_say() {
    let upn = |text: &[u8]| {
        let value = craft::tlv(0xa0, &[&craft::tlv(0x0c, &[text])]);
        (0xa0, [craft::oid("1.3.6.1.4.1.311.20.2.3"), value].concat())
    };
    let text = |tag, text: &[u8]| (tag, text.to_vec());
    let (email, uri) = (0x81, 0x86);
    let directory = craft::name(&[("2.5.4.6", 0x13, b"DE"), ("2.5.4.10", 0x0c, b"Example")]);
    let cases: [Identity<'_>; 7] = [
        (
            text(email, b"Tom@corp.example"),
            &["email:Tom@corp.example", "email:Tom@CORP.example"],
            &["email:tom@corp.example", "email:Tom@x.corp.example", "upn:Tom@corp.example"],
        ),
        (
            text(uri, b"spiffe://Prod.example/Payments"),
            &["uri:spiffe://prod.example/Payments", "uri:SPIFFE://PROD.example/Payments"],
            &[
                "uri:spiffe://prod.example/payments",
                "uri:spiffe://prod.example/Payments/",
                "uri:spiffe://prod.example",
                "prod.example",
            ],
        ),
        (
            text(uri, b"https://U@a.example:443/?A#B"),
            &["uri:https://U@A.example:443/?A#B"],
            &["uri:https://u@a.example:443/?A#B", "uri:https://U@a.example:443/?a#B"],
        ),
        (text(uri, b"urn:uuid:AA"), &["uri:URN:uuid:AA"], &["uri:urn:uuid:aa"]),
        (
            upn(b"tom@Corp.Example"),
            &["upn:tom@corp.example"],
            &["upn:Tom@corp.example", "upn:tom@other.example", "email:tom@corp.example"],
        ),
        ((0x88, vec![0x2a, 3]), &["rid:1.2.3"], &["rid:1.2.4"]),
        ((0xa4, directory), &["dirname:O=EXAMPLE,C=de"], &["dirname:C=DE,O=Example"]),
    ];
    for_each_family(|ladder, leaf| {
        for ((tag, content), good, bad) in &cases {
            let names = craft::alt_names(&[(*tag, content)]);
            let leaf = Draft::of(leaf).set(craft::SUBJECT_ALT_NAME, false, &names);
            let leaf = leaf.sign(&*ladder.ca_key());
            let mut question = chain(ladder, &leaf);
            for name in *good {
                question.name = Some(AltName::typed(name).unwrap());
                question.accepted_by_us();
            }
            for name in *bad {
                question.name = Some(AltName::typed(name).unwrap());
                question.refused_by_us(0, ChainRule::SubjectAltName, "covers ");
            }
        }
    });
}

#[test]
fn an_sm2_chain_is_verified_with_the_identifier_of_its_issuers() {
    if !common::is_built(KeyFamily::Sm2) {
        return;
    }
    let key = |number| {
        let key = craft::key(KeyAlgorithm::Sm2, number).to_pkcs8_der().unwrap();
        let key = KeyPair::from_pkcs8_der(key.as_bytes()).unwrap();
        key.with_sm2_id(Sm2Id::new("ca@example").unwrap())
    };
    let root = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key(0)).unwrap();
    let ca = root.delegate("CN=CA".parse().unwrap(), Profile::intermediate(0), key(1)).unwrap();
    let at = ca.certificate().validity().not_before();
    let verifier = ChainVerifier::new([root.certificate().clone()], at);
    let Error::Chain(error) = verifier.verify(&ca.chain()).unwrap_err() else { panic!() };
    assert_eq!((error.link, error.rule), (0, ChainRule::Signature));
    verifier.with_sm2_id(Sm2Id::new("ca@example").unwrap()).verify(&ca.chain()).unwrap();
}
