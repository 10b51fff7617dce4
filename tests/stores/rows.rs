//! Rows of embedders: read, compared and set, and written with a certificate or not at all.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::crl::RevocationReason;
use certwright::error::StoreErrorKind;
use certwright::issuance::Issuance;
use certwright::key::{PublicKey, SealingKey, SignatureAlgorithm};
use certwright::ledger::{AuditAction, Ledger, RecordState, Row, Rows};
use certwright::time::FixedClock;
use certwright::{Authority, Certificate, Error, Issuer, KeyPair, MemoryStore, Signer, Store};

use crate::craft::{Ladder, internal, now};
use crate::shelf::{
    Durable, algorithm, alice, assert_kind, on_each_store, put, records, without_audit,
};
use crate::world::{Fault, FrailStore};

fn ledger() -> Ledger {
    Ledger::new(MemoryStore::default())
}

fn write(ledger: &Ledger, rows: impl IntoIterator<Item = Row>) -> Result<(), Error> {
    alice(ledger).write_rows(rows, "a test")
}

fn value(rows: &Rows, place: &str) -> Option<Vec<u8>> {
    rows.get(place).unwrap().map(|row| row.value().to_vec())
}

fn authority(ladder: &Ladder, store: impl Store + 'static) -> Authority {
    Authority::new(ladder.ca.clone(), internal(), store).with_clock(FixedClock(now()))
}

fn places(rows: &[certwright::ledger::StoredRow]) -> Vec<&str> {
    rows.iter().map(|row| std::str::from_utf8(row.place()).unwrap()).collect()
}

#[test]
fn rows_are_read_in_order_by_prefix_and_page() {
    on_each_store(|store| {
        let ledger = Ledger::new(Arc::clone(&store));
        let [shop, other] = ["shop", "shop-2"].map(|name| ledger.rows(name).unwrap());
        let all = ["a", "b/1", "b/2", "b/3", "c"];
        write(&ledger, all.map(|place| shop.insert(place, place.repeat(2)).unwrap())).unwrap();
        write(&ledger, [other.insert("b/2", "another's").unwrap()]).unwrap();
        assert_eq!(places(&shop.list("", None, 99).unwrap()), all);
        assert_eq!(places(&shop.list("b/", None, 2).unwrap()), ["b/1", "b/2"]);
        assert_eq!(places(&shop.list("b/", Some(b"b/2"), 2).unwrap()), ["b/3"]);
        assert!(shop.list("d", None, 9).unwrap().is_empty());
        assert!(shop.list("", None, 0).unwrap().is_empty());
        assert_eq!(value(&shop, "b/2").unwrap(), b"b/2b/2");
        assert_eq!(value(&other, "b/2").unwrap(), b"another's");
        assert_eq!(value(&other, "a"), None);
        // The newest first.
        let times = [3_u64, 500, 70].map(|time| {
            shop.insert([b"t/", &Rows::descending(time)[..]].concat(), time.to_string()).unwrap()
        });
        write(&ledger, times).unwrap();
        let newest = shop.list("t/", None, 9).unwrap();
        let newest: Vec<&[u8]> = newest.iter().map(|row| row.value()).collect();
        assert_eq!(newest, [&b"500"[..], b"70", b"3"]);
        // Nothing of the ledger's own is below a name, and nothing of theirs anywhere else.
        let keys = without_audit(&*store).into_keys();
        let own =
            keys.filter(|key| !key.starts_with(b"row/shop/") && !key.starts_with(b"row/shop-2/"));
        assert_eq!(own.collect::<Vec<_>>(), [b"newest-time"]);
        ledger.verify().unwrap();
    });
}

#[test]
fn what_is_out_of_bounds_is_refused_by_name() {
    let ledger = ledger();
    let long = "n".repeat(33);
    for name in ["", "a/b", "A", "ä", "a b", "..", &long] {
        let error = ledger.rows(name).unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{error}");
    }
    let rows = ledger.rows(&"n".repeat(32)).unwrap();
    let most = vec![7; 512];
    write(&ledger, [rows.insert(&most, vec![0; 1024 * 1024]).unwrap()]).unwrap();
    let there = rows.get(&most).unwrap().unwrap();
    for error in [
        rows.get("").unwrap_err(),
        rows.get(vec![7; 513]).unwrap_err(),
        rows.insert("", "").unwrap_err(),
        rows.absent("").unwrap_err(),
        rows.count("").unwrap_err(),
        rows.counter("").unwrap_err(),
        rows.counted("").unwrap_err(),
    ] {
        assert!(error.to_string().contains("place of a row"), "{error}");
    }
    let much = vec![0; 1024 * 1024 + 1];
    for error in [rows.insert("a", &much).unwrap_err(), there.replace(&much).unwrap_err()] {
        assert!(error.to_string().contains("value of a row"), "{error}");
    }
    // A value is nobody's to read in a log.
    write(&ledger, [rows.insert("s", "secret").unwrap()]).unwrap();
    assert!(!format!("{:?}", rows.get("s").unwrap()).contains("secret"));
}

#[test]
fn whoever_was_slower_changes_nothing() {
    on_each_store(|store| {
        let ledger = Ledger::new(Arc::clone(&store));
        let rows = ledger.rows("shop").unwrap();
        write(&ledger, [rows.insert("a", "1").unwrap(), rows.insert("b", "1").unwrap()]).unwrap();
        let stale = rows.get("a").unwrap().unwrap();
        write(&ledger, [stale.replace("2").unwrap()]).unwrap();
        let fresh = rows.get("a").unwrap().unwrap();
        let before = records(&*store);
        for refused in [
            rows.insert("a", "3").unwrap(),
            rows.absent("a").unwrap(),
            stale.replace("3").unwrap(),
            stale.delete(),
            stale.unchanged(),
        ] {
            // What would be good alone is not done either.
            let good = rows.insert("c", "1").unwrap();
            let error = write(&ledger, [good.clone(), refused.clone()]).unwrap_err();
            assert!(error.is_conflict(), "{error}");
            assert!(error.to_string().contains("row/shop/a"), "{error}");
            assert!(write(&ledger, [refused, good]).is_err());
        }
        assert!(records(&*store) == before, "a refusal wrote something");
        let unchanged = [fresh.unchanged(), rows.absent("c").unwrap()];
        write(&ledger, unchanged.into_iter().chain([rows.insert("d", "").unwrap()])).unwrap();
        write(&ledger, [fresh.delete()]).unwrap();
        assert_eq!((value(&rows, "a"), value(&rows, "d")), (None, Some(Vec::new())));
        let actions: Vec<AuditAction> =
            ledger.audit(1, 9).unwrap().iter().map(|entry| entry.action).collect();
        assert_eq!(actions[3..], [AuditAction::Deleted]);
        // What is updated beside a removal is no insertion.
        let (gone, count) = (rows.insert("e", "").unwrap(), rows.insert("f", "1").unwrap());
        write(&ledger, [gone, count]).unwrap();
        let (gone, count) = (rows.get("e").unwrap().unwrap(), rows.get("f").unwrap().unwrap());
        write(&ledger, [gone.delete(), count.replace("0").unwrap()]).unwrap();
        write(&ledger, [count.replace("2").unwrap()]).unwrap_err();
        let entry = ledger.audit(1, 99).unwrap().pop().unwrap();
        assert_eq!(entry.action, AuditAction::Deleted);
        let moved = [rows.get("f").unwrap().unwrap().delete(), rows.insert("g", "0").unwrap()];
        write(&ledger, moved).unwrap();
        let entry = ledger.audit(1, 99).unwrap().pop().unwrap();
        assert_eq!(entry.action, AuditAction::Recorded);
        ledger.verify().unwrap();
    });
}

#[test]
fn a_counter_counts_from_zero_and_never_begins_again() {
    on_each_store(|store| {
        let ledger = Ledger::new(Arc::clone(&store));
        let rows = ledger.rows("shop").unwrap();
        assert_eq!(rows.counted("orders").unwrap(), None);
        assert_kind(write(&ledger, [rows.count("orders").unwrap()]), StoreErrorKind::Corrupt);
        write(&ledger, [rows.counter("orders").unwrap()]).unwrap();
        assert_eq!(rows.counted("orders").unwrap(), Some(0));
        let error = write(&ledger, [rows.counter("orders").unwrap()]).unwrap_err();
        assert!(error.is_conflict(), "{error}");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        write(&ledger, [rows.count("orders").unwrap()]).unwrap();
                    }
                });
            }
        });
        assert_eq!(rows.counted("orders").unwrap(), Some(100));
        // A row at the same place is another.
        assert_eq!(value(&rows, "orders"), None);
        put(&*store, b"counter/shop/orders", b"\x01short");
        assert_kind(rows.counted("orders"), StoreErrorKind::Corrupt);
        put(&*store, b"row/shop/later", b"\x02of a later version");
        let message = assert_kind(rows.get("later"), StoreErrorKind::Corrupt);
        assert!(message.contains("version 2"), "{message}");
    });
}

#[test]
fn what_is_tried_again_gets_through_also_inside_itself() {
    let ledger = ledger();
    let rows = ledger.rows("shop").unwrap();
    write(&ledger, [rows.insert("a", "0").unwrap()]).unwrap();
    let tries = AtomicUsize::new(0);
    let add = || {
        ledger.retry(
            || {
                tries.fetch_add(1, Ordering::SeqCst);
                let old = rows.get("a")?.unwrap();
                let number: u64 = std::str::from_utf8(old.value()).unwrap().parse().unwrap();
                // Whatever it does inside, it does not wait for itself.
                ledger.retry(|| write(&ledger, [old.unchanged()]), |_: &Error| false)?;
                write(&ledger, [old.replace((number + 1).to_string())?])
            },
            Error::is_conflict,
        )
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..6).map(|_| scope.spawn(|| (0..20).try_for_each(|_| add()))).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
    });
    assert_eq!(value(&rows, "a").unwrap(), b"120");
    assert!(tries.load(Ordering::SeqCst) < 120 * 64);
    // What never goes through is answered in the end.
    let mut tried = 0;
    let taken = || {
        tried += 1;
        write(&ledger, [rows.insert("a", "")?])
    };
    assert!(ledger.retry(taken, Error::is_conflict).unwrap_err().is_conflict());
    assert_eq!(tried, 64);
    // What is no conflict is not tried again.
    let mut tried = 0;
    let answer: Result<(), Error> = ledger.retry(
        || {
            tried += 1;
            rows.get("").map(drop)
        },
        Error::is_conflict,
    );
    assert!(answer.is_err() && tried == 1);
}

/// The rows that go with a certificate: an order that is done, and a count.
fn rows_of<'a>(rows: &'a Rows) -> impl Fn(&Certificate) -> Result<Vec<Row>, Error> + 'a {
    |certificate| {
        let order = rows.get("order/7")?.unwrap();
        let serial = certificate.serial().to_string();
        Ok(vec![order.replace(serial)?, rows.count("issued")?])
    }
}

fn shop(ledger: &Ledger) -> Rows {
    let rows = ledger.rows("shop").unwrap();
    let begin = [rows.insert("order/7", "open").unwrap(), rows.counter("issued").unwrap()];
    write(ledger, begin).unwrap();
    rows
}

/// Certificates that were issued, numbers that were claimed, and what the rows say of it.
fn state(ledger: &Ledger) -> (usize, usize, Option<Vec<u8>>, Option<u64>) {
    let rows = ledger.rows("shop").unwrap();
    let all = ledger.certificates(None, 99).unwrap();
    let issued = all.iter().filter(|record| record.certificate().is_some()).count();
    (issued, all.len() - issued, value(&rows, "order/7"), rows.counted("issued").unwrap())
}

#[test]
fn rows_are_committed_with_the_certificate() {
    let ladder = Ladder::new(algorithm());
    on_each_store(|store| {
        let authority = authority(&ladder, store);
        let (ledger, request) = (authority.ledger(), ladder.request(&["db.internal"]));
        let rows = shop(ledger);
        let issuance = Issuance::for_request(&request).with_rows(rows_of(&rows));
        let issued = authority.issue(issuance.clone()).unwrap();
        let serial = issued.certificate().serial().to_string().into_bytes();
        assert_eq!(state(ledger), (1, 0, Some(serial), Some(1)));
        // One entry has both, so that neither can be removed unseen.
        let last = ledger.audit(1, 99).unwrap().pop().unwrap();
        assert_eq!(last.action, AuditAction::Issued);
        assert!(last.written.len() >= 3 && last.removed.len() >= 2, "{last:?}");
        // Each of a batch has its own, and one that fails fails alone.
        let plain = Issuance::for_request(&request);
        let failing = plain.clone().with_rows(|_| Ok(vec![ledger.rows("shop")?.insert("", "")?]));
        let answers = authority.issue_many([plain, failing, issuance]);
        assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
        assert!(matches!(answers[1], Err(Error::Malformed(_))), "{answers:?}");
        let (issued, claimed, _, count) = state(ledger);
        assert_eq!((issued, claimed, count), (3, 1, Some(2)));
        let failed =
            ledger.audit(1, 99).unwrap().into_iter().rfind(|e| e.action == AuditAction::Failed);
        assert!(failed.unwrap().detail.contains("place of a row"));
        ledger.verify().unwrap();
    });
}

#[test]
fn wherever_the_store_breaks_off_there_is_the_certificate_with_its_rows_or_neither() {
    let ladder = Ladder::new(algorithm());
    let request = ladder.request(&["db.internal"]);
    let mut whole = 0;
    for at in 1.. {
        let store = Arc::new(Durable::default());
        let authority = authority(&ladder, Arc::clone(&store));
        let rows = shop(authority.ledger());
        store.break_at(at);
        let issued = authority.issue(Issuance::for_request(&request).with_rows(rows_of(&rows)));
        store.mend();
        // As after a restart.
        let ledger = Ledger::new(store);
        match issued {
            Ok(issued) => {
                let serial = issued.certificate().serial().to_string().into_bytes();
                assert_eq!(state(&ledger), (1, 0, Some(serial), Some(1)));
                whole = at;
            }
            Err(_) => {
                let (issued, _, order, count) = state(&ledger);
                assert_eq!((issued, order, count), (0, Some(b"open".to_vec()), Some(0)), "{at}");
            }
        }
        ledger.verify().unwrap();
        if whole > 0 {
            break;
        }
    }
    assert!(whole > 10, "{whole} writes");
    for fault in [Fault::Lost, Fault::Retried, Fault::Unknown] {
        for write in [1, 2] {
            let store = FrailStore::new();
            let authority = authority(&ladder, Arc::clone(&store));
            let rows = shop(authority.ledger());
            store.break_write(write, fault);
            let issued = authority.issue(Issuance::for_request(&request).with_rows(rows_of(&rows)));
            let (there, _, order, count) = state(authority.ledger());
            assert_eq!(
                (there as u64, there == 1),
                (count.unwrap(), order != Some(b"open".to_vec()))
            );
            assert!(issued.is_err() || there == 1, "{fault:?} {write}");
            authority.ledger().verify().unwrap();
        }
    }
}

/// A signer that does something else before it signs.
struct Meanwhile<F> {
    key: Arc<KeyPair>,
    act: F,
}

impl<F: Fn() + Send + Sync> Signer for Meanwhile<F> {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        (self.act)();
        self.key.sign(message)
    }
}

#[test]
fn a_row_that_changed_before_the_claim_or_while_it_was_signed_stops_the_certificate() {
    let ladder = Ladder::new(algorithm());
    let request = ladder.request(&["db.internal"]);
    let ledger = ledger();
    let rows = shop(&ledger);
    let order = rows.get("order/7").unwrap().unwrap();
    let (meanwhile, place) = (ledger.clone(), order.clone());
    let act = move || write(&meanwhile, [place.replace("withdrawn").unwrap()]).unwrap();
    let signer = Meanwhile { key: ladder.ca_key(), act };
    let certificates = ladder.ca.chain();
    let issuer = Issuer::load(certificates, signer).unwrap();
    let authority = Authority::on(issuer, internal(), ledger.clone()).with_clock(FixedClock(now()));
    let issuance = || Issuance::for_request(&request).while_unchanged([order.unchanged()]);
    // While it is signed.
    let error = authority.issue(issuance()).unwrap_err();
    assert!(error.is_conflict() && error.to_string().contains("order/7"), "{error}");
    let (issued, claimed, ..) = state(&ledger);
    assert_eq!((issued, claimed), (0, 1));
    // Before the claim: by the issuance or by the authority.
    assert!(authority.issue(issuance()).unwrap_err().is_conflict());
    let other = authority.clone().while_unchanged([order.unchanged()]);
    assert!(other.issue(&request).unwrap_err().is_conflict());
    assert!(other.prepare(&request).unwrap_err().is_conflict());
    assert!(
        other
            .issue_crl(&certwright::crl::CrlRequest::full(certwright::time::Lifetime::days(1)))
            .is_err()
    );
    assert_eq!(state(&ledger).1, 1, "nothing more was claimed");
}

#[test]
fn keys_and_cas_are_kept_in_the_same_transaction_or_not_at_all() {
    let ladder = Ladder::new(algorithm());
    let authority = authority(&ladder, Durable::default());
    let ledger = authority.ledger();
    let request = ladder.request(&["db.internal"]);
    let leaf_key = ladder.leaf_key();
    let ask = || {
        let rows = |_: &Certificate| Ok(vec![ledger.key_row("device/7", &leaf_key)?]);
        authority.issue(Issuance::for_request(&request).with_rows(rows))
    };
    // A durable store keeps no key that is not sealed, and so there is no certificate.
    assert_kind(ask(), StoreErrorKind::Sealed);
    assert!(ledger.check_unlocked().is_err());
    ledger.unlock(&SealingKey::from_bytes([1; 32])).unwrap();
    ledger.check_unlocked().unwrap();
    let issued = ask().unwrap();
    crate::shelf::assert_same(ledger.key("device/7"), &leaf_key);
    assert!(ask().unwrap_err().is_conflict(), "the name is taken");
    assert_eq!(state(ledger).0, 1);
    for reserved in ["issuer/7", "request/7", ""] {
        assert!(matches!(ledger.key_row(reserved, &leaf_key), Err(Error::Malformed(_))));
    }
    write(ledger, [ledger.delete_key_row("device/7").unwrap()]).unwrap();
    assert!(ledger.key("device/7").unwrap().is_none());
    drop(issued);

    // A root with its own row, once.
    let (root, root_key) = (&ladder.root, ladder.root_key());
    let rows = ledger.rows("shop").unwrap();
    let writer = alice(ledger);
    let put = |place: &str| {
        let (identifier, kept) = writer.issuer_row(&root.chain(), Some(&root_key), &[])?;
        let put = writer.put_root(root, [kept, rows.insert(place, "root")?])?;
        assert_eq!(put, identifier);
        Ok::<_, Error>(identifier)
    };
    let identifier = put("ca/1").unwrap();
    let record = ledger.by_identifier(&identifier).unwrap().unwrap();
    assert_eq!(record.certificate(), Some(root.certificate()));
    crate::shelf::assert_same(ledger.issuer_key(&identifier), &root_key);
    assert!(put("ca/2").unwrap_err().is_conflict());
    assert!(writer.put_root(root, [rows.insert("ca/3", "").unwrap()]).unwrap_err().is_conflict());
    assert_eq!((value(&rows, "ca/2"), value(&rows, "ca/3")), (None, None));
    let error = writer.put_root(&ladder.ca, []).unwrap_err();
    assert!(error.to_string().contains("issued by another"), "{error}");
    // As long as it is kept.
    let kept = ledger.issuer_unchanged(&identifier).unwrap().unwrap();
    write(ledger, [kept.clone()]).unwrap();
    writer.delete_issuer(&identifier).unwrap();
    assert!(write(ledger, [kept]).unwrap_err().is_conflict());
    assert!(ledger.issuer_unchanged(&identifier).unwrap().is_none());
    ledger.verify().unwrap();
}

#[test]
fn a_revocation_and_a_request_come_with_their_rows_or_not_at_all() {
    let ladder = Ladder::new(algorithm());
    let authority = authority(&ladder, MemoryStore::default());
    let ledger = authority.ledger();
    let rows = shop(ledger);
    let request = ladder.request(&["db.internal"]);
    let serial = *authority.issue(&request).unwrap().certificate().serial();
    let issuer = Ledger::issuer_digest(ladder.ca.public_key());
    let revoke = |row: Row| {
        let reason = RevocationReason::KeyCompromise;
        alice(ledger).revoke(&issuer, &serial, reason, [row])
    };
    let order = rows.get("order/7").unwrap().unwrap();
    assert!(revoke(rows.absent("order/7").unwrap()).unwrap_err().is_conflict());
    assert_eq!(ledger.revocation(&issuer, &serial).unwrap(), None);
    revoke(order.replace("revoked").unwrap()).unwrap();
    assert!(ledger.revocation(&issuer, &serial).unwrap().is_some());
    // What is revoked is not revoked again, and the row stays.
    assert!(revoke(rows.insert("twice", "").unwrap()).unwrap_err().is_conflict());
    assert_eq!(value(&rows, "twice"), None);
    assert_eq!(value(&rows, "order/7").unwrap(), b"revoked");

    let keep = || {
        let (number, kept) = alice(ledger).request_row("db", &request, None)?;
        let name = rows.insert("name/db", number.to_string())?;
        alice(ledger).write_rows([kept, name], "request db").map(|()| number)
    };
    let number = keep().unwrap();
    assert_eq!(value(&rows, "name/db").unwrap(), number.to_string().into_bytes());
    assert!(keep().unwrap_err().is_conflict(), "the name is taken");
    assert_eq!(ledger.requests(0, 9).unwrap().len(), 1);
    let name = rows.get("name/db").unwrap().unwrap();
    let forget = |row: Row| {
        let forgotten = alice(ledger).delete_request_row(number)?;
        alice(ledger).write_rows([forgotten, row], "request db")
    };
    assert!(forget(rows.absent("name/db").unwrap()).is_err());
    assert!(ledger.request(number).unwrap().is_some());
    forget(name.delete()).unwrap();
    assert!(ledger.request(number).unwrap().is_none() && value(&rows, "name/db").is_none());
    ledger.verify().unwrap();
}

#[test]
fn a_row_that_is_damaged_in_the_store_is_found() {
    let ladder = Ladder::new(algorithm());
    let store = Arc::new(MemoryStore::default());
    let authority = authority(&ladder, Arc::clone(&store));
    let rows = shop(authority.ledger());
    let request = ladder.request(&["db.internal"]);
    authority.issue(Issuance::for_request(&request).with_rows(rows_of(&rows))).unwrap();
    authority.ledger().verify().unwrap();
    put(&*store, b"row/shop/order/7", b"\x01forged");
    assert_kind(authority.ledger().verify(), StoreErrorKind::Corrupt);
}

#[test]
fn a_certificate_has_no_rows_where_it_was_only_claimed() {
    let ladder = Ladder::new(algorithm());
    let key = crate::world::Device::new(ladder.ca_key());
    key.set(crate::world::Mood::Error);
    let certificates = ladder.ca.chain();
    let issuer = Issuer::load(certificates, key).unwrap();
    let ledger = ledger();
    let rows = shop(&ledger);
    let authority = Authority::on(issuer, internal(), ledger.clone()).with_clock(FixedClock(now()));
    let request = ladder.request(&["db.internal"]);
    authority.issue(Issuance::for_request(&request).with_rows(rows_of(&rows))).unwrap_err();
    assert_eq!(state(&ledger), (0, 1, Some(b"open".to_vec()), Some(0)));
    let record = ledger.certificates(None, 9).unwrap().pop().unwrap();
    assert!(matches!(record.state, RecordState::Claimed { .. }));
}
