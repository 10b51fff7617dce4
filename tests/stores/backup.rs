//! Copies of a store that is at work: whole, of one moment, and never half of one.
#![cfg(all(feature = "ecc", feature = "redb"))]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::common;
use certwright::error::{StoreError, StoreErrorKind};
use certwright::ledger::RecordState;
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::store::{Medium, WriteTransaction};
use certwright::*;

#[test]
fn a_copy_made_while_others_issue_is_whole_and_has_all_that_was_answered() {
    let folder = common::folder();
    let store = Arc::new(RedbStore::create(folder.path().join("ca.redb")).unwrap());
    // So that the copies take a while.
    fill(store.as_ref(), 40_000);
    let authority = authority(Arc::clone(&store));
    let (answered, done) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let meanwhile = thread::scope(|scope| {
        let issue = || {
            let request = request();
            while !done.load(Ordering::SeqCst) {
                let chain = authority.issue(&request).unwrap().into_chain();
                answered.lock().unwrap().push(*chain.leaf().serial());
            }
        };
        let threads = [scope.spawn(issue), scope.spawn(issue)];
        let meanwhile: Vec<usize> = (0..3)
            .map(|round| {
                while answered.lock().unwrap().len() < round * 20 + 10 {
                    thread::yield_now();
                }
                let before = answered.lock().unwrap().clone();
                let path = folder.path().join(format!("copy {round}"));
                store.backup(&path).unwrap();
                let meanwhile = answered.lock().unwrap().len() - before.len();
                check(&path, &before);
                meanwhile
            })
            .collect();
        done.store(true, Ordering::SeqCst);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        meanwhile
    });
    assert!(meanwhile.iter().sum::<usize>() > 0, "nobody could issue during a copy");
    authority.ledger().verify_audit().unwrap();
}

/// Opens a copy, holds it against what was answered before it, and issues on it.
fn check(path: &Path, answered: &[SerialNumber]) {
    let authority = authority(RedbStore::open(path).unwrap());
    let entries = authority.ledger().verify_audit().unwrap();
    assert!(entries >= 2 * answered.len() as u64, "a claim and a certificate each");
    let records = authority.ledger().certificates(None, usize::MAX).unwrap();
    let issued: Vec<_> = records
        .iter()
        .filter(|record| matches!(record.state, RecordState::Issued { .. }))
        .map(|record| record.serial)
        .collect();
    let lost: Vec<_> = answered.iter().filter(|serial| !issued.contains(serial)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    authority.issue(&request()).unwrap();
}

#[test]
fn a_copy_of_several_transactions_has_every_record() {
    let folder = common::folder();
    let store = RedbStore::create(folder.path().join("store")).unwrap();
    fill(&store, 70_000);
    store.write(&mut |transaction| transaction.put(b"", &vec![7; 40_000_000])).unwrap();
    let path = folder.path().join("copy");
    store.backup(&path).unwrap();
    assert!(records(&store) == records(&RedbStore::open(&path).unwrap()));
    // An empty one, too.
    let store = RedbStore::create(folder.path().join("empty")).unwrap();
    store.backup(folder.path().join("copy of empty")).unwrap();
    assert!(records(&RedbStore::open(folder.path().join("copy of empty")).unwrap()).is_empty());
}

#[test]
fn a_copy_gives_back_the_room_of_what_was_removed() {
    let folder = common::folder();
    let path = folder.path().join("store");
    let store = RedbStore::create(&path).unwrap();
    fill(&store, 20_000);
    let kept = records(&store).into_keys().step_by(10).collect::<Vec<_>>();
    store
        .write(&mut |transaction| {
            let all = records(&store).into_keys();
            let removed = all.filter(|key| kept.binary_search(key).is_err());
            removed.into_iter().try_for_each(|key| transaction.delete(&key))
        })
        .unwrap();
    let copy = folder.path().join("copy");
    store.backup(&copy).unwrap();
    drop(store);
    let [before, after] = [path, copy].map(|path| fs::metadata(path).unwrap().len());
    assert!(after < before / 4, "{after} of {before}");
}

#[cfg(unix)]
#[test]
fn a_copy_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = common::folder();
    let store = RedbStore::create(folder.path().join("store")).unwrap();
    store.backup(folder.path().join("copy")).unwrap();
    let mode = fs::metadata(folder.path().join("copy")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_is_at_the_path_is_refused_by_name_and_left_alone() {
    let folder = common::folder();
    let store = RedbStore::create(folder.path().join("store")).unwrap();
    let refused = |name: &str| {
        let path = folder.path().join(name);
        let error = store.backup(&path).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Conflict, "{error}");
        let told = format!("{} already exists", path.display());
        assert!(error.to_string().contains(&told), "{error}");
    };
    fs::write(folder.path().join("text"), "somebody's text").unwrap();
    refused("text");
    assert_eq!(fs::read(folder.path().join("text")).unwrap(), b"somebody's text");
    refused("store");
    fs::create_dir(folder.path().join("folder")).unwrap();
    refused("folder");
    let mut names = vec!["folder", "store", "text"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
        refused("link");
        assert_eq!(fs::read_link(folder.path().join("link")).unwrap(), Path::new("nowhere"));
        names.insert(1, "link");
    }
    assert_eq!(names_in(folder.path()), names);
    let error = store.backup(folder.path().join("no folder/copy")).unwrap_err();
    assert!(error.to_string().contains("no folder/copy cannot be written"), "{error}");
}

#[test]
fn copies_to_one_path_at_once_are_one_copy() {
    let folder = common::folder();
    let store = RedbStore::create(folder.path().join("store")).unwrap();
    fill(&store, 1_000);
    let path = folder.path().join("copy");
    let answers: Vec<_> = thread::scope(|scope| {
        let threads = [(); 3].map(|()| scope.spawn(|| store.backup(&path)));
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    let kinds: Vec<_> = refused.map(StoreError::kind).collect();
    assert_eq!(kinds, [StoreErrorKind::Conflict; 2]);
    assert!(records(&store) == records(&RedbStore::open(&path).unwrap()));
    assert_eq!(names_in(folder.path()), ["copy", "store"]);
}

#[test]
fn a_store_that_cannot_be_read_leaves_no_copy() {
    let folder = common::folder();
    let disk = Disk::default();
    // More than a store keeps in memory.
    let write = |transaction: &mut dyn WriteTransaction| {
        (0..90).try_for_each(|number| transaction.put(&[number], &vec![number; 1_000_000]))
    };
    RedbStore::open_or_create_on(disk.clone()).unwrap().write(&mut { write }).unwrap();
    for reads in [0, 1, 5, 10] {
        let store = RedbStore::open_or_create_on(disk.clone()).unwrap();
        disk.reads.store(reads, Ordering::SeqCst);
        let error = store.backup(folder.path().join("copy")).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Backend, "{error}");
        assert_eq!(names_in(folder.path()), [""; 0], "after {reads} reads");
        drop(store);
        disk.reads.store(usize::MAX, Ordering::SeqCst);
    }
    let store = RedbStore::open_or_create_on(disk.clone()).unwrap();
    store.backup(folder.path().join("copy")).unwrap();
    assert!(records(&store) == records(&RedbStore::open(folder.path().join("copy")).unwrap()));
}

/// Run as another process by the test below, which may write no long file.
#[test]
fn a_process_with_little_room() {
    let Some(path) = std::env::var_os("CERTWRIGHT_LITTLE_ROOM") else { return };
    let store = RedbStore::open_or_create_on(Disk::default()).unwrap();
    fill(&store, 20_000);
    let error = store.backup(path).unwrap_err();
    println!("{:?}: {error}", error.kind());
    // The store itself is none the worse.
    store.write(&mut |transaction| transaction.put(b"after", b"value")).unwrap();
    println!("and goes on");
}

#[cfg(unix)]
#[test]
fn a_disk_without_room_for_the_copy_is_told_and_left_as_it_was() {
    let folder = common::folder();
    let path = folder.path().join("copy");
    // In blocks of 512 bytes (some shells: 1,024); the first fails while the copy is made.
    for blocks in ["100", "4000", "12000"] {
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let output = std::process::Command::new("sh")
            .args(["-c", &limited])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "backup::a_process_with_little_room", "--nocapture"])
            .env("CERTWRIGHT_LITTLE_ROOM", &path)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
        assert!(told.contains(&format!("Backend: store: {} cannot be", path.display())), "{told}");
        assert!(told.contains("and goes on"), "{told}");
        assert_eq!(names_in(folder.path()), [""; 0], "{blocks}");
    }
}

/// A disk in memory that answers so many reads.
#[derive(Clone, Debug)]
struct Disk {
    bytes: Arc<Mutex<Vec<u8>>>,
    reads: Arc<AtomicUsize>,
}

impl Default for Disk {
    fn default() -> Self {
        Self { bytes: Arc::default(), reads: Arc::new(AtomicUsize::new(usize::MAX)) }
    }
}

impl Medium for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let left =
            self.reads.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        left.map_err(|_| io::Error::from_raw_os_error(5))?;
        let all = self.bytes.lock().unwrap();
        let part = all.get(offset as usize..offset as usize + bytes.len());
        bytes.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.bytes.lock().unwrap().resize(length as usize, 0);
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut all = self.bytes.lock().unwrap();
        all[offset as usize..offset as usize + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Records that are no authority's, 500 bytes each.
fn fill(store: &RedbStore, count: u32) {
    let write = |transaction: &mut dyn WriteTransaction| {
        for number in 0..count {
            // In no order, as serial numbers are.
            let key = number.wrapping_mul(0x9e37_79b9).to_be_bytes();
            transaction.put(&[b"other/", &key[..]].concat(), &[number as u8; 500])?;
        }
        Ok(())
    };
    store.write(&mut { write }).unwrap();
}

fn records(store: &RedbStore) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut records = BTreeMap::new();
    store
        .read(&mut |transaction| {
            transaction.scan(b"", b"", &mut |key, value| {
                records.insert(key.to_vec(), value.to_vec());
                ControlFlow::Continue(())
            })
        })
        .unwrap();
    records
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn authority(store: impl Store + 'static) -> Authority {
    static ISSUER: std::sync::LazyLock<Issuer> = std::sync::LazyLock::new(|| {
        let key = common::key(KeyAlgorithm::EcdsaP256);
        Issuer::self_signed("CN=CA".parse().unwrap(), Profile::root(), key).unwrap()
    });
    let policy = Policy::new(Profile::tls_client()).with_root_leaves(RootLeaves::Allow);
    Authority::new(
        ISSUER.clone(),
        policy.allow_subject_attribute(AttributeType::COMMON_NAME),
        store,
    )
}

fn request() -> CertificateRequest {
    let key = common::key(KeyAlgorithm::EcdsaP256);
    CertificateRequest::builder("CN=client".parse().unwrap()).sign(&key).unwrap()
}
