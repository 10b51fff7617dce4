//! What is signed elsewhere: prepared, listed, completed or cancelled, also after a restart.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::sync::Arc;

use certwright::crl::{CrlRequest, RevocationList, RevocationReason};
use certwright::error::{Rule, StoreErrorKind};
use certwright::issuance::Issuance;
use certwright::ledger::{AuditAction, Ledger, RecordState, Tag, Waiting, WaitingFor};
use certwright::time::{FixedClock, Lifetime};
use certwright::{Authority, Error, Issuer, MemoryStore, SerialNumber, Signer, Store};

use crate::craft::{Ladder, internal, now, time};
use crate::shelf::{Durable, algorithm, assert_kind, on_each_store, put, records, without_audit};

/// The intermediate without its key, on a store.
fn cold(ladder: &Ladder, store: impl Store + 'static) -> Authority {
    let certificates = ladder.ca.chain();
    let issuer = Issuer::without_key(certificates, ladder.ca_key().algorithm()).unwrap();
    Authority::new(issuer, internal(), store).with_clock(FixedClock(now()))
}

fn later(authority: &Authority, at: &str) -> Authority {
    authority.clone().with_clock(FixedClock(time(at)))
}

fn sign(ladder: &Ladder, waiting: &Waiting) -> Vec<u8> {
    ladder.ca_key().sign(&waiting.to_be_signed).unwrap()
}

fn all(authority: &Authority) -> Vec<Waiting> {
    authority.ledger().waiting(None, 99).unwrap()
}

fn serial_of(waiting: &Waiting) -> SerialNumber {
    match waiting.what {
        WaitingFor::Certificate { serial } => serial,
        other => panic!("{other:?}"),
    }
}

fn rules(error: &Error) -> Vec<Rule> {
    error.reasons().iter().map(|reason| reason.rule).collect()
}

fn week() -> CrlRequest {
    CrlRequest::full(Lifetime::days(7))
}

#[test]
fn what_waits_is_listed_after_a_restart_and_completed_with_its_tags_and_token() {
    let ladder = Ladder::new(algorithm());
    on_each_store(|store| {
        let request = ladder.request(&["db.internal"]);
        let ask = || {
            let issuance = Issuance::for_request(&request).tag("team", "payments").unwrap();
            issuance.token("order-1").unwrap()
        };
        let before = cold(&ladder, Arc::clone(&store));
        let bytes = before.prepare(ask()).unwrap().to_be_signed().to_vec();
        let plain = before.prepare(&request).unwrap();
        let list = before.prepare_crl(&week()).unwrap();
        drop(before);

        let after = later(&cold(&ladder, store), "2026-06-03T00:00:00Z");
        let waiting = all(&after);
        assert_eq!(waiting.len(), 3);
        assert!(waiting.iter().all(|w| w.since == now()), "{waiting:?}");
        // Certificates in the order of their numbers, then lists.
        assert_eq!(waiting[2].what, WaitingFor::Crl { number: list.number });
        assert_eq!(waiting[2].to_be_signed, list.to_be_signed);
        let tokened = waiting.iter().find(|w| w.to_be_signed == bytes).unwrap();
        let serial = serial_of(tokened);
        // Page by page it is the same.
        let mut paged: Vec<Waiting> = Vec::new();
        while let [next] = &after.ledger().waiting(paged.last(), 1).unwrap()[..] {
            paged.push(next.clone());
        }
        assert_eq!(paged, waiting);
        assert!(after.ledger().waiting(None, 0).unwrap().is_empty());

        // Asked for once more it is the same to the byte, and nothing new is claimed.
        assert_eq!(after.prepare(ask()).unwrap().to_be_signed(), bytes);
        assert_eq!(all(&after), waiting);
        let issued = after.complete(&serial, &sign(&ladder, tokened)).unwrap();
        let record = after.ledger().by_identifier(issued.identifier()).unwrap().unwrap();
        let RecordState::Issued { tags, issued_at, .. } = record.state else { panic!() };
        assert_eq!(tags, [Tag { key: "team".to_owned(), value: "payments".to_owned() }]);
        assert_eq!(issued_at, time("2026-06-03T00:00:00Z"));
        // The token is that of a certificate now, whoever asks.
        let warm = Authority::on(ladder.ca.clone(), internal(), after.ledger().clone());
        let again = warm.with_clock(FixedClock(time("2026-06-04T00:00:00Z"))).issue(ask()).unwrap();
        assert_eq!(again.certificate(), issued.certificate());
        let error = after.prepare(ask()).unwrap_err();
        assert!(error.is_conflict() && error.to_string().contains("was issued"), "{error}");
        assert_eq!(all(&after).len(), 2);

        let crl = after.complete_crl(list.number, &sign(&ladder, &waiting[2])).unwrap();
        let read = RevocationList::from_pem(&crl.to_pem()).unwrap();
        read.verify_signature(ladder.ca.public_key()).unwrap();
        assert_eq!(read.number(), Some(list.number));
        let state = after.ledger().crl_state(&waiting[2].issuer, 0).unwrap();
        assert_eq!(state.full, Some((list.number, now())), "by its own date");
        let left = all(&after);
        assert_eq!(left.iter().map(serial_of).collect::<Vec<_>>(), [*plain.serial()]);
        after.ledger().verify().unwrap();
    });
}

#[test]
fn under_a_token_that_waits_nothing_else_is_prepared_or_issued() {
    let ladder = Ladder::new(algorithm());
    let authority = cold(&ladder, MemoryStore::default());
    let [one, other] = [&["db.internal"][..], &["web.internal"]].map(|n| ladder.request(n));
    let under = |request| Issuance::for_request(request).token("order-1").unwrap();
    let first = authority.prepare(under(&one)).unwrap();
    let error = authority.prepare(under(&other)).unwrap_err();
    assert_eq!(rules(&error), [Rule::TokenReused], "{error}");
    let warm = Authority::on(ladder.ca.clone(), internal(), authority.ledger().clone());
    let warm = warm.with_clock(FixedClock(now()));
    let error = warm.issue(under(&one)).unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert!(error.to_string().contains("is pending"), "{error}");
    assert_eq!(rules(&warm.issue(under(&other)).unwrap_err()), [Rule::TokenReused]);
    // Where the issuer would prepare it otherwise by now, it is not passed off as the same.
    let url = certwright::crl::CrlDistribution::new("http://crl.example").unwrap();
    let moved = ladder.ca.clone().with_crl_distribution(url);
    let moved = Authority::on(moved, internal(), authority.ledger().clone());
    let error = moved.with_clock(FixedClock(now())).prepare(under(&one)).unwrap_err();
    assert!(error.is_conflict() && error.to_string().contains("other rules"), "{error}");
    assert_eq!(authority.ledger().certificates(None, 9).unwrap().len(), 1);
    // Cancelled, the token is free for another.
    authority.cancel(first.serial()).unwrap();
    let second = authority.prepare(under(&other)).unwrap();
    assert_ne!(second.serial(), first.serial());
    // Rows come with the completion.
    let with_rows = Issuance::for_request(&one).with_rows(|_| Ok(Vec::new()));
    let error = authority.prepare(with_rows).unwrap_err();
    assert!(error.to_string().contains("complete_with"), "{error}");
}

#[test]
fn what_was_cancelled_is_never_completed_and_its_number_never_given_again() {
    let ladder = Ladder::new(algorithm());
    on_each_store(|store| {
        let authority = cold(&ladder, store);
        let request = ladder.request(&["db.internal"]);
        let prepared = authority.prepare(&request).unwrap();
        let serial = *prepared.serial();
        let signature = ladder.ca_key().sign(prepared.to_be_signed()).unwrap();
        authority.cancel(&serial).unwrap();
        assert!(all(&authority).is_empty());
        let message =
            assert_kind(authority.complete(&serial, &signature), StoreErrorKind::NotFound);
        assert!(message.contains("it was cancelled"), "{message}");
        let message = assert_kind(authority.cancel(&serial), StoreErrorKind::Conflict);
        assert!(message.contains("cancelled already"), "{message}");
        let error = authority.prepare(Issuance::for_request(&request).serial(serial)).unwrap_err();
        assert!(error.is_conflict(), "{error}");
        let record = authority.ledger().certificates(None, 9).unwrap().pop().unwrap();
        assert!(matches!(record.state, RecordState::Cancelled { .. }), "{record:?}");
        assert_eq!(record.certificate(), None);
        assert_eq!(authority.find(&serial).unwrap(), None);
        // Should there be a signature after all.
        authority.revoke(&serial, RevocationReason::KeyCompromise).unwrap();

        // What is there, and what nobody knows, is not cancelled.
        let second = authority.prepare(&request).unwrap();
        let signature = ladder.ca_key().sign(second.to_be_signed()).unwrap();
        authority.complete(second.serial(), &signature).unwrap();
        let message = assert_kind(authority.cancel(second.serial()), StoreErrorKind::Conflict);
        assert!(message.contains("its certificate was issued"), "{message}");
        let message =
            assert_kind(authority.complete(second.serial(), &signature), StoreErrorKind::NotFound);
        assert!(message.contains("its certificate was issued"), "{message}");
        assert_kind(authority.cancel(&crate::craft::serial(9)), StoreErrorKind::NotFound);
        let actions: Vec<AuditAction> =
            authority.ledger().audit(1, 99).unwrap().iter().map(|entry| entry.action).collect();
        assert_eq!(actions.iter().filter(|action| **action == AuditAction::Cancelled).count(), 1);
        authority.ledger().verify().unwrap();
    });
}

#[test]
fn a_claim_whose_signature_was_lost_waits_for_nothing_and_can_be_cancelled() {
    let ladder = Ladder::new(algorithm());
    let device = crate::world::Device::new(ladder.ca_key());
    device.set(crate::world::Mood::Error);
    let certificates = ladder.ca.chain();
    let issuer = Issuer::load(certificates, Arc::clone(&device)).unwrap();
    let authority = Authority::new(issuer, internal(), MemoryStore::default());
    let authority = authority.with_clock(FixedClock(now()));
    authority.issue(&ladder.request(&["db.internal"])).unwrap_err();
    assert!(all(&authority).is_empty());
    let serial = authority.ledger().certificates(None, 9).unwrap()[0].serial;
    authority.cancel(&serial).unwrap();
    assert_kind(authority.complete(&serial, b"late"), StoreErrorKind::NotFound);
}

#[test]
fn rows_come_with_the_completion_or_not_at_all() {
    let ladder = Ladder::new(algorithm());
    let request = ladder.request(&["db.internal"]);
    for at in 1.. {
        let store = Arc::new(Durable::default());
        let authority = cold(&ladder, Arc::clone(&store));
        let rows = authority.ledger().rows("shop").unwrap();
        let prepared =
            authority.prepare(Issuance::for_request(&request).tag("a", "b").unwrap()).unwrap();
        let signature = ladder.ca_key().sign(prepared.to_be_signed()).unwrap();
        store.break_at(at);
        let completed = authority.complete_with(prepared.serial(), &signature, |certificate| {
            Ok(vec![rows.insert("done", certificate.serial().to_string())?])
        });
        store.mend();
        let ledger = Ledger::new(Arc::clone(&store));
        let done = ledger.rows("shop").unwrap().get("done").unwrap().is_some();
        assert_eq!((completed.is_ok(), all(&authority).len()), (done, usize::from(!done)), "{at}");
        ledger.verify().unwrap();
        if done {
            assert!(at > 5, "{at}");
            break;
        }
        // What broke off is done once more.
        authority.complete(prepared.serial(), &signature).unwrap();
    }
    // Where the rows cannot be computed, it goes on waiting.
    let authority = cold(&ladder, MemoryStore::default());
    let prepared = authority.prepare(&request).unwrap();
    let signature = ladder.ca_key().sign(prepared.to_be_signed()).unwrap();
    let none = authority.complete_with(prepared.serial(), &signature, |_| {
        Ok(vec![authority.ledger().rows("shop")?.insert("", "")?])
    });
    assert!(matches!(none, Err(Error::Malformed(_))), "{none:?}");
    assert_eq!(all(&authority).len(), 1);
}

#[test]
fn what_waits_and_was_exchanged_is_not_completed() {
    let ladder = Ladder::new(algorithm());
    let store = Arc::new(MemoryStore::default());
    let authority = cold(&ladder, Arc::clone(&store));
    let request = ladder.request(&["db.internal"]);
    let issuance = Issuance::for_request(&request).tag("team", "payments").unwrap();
    let prepared = authority.prepare(issuance).unwrap();
    let list = authority.prepare_crl(&week()).unwrap();
    let waiting = all(&authority);
    let [certificate, crl] = [&waiting[0], &waiting[1]].map(|waiting| sign(&ladder, waiting));
    let honest: Vec<(Vec<u8>, Vec<u8>)> =
        records(&*store).into_iter().filter(|(key, _)| key.starts_with(b"waiting/")).collect();
    assert_eq!(honest.len(), 2);
    for (key, value) in &honest {
        for at in 1..value.len() {
            let mut forged = value.clone();
            forged[at] ^= 1;
            put(&*store, key, &forged);
            let answer = match key[8] {
                1 => authority.complete(prepared.serial(), &certificate).map(drop),
                _ => authority.complete_crl(list.number, &crl).map(drop),
            };
            let message = assert_kind(answer, StoreErrorKind::Corrupt);
            assert!(message.contains("pending"), "{at}: {message}");
            if at > 200 {
                break;
            }
        }
        put(&*store, key, value);
    }
    // A list in the place of another, both honest.
    let second = authority.prepare_crl(&week()).unwrap();
    let before = without_audit(&*store);
    assert_ne!(second.to_be_signed, list.to_be_signed);
    let place = |number: u64| {
        let key = honest[1].0[..honest[1].0.len() - 8].to_vec();
        [key, number.to_be_bytes().to_vec()].concat()
    };
    put(&*store, &place(list.number), &before[&place(second.number)]);
    let signature = ladder.ca_key().sign(&second.to_be_signed).unwrap();
    assert_kind(authority.complete_crl(list.number, &signature), StoreErrorKind::Corrupt);
    put(&*store, &place(list.number), &honest[1].1);
    authority.complete(prepared.serial(), &certificate).unwrap();
    authority.complete_crl(list.number, &crl).unwrap();
    authority.complete_crl(second.number, &signature).unwrap();
    authority.ledger().verify().unwrap();
}

#[test]
fn a_crl_is_completed_once_in_time_and_never_after_it_was_cancelled() {
    let ladder = Ladder::new(algorithm());
    on_each_store(|store| {
        let authority = cold(&ladder, store);
        let digest = Ledger::issuer_digest(ladder.ca.public_key());
        let state = || authority.ledger().crl_state(&digest, 0).unwrap();
        // An issuer without its key claims no number for what it cannot sign.
        let error = authority.issue_crl(&week()).unwrap_err();
        assert!(error.to_string().contains("the issuer has no key here"), "{error}");
        assert_eq!(state().number, 0);

        let first = authority.prepare_crl(&week()).unwrap();
        assert_eq!((first.number, state().number, state().full), (1, 1, None));
        assert_eq!(first.algorithm, ladder.ca_key().algorithm());
        let wrong = ladder.leaf_key().sign(&first.to_be_signed).unwrap();
        let error = authority.complete_crl(1, &wrong).unwrap_err();
        assert!(matches!(error, Error::Signer(_)), "{error}");
        let right = ladder.ca_key().sign(&first.to_be_signed).unwrap();
        let late = later(&authority, "2026-06-08T00:00:00Z");
        let error = late.complete_crl(1, &right).unwrap_err();
        assert_eq!(rules(&error), [Rule::CrlDate], "{error}");
        assert!(error.to_string().contains("prepare another"), "{error}");
        assert_eq!(all(&authority).len(), 1, "it goes on waiting");
        authority.cancel_crl(1).unwrap();
        for answer in [
            authority.complete_crl(1, &right).map(drop),
            authority.cancel_crl(1),
            authority.complete_crl(7, &right).map(drop),
        ] {
            let message = assert_kind(answer, StoreErrorKind::NotFound);
            assert!(message.contains("no pending"), "{message}");
        }
        assert_eq!((state().number, state().full), (1, None));

        // Two at once, completed in the other order: the later number stays the last.
        let [second, third] = [(); 2].map(|()| authority.prepare_crl(&week()).unwrap());
        assert_eq!((second.number, third.number), (2, 3));
        for list in [&third, &second] {
            let signature = ladder.ca_key().sign(&list.to_be_signed).unwrap();
            assert_eq!(
                authority.complete_crl(list.number, &signature).unwrap().number(),
                list.number
            );
            assert_kind(authority.complete_crl(list.number, &signature), StoreErrorKind::NotFound);
        }
        assert_eq!(state().full.map(|(number, _)| number), Some(3));
        let actions: Vec<AuditAction> =
            authority.ledger().audit(1, 99).unwrap().iter().map(|entry| entry.action).collect();
        let count = |wanted| actions.iter().filter(|action| **action == wanted).count();
        assert_eq!((count(AuditAction::Cancelled), count(AuditAction::CrlIssued)), (1, 2));
        authority.ledger().verify().unwrap();
    });
}

/// RFC 5280 section 3.3: an entry stays until a list was issued after its certificate ended, by the
/// date of the list and not by when its signature came.
#[test]
fn an_entry_stays_on_the_lists_where_the_signature_came_after_the_certificate_ended() {
    let ladder = Ladder::new(algorithm());
    let store = Arc::new(MemoryStore::default());
    let authority = cold(&ladder, Arc::clone(&store));
    let warm = Authority::on(ladder.ca.clone(), internal(), authority.ledger().clone());
    let request = ladder.request(&["db.internal"]);
    let short = Issuance::for_request(&request).not_after(time("2026-06-02T00:00:00Z"));
    let warm = warm.with_clock(FixedClock(now()));
    let serial = *warm.issue(short).unwrap().certificate().serial();
    authority.revoke(&serial, RevocationReason::KeyCompromise).unwrap();
    // Prepared before the certificate ends, completed after it.
    let list = authority.prepare_crl(&week()).unwrap();
    let signature = ladder.ca_key().sign(&list.to_be_signed).unwrap();
    let after = later(&authority, "2026-06-03T00:00:00Z");
    after.complete_crl(list.number, &signature).unwrap();
    let lists = |authority: &Authority| {
        let list = authority.prepare_crl(&week()).unwrap();
        let signature = ladder.ca_key().sign(&list.to_be_signed).unwrap();
        let crl = authority.complete_crl(list.number, &signature).unwrap();
        RevocationList::from_pem(&crl.to_pem()).unwrap().find(&serial).is_some()
    };
    assert!(lists(&after), "no list was dated after its end yet");
    assert!(!lists(&after), "the one before was");
}
