//! The contract of a store, on PostgreSQL.

use std::ops::ControlFlow;

use certwright::Store;
use certwright::error::StoreErrorKind;
use certwright::store::{PostgresSettings, PostgresStore};
use certwright::testing::check_store;
use certwright_tests::postgres::{settings, shared, store};

#[test]
fn the_store_on_postgresql_keeps_the_contract() {
    let Some(store) = store("contract") else { return };
    check_store(&store).unwrap();
}

#[test]
fn by_a_unix_socket_too() {
    let Some(server) = shared() else { return };
    let folder = server.folder().display();
    let port = server.port();
    let url = format!("postgres://ca@/postgres?host={folder}&port={port}&schema=socket");
    // The folder is of the server's user, as whom root may connect.
    match PostgresSettings::from_url(&url).map(|settings| PostgresStore::create(&settings)) {
        Ok(Ok(store)) => check_store(&store).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_nodes_see_each_others_changes_and_conflict_with_nobody() {
    let Some(settings) = settings("two_nodes") else { return };
    let one = PostgresStore::create(&settings).unwrap();
    let other = PostgresStore::open(&settings).unwrap();
    std::thread::scope(|scope| {
        for store in [&one, &other, &one, &other] {
            scope.spawn(move || {
                for _ in 0..25 {
                    let count = &mut |t: &mut dyn certwright::store::WriteTransaction| {
                        let count = t.get(b"count")?.map_or(0, |count| count[0]);
                        t.put(b"count", &[count + 1])
                    };
                    store.write(count).unwrap();
                }
            });
        }
    });
    let mut found = None;
    one.read(&mut |t| {
        found = t.get(b"count")?;
        Ok(())
    })
    .unwrap();
    assert_eq!(found, Some(vec![100]));
}

#[test]
fn a_long_scan_comes_in_pages_and_large_values_in_small_ones() {
    let Some(store) = store("pages") else { return };
    let key = |number: u32| [b"k/", &number.to_be_bytes()[..]].concat();
    // Small ones, then some of 300 KiB, then small ones: more than one page whatever counts.
    let value = |number: u32| match number {
        2_000..2_010 => vec![7; 300 * 1024],
        _ => number.to_be_bytes().to_vec(),
    };
    store
        .write(&mut |t| (0..4_000).try_for_each(|number| t.put(&key(number), &value(number))))
        .unwrap();
    let mut checked = 0;
    store
        .read(&mut |t| {
            checked = 0;
            t.scan(b"k/", b"", &mut |found, content| {
                assert!(found == key(checked) && content == value(checked), "{checked}");
                checked += 1;
                ControlFlow::Continue(())
            })
        })
        .unwrap();
    assert_eq!(checked, 4_000);
}

#[test]
fn more_than_is_held_in_memory_is_one_transaction_all_the_same() {
    let Some(store) = store("long") else { return };
    let large = vec![9; 1024 * 1024];
    let fill = |fails: bool| {
        store.write(&mut |t| {
            for number in 0_u8..40 {
                t.put(&[number], &large)?;
            }
            // What was sent early is read, changed and removed as what is held back.
            assert_eq!(t.get(&[3])?.as_deref(), Some(large.as_slice()));
            t.delete(&[3])?;
            t.put(&[4], b"small")?;
            assert_eq!(t.get(&[3])?, None);
            match fails {
                true => Err(certwright::error::StoreError::new(StoreErrorKind::Conflict, "no")),
                false => Ok(()),
            }
        })
    };
    let count = || {
        let mut count = 0;
        let read = &mut |t: &dyn certwright::store::ReadTransaction| {
            count = 0;
            t.scan(b"", b"", &mut |_, _| {
                count += 1;
                ControlFlow::Continue(())
            })
        };
        store.read(read).unwrap();
        count
    };
    assert_eq!(fill(true).unwrap_err().kind(), StoreErrorKind::Conflict);
    assert_eq!(count(), 0);
    fill(false).unwrap();
    assert_eq!(count(), 39);
}

#[test]
fn a_statement_that_failed_fails_the_transaction_whatever_its_closure_says() {
    let Some(store) = store("swallowed") else { return };
    // More than an index holds: random, so that it is not compressed.
    let mut state = 1_u64;
    let mut byte = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    let key: Vec<u8> = (0..9_000).map(|_| byte()).collect();
    let large = vec![0; 17 * 1024 * 1024];
    let swallowed = store.write(&mut |t| {
        t.put(b"before", b"x")?;
        t.put(&key, b"y")?;
        // Sends what is held back.
        let _ = t.put(b"large", &large);
        Ok(())
    });
    let error = swallowed.unwrap_err();
    assert!(error.to_string().contains("54000"), "{error}");
    store
        .read(&mut |t| {
            assert_eq!(t.get(b"before")?, None);
            Ok(())
        })
        .unwrap();
    store.write(&mut |t| t.put(b"after", b"x")).unwrap();
}

/// On a thread of an async runtime, waiting for another runtime panics.
#[test]
fn many_threads_share_few_connections() {
    let Some(store) = store("threads") else { return };
    store.write(&mut |t| t.put(b"key", b"value")).unwrap();
    let server = shared().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..40 {
            scope.spawn(|| {
                for _ in 0..10 {
                    store
                        .read(&mut |t| t.get(b"key").map(|found| assert!(found.is_some())))
                        .unwrap();
                }
            });
        }
    });
    let connections = server.sql("SELECT count(DISTINCT writer) FROM threads.commits");
    assert_eq!(connections, "1");
}

#[test]
fn tables_are_made_once_and_by_command_only() {
    let Some(settings) = settings("made_once") else { return };
    let error = PostgresStore::open(&settings).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotFound, "{error}");
    assert!(error.to_string().contains("certwright store create-schema"), "{error}");
    PostgresStore::create(&settings).unwrap().write(&mut |t| t.put(b"key", b"value")).unwrap();
    let error = PostgresStore::create(&settings).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict, "{error}");
    let store = PostgresStore::open(&settings).unwrap();
    store.read(&mut |t| t.get(b"key").map(|found| assert!(found.is_some()))).unwrap();
    store.check().unwrap();
    assert!(!store.has_checksums().unwrap());
}

#[test]
fn nonces_are_taken_once_and_published_numbers_go_up() {
    let Some(settings) = settings("nonces") else { return };
    let one = PostgresStore::create(&settings).unwrap();
    let other = PostgresStore::open(&settings).unwrap();
    assert!(one.take_nonce(b"a", 100).unwrap());
    assert!(!other.take_nonce(b"a", 100).unwrap());
    assert!(other.take_nonce(b"b", 200).unwrap());
    assert_eq!(one.forget_nonces(101).unwrap(), 1);
    assert!(one.take_nonce(b"a", 300).unwrap());
    assert!(!one.take_nonce(b"b", 300).unwrap());

    assert_eq!(one.published(b"ca").unwrap(), None);
    for (number, put) in [(7, true), (7, false), (6, false), (256, true), (255, false)] {
        assert_eq!(one.publish(b"ca", number, &number.to_be_bytes()).unwrap(), put, "{number}");
    }
    assert_eq!(other.published_number(b"ca").unwrap(), Some(256));
    assert_eq!(other.published(b"ca").unwrap(), Some((256, 256_u64.to_be_bytes().to_vec())));
}

#[test]
fn a_turn_is_one_processs_at_a_time() {
    let Some(settings) = settings("turns") else { return };
    let nodes =
        [PostgresStore::create(&settings).unwrap(), PostgresStore::open(&settings).unwrap()];
    let inside = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for node in nodes.iter().cycle().take(6) {
            scope.spawn(|| {
                for _ in 0..10 {
                    node.in_turn("list", || {
                        use std::sync::atomic::Ordering::SeqCst;
                        assert_eq!(inside.fetch_add(1, SeqCst), 0);
                        std::thread::sleep(std::time::Duration::from_millis(1));
                        inside.fetch_sub(1, SeqCst);
                    })
                    .unwrap();
                }
            });
        }
    });
}
