//! An authority in a hostile world: whatever fails, nothing is answered that was not recorded, and
//! no serial number is used twice.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::error::StoreErrorKind;
use certwright::time::{Clock, FixedClock, Time};
use certwright::{Authority, Error, Issuer, MemoryStore, Profile, SerialNumber, Signer, Store};

use crate::common;
use crate::craft::{self, Ladder, internal, now};
use crate::world::{Circle, Device, Dry, Fault, FrailStore, Mood};

#[test]
fn a_signer_that_fails_or_lies_releases_nothing_and_the_claim_can_be_completed() {
    for_each_family(|ladder, device, store, authority| {
        for (mood, message) in [
            (Mood::Error, "the signer failed: the device is on fire"),
            (Mood::Garbage, "its answer of 12 bytes is not a"),
            (Mood::OtherMessage, "signature of the certificate; nothing was released"),
        ] {
            device.set(mood);
            let error = authority.issue(&ladder.request(&["db.internal"])).unwrap_err();
            assert!(matches!(error, Error::Signer(_)), "{mood:?}: {error}");
            assert!(error.to_string().contains(message), "{mood:?}: {error}");
            let bytes = device.asked().pop().unwrap();
            let serial = serial_of(&bytes);
            assert_eq!(authority.find(&serial).unwrap(), None, "{mood:?}");

            device.set(Mood::Honest);
            let chain = authority.issue(&ladder.request(&["db.internal"])).unwrap().into_chain();
            assert_ne!(chain.leaf().serial(), &serial, "the serial number stays claimed");
            let late = authority
                .complete(&serial, &device.key.sign(&bytes).unwrap())
                .unwrap()
                .into_chain();
            assert_eq!(late.leaf().to_be_signed(), bytes);
            assert_eq!(authority.find(&serial).unwrap().as_ref(), Some(late.leaf()));
        }
        assert_eq!(records(&store.inner), 6);
    });
}

#[test]
fn where_the_claim_cannot_be_written_nothing_is_signed() {
    for_each_family(|ladder, device, store, authority| {
        for fault in [Fault::Lost, Fault::Unknown] {
            store.break_write(1, fault);
            let error = authority.issue(&ladder.request(&["db.internal"])).unwrap_err();
            assert_eq!(kind(&error), Some(StoreErrorKind::Backend), "{fault:?}: {error}");
            assert_eq!(error.to_string(), "store: the disk is full");
            assert!(device.asked().is_empty(), "{fault:?}");
        }
        authority.issue(&ladder.request(&["db.internal"])).unwrap();
    });
}

#[test]
fn where_the_certificate_cannot_be_recorded_nothing_is_answered() {
    for_each_family(|ladder, device, store, authority| {
        store.break_write(2, Fault::Lost);
        let error = authority.issue(&ladder.request(&["db.internal"])).unwrap_err();
        assert_eq!(kind(&error), Some(StoreErrorKind::Backend), "{error}");
        let bytes = device.asked().pop().unwrap();
        assert_eq!(authority.find(&serial_of(&bytes)).unwrap(), None);
        let signature = device.key.sign(&bytes).unwrap();
        authority.complete(&serial_of(&bytes), &signature).unwrap();

        // Where the commit arrived after all, the certificate is there, once.
        store.break_write(2, Fault::Unknown);
        let error = authority.issue(&ladder.request(&["db.internal"])).unwrap_err();
        assert_eq!(kind(&error), Some(StoreErrorKind::Backend), "{error}");
        let bytes = device.asked().pop().unwrap();
        let found = authority.find(&serial_of(&bytes)).unwrap().unwrap();
        assert_eq!(found.to_be_signed(), bytes);
        let again = authority.complete(&serial_of(&bytes), found.signature()).unwrap_err();
        assert_eq!(kind(&again), Some(StoreErrorKind::NotFound), "{again}");
    });
}

#[test]
fn a_store_that_runs_a_transaction_again_gets_the_same_records() {
    for_each_family(|ladder, device, store, authority| {
        for write in [1, 2] {
            store.break_write(write, Fault::Retried);
            let chain = authority.issue(&ladder.request(&["db.internal"])).unwrap().into_chain();
            assert!(authority.find(chain.leaf().serial()).unwrap().is_some());
        }
        assert_eq!((records(&store.inner), device.asked().len()), (2, 2));
    });
}

#[test]
fn a_generator_that_repeats_itself_ends_in_a_conflict_and_gives_no_serial_number_twice() {
    for_each_family(|ladder, device, store, authority| {
        let drawn = Arc::new(AtomicUsize::new(0));
        let circle = Circle { length: 3, drawn: drawn.clone() };
        let authority = authority.with_rng(circle);
        let issue = || authority.issue(&ladder.request(&["db.internal"]));
        let serials: BTreeSet<SerialNumber> =
            (0..3).map(|_| *issue().unwrap().certificate().serial()).collect();
        assert_eq!(serials.len(), 3);
        let before = drawn.load(Ordering::SeqCst);
        let error = issue().unwrap_err();
        assert_eq!(kind(&error), Some(StoreErrorKind::Conflict), "{error}");
        assert!(error.to_string().contains("was claimed before"), "{error}");
        let draws = drawn.load(Ordering::SeqCst) - before;
        assert!((2..=16).contains(&draws), "{draws} draws");
        assert_eq!((device.asked().len(), records(&store.inner)), (3, 3));
    });
}

#[test]
fn without_random_numbers_or_a_time_nothing_is_claimed() {
    struct Stopped;
    impl Clock for Stopped {
        fn now(&self) -> Result<Time, Error> {
            Time::from_unix(i64::MAX)
        }
    }
    for_each_family(|ladder, device, store, authority| {
        let authority = authority.with_rng(Dry);
        let error = authority.issue(&ladder.request(&["db.internal"])).unwrap_err();
        assert!(matches!(error, Error::Random { .. }), "{error}");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(cause, "no entropy");
        let error = authority.with_clock(Stopped).issue(&ladder.request(&["db.internal"]));
        assert!(matches!(error, Err(Error::Malformed(_))), "{error:?}");
        assert_eq!((device.asked().len(), records(&store.inner)), (0, 0));
    });
}

#[test]
fn a_damaged_record_is_reported_and_not_taken_for_a_certificate() {
    for_each_family(|ladder, _, store, authority| {
        let chain = authority.issue(&ladder.request(&["db.internal"])).unwrap().into_chain();
        let serial = *chain.leaf().serial();
        let (mut key, mut value) = (Vec::new(), Vec::new());
        scan(&store.inner, |found_key, found_value| {
            if found_key.starts_with(b"certificate/") {
                (key, value) = (found_key.to_vec(), found_value.to_vec());
            }
        });
        let damage = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut damaged = value.clone();
            change(&mut damaged);
            store.inner.write(&mut |transaction| transaction.put(&key, &damaged)).unwrap();
            let error = authority.find(&serial).unwrap_err();
            assert_eq!(kind(&error), Some(StoreErrorKind::Corrupt), "{error}");
            assert!(error.to_string().contains(&serial.to_string()), "{error}");
            let complete = authority.complete(&serial, b"").unwrap_err();
            assert_eq!(kind(&complete), Some(StoreErrorKind::Corrupt), "{complete}");
        };
        damage(&|value| value[0] = 9); // a version of the future
        damage(&|value| value[1] = 9); // a state that is unknown
        damage(&|value| value.truncate(40));
        damage(&|value| value.clear());
        store.inner.write(&mut |transaction| transaction.put(&key, &value)).unwrap();
        assert_eq!(authority.find(&serial).unwrap().as_ref(), Some(chain.leaf()), "undamaged");
    });
}

#[test]
fn an_issuer_whose_chain_has_no_room_for_a_leaf_records_nothing() {
    for_each_family(|ladder, _, store, _| {
        // Ten certificates are the most that a chain may have; one below them is one too many.
        let attempt = || {
            let mut issuer = ladder.root.clone();
            for length in (0..9).rev() {
                let name = format!("CN=CA {length}").parse()?;
                let (profile, serial) = (Profile::intermediate(length), craft::serial(length + 9));
                let validity = *ladder.ca.certificate().validity();
                issuer = issuer.delegate_at(name, profile, ladder.ca_key(), serial, validity)?;
            }
            let authority = Authority::new(issuer, internal(), store.clone());
            let authority = authority.with_clock(FixedClock(now()));
            authority.issue(&ladder.request(&["db.internal"]))
        };
        let error = attempt().unwrap_err();
        assert!(error.to_string().contains("at most 10"), "{error}");
        assert_eq!(records(&store.inner), 0, "recorded, and yet: {error}");
    });
}

/// Runs a test for each family with an authority, its device and its store.
fn for_each_family(test: impl Fn(&Ladder, &Device, &Arc<FrailStore>, Authority)) {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let device = Device::new(ladder.ca_key());
        let certificates = ladder.ca.chain();
        let issuer = Issuer::load(certificates, device.clone()).unwrap();
        let store = FrailStore::new();
        let authority = Authority::new(issuer, internal(), store.clone());
        test(&ladder, &device, &store, authority.with_clock(FixedClock(now())));
    }
}

/// The serial number inside to-be-signed bytes.
fn serial_of(to_be_signed: &[u8]) -> SerialNumber {
    SerialNumber::from_bytes(&craft::children(to_be_signed)[craft::SERIAL][2..]).unwrap()
}

/// How many serial numbers are claimed.
fn records(store: &MemoryStore) -> usize {
    let mut count = 0;
    scan(store, |key, _| count += usize::from(key.starts_with(b"certificate/")));
    count
}

fn scan(store: &MemoryStore, mut visit: impl FnMut(&[u8], &[u8])) {
    let read = store.read(&mut |transaction| {
        transaction.scan(b"", b"", &mut |key, value| {
            visit(key, value);
            ControlFlow::Continue(())
        })
    });
    read.unwrap();
}

fn kind(error: &Error) -> Option<StoreErrorKind> {
    match error {
        Error::Store(error) => Some(error.kind()),
        _ => None,
    }
}
