//! After a restored backup: CRL numbers go on, and what was revoked since stays revoked.
#![cfg(feature = "redb")]

use certwright::crl::{CrlRequest, IssuedCrl, RevocationList, RevocationReason, RevocationRequest};
use certwright::error::Rule;
use certwright::ledger::Ledger;
use certwright::time::Lifetime;
use certwright::{Authority, Error, MemoryStore, RedbStore};

use crate::common;
use crate::craft::{internal, time};
use crate::revoked::{Scene, read};

const STOLEN: RevocationReason = RevocationReason::KeyCompromise;
const HOLD: RevocationReason = RevocationReason::CertificateHold;

#[test]
fn what_the_last_list_knows_is_taken_over() {
    for algorithm in common::families() {
        let folder = common::folder();
        let store = std::sync::Arc::new(RedbStore::create(folder.path().join("ca.redb")).unwrap());
        let scene = Scene::on(algorithm, 1, store.clone());
        let [known, held, lifted] = [(); 3].map(|()| *scene.issue().leaf().serial());
        scene.ca.revoke(&known, RevocationReason::Superseded).unwrap();
        scene.ca.revoke(&held, HOLD).unwrap();
        scene.ca.revoke(&lifted, HOLD).unwrap();
        scene.full();
        let copy = folder.path().join("copy.redb");
        store.backup(&copy).unwrap();
        // What happens after the backup is lost with the store.
        scene.clock.set("2026-06-02T00:00:00Z");
        let late = *scene.issue().leaf().serial();
        let told = RevocationRequest::new(STOLEN).invalid_since(time("2026-06-01T12:00:00Z"));
        scene.ca.revoke(&late, told).unwrap();
        scene.ca.revoke(&held, STOLEN).unwrap();
        scene.ca.release(&lifted).unwrap();
        scene.full();
        scene.clock.set("2026-06-03T00:00:00Z");
        let published = scene.full();
        assert_eq!(published.number(), 3);

        scene.clock.set("2026-06-04T00:00:00Z");
        let restored = Ledger::new(RedbStore::open(&copy).unwrap());
        let ca = Authority::on(scene.ca.issuer().clone(), internal(), restored);
        let ca = ca.with_clock(scene.clock.clone());
        let summary = ca.resume_from(&read(&published)).unwrap();
        assert_eq!((summary.revoked, summary.crl_number), (2, 3), "late and held");
        let again = ca.resume_from(&read(&published)).unwrap();
        assert_eq!((again.revoked, again.crl_number), (0, 3), "it can be repeated");
        let next = full(&ca);
        assert_eq!(next.number(), 4);
        let (old, new) = (read(&published), read(&next));
        for serial in [&known, &held, &late] {
            assert_eq!(new.find(serial), old.find(serial), "{serial}");
            assert_eq!(new.invalid_since(serial), old.invalid_since(serial), "{serial}");
        }
        // It is on hold again: the backup knows nothing of its release.
        assert!(new.find(&lifted).is_some());
        ca.release(&lifted).unwrap();
        let last = read(&full(&ca));
        assert_eq!((last.len(), last.find(&lifted)), (3, None));
        // Nobody knows when `late` ends, so it stays.
        scene.clock.set("2026-06-20T00:00:00Z");
        full(&ca);
        assert!(read(&full(&ca)).find(&late).is_some());
        ca.ledger().verify_audit().unwrap();
        // An earlier date than the last that was published is none.
        let fresh = Authority::new(scene.ca.issuer().clone(), internal(), MemoryStore::default());
        let fresh = fresh.with_clock(scene.clock.clone());
        fresh.resume_from(&read(&published)).unwrap();
        scene.clock.set("2026-06-02T23:59:59Z");
        let error = fresh.issue_crl(&week()).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::CrlDate, "{error}");
    }
}

#[test]
fn a_delta_list_is_taken_over_too_and_gives_nothing_back() {
    let scene = Scene::new(common::families()[0], 1);
    let [stolen, held] = [(); 2].map(|()| *scene.issue().leaf().serial());
    scene.ca.revoke(&held, HOLD).unwrap();
    let base = scene.full();
    scene.ca.revoke(&stolen, STOLEN).unwrap();
    scene.ca.release(&held).unwrap();
    let delta = scene.delta(&base);
    let restored = fresh(&scene);
    assert_eq!(restored.resume_from(&read(&base)).unwrap().revoked, 1);
    let summary = restored.resume_from(&read(&delta)).unwrap();
    assert_eq!((summary.revoked, summary.crl_number), (1, 2));
    // An older list changes neither number nor date.
    assert_eq!(restored.resume_from(&read(&base)).unwrap().crl_number, 2);
    let next = full(&restored);
    assert_eq!(next.number(), 3);
    assert!([stolen, held].iter().all(|serial| read(&next).find(serial).is_some()));
}

#[test]
fn a_list_of_another_issuer_or_key_is_refused() {
    let scene = Scene::new(common::families()[0], 1);
    let foreign = scene.root.issue_crl(&week()).unwrap();
    let error = scene.ca.resume_from(&read(&foreign)).unwrap_err();
    assert!(matches!(error, Error::Malformed(_)), "{error}");
    let mut der = scene.full().to_der();
    *der.last_mut().unwrap() ^= 1;
    let restored = fresh(&scene);
    if let Ok(list) = RevocationList::from_der(&der) {
        let error = restored.resume_from(&list).unwrap_err();
        assert!(matches!(error, Error::InvalidSignature { .. }), "{error}");
    }
    assert_eq!(restored.ledger().crl_state(&scene.digest(), 0).unwrap().number, 0);
    assert!(restored.ledger().audit(1, 9).unwrap().is_empty());
}

#[test]
fn a_number_can_be_given_a_floor() {
    let scene = Scene::new(common::families()[0], 1);
    let number = |request: CrlRequest| scene.ca.issue_crl(&request).map(|list| list.number());
    assert_eq!(number(week().above_number(41)).unwrap(), 42);
    assert_eq!(number(week().above_number(7)).unwrap(), 43, "the ledger's own is higher");
    assert_eq!(number(week()).unwrap(), 44);
    assert_eq!(number(week().above_number(u64::MAX - 1)).unwrap(), u64::MAX);
    for request in [week(), week().above_number(u64::MAX)] {
        let error = number(request).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::CrlNumber, "{error}");
    }
}

fn fresh(scene: &Scene) -> Authority {
    let issuer = scene.ca.issuer().clone();
    let fresh = Authority::new(issuer, internal(), MemoryStore::default());
    fresh.with_clock(scene.clock.clone())
}

fn full(authority: &Authority) -> IssuedCrl {
    authority.issue_crl(&week()).unwrap()
}

fn week() -> CrlRequest {
    CrlRequest::full(Lifetime::days(7))
}
