//! Tags and idempotency tokens: nothing is issued twice, whoever asks how often at once.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::sync::{Arc, Barrier};

use certwright::error::Rule;
use certwright::issuance::{Issuance, Issued};
use certwright::key::{PublicKey, SignatureAlgorithm};
use certwright::ledger::{AuditAction, Ledger, RecordState, Tag};
use certwright::policy::{Outliving, Period};
use certwright::profile::Extension;
use certwright::time::{FixedClock, Lifetime, Validity};
use certwright::{
    Authority, CertificateRequest, Error, Issuer, KeyPair, MemoryStore, Policy, Profile, Signer,
    Store,
};

use crate::common;
use crate::craft::{Ladder, internal, now, time};
use crate::shelf::{algorithm, on_each_store, records, without_audit};
use crate::world::{Fault, FrailStore};

fn ask(authority: &Authority, request: &CertificateRequest, token: &str) -> Result<Issued, Error> {
    authority.issue(Issuance::for_request(request).token(token).unwrap())
}

fn on(ladder: &Ladder, store: impl Store + 'static) -> Authority {
    Authority::new(ladder.ca.clone(), internal(), store).with_clock(FixedClock(now()))
}

/// How many numbers are claimed, and how many have their certificate.
fn count(ledger: &Ledger) -> (usize, usize) {
    let all = ledger.certificates(None, 1_000).unwrap();
    let issued = all.iter().filter(|record| record.certificate().is_some()).count();
    (all.len() - issued, issued)
}

#[test]
fn the_same_token_and_request_are_answered_with_the_same_certificate() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        on_each_store(|store| {
            let authority = on(&ladder, Arc::clone(&store));
            let request = ladder.request(&["db.internal"]);
            let first = ask(&authority, &request, "order-1").unwrap();
            let before = records(&*store);
            let later = authority.clone().with_actor("bob");
            let later = later.with_clock(FixedClock(time("2026-06-05T00:00:00Z")));
            // After a restart the authority is another.
            for authority in [&authority, &later, &on(&ladder, Arc::clone(&store))] {
                let again = ask(authority, &request, "order-1").unwrap();
                assert_eq!(again.chain().to_pem(), first.chain().to_pem());
                assert_eq!(format!("{:?}", again.outcome()), format!("{:?}", first.outcome()));
            }
            assert!(records(&*store) == before, "a repeated call wrote something");
            assert_eq!(count(authority.ledger()), (0, 1));
            let other = ask(&authority, &request, "order-2").unwrap();
            assert_ne!(other.chain().leaf().serial(), first.chain().leaf().serial());
            // A request that was signed again asks for the same.
            let again = ask(&authority, &ladder.request(&["db.internal"]), "order-1").unwrap();
            assert_eq!(again.chain().to_pem(), first.chain().to_pem());
        });
    }
}

#[test]
fn another_request_under_a_token_is_refused_and_changes_nothing() {
    let ladder = Ladder::new(algorithm());
    on_each_store(|store| {
        let authority = on(&ladder, Arc::clone(&store));
        let request = ladder.request(&["db.internal"]);
        ask(&authority, &request, "order-1").unwrap();
        let before = without_audit(&*store);
        let other_names = ladder.request(&["db.internal", "web.internal"]);
        let other_key = CertificateRequest::builder("CN=db.internal".parse().unwrap())
            .alt_name("db.internal".parse().unwrap())
            .sign(&crate::shelf::key(4))
            .unwrap();
        let no_subject = CertificateRequest::builder(certwright::Name::builder().build())
            .alt_name("db.internal".parse().unwrap())
            .sign(&ladder.leaf_key())
            .unwrap();
        let short = Period::Lifetime(Lifetime::days(1));
        let exactly = Validity::new(now(), time("2026-06-03T00:00:00Z")).unwrap();
        let asked = |request| Issuance::for_request(request);
        let denied = ladder.request(&["db.internal", "db.example"]);
        let oid = "1.3.6.1.4.1.99999.1".parse().unwrap();
        let extension = Extension { oid, critical: false, value: vec![5, 0] };
        let clients = Policy::new(Profile::tls_client()).allow_dns(".internal").unwrap();
        for other in [
            asked(&other_names),
            asked(&other_key),
            asked(&no_subject),
            // What is denied is asked for all the same.
            asked(&denied),
            asked(&request).under(&clients),
            asked(&request).period(short),
            asked(&request).validity(exactly),
            asked(&request).not_after(exactly.not_after()),
            asked(&request).subject("CN=other.internal".parse().unwrap()),
            asked(&request).serial(crate::craft::serial(7)),
            asked(&request).extension(extension),
            Issuance::for_key(request.public_key().clone()),
        ] {
            let error = authority.issue(other.token("order-1").unwrap()).unwrap_err();
            let [reason] = error.reasons() else { panic!("{error}") };
            assert_eq!(reason.rule, Rule::TokenReused, "{error}");
            // Nor does the refused review spoil another token.
            assert!(!error.to_string().contains("order-1"), "{error}");
        }
        assert!(without_audit(&*store) == before, "a refusal wrote something");
        authority.ledger().verify_audit().unwrap();
    });
}

#[test]
fn a_token_of_one_ca_is_no_answer_of_another_on_the_same_ledger() {
    let ladder = Ladder::new(algorithm());
    let ledger = Ledger::new(MemoryStore::default());
    let lower = ladder
        .root
        .delegate_at(
            "CN=Other".parse().unwrap(),
            Profile::intermediate(0),
            crate::shelf::key(5),
            crate::craft::serial(3),
            *ladder.ca.certificate().validity(),
        )
        .unwrap();
    let [one, other] = [ladder.ca.clone(), lower].map(|issuer| {
        Authority::on(issuer, internal(), ledger.clone()).with_clock(FixedClock(now()))
    });
    let request = ladder.request(&["db.internal"]);
    ask(&one, &request, "order-1").unwrap();
    match ask(&other, &request, "order-1") {
        Ok(issued) => {
            let issuer = issued.chain().leaf().issuer().to_string();
            assert_eq!(issuer, "CN=Other", "a chain that is none: {:?}", issued.chain());
        }
        Err(error) => {
            let [reason] = error.reasons() else { panic!("{error}") };
            assert_eq!(reason.rule, Rule::TokenReused);
        }
    }
}

#[test]
fn a_request_that_was_denied_does_not_use_its_token_up() {
    let ladder = Ladder::new(algorithm());
    let authority = on(&ladder, MemoryStore::default());
    let denied = ask(&authority, &ladder.request(&["db.example"]), "order-1").unwrap_err();
    assert_eq!(denied.reasons()[0].rule, Rule::NameNotAllowed);
    ask(&authority, &ladder.request(&["db.internal"]), "order-1").unwrap();
}

/// A signer that answers when so many wait for it.
struct Crowd {
    key: Arc<KeyPair>,
    gate: Barrier,
}

impl Signer for Crowd {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        // Everybody has asked for the token by now, and nobody has recorded a certificate.
        self.gate.wait();
        self.key.sign(message)
    }
}

#[test]
fn of_threads_that_use_a_token_at_once_each_gets_the_same_certificate() {
    let ladder = Ladder::new(algorithm());
    on_each_store(|store| {
        let crowd = Crowd { key: ladder.ca_key(), gate: Barrier::new(8) };
        let certificates = ladder.ca.chain();
        let issuer = Issuer::load(certificates, crowd).unwrap();
        let authority = Authority::new(issuer, internal(), Arc::clone(&store));
        let authority = authority.with_clock(FixedClock(now()));
        let request = ladder.request(&["db.internal"]);
        let answers: Vec<String> = std::thread::scope(|scope| {
            let ask = || ask(&authority, &request, "order-1").map(|i| i.chain().to_pem());
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        let ledger = authority.ledger();
        assert_eq!(count(ledger), (7, 1), "claims and certificates");
        let entries = ledger.audit(1, 100).unwrap();
        let of = |action| entries.iter().filter(move |entry| entry.action == action);
        assert_eq!(of(AuditAction::Claimed).count(), 8);
        assert_eq!(of(AuditAction::Issued).count(), 1);
        // Each that lost is told of by its number, which is still claimed.
        let failed: Vec<_> = of(AuditAction::Failed).map(|entry| entry.serial.unwrap()).collect();
        assert_eq!(failed.len(), 7);
        let issuer = entries[0].issuer;
        for serial in &failed {
            let record = ledger.certificate(&issuer, serial).unwrap().unwrap();
            assert!(matches!(record.state, RecordState::Claimed { .. }));
        }
        assert_eq!(ledger.verify_audit().unwrap(), 16);
    });
}

#[test]
fn of_threads_with_different_requests_one_wins_and_the_others_are_refused() {
    let ladder = Ladder::new(algorithm());
    let crowd = Crowd { key: ladder.ca_key(), gate: Barrier::new(4) };
    let certificates = ladder.ca.chain();
    let issuer = Issuer::load(certificates, crowd).unwrap();
    let authority = Authority::new(issuer, internal(), MemoryStore::default());
    let authority = authority.with_clock(FixedClock(now()));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let request = ladder.request(&[&format!("db{number}.internal")]);
                let authority = &authority;
                scope.spawn(move || ask(authority, &request, "order-1"))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let refused: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().all(|error| error.reasons()[0].rule == Rule::TokenReused));
    assert_eq!(count(authority.ledger()), (3, 1));
}

#[test]
fn where_the_commit_failed_or_is_unknown_a_repeated_call_issues_no_second_certificate() {
    let ladder = Ladder::new(algorithm());
    for (write, fault) in [
        (1, Fault::Lost),
        (1, Fault::Unknown),
        (1, Fault::Retried),
        (2, Fault::Lost),
        (2, Fault::Unknown),
        (2, Fault::Retried),
    ] {
        let store = FrailStore::new();
        let authority = on(&ladder, Arc::clone(&store));
        let request = ladder.request(&["db.internal"]);
        store.break_write(write, fault);
        let first = ask(&authority, &request, "order-1");
        let second = ask(&authority, &request, "order-1").unwrap();
        if let Ok(first) = first {
            assert_eq!(first.chain().to_pem(), second.chain().to_pem(), "{write} {fault:?}");
        }
        assert_eq!(count(authority.ledger()).1, 1, "{write} {fault:?}");
        authority.ledger().verify_audit().unwrap();
    }
}

#[test]
fn tags_are_kept_with_the_certificate_in_their_order() {
    let ladder = Ladder::new(algorithm());
    on_each_store(|store| {
        let authority = on(&ladder, Arc::clone(&store));
        let request = ladder.request(&["db.internal"]);
        let mut issuance = Issuance::for_request(&request);
        let mut wanted = Vec::new();
        for number in 0..20 {
            let (key, value) =
                (format!("k{}\u{e9}{number}\0", 9 - number % 10), "v\n".repeat(number));
            issuance = issuance.tag(&key, &value).unwrap();
            wanted.push(Tag { key, value });
        }
        let issued = authority.issue(issuance.clone()).unwrap();
        let found = |issued: &Issued| {
            let records = authority.ledger().certificates(None, 9).unwrap();
            let serial = issued.chain().leaf().serial();
            match &records.into_iter().find(|record| record.serial == *serial).unwrap().state {
                RecordState::Issued { tags, certificate, .. } => {
                    assert_eq!(**certificate, *issued.chain().leaf());
                    tags.clone()
                }
                state => panic!("{state:?}"),
            }
        };
        assert_eq!(found(&issued), wanted);
        let plain = authority.issue(&request).unwrap();
        assert_eq!(found(&plain), []);
        // The first call's tags stay.
        let first = authority.issue(issuance.token("order-1").unwrap()).unwrap();
        let again = Issuance::for_request(&request).token("order-1").unwrap();
        authority.issue(again.tag("other", "").unwrap()).unwrap();
        assert_eq!(found(&first), wanted);
    });
}

#[test]
fn tags_and_tokens_keep_their_bounds() {
    let [key, value] = ["k".repeat(128), "v".repeat(256)];
    let request = Ladder::new(algorithm()).request(&["db.internal"]);
    let plain = || Issuance::for_request(&request);
    let full = (0..20).fold(plain(), |all, number| all.tag(&format!("{number}"), "").unwrap());
    assert!(plain().tag(&key, &value).is_ok());
    assert!(plain().token(&key).is_ok());
    for refused in [
        plain().tag("", ""),
        plain().tag(&format!("{key}k"), ""),
        plain().tag("k", &format!("{value}v")),
        plain().tag("k", "1").unwrap().tag("k", "2"),
        full.tag("k", ""),
        plain().token(""),
        plain().token(&format!("{key}k")),
    ] {
        assert!(matches!(refused, Err(Error::Malformed(_))), "{refused:?}");
    }
}

/// What the first answer says of the validity, the second says too.
#[test]
fn a_repeated_answer_tells_the_same_outcome_where_the_validity_was_cut() {
    let ladder = Ladder::new(algorithm());
    let policy = internal().with_max_lifetime(Lifetime::days(4_000));
    let policy = policy.with_outliving(Outliving::Truncate);
    let authority = Authority::new(ladder.ca.clone(), policy, MemoryStore::default());
    let authority = authority.with_clock(FixedClock(now()));
    let issuance = Issuance::from(ladder.request(&["db.internal"]));
    let issuance = issuance.lifetime(Lifetime::days(4_000)).token("order-1").unwrap();
    let first = authority.issue(issuance.clone()).unwrap();
    let again = authority.issue(issuance).unwrap();
    assert_eq!(format!("{:?}", again.outcome()), format!("{:?}", first.outcome()));
}
