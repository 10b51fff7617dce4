//! A store of 1,000,000 certificates: how long it takes to open, also after a kill, and to copy. Needs
//! 5 GB of disk and some minutes, so it runs on demand:
//! `cargo test --release --test stores store_scale -- --ignored --nocapture --test-threads 1`
#![cfg(all(unix, feature = "ecc", feature = "redb"))]

use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common;
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::testing::SeededRng;
use certwright::*;
use rand_core::Rng as _;

const RECORDS: usize = 1_000_000;

/// Records in one transaction.
const BATCH: usize = 10_000;

/// Bytes of a P-256 certificate's record.
const BYTES: usize = 700;

#[test]
#[ignore = "2 GB of records"]
fn a_million_certificates_are_open_within_a_second_of_a_kill() {
    let folder = common::folder();
    let path = folder.path().join("ca.redb");
    println!("written: {:?}", time(|| fill(&RedbStore::create(&path).unwrap())));
    println!("file: {} bytes a record", room(&path) / RECORDS as u64);
    let clean = time(|| drop(RedbStore::open(&path).unwrap()));
    println!("opened and closed after a close: {clean:?}");

    kill_a_writer(&path);
    let start = Instant::now();
    let store = RedbStore::open(&path).unwrap();
    let opened = start.elapsed();
    println!("opened after a kill: {opened:?}");
    assert!(opened < Duration::from_secs(1), "{opened:?}");
    assert_eq!(count(&store), RECORDS + 1, "the killed process had written one");

    let copy = folder.path().join("copy.redb");
    let before = peak();
    println!("copied: {:?}", time(|| store.copy_to(&copy, &mut |_| Ok(())).unwrap()));
    println!("copy: {} bytes a record", room(&copy) / RECORDS as u64);
    let grown = peak() - before;
    println!("memory: {} MiB, of which the copy {} MiB", peak() >> 20, grown >> 20);
    assert!(grown < 256 << 20, "{grown} bytes");
    assert_eq!(count(&RedbStore::open(&copy).unwrap()), RECORDS + 1);
}

#[test]
#[ignore = "100,000 certificates"]
fn a_certificate_takes_at_most_two_and_a_half_kibibytes_of_the_file() {
    let folder = common::folder();
    let path = folder.path().join("ca.redb");
    let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let ca = Issuer::self_signed("CN=CA".parse().unwrap(), Profile::root(), key()).unwrap();
    let policy = Policy::new(Profile::tls_client()).with_root_leaves(RootLeaves::Allow);
    let policy = policy.allow_subject_attribute(AttributeType::COMMON_NAME);
    let authority = Authority::new(ca, policy, RedbStore::create(&path).unwrap());
    let request = CertificateRequest::builder("CN=client".parse().unwrap()).sign(&key()).unwrap();
    let batch = vec![request; 1_000];
    for _ in 0..100 {
        authority.issue_many(&batch).into_iter().for_each(|answer| drop(answer.unwrap()));
    }
    let bytes = room(&path) / 100_000;
    drop(authority);
    println!("{bytes} bytes a certificate; the length says {}", length(&path) / 100_000);
    assert!(bytes <= 2_560);
}

fn fill(store: &RedbStore) {
    let mut rng = SeededRng::new(1);
    let mut key = *b"certificate/issuer-issuer-issuer-issuer-iss-serial-serial-serial";
    let mut value = [0; BYTES];
    for _ in 0..RECORDS / BATCH {
        store
            .write(&mut |transaction| {
                for _ in 0..BATCH {
                    rng.fill_bytes(&mut key[44..]);
                    rng.fill_bytes(&mut value);
                    transaction.put(&key, &value)?;
                }
                Ok(())
            })
            .unwrap();
    }
}

/// Run as another process, which writes one record and waits to be killed.
#[test]
#[ignore = "part of another test"]
fn a_writer_to_be_killed() {
    let Some(path) = std::env::var_os("CERTWRIGHT_KILLED_WRITER") else { return };
    let store = RedbStore::open(path).unwrap();
    store.write(&mut |transaction| transaction.put(b"certificate/last", b"value")).unwrap();
    println!("\nwritten");
    std::thread::sleep(Duration::from_secs(600));
}

fn kill_a_writer(path: &Path) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store_scale::a_writer_to_be_killed", "--ignored", "--nocapture"])
        .env("CERTWRIGHT_KILLED_WRITER", path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let written = lines.map(Result::unwrap).any(|line| line == "written");
    // SIGKILL: nothing is flushed, nothing is closed.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(written, "the writer ended by itself");
}

fn count(store: &RedbStore) -> usize {
    let mut count = 0;
    store
        .read(&mut |transaction| {
            transaction.scan(b"certificate/", b"", &mut |_, _| {
                count += 1;
                ControlFlow::Continue(())
            })
        })
        .unwrap();
    count
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

/// What a file takes of the disk.
fn room(path: &Path) -> u64 {
    // POSIX leaves the unit open; it is this on every system that we know.
    512 * std::fs::metadata(path).unwrap().blocks()
}

/// The most memory that this process has held, in bytes; 0 where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or(0, |line| line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10)
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
