//! Every store keeps the contract; the durable one also across processes and files.

use certwright::MemoryStore;
use certwright::testing::check_store;

#[test]
fn the_store_in_memory_keeps_the_contract() {
    check_store(&MemoryStore::default()).unwrap();
}

#[cfg(feature = "redb")]
mod redb {
    use super::*;
    use certwright::error::StoreErrorKind;
    use certwright::{RedbStore, Store};

    #[test]
    fn the_store_in_a_file_keeps_the_contract() {
        let folder = tempfile::tempdir().unwrap();
        check_store(&RedbStore::create(folder.path().join("store")).unwrap()).unwrap();
    }

    #[test]
    fn what_was_written_is_there_when_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        RedbStore::create(&path).unwrap().write(&mut |t| t.put(b"key", b"value")).unwrap();
        let mut found = None;
        RedbStore::open(&path)
            .unwrap()
            .read(&mut |t| {
                found = t.get(b"key")?;
                Ok(())
            })
            .unwrap();
        assert_eq!(found.as_deref(), Some(b"value".as_slice()));
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        RedbStore::create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_open_elsewhere_is_refused_in_plain_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let open = RedbStore::create(&path).unwrap();
        let error = RedbStore::open(&path).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Locked);
        assert!(error.to_string().contains("is open in another process"), "{error}");
        drop(open);
        RedbStore::open(&path).unwrap();
    }

    #[test]
    fn a_file_that_is_no_store_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        std::fs::write(&path, "not a store, but somebody's text").unwrap();
        let error = RedbStore::open(&path).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"not a store, but somebody's text");
        let error = RedbStore::open(folder.path().join("no folder/store")).unwrap_err();
        assert!(error.to_string().contains("no folder"), "{error}");
    }
}
