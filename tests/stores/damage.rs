//! One damaged record spoils what needs it, and nothing else; what was counted is never counted again.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::error::{StoreError, StoreErrorKind};
use certwright::key::SealingKey;
use certwright::ledger::Ledger;
use certwright::store::{ReadTransaction, ReadWork, Visit, WriteTransaction, WriteWork};
use certwright::time::Lifetime;
use certwright::{Authority, MemoryStore, Profile, Store};

use crate::craft;
use crate::revoked::Scene;
use crate::shelf::{algorithm, alice, assert_kind, key, put, records};

const HOLD: RevocationReason = RevocationReason::CertificateHold;

/// A store whose writes wait at a gate, and that cannot write some keys.
#[derive(Default)]
struct Gate {
    inner: MemoryStore,
    shut: Mutex<bool>,
    opened: Condvar,
    waiting: AtomicUsize,
    writes: AtomicUsize,
    /// What the keys begin with whose page is damaged.
    damaged: Mutex<Option<Vec<u8>>>,
}

impl Store for Gate {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.inner.read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut shut = self.shut.lock().unwrap();
        while *shut {
            shut = self.opened.wait(shut).unwrap();
        }
        drop(shut);
        self.writes.fetch_add(1, Ordering::SeqCst);
        let damaged = self.damaged.lock().unwrap().clone();
        self.inner.write(&mut |transaction| work(&mut Damaged(transaction, damaged.as_deref())))
    }
}

struct Damaged<'t>(&'t mut dyn WriteTransaction, Option<&'t [u8]>);

impl ReadTransaction for Damaged<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(key)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.0.scan(prefix, from, visit)
    }
}

impl WriteTransaction for Damaged<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        match self.1 {
            Some(damaged) if key.starts_with(damaged) => {
                Err(StoreError::new(StoreErrorKind::Corrupt, "a page cannot be read"))
            }
            _ => self.0.put(key, value),
        }
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
        self.0.delete(key)
    }
}

/// Two CAs with a certificate each; what one of them needs is damaged by `damage`, and both revoke in
/// one transaction.
fn in_one_transaction(damage: impl Fn(&Gate, &[u8; 32], &[u8])) {
    let store = Arc::new(Gate::default());
    let scene = Scene::on(algorithm(), 1, Arc::clone(&store));
    let upper = scene.issue();
    let other = craft::Ladder::below(
        scene.root.issuer(),
        Profile::intermediate(0),
        craft::key(algorithm(), 3),
    );
    let other = Authority::on(other, craft::internal(), scene.ca.ledger().clone())
        .with_clock(scene.clock.clone());
    let request = scene.ladder.request(&["db.internal"]);
    let others = other.issue(&request).unwrap().into_chain();
    let (broken, whole) = (*upper.leaf().serial(), *others.leaf().serial());
    let place = format!("{:0>40}", crate::revoked::hex(&broken));
    let place: Vec<u8> =
        (0..20).map(|at| u8::from_str_radix(&place[2 * at..2 * at + 2], 16).unwrap()).collect();
    damage(&store, &scene.digest(), &place);
    *store.shut.lock().unwrap() = true;
    store.waiting.store(0, Ordering::SeqCst);
    store.writes.store(0, Ordering::SeqCst);
    let before = records(&*store);
    let (first, spoiled, good) = thread::scope(|scope| {
        let writer = alice(scene.ca.ledger());
        // The first holds the store; the others meet behind it.
        let first = scope.spawn(move || writer.put_request("", &request, None));
        while store.waiting.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
        let spoiled = scope.spawn(|| scene.ca.revoke(&broken, HOLD));
        let good = scope.spawn(|| other.revoke(&whole, HOLD));
        thread::sleep(Duration::from_millis(300));
        *store.shut.lock().unwrap() = false;
        store.opened.notify_all();
        (first.join().unwrap(), spoiled.join().unwrap(), good.join().unwrap())
    });
    first.unwrap();
    good.expect("another CA's revocation");
    assert_kind(spoiled, StoreErrorKind::Corrupt);
    // The first by itself; then both together, and where a page was damaged once more without.
    let again = usize::from(store.damaged.lock().unwrap().is_some());
    assert_eq!(store.writes.load(Ordering::SeqCst), 2 + again, "they did not meet");
    // Of the spoiled job there is nothing; of the good one, its revocation.
    let after = records(&*store);
    let new: Vec<_> = after.keys().filter(|key| !before.contains_key(*key)).collect();
    let revoked: Vec<_> = new.iter().filter(|key| key.starts_with(b"revocation/")).collect();
    assert_eq!(revoked.len(), 1, "{new:?}");
    assert_eq!(new.iter().filter(|key| key.starts_with(b"audit/")).count(), 2, "{new:?}");
    scene.ca.ledger().verify_audit().unwrap();
}

#[test]
fn a_damaged_record_of_one_ca_fails_its_own_job_alone() {
    in_one_transaction(|store, issuer, serial| {
        put(store, &[b"certificate/", &issuer[..], serial].concat(), b"damaged");
    });
    in_one_transaction(|store, issuer, _| {
        put(store, &[b"revocation-count/", &issuer[..]].concat(), b"damaged");
    });
    in_one_transaction(|store, issuer, serial| {
        put(store, &[b"revocation/", &issuer[..], serial].concat(), b"");
        store
            .write(&mut |transaction| {
                // So that what is new is counted.
                transaction.put(&[b"revocation/", &issuer[..], serial].concat(), b"damaged")
            })
            .unwrap();
    });
}

#[test]
fn a_page_that_cannot_be_written_fails_its_own_job_alone() {
    in_one_transaction(|store, issuer, _| {
        *store.damaged.lock().unwrap() = Some([b"revocation/", &issuer[..]].concat());
    });
}

#[test]
fn a_counter_that_is_damaged_or_lost_does_not_begin_again() {
    let store = Arc::new(MemoryStore::default());
    let scene = Scene::on(algorithm(), 1, Arc::clone(&store));
    let ledger = scene.ca.ledger().clone();
    let serial = *scene.issue().leaf().serial();
    scene.ca.revoke(scene.issue().leaf().serial(), HOLD).unwrap();
    scene.full();
    scene.full();
    let request = scene.ladder.request(&["db.internal"]);
    alice(&ledger).put_request("one", &request, None).unwrap();
    alice(&ledger).put_request("two", &request, None).unwrap();
    let whole = records(&*store);
    let place = |prefix: &[u8]| whole.keys().find(|key| key.starts_with(prefix)).unwrap().clone();
    let crl = || scene.ca.issue_crl(&CrlRequest::full(Lifetime::days(1))).map(drop);
    let keep = || alice(&ledger).put_request("three", &request, None).map(drop);
    let revoke = || scene.ca.revoke(&serial, HOLD);
    type Attempts<'a> = Vec<&'a dyn Fn() -> Result<(), certwright::Error>>;
    let counters: [(&[u8], bool, Attempts<'_>); 5] = [
        (b"crl-number/", true, vec![&crl]),
        (b"revocation-count/", true, vec![&crl, &revoke]),
        (b"crl-full/", false, vec![&crl]),
        (b"request-number", true, vec![&keep]),
        (b"audit-head", true, vec![&crl, &keep, &revoke]),
    ];
    for (prefix, loss_tells, attempts) in counters {
        let place = place(prefix);
        let value = &whole[&place];
        let mut states: Vec<Option<Vec<u8>>> = (0..value.len())
            // The number of a CRL that was made elsewhere has no dates.
            .filter(|at| prefix != b"crl-number/" || *at != 9)
            .map(|at| Some(value[..at].to_vec()))
            .collect();
        states.push(Some([&value[..], &[0]].concat()));
        if loss_tells {
            states.push(None);
        }
        for state in states {
            store
                .write(&mut |transaction| match &state {
                    Some(value) => transaction.put(&place, value),
                    None => transaction.delete(&place),
                })
                .unwrap();
            let before = records(&*store);
            for attempt in &attempts {
                assert_kind(attempt(), StoreErrorKind::Corrupt);
            }
            assert_eq!(records(&*store), before, "{}", String::from_utf8_lossy(prefix));
            put(&*store, &place, value);
        }
    }
    // A counter that was set back gives no number twice either.
    let place = place(b"request-number");
    put(&*store, &place, &[&[1][..], &1_u64.to_be_bytes()].concat());
    assert_kind(keep(), StoreErrorKind::Corrupt);
    let head = whole[&b"audit-head"[..]].clone();
    let mut back = head.clone();
    back[8] -= 1;
    put(&*store, b"audit-head", &back);
    assert_kind(revoke(), StoreErrorKind::Corrupt);
}

#[test]
fn a_store_that_lost_its_seal_takes_no_key() {
    let store = Arc::new(crate::shelf::Durable::default());
    let ledger = Ledger::new(Arc::clone(&store));
    let right = || SealingKey::from_bytes([1; 32]);
    ledger.unlock(&right()).unwrap();
    alice(&ledger).put_key("mine", &key(0)).unwrap();
    let seal = records(&*store)[&b"seal"[..]].clone();
    store.write(&mut |transaction| transaction.delete(b"seal")).unwrap();
    let before = records(&*store);
    for given in
        [right(), SealingKey::from_bytes([9; 32]), SealingKey::from_passphrase("any").unwrap()]
    {
        let again = Ledger::new(Arc::clone(&store));
        let said = assert_kind(again.unlock(&given), StoreErrorKind::Corrupt);
        assert!(said.contains("record of the seal"), "{said}");
    }
    // Neither does one that was unlocked before go on, nor seal all again.
    assert_kind(alice(&ledger).put_key("more", &key(1)), StoreErrorKind::Corrupt);
    assert_kind(
        alice(&ledger).rotate_sealing_key(&SealingKey::from_bytes([2; 32])),
        StoreErrorKind::Corrupt,
    );
    assert_kind(ledger.verify(), StoreErrorKind::Corrupt);
    assert_eq!(records(&*store), before);
    // Also when the keys went with it: the head of the log still tells.
    store.write(&mut |transaction| transaction.delete(b"key/mine")).unwrap();
    assert_kind(Ledger::new(Arc::clone(&store)).unlock(&right()), StoreErrorKind::Corrupt);
    // And when the log went as well, but for the keys.
    put(&*store, b"key/mine", &before[&b"key/mine"[..]]);
    let log: Vec<_> = before.keys().filter(|key| key.starts_with(b"audit")).cloned().collect();
    store.write(&mut |transaction| log.iter().try_for_each(|key| transaction.delete(key))).unwrap();
    assert_kind(Ledger::new(Arc::clone(&store)).unlock(&right()), StoreErrorKind::Corrupt);
    before.iter().for_each(|(key, value)| put(&*store, key, value));
    put(&*store, b"seal", &seal);
    ledger.verify().unwrap();
    assert!(ledger.key("mine").unwrap().is_some());
}

#[cfg(feature = "sm2")]
#[test]
fn a_request_with_an_identifier_of_its_own_comes_back_on_every_page() {
    use certwright::key::Sm2Id;
    use certwright::{CertificateRequest, KeyAlgorithm, KeyPair};
    let ledger = Ledger::new(MemoryStore::default());
    let own = KeyPair::generate(KeyAlgorithm::Sm2).unwrap();
    let plain = CertificateRequest::builder("CN=plain".parse().unwrap()).sign(&own).unwrap();
    let own = own.with_sm2_id(Sm2Id::new("alice@example").unwrap());
    let request = CertificateRequest::builder("CN=own".parse().unwrap()).sign(&own).unwrap();
    assert!(CertificateRequest::from_der(request.as_der()).is_err(), "it needs its identifier");
    let first = alice(&ledger).put_request("plain", &plain, None).unwrap();
    let second = alice(&ledger).put_request("own", &request, None).unwrap();
    alice(&ledger).put_request_key(second, &own).unwrap();
    let page = ledger.requests(0, 10).unwrap();
    assert_eq!(page.iter().map(|kept| kept.number).collect::<Vec<_>>(), [first, second]);
    assert_eq!(page[1].request.as_der(), request.as_der());
    assert_eq!(page[1].request.public_key().sm2_id().as_str(), "alice@example");
    assert_eq!(ledger.request(second).unwrap().unwrap().request.as_der(), request.as_der());
    assert!(ledger.request_key(second).unwrap().is_some());
    ledger.verify().unwrap();
}
