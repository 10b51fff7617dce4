//! When something was revoked, as its owner says it; what ended before it was revoked; what was
//! revoked before it was completed; and what the audit log tells of failures.

use certwright::crl::{CrlRequest, IssuedCrl, RevocationReason, RevocationRequest};
use certwright::error::{Rule, StoreErrorKind};
use certwright::ledger::{AuditAction, AuditEntry, Ledger, RecordState};
use certwright::time::Lifetime;
use certwright::{Authority, Error, Issuer, MemoryStore, Policy, Profile, SerialNumber, Signer};

use crate::common;
use crate::craft::{self, internal, now, time};
use crate::revoked::{Scene, detail, entries, for_each_family, hex, kind, read};
use crate::world::{Device, Fault, FrailStore, Mood};

const STOLEN: RevocationReason = RevocationReason::KeyCompromise;

#[test]
fn openssl_reads_when_and_why_and_since_when_it_was_invalid() {
    if !common::judge("openssl") {
        return;
    }
    for_each_family(|scene| {
        scene.clock.set("2026-06-20T00:00:00Z");
        let [now, told, plain] = [(); 3].map(|()| *scene.issue().leaf().serial());
        let at = time("2026-06-10T11:12:13Z");
        let since = time("2026-05-01T01:02:03Z");
        let request = RevocationRequest::new(STOLEN);
        scene.ca.revoke(&told, request.at(at).invalid_since(since)).unwrap();
        scene.ca.revoke(&now, request.invalid_since(time("2026-06-20T00:00:00Z"))).unwrap();
        scene.ca.revoke(&plain, RevocationReason::Unspecified).unwrap();
        let list = scene.full();
        let text = scene.text(&list);
        let of = |serial: &SerialNumber| {
            entries(&text).into_iter().find(|entry| entry.0 == hex(serial)).unwrap().1
        };
        let entry = of(&told);
        assert!(entry.contains("Revocation Date: Jun 10 11:12:13 2026 GMT"), "{entry}");
        assert!(entry.contains("Key Compromise"), "{entry}");
        let invalid = entry.split_once("Invalidity Date").expect(&entry).1;
        assert!(invalid.contains("May  1 01:02:03 2026 GMT"), "{entry}");
        assert!(!entry.contains("Invalidity Date: critical"), "{entry}");
        let entry = of(&now);
        assert!(entry.contains("Revocation Date: Jun 20 00:00:00 2026 GMT"), "{entry}");
        assert!(entry.contains("Jun 20 00:00:00 2026 GMT"), "{entry}");
        assert!(!of(&plain).contains("Invalidity Date"), "{text}");
        // A delta says it too.
        let other = *scene.issue().leaf().serial();
        scene.ca.revoke(&other, request.at(at).invalid_since(since)).unwrap();
        let text = scene.text(&scene.delta(&list));
        assert!(text.contains("May  1 01:02:03 2026 GMT"), "{text}");

        let found = scene.ca.ledger().revocation(&scene.digest(), &told).unwrap().unwrap();
        assert_eq!((found.at, found.invalid_since, found.reason), (at, Some(since), STOLEN));
    });
}

#[test]
fn a_time_in_the_future_and_an_invalidity_after_the_revocation_are_refused() {
    for_each_family(|scene| {
        let serial = *scene.issue().leaf().serial();
        let before = scene.ca.ledger().audit(1, 99).unwrap();
        let next = time("2026-06-01T00:00:01Z");
        let earlier = time("2026-05-31T00:00:00Z");
        let request = RevocationRequest::new(STOLEN);
        for (request, place) in [
            (request.at(next), "revocationDate"),
            (request.invalid_since(next), "invalidityDate"),
            (request.at(earlier).invalid_since(now()), "invalidityDate"),
            (request.at(next).invalid_since(earlier), "revocationDate"),
        ] {
            let Err(Error::Malformed(error)) = scene.ca.revoke(&serial, request) else {
                panic!("{request:?}");
            };
            assert!(error.place.starts_with(place), "{request:?}: {error}");
        }
        assert_eq!(scene.ca.ledger().audit(1, 99).unwrap(), before);
        assert!(read(&scene.full()).is_empty());
        scene.ca.revoke(&serial, request.at(now()).invalid_since(now())).unwrap();
        assert_eq!(read(&scene.full()).find(&serial), Some((now(), Some(1))));
    });
}

#[test]
fn what_ended_before_it_was_revoked_is_on_one_full_list_and_its_deltas_and_then_gone() {
    for_each_family(|scene| {
        let short = [(); 3].map(|()| scene.issue_until("2026-06-10T00:00:00Z"));
        let first = scene.full();
        scene.clock.set("2026-06-11T00:00:00Z");
        let second = scene.full();
        scene.clock.set("2026-06-12T00:00:00Z");
        let [one, two, held] = short;
        scene.ca.revoke(&one, STOLEN).unwrap();
        scene.ca.revoke(&held, RevocationReason::CertificateHold).unwrap();
        assert!(lists(&scene.delta(&second), &[one, held]));
        // A delta takes a number, and is no full list.
        assert!(lists(&scene.delta(&second), &[one, held]));
        let refused = scene.ca.issue_crl(&CrlRequest::delta(first.number(), Lifetime::days(1)));
        assert_eq!(refused.unwrap_err().reasons()[0].rule, Rule::CrlBase);
        scene
            .ca
            .revoke(&two, RevocationRequest::new(STOLEN).at(time("2026-06-02T00:00:00Z")))
            .unwrap();
        scene.clock.set("2026-06-13T00:00:00Z");
        let third = scene.full();
        assert!(lists(&third, &[one, two, held]), "exactly one full list");
        assert!(read(&scene.delta(&third)).is_empty());
        // It changes once more, and is told once more.
        scene.clock.set("2026-06-14T00:00:00Z");
        scene.ca.release(&held).unwrap();
        let delta = scene.delta(&third);
        assert_eq!(read(&delta).find(&held).unwrap().1, Some(8), "removeFromCRL");
        assert!(lists(&delta, &[held]));
        let fourth = scene.full();
        assert!(read(&fourth).is_empty(), "then gone: {}", read(&fourth).len());
        scene.ca.revoke(&held, STOLEN).unwrap();
        assert!(lists(&scene.delta(&fourth), &[held]));
        assert!(lists(&scene.full(), &[held]));
        assert!(read(&scene.full()).is_empty());
        // What is off the lists is in the ledger.
        assert_eq!(scene.ca.ledger().revocations(&scene.digest(), None, 9).unwrap().len(), 3);
    });
}

#[test]
fn a_list_that_could_not_be_signed_counts_for_no_list() {
    let scene = Scene::new(common::families()[0], 1);
    let device = Device::new(scene.ladder.ca_key());
    let certificates = scene.ladder.ca.chain();
    let issuer = Issuer::load(certificates, device.clone()).unwrap();
    let ca = Authority::on(issuer, internal(), scene.ca.ledger().clone());
    let ca = ca.with_clock(scene.clock.clone());
    let short = scene.issue_until("2026-06-10T00:00:00Z");
    let week = CrlRequest::full(Lifetime::days(7));
    ca.issue_crl(&week).unwrap();
    scene.clock.set("2026-06-12T00:00:00Z");
    ca.revoke(&short, STOLEN).unwrap();
    device.set(Mood::Error);
    assert!(matches!(ca.issue_crl(&week), Err(Error::Signer(_))));
    device.set(Mood::Garbage);
    assert!(matches!(ca.issue_crl(&week), Err(Error::Signer(_))));
    device.set(Mood::Honest);
    let list = ca.issue_crl(&week).unwrap();
    assert_eq!(list.number(), 4);
    assert!(lists(&list, &[short]));
    assert!(read(&ca.issue_crl(&week).unwrap()).is_empty());
}

#[test]
fn a_claim_that_was_revoked_is_completed_never_and_one_on_hold_not_yet() {
    for_each_family(|scene| {
        let sign = |serial: &SerialNumber| {
            let record = scene.ca.ledger().certificate(&scene.digest(), serial).unwrap().unwrap();
            let RecordState::Claimed { to_be_signed } = record.state else { panic!("{serial}") };
            scene.ladder.ca_key().sign(&to_be_signed).unwrap()
        };
        let claim = scene.claim();
        let signature = sign(&claim);
        scene.ca.revoke(&claim, STOLEN).unwrap();
        let (kind_of, message) = kind(scene.ca.complete(&claim, &signature));
        assert_eq!(kind_of, StoreErrorKind::Conflict);
        assert!(message.contains("revoked"), "{message}");
        assert_eq!(scene.ca.find(&claim).unwrap(), None);
        let _ = sign(&claim); // still a claim

        let held = scene.claim();
        let signature = sign(&held);
        scene.ca.revoke(&held, RevocationReason::CertificateHold).unwrap();
        assert_eq!(kind(scene.ca.complete(&held, &signature)).0, StoreErrorKind::Conflict);
        scene.ca.release(&held).unwrap();
        scene.ca.complete(&held, &signature).unwrap();

        let late = scene.claim();
        let signature = sign(&late);
        let key = craft::key(scene.ladder.algorithm, 8);
        let lower =
            scene.root.delegate("CN=Lower".parse().unwrap(), Profile::intermediate(0), key.clone());
        let lower = lower.unwrap();
        let ca = Authority::on(lower.clone(), internal(), scene.ca.ledger().clone());
        let ca = ca.with_clock(scene.clock.clone());
        let prepared = ca.prepare(&scene.ladder.request(&["db.internal"])).unwrap();
        let of_lower = key.sign(prepared.to_be_signed()).unwrap();
        scene.root.revoke(lower.certificate().serial(), RevocationReason::CaCompromise).unwrap();
        let error = ca.complete(prepared.serial(), &of_lower).unwrap_err();
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::IssuerRevoked], "{error}");
        assert_eq!(ca.find(prepared.serial()).unwrap(), None);
        // The other intermediate goes on.
        scene.ca.complete(&late, &signature).unwrap();
    });
}

#[test]
fn a_list_or_a_delegation_that_fails_leaves_an_entry_with_the_problem() {
    for algorithm in common::families() {
        let scene = Scene::new(algorithm, 1);
        for mood in [Mood::Error, Mood::Garbage, Mood::OtherMessage] {
            let device = Device::new(scene.ladder.root_key());
            let root = vec![scene.ladder.root.certificate().clone()];
            let issuer = Issuer::load(root, device.clone()).unwrap();
            let store = FrailStore::new();
            let root = Authority::new(issuer, internal(), store.clone()).with_actor("alice");
            let root = root.with_clock(scene.clock.clone());
            device.set(mood);
            let list = root.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap_err();
            assert!(matches!(list, Error::Signer(_)), "{mood:?}: {list}");
            let (name, below) = ("CN=Lower".parse().unwrap(), Profile::intermediate(0));
            let lower = root.delegate(name, below, craft::key(algorithm, 6)).unwrap_err();
            assert!(matches!(lower, Error::Signer(_)), "{mood:?}: {lower}");
            let found = root.ledger().audit(1, 99).unwrap();
            let claim = found[2].serial.expect("a serial number was claimed");
            assert_eq!(
                told(&found),
                [
                    (AuditAction::Claimed, None, "CRL number 1".to_owned()),
                    (AuditAction::Failed, None, format!("CRL number 1: {list}")),
                    (AuditAction::Claimed, Some(claim), String::new()),
                    (AuditAction::Failed, Some(claim), lower.to_string()),
                ],
            );
            assert!(found.iter().all(|entry| entry.actor == "alice"));
            let digest =
                Ledger::issuer_digest(scene.ladder.root.certificate().public_key().unwrap());
            assert!(found.iter().all(|entry| entry.issuer == digest));
            // Numbers that were claimed stay claimed, and no list is the last one.
            let state = root.ledger().crl_state(&digest, 0).unwrap();
            assert_eq!((state.number, state.full), (1, None));
            assert_eq!(root.ledger().verify_audit().unwrap(), 4);
        }
    }
}

#[test]
fn a_certificate_that_was_signed_and_revoked_before_it_was_recorded_is_told_of() {
    // The signer revokes what it signs, as another thread might.
    struct Traitor {
        device: std::sync::Arc<Device>,
        ca: std::sync::Mutex<Option<Authority>>,
    }
    impl Signer for Traitor {
        fn public_key(&self) -> &certwright::key::PublicKey {
            self.device.public_key()
        }
        fn algorithm(&self) -> certwright::key::SignatureAlgorithm {
            self.device.algorithm()
        }
        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
            let ca = self.ca.lock().unwrap().clone().unwrap();
            let bytes = &craft::children(message)[craft::SERIAL][2..];
            ca.revoke(&SerialNumber::from_bytes(bytes)?, STOLEN)?;
            self.device.sign(message)
        }
    }
    let scene = Scene::new(common::families()[0], 1);
    let device = Device::new(scene.ladder.ca_key());
    let traitor = std::sync::Arc::new(Traitor { device, ca: std::sync::Mutex::new(None) });
    let certificates = scene.ladder.ca.chain();
    let issuer = Issuer::load(certificates, traitor.clone()).unwrap();
    let ca = Authority::new(issuer, internal(), MemoryStore::default());
    let ca = ca.with_clock(scene.clock.clone());
    *traitor.ca.lock().unwrap() = Some(ca.clone());
    let (kind_of, message) = kind(ca.issue(&scene.ladder.request(&["db.internal"])));
    assert_eq!(kind_of, StoreErrorKind::Conflict);
    assert!(message.contains("revoked meanwhile"), "{message}");
    let found = ca.ledger().audit(1, 99).unwrap();
    let actions: Vec<_> = found.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [AuditAction::Claimed, AuditAction::Revoked, AuditAction::Failed]);
    assert!(found[2].detail.contains("revoked meanwhile"), "{}", found[2].detail);
    assert_eq!(found[2].serial, found[0].serial);
    assert_eq!(ca.find(&found[0].serial.unwrap()).unwrap(), None);
    *traitor.ca.lock().unwrap() = None;
}

#[test]
fn a_store_that_fails_at_the_record_of_a_delegation_leaves_a_claim_and_says_so() {
    let scene = Scene::new(common::families()[0], 1);
    for (fault, state) in [(Fault::Lost, "claimed"), (Fault::Unknown, "issued")] {
        let store = FrailStore::new();
        let root = Authority::new(
            scene.ladder.root.clone(),
            Policy::new(Profile::tls_server()),
            store.clone(),
        );
        let root = root.with_clock(scene.clock.clone());
        store.break_write(2, fault);
        let (name, below) = ("CN=Lower".parse().unwrap(), Profile::intermediate(0));
        let key = craft::key(scene.ladder.algorithm, 6);
        assert_eq!(kind(root.delegate(name, below, key)).0, StoreErrorKind::Backend);
        let records = root.ledger().certificates(None, 9).unwrap();
        let found: Vec<_> = records.iter().map(|record| record.certificate().is_some()).collect();
        assert_eq!(found, [state == "issued"], "{fault:?}");
        let last = root.ledger().audit(1, 9).unwrap().pop().unwrap();
        assert_eq!(last.action, AuditAction::Failed, "{fault:?}");
        assert!(last.detail.contains("the disk is full"), "{}", last.detail);
        root.ledger().verify_audit().unwrap();
    }
}

fn told(entries: &[AuditEntry]) -> Vec<(AuditAction, Option<SerialNumber>, String)> {
    entries.iter().map(|entry| (entry.action, entry.serial, detail(entry).to_owned())).collect()
}

/// Whether a list has exactly these.
fn lists(list: &IssuedCrl, serials: &[SerialNumber]) -> bool {
    let found = read(list);
    found.len() == serials.len() && serials.iter().all(|serial| found.find(serial).is_some())
}
