//! What a subject claims needs the leave of the name that clients take it for.

use certwright::error::Rule;
use certwright::name::{AttributeType, GeneralSubtree, NameConstraints};
use certwright::policy::{CommonNameUse, Decision, OnDenial, RootLeaves};
use certwright::profile::{ExtendedKeyUsage, KeyUsage};
use certwright::{AltName, CertificateRequest, Issuer, KeyAlgorithm, Policy, Profile};

use crate::common;
use crate::craft::{self, Ladder, now, serial};

/// What becomes of a request for this one attribute; alternative names beside it are granted.
fn decision(policy: &Policy, kind: AttributeType, string: u8, value: &[u8]) -> Decision {
    let algorithm = common::families().remove(0);
    let subject = craft::name(&[(&kind.oid().to_string(), string, value)]);
    let der = craft::request(&subject, &[], &*craft::key(algorithm, 2));
    let request = CertificateRequest::from_der(&der).unwrap();
    let review = policy.review(&request);
    let item = review.items().iter().find(|item| item.kind == "subject").unwrap();
    item.decision.clone()
}

fn rule(decision: &Decision) -> Option<Rule> {
    match decision {
        Decision::Denied(reason) => Some(reason.rule),
        Decision::Granted => None,
        other => panic!("{other:?}"),
    }
}

const UTF8: u8 = 0x0c;

fn host(profile: Profile, value: &str) -> Option<Rule> {
    let policy = Policy::new(profile)
        .allow_dns(".internal")
        .unwrap()
        .allow_ip("10.0.0.0/8")
        .unwrap()
        .allow_subject_attribute(AttributeType::COMMON_NAME);
    rule(&decision(&policy, AttributeType::COMMON_NAME, UTF8, value.as_bytes()))
}

#[test]
fn a_common_name_that_reads_as_a_host_needs_the_leave_of_an_alternative_name() {
    if common::families().is_empty() {
        return;
    }
    let server = Profile::tls_server;
    for allowed in ["db.internal", "DB.Internal", "10.0.0.7", "Payments service", "Tom O'Neill"] {
        assert_eq!(host(server(), allowed), None, "{allowed}");
    }
    for denied in [
        "bank.example",
        "internal",
        "localhost",
        "11.0.0.7",
        "[11.0.0.7]",
        "bank.example.",
        "*.a.internal",
        "::1",
    ] {
        assert_eq!(host(server(), denied), Some(Rule::NameNotAllowed), "{denied}");
    }
    for other in ["bank_1.example", "a_b.internal"] {
        assert_eq!(host(server(), other), Some(Rule::NameNotAllowed), "{other}");
    }
    #[cfg(feature = "idna")]
    assert_eq!(host(server(), "xn--a.internal"), Some(Rule::NameMalformed));
    for unclear in ["*.com", "*.*.internal", "b\u{fc}cher.*.example", "1.2.3"] {
        assert_eq!(host(server(), unclear), Some(Rule::NameMalformed), "{unclear}");
    }
    // A purpose that is no server's, and none at all, which is every one.
    let digital = KeyUsage::DIGITAL_SIGNATURE;
    for profile in
        [Profile::tls_client(), Profile::custom(digital, [ExtendedKeyUsage::CODE_SIGNING])]
    {
        assert_eq!(host(profile, "bank.example"), None);
    }
    let any = Profile::custom(digital, [ExtendedKeyUsage::ANY]);
    assert_eq!(host(any.clone(), "bank.example"), Some(Rule::NameNotAllowed));
    assert_eq!(host(any, "alice"), Some(Rule::NameNotAllowed));
    let open = Profile::custom(digital, []);
    assert_eq!(host(open.clone(), "bank.example"), Some(Rule::NameNotAllowed));
    assert_eq!(host(open, "alice"), None, "a person's");
}

#[test]
fn an_email_address_in_a_subject_needs_the_leave_of_an_alternative_name() {
    if common::families().is_empty() {
        return;
    }
    let mail = Profile::custom(KeyUsage::DIGITAL_SIGNATURE, [ExtendedKeyUsage::EMAIL_PROTECTION]);
    let kind = AttributeType::EMAIL_ADDRESS;
    let of = |profile, value: &str| {
        let policy =
            Policy::new(profile).allow_email("example.com").unwrap().allow_subject_attribute(kind);
        rule(&decision(&policy, kind, 0x16, value.as_bytes()))
    };
    assert_eq!(of(mail.clone(), "tom@example.com"), None);
    assert_eq!(of(mail.clone(), "tom@example.org"), Some(Rule::NameNotAllowed));
    assert_eq!(of(mail, "tom"), Some(Rule::NameMalformed));
    assert_eq!(of(Profile::tls_server(), "tom@example.org"), None);
}

#[test]
fn what_is_no_text_is_denied_and_what_is_blank_is_left_out() {
    if common::families().is_empty() {
        return;
    }
    let kind = AttributeType::ORGANIZATION;
    let policy = Policy::new(Profile::tls_client()).allow_subject_attribute(kind);
    // Latin-1 in a PrintableString, and UTF-32: as OpenSSL reads them.
    for (string, bytes) in [(0x13, &b"M\xfcller"[..]), (0x1c, &[0, 0, 0, b'a'])] {
        assert_eq!(decision(&policy, kind, string, bytes), Decision::Granted);
    }
    // Half a character, a number that is no character, and bytes that are no UTF-8.
    for (string, bytes, name) in [
        (0x1e, &b"\0a\0"[..], "BMPString"),
        (0x1c, &[0, 0, 0xd8, 0], "UniversalString"),
        (UTF8, b"\xff", "UTF8String"),
    ] {
        let Decision::Denied(reason) = decision(&policy, kind, string, bytes) else { panic!() };
        assert_eq!(reason.rule, Rule::NameMalformed);
        assert!(
            reason.allowed.contains(name) && reason.allowed.contains("attribute O"),
            "{reason}"
        );
    }
    for blank in ["", " ", "\t", "\u{a0}"] {
        let decision = decision(&policy, kind, UTF8, blank.as_bytes());
        assert!(matches!(decision, Decision::Overridden { .. }), "{blank:?}: {decision:?}");
    }
    for wrong in [" Example", "Example ", "a\0b", "a\nb", "a\u{202e}b", "a\u{2028}b"] {
        let denied = decision(&policy, kind, UTF8, wrong.as_bytes());
        assert_eq!(rule(&denied), Some(Rule::NameMalformed), "{wrong:?}");
        assert!(format!("O={wrong}").parse::<certwright::Name>().is_err() || wrong.trim() != wrong);
        assert!(certwright::Name::builder().organization(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_claimed_host_is_left_out_where_denials_are_and_an_added_one_is_no_hole() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let policy = Policy::new(Profile::tls_server())
            .allow_dns("db.internal")
            .unwrap()
            .allow_subject_attribute(AttributeType::COMMON_NAME)
            .with_common_name_use(CommonNameUse::AddToAltNames)
            .with_on_denial(OnDenial::LeaveOut);
        let name = AltName::dns("db.internal").unwrap();
        let builder = CertificateRequest::builder("CN=bank.example".parse().unwrap());
        let request = builder.alt_name(name).sign(&ladder.leaf_key()).unwrap();
        let chain = ladder.authority(policy).issue(&request).unwrap().into_chain();
        assert!(chain.leaf().subject().is_empty());
        assert_eq!(chain.leaf().alt_names().len(), 1);
    }
}

/// An intermediate that may certify names of `example.com` and addresses of 10.0.0.0/8.
fn constrained(algorithm: KeyAlgorithm) -> (Ladder, Issuer) {
    let ladder = Ladder::new(algorithm);
    let permitted = vec![
        GeneralSubtree::Dns("example.com".to_owned()),
        GeneralSubtree::Ip("10.0.0.0/8".parse().unwrap()),
    ];
    let constraints = NameConstraints { permitted, ..Default::default() };
    let profile = Profile::intermediate(0).with_name_constraints(constraints);
    let ca = Ladder::below(&ladder.root, profile, ladder.ca_key());
    (ladder, ca)
}

#[test]
fn name_constraints_hold_for_a_common_name_where_no_alternative_name_speaks() {
    for algorithm in common::families() {
        let (ladder, ca) = constrained(algorithm);
        let objections = |profile: Profile, subject: &str, names: &[&str]| {
            let names = names.iter().map(|name| name.parse::<AltName>().unwrap());
            let profile =
                profile.with_alt_name_presence(certwright::profile::AltNamePresence::Optional);
            let policy = Policy::new(profile)
                .with_subject(subject.parse().unwrap())
                .with_alt_names(names)
                .with_root_leaves(RootLeaves::Allow);
            let grant = policy.review(&ladder.request(&["a.internal"])).approve().unwrap();
            let reasons = ca.objections(&grant, now());
            let prepared = ca.prepare(&grant, serial(9), now());
            assert_eq!(prepared.is_err(), !reasons.is_empty());
            reasons.iter().map(|reason| (reason.rule, reason.item)).collect::<Vec<_>>()
        };
        let refused = [(Rule::NameConstraints, "common name")];
        let server = Profile::tls_server;
        for subject in [
            "CN=bank.example",
            "CN=11.0.0.7",
            "CN=*.bank.example",
            "CN=a_b.example.org",
            "CN=xn--a.example.org",
            "CN=a.example.com,CN=bank.example",
            "CN=a.example.com+CN=bank.example",
        ] {
            assert_eq!(objections(server(), subject, &[]), refused, "{subject}");
        }
        for subject in [
            "CN=a.example.com",
            "CN=a_b.example.com",
            "CN=10.0.0.7",
            "CN=Payments",
            "O=bank.example",
        ] {
            assert!(objections(server(), subject, &[]).is_empty(), "{subject}");
        }
        // A name of the type says otherwise, and clients then no longer look.
        assert!(objections(server(), "CN=bank.example", &["a.example.com"]).is_empty());
        assert_eq!(objections(server(), "CN=bank.example", &["10.0.0.7"]), refused);
        assert!(objections(Profile::tls_client(), "CN=bank.example", &[]).is_empty());
    }
}
