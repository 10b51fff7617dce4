//! What every store must do, as one function.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{StoreError, StoreErrorKind};
use crate::store::{ReadTransaction, Store};

/// Threads and increments of the counter that shows whether transactions are isolated.
const THREADS: u32 = 4;
const INCREMENTS: u32 = 25;

/// Checks that a store keeps its contract. It must be empty, and is left with records.
///
/// ```
/// use certwright::MemoryStore;
/// use certwright::testing::check_store;
/// check_store(&MemoryStore::default())?;
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// What it does otherwise, in words.
pub fn check_store(store: &dyn Store) -> Result<(), String> {
    check_reading_back(store)?;
    check_order(store)?;
    check_failure(store)?;
    check_sizes(store)?;
    check_snapshot(store)?;
    check_isolation(store)
}

fn check_reading_back(store: &dyn Store) -> Result<(), String> {
    write(store, |transaction| {
        transaction.put(b"a", b"1")?;
        transaction.put(b"a", b"2")?;
        transaction.put(b"b", b"")?;
        transaction.put(b"c", b"3")?;
        transaction.delete(b"c")?;
        transaction.delete(b"never there")?;
        if transaction.get(b"a")?.as_deref() != Some(b"2") || transaction.get(b"c")?.is_some() {
            return Err(fail("a transaction does not read what it wrote"));
        }
        Ok(())
    })?;
    read(store, |transaction| {
        let found = (transaction.get(b"a")?, transaction.get(b"b")?, transaction.get(b"c")?);
        let many = transaction.get_many(&[b"b", b"c", b"a", b"a"])?;
        let two = Some(b"2".to_vec());
        if many != [Some(Vec::new()), None, two.clone(), two] {
            return Err(fail("values of several keys are not those of each, in their order"));
        }
        if found == (Some(b"2".to_vec()), Some(Vec::new()), None) {
            return Ok(());
        }
        Err(fail("a value is not what was written last (an empty value is a value)"))
    })
}

fn check_order(store: &dyn Store) -> Result<(), String> {
    let keys: [&[u8]; 6] = [b"p/", b"p/\x00", b"p/\x01", b"p/\xff", b"p/\xff\xff", b"p0"];
    write(store, |transaction| {
        keys.iter().rev().try_for_each(|key| transaction.put(key, b"x"))?;
        // Overlaid on what is stored, in one order.
        transaction.put(b"p/\x00\x00", b"new")?;
        transaction.delete(b"p/\x01")?;
        let seen = scan(transaction, b"p/", b"", usize::MAX)?;
        expect(seen, &[b"p/", b"p/\x00", b"p/\x00\x00", b"p/\xff", b"p/\xff\xff"])?;
        transaction.put(b"p/\x01", b"x")?;
        transaction.delete(b"p/\x00\x00")
    })?;
    read(store, |transaction| {
        let all: &[&[u8]; 5] = &[b"p/", b"p/\x00", b"p/\x01", b"p/\xff", b"p/\xff\xff"];
        expect(scan(transaction, b"p/", b"", usize::MAX)?, all)?;
        let [_, _, from_third @ ..] = all;
        let [third, from_fourth @ ..] = from_third;
        expect(scan(transaction, b"p/", b"p/\x01", usize::MAX)?, from_third)?;
        expect(scan(transaction, b"p/", b"p/\x00\x01", 1)?, &[third])?;
        expect(scan(transaction, b"p/\xff", b"a", usize::MAX)?, from_fourth)?;
        expect(scan(transaction, b"p/", b"q", usize::MAX)?, &[])?;
        expect(scan(transaction, b"q", b"", usize::MAX)?, &[])
    })
}

fn check_failure(store: &dyn Store) -> Result<(), String> {
    let failed = store.write(&mut |transaction| {
        transaction.put(b"failed", b"x")?;
        transaction.delete(b"a")?;
        Err(StoreError::new(StoreErrorKind::Conflict, "on purpose"))
    });
    if failed.map_err(|error| error.kind()) != Err(StoreErrorKind::Conflict) {
        return Err("the error of a closure does not come back".to_owned());
    }
    read(store, |transaction| {
        if transaction.get(b"failed")?.is_some() || transaction.get(b"a")?.is_none() {
            return Err(fail("a transaction that failed left something"));
        }
        Ok(())
    })
}

fn check_sizes(store: &dyn Store) -> Result<(), String> {
    let (key, value) = (vec![b'k'; 1_024], vec![0xa5; 1024 * 1024]);
    write(store, |transaction| transaction.put(&key, &value))?;
    read(store, |transaction| {
        if transaction.get(&key)?.as_deref() == Some(value.as_slice()) {
            return Ok(());
        }
        Err(fail("a key of 1 KiB or a value of 1 MiB does not come back"))
    })?;
    write(store, |transaction| transaction.delete(&key))
}

/// A reader sees one state, whatever is written meanwhile. (A store whose writers wait for readers
/// passes too: the writer then comes after.)
fn check_snapshot(store: &dyn Store) -> Result<(), String> {
    write(store, |transaction| transaction.put(b"snapshot", b"before"))?;
    std::thread::scope(|scope| {
        let mut started = false;
        read(store, |transaction| {
            let first = transaction.get(b"snapshot")?;
            if !started {
                started = true;
                scope.spawn(|| write(store, |t| t.put(b"snapshot", b"after")));
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            if first != transaction.get(b"snapshot")? {
                return Err(fail("a reader sees what was written after it began"));
            }
            Ok(())
        })
    })
}

fn check_isolation(store: &dyn Store) -> Result<(), String> {
    let failures = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..INCREMENTS {
                    let counted = write(store, |transaction| {
                        let count = transaction.get(b"count")?.unwrap_or_default();
                        let count = <[u8; 4]>::try_from(count).map_or(0, u32::from_be_bytes);
                        transaction.put(b"count", &(count + 1).to_be_bytes())
                    });
                    if counted.is_err() {
                        failures.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    if failures.into_inner() > 0 {
        return Err("transactions that meet fail, instead of being run again".to_owned());
    }
    read(store, |transaction| {
        if transaction.get(b"count")? == Some((THREADS * INCREMENTS).to_be_bytes().to_vec()) {
            return Ok(());
        }
        Err(fail("transactions that meet overwrite each other"))
    })
}

fn read(
    store: &dyn Store,
    mut work: impl FnMut(&dyn ReadTransaction) -> Result<(), StoreError>,
) -> Result<(), String> {
    store.read(&mut work).map_err(|error| error.to_string())
}

fn write(
    store: &dyn Store,
    mut work: impl FnMut(&mut dyn crate::store::WriteTransaction) -> Result<(), StoreError>,
) -> Result<(), String> {
    store.write(&mut work).map_err(|error| error.to_string())
}

fn scan(
    transaction: &dyn ReadTransaction,
    prefix: &[u8],
    from: &[u8],
    limit: usize,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut keys = Vec::new();
    transaction.scan(prefix, from, &mut |key, _| {
        keys.push(key.to_vec());
        if keys.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(keys)
}

fn expect(found: Vec<Vec<u8>>, wanted: &[&[u8]]) -> Result<(), StoreError> {
    if found == wanted {
        return Ok(());
    }
    Err(fail(&format!("a scan gives {found:02x?}, not {wanted:02x?}")))
}

fn fail(problem: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, problem)
}
