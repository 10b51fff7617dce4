//! No quota is lost or doubled, whichever way threads meet and whenever the store fails.

use crate::world::CallJson;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use certwright::cas::*;
use certwright::error::StoreError;
use certwright::store::{ReadTransaction, ReadWork, Visit, WriteTransaction, WriteWork};
use certwright::{MemoryStore, Store};
use serde_json::json;

use crate::shop::*;
use crate::world::{call, text};

/// The number and status of each order, once quota, keys and certificates fit together with them.
#[track_caller]
pub fn consistent(cas: &Cas, total: i64) -> Vec<(i64, String)> {
    let list = call(cas, "ListUserCertificateOrder", json!({ "ShowSize": 1_000 }));
    let orders: Vec<(i64, String)> = list["CertificateOrderList"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| (number(order), text(order, "Status").to_owned()))
        .collect();
    let issued = orders.iter().filter(|(_, status)| ["ISSUED", "REVOKED"].contains(&&**status));
    let wanted = (total, orders.len() as i64, issued.clone().count() as i64);
    assert_eq!(quota(cas, SINGLE), wanted, "{orders:?}");
    // A key for each order whose CSR was generated here, and no other.
    let keys = cas.ledger().key_names(None, usize::MAX).unwrap();
    let keys = keys.iter().filter(|name| name.starts_with("order/")).count();
    assert_eq!(keys, orders.len(), "keys of orders");
    // A certificate for each issued order, and no other.
    let certificates = cas.ledger().certificates(None, usize::MAX).unwrap();
    let leaves = certificates
        .iter()
        .filter_map(|record| record.certificate())
        .filter(|certificate| !certificate.is_authority());
    assert_eq!(leaves.count(), issued.count(), "certificates");
    cas.ledger().verify_audit().unwrap();
    orders
}

/// Runs this in so many threads at once.
fn at_once<T: Send + 'static>(
    threads: usize,
    work: impl Fn(usize) -> T + Send + Sync + 'static,
) -> Vec<T> {
    let (work, barrier) = (Arc::new(work), Arc::new(Barrier::new(threads)));
    let running: Vec<_> = (0..threads)
        .map(|thread| {
            let (work, barrier) = (Arc::clone(&work), Arc::clone(&barrier));
            thread::spawn(move || {
                barrier.wait();
                work(thread)
            })
        })
        .collect();
    running.into_iter().map(|thread| thread.join().unwrap()).collect()
}

#[test]
fn many_threads_use_the_quota_up_and_not_more() {
    let shop = shop();
    let cas = Arc::clone(&shop.cas);
    // 16 threads ask for 160 of 100.
    let answers = at_once(16, move |_| {
        let create = |_| cas.call_json("CreateCertificateRequest", application());
        (0..10).map(create).collect::<Vec<_>>()
    });
    let answers: Vec<_> = answers.into_iter().flatten().collect();
    let numbers: BTreeSet<i64> = answers.iter().flatten().map(number).collect();
    assert_eq!(numbers.len(), 100);
    let refusals = answers.iter().filter_map(|answer| answer.as_ref().err());
    assert!(refusals.clone().all(|error| error.code() == "NotRemainCount"));
    assert_eq!(refusals.count(), 60);
    assert_eq!(consistent(&shop.cas, 100).len(), 100);
}

#[test]
fn one_order_is_moved_by_one_thread_only() {
    for _ in 0..10 {
        let shop = shop();
        let order_id = shop.order_in(OrderState::Process);
        let cas = Arc::clone(&shop.cas);
        let answers = at_once(8, move |thread| {
            let name = ["CancelOrderRequest", "DescribeCertificateState"][thread % 2];
            (thread % 2, cas.call_json(name, json!({ "OrderId": order_id })))
        });
        let cancelled =
            answers.iter().filter(|(kind, answer)| *kind == 0 && answer.is_ok()).count();
        let status = consistent(&shop.cas, 100).remove(0).1;
        assert_eq!(
            (cancelled, status.as_str()),
            match cancelled {
                0 => (0, "ISSUED"),
                _ => (1, "PAYED"),
            }
        );
        for (kind, answer) in answers {
            match (kind, answer) {
                (1, answer) => drop(answer.unwrap()),
                (_, Err(error)) => assert_eq!(error.code(), "OrderStateError", "{error}"),
                (_, Ok(_)) => {}
            }
        }
    }
}

#[test]
fn an_order_that_many_threads_look_at_is_issued_once() {
    let shop = shop();
    for _ in 0..10 {
        let order_id = shop.order_in(OrderState::Process);
        let cas = Arc::clone(&shop.cas);
        let answers = at_once(8, move |_| {
            let state = call(&cas, "DescribeCertificateState", json!({ "OrderId": order_id }));
            text(&state, "Certificate").to_owned()
        });
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    }
    assert_eq!(consistent(&shop.cas, 100).len(), 10);
}

#[test]
fn an_order_that_many_threads_delete_gives_one_back() {
    let shop = shop();
    for state in [OrderState::Cancelled, OrderState::VerifyFail] {
        let order_id = shop.order_in(state);
        let kept = shop.order(json!({}));
        let cas = Arc::clone(&shop.cas);
        let named = json!({ "OrderId": order_id });
        let answers =
            at_once(8, move |_| cas.call_json("DeleteCertificateRequest", named.clone()).is_ok());
        assert_eq!(answers.into_iter().filter(|done| *done).count(), 1);
        assert!(consistent(&shop.cas, 100).iter().any(|(order_id, _)| *order_id == kept));
    }
}

#[test]
fn threads_that_do_everything_at_once_leave_what_fits_together() {
    let shop = shop();
    let bought = Arc::new(AtomicUsize::new(0));
    let (cas, count) = (Arc::clone(&shop.cas), Arc::clone(&bought));
    at_once(8, move |thread| {
        for round in 0..25 {
            let named = json!({ "OrderId": (thread * 7 + round * 5) % 60 + 1 });
            let done = match (thread + round) % 8 {
                0..=2 => cas.call_json("CreateCertificateRequest", application()),
                3 => cas.call_json("CancelOrderRequest", named),
                4 => cas.call_json("DeleteCertificateRequest", named),
                5 => cas.call_json("AttestOrder", named),
                6 => cas.call_json("CancelCertificateForPackageRequest", named),
                _ => {
                    count.fetch_add(1, Ordering::SeqCst);
                    cas.call_json("AddPackage", json!({ "Count": 1 }))
                }
            };
            if let Err(error) = done {
                assert_ne!(error.code(), "Error", "{error}");
            }
        }
    });
    let total = 100 + bought.load(Ordering::SeqCst) as i64;
    assert!(consistent(&shop.cas, total).len() > 10);
}

/// A store whose write breaks off at a put or delete, or which commits and says that it failed.
#[derive(Default)]
struct Hostile {
    inner: MemoryStore,
    fault: Mutex<Option<Fault>>,
    /// Puts, deletes and commits that went through since the fault was set.
    steps: AtomicUsize,
}

/// At which step it fails, and whether a commit that fails has taken effect.
#[derive(Clone, Copy, Debug)]
struct Fault {
    at: usize,
    committed: bool,
}

impl Hostile {
    fn set(&self, fault: Option<Fault>) {
        self.steps.store(0, Ordering::SeqCst);
        *self.fault.lock().unwrap() = fault;
    }

    /// Counts a step; whether it fails.
    fn fails(&self) -> Option<Fault> {
        let step = self.steps.fetch_add(1, Ordering::SeqCst) + 1;
        self.fault.lock().unwrap().filter(|fault| step >= fault.at)
    }
}

fn broken() -> StoreError {
    StoreError::backend("the disk is full", "error 28")
}

impl Store for Hostile {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.inner.read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        let mut late = false;
        self.inner.write(&mut |transaction| {
            work(&mut Breaking { transaction, store: self })?;
            match self.fails() {
                Some(fault) if !fault.committed => Err(broken()),
                fault => {
                    late = fault.is_some();
                    Ok(())
                }
            }
        })?;
        if late { Err(broken()) } else { Ok(()) }
    }
}

struct Breaking<'t> {
    transaction: &'t mut dyn WriteTransaction,
    store: &'t Hostile,
}

impl Breaking<'_> {
    fn step(&self) -> Result<(), StoreError> {
        // A commit that takes effect had all its steps.
        match self.store.fails() {
            Some(fault) if !fault.committed => Err(broken()),
            _ => Ok(()),
        }
    }
}

impl ReadTransaction for Breaking<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.transaction.get(key)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.transaction.scan(prefix, from, visit)
    }
}

impl WriteTransaction for Breaking<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.step()?;
        self.transaction.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
        self.step()?;
        self.transaction.delete(key)
    }
}

/// Each operation, and the state of the order that it is for.
const OPERATIONS_THAT_WRITE: [(&str, Option<OrderState>); 8] = [
    ("AddPackage", None),
    ("AttestOrder", Some(OrderState::DomainVerify)),
    ("CancelCertificateForPackageRequest", Some(OrderState::Certificate)),
    ("CancelOrderRequest", Some(OrderState::Process)),
    ("CreateCertificateRequest", None),
    ("DeleteCertificateRequest", Some(OrderState::Cancelled)),
    ("DescribeCertificateState", Some(OrderState::Process)),
    ("RenewCertificateOrderForPackageRequest", Some(OrderState::Certificate)),
];

#[test]
fn a_store_that_fails_at_any_write_loses_and_doubles_nothing() {
    for (operation, state) in OPERATIONS_THAT_WRITE {
        let store = Arc::new(Hostile::default());
        let shop = shop_with(Arc::clone(&store) as Arc<dyn Store>, json!({}), |_| {});
        let mut total = 100;
        for at in 1.. {
            let mut reached = false;
            for committed in [false, true] {
                let parameters = match (operation, state) {
                    (_, Some(state)) => json!({ "OrderId": shop.order_in(state) }),
                    ("AddPackage", None) => json!({ "Count": 1 }),
                    _ => application(),
                };
                let before = consistent(&shop.cas, total);
                store.set(Some(Fault { at, committed }));
                let answer = shop.cas.call_json(operation, parameters.clone());
                reached |= store.steps.load(Ordering::SeqCst) >= at;
                store.set(None);
                let what = format!("{operation}, {at}, {committed}: {answer:?}");
                if operation == "AddPackage" {
                    // It was bought, or not.
                    let now = quota(&shop.cas, SINGLE).0;
                    assert!((total..=total + 1).contains(&now), "{what}");
                    assert!(answer.is_err() || now == total + 1, "{what}");
                    total = now;
                }
                let after = consistent(&shop.cas, total);
                // A certificate stays issued where the log could not be told that its key is handed
                // out; it is answered when it is asked for again.
                if answer.is_err() && !committed && operation != "DescribeCertificateState" {
                    assert_eq!(before, after, "{what}");
                }
                // What was hit by it goes on.
                if operation == "DescribeCertificateState" {
                    assert_eq!(shop.kind(number(&parameters)), "certificate", "{what}");
                }
            }
            if !reached {
                assert!(at > 3, "{operation} was hit {} times only", at - 1);
                break;
            }
        }
    }
}
