//! The loss of power while a store or a copy is made in a folder: there is a whole one of that name
//! or none, and one that was answered is there.

mod disk;

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

use self::disk::{Bytes, Disk, Operation};
use super::{RedbStore, header, lay, place};
use crate::store::Store;

type Records = Vec<(Vec<u8>, Vec<u8>)>;

const NAME: &str = "ca.redb";

fn records(store: &RedbStore) -> Records {
    let mut records = Vec::new();
    store
        .read(&mut |transaction| {
            transaction.scan(b"", b"", &mut |key, value| {
                records.push((key.to_vec(), value.to_vec()));
                ControlFlow::Continue(())
            })
        })
        .unwrap();
    records
}

/// Everything that a cut at a moment may leave, and how it came to be.
fn each_cut(log: &[Operation], mut check: impl FnMut(Disk, &str)) {
    let mut after = |how: &str, keep: &dyn Fn(usize, &Operation) -> bool, torn| {
        check(Disk::after_cut(log, keep, torn), how);
    };
    after("everything", &|_, _| true, false);
    after("what was synced", &|_, _| false, false);
    after("names, and no bytes", &|_, operation| operation.is_of_names(), false);
    after("bytes, and no names", &|_, operation| !operation.is_of_names(), false);
    let lengths = |operation: &Operation| matches!(operation, Operation::SetLength(..));
    after("no lengths", &|_, operation| !lengths(operation), false);
    after("no lengths, the last write torn", &|_, operation| !lengths(operation), true);
    after("the last write torn", &|_, _| true, true);
    // Every choice of the last five operations on names, with all bytes and with those synced.
    let names: Vec<usize> = (0..log.len()).filter(|at| log[*at].is_of_names()).rev().collect();
    let names = &names[..names.len().min(5)];
    for choice in 0..1_u32 << names.len() {
        for bytes in [false, true] {
            let keep = |index: usize, operation: &Operation| match operation.is_of_names() {
                false => bytes,
                true => {
                    let place = names.iter().position(|name| *name == index);
                    place.is_none_or(|place| choice >> place & 1 == 1)
                }
            };
            after(&format!("names {choice:b}, all bytes: {bytes}"), &keep, false);
        }
    }
    for seed in 0..4 {
        let some = |index: usize, _: &Operation| {
            let mixed = (seed << 32 ^ index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 63 == 1
        };
        after(&format!("some, by {seed}"), &some, false);
    }
}

/// Cuts the power at every moment of a making, and holds what is left against what was made.
fn cut_everywhere(made: &Disk, wanted: &Records) {
    let log = made.log.lock().unwrap().clone();
    let (mut whole, mut none) = (0, 0);
    // Many cuts leave the same.
    let mut seen = HashSet::new();
    for moment in 0..=log.len() {
        each_cut(&log[..moment], |left, how| {
            let how = format!("cut at operation {moment} of {}: {how}", log.len());
            let content = left.content(NAME);
            match &content {
                Some(_) => whole += 1,
                None => none += 1,
            }
            assert!(content.is_some() || moment < log.len(), "{how}: answered, and lost");
            if !seen.insert((left.names(), content.clone())) {
                return;
            }
            match content {
                Some(bytes) => {
                    let medium = Bytes(Mutex::new(bytes));
                    header::check(&medium, NAME).unwrap_or_else(|e| panic!("{how}: {e}"));
                    let store = RedbStore::open_on(medium);
                    let store = store.unwrap_or_else(|error| panic!("{how}: {error}"));
                    assert!(records(&store) == *wanted, "{how}: records are missing");
                }
                None => {
                    // What is left beside its place is in nobody's way.
                    place::make(&left, Path::new(NAME), |file| lay(&file, NAME)).unwrap();
                }
            }
        });
    }
    assert!(whole > 20 && none > 20, "{whole} whole, {none} none");
}

#[test]
fn a_new_store_is_there_whole_or_not_at_all() {
    let disk = Disk::default();
    place::make(&disk, Path::new(NAME), |file| lay(&file, NAME)).unwrap();
    assert_eq!(disk.names(), [NAME]);
    cut_everywhere(&disk, &Records::new());
}

#[test]
fn a_copy_is_there_whole_or_not_at_all() {
    let store = RedbStore::create_on(Bytes(Mutex::default())).unwrap();
    store
        .write(&mut |transaction| {
            (0..60_u8).try_for_each(|number| transaction.put(&[number; 9], &[number; 3_000]))
        })
        .unwrap();
    let disk = Disk::default();
    store.backup_in(&disk, Path::new(NAME), &mut |_| Ok(())).unwrap();
    assert_eq!(disk.names(), [NAME]);
    cut_everywhere(&disk, &records(&store));
}
