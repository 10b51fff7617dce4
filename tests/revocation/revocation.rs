//! What is revoked, when it may be, and how a CRL says it. OpenSSL is the judge.

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::error::{Rule, StoreErrorKind};
use certwright::key::KeyFamily;
use certwright::ledger::Ledger;
use certwright::profile::KeyUsage;
use certwright::time::Lifetime;
use certwright::{Authority, Error, Issuer, MemoryStore, Profile, SerialNumber};

use crate::common;
use crate::craft::{self, Draft, KEY_USAGE, internal, now};
use crate::revoked::{
    self, Scene, entries, for_each_family, hex, kind, read, serials, sorted, verify,
};

/// Each reason, its number and OpenSSL's name of it.
const REASONS: [(RevocationReason, u8, &str); 8] = [
    (RevocationReason::KeyCompromise, 1, "Key Compromise"),
    (RevocationReason::CaCompromise, 2, "CA Compromise"),
    (RevocationReason::AffiliationChanged, 3, "Affiliation Changed"),
    (RevocationReason::Superseded, 4, "Superseded"),
    (RevocationReason::CessationOfOperation, 5, "Cessation Of Operation"),
    (RevocationReason::CertificateHold, 6, "Certificate Hold"),
    (RevocationReason::PrivilegeWithdrawn, 9, "Privilege Withdrawn"),
    (RevocationReason::AaCompromise, 10, "AA Compromise"),
];

#[test]
fn each_reason_is_in_the_list_under_its_number() {
    if !common::judge("openssl") {
        return;
    }
    for_each_family(|scene| {
        let revoked = REASONS.map(|(reason, code, name)| {
            let serial = *scene.issue().leaf().serial();
            scene.ca.revoke(&serial, reason).unwrap();
            (serial, code, name)
        });
        let list = scene.full();
        let text = scene.text(&list);
        assert_eq!(serials(&text), sorted(&revoked.map(|(serial, ..)| serial)));
        for (serial, code, name) in revoked {
            let (_, rest) = entries(&text).into_iter().find(|(s, _)| *s == hex(&serial)).unwrap();
            assert!(rest.contains("X509v3 CRL Reason Code"), "{rest}");
            assert!(rest.contains(name), "{name}: {rest}");
            assert!(rest.contains("Revocation Date: Jun  1 00:00:00 2026 GMT"), "{rest}");
            assert_eq!(read(&list).find(&serial), Some((now(), Some(code))));
        }
        assert_eq!(read(&list).len(), REASONS.len());
    });
    assert_eq!((RevocationReason::from_code(7), RevocationReason::from_code(8)), (None, None));
}

#[test]
fn an_unspecified_reason_is_left_out_with_its_extension() {
    if !common::judge("openssl") {
        return;
    }
    for_each_family(|scene| {
        let serial = *scene.issue().leaf().serial();
        scene.ca.revoke(&serial, RevocationReason::Unspecified).unwrap();
        let list = scene.full();
        let text = scene.text(&list);
        assert_eq!(serials(&text), [hex(&serial)]);
        assert!(!text.contains("CRL entry extensions") && !text.contains("Reason"), "{text}");
        assert_eq!(read(&list).find(&serial), Some((now(), None)));
    });
}

#[test]
fn a_hold_is_released_or_becomes_a_revocation() {
    for_each_family(|scene| {
        let serial = *scene.issue().leaf().serial();
        let found = || scene.ca.ledger().revocation(&scene.digest(), &serial).unwrap();
        for _ in 0..2 {
            scene.ca.revoke(&serial, RevocationReason::CertificateHold).unwrap();
            assert_eq!(read(&scene.full()).find(&serial), Some((now(), Some(6))));
            scene.ca.release(&serial).unwrap();
            assert_eq!((found(), read(&scene.full()).find(&serial)), (None, None));
        }
        let again = kind(scene.ca.release(&serial));
        let message = format!("serial number {serial} is not on hold");
        assert_eq!(again, (StoreErrorKind::Conflict, message.clone()));

        scene.ca.revoke(&serial, RevocationReason::CertificateHold).unwrap();
        scene.clock.set("2026-06-02T00:00:00Z");
        scene.ca.revoke(&serial, RevocationReason::KeyCompromise).unwrap();
        let revocation = found().unwrap();
        assert_eq!(revocation.reason, RevocationReason::KeyCompromise);
        assert_eq!(revocation.at, craft::time("2026-06-02T00:00:00Z"));
        assert_eq!(kind(scene.ca.release(&serial)), (StoreErrorKind::Conflict, message));
        assert!(read(&scene.full()).find(&serial).is_some());
    });
}

#[test]
fn a_revocation_is_made_once_and_only_of_a_number_that_was_given() {
    for_each_family(|scene| {
        let serial = *scene.issue().leaf().serial();
        scene.ca.revoke(&serial, RevocationReason::Superseded).unwrap();
        let refused = format!("serial number {serial} is revoked already");
        for reason in REASONS.map(|(reason, ..)| reason) {
            let answer = kind(scene.ca.revoke(&serial, reason));
            assert_eq!(answer, (StoreErrorKind::Conflict, refused.clone()));
        }
        let held = *scene.issue().leaf().serial();
        scene.ca.revoke(&held, RevocationReason::CertificateHold).unwrap();
        let answer = kind(scene.ca.revoke(&held, RevocationReason::CertificateHold));
        assert_eq!(answer.0, StoreErrorKind::Conflict);

        let unknown = SerialNumber::from_bytes(&[0x42]).unwrap();
        let message = format!("no certificate has serial number {unknown}");
        let answer = kind(scene.ca.revoke(&unknown, RevocationReason::Superseded));
        assert_eq!(answer, (StoreErrorKind::NotFound, message));
        // The number is the intermediate's: its parent does not know it.
        let answer = kind(scene.root.revoke(&serial, RevocationReason::Superseded));
        assert_eq!(answer.0, StoreErrorKind::NotFound);
        let found = scene.ca.ledger().revocation(&scene.digest(), &serial).unwrap().unwrap();
        assert_eq!(found.reason, RevocationReason::Superseded, "refusals change nothing");
        assert_eq!(read(&scene.full()).len(), 2);
    });
}

#[test]
fn a_number_whose_certificate_never_came_back_can_be_revoked() {
    for_each_family(|scene| {
        let serial = scene.claim();
        scene.ca.revoke(&serial, RevocationReason::KeyCompromise).unwrap();
        assert_eq!(read(&scene.full()).find(&serial), Some((now(), Some(1))));
    });
}

#[test]
fn openssl_refuses_the_revoked_leaf_and_passes_the_good_one() {
    if !common::judge("openssl") {
        return;
    }
    for algorithm in common::families() {
        if algorithm.family() == KeyFamily::Sm2 {
            continue; // OpenSSL 3.0 verifies no SM2 chain, not even its own.
        }
        let scene = Scene::new(algorithm, 1);
        let (revoked, good) = (scene.issue(), scene.issue());
        scene.ca.revoke(revoked.leaf().serial(), RevocationReason::KeyCompromise).unwrap();
        let list = scene.full();
        let answer = verify(&revoked, &[&list], &[]);
        assert!(answer.contains("certificate revoked"), "{answer}");
        assert!(verify(&good, &[&list], &[]).contains("leaf.pem: OK"));
        let answer = verify(&good, &[], &[]);
        assert!(answer.contains("unable to get certificate CRL"), "{answer}");
    }
}

#[test]
fn the_list_names_its_issuers_key_and_the_place_that_leaves_point_to() {
    if !common::judge("openssl") {
        return;
    }
    for_each_family(|scene| {
        let leaf = scene.issue();
        let list = scene.full();
        let text = scene.text(&list);
        let key = scene.ca.issuer().certificate().subject_key_identifier().unwrap();
        assert_eq!(read(&list).authority_key_identifier(), Some(key));
        assert_ne!(scene.ca.issuer().certificate().authority_key_identifier(), Some(key));
        let key: Vec<String> = key.iter().map(|byte| format!("{byte:02X}")).collect();
        assert!(text.contains(&key.join(":")), "{text}");
        assert!(text.contains("Version 2 (0x1)"), "{text}");
        assert!(text.contains("Issuer: CN = CA"), "{text}");
        assert!(text.contains("X509v3 Issuing Distribution Point: critical"), "{text}");

        let folder = common::folder();
        common::write(&folder, "leaf.pem", leaf.leaf().to_pem());
        let arguments = ["x509", "-in", "leaf.pem", "-noout", "-ext", "crlDistributionPoints"];
        let points = common::openssl(folder.path(), &arguments).expect_success().text();
        let url =
            |text: &str| text.split_once("URI:").unwrap().1.lines().next().unwrap().to_owned();
        assert_eq!(url(&points), url(&text));
        assert_eq!(Some(url(&text)), scene.ca.issuer().crl_url(0));
    });
}

#[test]
fn a_list_of_nothing_has_no_list_and_numbers_go_up() {
    if !common::judge("openssl") {
        return;
    }
    for_each_family(|scene| {
        for number in 1..=3u64 {
            let list = scene.full();
            let text = scene.text(&list);
            assert!(text.contains("No Revoked Certificates."), "{text}");
            assert_eq!((list.number(), read(&list).number()), (number, Some(number)));
            let printed = text.split_once("X509v3 CRL Number:").unwrap().1;
            assert_eq!(printed.split_whitespace().next(), Some(number.to_string().as_str()));
            // An empty SEQUENCE after nextUpdate would be revokedCertificates.
            assert!(read(&list).is_empty());
        }
        let other = Authority::on(scene.ca.issuer().clone(), internal(), scene.ca.ledger().clone());
        let next = other.with_clock(scene.clock.clone());
        let next = next.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        assert_eq!(next.number(), 4, "the number is the ledger's");
        let root = scene.root.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        assert_eq!(root.number(), 1, "each issuer counts for itself");
    });
}

#[test]
fn a_written_list_is_its_der() {
    for_each_family(|scene| {
        for count in [0, 1, 40] {
            for _ in 0..count {
                scene.ca.revoke(&scene.claim(), RevocationReason::Superseded).unwrap();
            }
            let list = scene.full();
            let mut written = Vec::new();
            list.write_der(&mut written).unwrap();
            assert_eq!(written, list.to_der());
            assert_eq!(written, read(&list).as_der());
        }
    });
}

#[test]
fn an_issuer_that_may_not_sign_lists_or_not_now_or_without_an_end_does_not() {
    for_each_family(|scene| {
        let key = scene.ladder.root_key();
        // keyCertSign alone.
        let draft = Draft::of(scene.ladder.root.certificate()).set(KEY_USAGE, true, &[3, 2, 2, 4]);
        let bare = draft.sign(&*key);
        assert_eq!(bare.key_usage(), Some(KeyUsage::KEY_CERT_SIGN));
        let issuer = Issuer::load(vec![bare], key).unwrap();
        let authority = Authority::new(issuer, internal(), MemoryStore::default());
        let authority = authority.with_clock(scene.clock.clone());
        let week = CrlRequest::full(Lifetime::days(7));
        assert_denied(authority.issue_crl(&week), Rule::IssuerKeyUsage, "cRLSign");

        let endless = CrlRequest::full(Lifetime::ZERO);
        assert_denied(scene.ca.issue_crl(&endless), Rule::Lifetime, "nextUpdate");
        assert_denied(scene.ca.issue_crl(&week.for_shard(1)), Rule::CrlShard, "shard");
        scene.clock.set("2033-01-01T00:00:00Z");
        assert_denied(scene.ca.issue_crl(&week), Rule::IssuerValidity, "time of issue");
        let state = scene.ca.ledger().crl_state(&scene.digest(), 0).unwrap();
        assert_eq!(state.number, 0, "a list that is denied takes no number");
    });
}

#[test]
fn a_revoked_intermediate_issues_nothing_and_is_in_its_parents_list() {
    if !common::judge("openssl") {
        return;
    }
    for_each_family(|scene| {
        let key = common::key(scene.ladder.algorithm);
        let issuer =
            scene.root.delegate("CN=Lower".parse().unwrap(), Profile::intermediate(0), key);
        let issuer = issuer.unwrap();
        let serial = *issuer.certificate().serial();
        assert_eq!(scene.root.find(&serial).unwrap().as_ref(), Some(issuer.certificate()));
        let lower = Authority::on(issuer.clone(), internal(), scene.root.ledger().clone());
        let lower = lower.with_clock(scene.clock.clone());
        let request = scene.ladder.request(&["db.internal"]);
        lower.issue(&request).unwrap();

        scene.root.revoke(&serial, RevocationReason::CertificateHold).unwrap();
        assert_denied(lower.issue(&request), Rule::IssuerRevoked, "certificateHold");
        scene.root.release(&serial).unwrap();
        lower.issue(&request).unwrap();
        scene.root.revoke(&serial, RevocationReason::CaCompromise).unwrap();
        let prepared = lower.prepare(&request).map(|_| ());
        assert_denied(prepared, Rule::IssuerRevoked, "cACompromise");
        for answer in lower.issue_many(&[request.clone(), request]) {
            assert_denied(answer, Rule::IssuerRevoked, "CN=Lower");
        }
        let below = lower.delegate(
            "CN=Below".parse().unwrap(),
            Profile::intermediate(0),
            common::key(scene.ladder.algorithm),
        );
        // With every other reason.
        let error = below.unwrap_err();
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::IssuerRevoked, Rule::PathLength], "{error}");
        assert!(error.reasons()[0].given.contains("CN=Lower"), "{error}");

        let list = scene.root.issue_crl(&CrlRequest::full(Lifetime::days(30))).unwrap();
        let text = revoked::text_of(&list, scene.root.issuer());
        assert_eq!(serials(&text), [hex(&serial)]);
        assert!(text.contains("CA Compromise"), "{text}");
        let digest = Ledger::issuer_digest(issuer.certificate().public_key().unwrap());
        assert_eq!(scene.root.ledger().crl_state(&digest, 0).unwrap().number, 0);
    });
}

#[track_caller]
fn assert_denied<T: std::fmt::Debug>(answer: Result<T, Error>, rule: Rule, words: &str) {
    let error = answer.unwrap_err();
    let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
    assert!(matches!(error, Error::Denied(_)), "{error}");
    assert_eq!(rules, [rule], "{error}");
    assert!(error.to_string().contains(words), "{error}");
}
