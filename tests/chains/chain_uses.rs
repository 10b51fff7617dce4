//! What a chain is used for: the purpose, the name and the SM2 identifier that the caller asks for.

use certwright::{
    ChainRule, ChainVerifier, Error, ExtendedKeyUsage, Issuer, KeyAlgorithm, KeyFamily, KeyPair,
    KeyUsage, Policy, Profile, Sm2Id,
};

use crate::common;
use crate::craft::{self, Ladder};
use crate::question::{Question, above, chain, for_each_family, issue};

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

        let profile = Profile::custom(KeyUsage::CONTENT_COMMITMENT, [server]);
        let policy = Policy::new(profile).allow_dns(".internal").allow_ip("10.0.0.7").unwrap();
        let mute = issue(ladder, ladder.ca.clone(), policy);
        chain(ladder, &mute).accepted();
        let question = chain(ladder, &mute).purpose(server);
        question.refused(0, ChainRule::KeyUsage, "contentCommitment, not for serverAuth");

        // OpenSSL lets a CA certificate serve TLS.
        let authority = Question::new(ladder.ca.chain().certificates().cloned().collect());
        authority.accepted();
        authority.purpose(server).refused_by_us(0, ChainRule::BasicConstraints, "a CA certificate");
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

#[test]
fn an_sm2_chain_is_verified_with_the_identifier_of_its_issuers() {
    if !common::is_built(KeyFamily::Sm2) {
        return;
    }
    let key = |number| {
        let key = craft::key(KeyAlgorithm::Sm2, number).to_pkcs8_der().unwrap();
        let key = KeyPair::from_pkcs8_der(key.as_bytes()).unwrap();
        key.with_sm2_id(Sm2Id::new("ca@example").unwrap()).unwrap()
    };
    let root = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key(0)).unwrap();
    let ca = root.delegate("CN=CA".parse().unwrap(), Profile::intermediate(0), key(1)).unwrap();
    let at = ca.certificate().validity().not_before();
    let verifier = ChainVerifier::new([root.certificate().clone()], at);
    let Error::Chain(error) = verifier.verify(&ca.chain()).unwrap_err() else { panic!() };
    assert_eq!((error.link, error.rule), (0, ChainRule::Signature));
    verifier.with_sm2_id(Sm2Id::new("ca@example").unwrap()).verify(&ca.chain()).unwrap();
}
