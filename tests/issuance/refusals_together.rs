//! All reasons come at once, and the policy says what becomes of what is denied.

use std::collections::BTreeSet;

use certwright::error::Rule;
use certwright::issuance::Issuance;
use certwright::policy::{CommonNameUse, Decision, OnDenial, Outliving, ReviewItem};
use certwright::profile::Extension;
use certwright::time::{FixedClock, Lifetime};
use certwright::{
    AltName, Authority, CertificateRequest, Error, Issuer, KeyAlgorithm, MemoryStore, Policy,
    Profile,
};

use crate::common;
use crate::craft::{self, BASIC_CONSTRAINTS, Draft, KEY_USAGE, Ladder, internal, period, time};

#[test]
fn the_reasons_of_policy_and_issuer_come_in_one_error() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let policy = internal().with_keys([KeyAlgorithm::EcdsaP384]);
        let policy = policy.with_on_denial(OnDenial::Refuse);
        let late = FixedClock(time("2036-01-01T00:00:01Z"));
        // The root itself, after its end, for a greedy request.
        let authority = Authority::new(ladder.root.clone(), policy, MemoryStore::default());
        let authority = authority.with_clock(late);
        let request = greedy(&ladder);
        let issuance = Issuance::for_request(&request).lifetime(Lifetime::days(91));
        let error = authority.issue(issuance.clone()).unwrap_err();
        let Error::Denied(denied) = &error else { panic!("{error}") };
        let rules: BTreeSet<Rule> = denied.reasons.iter().map(|reason| reason.rule).collect();
        let expected = [
            Rule::CaRequested,
            Rule::ExtensionRequested,
            Rule::IssuerValidity,
            Rule::KeyAlgorithm,
            Rule::KeyUsageRequested,
            Rule::Lifetime,
            Rule::NameNotAllowed,
            Rule::OutlivesIssuer,
            Rule::RootIssuesLeaf,
            Rule::SubjectNotAllowed,
        ];
        assert_eq!(rules, BTreeSet::from(expected), "{error}");
        assert_eq!(error.to_string().matches("; ").count() + 1, denied.reasons.len(), "{error}");
        // The review alone says the policy's part of it.
        let alone = authority.review(issuance).approve().unwrap_err();
        assert!(alone.reasons().iter().all(|reason| denied.reasons.contains(reason)));
        assert!(!alone.reasons().iter().any(|reason| reason.rule == Rule::RootIssuesLeaf));
    }
}

#[test]
fn all_that_makes_a_certificate_no_issuer_comes_in_one_error() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let plain = Draft::of(ladder.ca.certificate())
            .without(BASIC_CONSTRAINTS)
            .set(KEY_USAGE, true, &[3, 2, 7, 0x80])
            .sign(&ladder.root_key());
        let error = Issuer::load(vec![plain], ladder.leaf_key()).unwrap_err();
        assert!(matches!(error, Error::NotAnIssuer(_)), "{error}");
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::IssuerNotCa, Rule::IssuerKeyUsage, Rule::IssuerKeyMismatch]);
    }
}

#[test]
fn what_is_denied_is_left_out_and_reported_where_the_policy_says_so() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(internal().with_on_denial(OnDenial::LeaveOut));
        let issued = authority.issue(&greedy(&ladder)).unwrap();
        let leaf = issued.chain().leaf();
        assert_eq!(texts(leaf.alt_names()), ["DNS:db.internal"]);
        assert_eq!(leaf.subject().to_string(), "CN=db.internal");
        assert!(!leaf.is_authority());
        let given = internal().profile().key_usage(algorithm.family());
        assert_eq!(leaf.key_usage(), Some(given));
        assert!(leaf.extensions().iter().all(|extension| extension.oid.to_string() != "1.2.3.4"));
        let outcome: Vec<String> = issued.outcome().iter().map(summary).collect();
        let key = format!("granted key {algorithm}");
        let expected = [
            &key,
            "granted alternative name DNS:db.internal",
            "denied alternative name DNS:db.example (NameNotAllowed)",
            "granted subject CN=db.internal",
            "denied subject O=Example (SubjectNotAllowed)",
            "denied basic constraints CA (CaRequested)",
            "overridden key usage keyCertSign",
            "overridden extension 1.2.3.4",
            "overridden attribute challengePassword",
        ];
        let expected: BTreeSet<&str> = expected.into_iter().collect();
        assert_eq!(outcome.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
        assert_eq!(outcome.len(), expected.len(), "each item once");
        let printed = authority.review(&greedy(&ladder)).to_string();
        assert!(!printed.contains("secret word"), "a challenge password is shown: {printed}");

        // By default the same request is refused, with the same reasons; usages and extensions are
        // none, unless the policy says so.
        let error = ladder.authority(internal()).issue(&greedy(&ladder)).unwrap_err();
        let denied = issued.outcome().iter().filter_map(|item| match &item.decision {
            Decision::Denied(reason) => Some(reason.clone()),
            _ => None,
        });
        let denied: Vec<_> = denied.collect();
        assert_eq!(error.reasons(), denied);
        let strict = ladder.authority(internal().with_on_denial(OnDenial::Refuse));
        let error = strict.issue(&greedy(&ladder)).unwrap_err();
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert!(error.reasons().starts_with(&denied), "{error}");
        assert_eq!(rules[denied.len()..], [Rule::KeyUsageRequested, Rule::ExtensionRequested]);
    }
}

#[test]
fn a_denied_key_or_no_name_at_all_refuses_even_where_denials_are_left_out() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let lenient = internal().with_on_denial(OnDenial::LeaveOut);
        let other_keys = lenient.clone().with_keys([KeyAlgorithm::EcdsaP384]);
        let request = ladder.request(&["db.internal", "db.example"]);
        let error = ladder.authority(other_keys).issue(&request).unwrap_err();
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::KeyAlgorithm], "{error}");
        let error = ladder.authority(lenient).issue(&ladder.request(&["db.example"])).unwrap_err();
        assert!(error.reasons().iter().any(|reason| reason.rule == Rule::NoAltName), "{error}");
        // A client needs no alternative name, but somebody it must be.
        let clients = Policy::new(Profile::tls_client()).with_on_denial(OnDenial::LeaveOut);
        let error = ladder.authority(clients).issue(&ladder.request(&["db.example"])).unwrap_err();
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::EmptySubject], "{error}");
    }
}

#[test]
fn a_leaf_that_would_outlive_its_issuer_is_refused_cut_or_issued_as_the_policy_says() {
    let end = time("2031-01-01T00:00:00Z");
    let asked = period("2026-06-01T00:00:00Z", "2032-01-01T00:00:00Z");
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let issue = |rule, asked| {
            let policy = internal().with_max_lifetime(Lifetime::days(3650)).with_outliving(rule);
            let authority = ladder.authority(policy);
            let request = ladder.request(&["db.internal"]);
            authority.issue(Issuance::for_request(&request).validity(asked))
        };
        let error = issue(Outliving::default(), asked).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::OutlivesIssuer, "{error}");

        let cut = issue(Outliving::Truncate, asked).unwrap();
        assert_eq!(cut.chain().leaf().validity().not_after(), end);
        let item = cut.outcome().last().unwrap();
        assert_eq!((item.kind, &item.value), ("validity", &asked.to_string()));
        let by = "2026-06-01T00:00:00Z to 2031-01-01T00:00:00Z, where the issuer ends";
        assert_eq!(item.decision, Decision::Overridden { by: by.to_owned() });

        let long = issue(Outliving::Permit, asked).unwrap();
        assert_eq!(long.chain().leaf().validity(), &asked);
        assert!(long.outcome().iter().all(|item| item.kind != "validity"));
        // Nothing is cut that ends in time, and nothing is left of what begins after the end.
        let short = period("2026-06-01T00:00:00Z", "2031-01-01T00:00:00Z");
        for rule in [Outliving::Reject, Outliving::Truncate, Outliving::Permit] {
            let issued = issue(rule, short).unwrap();
            assert_eq!(issued.chain().leaf().validity(), &short);
            assert!(issued.outcome().iter().all(|item| item.kind != "validity"));
        }
        let after = period("2031-01-01T00:00:01Z", "2032-01-01T00:00:00Z");
        let error = issue(Outliving::Truncate, after).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::OutlivesIssuer, "{error}");
    }
}

#[test]
fn the_policy_can_set_subject_and_names_and_reports_what_it_overrides() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let policy = Policy::new(Profile::tls_server())
            .with_subject("CN=fixed.internal".parse().unwrap())
            .with_alt_names([AltName::dns("fixed.internal").unwrap()]);
        let authority = ladder.authority(policy);
        let request = ladder.request(&["db.internal", "fixed.internal"]);
        let issued = authority.issue(&request).unwrap();
        assert_eq!(texts(issued.chain().leaf().alt_names()), ["DNS:fixed.internal"]);
        assert_eq!(issued.chain().leaf().subject().to_string(), "CN=fixed.internal");
        let outcome: Vec<String> = issued.outcome().iter().skip(1).map(summary).collect();
        let expected = [
            "overridden alternative name DNS:db.internal",
            "granted alternative name DNS:fixed.internal",
            "overridden subject CN=db.internal",
        ];
        assert_eq!(outcome, expected);
    }
}

#[test]
fn what_is_asked_for_as_the_policy_sets_it_is_granted_by_kind_and_text() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let policy = internal().with_subject("CN=db.internal,O=Example".parse().unwrap());
        let asked = "CN=Example,O=Example,OU=db.internal".parse().unwrap();
        let request = CertificateRequest::builder(asked).sign(&ladder.leaf_key()).unwrap();
        let outcome = subject_items(&policy, &request);
        let expected = [
            "overridden subject OU=db.internal",
            "granted subject O=Example",
            "overridden subject CN=Example",
        ];
        assert_eq!(BTreeSet::from_iter(outcome), expected.map(str::to_owned).into());
        // Two values that are no text are not the same for that.
        let request = |bytes: &[u8]| {
            let subject = craft::name(&[("2.5.4.3", 0x03, bytes)]);
            let der = craft::request(&subject, &[], &ladder.leaf_key());
            CertificateRequest::from_der(&der).unwrap()
        };
        let policy = internal().with_subject(request(&[0, 1]).subject().clone());
        let [item] = &subject_items(&policy, &request(&[0, 2]))[..] else { panic!() };
        assert!(item.starts_with("overridden subject"), "{item}");
    }
}

#[test]
fn basic_constraints_are_the_profile_s_and_only_a_ca_bit_too_many_is_denied() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let (ca, none): (&[u8], &[u8]) = (&[0x30, 3, 1, 1, 0xff], &[0x30, 0]);
        let authorities = Policy::new(Profile::intermediate(0));
        for (policy, asked, expected) in [
            (internal(), none, "overridden basic constraints no CA"),
            (internal(), ca, "denied basic constraints CA (CaRequested)"),
            (authorities.clone(), none, "overridden basic constraints no CA"),
            (authorities, ca, "overridden basic constraints CA"),
        ] {
            let builder = CertificateRequest::builder("CN=db.internal".parse().unwrap())
                .extension(extension(BASIC_CONSTRAINTS, asked));
            let request = builder.sign(&ladder.leaf_key()).unwrap();
            let review = policy.review(&request);
            let items: Vec<String> = review.items().iter().map(summary).collect();
            assert!(items.iter().any(|item| item == expected), "{expected}: {items:?}");
        }
    }
}

#[test]
fn a_review_and_its_grant_show_what_becomes_of_each_item() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let request = ladder.request(&["db.internal", "db.example"]);
        let review = internal().with_on_denial(OnDenial::LeaveOut).review(&request);
        let shown = format!(
            "granted     key {algorithm}\n\
             granted     alternative name DNS:db.internal\n\
             denied      alternative name DNS:db.example: allowed DNS:.internal, no wildcards\n\
             granted     subject CN=db.internal\n"
        );
        assert_eq!(review.to_string(), shown);
        let grant = review.approve().unwrap();
        assert_eq!(grant.subject(), request.subject());
        assert_eq!(texts(grant.alt_names()), ["DNS:db.internal"]);
        assert_eq!(grant.public_key(), request.public_key());
        assert_eq!(grant.outcome(), review.items());

        let none = internal().with_subject("CN=db.internal".parse().unwrap()).with_alt_names([]);
        let shown = none.review(&request).to_string();
        let missing = "denied      alternative names: given no granted name, allowed at least one";
        assert!(shown.contains(missing), "{shown}");
        let instead = "overridden  alternative name DNS:db.example: the policy sets the names\n";
        assert!(shown.contains(instead), "{shown}");
    }
}

#[test]
fn a_common_name_becomes_an_alternative_name_only_where_the_policy_adds_and_allows_it() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let request = |name: &str| {
            let builder = CertificateRequest::builder(format!("CN={name}").parse().unwrap());
            builder.sign(&ladder.leaf_key()).unwrap()
        };
        let adding = internal().with_common_name_use(CommonNameUse::AddToAltNames);
        let chain =
            ladder.authority(adding.clone()).issue(&request("db.internal")).unwrap().into_chain();
        assert_eq!(texts(chain.leaf().alt_names()), ["DNS:db.internal"]);
        for (policy, name, told) in [
            (internal(), "db.internal", "CommonNameUse::AddToAltNames"),
            (adding, "db.example", "DNS:.internal, no wildcards"),
        ] {
            let error = ladder.authority(policy).issue(&request(name)).unwrap_err();
            let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
            assert_eq!(rules, [Rule::SubjectNotAllowed], "{error}");
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}

/// What becomes of the subject.
fn subject_items(policy: &Policy, request: &CertificateRequest) -> Vec<String> {
    let review = policy.review(request);
    review.items().iter().filter(|item| item.kind == "subject").map(summary).collect()
}

fn extension(id: &str, value: &[u8]) -> Extension {
    Extension { oid: id.parse().unwrap(), critical: false, value: value.to_vec() }
}

/// A request for two names, an organization, the CA bit, keyCertSign, and an unknown extension.
fn greedy(ladder: &Ladder) -> CertificateRequest {
    CertificateRequest::builder("CN=db.internal,O=Example".parse().unwrap())
        .alt_names(["db.internal", "db.example"].map(|name| AltName::dns(name).unwrap()))
        .extension(extension(BASIC_CONSTRAINTS, &[0x30, 3, 1, 1, 0xff]))
        .extension(extension(KEY_USAGE, &[3, 2, 2, 4]))
        .extension(extension("1.2.3.4", &[5, 0]))
        .challenge_password("secret word")
        .unwrap()
        .sign(&ladder.leaf_key())
        .unwrap()
}

fn summary(item: &ReviewItem) -> String {
    let ReviewItem { kind, value, decision, .. } = item;
    match decision {
        Decision::Denied(reason) => format!("denied {kind} {value} ({:?})", reason.rule),
        Decision::Granted => format!("granted {kind} {value}"),
        _ => format!("overridden {kind} {value}"),
    }
}

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}
