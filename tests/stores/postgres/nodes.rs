//! Several nodes of one CA on one database: nothing lost, nothing twice. And what that costs.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::ledger::Ledger;
use certwright::store::PostgresStore;
use certwright::time::Lifetime;
use certwright::*;
use certwright_tests::postgres::{Server, settings};

use super::ca::{check, issuer, node, request};

const NODES: usize = 3;
const THREADS: usize = 8;

/// What came of a run.
#[derive(Default)]
struct Done {
    issued: Mutex<Vec<SerialNumber>>,
    revoked: Mutex<Vec<SerialNumber>>,
    lists: Mutex<Vec<u64>>,
}

/// Each thread of each node issues, and now and then revokes and makes a list.
fn run(issuer: &Issuer, nodes: &[Authority], threads: usize, issues: usize) -> (Done, Duration) {
    let (done, request) = (Done::default(), request());
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for node in nodes {
            for _ in 0..threads {
                let (done, request) = (&done, &request);
                scope.spawn(move || {
                    for number in 1..=issues {
                        let serial = *node.issue(request).unwrap().certificate().serial();
                        done.issued.lock().unwrap().push(serial);
                        if number % 5 == 0 {
                            node.revoke(&serial, RevocationReason::Superseded).unwrap();
                            done.revoked.lock().unwrap().push(serial);
                        }
                        if number % 25 == 0 {
                            let list = node.issue_crl(&CrlRequest::full(Lifetime::days(1)));
                            done.lists.lock().unwrap().push(list.unwrap().number());
                        }
                    }
                });
            }
        }
    });
    let time = begun.elapsed();
    let _ = issuer;
    (done, time)
}

/// Everything that was answered is in the ledger, once.
fn check_all(ledger: &Ledger, issuer: &Issuer, done: &Done) {
    let digest = Ledger::issuer_digest(issuer.certificate().public_key().unwrap());
    for serial in &*done.revoked.lock().unwrap() {
        assert!(ledger.revocation(&digest, serial).unwrap().is_some(), "{serial} is not revoked");
    }
    let lists = done.lists.lock().unwrap();
    let numbers: BTreeSet<u64> = lists.iter().copied().collect();
    assert_eq!(numbers.len(), lists.len(), "a CRL number came twice");
    assert_eq!(numbers.last().copied(), numbers.len().try_into().ok().filter(|last| *last > 0));
}

fn three_nodes(server: &Server, issues: usize) {
    let name = "three_nodes";
    let url = server.url(&format!("schema={name}"));
    let settings = certwright::store::PostgresSettings::from_url(&url).unwrap();
    drop(PostgresStore::create(&settings).unwrap());
    let issuer = issuer();
    let nodes: Vec<Authority> =
        (0..NODES).map(|_| node(&issuer, PostgresStore::open(&settings).unwrap())).collect();
    let (done, time) = run(&issuer, &nodes, THREADS, issues);
    let issued = done.issued.lock().unwrap();
    assert_eq!(issued.len(), NODES * THREADS * issues);
    println!(
        "{NODES} nodes, {THREADS} threads each: {} certificates, {} revocations, {} lists in {:.1} s",
        issued.len(),
        done.revoked.lock().unwrap().len(),
        done.lists.lock().unwrap().len(),
        time.as_secs_f64()
    );
    let begun = Instant::now();
    let ledger = check(PostgresStore::open(&settings).unwrap(), &issuer, &issued);
    check_all(&ledger, &issuer, &done);
    println!("looked at and verified in {:.1} s", begun.elapsed().as_secs_f64());
}

#[test]
fn three_nodes_lose_nothing_and_do_nothing_twice() {
    let Some(server) = certwright_tests::postgres::shared() else { return };
    three_nodes(server, 25);
}

#[test]
#[ignore = "takes long: 120,000 certificates, or as many for each thread as NODES_ISSUES says"]
fn three_nodes_for_long() {
    let Some(server) = Server::start("") else { return };
    let issues = std::env::var("NODES_ISSUES").map_or(5_000, |issues| issues.parse().unwrap());
    three_nodes(&server, issues);
}

/// The figures of docs/three-nodes-on-postgresql.md.
#[test]
#[ignore = "measures"]
fn throughput() {
    let Some(server) = Server::start("") else { return };
    let seconds = Duration::from_secs(8);
    let rate = |nodes: &[Authority], threads: usize| {
        let (request, begun) = (request(), Instant::now());
        let count = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for node in nodes {
                for _ in 0..threads {
                    let (count, request) = (&count, &request);
                    scope.spawn(move || {
                        while begun.elapsed() < seconds {
                            node.issue(request).unwrap();
                            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        }
                    });
                }
            }
        });
        count.into_inner() as f64 / begun.elapsed().as_secs_f64()
    };
    let issuer = issuer();
    for threads in [1, 8, 32] {
        #[cfg(feature = "redb")]
        {
            let folder = tempfile::tempdir().unwrap();
            let store = RedbStore::create(folder.path().join("ca.redb")).unwrap();
            println!(
                "redb, {threads} threads: {:.0} a second",
                rate(&[node(&issuer, store)], threads)
            );
        }
        for nodes in [1, NODES] {
            let url = server.url(&format!("schema=rate_{threads}_{nodes}"));
            let settings = certwright::store::PostgresSettings::from_url(&url).unwrap();
            drop(PostgresStore::create(&settings).unwrap());
            let authorities: Vec<Authority> = (0..nodes)
                .map(|_| node(&issuer, PostgresStore::open(&settings).unwrap()))
                .collect();
            let rate = rate(&authorities, threads);
            println!("PostgreSQL, {nodes} nodes, {threads} threads each: {rate:.0} a second");
        }
    }
}

#[cfg(feature = "cas")]
#[test]
fn three_nodes_use_a_quota_up_and_not_more() {
    use certwright::cas::{Cas, Config};
    use certwright::key::SealingKey;
    use certwright::time::SystemClock;

    let Some(settings) = settings("quota") else { return };
    drop(PostgresStore::create(&settings).unwrap());
    let nodes: Vec<Cas> = (0..NODES)
        .map(|_| {
            let store = PostgresStore::open(&settings).unwrap();
            let cas = Cas::new(store, SystemClock, Config::default());
            cas.ledger().unlock(&SealingKey::from_bytes([7; 32])).unwrap();
            cas
        })
        .collect();
    nodes[0].operator().add_package("digicert-free-1-free", 20).unwrap();
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for node in &nodes {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..4 {
                        let application = r#"{ "Username": "Tom", "Phone": "13900000000",
                            "Email": "username@example.com", "Domain": "www.example.com",
                            "ValidateType": "DNS", "ProductCode": "digicert-free-1-free" }"#;
                        let answer = node.call("CreateCertificateRequest", application);
                        answers.lock().unwrap().push(answer);
                    }
                });
            }
        }
    });
    let answers = answers.into_inner().unwrap();
    let orders: BTreeSet<String> = answers
        .iter()
        .filter_map(|answer| answer.as_ref().ok())
        .map(|answer| answer.split("\"OrderId\":").nth(1).unwrap().to_owned())
        .collect();
    let refused: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(refused.iter().all(|error| error.code() == "NotRemainCount"), "{refused:?}");
    assert_eq!((orders.len(), refused.len()), (20, 28));
    nodes[1].ledger().verify().unwrap();
}
