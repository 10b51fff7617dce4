//! Threads that meet on one store.
#![cfg(all(feature = "ecc", feature = "redb"))]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use certwright::error::{StoreError, StoreErrorKind};
use certwright::ledger::{Ledger, RecordState};
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::store::{ReadWork, WriteWork};
use certwright::*;

use crate::common;

/// Issues of each of two threads, unless SOAK_ISSUES says otherwise.
const ISSUES: usize = 1_000 / common::step(4);

#[test]
fn two_threads_issue_side_by_side_and_no_number_comes_twice() {
    let issues = std::env::var("SOAK_ISSUES").map_or(ISSUES, |issues| issues.parse().unwrap());
    let folder = common::folder();
    let path = folder.path().join("ca.redb");
    let authority = authority(issuer(), RedbStore::create(&path).unwrap());
    let request = request();
    let start = Instant::now();
    let serials: Vec<SerialNumber> = thread::scope(|scope| {
        let work = || -> Vec<SerialNumber> {
            (0..issues)
                .map(|_| *authority.issue(&request).unwrap().certificate().serial())
                .collect()
        };
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    println!("{} certificates in {:?}", serials.len(), start.elapsed());
    let distinct: BTreeSet<_> = serials.iter().map(|serial| serial.as_bytes().to_vec()).collect();
    assert_eq!((serials.len(), distinct.len()), (2 * issues, 2 * issues));
    drop(authority);
    let ledger = Ledger::new(RedbStore::open(&path).unwrap());
    assert_eq!(ledger.verify_audit().unwrap(), 4 * issues as u64, "a claim and a certificate each");
    let records = ledger.certificates(None, usize::MAX).unwrap();
    let issued = records.iter().filter(|r| matches!(r.state, RecordState::Issued { .. }));
    let stored: BTreeSet<_> = issued.map(|record| record.serial.as_bytes().to_vec()).collect();
    assert_eq!(stored, distinct);
}

#[test]
fn who_makes_the_same_store_at_once_opens_it_or_is_told_that_it_is_open() {
    for round in 0..100 {
        let folder = common::folder();
        let path = folder.path().join("ca.redb");
        let start = std::sync::Barrier::new(3);
        let answers: Vec<Result<RedbStore, StoreError>> = thread::scope(|scope| {
            let open = || {
                start.wait();
                RedbStore::open_or_create(&path)
            };
            let threads = [(); 3].map(|()| scope.spawn(open));
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let opened = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(opened, 1, "round {round}: {answers:?}");
        for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert_eq!(error.kind(), StoreErrorKind::Locked, "round {round}: {error}");
        }
    }
}

/// A store whose first write waits, and whose second panics.
struct Panicking {
    inner: MemoryStore,
    writes: AtomicUsize,
    go: Mutex<mpsc::Receiver<()>>,
}

impl Store for Panicking {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.inner.read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        match self.writes.fetch_add(1, Ordering::SeqCst) {
            0 => self.go.lock().unwrap().recv().unwrap(),
            1 => panic!("the store panics, as this test wants"),
            _ => {}
        }
        self.inner.write(work)
    }
}

#[test]
fn a_store_that_panics_leaves_no_other_thread_waiting() {
    let (go, receiver) = mpsc::channel();
    let (inner, writes) = (MemoryStore::default(), AtomicUsize::new(0));
    let store = Arc::new(Panicking { inner, writes, go: Mutex::new(receiver) });
    let authority = authority(issuer(), Arc::clone(&store));
    let (done, ended) = mpsc::channel();
    for _ in 0..3 {
        let (authority, request, done) = (authority.clone(), request(), done.clone());
        thread::spawn(move || {
            let issue = || authority.issue(&request).map(|issued| *issued.certificate().serial());
            let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(issue));
            done.send(answer.map_err(|_| "panicked")).unwrap();
        });
    }
    // The first thread is in its write, and the others wait for it.
    thread::sleep(Duration::from_millis(300));
    go.send(()).unwrap();
    let patience = Duration::from_secs(10);
    let answers: Vec<_> =
        (0..3).map(|_| ended.recv_timeout(patience).expect("a thread waits for ever")).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1, "{answers:?}");
    let told = answers.iter().flatten().filter_map(|answer| answer.as_ref().err());
    for error in told {
        assert!(error.to_string().contains("abandoned"), "{error}");
    }
    authority.issue(&request()).unwrap();
    authority.ledger().verify_audit().unwrap();
}

fn issuer() -> Issuer {
    let key = common::key(KeyAlgorithm::EcdsaP256);
    Issuer::self_signed("CN=CA".parse().unwrap(), Profile::root(), key).unwrap()
}

fn authority(issuer: Issuer, store: impl Store + 'static) -> Authority {
    let policy = Policy::new(Profile::tls_client()).with_root_leaves(RootLeaves::Allow);
    Authority::new(issuer, policy.allow_subject_attribute(AttributeType::COMMON_NAME), store)
}

fn request() -> CertificateRequest {
    let key = common::key(KeyAlgorithm::EcdsaP256);
    CertificateRequest::builder("CN=client".parse().unwrap()).sign(&key).unwrap()
}
