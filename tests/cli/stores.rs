//! Stores: their key, their lock, the audit log and copies.

use certwright::{RedbStore, Store as _};
use serde_json::json;

use crate::shop::{Shop, any_algorithm};

#[test]
fn a_wrong_key_file_leaves_the_store_as_it_is_to_the_byte() {
    let shop = Shop::new();
    shop.hierarchy(any_algorithm());
    shop.secret("other.key", [8; 32]);
    shop.secret("short.key", [7; 16]);
    let before = shop.bytes("ca.redb");
    for (key, code) in [("other.key", "Error"), ("short.key", "InvalidParameter")] {
        let root = crate::shop::root(any_algorithm()).to_string();
        for (action, parameters) in [("CreateRootCACertificate", &*root), ("ListCsr", "{}")] {
            let arguments = ["--store", "ca.redb", "--key-file", key, "call", action, parameters];
            shop.run(&arguments).refused(code);
            assert!(shop.bytes("ca.redb") == before, "{key} {action}");
        }
    }
    shop.call("ListCsr", json!({}));
}

#[test]
fn without_a_key_file_private_keys_are_not_kept_and_not_used() {
    let shop = Shop::new();
    let parameters = crate::shop::root(any_algorithm()).to_string();
    let create = ["--store", "ca.redb", "call", "CreateRootCACertificate", &parameters];
    shop.run(&create).refused("Error");
    let (root, _) = shop.hierarchy(any_algorithm());
    let parameters = crate::shop::sub(any_algorithm(), &root).to_string();
    let create = ["--store", "ca.redb", "call", "CreateSubCACertificate", &parameters];
    shop.run(&create).refused("Error");
    // What needs no key needs no key file.
    let list = ["--store", "ca.redb", "call", "DescribeCACertificateList"];
    assert_eq!(shop.run(&list).answer()["TotalCount"], 2);
}

#[test]
fn a_file_that_is_no_store_is_refused_and_stays() {
    let shop = Shop::new();
    let text = "Dear diary,\n".repeat(1000);
    shop.write("diary.txt", &text);
    for key in [&[][..], &["--key-file", "seal.key"]] {
        let arguments = [&["--store", "diary.txt"], key, &["call", "ListCsr"]].concat();
        shop.run(&arguments).refused("Error");
    }
    shop.run(&["audit", "--store", "diary.txt"]).says(1, "diary.txt");
    shop.run(&["backup", "--store", "diary.txt", "copy.redb"]).says(1, "diary.txt");
    assert_eq!(shop.bytes("diary.txt"), text.as_bytes());
    shop.run(&["--store", "no/such/folder/ca.redb", "call", "ListCsr"]).refused("Error");
}

#[test]
fn a_store_is_made_by_init_alone_and_once() {
    let shop = Shop::new();
    let made = shop.bytes("ca.redb");
    shop.run(&["--store", "ca.redb", "init"]).says(1, "ca.redb already exists");
    shop.run(&["init", "--store", "seal.key"]).says(1, "already exists");
    assert!(shop.bytes("ca.redb") == made);
    shop.run(&["init"]).says(2, "--store");
    shop.run(&["--store", "new.redb", "--key-file", "seal.key", "init"])
        .says(2, "cannot be used with");
    let wait = ["--wait", "0"];
    for key in [&[][..], &["--key-file", "seal.key"]] {
        let root = crate::shop::root(any_algorithm()).to_string();
        for call in [["CreateRootCACertificate", &*root], ["ListCsr", "{}"]] {
            let arguments = [&["--store", "new.redb"], key, &wait, &["call"], &call[..]].concat();
            let error = shop.run(&arguments).refused("Error");
            let message = error["Message"].as_str().unwrap();
            assert!(
                message.contains("no store at new.redb") && message.contains("init"),
                "{error}"
            );
        }
    }
    for verb in [&["audit"][..], &["backup", "copy.redb"]] {
        let arguments = [&["--store", "new.redb"], verb].concat();
        shop.run(&arguments).says(1, "no store at new.redb");
    }
    let names = std::fs::read_dir(shop.folder.path()).unwrap().count();
    assert_eq!(names, 2, "something was made");
    shop.run(&["--store", "new.redb", "init"]).expect(0);
    shop.run(&["--store", "new.redb", "call", "ListCsr"]).answer();
}

#[test]
fn a_damaged_store_is_refused_by_every_verb_and_stays() {
    let shop = Shop::new();
    shop.hierarchy(any_algorithm());
    let whole = shop.bytes("ca.redb");
    let mut headless = whole.clone();
    headless[..64].fill(0);
    let padded = |more: usize| [&whole[..], &vec![0; more]].concat();
    for (what, content) in [
        ("empty", Vec::new()),
        ("short", whole[..5].to_vec()),
        ("cut by a byte", whole[..whole.len() - 1].to_vec()),
        ("cut by a page", whole[..whole.len() - 4096].to_vec()),
        ("half", whole[..whole.len() / 2].to_vec()),
        ("padded by a byte", padded(1)),
        ("padded by a page", padded(4096)),
        ("foreign", b"Dear diary,\n".repeat(1_000)),
        ("without its first bytes", headless),
    ] {
        shop.secret("damaged.redb", &content);
        for key in [&[][..], &["--key-file", "seal.key"]] {
            let call = [&["--store", "damaged.redb"], key, &["call", "ListCsr"]].concat();
            let error = shop.run(&call).refused("Error");
            assert!(error["Message"].as_str().unwrap().contains("damaged.redb"), "{what}: {error}");
        }
        let told = "damaged.redb is not a store, or a damaged one";
        shop.run(&["--store", "damaged.redb", "audit"]).says(1, told);
        shop.run(&["--store", "damaged.redb", "backup", "copy.redb"]).says(1, told);
        shop.run(&["--store", "damaged.redb", "init"]).says(1, "already exists");
        assert!(shop.bytes("damaged.redb") == content, "{what}: it was changed");
        assert!(!shop.path("copy.redb").exists(), "{what}");
    }
}

#[cfg(unix)]
#[test]
fn a_secret_or_a_store_that_others_may_read_is_refused() {
    let shop = Shop::new();
    shop.hierarchy(any_algorithm());
    let list = ["--store", "ca.redb", "--key-file", "seal.key", "call", "ListCsr"];
    for mode in [0o644, 0o640, 0o604, 0o622] {
        for name in ["seal.key", "ca.redb"] {
            shop.set_mode(name, mode);
            let code = if name == "seal.key" { "InvalidParameter" } else { "Error" };
            let error = shop.run(&list).refused(code);
            let message = error["Message"].as_str().unwrap();
            assert!(message.contains(&format!("chmod 600 {name}")), "{mode:o}: {error}");
            shop.set_mode(name, 0o600);
        }
        shop.set_mode("ca.redb", mode);
        shop.run(&["--store", "ca.redb", "audit"]).says(1, "chmod 600 ca.redb");
        shop.set_mode("ca.redb", 0o600);
    }
    shop.set_mode("seal.key", 0o400);
    shop.run(&list).answer();
    shop.write("passphrase", "long enough");
    shop.set_mode("passphrase", 0o644);
    shop.write("a.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----");
    let inspect = ["inspect", "--passphrase-file", "passphrase", "a.key"];
    shop.run(&inspect).says(1, "chmod 600 passphrase");
}

#[test]
fn a_store_that_is_open_elsewhere_is_waited_for() {
    let shop = Shop::new();
    shop.hierarchy(any_algorithm());
    let open = RedbStore::open(shop.path("ca.redb")).unwrap();
    for key in [&[][..], &["--key-file", "seal.key"]] {
        let arguments =
            [&["--store", "ca.redb", "--wait", "0"], key, &["call", "ListCsr"]].concat();
        let error = shop.run(&arguments).refused("Error");
        assert!(error["Message"].as_str().unwrap().contains("open in another process"), "{error}");
    }
    let waiting = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        open.read(&mut |_| Ok(())).unwrap();
        drop(open);
    });
    shop.try_call(&["--wait", "60"], "ListCsr", &json!({})).answer();
    waiting.join().unwrap();
}

#[test]
fn calls_at_the_same_time_all_have_their_turn() {
    let shop = Shop::new();
    std::thread::scope(|scope| {
        for caller in 0..4 {
            let shop = &shop;
            scope.spawn(move || {
                for _ in 0..3 {
                    let mut root = crate::shop::root(any_algorithm());
                    root["CommonName"] = format!("Root {caller}").into();
                    shop.call_with(&["--wait", "120"], "CreateRootCACertificate", root);
                }
            });
        }
    });
    let list = shop.call("DescribeCACertificateList", json!({}));
    assert_eq!(list["TotalCount"], 12);
}

#[test]
fn audit_writes_the_log_and_verifies_it_and_changes_nothing() {
    let shop = Shop::new();
    shop.hierarchy(any_algorithm());
    let before = shop.bytes("ca.redb");
    let log = shop.run(&["audit", "--store", "ca.redb"]).expect(0).stdout;
    for (index, line) in log.lines().enumerate() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["number"], index + 1);
    }
    assert!(shop.bytes("ca.redb") == before);
    // An entry that was changed is found.
    let store = RedbStore::open(shop.path("ca.redb")).unwrap();
    let mut found = None;
    let mut find = |transaction: &dyn certwright::store::ReadTransaction| {
        transaction.scan(b"audit/", b"audit/", &mut |key, value| {
            found = Some((key.to_vec(), value.to_vec()));
            std::ops::ControlFlow::Break(())
        })
    };
    store.read(&mut |transaction| find(transaction)).unwrap();
    let (key, mut value) = found.unwrap();
    *value.get_mut(8).unwrap() ^= 1;
    store.write(&mut |transaction| transaction.put(&key, &value)).unwrap();
    drop(store);
    shop.run(&["--store", "ca.redb", "audit"]).says(1, "audit");
    shop.run(&["--store", "no.redb", "audit"]).says(1, "no.redb");
    assert!(!shop.path("no.redb").exists());
}

#[test]
fn a_backup_is_the_store_again_and_overwrites_nothing() {
    let shop = Shop::new();
    shop.hierarchy(any_algorithm());
    let before = shop.bytes("ca.redb");
    shop.run(&["backup", "--store", "ca.redb", "copy.redb"]).expect(0);
    assert!(shop.bytes("ca.redb") == before);
    let log = |store| shop.run(&["audit", "--store", store]).expect(0).stdout;
    assert_eq!(log("copy.redb"), log("ca.redb"));
    shop.run(&["backup", "--store", "ca.redb", "copy.redb"]).says(1, "already exists");
    let key = ["--store", "copy.redb", "--key-file", "seal.key"];
    let list = [&key[..], &["call", "DescribeCACertificateList"]].concat();
    assert_eq!(shop.run(&list).answer()["TotalCount"], 2);
}
