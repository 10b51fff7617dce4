//! Servers and processes that end: what was answered is there, and the rest go on.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use certwright::error::StoreErrorKind;
use certwright::store::{PostgresSettings, PostgresStore};
use certwright::*;
use certwright_tests::postgres::{Server, shared};

use super::ca::{check, issuer, issuer_of, kind, node, request};

/// Issues on some threads until told to stop, whatever the server does meanwhile, and gives what was answered.
fn under_load(
    issuer: &Issuer,
    settings: &[&PostgresSettings],
    meanwhile: impl FnOnce(&dyn Fn() -> usize),
) -> (Vec<SerialNumber>, Vec<Error>) {
    let request = request();
    let (issued, errors) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for settings in settings {
            let authority = node(issuer, PostgresStore::open(settings).unwrap());
            for _ in 0..3 {
                let authority = authority.clone();
                let (request, issued, errors, ended) = (&request, &issued, &errors, &ended);
                scope.spawn(move || {
                    while !ended.load(Ordering::SeqCst) {
                        match authority.issue(request) {
                            Ok(answer) => {
                                issued.lock().unwrap().push(*answer.certificate().serial());
                            }
                            Err(error) => {
                                errors.lock().unwrap().push(error);
                                sleep(Duration::from_millis(20));
                            }
                        }
                    }
                });
            }
        }
        meanwhile(&|| issued.lock().unwrap().len());
        ended.store(true, Ordering::SeqCst);
    });
    (issued.into_inner().unwrap(), errors.into_inner().unwrap())
}

/// Waits until so many more were issued.
fn more(count: &dyn Fn() -> usize, by: usize) {
    let (begin, begun) = (count(), Instant::now());
    while count() < begin + by {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is issued any more");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_server_that_crashes_under_load_loses_nothing_that_was_answered() {
    let Some(server) = Server::start("") else { return };
    let settings = PostgresSettings::from_url(&server.url("")).unwrap();
    drop(PostgresStore::create(&settings).unwrap());
    let issuer = issuer();
    let (issued, errors) = under_load(&issuer, &[&settings, &settings], |count| {
        for _ in 0..3 {
            more(count, 20);
            server.crash();
            sleep(Duration::from_millis(100));
            server.run_server();
        }
        // They recover by themselves.
        more(count, 20);
    });
    for error in &errors {
        let known = error.to_string().contains("is not known");
        assert!(known || kind(error) == StoreErrorKind::Unavailable, "{error}");
    }
    println!("{} issued, {} refused meanwhile", issued.len(), errors.len());
    check(PostgresStore::open(&settings).unwrap(), &issuer, &issued);
}

#[test]
fn a_standby_that_is_promoted_has_everything_that_was_answered() {
    let lines = "synchronous_standby_names = 'standby'\nsynchronous_commit = local\n";
    let Some(primary) = Server::start(lines) else { return };
    let standby = Server::standby_of(&primary);
    primary.configure("synchronous_commit = on\n");
    primary.reload();
    let begun = Instant::now();
    while primary.sql("SELECT sync_state FROM pg_stat_replication") != "sync" {
        assert!(begun.elapsed() < Duration::from_secs(30), "the standby does not follow");
        sleep(Duration::from_millis(50));
    }
    let (first, second) = (primary.port(), standby.port());
    let url =
        format!("postgres://ca@127.0.0.1:{first},127.0.0.1:{second}/postgres?sslmode=disable");
    let settings = PostgresSettings::from_url(&url).unwrap();
    drop(PostgresStore::create(&settings).unwrap());
    // The standby alone is refused, before it is promoted.
    let alone = PostgresSettings::from_url(&standby.url("")).unwrap();
    let error = PostgresStore::open(&alone).unwrap_err();
    assert!(error.to_string().contains("the server only reads"), "{error}");
    let issuer = issuer();
    let (issued, errors) = under_load(&issuer, &[&settings, &settings], |count| {
        more(count, 30);
        primary.crash();
        standby.promote();
        more(count, 30);
    });
    println!("{} issued, {} refused meanwhile", issued.len(), errors.len());
    check(PostgresStore::open(&alone).unwrap(), &issuer, &issued);
}

/// A standby that was to be waited for, and is not: the administrator ended the wait. The server answers that all is
/// well, with a warning.
#[test]
fn a_commit_that_no_standby_has_is_not_answered_as_done() {
    let Some(server) = Server::start("") else { return };
    let settings = PostgresSettings::from_url(&server.url("")).unwrap();
    let store = PostgresStore::create(&settings).unwrap();
    store.write(&mut |t| t.put(b"key", b"1")).unwrap();
    server.configure("synchronous_standby_names = 'nobody'\n");
    server.reload();
    let ended = AtomicBool::new(false);
    let answered = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::SeqCst) {
                server.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
                sleep(Duration::from_millis(100));
            }
        });
        let answered = store.write(&mut |t| t.put(b"key", b"2"));
        ended.store(true, Ordering::SeqCst);
        answered
    });
    let error = answered.unwrap_err();
    assert!(error.to_string().contains("is not known"), "{error}");
}

/// Run as another process by the test below: issues until it is killed.
#[test]
fn a_process_that_issues_on_postgresql() {
    let Ok(url) = std::env::var("CERTWRIGHT_POSTGRES") else { return };
    let key = std::env::var("CERTWRIGHT_POSTGRES_KEY").unwrap();
    let (key, certificate) = key.split_once("=====").unwrap();
    let chain = Chain::from_pem(certificate).unwrap();
    let issuer = Issuer::load(chain, KeyPair::from_pem(key).unwrap()).unwrap();
    let store = PostgresStore::open(&PostgresSettings::from_url(&url).unwrap()).unwrap();
    let (authority, request) = (node(&issuer, store), request());
    println!();
    loop {
        println!("issued {}", authority.issue(&request).unwrap().certificate().serial());
    }
}

#[test]
fn a_node_that_is_killed_at_any_moment_holds_up_nobody_and_loses_nothing() {
    let Some(server) = shared() else { return };
    let settings = PostgresSettings::from_url(&server.url("schema=killed")).unwrap();
    let store = PostgresStore::create(&settings).unwrap();
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let pem = key.to_pkcs8_pem().unwrap();
    let issuer = issuer_of(key);
    let key = format!("{}====={}", pem.as_str(), issuer.chain().to_pem());
    let survivor = node(&issuer, store);
    let request = request();
    let mut issued = Vec::new();
    for round in 0..10_u64 {
        let module = module_path!().split_once("::").unwrap().1;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                &format!("{module}::a_process_that_issues_on_postgresql"),
                "--nocapture",
            ])
            .env("CERTWRIGHT_POSTGRES", server.url("schema=killed"))
            .env("CERTWRIGHT_POSTGRES_KEY", &key)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("issued ")?.parse::<SerialNumber>().ok());
        issued.extend(lines.next());
        sleep(Duration::from_micros(3_700 * round));
        child.kill().unwrap();
        issued.extend(lines);
        child.wait().unwrap();
        let begun = Instant::now();
        issued.push(*survivor.issue(&request).unwrap().certificate().serial());
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
    check(PostgresStore::open(&settings).unwrap(), &issuer, &issued);
}
