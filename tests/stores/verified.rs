//! The records against the log: whatever somebody does to a record, or to the end of the log, is
//! found.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::sync::Arc;

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::error::StoreErrorKind;
use certwright::issuance::Issuance;
use certwright::key::SealingKey;
use certwright::ledger::{AuditAction, Ledger};
use certwright::time::Lifetime;
use certwright::{MemoryStore, Store};

use crate::craft;
use crate::revoked::Scene;
use crate::shelf::{Records, algorithm, alice, assert_kind, key, put, records};

/// A store with a record of every kind, and its ledger, unlocked.
fn life() -> (Arc<MemoryStore>, Ledger) {
    let store = Arc::new(MemoryStore::default());
    let scene = Scene::on(algorithm(), 1, Arc::clone(&store));
    let ledger = scene.ca.ledger().clone();
    ledger.unlock(&SealingKey::from_bytes([1; 32])).unwrap();
    let request = scene.ladder.request(&["db.internal"]);
    let issuance = Issuance::for_request(&request).tag("team", "a").unwrap();
    let issued = scene.ca.issue(issuance.token("order-1").unwrap()).unwrap();
    let serial = *issued.certificate().serial();
    let held = *scene.issue().leaf().serial();
    scene.claim();
    scene.ca.revoke(&serial, RevocationReason::KeyCompromise).unwrap();
    scene.ca.revoke(&held, RevocationReason::CertificateHold).unwrap();
    let full = scene.full();
    scene.ca.release(&held).unwrap();
    scene.ca.issue_crl(&CrlRequest::delta(full.number(), Lifetime::days(1))).unwrap();
    let writer = alice(&ledger);
    writer.put_issuer(&scene.ladder.ca.chain(), Some(&scene.ladder.ca_key())).unwrap();
    writer.put_request("db", &request, Some(&scene.ladder.leaf_key())).unwrap();
    writer.put_request("gone", &request, None).unwrap();
    writer.delete_request(2).unwrap();
    writer.put_key("mine", &key(0)).unwrap();
    writer.put_key("gone", &key(0)).unwrap();
    writer.delete_key("gone").unwrap();
    writer.rotate_sealing_key(&SealingKey::from_bytes([2; 32])).unwrap();
    (store, ledger)
}

fn set(store: &MemoryStore, all: &Records) {
    let there = records(store);
    store
        .write(&mut |transaction| {
            for key in there.keys().filter(|key| !all.contains_key(*key)) {
                transaction.delete(key)?;
            }
            all.iter().try_for_each(|(key, value)| transaction.put(key, value))
        })
        .unwrap();
}

#[test]
fn a_whole_life_is_in_order() {
    let (store, ledger) = life();
    let found = ledger.verify().unwrap();
    let all = records(&*store);
    let log = all.keys().filter(|key| key.starts_with(b"audit/")).count();
    assert_eq!(found.head, ledger.audit_head().unwrap());
    assert_eq!((found.head.number, found.records), (log as u64, (all.len() - log - 1) as u64));
    assert_eq!((found.authenticated, found.demanded), (Some(found.head.number), None));
    // Who has no key reads the same, and cannot say who wrote it.
    assert_eq!(Ledger::new(store).verify().unwrap().authenticated, None);
    for kind in [
        "alt-name/",
        "certificate/",
        "crl-full/",
        "crl-number/",
        "expiry/",
        "identifier/",
        "issuer/",
        "key/",
        "request/",
        "request-number",
        "revocation/",
        "seal",
        "subject/",
        "token/",
    ] {
        assert!(all.keys().any(|key| key.starts_with(kind.as_bytes())), "no {kind}");
    }
}

#[test]
fn a_record_that_is_altered_removed_or_moved_is_named() {
    let (store, ledger) = life();
    let locked = Ledger::new(Arc::clone(&store));
    let all = records(&*store);
    for (place, value) in &all {
        let name = String::from_utf8_lossy(place).into_owned();
        let kind = name.split('/').next().unwrap().to_owned();
        let mut altered = Vec::new();
        for at in [0, value.len() / 2, value.len().saturating_sub(1)] {
            let mut changed = all.clone();
            let value = changed.get_mut(place).unwrap();
            if let Some(byte) = value.get_mut(at) {
                *byte ^= 1;
            }
            altered.push(changed);
        }
        let mut longer = all.clone();
        longer.get_mut(place).unwrap().push(0);
        let mut without = all.clone();
        without.remove(place);
        let mut moved = without.clone();
        moved.insert([&place[..], &[0]].concat(), value.clone());
        altered.extend([longer, without, moved]);
        for (way, records) in altered.iter().enumerate() {
            set(&store, records);
            // Only the key tells whether what vouches for the head was altered.
            let vouching = place == b"audit-head" && (1..3).contains(&way);
            for ledger in [&ledger, &locked].into_iter().take(if vouching { 1 } else { 2 }) {
                let said = assert_kind(ledger.verify(), StoreErrorKind::Corrupt);
                // Of a record that is there and not as it was, the name; of one that is gone, who wrote it.
                let named = said.contains(&kind) || said.contains("audit");
                assert!(named, "{name}, way {way}: {said}");
            }
        }
    }
    set(&store, &all);
    ledger.verify().unwrap();
}

#[test]
fn a_record_of_nobody_is_named() {
    let (store, ledger) = life();
    put(&*store, b"other/record", b"somebody's");
    let said = assert_kind(ledger.verify(), StoreErrorKind::Corrupt);
    assert!(said.contains("record other/record: no audit entry wrote it"), "{said}");
}

#[test]
fn a_flipped_bit_that_unrevokes_is_found() {
    let (store, ledger) = life();
    let all = records(&*store);
    let mut flips = 0;
    for (place, value) in all.iter().filter(|(place, _)| place.starts_with(b"revocation/")) {
        let mut released = value.clone();
        released[1] ^= 1;
        put(&*store, place, &released);
        let said = assert_kind(ledger.verify(), StoreErrorKind::Corrupt);
        assert!(said.contains("record revocation/"), "{said}");
        assert!(
            said.contains("(revoked, serial number") || said.contains("(released, serial"),
            "{said}"
        );
        put(&*store, place, value);
        flips += 1;
    }
    assert_eq!(flips, 2);
}

/// Somebody without the sealing key puts records and log back to an earlier state, and makes a head
/// for it: of the earlier one the number and digest, and whatever vouches for it.
#[test]
fn a_tail_that_was_cut_off_is_found_by_whoever_has_the_key() {
    let (store, ledger) = life();
    let earlier = records(&*store);
    let noted = ledger.audit_head().unwrap();
    alice(&ledger).put_key("later", &key(1)).unwrap();
    let later = records(&*store);
    let (head, vouching) = later[&b"audit-head"[..]].split_at(41);
    assert_eq!(vouching.len(), 88);
    let number = &earlier[&b"audit-head"[..]][..41];
    for forged in [[number, vouching].concat(), number.to_vec(), [number, &[0; 88]].concat()] {
        let mut cut = earlier.clone();
        cut.insert(b"audit-head".to_vec(), forged);
        set(&store, &cut);
        assert_kind(ledger.verify(), StoreErrorKind::Corrupt);
        // Nor does the holder of the key vouch for it by going on.
        let said = assert_kind(alice(&ledger).put_key("more", &key(2)), StoreErrorKind::Corrupt);
        assert!(said.contains("head of the audit log"), "{said}");
        assert_eq!(records(&*store), cut);
    }
    // What a whole earlier copy is, only a note of a later head tells.
    let after = {
        set(&store, &later);
        ledger.audit_head().unwrap()
    };
    assert_eq!(&after.digest[..], &head[9..]);
    assert_eq!(ledger.verify_since(&noted.digest).unwrap().demanded, Some(noted.number));
    assert_eq!(ledger.verify_since(&[0; 32]).unwrap().demanded, Some(0));
    set(&store, &earlier);
    ledger.verify().unwrap();
    let said = assert_kind(ledger.verify_since(&after.digest), StoreErrorKind::Corrupt);
    assert!(said.contains("expected"), "{said}");
}

#[test]
fn what_was_added_without_the_key_is_told_apart_and_vouched_for_later() {
    let (store, ledger) = life();
    let vouched = ledger.audit_head().unwrap().number;
    let locked = Ledger::new(Arc::clone(&store));
    for _ in 0..3 {
        let ladder = craft::Ladder::new(algorithm());
        alice(&locked).put_request("", &ladder.request(&["db.internal"]), None).unwrap();
    }
    let found = ledger.verify().unwrap();
    assert_eq!((found.head.number, found.authenticated), (vouched + 3, Some(vouched)));
    alice(&ledger).delete_request(1).unwrap();
    assert_eq!(ledger.verify().unwrap().authenticated, Some(vouched + 4));
}

#[test]
fn a_key_that_is_handed_out_is_in_the_log_first() {
    let (store, ledger) = life();
    let before = ledger.audit_head().unwrap().number;
    assert!(ledger.key("mine").unwrap().is_some());
    assert_eq!(ledger.audit_head().unwrap().number, before, "to use it is no export");
    assert!(alice(&ledger).export_key("mine").unwrap().is_some());
    let entry = ledger.audit(before + 1, 9).unwrap().pop().unwrap();
    assert_eq!(
        (entry.action, entry.detail.as_str()),
        (AuditAction::KeyExported, "private key mine")
    );
    assert!(alice(&ledger).export_key("nobody's").unwrap().is_none());
    // Without the entry there is no key.
    put(&*store, b"audit-head", b"damaged");
    assert_kind(alice(&ledger).export_key("mine"), StoreErrorKind::Corrupt);
}

#[test]
fn a_flood_of_refusals_is_counted_and_not_told_one_by_one() {
    let scene = Scene::new(algorithm(), 1);
    let denied = scene.ladder.request(&["db.example"]);
    for _ in 0..400 {
        scene.ca.issue(&denied).unwrap_err();
    }
    scene.issue();
    let entries = scene.ca.ledger().audit(1, 1_000).unwrap();
    let refused = entries.iter().filter(|entry| entry.action == AuditAction::Refused);
    let (told, counted): (Vec<_>, Vec<_>) =
        refused.partition(|entry| !entry.detail.contains("have no entries of their own"));
    // One a second more than 256, on a slow machine.
    assert!((256..350).contains(&told.len()), "{}", told.len());
    let counts = counted.iter().map(|entry| entry.detail.split_once(' ').unwrap().0);
    let untold: usize = counts.map(|count| count.parse::<usize>().unwrap()).sum();
    assert_eq!(told.len() + untold, 400);
    scene.ca.ledger().verify().unwrap();
}
