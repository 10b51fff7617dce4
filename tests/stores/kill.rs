//! `examples/soak.rs`, killed at any moment: every certificate it printed is in the store.
#![cfg(all(unix, feature = "ecc", feature = "redb"))]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

/// Kills, unless SOAK_KILLS says otherwise.
const KILLS: usize = 15;

#[test]
fn every_certificate_printed_before_a_kill_is_in_the_store() {
    let kills = std::env::var("SOAK_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let soak = build();
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("ca.redb");
    let mut chance = chance();
    let mut printed = BTreeSet::new();
    let (mut entries, mut waited) = (0, 0);
    for kill in 1..=kills {
        // Alone, in a batch, and from several threads that share commits.
        let options = [&[][..], &["--batch", "16"], &["--threads", "3"]][kill % 3];
        let life = Duration::from_millis(20 + chance() % 281);
        // However slow the machine is, most lives get as far as to issue.
        let waits = kill % 4 != 0;
        waited += usize::from(waits);
        let new = run_and_kill(&soak, &store, options, waits, life);
        let before = printed.len();
        printed.extend(new.iter().cloned());
        assert_eq!(printed.len(), before + new.len(), "kill {kill}: a serial number came twice");
        if !store.exists() {
            assert!(printed.is_empty(), "kill {kill}: printed, and no store");
            continue;
        }
        let (found, audited) = check(&soak, &store);
        let lost: Vec<_> = printed.difference(&found).collect();
        assert!(lost.is_empty(), "kill {kill} after {life:?}, {options:?}: lost {lost:?}");
        assert!(audited >= entries, "kill {kill}: {audited} audit entries after {entries}");
        // A claim and a certificate each.
        assert!(audited >= 2 * found.len() as u64, "kill {kill}: {audited} audit entries");
        entries = audited;
    }
    assert!(printed.len() >= waited, "only {} certificates in {kills} lives", printed.len());
    println!("{kills} kills, {} certificates printed, {entries} audit entries", printed.len());
}

/// Builds the example as this test was built, and says where it is. In a crate that has it as its
/// own binary, cargo has built it.
fn build() -> PathBuf {
    if let Some(soak) = option_env!("CARGO_BIN_EXE_soak") {
        return soak.into();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    // <target>/<profile>/deps/<this test>
    let profile = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_path_buf();
    let mut command = Command::new(cargo);
    // Of the whole workspace, as `cargo test` has it: for one package, cargo would choose other features of
    // the dependencies and build them all once more.
    command.args(["build", "--quiet", "--example", "soak", "--target-dir"]);
    command.arg(profile.parent().unwrap());
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success(), "the example does not build");
    let soak = profile.join("examples/soak");
    assert!(soak.exists(), "{} is not there", soak.display());
    soak
}

/// Runs it for so long, from its first line on if it is waited for, kills it, and gives the serial numbers
/// of whole lines it printed.
fn run_and_kill(
    soak: &Path,
    store: &Path,
    options: &[&str],
    waits: bool,
    life: Duration,
) -> Vec<String> {
    let mut child = Command::new(soak)
        .arg("--store")
        .arg(store)
        .args(options)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let (first, first_line) = mpsc::channel();
    // Read all the while, so that it never waits for us.
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.read_line(&mut text)?;
        // Nobody may wait for it.
        let _ = first.send(());
        out.read_to_string(&mut text).map(|_| text)
    });
    if waits {
        first_line.recv_timeout(Duration::from_secs(120)).expect("it issued nothing");
    }
    std::thread::sleep(life);
    assert!(child.try_wait().unwrap().is_none(), "it ended by itself: {}", stderr(&mut child));
    // SIGKILL: nothing is flushed, nothing is closed.
    child.kill().unwrap();
    child.wait().unwrap();
    let text = reader.join().unwrap().unwrap();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| serial(line).unwrap_or_else(|| panic!("{line:?}"))).collect()
}

fn stderr(child: &mut std::process::Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The serial numbers in the store, and the number of audit entries.
fn check(soak: &Path, store: &Path) -> (BTreeSet<String>, u64) {
    let output = Command::new(soak).arg("--store").arg(store).arg("--check").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (last, issued) = text.lines().collect::<Vec<_>>().split_last().map_or_else(
        || panic!("it printed nothing"),
        |(last, issued)| (last.to_string(), issued.iter().map(|l| serial(l).unwrap()).collect()),
    );
    let entries = last.strip_prefix("audit ok ").unwrap_or_else(|| panic!("{last:?}"));
    (issued, entries.parse().unwrap())
}

fn serial(line: &str) -> Option<String> {
    line.strip_prefix("issued ").map(str::to_owned)
}

/// Random enough for moments, and different in every run.
fn chance() -> impl FnMut() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let mut state = now.as_nanos() as u64 | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}
