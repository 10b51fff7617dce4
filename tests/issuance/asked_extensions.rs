//! Usages and extensions that a request asks for: overridden and reported, or granted by name.

use certwright::error::Rule;
use certwright::issuance::Issuance;
use certwright::name::AttributeType;
use certwright::policy::{Decision, OnDenial, RequestPart, Review};
use certwright::profile::{Extension, KeyUsage, Oid};
use certwright::time::FixedClock;
use certwright::{AltName, Authority, CertificateRequest, MemoryStore, Policy, Profile};

use crate::common;
use crate::craft::{self, BASIC_CONSTRAINTS, KEY_USAGE, Ladder, internal, now};

const TLS_FEATURE: &str = "1.3.6.1.5.5.7.1.24";
const STATUS_REQUEST: &[u8] = &[0x30, 3, 2, 1, 5];

fn extension(id: &str, value: &[u8]) -> Extension {
    Extension { oid: id.parse().unwrap(), critical: false, value: value.to_vec() }
}

fn asked(ladder: &Ladder, extensions: &[(&str, &[u8])]) -> CertificateRequest {
    let mut builder = CertificateRequest::builder("CN=db.internal".parse().unwrap())
        .alt_name(AltName::dns("db.internal").unwrap());
    for (id, value) in extensions {
        builder = builder.extension(extension(id, value));
    }
    builder.sign(&ladder.leaf_key()).unwrap()
}

fn decision(review: &Review, kind: &str) -> Decision {
    review.items().iter().find(|item| item.kind == kind).unwrap().decision.clone()
}

/// What openssl.cnf's v3_req and cert-manager ask for.
#[test]
fn usages_beyond_the_profile_are_overridden_and_reported() {
    let both = craft::sequence(&["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"].map(craft::oid));
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let given = internal().profile().key_usage(algorithm.family());
        let usage = |bits: u8| [3, 2, bits.trailing_zeros() as u8, bits];
        let request = asked(
            &ladder,
            &[(KEY_USAGE, &usage(0xe0)), ("2.5.29.37", &both), (BASIC_CONSTRAINTS, &[0x30, 0])],
        );
        let issued = ladder.authority(internal()).issue(&request).unwrap();
        assert_eq!(issued.certificate().key_usage(), Some(given));
        let review = internal().review(&request);
        let by = |kind| match decision(&review, kind) {
            Decision::Overridden { by } => by,
            other => panic!("{other:?}"),
        };
        assert_eq!(by("key usage"), format!("the profile gives {given}"));
        assert_eq!(by("extended key usage"), "the profile gives serverAuth");
        assert_eq!(issued.outcome(), review.items(), "and told to whoever issues");

        let fewer = asked(&ladder, &[(KEY_USAGE, &usage(0x80))]);
        assert_eq!(decision(&internal().review(&fewer), "key usage"), Decision::Granted);
        // A request that wants to be a CA is refused still, and so is the rest where the owner says so.
        let authority = asked(&ladder, &[(BASIC_CONSTRAINTS, &[0x30, 3, 1, 1, 0xff])]);
        let error = ladder.authority(internal()).issue(&authority).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::CaRequested);
        let strict = internal().with_on_denial_of(RequestPart::Usages, OnDenial::Refuse);
        let error = ladder.authority(strict).issue(&request).unwrap_err();
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::KeyUsageRequested, Rule::ExtendedKeyUsageRequested]);
        let none = Policy::new(Profile::custom(KeyUsage::NONE, [])).allow_dns(".internal").unwrap();
        let review = none.review(&request).to_string();
        assert!(review.contains("the profile gives none"), "{review}");
    }
}

#[test]
fn an_extension_is_granted_where_the_policy_names_it_and_else_overridden() {
    let feature: Oid = TLS_FEATURE.parse().unwrap();
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let request = asked(&ladder, &[(TLS_FEATURE, STATUS_REQUEST), ("1.2.3.4", &[5, 0])]);
        let carried = |policy: Policy| -> Vec<Extension> {
            let issued = ladder.authority(policy).issue(&request).unwrap();
            let given = issued.certificate().extensions().iter();
            given
                .filter(|e| [feature, "1.2.3.4".parse().unwrap()].contains(&e.oid))
                .cloned()
                .collect()
        };
        assert!(carried(internal()).is_empty());
        let review = internal().review(&request).to_string();
        assert!(review.contains("overridden  extension 1.2.3.4: nothing"), "{review}");
        let granting = || internal().allow_extension(feature).unwrap();
        assert_eq!(carried(granting()), [extension(TLS_FEATURE, STATUS_REQUEST)]);
        assert_eq!(decision(&granting().review(&request), "extension"), Decision::Granted);

        // What the profile or the call gives counts more, and is there once.
        let own = extension(TLS_FEATURE, &[0x30, 3, 2, 1, 17]);
        let profile = Profile::tls_server().add_extension(own.clone());
        let policy = Policy::new(profile).allow_dns(".internal").unwrap();
        assert_eq!(carried(policy.allow_extension(feature).unwrap()), std::slice::from_ref(&own));
        let call = Issuance::for_request(&request).extension(own.clone());
        let issued = ladder.authority(granting()).issue(call).unwrap();
        assert!(issued.certificate().extensions().contains(&own));

        let strict = || granting().with_on_denial_of(RequestPart::Extensions, OnDenial::Refuse);
        let error = ladder.authority(strict()).issue(&request).unwrap_err();
        let [reason] = error.reasons() else { panic!("{error}") };
        assert_eq!((reason.rule, reason.given.as_str()), (Rule::ExtensionRequested, "1.2.3.4"));
        assert!(reason.allowed.contains(TLS_FEATURE), "{reason}");
    }
}

#[test]
fn what_the_engine_writes_itself_cannot_be_granted() {
    for id in
        ["2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.30", "2.5.29.35", "2.5.29.37"]
    {
        let error = internal().allow_extension(id.parse().unwrap()).unwrap_err().to_string();
        assert!(error.contains(id) && error.contains("engine"), "{error}");
    }
}

/// A value that is no DER would spoil the certificate.
#[test]
fn a_granted_extension_is_one_der_value() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let names = craft::alt_names(&[(0x82, b"db.internal")]);
        let extensions = [
            craft::extension(craft::SUBJECT_ALT_NAME, false, &names),
            craft::extension("1.2.3.4", true, b"text"),
        ];
        let attributes = [craft::extension_request(&extensions)];
        let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
        let request = CertificateRequest::from_der(&der).unwrap();
        let policy = internal().allow_extension("1.2.3.4".parse().unwrap()).unwrap();
        let review = policy.review(&request);
        let rules: Vec<Rule> = review.denied().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::ExtensionMalformed], "{review}");
        // By default extensions are left out, not refused.
        let issued = ladder.authority(policy).issue(&request).unwrap();
        assert!(!issued.certificate().extensions().iter().any(|e| e.value == b"text"));
    }
}

/// Another team's CA: signed by a CA's profile, never made a leaf.
#[test]
fn the_request_of_a_ca_is_signed_under_a_profile_of_cas() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let subject = "CN=Team Sub CA,O=Ex".parse().unwrap();
        let request = CertificateRequest::builder(subject)
            .extension(extension(BASIC_CONSTRAINTS, &[0x30, 6, 1, 1, 0xff, 2, 1, 0]))
            .extension(extension(KEY_USAGE, &[3, 2, 1, 6]))
            .sign(&ladder.leaf_key())
            .unwrap();
        let kinds = [AttributeType::COMMON_NAME, AttributeType::ORGANIZATION];
        let teams = Policy::new(Profile::intermediate(0));
        let teams = kinds.into_iter().fold(teams, Policy::allow_subject_attribute);
        let root = Authority::new(ladder.root.clone(), internal(), MemoryStore::default())
            .with_clock(FixedClock(now()));
        let issued = root.issue(Issuance::for_request(&request).under(&teams)).unwrap();
        let ca = issued.certificate();
        assert!(ca.is_authority() && ca.path_len() == Some(0));
        assert_eq!(ca.subject(), request.subject());
        assert!(
            root.issue(&request).unwrap_err().reasons().iter().any(|r| r.rule == Rule::CaRequested)
        );
    }
}
