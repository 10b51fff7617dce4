//! A CRL is of one moment: one of a higher number knows no less than one of a lower, whatever happens
//! between the transactions, and however slow the store is.
#![cfg(feature = "redb")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use certwright::crl::{CrlRequest, IssuedCrl, RevocationReason};
use certwright::error::StoreError;
use certwright::ledger::Ledger;
use certwright::store::{ReadTransaction, ReadWork, Visit, WriteWork};
use certwright::time::Lifetime;
use certwright::{Authority, RedbStore, SerialNumber, Store};

use crate::common;
use crate::craft::internal;
use crate::hooked::{Before, Hooked};
use crate::revoked::{Hands, Scene, read};

const STOLEN: RevocationReason = RevocationReason::KeyCompromise;

#[test]
fn another_list_and_a_revocation_between_any_two_transactions() {
    let algorithm = common::families()[0];
    let mut hooked = 0;
    for before in [Before::Read, Before::Write] {
        for number in 1..=6 {
            for revoke_first in [false, true] {
                let folder = common::folder();
                let store = Arc::new(RedbStore::create(folder.path().join("ca.redb")).unwrap());
                let hook = Hooked::new(Arc::clone(&store));
                let scene = Scene::on(algorithm, 1, Arc::clone(&hook));
                let [one, two] = [(); 2].map(|()| scene.claim());
                scene.ca.revoke(&one, STOLEN).unwrap();
                let base = scene.full();
                let other = other(&scene, Ledger::new(Arc::clone(&store)), &scene.clock);
                let between = Arc::new(Mutex::new(None));
                let slot = Arc::clone(&between);
                hook.hook(before, number, move || {
                    if revoke_first {
                        other.revoke(&two, STOLEN).unwrap();
                    }
                    *slot.lock().unwrap() = Some(other.issue_crl(&week()).unwrap());
                    if !revoke_first {
                        other.revoke(&two, STOLEN).unwrap();
                    }
                });
                let list = scene.full();
                if hook.unhook() {
                    continue;
                }
                hooked += 1;
                let between = between.lock().unwrap().take().unwrap();
                assert_ne!(between.number(), list.number());
                let (lower, higher) = if between.number() < list.number() {
                    (&between, &list)
                } else {
                    (&list, &between)
                };
                let case = format!("{before:?} {number}, revoked first: {revoke_first}");
                assert!(found(lower).is_subset(&found(higher)), "{case}");
                // A delta to the last full list has what that list has not.
                let digest = scene.digest();
                let last = scene.ca.ledger().crl_state(&digest, 0).unwrap().full.unwrap().0;
                assert_eq!(last, higher.number(), "{case}");
                let delta = CrlRequest::delta(last, Lifetime::days(1));
                let delta = found(&scene.ca.issue_crl(&delta).unwrap());
                let all: BTreeSet<_> = delta.union(&found(higher)).copied().collect();
                assert_eq!(all, BTreeSet::from([one, two]), "{case}");
                assert_eq!(found(&scene.full()), BTreeSet::from([one, two]), "{case}");
                assert!(base.number() < lower.number(), "{case}");
            }
        }
    }
    assert!(hooked >= 8, "{hooked}");
}

#[test]
fn threads_that_revoke_and_issue_lists_on_a_slow_store() {
    let folder = common::folder();
    let store = RedbStore::create(folder.path().join("ca.redb")).unwrap();
    let scene = Scene::on(common::families()[0], 1, Slow(store));
    let serials: Vec<SerialNumber> = (0..60).map(|_| scene.claim()).collect();
    scene.full();
    let lists = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for part in serials.chunks(20) {
            let scene = &scene;
            scope.spawn(move || {
                for serial in part {
                    scene.ca.revoke(serial, STOLEN).unwrap();
                }
            });
        }
        for thread in 0..4 {
            let (scene, lists) = (&scene, &lists);
            scope.spawn(move || {
                for _ in 0..12 {
                    let list = if thread == 0 {
                        // A delta to the last full list, unless that is another by then.
                        let digest = scene.digest();
                        let last = scene.ca.ledger().crl_state(&digest, 0).unwrap().full.unwrap();
                        let delta = CrlRequest::delta(last.0, Lifetime::days(1));
                        let Ok(list) = scene.ca.issue_crl(&delta) else { continue };
                        list
                    } else {
                        scene.ca.issue_crl(&week()).unwrap()
                    };
                    lists.lock().unwrap().push(list);
                }
            });
        }
    });
    let mut lists = lists.into_inner().unwrap();
    lists.push(scene.full());
    lists.sort_by_key(IssuedCrl::number);
    let full: Vec<(u64, BTreeSet<SerialNumber>)> = lists
        .iter()
        .filter(|list| !read(list).is_delta())
        .map(|list| (list.number(), found(list)))
        .collect();
    for pair in full.windows(2) {
        let ((lower, before), (higher, after)) = (&pair[0], &pair[1]);
        assert!(lower < higher, "number {lower} was given twice");
        assert!(before.is_subset(after), "list {higher} knows less than {lower}");
    }
    for list in lists.iter().filter(|list| read(list).is_delta()) {
        let base = read(list).delta_base().unwrap();
        let Some((_, base)) = full.iter().find(|(number, _)| *number == base) else { continue };
        let known: BTreeSet<_> = base.union(&found(list)).copied().collect();
        for (number, before) in full.iter().filter(|(number, _)| *number < list.number()) {
            assert!(before.is_subset(&known), "delta {} knows less than {number}", list.number());
        }
    }
    assert_eq!(full.last().unwrap().1, serials.into_iter().collect());
}

fn other(scene: &Scene, ledger: Ledger, clock: &Hands) -> Authority {
    Authority::on(scene.ca.issuer().clone(), internal(), ledger).with_clock(clock.clone())
}

fn week() -> CrlRequest {
    CrlRequest::full(Lifetime::days(7))
}

fn found(list: &IssuedCrl) -> BTreeSet<SerialNumber> {
    read(list).serials().copied().collect()
}

/// A store whose reads take their time, each record of them.
struct Slow(RedbStore);

struct SlowRead<'t>(&'t dyn ReadTransaction);

impl Store for Slow {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        thread::sleep(Duration::from_millis(1));
        self.0.read(&mut |transaction| work(&SlowRead(transaction)))
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        self.0.write(work)
    }
}

impl ReadTransaction for SlowRead<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(key)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.0.scan(prefix, from, &mut |key, value| {
            thread::sleep(Duration::from_micros(50));
            let control: ControlFlow<()> = visit(key, value);
            control
        })
    }
}
