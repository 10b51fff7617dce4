//! `certwright call`, killed at any moment: what was answered is there.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::shop::{NOW, Shop, any_algorithm, root, text};

const KILLS: usize = 15;

#[test]
fn a_call_that_is_killed_loses_nothing_that_was_answered() {
    let shop = Shop::new();
    let mut answered: BTreeSet<String> = BTreeSet::new();
    answered.insert(
        text(&shop.call("CreateRootCACertificate", root(any_algorithm())), "Identifier").to_owned(),
    );
    let parameters = root(any_algorithm()).to_string();
    let mut chance =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64 | 1;
    for _ in 0..KILLS {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let mut command = shop.command();
        command.args(["--store", "ca.redb", "--key-file", "seal.key", "call"]);
        command.args(["--now", &NOW.to_string()]);
        command.args(["CreateRootCACertificate", &parameters]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(chance % 40_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut stdout = String::new();
        child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        if let Ok(answer) = serde_json::from_str::<Value>(&stdout) {
            answered.insert(text(&answer, "Identifier").to_owned());
        }
        shop.run(&["audit", "--store", "ca.redb"]).expect(0);
    }
    let page = json!({ "ShowSize": 100 });
    let list = shop.call("DescribeCACertificateList", page);
    let list = list["CertificateList"].as_array().unwrap().clone();
    let found: BTreeSet<String> = list.iter().map(|ca| text(ca, "Identifier").to_owned()).collect();
    assert!(answered.is_subset(&found), "lost {:?}", answered.difference(&found));
    // Each that is there signs: its key was kept with it.
    for identifier in &found {
        let root = json!({ "Identifier": identifier });
        shop.call("CreateSubCACertificate", crate::shop::sub(any_algorithm(), &root));
    }
}
