//! One value for whatever is asked of an authority: a request, a bare key, a CA.

use std::sync::Arc;

use certwright::error::{Rule, StoreErrorKind};
use certwright::issuance::Issuance;
use certwright::ledger::{Ledger, RecordState};
use certwright::policy::{Outliving, Period};
use certwright::profile::Extension;
use certwright::time::{FixedClock, Lifetime};
use certwright::{
    AltName, Authority, CertificateRequest, ChainVerifier, Error, Issuer, KeyAlgorithm,
    MemoryStore, Policy, Profile, Signer,
};

use crate::common;
use crate::craft::{self, Ladder, internal, key, now, period, time};

fn on(issuer: &Issuer, ledger: &Ledger) -> Authority {
    Authority::on(issuer.clone(), internal(), ledger.clone()).with_clock(FixedClock(now()))
}

fn scene(algorithm: KeyAlgorithm) -> (Ladder, Authority) {
    let ladder = Ladder::new(algorithm);
    let authority = on(&ladder.ca, &Ledger::new(MemoryStore::default()));
    (ladder, authority)
}

fn rules(error: &Error) -> Vec<Rule> {
    error.reasons().iter().map(|reason| reason.rule).collect()
}

fn conflict(error: &Error) -> &str {
    match error {
        Error::Store(error) if error.kind() == StoreErrorKind::Conflict => error.message(),
        error => panic!("{error}"),
    }
}

#[test]
fn a_bare_key_gets_what_its_holder_says_and_nothing_else() {
    for algorithm in common::families() {
        let (ladder, authority) = scene(algorithm);
        let device = key(algorithm, 4).public_key().clone();
        let names = ["device-7.example", "10.0.0.7"];
        let names = names.map(|name| name.parse::<AltName>().unwrap());
        let issuance = Issuance::for_key(device.clone())
            .subject("CN=Device 7,O=Example".parse().unwrap())
            .alt_names(names.clone())
            .serial(craft::serial(77))
            .not_after(time("2026-06-11T00:00:00Z"));
        let issued = authority.issue(issuance).unwrap();
        let leaf = issued.certificate();
        assert_eq!(leaf.public_key().unwrap(), &device);
        assert_eq!(leaf.subject().to_string(), "CN=Device 7,O=Example");
        let given: Vec<AltName> = leaf.alt_names().iter().map(|n| n.check().unwrap()).collect();
        assert_eq!(given, names);
        assert_eq!(leaf.serial(), &craft::serial(77));
        let asked = period("2026-06-01T00:00:00Z", "2026-06-11T00:00:00Z");
        assert_eq!(leaf.validity(), &asked);
        assert_eq!(authority.find(leaf.serial()).unwrap().as_ref(), Some(leaf));
        let record = authority.ledger().by_identifier(issued.identifier()).unwrap().unwrap();
        assert_eq!(record.certificate(), Some(leaf));
        assert_eq!(issued.to_pem(), issued.chain().to_pem());
        drop(ladder);

        // The policy's rules of keys and lifetimes hold for it, and a server needs a name.
        let nameless = Issuance::for_key(device.clone()).subject("CN=x".parse().unwrap());
        assert_eq!(rules(&authority.issue(nameless).unwrap_err()), [Rule::NoAltName]);
        let other = internal().with_keys([]);
        let named = || Issuance::for_key(device.clone()).alt_names(names.clone());
        let error = authority.issue(named().under(&other)).unwrap_err();
        assert_eq!(rules(&error), [Rule::KeyAlgorithm], "{error}");
        let late = named().not_after(time("2027-06-01T00:00:00Z"));
        assert_eq!(rules(&authority.issue(late).unwrap_err()), [Rule::Lifetime]);
        let over = named().not_after(time("2026-05-31T23:59:59Z"));
        let error = authority.issue(over).unwrap_err();
        assert_eq!(rules(&error), [Rule::Validity], "{error}");
        assert!(error.to_string().contains("until 2026-05-31T23:59:59Z"), "{error}");
    }
}

#[test]
fn what_the_holder_sets_needs_no_leave_and_the_outcome_says_what_it_overrides() {
    for algorithm in common::families() {
        let (ladder, authority) = scene(algorithm);
        let request = ladder.request(&["db.example", "web.internal"]);
        assert!(authority.issue(&request).is_err());
        let issuance = Issuance::for_request(&request)
            .subject("CN=db.example".parse().unwrap())
            .alt_names(["db.example".parse().unwrap()]);
        let review = authority.review(issuance.clone());
        assert_eq!(review.denied().count(), 0, "{review}");
        let issued = authority.issue(issuance).unwrap();
        assert_eq!(issued.certificate().subject().to_string(), "CN=db.example");
        let outcome: Vec<String> =
            issued.outcome().iter().skip(1).map(ToString::to_string).collect();
        let lines = outcome.join("\n");
        assert!(lines.contains("DNS:web.internal") && lines.contains("the caller sets"), "{lines}");
        // What is not set is granted as the policy says.
        let error = authority.issue(Issuance::for_request(&request).subject(Default::default()));
        assert_eq!(rules(&error.unwrap_err()), [Rule::NameNotAllowed]);
    }
}

#[test]
fn extensions_of_one_certificate_are_added_and_those_of_the_engine_refused() {
    for algorithm in common::families() {
        let (ladder, authority) = scene(algorithm);
        let request = ladder.request(&["db.internal"]);
        let extension = |oid: &str, value: &[u8]| Extension {
            oid: oid.parse().unwrap(),
            critical: false,
            value: value.to_vec(),
        };
        let device = extension("1.3.6.1.4.1.99999.1", &[0x02, 1, 7]);
        let ask = || Issuance::for_request(&request).extension(device.clone());
        let issued = authority.issue(ask()).unwrap();
        let found = issued.certificate().extensions().iter().find(|e| e.oid == device.oid);
        assert_eq!(found, Some(&device));
        for (again, rule) in [
            (device.clone(), Rule::DuplicateExtension),
            (extension("2.5.29.19", &[0x30, 0]), Rule::DuplicateExtension),
            (extension("1.3.6.1.4.1.99999.2", b"text"), Rule::ExtensionMalformed),
        ] {
            let error = authority.issue(ask().extension(again)).unwrap_err();
            assert_eq!(rules(&error), [rule], "{error}");
        }
    }
}

#[test]
fn a_chosen_serial_number_is_given_once() {
    for algorithm in common::families() {
        let (ladder, authority) = scene(algorithm);
        let request = ladder.request(&["db.internal"]);
        let chosen = || Issuance::for_request(&request).serial(craft::serial(9));
        assert_eq!(authority.issue(chosen()).unwrap().certificate().serial(), &craft::serial(9));
        let error = authority.issue(chosen()).unwrap_err();
        assert!(conflict(&error).contains("was claimed before"), "{error}");
        // In a batch it fails alone.
        let answers = authority.issue_many([chosen(), Issuance::for_request(&request)]);
        assert!(answers[0].is_err() && answers[1].is_ok(), "{answers:?}");
        // One certificate each, and one claim each: nothing was tried twice.
        assert_eq!(authority.ledger().certificates(None, 9).unwrap().len(), 2);
    }
}

#[test]
fn a_ca_below_is_issued_for_its_request_or_its_key_like_anything_else() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let ledger = Ledger::new(MemoryStore::default());
        let authority = on(&ladder.root, &ledger);
        let lower = key(algorithm, 5);
        let name = || "CN=Lower".parse().unwrap();

        // By the choice of whoever holds the root: its policy of servers is not asked.
        let profile = || Profile::intermediate(0).with_lifetime(Lifetime::days(400));
        let issuance = Issuance::for_authority(lower.public_key().clone(), name(), profile());
        let issued = authority.issue(issuance.clone()).unwrap();
        let ca = issued.certificate();
        assert!(ca.is_authority() && ca.path_len() == Some(0));
        assert_eq!(ca.validity(), &period("2026-06-01T00:00:00Z", "2027-07-06T00:00:00Z"));
        let chain = issued.chain().clone();
        let lower = Issuer::load(chain, Arc::clone(&lower)).unwrap();
        on(&lower, &ledger).issue(&ladder.request(&["db.internal"])).unwrap();

        // It ends with its issuer, unless another policy says otherwise.
        let long = issuance.clone().lifetime(Lifetime::days(10_000));
        let cut = authority.issue(long.clone()).unwrap();
        let end = ladder.root.certificate().validity().not_after();
        assert_eq!(cut.certificate().validity().not_after(), end);
        assert!(cut.outcome().iter().any(|item| item.kind == "validity"));
        let strict = Policy::new(Profile::tls_server())
            .with_max_lifetime(Lifetime::days(10_000))
            .with_outliving(Outliving::Reject);
        let error = authority.issue(long.under(&strict)).unwrap_err();
        assert_eq!(rules(&error), [Rule::OutlivesIssuer], "{error}");
        // A period of its own may have begun.
        let past = period("2026-05-01T00:00:00Z", "2026-12-01T00:00:00Z");
        let issued = authority.issue(issuance.period(Period::Exactly(past))).unwrap();
        assert_eq!(issued.certificate().validity(), &past);

        // Another's request, by a policy of CAs.
        let request = CertificateRequest::builder(name()).sign(&key(algorithm, 6)).unwrap();
        let policy = Policy::new(Profile::intermediate(0));
        let policy = policy.allow_subject_attribute(certwright::name::AttributeType::COMMON_NAME);
        let issued = authority.issue(Issuance::for_request(&request).under(&policy)).unwrap();
        assert!(issued.certificate().is_authority());

        // What is no CA is none, and an intermediate of path length 0 makes none.
        let key = request.public_key().clone();
        let leaf = Issuance::for_authority(key.clone(), name(), Profile::tls_server());
        assert!(rules(&authority.issue(leaf).unwrap_err()).contains(&Rule::IssuerNotCa));
        let below = Issuance::for_authority(key, name(), Profile::intermediate(0));
        let error = on(&ladder.ca, &ledger).issue(below).unwrap_err();
        assert_eq!(rules(&error), [Rule::PathLength], "{error}");
    }
}

#[cfg(feature = "rsa")]
#[test]
fn a_weak_key_becomes_no_ca_unless_a_policy_says_so() {
    use certwright::KeyPair;
    use certwright::key::WeakKeys;
    use certwright::testing::SeededRng;

    let (ladder, _) = scene(KeyAlgorithm::Rsa2048);
    let authority = on(&ladder.root, &Ledger::new(MemoryStore::default()));
    let allow = WeakKeys::DangerouslyAllowRsa1024;
    let weak =
        KeyPair::generate_with(KeyAlgorithm::Rsa1024, allow, &mut SeededRng::new(7)).unwrap();
    let weak = weak.public_key().clone();
    let name = "CN=Weak".parse().unwrap();
    let issuance = Issuance::for_authority(weak, name, Profile::intermediate(0));
    let error = authority.issue(issuance.clone()).unwrap_err();
    assert_eq!(rules(&error), [Rule::KeyWeak], "{error}");
    let policy = Policy::new(Profile::intermediate(0)).dangerously_allow_rsa_1024();
    authority.issue(issuance.under(&policy)).unwrap();
}

#[test]
fn several_under_one_token_in_a_batch_are_one_certificate_and_one_claim() {
    for algorithm in common::families() {
        let (ladder, authority) = scene(algorithm);
        let [one, other] = [&["db.internal"][..], &["web.internal"]].map(|n| ladder.request(n));
        let under = |request, token| Issuance::for_request(request).token(token).unwrap();
        let answers = authority.issue_many([
            under(&one, "order-1"),
            under(&one, "order-1"),
            under(&other, "order-1"),
            Issuance::for_request(&one),
            under(&other, "order-2"),
        ]);
        let [Ok(first), Ok(again), Err(refused), Ok(_), Ok(_)] = &answers[..] else {
            panic!("{answers:?}")
        };
        assert_eq!(first.certificate(), again.certificate());
        assert_eq!(rules(refused), [Rule::TokenReused]);
        assert_eq!(authority.ledger().certificates(None, 9).unwrap().len(), 3);
        let again = authority.issue_many([under(&other, "order-2"), under(&one, "order-1")]);
        assert_eq!(again[1].as_ref().unwrap().certificate(), first.certificate());
        assert_eq!(authority.ledger().certificates(None, 9).unwrap().len(), 3);
        // Where the first is refused, the second may be issued.
        let answers = authority.issue_many([
            under(&ladder.request(&["db.example"]), "order-3"),
            under(&one, "order-3"),
        ]);
        assert!(answers[0].is_err() && answers[1].is_ok(), "{answers:?}");
        authority.ledger().verify_audit().unwrap();
    }
}

#[test]
fn an_issuer_without_its_key_issues_nothing_and_claims_no_number() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let certificates = ladder.ca.chain();
        let signature = ladder.ca_key().algorithm();
        let cold = Issuer::without_key(certificates, signature).unwrap();
        assert!(!cold.has_key() && ladder.ca.has_key());
        let authority = on(&cold, &Ledger::new(MemoryStore::default()));
        let request = ladder.request(&["db.internal"]);
        let named = Issuance::for_request(&request).token("order-1").unwrap();
        let mut errors: Vec<Error> = authority
            .issue_many([&request, &request])
            .into_iter()
            .map(Result::unwrap_err)
            .collect();
        errors.push(authority.issue(&request).unwrap_err());
        errors.push(authority.issue(named).unwrap_err());
        let below = authority.delegate(
            "CN=N".parse().unwrap(),
            Profile::intermediate(0),
            key(algorithm, 5),
        );
        errors.push(below.unwrap_err());
        for error in &errors {
            assert!(error.to_string().contains("the issuer has no key here"), "{error}");
        }
        assert!(matches!(errors[2], Error::Signer(_)));
        assert_eq!(authority.ledger().certificates(None, 9).unwrap(), []);
        assert_eq!(authority.ledger().audit(1, 9).unwrap(), []);
        // What it is for.
        let prepared = authority.prepare(&request).unwrap();
        let signature = ladder.ca_key().sign(prepared.to_be_signed()).unwrap();
        let issued = authority.complete(prepared.serial(), &signature).unwrap();
        let record = authority.ledger().by_identifier(issued.identifier()).unwrap().unwrap();
        assert!(matches!(record.state, RecordState::Issued { .. }));
    }
}

#[test]
fn a_key_of_another_family_is_certified_only_where_the_policy_says_so() {
    for issuing in common::families() {
        for asked in common::families() {
            let (ladder, authority) = scene(issuing);
            let other = key(asked, 6);
            let request = CertificateRequest::builder("CN=db.internal".parse().unwrap())
                .alt_name("db.internal".parse().unwrap())
                .sign(&other)
                .unwrap();
            let differs = issuing.family() != asked.family();
            match authority.issue(&request) {
                Ok(_) => assert!(!differs),
                Err(error) => assert_eq!((rules(&error), differs), (vec![Rule::KeyFamily], true)),
            }
            let mixed = internal().allow_key_families([asked.family()]);
            let issuance = Issuance::for_request(&request).under(&mixed);
            let issued = authority.issue(issuance.clone()).unwrap();
            let anchors = [ladder.root.certificate().clone()];
            let verifier = ChainVerifier::new(anchors, time("2026-06-02T00:00:00Z"));
            verifier.verify(issued.chain()).unwrap();
            // Whichever family is not named stays out.
            for third in common::families() {
                let named = [asked.family(), issuing.family()].contains(&third.family());
                let bare = Issuance::for_key(key(third, 7).public_key().clone());
                let bare = bare.alt_names(["x.internal".parse().unwrap()]).under(&mixed);
                match authority.issue(bare) {
                    Ok(_) => assert!(named),
                    Err(error) => {
                        assert!(!named && rules(&error) == [Rule::KeyFamily], "{error}");
                        let allowed = format!("or {}", asked.family());
                        assert!(error.to_string().contains(&allowed), "{error}");
                    }
                }
            }
            // What waits for its signature was granted by the policy already.
            let prepared = authority.prepare(issuance).unwrap();
            let signature = ladder.ca_key().sign(prepared.to_be_signed()).unwrap();
            authority.complete(prepared.serial(), &signature).unwrap();
        }
    }
}

/// Roots, keys and serial numbers from one generator: the same seed makes the same, and where there
/// are no random numbers there is nothing.
#[cfg(feature = "ecc")]
#[test]
fn everything_is_drawn_from_the_one_source_that_was_set() {
    use std::error::Error as _;

    use certwright::key::{Randomness, WeakKeys};
    use certwright::testing::SeededRng;
    use certwright::{KeyPair, SerialNumber};
    use certwright_tests::world::Dry;

    let life = |mut random: Randomness| {
        let weak = WeakKeys::Refuse;
        let mut key = || KeyPair::generate_with(KeyAlgorithm::EcdsaP256, weak, &mut random);
        let (root_key, lower_key) = (key()?, key()?);
        let public = lower_key.public_key().clone();
        let serial = SerialNumber::generate(&mut random)?;
        let validity = period("2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z");
        let name = "CN=Root".parse().unwrap();
        let root = Issuer::self_signed_at(name, Profile::root(), root_key, serial, validity)?;
        let authority = on(&root, &Ledger::new(MemoryStore::default())).with_rng(random);
        let name = "CN=Lower".parse().unwrap();
        let lower = authority.delegate(name, Profile::intermediate(0), lower_key)?;
        Ok::<_, Error>((serial, public, *lower.certificate().serial()))
    };
    let seeded = || Randomness::new(SeededRng::new(7));
    let (first, again) = (life(seeded()).unwrap(), life(seeded()).unwrap());
    assert_eq!(first, again);
    assert_ne!(first.0, first.2);
    assert_ne!(life(Randomness::default()).unwrap().0, first.0);
    let error = life(Randomness::new(Dry)).unwrap_err();
    assert!(matches!(error, Error::Random { .. }), "{error}");
    assert_eq!(error.source().unwrap().to_string(), "no entropy");
    assert_eq!(format!("{:?}", seeded()), "Randomness");
}

#[test]
fn a_token_is_in_no_debug_output() {
    let Some(algorithm) = common::families().into_iter().next() else { return };
    let (ladder, _) = scene(algorithm);
    let issuance = Issuance::from(ladder.request(&["db.internal"])).token("order-4711").unwrap();
    let shown = format!("{issuance:?}");
    assert!(shown.contains("a request") && !shown.contains("4711"), "{shown}");
}
