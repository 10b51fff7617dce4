//! `certwright lint`: a line of JSON for each finding, and an exit code that says whether one is an
//! error.
#![cfg(feature = "ecc")]

use std::process::{Command, Output};

use certwright::time::{Time, Validity};
use certwright::{Issuer, KeyAlgorithm, KeyPair, Profile, SerialNumber};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with `good.pem`, a root's certificate, and `bad.der`, the same with a negative number.
fn desk() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let time = |text: &str| text.parse::<Time>().unwrap();
    let root = Issuer::self_signed_at(
        "CN=Root".parse().unwrap(),
        Profile::root(),
        KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap(),
        SerialNumber::from_bytes(&[0x5a; 16]).unwrap(),
        Validity::new(time("2026-01-01T00:00:00Z"), time("2036-01-01T00:00:00Z")).unwrap(),
    );
    let root = root.unwrap();
    let mut der = root.certificate().as_der().to_vec();
    std::fs::write(folder.path().join("good.pem"), root.certificate().to_pem()).unwrap();
    let serial = der.windows(16).position(|window| window == [0x5a; 16]).unwrap();
    der[serial] = 0x85;
    std::fs::write(folder.path().join("bad.der"), der).unwrap();
    folder
}

fn lint(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, Vec<Value>, String) {
    let mut command = Command::new(certwright_tests::built::certwright());
    command.current_dir(folder.path()).arg("lint").args(arguments);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let lines = String::from_utf8(stdout).unwrap();
    let findings = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (status.code(), findings, String::from_utf8(stderr).unwrap())
}

#[test]
fn what_is_clean_prints_nothing_and_succeeds() {
    assert_eq!(lint(&desk(), &["good.pem"]), (Some(0), vec![], String::new()));
}

#[test]
fn each_finding_is_a_line_and_an_error_fails() {
    let (code, findings, said) = lint(&desk(), &["bad.der"]);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(code, Some(1));
    for (name, value) in [
        ("what", "certificate"),
        ("severity", "error"),
        ("rule", "rfc5280-4.1.2.2-serial-positive"),
        ("place", "serialNumber"),
        ("citation", "RFC 5280 section 4.1.2.2"),
    ] {
        assert_eq!(finding[name], value, "{finding}");
    }
    assert_eq!(finding["input"], 1);
    assert!(finding["given"].as_str().unwrap().contains("855a"), "{finding}");
    assert!(finding["hint"].as_str().unwrap().contains("positive"), "{finding}");
    assert_eq!(said, "certwright: bad.der: errors in 1 of 1 linted\n");
}

#[test]
fn profiles_add_their_rules() {
    let folder = desk();
    let (code, findings, _) = lint(&folder, &["good.pem", "--profile", "gmt-0015"]);
    assert_eq!(code, Some(1));
    assert_eq!(findings[0]["rule"], "gmt0015-5.2.3-signature-algorithm");
    let both = ["good.pem", "--profile", "gmt-0015", "--profile", "tls-baseline"];
    assert!(lint(&folder, &both).1.len() >= findings.len());
    assert_eq!(lint(&folder, &["good.pem", "--profile", "tls-baseline"]).0, Some(0));
    assert_eq!(lint(&folder, &["good.pem", "--profile", "none"]).0, Some(2));
}

#[test]
fn what_is_nothing_to_lint_says_so() {
    let folder = desk();
    std::fs::write(folder.path().join("empty"), "").unwrap();
    let (code, findings, _) = lint(&folder, &["empty"]);
    assert_eq!((code, &findings[0]["what"]), (Some(1), &Value::from("input")));
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    std::fs::write(folder.path().join("key.pem"), key).unwrap();
    let (code, findings, said) = lint(&folder, &["key.pem"]);
    assert_eq!((code, findings.len()), (Some(1), 0));
    assert!(said.contains("given PEM of PRIVATE KEY, allowed PEM of CERTIFICATE"), "{said}");
    assert_eq!(lint(&folder, &["missing.pem"]).0, Some(1));
}
