//! Connections that are cut anywhere: what is answered is true, and nothing is done twice.

use certwright::Store;
use certwright::error::StoreErrorKind;
use certwright::ledger::Ledger;
use certwright::store::{PostgresSettings, PostgresStore};
use certwright_tests::postgres::{Server, settings, shared};
use certwright_tests::proxy::{Cut, Proxy};

use super::ca::{check, issuer, kind, node, request};

/// The settings of a schema of the shared server, straight and by a proxy.
fn by_proxy(name: &str) -> Option<(PostgresSettings, PostgresSettings, Proxy)> {
    let straight = settings(name)?;
    drop(PostgresStore::create(&straight).unwrap());
    let server = shared().unwrap();
    let proxy = Proxy::to(server.port());
    let url = server.url_at(proxy.port, &format!("schema={name}"));
    Some((straight, PostgresSettings::from_url(&url).unwrap(), proxy))
}

/// How often a key was counted up.
fn count(store: &PostgresStore) -> u8 {
    let mut found = None;
    let read = &mut |t: &dyn certwright::store::ReadTransaction| {
        found = t.get(b"count")?;
        Ok(())
    };
    store.read(read).unwrap();
    found.map_or(0, |found| found[0])
}

fn count_up(store: &PostgresStore) -> Result<(), certwright::error::StoreError> {
    store.write(&mut |t| {
        let count = t.get(b"count")?.map_or(0, |found| found[0]);
        t.put(b"count", &[count + 1])
    })
}

#[test]
fn a_commit_whose_answer_is_lost_is_looked_up_and_never_done_twice() {
    let Some((straight, cut, proxy)) = by_proxy("lost_answers") else { return };
    let (straight, store) =
        (PostgresStore::open(&straight).unwrap(), PostgresStore::open(&cut).unwrap());
    for round in 0..20 {
        let before = proxy.connections();
        proxy.cut(Cut::AfterCommit);
        count_up(&store).unwrap();
        assert_eq!(count(&straight), round + 1);
        assert_eq!(proxy.cuts(), usize::from(round) + 1);
        assert!(proxy.connections() > before, "it was looked up on another connection");
    }
}

#[test]
fn a_commit_that_never_came_there_is_done_again_once() {
    let Some((straight, cut, proxy)) = by_proxy("lost_commits") else { return };
    let (straight, store) =
        (PostgresStore::open(&straight).unwrap(), PostgresStore::open(&cut).unwrap());
    for round in 0..20 {
        proxy.cut(Cut::BeforeCommit);
        count_up(&store).unwrap();
        assert_eq!(count(&straight), round + 1);
    }
    assert_eq!(proxy.cuts(), 20);
}

#[test]
fn wherever_a_life_is_cut_its_answers_are_true() {
    let Some((straight, cut, proxy)) = by_proxy("cuts") else { return };
    let issuer = issuer();
    let request = request();
    // A whole life: connecting, a claim, a certificate.
    proxy.cut(Cut::Sent(u64::MAX));
    let life = || -> Result<certwright::SerialNumber, certwright::Error> {
        let authority = node(&issuer, PostgresStore::open(&cut)?);
        Ok(*authority.issue(&request)?.certificate().serial())
    };
    let mut issued = vec![life().unwrap()];
    let (sent, answered) = proxy.bytes();
    assert!(sent > 3_000 && answered > 3_000, "{sent} and {answered} bytes");
    println!("a life sends {sent} bytes and is answered {answered}");
    let step = if cfg!(debug_assertions) { 97 } else { 23 };
    let cuts = (0..sent).step_by(step).map(Cut::Sent);
    let mut failed = 0;
    for cut in cuts.chain((0..answered).step_by(step).map(Cut::Answered)) {
        proxy.cut(cut);
        match life() {
            Ok(serial) => issued.push(serial),
            // Connecting is not tried again; what is begun is.
            Err(error) => {
                assert_eq!(kind(&error), StoreErrorKind::Unavailable, "{cut:?}: {error}");
                failed += 1;
            }
        }
        proxy.mend();
    }
    assert!(issued.len() > failed, "{} lives, {failed} failed", issued.len());
    let ledger = check(PostgresStore::open(&straight).unwrap(), &issuer, &issued);
    // Nothing that was answered as failed is there, and nothing twice.
    assert_eq!(ledger.certificates(None, 10_000).unwrap().len(), issued.len());
}

#[test]
fn dead_connections_are_replaced_and_nobody_notices() {
    let Some(server) = Server::start("") else { return };
    let settings = PostgresSettings::from_url(&server.url("")).unwrap();
    let store = PostgresStore::create(&settings).unwrap();
    for round in 0..3 {
        count_up(&store).unwrap();
        assert_eq!(count(&store), round + 1);
        server.crash();
        let error = count_up(&store).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
        server.run_server();
    }
    assert_eq!(count(&store), 3);
}

#[test]
fn a_ledger_by_a_proxy_that_cuts_all_the_time_stays_whole() {
    let Some((straight, cut, proxy)) = by_proxy("cut_all_the_time") else { return };
    let issuer = issuer();
    let request = request();
    let authority = node(&issuer, PostgresStore::open(&cut).unwrap());
    let issued = std::sync::Mutex::new(Vec::new());
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0_u64..40 {
                if ended.load(std::sync::atomic::Ordering::SeqCst) {
                    return proxy.mend();
                }
                let cuts = [
                    Cut::AfterCommit,
                    Cut::BeforeCommit,
                    Cut::Sent(700),
                    Cut::Answered(round % 900),
                ];
                proxy.cut(cuts[round as usize % 4]);
                std::thread::sleep(std::time::Duration::from_millis(40));
            }
            proxy.mend();
        });
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut left = 12;
                    while left > 0 {
                        match authority.issue(&request) {
                            Ok(answer) => {
                                issued.lock().unwrap().push(*answer.certificate().serial());
                                left -= 1;
                            }
                            Err(error) => assert_eq!(kind(&error), StoreErrorKind::Unavailable),
                        }
                    }
                })
            })
            .collect();
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        ended.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    assert!(proxy.cuts() > 4, "{}", proxy.cuts());
    let issued = issued.into_inner().unwrap();
    assert_eq!(issued.len(), 48);
    let ledger: Ledger = check(PostgresStore::open(&straight).unwrap(), &issuer, &issued);
    let found = ledger.certificates(None, 10_000).unwrap();
    let certificates = found.iter().filter(|record| record.certificate().is_some()).count();
    assert_eq!(certificates, issued.len());
}
