//! The models of the service's own clients are the contract: each field that they send is taken, each that they
//! read is answered, and each operation is there, but for those on a written list (`sdk/absent.txt`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use certwright::cas::{OPERATIONS, ParameterHelp};

/// What `sdk/fields.py` prints of the installed clients.
const FIELDS: &str = include_str!("sdk/fields.txt");

/// What is not here: a field or an operation as in [`FIELDS`], a colon, and why.
const ABSENT: &str = include_str!("sdk/absent.txt");

fn listed() -> BTreeMap<&'static str, &'static str> {
    let lines = ABSENT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let listed: Vec<_> = lines.map(|line| line.split_once(": ").expect(line)).collect();
    assert!(listed.iter().all(|(_, reason)| reason.len() > 3));
    let by_name: BTreeMap<_, _> = listed.iter().copied().collect();
    assert_eq!(by_name.len(), listed.len(), "each once");
    by_name
}

fn all(parts: &[ParameterHelp], place: &str, names: &mut BTreeSet<String>) {
    for part in parts {
        let name = format!("{place}{}", part.name);
        all(&part.parts, &format!("{name}."), names);
        names.insert(name);
    }
}

#[test]
fn what_the_clients_send_is_taken_and_what_they_read_is_answered() {
    let mut ours = BTreeSet::new();
    for operation in OPERATIONS {
        let name = format!("{} {}", operation.version.unwrap(), operation.name);
        all(&operation.parameters(), &format!("{name} > "), &mut ours);
        all(&operation.answers(), &format!("{name} < "), &mut ours);
        ours.insert(name);
    }
    let theirs: BTreeSet<&str> = FIELDS.lines().collect();
    assert!(theirs.len() > 1_500);
    let listed = listed();
    let unknown: Vec<_> = listed.keys().filter(|name| !theirs.contains(*name)).collect();
    assert!(unknown.is_empty(), "listed as absent, and no client knows it: {unknown:#?}");
    // With what holds it, what is in it is absent.
    let is_listed = |name: &str| {
        listed.keys().any(|absent| {
            let rest = name.strip_prefix(absent);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ']))
        })
    };
    // A region is a matter of every call (`flat::COMMON`).
    let missing: Vec<_> = theirs
        .iter()
        .filter(|name| !ours.contains(**name) && !is_listed(name))
        .filter(|name| !name.ends_with(" > RegionId"))
        .collect();
    assert!(missing.is_empty(), "not here, and not on the list: {missing:#?}");
    let there: Vec<_> = listed.keys().filter(|name| ours.contains(**name)).collect();
    assert!(there.is_empty(), "listed as absent, and here: {there:#?}");
    // Whoever calls an operation that is not here is told so.
    let cas = crate::world::cas();
    for name in listed.keys() {
        let words: Vec<&str> = name.split(' ').collect();
        let [_, operation] = words.as_slice() else { continue };
        assert_eq!(cas.call(operation, "{}").unwrap_err().code(), "UnsupportedOperation", "{name}");
    }
}

/// The list of fields is that of the installed clients, where `.ci/run` has installed them.
#[test]
fn the_list_of_fields_is_that_of_the_clients() {
    let Some(folder) = std::env::var_os("CAS_SDKS") else {
        eprintln!("CAS_SDKS names no folder of the clients: SKIPPED");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("cas/sdk/fields.py");
    let ran = Command::new("python3").arg(script).arg(folder).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), FIELDS, "run tests/cas/sdk/fields.py");
}
