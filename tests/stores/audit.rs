//! The audit log and the records: what is written, and what is found when somebody alters it.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::sync::Arc;

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::error::{StoreError, StoreErrorKind};
use certwright::ledger::{AuditAction, AuditEntry, CertificateRecord, Ledger, RecordState};
use certwright::store::WriteTransaction;
use certwright::time::Lifetime;
use certwright::{Authority, Error, Issuer, MemoryStore, Profile, SerialNumber, Store};

use crate::common;
use crate::craft::{self, now, time};
use crate::revoked::{self, Scene};
use crate::world::{Device, Mood};

const HOLD: RevocationReason = RevocationReason::CertificateHold;
const HEAD: &[u8] = b"audit-head";

#[test]
fn each_change_leaves_one_entry_that_says_who_what_and_when() {
    for algorithm in common::families() {
        let scene = Scene::new(algorithm, 1);
        let entries = || scene.ca.ledger().audit(1, 1_000).unwrap();
        let alice = scene.ca.clone().with_actor("alice");
        let request = scene.ladder.request(&["db.internal"]);
        let serial = *alice.issue(&request).unwrap().certificate().serial();
        scene.clock.set("2026-06-02T00:00:00Z");
        alice.clone().with_actor("bob").revoke(&serial, HOLD).unwrap();
        alice.release(&serial).unwrap();
        alice.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        alice.issue_crl(&CrlRequest::delta(1, Lifetime::days(1))).unwrap();
        let key = common::key(algorithm);
        let lower = scene.root.delegate("CN=L".parse().unwrap(), Profile::intermediate(0), key);
        let lower = *lower.unwrap().certificate().serial();

        let (one, two) = (now(), time("2026-06-02T00:00:00Z"));
        let wanted = [
            (AuditAction::Claimed, "alice", Some(serial), "", one),
            (AuditAction::Issued, "alice", Some(serial), "", one),
            (AuditAction::Revoked, "bob", Some(serial), "certificateHold", two),
            (AuditAction::Released, "alice", Some(serial), "", two),
            (AuditAction::Claimed, "alice", None, "CRL number 1", two),
            (AuditAction::CrlIssued, "alice", None, "number 1, full, shard 0", two),
            (AuditAction::Claimed, "alice", None, "CRL number 2", two),
            (AuditAction::CrlIssued, "alice", None, "number 2, delta to 1, shard 0", two),
            (AuditAction::Claimed, "authority", Some(lower), "", two),
            (AuditAction::Issued, "authority", Some(lower), "", two),
        ];
        let found = entries();
        let found: Vec<_> = found
            .iter()
            .map(|e| (e.action, e.actor.as_str(), e.serial, revoked::detail(e), e.at))
            .collect();
        assert_eq!(found, wanted);
        let found = entries();
        assert!(found.iter().zip(1..).all(|(entry, number)| entry.number == number));
        assert!(found[..8].iter().all(|entry| entry.issuer == scene.digest()));
        assert_ne!(found[8].issuer, scene.digest(), "the root issued it");
        assert_eq!(scene.ca.ledger().verify_audit().unwrap(), 10);

        // Neither clock nor process is the caller's word.
        let uid = found.iter().all(|entry| entry.process.contains("pid "));
        assert!(
            uid && found
                .iter()
                .all(|entry| entry.recorded_at.unwrap() > time("2024-01-01T00:00:00Z"))
        );

        // What is refused is told, and writes nothing else.
        assert!(alice.release(&serial).is_err());
        assert!(alice.revoke(&craft::serial(66), HOLD).is_err());
        assert!(alice.issue(&scene.ladder.request(&["db.example"])).is_err());
        let refused: Vec<_> = entries().split_off(10);
        for (entry, (serial, detail)) in refused.iter().zip([
            (Some(serial), "release: "),
            (Some(craft::serial(66)), "revocation: "),
            (None, "issuance: "),
        ]) {
            assert_eq!((entry.action, entry.serial), (AuditAction::Refused, serial));
            assert!(entry.detail.starts_with(detail), "{}", entry.detail);
            assert!(entry.written.is_empty() && entry.removed.is_empty());
        }
        assert_eq!(refused.len(), 3);
        assert_eq!(scene.ca.ledger().verify().unwrap().head.number, 13);
    }
}

#[test]
fn a_signer_that_fails_leaves_an_entry_with_the_problem() {
    for algorithm in common::families() {
        let scene = Scene::new(algorithm, 1);
        let certificates = scene.ladder.ca.chain();
        let device = Device::new(scene.ladder.ca_key());
        device.set(Mood::Error);
        let issuer = Issuer::load(certificates, device);
        let policy = craft::internal();
        let absent = Authority::on(issuer.unwrap(), policy, scene.ca.ledger().clone())
            .with_clock(scene.clock.clone());
        let error = absent.issue(&scene.ladder.request(&["db.internal"])).unwrap_err();
        assert!(matches!(error, Error::Signer(_)), "{error}");
        let entries = absent.ledger().audit(1, 10).unwrap();
        let actions: Vec<_> = entries.iter().map(|entry| entry.action).collect();
        assert_eq!(actions, [AuditAction::Claimed, AuditAction::Failed]);
        assert_eq!(entries[1].serial, entries[0].serial);
        assert_eq!(entries[1].detail, error.to_string());
    }
}

#[test]
fn entries_come_in_pages() {
    let (_, ledger) = written(30);
    let all = ledger.audit(1, 1_000).unwrap();
    assert_eq!(all.len(), 30);
    assert_eq!(ledger.audit(0, 1_000).unwrap(), all);
    let mut pages: Vec<AuditEntry> = Vec::new();
    loop {
        let page = ledger.audit(pages.len() as u64 + 1, 7).unwrap();
        assert!(page.len() <= 7);
        if page.is_empty() {
            break;
        }
        pages.extend(page);
    }
    assert_eq!(pages, all);
    assert!(ledger.audit(1, 0).unwrap().is_empty());
    assert!(ledger.audit(31, 7).unwrap().is_empty());
    assert!(ledger.audit(u64::MAX, 7).unwrap().is_empty());
}

#[test]
fn an_altered_entry_is_named() {
    // Every byte of an entry in the middle, and of the first and the last.
    for number in [1, 5, 10] {
        let (store, ledger) = written(10);
        let entry = value(&store, &key(number));
        for position in 0..entry.len() {
            let mut altered = entry.clone();
            altered[position] ^= 1;
            edit(&store, |t| t.put(&key(number), &altered));
            let message = corrupt(&ledger);
            let named = message.contains(&format!("audit entry {number}:"));
            assert!(named, "entry {number}, byte {position}: {message}");
            edit(&store, |t| t.put(&key(number), &entry));
            assert_eq!(ledger.verify_audit().unwrap(), 10);
        }
    }
}

#[test]
fn an_entry_that_is_removed_moved_or_added_is_named() {
    for number in [1, 5] {
        let (store, ledger) = written(10);
        edit(&store, |t| t.delete(&key(number)));
        let message = corrupt(&ledger);
        assert!(message.contains(&format!("audit entry {number}: it is missing")), "{message}");

        let (store, ledger) = written(10);
        edit(&store, |t| {
            let (one, two) = (t.get(&key(number))?.unwrap(), t.get(&key(number + 1))?.unwrap());
            t.put(&key(number), &two)?;
            t.put(&key(number + 1), &one)
        });
        let message = corrupt(&ledger);
        assert!(message.contains(&format!("audit entry {number}:")), "{message}");
    }
    let (store, ledger) = written(10);
    edit(&store, |t| {
        let last = t.get(&key(10))?.unwrap();
        t.put(&key(11), &last)
    });
    assert!(corrupt(&ledger).contains("audit entry 11:"));
}

#[test]
fn an_end_that_is_cut_off_or_a_head_that_is_altered_is_found() {
    for cut in [1, 2, 9, 10] {
        let (store, ledger) = written(10);
        edit(&store, |t| (11 - cut..=10).try_for_each(|number| t.delete(&key(number))));
        let message = corrupt(&ledger);
        let wanted = format!("audit entry {}: it is missing", 11 - cut);
        assert!(message.contains(&wanted), "{message}");
    }
    let (store, ledger) = written(10);
    let head = value(&store, HEAD);
    assert_eq!(head.len(), 41);
    for position in 0..head.len() {
        let mut altered = head.clone();
        altered[position] ^= 1;
        edit(&store, |t| t.put(HEAD, &altered));
        corrupt(&ledger);
    }
    edit(&store, |t| t.delete(HEAD));
    corrupt(&ledger);
    edit(&store, |t| t.put(HEAD, &head));
    assert_eq!(ledger.verify_audit().unwrap(), 10);
}

#[test]
fn records_of_several_issuers_come_in_pages_each_once() {
    for algorithm in common::families() {
        let scene = Scene::new(algorithm, 1);
        let mut wanted: Vec<([u8; 32], SerialNumber)> = Vec::new();
        for number in 0..13 {
            let serial = if number == 7 { scene.claim() } else { *scene.issue().leaf().serial() };
            wanted.push((scene.digest(), serial));
        }
        let root = Ledger::issuer_digest(scene.root.issuer().certificate().public_key().unwrap());
        for _ in 0..4 {
            let key = common::key(algorithm);
            let lower = scene.root.delegate("CN=L".parse().unwrap(), Profile::intermediate(0), key);
            wanted.push((root, *lower.unwrap().certificate().serial()));
        }
        wanted.sort_by_key(|(issuer, serial)| (*issuer, revoked::sorted(&[*serial])));
        let ledger = scene.ca.ledger();
        for limit in [1, 5, 17, 1_000] {
            let mut found: Vec<([u8; 32], SerialNumber)> = Vec::new();
            let mut claims = 0;
            loop {
                let after = found.last().cloned();
                let after = after.as_ref().map(|(issuer, serial)| (issuer, serial));
                let page = ledger.certificates(after, limit).unwrap();
                assert!(page.len() <= limit);
                if page.is_empty() {
                    break;
                }
                let claimed =
                    |r: &&CertificateRecord| matches!(r.state, RecordState::Claimed { .. });
                claims += page.iter().filter(claimed).count();
                found.extend(page.iter().map(|record| (record.issuer, record.serial)));
            }
            assert_eq!((found.len(), claims), (17, 1));
            assert_eq!(found, wanted, "limit {limit}");
        }
        assert!(ledger.certificates(None, 0).unwrap().is_empty());
    }
}

/// A ledger with so many entries, and its store.
fn written(entries: usize) -> (Arc<MemoryStore>, Ledger) {
    let store = Arc::new(MemoryStore::default());
    let scene = Scene::on(common::families()[0], 1, Arc::clone(&store));
    let serial = *scene.issue().leaf().serial();
    for entry in 2..entries {
        match entry % 2 {
            0 => scene.ca.revoke(&serial, HOLD).unwrap(),
            _ => scene.ca.release(&serial).unwrap(),
        }
    }
    (store, scene.ca.ledger().clone())
}

/// The key of an entry, as src/ledger describes it.
fn key(number: u64) -> Vec<u8> {
    [b"audit/", &number.to_be_bytes()[..]].concat()
}

fn value(store: &MemoryStore, key: &[u8]) -> Vec<u8> {
    let mut found = None;
    store
        .read(&mut |t| {
            found = t.get(key)?;
            Ok(())
        })
        .unwrap();
    found.unwrap()
}

fn edit(
    store: &MemoryStore,
    mut work: impl FnMut(&mut dyn WriteTransaction) -> Result<(), StoreError>,
) {
    store.write(&mut work).unwrap();
}

#[track_caller]
fn corrupt(ledger: &Ledger) -> String {
    let (kind, message) = revoked::kind(ledger.verify_audit());
    assert_eq!(kind, StoreErrorKind::Corrupt, "{message}");
    message
}
