//! What is no store, or a damaged one, is refused by name and left as it is to the byte; none is
//! made but by the word for it.
#![cfg(all(feature = "ecc", feature = "redb"))]

use std::fs;
use std::path::{Path, PathBuf};

use crate::common;
use certwright::crl::{CrlRequest, RevocationReason};
use certwright::error::{StoreError, StoreErrorKind};
use certwright::ledger::Ledger;
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::time::Lifetime;
use certwright::*;

/// The beginning of redb's files, and the flag of one that was not closed.
const MAGIC: &[u8] = b"redb\x1a\x0a\xa9\x0d\x0a";
const NOT_CLOSED: u8 = 2;

/// A store of a life, as it is when closed and as a kill leaves it.
struct Stores {
    folder: tempfile::TempDir,
    closed: Vec<u8>,
    killed: Vec<u8>,
    entries: u64,
}

impl Stores {
    fn new() -> Self {
        let folder = common::folder();
        let path = folder.path().join("ca.redb");
        let authority = authority(RedbStore::create(&path).unwrap());
        let request = request();
        let serials: Vec<SerialNumber> = authority
            .issue_many(&vec![request; 40])
            .into_iter()
            .map(|issued| *issued.unwrap().certificate().serial())
            .collect();
        for serial in &serials[..5] {
            authority.revoke(serial, RevocationReason::Superseded).unwrap();
        }
        authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        let entries = authority.ledger().verify_audit().unwrap();
        let killed = fs::read(&path).unwrap();
        drop(authority);
        let closed = fs::read(&path).unwrap();
        assert!(killed[9] & NOT_CLOSED != 0 && closed[9] & NOT_CLOSED == 0);
        Self { folder, closed, killed, entries }
    }

    /// Writes a file for its owner only.
    fn put(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        let _ = fs::remove_file(&path);
        fs::write(&path, content).unwrap();
        private(&path, 0o600);
        path
    }

    /// Opens a file in every way. Each refuses it, with this kind and these words, and leaves it.
    #[track_caller]
    fn refused(&self, content: &[u8], kind: StoreErrorKind, words: &str) {
        let path = self.put("refused", content);
        for (how, opened) in every_way(&path) {
            let error = opened.map(drop).unwrap_err();
            assert_eq!(error.kind(), kind, "{how}: {error}");
            let told = error.to_string();
            assert!(told.contains(words), "{how}: {told}");
            assert!(told.contains("refused"), "{how} does not name the file: {told}");
            assert!(fs::read(&path).unwrap() == content, "{how} changed the file");
        }
        let names = fs::read_dir(self.folder.path()).unwrap().count();
        assert_eq!(names, 2, "something was made beside it");
    }

    /// Opens a file that was cut or padded. It is the whole store, or it is refused and left.
    fn refused_or_whole(&self, content: &[u8], how: &str, reading: bool) -> bool {
        let path = self.put("perhaps", content);
        let opened =
            if reading { RedbStore::open_read_only(&path) } else { RedbStore::open(&path) };
        match opened {
            Ok(store) => {
                let ledger = Ledger::new(store);
                let found = ledger.verify_audit().unwrap_or_else(|e| panic!("{how}: {e}"));
                assert_eq!(found, self.entries, "{how}: it opens, and entries are lost");
                let found = ledger.certificates(None, 1_000).unwrap().len();
                assert_eq!(found, 40, "{how}: it opens, and certificates are lost");
                true
            }
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{how}: {error}");
                assert!(fs::read(&path).unwrap() == content, "{how}: it was changed");
                false
            }
        }
    }
}

fn every_way(path: &Path) -> [(&'static str, Result<RedbStore, StoreError>); 3] {
    [
        ("open", RedbStore::open(path)),
        ("open_or_create", RedbStore::open_or_create(path)),
        ("open_read_only", RedbStore::open_read_only(path)),
    ]
}

#[test]
fn a_missing_store_is_not_found_and_not_made() {
    let folder = common::folder();
    let path = folder.path().join("ca.redb");
    for opened in [RedbStore::open(&path), RedbStore::open_read_only(&path)] {
        let error = opened.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::NotFound, "{error}");
        assert!(error.to_string().contains("certwright --store FILE init"), "{error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    drop(RedbStore::open_or_create(&path).unwrap());
    drop(RedbStore::open(&path).unwrap());
}

#[test]
fn what_is_there_is_never_made_into_a_store() {
    let folder = common::folder();
    let path = folder.path().join("ca.redb");
    for content in [&b""[..], b"a diary"] {
        fs::write(&path, content).unwrap();
        let error = RedbStore::create(&path).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Conflict, "{error}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    fs::remove_file(&path).unwrap();
    drop(RedbStore::create(&path).unwrap());
    assert_eq!(RedbStore::create(&path).unwrap_err().kind(), StoreErrorKind::Conflict);
}

#[test]
fn what_is_no_store_is_corrupt_and_left_as_it_is() {
    let stores = Stores::new();
    let corrupt = |content: &[u8], words| stores.refused(content, StoreErrorKind::Corrupt, words);
    corrupt(b"", "it is empty");
    corrupt(b"r", "does not begin");
    corrupt(b"not a store, but somebody's text", "does not begin");
    corrupt(&[0; 4096], "does not begin");
    corrupt(&vec![0; stores.closed.len()], "does not begin");
    corrupt(MAGIC, "ends after 9 bytes");
    corrupt(&[MAGIC, &[0; 10_000]].concat(), "the sizes");
    // Counts of regions that no length has.
    let mut content = stores.closed.clone();
    content[24..32].fill(0xff);
    corrupt(&content, "was cut or padded");
    // The beginning of a store lost, as a broken disk loses it.
    for lost in [1, 9, 64, 320, 512, 4096] {
        let mut content = stores.closed.clone();
        content[..lost].fill(0);
        corrupt(&content, "does not begin");
    }
}

#[test]
fn a_file_of_redbs_that_is_not_ours_is_left_as_it_is() {
    let stores = Stores::new();
    // Our table by another name: its name is in the file twice at most, and no checksum is asked
    // for when a closed file is opened.
    let mut content = stores.closed.clone();
    let ours = b"certwright";
    let places: Vec<usize> = content
        .windows(ours.len())
        .enumerate()
        .filter_map(|(at, window)| (window == ours).then_some(at))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        content[at] = b'x';
    }
    stores.refused(&content, StoreErrorKind::Corrupt, "not a store, or a damaged one");
}

#[test]
fn a_folder_or_a_pipe_is_no_store() {
    let folder = common::folder();
    for (how, opened) in every_way(folder.path()) {
        assert_eq!(opened.unwrap_err().kind(), StoreErrorKind::Corrupt, "{how}");
    }
    #[cfg(unix)]
    {
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for (how, opened) in every_way(&pipe) {
            assert_eq!(opened.unwrap_err().kind(), StoreErrorKind::Corrupt, "{how}");
        }
    }
}

#[test]
fn every_bit_of_the_header_of_a_closed_store_is_refused_or_changes_nothing() {
    let stores = Stores::new();
    let (mut refused, mut whole) = (0, 0);
    // One bit names the commit that counts, of the last two: both are whole, and a kill leaves either.
    let step = common::step(5);
    for bit in (0..320 * 8).step_by(step).filter(|bit| *bit != 9 * 8) {
        let mut content = stores.closed.clone();
        content[bit / 8] ^= 1 << (bit % 8);
        // Most are read only, which is quicker.
        match stores.refused_or_whole(&content, &format!("bit {bit}"), bit % 13 != 0) {
            true => whole += 1,
            false => refused += 1,
        }
    }
    println!("{refused} refused, {whole} without effect");
    assert!(refused > 320 * 8 / 3 / step, "{refused} refused, {whole} without effect");
}

#[test]
fn a_store_that_was_cut_or_padded_is_refused_or_whole() {
    let stores = Stores::new();
    for (state, whole) in [("closed", &stores.closed), ("killed", &stores.killed)] {
        let length = whole.len();
        let pages = length / 4096;
        let mut lengths: Vec<usize> = (0..24).collect();
        lengths.extend([63, 64, 191, 192, 319, 320, 321, 511, 512, 4095, 4096, 4097, 8191, 8192]);
        // Cut at, before and after pages, through the file; and the last pages one by one.
        lengths.extend((1..24).map(|part| pages * part / 24 * 4096));
        lengths.extend((1..12).map(|page| length - page * 4096));
        lengths.extend([1, 2, 8, 9, 511, 512, 4095].map(|cut| length - cut));
        // Padded.
        lengths.extend([1, 2, 511, 512, 4095, 4096, 4097, 8192, 1 << 20].map(|pad| length + pad));
        assert!(lengths.len() > 46);
        let mut opened = Vec::new();
        for changed in lengths {
            let mut content = whole.clone();
            content.resize(changed, 0);
            let how = format!("{state}, {length} bytes, made {changed}");
            if stores.refused_or_whole(&content, &how, false) {
                opened.push(changed as i64 - length as i64);
            }
        }
        println!("{state}: of {length} bytes, opened with these more or fewer: {opened:?}");
        if state == "closed" {
            assert_eq!(opened, [0; 0], "a closed store has its length");
        }
        assert!(stores.refused_or_whole(whole, state, false), "{state}: it is whole");
    }
}

#[cfg(unix)]
#[test]
fn a_store_that_others_may_read_or_write_is_refused_with_the_command_that_helps() {
    let stores = Stores::new();
    let path = stores.put("ca.redb", &stores.closed);
    for mode in [0o644, 0o640, 0o604, 0o660, 0o602, 0o620, 0o666] {
        private(&path, mode);
        for (how, opened) in every_way(&path) {
            let error = opened.map(drop).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Exposed, "{mode:o} {how}: {error}");
            let told = error.to_string();
            let command = format!("chmod 600 {}", path.display());
            assert!(told.contains(&command) && told.contains(&format!("{mode:04o}")), "{told}");
        }
        assert!(fs::read(&path).unwrap() == stores.closed);
    }
    private(&path, 0o400);
    drop(RedbStore::open_read_only(&path).unwrap());
    private(&path, 0o600);
    drop(RedbStore::open(&path).unwrap());
}

#[test]
fn what_is_read_is_not_written_to_and_others_may_read_it_too() {
    let stores = Stores::new();
    for content in [&stores.closed, &stores.killed] {
        let path = stores.put("ca.redb", content);
        let one = RedbStore::open_read_only(&path).unwrap();
        let other = RedbStore::open_read_only(&path).unwrap();
        assert_eq!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Locked);
        let error = one.write(&mut |transaction| transaction.put(b"key", b"value")).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Backend, "{error}");
        assert!(error.to_string().contains("for reading only"), "{error}");
        for store in [one, other] {
            assert_eq!(Ledger::new(store).verify_audit().unwrap(), stores.entries);
        }
        assert!(fs::read(&path).unwrap() == *content, "it was changed");
        let writer = RedbStore::open(&path).unwrap();
        let error = RedbStore::open_read_only(&path).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Locked, "{error}");
        drop(writer);
    }
}

fn private(path: &Path, mode: u32) {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    let _ = (path, mode);
}

fn authority(store: RedbStore) -> Authority {
    let issuer = Issuer::self_signed(
        "CN=CA".parse().unwrap(),
        Profile::root(),
        common::key(KeyAlgorithm::EcdsaP256),
    );
    let policy = Policy::new(Profile::tls_client()).with_root_leaves(RootLeaves::Allow);
    Authority::new(
        issuer.unwrap(),
        policy.allow_subject_attribute(AttributeType::COMMON_NAME),
        store,
    )
}

fn request() -> CertificateRequest {
    let key = common::key(KeyAlgorithm::EcdsaP256);
    CertificateRequest::builder("CN=client".parse().unwrap()).sign(&key).unwrap()
}
