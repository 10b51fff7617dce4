//! Names of every type: asked for, allowed by a pattern of their own, issued, found again, constrained.

use certwright::error::{ChainRule, Rule};
use certwright::issuance::Issuance;
use certwright::name::{DirectoryName, GeneralName, GeneralSubtree, NameConstraints, OtherName};
use certwright::policy::{Decision, OnDenial, RequestPart};
use certwright::{
    AltName, Certificate, CertificateRequest, Chain, ChainVerifier, Error, Issuer, Policy, Profile,
};

use crate::common;
use crate::craft::{
    self, Draft, Ladder, NAME_CONSTRAINTS, SUBJECT_ALT_NAME, internal, now, serial, tlv,
};
use crate::question::swapped;

/// One name of each type beside those of hosts.
const TYPED: [&str; 7] = [
    "upn:tom@corp.example",
    "srv:_ldap.corp.example",
    "othername:1.2.3:020107",
    "dirname:CN=Tom,O=Example,C=DE",
    "rid:1.3.6.1.4.1.55555.7",
    "uri:spiffe://prod.example/ns/web",
    "email:tom@corp.example",
];

fn typed(text: &str) -> AltName {
    AltName::typed(text).unwrap()
}

fn clients() -> Policy {
    Policy::new(Profile::tls_client())
}

/// A policy that allows all of them.
fn open() -> Policy {
    let srv = clients().allow_upn("@corp.example").unwrap().allow_other_name(OtherName::SRV);
    let other = srv.allow_other_name("1.2.3".parse().unwrap());
    let directory = other.allow_directory_name("O=Example,C=DE".parse().unwrap()).unwrap();
    let registered = directory.allow_registered_id("1.3.6.1.4.1.55555".parse().unwrap());
    registered.allow_uri("spiffe://prod.example/*").unwrap().allow_email("corp.example").unwrap()
}

fn request(ladder: &Ladder, names: &[&str]) -> CertificateRequest {
    let builder = CertificateRequest::builder("".parse().unwrap());
    builder.alt_names(names.iter().map(|name| typed(name))).sign(&ladder.leaf_key()).unwrap()
}

#[test]
fn each_is_granted_by_its_pattern_issued_and_found_by_its_value() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(open());
        let asked = request(&ladder, &TYPED);
        let issued = authority.issue(&asked).unwrap();
        let expected: Vec<String> = TYPED.iter().map(|name| typed(name).to_string()).collect();
        let carried = issued.certificate().alt_names();
        assert_eq!(carried.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
        assert_eq!(carried, asked.requested_alt_names(), "the same bytes");
        let named = issued.outcome().iter().filter(|item| item.kind == "alternative name");
        assert!(named.clone().all(|item| item.decision == Decision::Granted));
        assert_eq!(named.count(), TYPED.len());
        for (name, carried) in TYPED.iter().zip(carried) {
            assert_eq!(carried.check().unwrap(), typed(name));
            let found = authority.ledger().by_alt_name(&typed(name), None, 9).unwrap();
            assert_eq!(found.len(), 1, "{name}");
            let verifier = ChainVerifier::new([ladder.root.certificate().clone()], now());
            verifier.with_name(typed(name)).verify(issued.chain()).unwrap();
        }
        for other in ["upn:tim@corp.example", "rid:1.2", "dirname:CN=Tom,O=Example", "b.example"] {
            let verifier = ChainVerifier::new([ladder.root.certificate().clone()], now());
            let refused = verifier.with_name(typed(other)).verify(issued.chain());
            let Err(Error::Chain(error)) = refused else { panic!("{other}") };
            assert_eq!(error.rule, ChainRule::SubjectAltName);
        }
        // Two values that are shown alike are two names.
        let (one, two) =
            ("othername:1.2.3:0409000000000000000001", "othername:1.2.3:0409000000000000000002");
        assert_eq!(typed(one).to_string(), typed(two).to_string());
        authority.issue(&request(&ladder, &[one])).unwrap();
        assert!(authority.ledger().by_alt_name(&typed(two), None, 9).unwrap().is_empty());
        let token = |name| Issuance::from(request(&ladder, &[name])).token("t").unwrap();
        authority.issue(token(one)).unwrap();
        let reused = authority.issue(token(two)).unwrap_err();
        assert_eq!(reused.reasons()[0].rule, Rule::TokenReused);
        authority.issue(token(one)).unwrap();
    }
}

#[test]
fn none_is_granted_where_nothing_allows_it() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let closed = clients()
            .allow_upn("@other.example")
            .unwrap()
            .allow_other_name("1.2.4".parse().unwrap())
            .allow_directory_name("O=Other,C=DE".parse().unwrap())
            .unwrap()
            .allow_registered_id("1.3.6.1.4.1.5555".parse().unwrap())
            .allow_uri("spiffe://test.example/*")
            .unwrap();
        for policy in [clients(), closed] {
            let error = ladder.authority(policy).issue(&request(&ladder, &TYPED)).unwrap_err();
            let denied = error.reasons().iter().filter(|r| r.rule == Rule::NameNotAllowed);
            assert_eq!(denied.count(), TYPED.len(), "{error}");
        }
        // An attribute that breaks its bounds, and a UPN in another string type, are no names.
        let country = craft::name(&[("2.5.4.6", 0x13, b"Germany")]);
        let upn =
            [craft::oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xa0, &[&tlv(0x16, &[b"a@b.example"])])];
        for (tag, content) in [(0xa4, country), (0xa0, upn.concat())] {
            let names = craft::alt_names(&[(tag, &content)]);
            let asked = craft::extension(SUBJECT_ALT_NAME, false, &names);
            let attributes = [craft::extension_request(&[asked])];
            let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
            let review = open().review(&CertificateRequest::from_der(&der).unwrap());
            let rules: Vec<Rule> = review.denied().map(|reason| reason.rule).collect();
            assert_eq!(rules, [Rule::NameMalformed], "{review}");
        }
    }
}

#[test]
fn a_directory_name_is_written_in_this_crates_encoding() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let printable = craft::name(&[("2.5.4.6", 0x13, b"DE"), ("2.5.4.10", 0x13, b"Example")]);
        let names = craft::alt_names(&[(0xa4, &printable)]);
        let asked = craft::extension(SUBJECT_ALT_NAME, false, &names);
        let attributes = [craft::extension_request(&[asked])];
        let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
        let request = CertificateRequest::from_der(&der).unwrap();
        let issued = ladder.authority(open()).issue(&request).unwrap();
        let [GeneralName::Directory(name)] = issued.certificate().alt_names() else { panic!() };
        let [GeneralName::Directory(asked)] = request.requested_alt_names() else { panic!() };
        assert!(name.matches(asked) && name != asked);
        assert_eq!(*name, "O=Example,C=DE".parse().unwrap());
        assert_eq!(DirectoryName::new(name).unwrap().to_name(), *name);
    }
}

/// An intermediate that constrains names.
fn constrained(ladder: &Ladder, constraints: NameConstraints) -> Issuer {
    let profile = Profile::intermediate(0).with_name_constraints(constraints);
    Ladder::below(&ladder.root, profile, ladder.ca_key())
}

/// The leaf for these names, issued without regard to constraints.
fn leaf(ladder: &Ladder, names: &[&str]) -> Certificate {
    let policy = clients().with_alt_names(names.iter().map(|name| typed(name)));
    let grant = policy.review(&request(ladder, &[])).approve().unwrap();
    ladder.ca.sign(ladder.ca.prepare(&grant, serial(9), now()).unwrap()).unwrap()
}

fn verified(ladder: &Ladder, leaf: Certificate, ca: &Certificate) -> bool {
    let chain = Chain::new(leaf, vec![ca.clone()]).unwrap();
    let verifier = ChainVerifier::new([ladder.root.certificate().clone()], now());
    match verifier.verify(&chain) {
        Ok(_) => true,
        Err(Error::Chain(error)) if error.rule == ChainRule::NameConstraints => false,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn directory_names_are_held_against_constraints_when_issued_and_when_verified() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let base = GeneralSubtree::Directory("O=example,C=de".parse().unwrap());
        let (permitted, excluded) = (
            NameConstraints { permitted: vec![base.clone()], excluded: vec![] },
            NameConstraints { permitted: vec![], excluded: vec![base] },
        );
        for (constraints, inside) in [(permitted, true), (excluded, false)] {
            let ca = constrained(&ladder, constraints);
            for (name, is_inside) in
                [("dirname:CN=Tom,O=Example,C=DE", true), ("dirname:CN=Tom,O=Other,C=DE", false)]
            {
                let policy = clients().with_alt_names([typed(name)]);
                let grant = policy.review(&request(&ladder, &[])).approve().unwrap();
                let rules: Vec<Rule> =
                    ca.objections(&grant, now()).iter().map(|reason| reason.rule).collect();
                let good = is_inside == inside;
                assert_eq!(rules.is_empty(), good, "{name} {rules:?}");
                assert!(good || rules == [Rule::NameConstraints]);
                let chain = swapped(&leaf(&ladder, &[name]), ca.certificate().clone(), &ladder);
                match good {
                    true => chain.accepted(),
                    false => chain.refused(0, ChainRule::NameConstraints, "directoryName:CN=Tom"),
                }
            }
            assert!(verified(&ladder, leaf(&ladder, &["upn:a@b.example"]), ca.certificate()));
        }
    }
}

/// The nameConstraints of one subtree, permitted (tag 0xa0) or excluded (0xa1).
fn subtree(list: u8, base: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(list, &[&tlv(0x30, &[base])])])
}

fn other_name(kind: &str, text: &str) -> Vec<u8> {
    tlv(0xa0, &[&craft::oid(kind), &tlv(0xa0, &[&tlv(0x0c, &[text.as_bytes()])])])
}

#[test]
fn what_no_rule_evaluates_is_refused_and_each_type_of_other_name_is_one_of_its_own() {
    let upn = other_name("1.3.6.1.4.1.311.20.2.3", "@corp.example");
    let email = tlv(0x81, &[b"corp.example"]);
    let registered = tlv(0x88, &[&[0x2a, 3]]);
    // An UTF8String `tom@corp.example`.
    let mailbox = "othername:1.3.6.1.5.5.7.8.9:0c10746f6d40636f72702e6578616d706c65";
    let unreadable = tlv(0xa0, &[&[1, 1, 0]]);
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        for list in [0xa0, 0xa1] {
            for (base, refused, free) in [
                (&upn, "upn:tom@corp.example", "srv:_ldap.corp.example"),
                (&upn, "upn:tom@other.example", "rid:1.2.3"),
                (&upn, "upn:tom@corp.example", "email:tom@corp.example"),
                (&registered, "rid:1.2.3", "upn:tom@corp.example"),
                // RFC 9598 section 6: constraints on e-mail hold for these mailboxes.
                (&email, mailbox, "upn:tom@corp.example"),
                (&unreadable, "upn:tom@corp.example", "rid:1.2.3"),
                (&unreadable, "othername:1.2.3:0500", "email:tom@corp.example"),
            ] {
                let ca = Draft::of(ladder.ca.certificate())
                    .set(NAME_CONSTRAINTS, true, &subtree(list, base))
                    .sign(&ladder.root_key());
                assert!(!verified(&ladder, leaf(&ladder, &[refused]), &ca), "{refused}");
                assert!(verified(&ladder, leaf(&ladder, &[free]), &ca), "{free} {list:#x}");
                // Nor does the CA itself issue for it.
                let issuer =
                    Issuer::load(vec![ca, ladder.root.certificate().clone()], ladder.ca_key());
                let policy = clients().with_alt_names([typed(refused)]);
                let grant = policy.review(&request(&ladder, &[])).approve().unwrap();
                let reasons = issuer.unwrap().objections(&grant, now());
                assert!(reasons.iter().any(|r| r.rule == Rule::NameConstraints), "{refused}");
            }
        }
    }
}

#[test]
fn underscores_are_matched_always_and_issued_under_a_switch() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let asked = ladder.request(&["a_b.internal"]);
        let name = AltName::dns("a_b.internal").unwrap();
        let refused = |policy: Policy, issuance: Issuance<'_>| {
            let error = ladder.authority(policy).issue(issuance).unwrap_err();
            let named = error.reasons().iter().filter(|reason| {
                reason.rule == Rule::NameNotAllowed && reason.allowed.contains("allow_underscores")
            });
            assert!(named.count() >= 1, "{error}");
        };
        refused(internal(), (&asked).into());
        let caller = || Issuance::for_request(&asked).alt_names([name.clone()]);
        let fixed = || internal().with_alt_names([name.clone()]);
        // What is fixed is not a thing to leave out.
        for rule in [OnDenial::Refuse, OnDenial::LeaveOut] {
            refused(internal().with_on_denial(rule), caller());
            refused(fixed().with_on_denial(rule), (&asked).into());
        }
        for (policy, issuance) in
            [(internal(), (&asked).into()), (internal(), caller()), (fixed(), (&asked).into())]
        {
            let authority = ladder.authority(policy.allow_underscores());
            let issued = authority.issue(issuance).unwrap();
            let verifier = ChainVerifier::new([ladder.root.certificate().clone()], now());
            verifier.with_name(name.clone()).verify(issued.chain()).unwrap();
        }
        let error = ladder.authority(internal().allow_underscores());
        let outside = ladder.request(&["a_b.example"]);
        assert!(error.issue(&outside).is_err(), "the switch allows no name");
    }
}

#[cfg(feature = "idna")]
#[test]
fn international_names_are_a_labels_and_raw_ones_are_told_theirs() {
    assert_eq!(AltName::dns("例子.中国").unwrap(), AltName::dns("xn--fsqu00a.xn--fiqs8s").unwrap());
    assert_eq!(typed("email:tom@例子.中国").to_string(), "email:tom@xn--fsqu00a.xn--fiqs8s");
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        // The policy, the names and the common name as people write them.
        let policy = Policy::new(Profile::tls_server()).allow_dns(".中国").unwrap();
        let issued =
            ladder.authority(policy.clone()).issue(&ladder.request(&["例子.中国"])).unwrap();
        let carried = issued.certificate().alt_names();
        assert_eq!(carried, [GeneralName::Dns("xn--fsqu00a.xn--fiqs8s".to_owned())]);
        assert_eq!(issued.certificate().subject().common_name().as_deref(), Some("例子.中国"));

        for (tag, raw, told) in [
            (0x82, "例子.中国", "`xn--fsqu00a.xn--fiqs8s`"),
            (0x82, "*.例子.中国", "`*.xn--fsqu00a.xn--fiqs8s`"),
            (0x81, "tom@例子.中国", "`tom@xn--fsqu00a.xn--fiqs8s`"),
            (0x86, "https://例子.中国:8443/a", "`https://xn--fsqu00a.xn--fiqs8s:8443/a`"),
            (0x82, "a\u{5d0}.example", "`xn--…`"),
            (0x81, "jörg@a.example", "`xn--…`"),
        ] {
            let names = craft::alt_names(&[(tag, raw.as_bytes())]);
            let asked = craft::extension(SUBJECT_ALT_NAME, false, &names);
            let attributes = [craft::extension_request(&[asked])];
            let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
            let review = policy.review(&CertificateRequest::from_der(&der).unwrap());
            let reasons: Vec<_> = review.denied().collect();
            assert_eq!(reasons[0].rule, Rule::NameMalformed);
            assert!(reasons[0].allowed.contains(told), "{}", reasons[0]);
        }
        // An A-label that does not decode is refused by its name.
        let names = craft::alt_names(&[(0x82, b"xn--a.internal")]);
        let asked = craft::extension(SUBJECT_ALT_NAME, false, &names);
        let attributes = [craft::extension_request(&[asked])];
        let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
        let review = internal().review(&CertificateRequest::from_der(&der).unwrap());
        let [reason] = review.denied().collect::<Vec<_>>()[..] else { panic!("{review}") };
        assert!(reason.allowed.contains("\"xn--a\" is no A-label"), "{reason}");
    }
}

#[test]
fn one_part_of_requests_can_be_lenient_alone() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let policy = || internal().with_on_denial_of(RequestPart::AltNames, OnDenial::LeaveOut);
        let asked = ladder.request(&["db.internal", "db.example"]);
        let issued = ladder.authority(policy()).issue(&asked).unwrap();
        assert_eq!(issued.certificate().alt_names().len(), 1);
        // The subject is another part.
        let asked = ladder.request(&["db.example", "db.internal"]);
        let error = ladder.authority(policy()).issue(&asked).unwrap_err();
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::SubjectNotAllowed], "{error}");
        let both = policy().with_on_denial_of(RequestPart::Subject, OnDenial::LeaveOut);
        let issued = ladder.authority(both).issue(&asked).unwrap();
        assert!(issued.certificate().subject().is_empty());
    }
}
