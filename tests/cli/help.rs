//! Help: usage, operations and completions.

use std::io::Read;
use std::process::Stdio;

use certwright::cas::{OPERATIONS, OPERATOR_OPERATIONS, ParameterHelp};

use crate::shop::Shop;

#[test]
fn version_and_help_exit_with_0() {
    let shop = Shop::new();
    let version = shop.run(&["--version"]).expect(0);
    let (_, manifest) = include_str!("../../Cargo.toml").split_once("\nversion = \"").unwrap();
    let (number, _) = manifest.split_once('"').unwrap();
    assert_eq!(version.stdout, format!("certwright {number}\n"));
    let help = shop.run(&["--help"]).expect(0).stdout;
    for words in ["Examples:", "Exit codes:", "inspect", "verify", "--key-file"] {
        assert!(help.contains(words), "{words}");
    }
    let verbs =
        ["audit", "backup", "call", "completions", "init", "inspect", "operate", "ops", "verify"];
    for verb in verbs {
        shop.run(&[verb, "--help"]).expect(0);
    }
}

#[test]
fn every_operation_is_listed_on_a_line_of_its_own() {
    let listed = Shop::new().run(&["ops"]).expect(0).stdout;
    assert_eq!(listed.lines().count(), OPERATIONS.len() + OPERATOR_OPERATIONS.len());
    for (line, operation) in listed.lines().zip(OPERATIONS.iter().chain(OPERATOR_OPERATIONS)) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some(operation.name));
        assert_eq!(words.next(), Some(operation.version.unwrap_or("operate")));
        assert!(words.next().is_some(), "{line}");
    }
}

#[test]
fn every_parameter_and_answer_of_an_operation_is_shown() {
    fn all_shown(shown: &str, parts: &[ParameterHelp], indent: usize) {
        for part in parts {
            let line = format!("\n{:indent$}{} ({}", "", part.name, part.kind);
            assert!(shown.contains(&line), "{line}\n{shown}");
            all_shown(shown, &part.parts, indent + 4);
        }
    }
    let shop = Shop::new();
    for operation in OPERATIONS.iter().chain(OPERATOR_OPERATIONS) {
        let shown = shop.run(&["ops", operation.name]).expect(0).stdout;
        let (parameters, answer) = shown.split_once("\nAnswer\n").unwrap();
        all_shown(parameters, &operation.parameters(), 2);
        all_shown(&format!("\n{answer}"), &operation.answers(), 2);
        assert!(!answer.contains("required"), "{answer}");
        assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
    }
}

#[test]
fn completions_know_the_verbs_and_the_operations() {
    let shop = Shop::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = shop.run(&["completions", shell]).expect(0).stdout;
        for word in ["inspect", "key-file", "CreateRootCACertificate", "operate", "AttestOrder"] {
            assert!(script.contains(word), "{shell}: no {word}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let shop = Shop::new();
    for arguments in [&["ops"][..], &["completions", "zsh"], &["call", "ListCsr"], &["--help"]] {
        let mut command = shop.command();
        if arguments[0] == "call" {
            command.args(["--store", "ca.redb"]);
        }
        let mut child =
            command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = child.wait().unwrap();
        assert!(status.success(), "{arguments:?}: {status} {stderr}");
        assert_eq!(stderr, "", "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure_that_is_said() {
    let shop = Shop::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = shop.command().arg("ops").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("the output cannot be written"), "{stderr}");
}
