//! Requests and CAs that are kept, with their keys and without.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::collections::BTreeSet;
use std::sync::Arc;

use certwright::error::StoreErrorKind;
use certwright::key::SealingKey;
use certwright::ledger::Ledger;
use certwright::time::FixedClock;
use certwright::{
    Authority, CertificateRequest, Chain, Error, Issuer, MemoryStore, Profile, Store,
};

use crate::common;
use crate::craft::{self, Ladder, internal, now};
use crate::shelf::{
    Durable, algorithm, alice, assert_kind, assert_same, key, on_each_store, put, records,
};

fn unlocked(store: Arc<dyn Store>) -> Ledger {
    let ledger = Ledger::new(store);
    ledger.unlock(&SealingKey::from_bytes([1; 32])).unwrap();
    ledger
}

fn request(number: usize) -> CertificateRequest {
    let name = format!("CN=db {number}").parse().unwrap();
    CertificateRequest::builder(name).sign(&key(number)).unwrap()
}

#[test]
fn a_number_is_given_once_even_when_its_request_is_forgotten() {
    on_each_store(|store| {
        let ledger = unlocked(Arc::clone(&store));
        let keep = |ledger: &Ledger| alice(ledger).put_request("", &request(0), None).unwrap();
        assert_eq!((keep(&ledger), keep(&ledger), keep(&ledger)), (1, 2, 3));
        // The last, one in the middle, and all.
        alice(&ledger).delete_request(3).unwrap();
        assert_eq!(keep(&ledger), 4);
        for number in [1, 4, 2] {
            alice(&ledger).delete_request(number).unwrap();
        }
        assert!(ledger.requests(0, 9).unwrap().is_empty());
        assert_eq!(keep(&unlocked(store)), 5);
        assert_kind(alice(&ledger).delete_request(4), StoreErrorKind::NotFound);
        assert_kind(alice(&ledger).delete_request(0), StoreErrorKind::NotFound);
        assert!(ledger.request(4).unwrap().is_none());
    });
}

#[test]
fn a_request_comes_back_as_it_was_kept_and_its_key_goes_with_it() {
    on_each_store(|store| {
        let ledger = unlocked(Arc::clone(&store));
        let bare = alice(&ledger).put_request("b\u{e4}re", &request(0), None).unwrap();
        let whole = alice(&ledger).put_request("whole", &request(1), Some(&key(1))).unwrap();
        let found = |number| ledger.request(number).unwrap().unwrap();
        for (number, name, has_key, wanted) in
            [(bare, "b\u{e4}re", false, request(0)), (whole, "whole", true, request(1))]
        {
            let found = found(number);
            assert_eq!((found.number, found.kept_at), (number, now()));
            assert_eq!((found.name.as_str(), found.has_key), (name, has_key));
            assert_eq!(found.request.public_key(), wanted.public_key());
            assert_eq!(found.request.subject().to_string(), wanted.subject().to_string());
        }
        assert!(ledger.request_key(bare).unwrap().is_none());
        assert_same(ledger.request_key(whole), &key(1));

        // The key comes later, once, and only the right one.
        let before = records(&*store);
        let wrong = alice(&ledger).put_request_key(bare, &key(1));
        assert!(matches!(wrong, Err(Error::Malformed(_))), "{wrong:?}");
        assert_kind(alice(&ledger).put_request_key(77, &key(1)), StoreErrorKind::NotFound);
        assert_kind(alice(&ledger).put_request_key(whole, &key(1)), StoreErrorKind::Conflict);
        assert!(records(&*store) == before);
        alice(&ledger).put_request_key(bare, &key(0)).unwrap();
        assert!(found(bare).has_key);
        assert_eq!(found(bare).name, "b\u{e4}re");
        assert_same(ledger.request_key(bare), &key(0));

        alice(&ledger).delete_request(whole).unwrap();
        assert!(ledger.request_key(whole).unwrap().is_none());
        assert_eq!(ledger.key_names(None, 9).unwrap(), [format!("request/{bare}")]);
        ledger.verify_audit().unwrap();
    });
}

#[test]
fn what_is_refused_leaves_nothing() {
    let ladder = Ladder::new(algorithm());
    on_each_store(|store| {
        let ledger = unlocked(Arc::clone(&store));
        let long = "x".repeat(129);
        let answers = [
            alice(&ledger).put_request("db", &request(0), Some(&key(1))).err(),
            alice(&ledger).put_request(&long, &request(0), Some(&key(0))).err(),
            alice(&ledger).put_issuer(&ladder.ca.chain(), Some(&ladder.root_key())).err(),
            // Nobody knows whose it is without the certificate above.
            alice(&ledger).put_issuer(&alone(&ladder.ca), Some(&ladder.ca_key())).err(),
        ];
        for answer in answers {
            assert!(matches!(answer, Some(Error::Malformed(_))), "{answer:?}");
        }
        assert!(records(&*store).is_empty(), "{:?}", records(&*store));
        assert_eq!(alice(&ledger).put_request(&long[1..], &request(0), None).unwrap(), 1);
    });
}

#[test]
fn a_ca_comes_back_with_its_chain_and_key_and_issues() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        on_each_store(|store| {
            let ledger = unlocked(Arc::clone(&store));
            let root = alice(&ledger).put_issuer(&ladder.root.chain(), None).unwrap();
            let chain = ladder.ca.chain();
            let ca = alice(&ledger).put_issuer(&chain, Some(&ladder.ca_key())).unwrap();
            let ledger = unlocked(Arc::clone(&store));
            let kept = ledger.issuer(&ca).unwrap().unwrap();
            assert_eq!((kept.identifier, kept.has_key, kept.kept_at), (ca, true, now()));
            assert_eq!((kept.chain.to_pem(), kept.tags), (chain.to_pem(), vec![]));
            assert!(!ledger.issuer(&root).unwrap().unwrap().has_key);
            assert!(ledger.issuer_key(&root).unwrap().is_none());
            let mut wanted = vec![root, ca];
            wanted.sort();
            let all = ledger.issuers(None, 9).unwrap();
            assert_eq!(all.iter().map(|kept| kept.identifier).collect::<Vec<_>>(), wanted);
            let second = ledger.issuers(Some(&wanted[0]), 1).unwrap();
            assert_eq!(second[0].identifier, wanted[1]);
            assert!(ledger.issuers(Some(&wanted[1]), 1).unwrap().is_empty());
            let again = alice(&ledger).put_issuer(&chain, Some(&ladder.ca_key()));
            assert_kind(again, StoreErrorKind::Conflict);

            let key = ledger.issuer_key(&ca).unwrap().unwrap();
            let issuer = Issuer::load(kept.chain, key).unwrap();
            let authority = Authority::on(issuer, internal(), ledger.clone());
            let authority = authority.with_clock(FixedClock(now()));
            let issued = authority.issue(&ladder.request(&["db.internal"])).unwrap().into_chain();
            assert_eq!(issued.above()[0], *ladder.ca.certificate());
            // The name under which it is kept is that of its certificate.
            assert_eq!(
                ca,
                certwright::ledger::Identifier::of(
                    &Ledger::issuer_digest(ladder.root.certificate().public_key().unwrap()),
                    ladder.ca.certificate().serial(),
                )
            );
        });
    }
}

#[test]
fn requests_come_in_pages_each_once() {
    let ledger = unlocked(Arc::new(MemoryStore::default()));
    let request = request(0);
    for _ in 0..300 {
        alice(&ledger).put_request("", &request, None).unwrap();
    }
    let wanted: Vec<u64> = (1..=300).filter(|number| number % 7 != 0).collect();
    (1..=42).for_each(|seventh| alice(&ledger).delete_request(seventh * 7).unwrap());
    for limit in [1, 10, 257, 1_000] {
        let mut found: Vec<u64> = Vec::new();
        loop {
            let page = ledger.requests(found.last().copied().unwrap_or(0), limit).unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            found.extend(page.iter().map(|kept| kept.number));
        }
        assert_eq!(found, wanted, "limit {limit}");
    }
    assert!(ledger.requests(0, 0).unwrap().is_empty());
    assert!(ledger.requests(u64::MAX, 9).unwrap().is_empty());
}

#[test]
fn threads_that_keep_requests_get_different_numbers() {
    for ledger in [Ledger::new(MemoryStore::default()), unlocked(Arc::new(Durable::default()))] {
        let numbers: Vec<(u64, usize)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|thread| {
                    let ledger = &ledger;
                    scope.spawn(move || {
                        let keep = |_| {
                            let key = Some(&*key(thread));
                            alice(ledger).put_request("", &request(thread), key).unwrap()
                        };
                        (0..10).map(|round| (keep(round), thread)).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        let distinct: BTreeSet<u64> = numbers.iter().map(|(number, _)| *number).collect();
        assert_eq!(distinct, (1..=40).collect());
        for (number, thread) in numbers {
            let kept = ledger.request(number).unwrap().unwrap();
            assert_eq!(kept.request.subject().to_string(), format!("CN=db {thread}"));
            assert_same(ledger.request_key(number), &key(thread));
        }
        assert_eq!(ledger.verify_audit().unwrap(), 40);
    }
}

#[test]
fn a_damaged_record_is_an_error_and_no_panic() {
    let ladder = Ladder::new(algorithm());
    let store = Arc::new(MemoryStore::default());
    let ledger = unlocked(store.clone());
    alice(&ledger).put_request("db", &request(0), None).unwrap();
    let ca = alice(&ledger).put_issuer(&ladder.ca.chain(), None).unwrap();
    for (prefix, fixed) in [(&b"request/"[..], 16), (b"issuer/", 20), (b"request-number", 9)] {
        let all = records(&*store);
        let (place, whole) = all.iter().find(|(place, _)| place.starts_with(prefix)).unwrap();
        let read = |value: &[u8]| {
            put(&*store, place, value);
            match prefix {
                b"request/" => ledger.request(1).map(|_| ()).and(ledger.requests(0, 9).map(|_| ())),
                b"issuer/" => {
                    ledger.issuer(&ca).map(|_| ()).and(ledger.issuers(None, 9).map(|_| ()))
                }
                _ => alice(&ledger).put_request("", &request(0), None).map(|_| ()),
            }
        };
        for length in 0..whole.len() {
            let answer = read(&whole[..length]);
            // A chain that ends after a certificate is one.
            if !(prefix == b"issuer/" && answer.is_ok()) {
                assert_kind(answer, StoreErrorKind::Corrupt);
            }
        }
        for at in 0..fixed.min(whole.len()) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0xff;
            let _ = read(&flipped);
        }
        let mut version = whole.clone();
        version[0] = 9;
        let message = assert_kind(read(&version), StoreErrorKind::Corrupt);
        assert!(message.contains("version 9"), "{message}");
        put(&*store, place, whole);
    }
    // No number follows the last there can be.
    put(&*store, b"request-number", &[&[1][..], &[0xff; 8]].concat());
    assert_kind(alice(&ledger).put_request("", &request(0), None), StoreErrorKind::Corrupt);
}

#[test]
fn a_kept_root_is_called_by_its_own_key() {
    let root = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key(0)).unwrap();
    let ledger = Ledger::new(MemoryStore::default());
    let identifier = alice(&ledger).put_issuer(&root.chain(), None).unwrap();
    let digest = Ledger::issuer_digest(root.certificate().public_key().unwrap());
    assert_eq!(
        identifier,
        certwright::ledger::Identifier::of(&digest, root.certificate().serial())
    );
}

/// A chain of the certificate alone.
fn alone(issuer: &Issuer) -> Chain {
    Chain::new(issuer.certificate().clone(), Vec::new()).unwrap()
}

#[test]
fn a_store_that_fails_keeps_no_half_of_a_request() {
    let store = Arc::new(Durable::default());
    let ledger = unlocked(store.clone());
    for room in 1.. {
        store.break_at(room);
        let answer = alice(&ledger).put_request("db", &request(0), Some(&key(0)));
        store.mend();
        if let Ok(number) = answer {
            // The seal, the number, the request, its key, the newest time, the entry and the head of
            // the log.
            assert_eq!((number, room), (1, 8));
            break;
        }
        assert_kind(answer, StoreErrorKind::Backend);
        assert!(records(&*store).is_empty(), "broken at put {room}");
    }
    let before = records(&*store);
    for room in 1..=4 {
        store.break_at(room);
        assert_kind(alice(&ledger).delete_request(1), StoreErrorKind::Backend);
        store.mend();
        assert!(records(&*store) == before, "broken at put {room}");
    }
    assert_same(ledger.request_key(1), &craft::key(algorithm(), 0));
}

#[cfg(all(feature = "ecc", feature = "rsa", feature = "sm2"))]
#[test]
fn a_ca_is_forgotten_with_its_key_and_what_it_issued_stays() {
    use certwright::error::StoreErrorKind;
    use certwright::ledger::Ledger;
    use certwright::time::Time;
    use certwright::*;
    let ledger = Ledger::new(MemoryStore::default());
    let writer = ledger.writer("alice", Time::from_unix(1_800_000_000).unwrap());
    let key = Arc::new(KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap());
    let name = "CN=CA".parse().unwrap();
    let ca = Issuer::self_signed(name, Profile::root(), Arc::clone(&key)).unwrap();
    let identifier = writer.put_issuer(&ca.chain(), Some(&key)).unwrap();
    let Err(Error::Store(error)) = writer.put_issuer(&ca.chain(), Some(&key)) else {
        panic!("kept twice")
    };
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
    writer.delete_issuer(&identifier).unwrap();
    assert!(ledger.issuer(&identifier).unwrap().is_none());
    assert!(ledger.issuer_key(&identifier).unwrap().is_none());
    let Err(Error::Store(error)) = writer.delete_issuer(&identifier) else {
        panic!("forgotten twice")
    };
    assert_eq!(error.kind(), StoreErrorKind::NotFound);
}
