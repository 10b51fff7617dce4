//! Two processes on one file of a store: the second is refused, by whatever name it comes, until the
//! first has dropped the store or is dead.
#![cfg(all(feature = "ecc", feature = "redb"))]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use certwright::error::StoreErrorKind;
use certwright::ledger::Ledger;
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::*;

/// Certificates that each of two processes issues.
const ISSUES: usize = 40;

/// Run as another process by the tests below: issues on a store, or says why it does not.
#[test]
fn a_process_that_issues() {
    let Some(path) = std::env::var_os("CERTWRIGHT_PROCESS") else { return };
    // The test harness has written a part of a line.
    println!();
    match RedbStore::open(path) {
        Err(error) => println!("refused {:?}: {error}", error.kind()),
        Ok(store) => {
            println!("opened");
            let authority = authority(store);
            let request = request();
            for _ in 0..ISSUES {
                println!("issued {}", authority.issue(&request).unwrap().certificate().serial());
            }
            println!("done");
            // Until it is killed, or nobody waits any longer.
            let _ = std::io::stdin().read_line(&mut String::new());
        }
    }
}

/// Another process that issues on this store.
struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Process {
    fn on(path: &Path) -> Self {
        // The name of a test is that of its module without the crate's.
        let module = module_path!().split_once("::").unwrap().1;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("{module}::a_process_that_issues"), "--nocapture"])
            .env("CERTWRIGHT_PROCESS", path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// Its next line that begins so, and what was issued before it.
    fn until(&mut self, words: &[&str]) -> (String, Vec<String>) {
        let mut issued = Vec::new();
        loop {
            let mut line = String::new();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "it ended before {words:?}");
            let line = line.trim_end();
            if words.iter().any(|word| line.starts_with(word)) {
                return (line.to_owned(), issued);
            }
            issued.extend(line.strip_prefix("issued ").map(str::to_owned));
        }
    }

    /// Lets it end by itself.
    fn end(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn of_two_processes_that_issue_at_once_one_does_and_everything_answered_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.redb");
    drop(RedbStore::create(&path).unwrap());
    let mut answered = BTreeSet::new();
    for round in 1..=3 {
        let mut both = [Process::on(&path), Process::on(&path)];
        let told = both.each_mut().map(|process| process.until(&["opened", "refused"]).0);
        let opened = told.iter().filter(|told| *told == "opened").count();
        assert_eq!(opened, 1, "{told:?}");
        let refused = format!("refused Locked: store: {} is open in another", path.display());
        assert!(told.iter().any(|told| told.starts_with(&refused)), "{told:?}");
        for (mut process, told) in both.into_iter().zip(&told) {
            if told == "opened" {
                answered.extend(process.until(&["done"]).1);
            }
            process.end();
        }
        assert_eq!(answered.len(), round * ISSUES);
        let ledger = Ledger::new(RedbStore::open(&path).unwrap());
        let kept = ledger.certificates(None, 1_000).unwrap();
        let kept: BTreeSet<String> = kept.iter().map(|kept| kept.serial.to_string()).collect();
        assert_eq!(kept, answered);
        ledger.verify_audit().unwrap();
    }
}

#[test]
fn a_file_is_locked_by_whatever_name_and_its_copy_is_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.redb");
    let store = RedbStore::create(&path).unwrap();
    let hard = folder.path().join("hard.redb");
    fs::hard_link(&path, &hard).unwrap();
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut names = vec![path.clone(), hard];
    #[cfg(unix)]
    {
        // The file goes on under another name, and its lock with it.
        let (moved, soft) = (folder.path().join("moved.redb"), folder.path().join("soft.redb"));
        fs::rename(&path, &moved).unwrap();
        std::os::unix::fs::symlink(&moved, &soft).unwrap();
        names = vec![moved, names.remove(1), soft];
    }
    for name in &names {
        let mut process = Process::on(name);
        let told = process.until(&["opened", "refused"]).0;
        assert!(told.starts_with("refused Locked"), "{}: {told}", name.display());
        process.end();
        // In this process it is the same.
        assert_eq!(RedbStore::open(name).unwrap_err().kind(), StoreErrorKind::Locked);
        assert_eq!(RedbStore::open_or_create(name).unwrap_err().kind(), StoreErrorKind::Locked);
    }
    let copy = folder.path().join("copy.redb");
    store.backup(&copy).unwrap();
    drop(RedbStore::open(&copy).unwrap());
    drop(store);
    drop(RedbStore::open(&names[1]).unwrap());
}

#[test]
fn a_dead_process_holds_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.redb");
    drop(RedbStore::create(&path).unwrap());
    let mut process = Process::on(&path);
    let (_, issued) = process.until(&["done"]);
    assert_eq!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Locked);
    process.child.kill().unwrap();
    process.child.wait().unwrap();
    let ledger = Ledger::new(RedbStore::open(&path).unwrap());
    assert_eq!(ledger.certificates(None, 1_000).unwrap().len(), issued.len());
}

fn authority(store: RedbStore) -> Authority {
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let issuer = Issuer::self_signed("CN=CA".parse().unwrap(), Profile::root(), key).unwrap();
    let policy = Policy::new(Profile::tls_client()).with_root_leaves(RootLeaves::Allow);
    Authority::new(issuer, policy.allow_subject_attribute(AttributeType::COMMON_NAME), store)
}

fn request() -> CertificateRequest {
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    CertificateRequest::builder("CN=client".parse().unwrap()).sign(&key).unwrap()
}
