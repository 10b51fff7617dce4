//! Private keys at rest: who opens them, what a file of them shows, and what a hostile store can do.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use certwright::error::StoreErrorKind;
use certwright::key::{SealingKey, WeakKeys};
use certwright::ledger::{AuditAction, Ledger};
use certwright::testing::SeededRng;
use certwright::{Error, KeyAlgorithm, KeyPair, MemoryStore, Signer, Store};

use crate::common;
use crate::craft;
use crate::shelf::{
    Durable, alice, assert_kind, assert_same, key, on_each_store, put, records, without_audit,
};
use crate::world::{Fault, FrailStore};

fn bytes(byte: u8) -> SealingKey {
    SealingKey::from_bytes([byte; 32])
}

fn passphrase(text: &str) -> SealingKey {
    SealingKey::from_passphrase(text).unwrap()
}

#[test]
fn a_durable_store_that_is_not_unlocked_keeps_no_key_and_shows_no_trace() {
    let store = Arc::new(Durable::default());
    let ledger = Ledger::new(Arc::clone(&store));
    let message = assert_kind(alice(&ledger).keep_key("ca", &key(0)), StoreErrorKind::Sealed);
    assert!(message.contains("unlock the ledger"), "{message}");
    let request = craft::Ladder::new(common::families()[0]).request(&["db.internal"]);
    let kept =
        alice(&ledger).keep_request("db", &request, Some(&craft::key(common::families()[0], 2)));
    assert_kind(kept, StoreErrorKind::Sealed);
    assert!(records(&*store).is_empty(), "{:?}", records(&*store));

    // Once there is a sealed key, its name is told and it is not.
    ledger.unlock(&bytes(1)).unwrap();
    alice(&ledger).keep_key("ca", &key(0)).unwrap();
    let locked = Ledger::new(store);
    assert_eq!(locked.key_names(None, 9).unwrap(), ["ca"]);
    assert_kind(locked.key("ca"), StoreErrorKind::Sealed);
    assert!(locked.key("none").unwrap().is_none());
    assert_kind(alice(&locked).keep_key("more", &key(1)), StoreErrorKind::Sealed);
    assert_kind(alice(&locked).seal_anew(&bytes(2)), StoreErrorKind::Sealed);
    // To forget a key takes no sealing key.
    alice(&locked).forget_key("ca").unwrap();
    assert_kind(alice(&locked).forget_key("ca"), StoreErrorKind::NotFound);
    assert!(ledger.key("ca").unwrap().is_none());
}

#[test]
fn a_store_in_memory_needs_no_sealing_key() {
    let store = Arc::new(MemoryStore::default());
    let ledger = Ledger::new(Arc::clone(&store));
    alice(&ledger).keep_key("ca", &key(0)).unwrap();
    alice(&ledger.clone()).keep_key("other", &key(1)).unwrap();
    assert_same(ledger.clone().key("ca"), &key(0));
    assert_same(ledger.key("other"), &key(1));
    // It is sealed all the same: another ledger of the store does not read it.
    let other = Ledger::new(store);
    assert_kind(other.key("ca"), StoreErrorKind::Sealed);
    assert_kind(alice(&other).keep_key("third", &key(1)), StoreErrorKind::Sealed);
    assert_kind(other.unlock(&bytes(1)), StoreErrorKind::Sealed);
}

#[test]
fn names_are_told_in_pages_free_once_and_bounded() {
    on_each_store(|store| {
        let ledger = Ledger::new(Arc::clone(&store));
        ledger.unlock(&bytes(1)).unwrap();
        let mut names: Vec<String> = (0..7).map(|number| format!("name {number}")).collect();
        names.extend(["\u{e9}t\u{e9}/\u{4e2d}".to_owned(), "x".repeat(128), "\n\0".to_owned()]);
        for name in &names {
            alice(&ledger).keep_key(name, &key(0)).unwrap();
        }
        names.sort();
        for limit in [1, 3, 100] {
            let mut found: Vec<String> = Vec::new();
            loop {
                let after = found.last().cloned();
                let page = ledger.key_names(after.as_deref(), limit).unwrap();
                assert!(page.len() <= limit);
                if page.is_empty() {
                    break;
                }
                found.extend(page);
            }
            assert_eq!(found, names);
        }
        let before = records(&*store);
        assert_kind(alice(&ledger).keep_key("name 3", &key(1)), StoreErrorKind::Conflict);
        for bad in ["", &"x".repeat(129), &"\u{e9}".repeat(65)] {
            assert!(matches!(alice(&ledger).keep_key(bad, &key(1)), Err(Error::Malformed(_))));
            assert!(matches!(ledger.key(bad), Err(Error::Malformed(_))));
        }
        assert!(records(&*store) == before, "a refusal wrote something");
        assert_same(ledger.key("name 3"), &key(0));
    });
}

/// What belongs to requests and CAs is kept and forgotten with them.
#[test]
fn the_names_of_requests_and_cas_keys_are_not_for_everybody() {
    let ledger = Ledger::new(MemoryStore::default());
    let ladder = craft::Ladder::new(common::families()[0]);
    let identifier =
        alice(&ledger).keep_issuer(&ladder.ca.chain(), Some(&ladder.ca_key())).unwrap();
    let number = alice(&ledger)
        .keep_request("db", &ladder.request(&["db.internal"]), Some(&ladder.leaf_key()))
        .unwrap();
    for name in [format!("request/{}", number + 1), "issuer/".to_owned()] {
        let answer = alice(&ledger).keep_key(&name, &key(5));
        assert!(matches!(answer, Err(Error::Malformed(_))), "{name}: {answer:?}");
    }
    for name in [format!("request/{number}"), format!("issuer/{identifier}")] {
        let answer = alice(&ledger).forget_key(&name);
        assert!(matches!(answer, Err(Error::Malformed(_))), "{name}: {answer:?}");
    }
    // The next request has its place.
    let next = alice(&ledger)
        .keep_request("db", &ladder.request(&["db.internal"]), Some(&ladder.leaf_key()))
        .unwrap();
    for number in [number, next] {
        assert!(ledger.request(number).unwrap().unwrap().has_key);
        assert_same(ledger.request_key(number), &ladder.leaf_key());
    }
    assert_same(ledger.issuer_key(&identifier), &ladder.ca_key());
}

#[test]
fn each_kind_of_key_comes_back_as_it_was() {
    let ledger = Ledger::new(Durable::default());
    ledger.unlock(&bytes(1)).unwrap();
    let mut keys: Vec<Arc<KeyPair>> = common::algorithms()
        .into_iter()
        // Larger ones take long to find and are of the same form.
        .filter(|algorithm| !matches!(algorithm, KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096))
        .map(|algorithm| craft::key(algorithm, 0))
        .collect();
    if cfg!(feature = "rsa") {
        let (weak, allow) = (KeyAlgorithm::Rsa1024, WeakKeys::DangerouslyAllowRsa1024);
        keys.push(Arc::new(KeyPair::generate_with(weak, allow, &mut SeededRng::new(1)).unwrap()));
    }
    for key in &keys {
        alice(&ledger).keep_key(&key.public_key().algorithm().to_string(), key).unwrap();
    }
    alice(&ledger).seal_anew(&bytes(2)).unwrap();
    for key in &keys {
        let algorithm = key.public_key().algorithm();
        let found = ledger.key(&algorithm.to_string());
        assert_eq!(found.as_ref().unwrap().as_ref().unwrap().public_key(), key.public_key());
        assert_same(found, key);
    }
}

#[test]
fn all_keys_are_sealed_anew_and_only_the_new_key_opens_them() {
    on_each_store(|store| check_sealed_anew(store, &bytes(1), &bytes(2)));
    let durable = || Arc::new(Durable::default());
    check_sealed_anew(durable(), &bytes(1), &passphrase("new"));
    // The same key again: another salt.
    check_sealed_anew(durable(), &passphrase("same"), &passphrase("same"));
    let store = durable();
    let ledger = Ledger::new(Arc::clone(&store));
    ledger.unlock(&bytes(1)).unwrap();
    alice(&ledger).keep_key("ca", &key(0)).unwrap();
    alice(&ledger).seal_anew(&bytes(2)).unwrap();
    assert_kind(Ledger::new(Arc::clone(&store)).unlock(&bytes(1)), StoreErrorKind::Sealed);
}

fn check_sealed_anew(store: Arc<dyn Store>, old: &SealingKey, new: &SealingKey) {
    let ledger = Ledger::new(Arc::clone(&store));
    ledger.unlock(old).unwrap();
    let keys = [key(0), key(1), key(2)];
    for (number, key) in keys.iter().enumerate() {
        alice(&ledger).keep_key(&format!("key {number}"), key).unwrap();
    }
    let (clone, other) = (ledger.clone(), Ledger::new(Arc::clone(&store)));
    other.unlock(old).unwrap();
    let before = records(&*store);
    alice(&ledger).seal_anew(new).unwrap();
    for (place, value) in records(&*store) {
        if place.starts_with(b"key/") || place == b"seal" {
            assert_ne!(before[&place], value, "{}", String::from_utf8_lossy(&place));
        }
    }
    let late = Ledger::new(Arc::clone(&store));
    late.unlock(new).unwrap();
    for ledger in [&ledger, &clone, &late] {
        for (number, key) in keys.iter().enumerate() {
            assert_same(ledger.key(&format!("key {number}")), key);
        }
    }
    alice(&clone).keep_key("by the clone", &key(3)).unwrap();
    assert_same(late.key("by the clone"), &key(3));

    // The ledger that was not told is told so, and changes nothing.
    let before = records(&*store);
    for message in [
        assert_kind(other.key("key 0"), StoreErrorKind::Sealed),
        assert_kind(alice(&other).keep_key("more", &key(3)), StoreErrorKind::Sealed),
        assert_kind(alice(&other).seal_anew(&bytes(9)), StoreErrorKind::Sealed),
    ] {
        assert!(message.contains("sealed with another key"), "{message}");
    }
    assert!(records(&*store) == before);
    other.unlock(new).unwrap();
    assert_same(other.key("key 1"), &keys[1]);

    let entries = ledger.audit(1, 100).unwrap();
    let resealed: Vec<_> = entries
        .iter()
        .filter(|entry| entry.action == AuditAction::Resealed)
        .map(|entry| (entry.actor.as_str(), entry.detail.as_str()))
        .collect();
    assert_eq!(resealed, [("alice", "3 private keys")]);
    ledger.verify_audit().unwrap();
}

#[test]
fn a_store_that_fails_while_keys_are_sealed_anew_leaves_all_as_before() {
    let store = Arc::new(Durable::default());
    let ledger = Ledger::new(Arc::clone(&store));
    ledger.unlock(&bytes(1)).unwrap();
    for number in 0..3 {
        alice(&ledger).keep_key(&format!("key {number}"), &key(number)).unwrap();
    }
    let before = records(&*store);
    let mut failures = 0;
    loop {
        store.break_at(failures + 1);
        let answer = alice(&ledger).seal_anew(&bytes(2));
        store.mend();
        if answer.is_ok() {
            break;
        }
        failures += 1;
        assert_kind(answer, StoreErrorKind::Backend);
        assert!(records(&*store) == before, "broken at put {failures}");
        assert_same(ledger.key("key 1"), &key(1));
        assert_kind(Ledger::new(Arc::clone(&store)).unlock(&bytes(2)), StoreErrorKind::Sealed);
    }
    // Three keys, the seal, the entry and the head of the log.
    assert_eq!(failures, 6);
    assert_same(ledger.key("key 1"), &key(1));

    // One key that is damaged, and none is sealed again.
    let (place, whole) = (b"key/key 1", records(&*store)[&b"key/key 1"[..]].clone());
    put(&*store, place, &whole[..whole.len() - 1]);
    let before = records(&*store);
    let message = assert_kind(alice(&ledger).seal_anew(&bytes(3)), StoreErrorKind::Corrupt);
    assert!(message.contains("key/key 1"), "{message}");
    assert!(records(&*store) == before);
    assert_same(ledger.key("key 2"), &key(2));
}

#[test]
fn a_commit_that_failed_or_ran_twice_or_arrived_unknown_leaves_keys_that_open() {
    for fault in [Fault::Lost, Fault::Retried, Fault::Unknown] {
        let store = FrailStore::new();
        let ledger = Ledger::new(Arc::clone(&store));
        ledger.unlock(&bytes(1)).unwrap();
        alice(&ledger).keep_key("ca", &key(0)).unwrap();
        store.break_write(1, fault);
        let answer = alice(&ledger).seal_anew(&bytes(2));
        assert_eq!(answer.is_ok(), fault == Fault::Retried, "{fault:?}");
        let [opens, refused] = match fault {
            Fault::Lost => [bytes(1), bytes(2)],
            Fault::Retried | Fault::Unknown => [bytes(2), bytes(1)],
        };
        let again = Ledger::new(Arc::clone(&store));
        assert_kind(again.unlock(&refused), StoreErrorKind::Sealed);
        again.unlock(&opens).unwrap();
        assert_same(again.key("ca"), &key(0));
        if fault == Fault::Unknown {
            // The ledger itself does not know either, but is told.
            assert_kind(ledger.key("ca"), StoreErrorKind::Sealed);
        } else {
            assert_same(ledger.key("ca"), &key(0));
        }
    }
}

#[test]
fn readers_find_every_key_while_it_is_sealed_anew() {
    let ledger = Ledger::new(Durable::default());
    ledger.unlock(&bytes(1)).unwrap();
    alice(&ledger).keep_key("ca", &key(0)).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let (ledger, done) = (ledger.clone(), &done);
            scope.spawn(move || {
                while !done.load(Ordering::SeqCst) {
                    assert_same(ledger.key("ca"), &key(0));
                }
            });
        }
        let sealed: Vec<_> =
            (0..300).map(|round| alice(&ledger).seal_anew(&bytes(round as u8))).collect();
        done.store(true, Ordering::SeqCst);
        assert!(sealed.iter().all(Result::is_ok));
    });
}

#[test]
fn the_first_keys_of_a_store_may_come_from_several_threads_at_once() {
    for round in 0..20 {
        // Not unlocked, in memory; unlocked, in a durable store.
        let in_memory = Ledger::new(MemoryStore::default());
        let durable = Ledger::new(Durable::default());
        durable.unlock(&bytes(1)).unwrap();
        for ledger in [in_memory, durable] {
            let start = std::sync::Barrier::new(4);
            std::thread::scope(|scope| {
                for thread in 0..4 {
                    let (ledger, start) = (&ledger, &start);
                    scope.spawn(move || {
                        start.wait();
                        let kept = alice(ledger).keep_key(&format!("{thread}"), &key(thread));
                        assert!(kept.is_ok(), "round {round}: {}", kept.unwrap_err());
                    });
                }
            });
            for thread in 0..4 {
                assert_same(ledger.key(&format!("{thread}")), &key(thread));
            }
            assert_eq!(ledger.verify_audit().unwrap(), 4);
        }
    }
}

#[test]
fn a_hostile_store_gives_an_error_and_never_a_wrong_key() {
    let store = Arc::new(Durable::default());
    let ledger = Ledger::new(Arc::clone(&store));
    ledger.unlock(&bytes(1)).unwrap();
    alice(&ledger).keep_key("a", &key(0)).unwrap();
    alice(&ledger).keep_key("b", &key(1)).unwrap();
    let whole = records(&*store);
    let (a, b) = (whole[&b"key/a"[..]].clone(), whole[&b"key/b"[..]].clone());
    put(&*store, b"key/a", &b);
    put(&*store, b"key/b", &a);
    put(&*store, b"key/c", &a);
    for name in ["a", "b", "c"] {
        assert_kind(ledger.key(name), StoreErrorKind::Corrupt);
    }
    for at in 0..a.len() {
        for bit in [0x01, 0x80] {
            let mut flipped = a.clone();
            flipped[at] ^= bit;
            put(&*store, b"key/a", &flipped);
            assert_kind(ledger.key("a"), StoreErrorKind::Corrupt);
        }
        put(&*store, b"key/a", &a[..at]);
        assert_kind(ledger.key("a"), StoreErrorKind::Corrupt);
    }
    put(&*store, b"key/a", &[&a[..], &[0]].concat());
    assert_kind(ledger.key("a"), StoreErrorKind::Corrupt);
    put(&*store, b"key/a", &a);
    assert_same(ledger.key("a"), &key(0));

    // The seal of somebody else, removed, cut and flipped: the right key is refused, or told that
    // what is there is not its own.
    let seal = whole[&b"seal"[..]].clone();
    for at in 0..seal.len() {
        let mut flipped = seal.clone();
        flipped[at] ^= 1;
        for damaged in [&flipped[..], &seal[..at]] {
            put(&*store, b"seal", damaged);
            assert!(Ledger::new(Arc::clone(&store)).unlock(&bytes(1)).is_err(), "byte {at}");
            let before = without_audit(&*store);
            assert_kind(alice(&ledger).keep_key("d", &key(2)), StoreErrorKind::Sealed);
            assert!(without_audit(&*store) == before);
        }
    }
    let other = Arc::new(Durable::default());
    let stranger = Ledger::new(Arc::clone(&other));
    stranger.unlock(&bytes(2)).unwrap();
    alice(&stranger).keep_key("a", &key(2)).unwrap();
    for (place, value) in records(&*other) {
        put(&*store, &place, &value);
    }
    assert_kind(ledger.key("a"), StoreErrorKind::Sealed);
    assert_kind(Ledger::new(Arc::clone(&store)).unlock(&bytes(1)), StoreErrorKind::Sealed);
}

#[cfg(feature = "redb")]
mod file {
    use std::collections::HashSet;
    use std::path::Path;

    use certwright::RedbStore;

    use super::*;
    use crate::shelf::pkcs8;

    /// Bytes in a row that two files have in common by no chance.
    const WINDOW: usize = 24;

    #[test]
    fn a_wrong_key_is_refused_touches_nothing_and_the_right_one_still_opens() {
        for (right, wrong) in [
            (bytes(1), [bytes(2), bytes(0), passphrase("\u{1}")]),
            (
                passphrase("open sesame"),
                [passphrase("open sesam"), passphrase("Open sesame"), bytes(1)],
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ca.redb");
            let ledger = Ledger::new(RedbStore::create(&path).unwrap());
            ledger.unlock(&right).unwrap();
            alice(&ledger).keep_key("ca", &key(0)).unwrap();
            drop(ledger);
            let store = Arc::new(RedbStore::open(&path).unwrap());
            let ledger = Ledger::new(Arc::clone(&store));
            let before = std::fs::read(&path).unwrap();
            for wrong in &wrong {
                let message = assert_kind(ledger.unlock(wrong), StoreErrorKind::Sealed);
                assert!(!message.contains("sesam"), "{message}");
                assert_kind(ledger.key("ca"), StoreErrorKind::Sealed);
                assert_kind(alice(&ledger).keep_key("other", &key(1)), StoreErrorKind::Sealed);
            }
            ledger.unlock(&right).unwrap();
            assert_same(ledger.key("ca"), &key(0));
            // A wrong key after the right one does not lock what is open.
            assert_kind(ledger.unlock(&wrong[0]), StoreErrorKind::Sealed);
            assert_same(ledger.key("ca"), &key(0));
            assert!(std::fs::read(&path).unwrap() == before, "the file changed");
            drop((ledger, store));

            let ledger = Ledger::new(RedbStore::open(&path).unwrap());
            ledger.unlock(&right).unwrap();
            assert_same(ledger.key("ca"), &key(0));
        }
    }

    #[test]
    fn no_part_of_a_private_key_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.redb");
        let store = Arc::new(RedbStore::create(&path).unwrap());
        let ledger = Ledger::new(Arc::clone(&store));
        ledger.unlock(&passphrase("open sesame")).unwrap();
        let ladder = craft::Ladder::new(common::families()[0]);
        let keys: Vec<Arc<KeyPair>> =
            common::families().into_iter().map(|algorithm| craft::key(algorithm, 7)).collect();
        for (number, key) in keys.iter().enumerate() {
            alice(&ledger).keep_key(&format!("key {number}"), key).unwrap();
        }
        let request = ladder.request(&["db.internal"]);
        let number = alice(&ledger).keep_request("db", &request, Some(&ladder.leaf_key())).unwrap();
        alice(&ledger).keep_issuer(&ladder.ca.chain(), Some(&ladder.ca_key())).unwrap();
        let secret: Vec<&KeyPair> = keys.iter().map(|key| &**key).collect();
        let (leaf, ca) = (ladder.leaf_key(), ladder.ca_key());
        let secret = [secret, vec![&*leaf, &*ca]].concat();
        assert_eq!(in_file(&path, &secret), None);
        alice(&ledger).seal_anew(&bytes(2)).unwrap();
        alice(&ledger).forget_request(number).unwrap();
        alice(&ledger).forget_key("key 0").unwrap();
        assert_eq!(in_file(&path, &secret), None);
        let text = std::fs::read(&path).unwrap();
        assert!(!text.windows(11).any(|window| window == b"open sesame"));

        // The search finds what is there.
        store.write(&mut |t| t.put(b"careless", &pkcs8(&leaf))).unwrap();
        assert!(in_file(&path, &secret).is_some());
    }

    /// Where in a file there is a part of a private key that is not in its public key.
    fn in_file(path: &Path, keys: &[&KeyPair]) -> Option<usize> {
        let mut parts: HashSet<Vec<u8>> = HashSet::new();
        for key in keys {
            let (secret, public) = (pkcs8(key), key.public_key().to_der());
            let public: HashSet<&[u8]> = public.windows(WINDOW).collect();
            let secret = secret.windows(WINDOW).filter(|window| !public.contains(window));
            parts.extend(secret.map(<[u8]>::to_vec));
        }
        assert!(parts.len() > 40 * keys.len());
        std::fs::read(path).unwrap().windows(WINDOW).position(|window| parts.contains(window))
    }
}

#[cfg(all(feature = "ecc", feature = "rsa", feature = "sm2"))]
#[test]
fn a_key_signs_after_it_was_kept_as_it_did_before() {
    use certwright::key::{SignatureAlgorithm, Sm2Id};
    use certwright::ledger::Ledger;
    use certwright::time::Time;
    use certwright::*;
    let ledger = Ledger::new(MemoryStore::default());
    let writer = ledger.writer("alice", Time::from_unix(1_800_000_000).unwrap());
    let id = Sm2Id::new("ours@example").unwrap();
    let sm2 = KeyPair::generate(KeyAlgorithm::Sm2).unwrap().with_sm2_id(id.clone());
    writer.keep_key("sm2", &sm2).unwrap();
    let again = ledger.key("sm2").unwrap().unwrap();
    assert_eq!(again.public_key().sm2_id(), &id);
    let signature = again.sign(b"message").unwrap();
    sm2.public_key().verify(sm2.algorithm(), b"message", &signature).unwrap();

    for algorithm in [SignatureAlgorithm::RsaSha384, SignatureAlgorithm::RsaSha512] {
        let rsa = KeyPair::generate(KeyAlgorithm::Rsa2048).unwrap();
        let rsa = rsa.with_signature_algorithm(algorithm).unwrap();
        writer.keep_key(&algorithm.to_string(), &rsa).unwrap();
        let again = ledger.key(&algorithm.to_string()).unwrap().unwrap();
        assert_eq!(again.algorithm(), algorithm);
    }
}

#[cfg(all(feature = "ecc", feature = "rsa", feature = "sm2"))]
#[test]
fn two_ledgers_that_were_unlocked_on_a_fresh_store_share_the_seal_of_the_first_key() {
    use certwright::key::SealingKey;
    use certwright::ledger::Ledger;
    use certwright::time::Time;
    use certwright::*;
    let store = Arc::new(MemoryStore::default());
    let (one, two) = (Ledger::new(Arc::clone(&store)), Ledger::new(store));
    let sealing = || SealingKey::from_passphrase("open sesame").unwrap();
    one.unlock(&sealing()).unwrap();
    two.unlock(&sealing()).unwrap();
    let now = Time::from_unix(1_800_000_000).unwrap();
    let key = |ledger: &Ledger, name: &str| {
        let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
        ledger.writer("alice", now).keep_key(name, &key).unwrap();
    };
    key(&one, "first");
    assert!(two.key("first").unwrap().is_some());
    key(&two, "second");
    assert!(one.key("second").unwrap().is_some());
}

#[cfg(all(feature = "ecc", feature = "rsa", feature = "sm2"))]
#[test]
fn a_name_that_is_taken_is_told_from_a_change_that_came_first() {
    use certwright::error::StoreErrorKind;
    use certwright::ledger::Ledger;
    use certwright::time::Time;
    use certwright::*;
    let ledger = Ledger::new(MemoryStore::default());
    let writer = ledger.writer("alice", Time::from_unix(1_800_000_000).unwrap());
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    writer.keep_key("a", &key).unwrap();
    let entries = ledger.verify_audit().unwrap();
    let Err(Error::Store(error)) = writer.keep_key("a", &key) else { panic!("kept twice") };
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
    assert!(error.message().contains("already"), "{error}");
    assert_eq!(ledger.verify_audit().unwrap(), entries);
}
