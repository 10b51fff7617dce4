//! What a batch costs the store: two commits, and no read for each certificate before them.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::error::StoreError;
use certwright::issuance::Issuance;
use certwright::store::{ReadWork, WriteWork};
use certwright::time::FixedClock;
use certwright::{Authority, Certificate, MemoryStore, Store};

use crate::craft::{Ladder, internal, now};
use crate::shelf::algorithm;

/// A store that counts its transactions.
#[derive(Default)]
struct Counting {
    inner: MemoryStore,
    reads: AtomicUsize,
    writes: AtomicUsize,
}

impl Store for Counting {
    fn is_durable(&self) -> bool {
        self.inner.is_durable()
    }

    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.inner.write(work)
    }
}

#[test]
fn a_batch_is_two_commits_and_reads_no_more_than_one_certificate() {
    let ladder = Ladder::new(algorithm());
    let store = Arc::new(Counting::default());
    let authority = Authority::new(ladder.ca.clone(), internal(), Arc::clone(&store));
    let authority = authority.with_clock(FixedClock(now()));
    let request = ladder.request(&["db.internal"]);
    let cost = |issue: &dyn Fn()| {
        let before = [&store.reads, &store.writes].map(|count| count.load(Ordering::SeqCst));
        issue();
        let after = [&store.reads, &store.writes].map(|count| count.load(Ordering::SeqCst));
        (after[0] - before[0], after[1] - before[1])
    };
    // The standing of the CA and of the root above it; the claims; the certificates.
    let one = cost(&|| drop(authority.issue(&request).unwrap()));
    assert_eq!(one, (2, 2));
    let many = |issuances: Vec<Issuance<'_>>| {
        authority.issue_many(issuances).into_iter().for_each(|issued| drop(issued.unwrap()));
    };
    let plain = || Issuance::for_request(&request);
    assert_eq!(cost(&|| many(vec![plain(); 50])), one);
    // Tags and rows cost nothing more; a token is one look each.
    let rows = authority.ledger().rows("shop").unwrap();
    let marked = |number: usize| {
        let rows = &rows;
        let row = move |_: &Certificate| Ok(vec![rows.insert(number.to_string(), "")?]);
        plain().tag("team", "payments").unwrap().with_rows(row)
    };
    assert_eq!(cost(&|| many((0..50).map(marked).collect())), one);
    let named = |number: usize| plain().token(&number.to_string()).unwrap();
    assert_eq!(cost(&|| many((0..50).map(named).collect())), (one.0 + 50, one.1));
}
