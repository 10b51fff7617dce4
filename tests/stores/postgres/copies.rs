//! Copies from one kind of store to the other: the same, or nothing.
#![cfg(feature = "redb")]

use certwright::error::{StoreError, StoreErrorKind};
use certwright::ledger::Ledger;
use certwright::store::{PostgresStore, ReadWork, WriteWork};
use certwright::time::Time;
use certwright::{Error, MemoryStore, RedbStore, Store};
use certwright_tests::postgres::{settings, store};

type Records = Vec<(Vec<u8>, Vec<u8>)>;

fn records(store: &dyn Store) -> Records {
    let mut found = Records::new();
    let read: &mut ReadWork<'_> = &mut |t| {
        found.clear();
        t.scan(b"", b"", &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            std::ops::ControlFlow::Continue(())
        })
    };
    store.read(read).unwrap();
    found
}

/// A ledger with rows, some of them large.
fn filled(ledger: &Ledger) {
    let writer = ledger.writer("alice", Time::from_unix(1_800_000_000).unwrap());
    let rows = ledger.rows("settings").unwrap();
    for number in 0..400_u32 {
        let value = vec![number as u8; if number % 50 == 0 { 400_000 } else { 40 }];
        writer.write_rows([rows.insert(number.to_be_bytes(), value).unwrap()], "a row").unwrap();
    }
}

#[track_caller]
fn refused(copied: Result<certwright::ledger::Verification, Error>, kind: StoreErrorKind) {
    match copied.unwrap_err() {
        Error::Store(error) => assert_eq!(error.kind(), kind, "{error}"),
        other => panic!("{other}"),
    }
}

#[test]
fn a_store_goes_from_a_file_to_postgresql_and_back() {
    let Some(settings) = settings("copied") else { return };
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(RedbStore::create(folder.path().join("a.redb")).unwrap());
    filled(&ledger);
    let database = std::sync::Arc::new(PostgresStore::create(&settings).unwrap());
    let copied = ledger.copy_to(&database).unwrap();
    assert_eq!(copied.head, ledger.audit_head().unwrap());
    let there = Ledger::new(std::sync::Arc::clone(&database));
    assert_eq!(there.verify().unwrap(), copied);
    // It goes on where the file ended.
    let writer = there.writer("bob", Time::from_unix(1_800_000_001).unwrap());
    let rows = there.rows("settings").unwrap();
    writer.write_rows([rows.insert("more", "x").unwrap()], "a row").unwrap();

    let back = RedbStore::create(folder.path().join("b.redb")).unwrap();
    let copied = there.copy_to(&back).unwrap();
    assert_eq!(copied.head.number, 401);
    assert!(records(&back) == records(&database));
    // Nothing goes where something is.
    refused(there.copy_to(&back), StoreErrorKind::Conflict);
    refused(ledger.copy_to(&database), StoreErrorKind::Conflict);
    assert!(records(&back) == records(&database));
    // And a backup is for files.
    let error = there.backup(folder.path().join("c.redb")).unwrap_err().to_string();
    assert!(error.contains("certwright store copy"), "{error}");
    assert!(!folder.path().join("c.redb").exists());
}

#[test]
fn a_damaged_store_leaves_no_copy() {
    let Some(target) = store("copy_of_damage") else { return };
    let memory = std::sync::Arc::new(MemoryStore::default());
    let ledger = Ledger::new(std::sync::Arc::clone(&memory));
    filled(&ledger);
    memory.write(&mut |t| t.put(b"row/settings/\0\0\0\x07", b"\x01other")).unwrap();
    refused(ledger.copy_to(&target), StoreErrorKind::Corrupt);
    assert_eq!(records(&target), Records::new());
}

/// A store that alters what is written to it.
struct Lying(PostgresStore);

impl Store for Lying {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.0.read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        self.0.write(&mut |t| {
            t.put(b"row/settings/later", b"\x01x")?;
            t.delete(b"row/settings/later")?;
            struct Altering<'t>(&'t mut dyn certwright::store::WriteTransaction);
            impl certwright::store::ReadTransaction for Altering<'_> {
                fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
                    self.0.get(key)
                }
                fn scan(
                    &self,
                    prefix: &[u8],
                    from: &[u8],
                    visit: &mut certwright::store::Visit<'_>,
                ) -> Result<(), StoreError> {
                    self.0.scan(prefix, from, visit)
                }
            }
            impl certwright::store::WriteTransaction for Altering<'_> {
                fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
                    let altered = [value, &[0]].concat();
                    let is_one = key.ends_with(&9_u32.to_be_bytes());
                    self.0.put(key, if is_one { &altered } else { value })
                }
                fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
                    self.0.delete(key)
                }
            }
            work(&mut Altering(t))
        })
    }
}

#[test]
fn a_copy_that_is_not_the_same_is_not_kept() {
    let Some(target) = store("copy_altered") else { return };
    let ledger = Ledger::new(MemoryStore::default());
    filled(&ledger);
    let target = Lying(target);
    refused(ledger.copy_to(&target), StoreErrorKind::Corrupt);
    assert_eq!(records(&target.0), Records::new());
}
