//! Stores on PostgreSQL, by the command: made, used, copied, refused.

use std::path::Path;
use std::process::{Command, Output};

use certwright_tests::built::certwright;
use certwright_tests::postgres::{programs, shared};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(certwright()).current_dir(folder).args(arguments).output().unwrap()
}

#[track_caller]
fn done(output: Output) -> String {
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{error}");
    error + std::str::from_utf8(&output.stdout).unwrap()
}

#[track_caller]
fn refused(output: Output, words: &str) {
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains(words), "{told}");
    assert!(!told.contains("geheim"), "{told}");
    assert_eq!(output.stdout, b"");
}

const ROOT: &str = r#"{ "CommonName": "Root", "Organization": "O", "OrganizationUnit": "IT",
    "Locality": "Hangzhou", "State": "Zhejiang", "Years": 10, "Algorithm": "ECC_256" }"#;

#[test]
fn a_store_is_made_used_and_copied_there_and_back() {
    let Some(server) = shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let url = server.url("schema=by_command");
    let store = |more: &[&str]| run(folder, &[&["--store", url.as_str()], more].concat());
    std::fs::write(folder.join("seal.key"), [7; 32]).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(folder.join("seal.key"), mode).unwrap();

    refused(store(&["init"]), "certwright store create-schema URL");
    refused(store(&["call", "ListCsr"]), "create-schema");
    refused(run(folder, &["store", "create-schema", "ca.redb"]), "`certwright init` makes files");
    done(run(folder, &["store", "create-schema", &url]));
    refused(run(folder, &["store", "create-schema", &url]), "there are tables already");
    let root = done(store(&["--key-file", "seal.key", "call", "CreateRootCACertificate", ROOT]));
    assert!(root.contains("BEGIN CERTIFICATE"));
    let told = done(store(&["--key-file", "seal.key", "audit"]));
    assert!(told.contains("authenticated up to entry"), "{told}");
    refused(store(&["backup", "copy.redb"]), "certwright store copy");

    let copied = done(run(folder, &["store", "copy", &url, "back.redb"]));
    assert!(copied.contains("copied and verified"), "{copied}");
    let head = |told: &str| told.split("head ").nth(1).unwrap()[..64].to_owned();
    let audited = done(run(folder, &["audit", "--store", "back.redb"]));
    assert_eq!(head(&copied), head(&audited));
    refused(run(folder, &["store", "copy", &url, "back.redb"]), "never overwritten");
    let other = server.url("schema=by_command_too");
    refused(run(folder, &["store", "copy", "back.redb", &other]), "create-schema");
    done(run(folder, &["store", "create-schema", &other]));
    assert_eq!(head(&done(run(folder, &["store", "copy", "back.redb", &other]))), head(&copied));
    refused(run(folder, &["store", "copy", "back.redb", &other]), "it must be empty");
    refused(run(folder, &["store", "copy", "none.redb", "new.redb"]), "none.redb");
    // What failed left nothing.
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["back.redb", "seal.key"]);
}

#[test]
fn a_password_comes_from_a_file_or_the_environment_and_never_from_the_command_line() {
    if programs().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let store = |url: &str, more: &[&str]| {
        run(folder, &[&["--store", url], more, &["call", "ListCsr"]].concat())
    };
    let there = "postgres://ca@127.0.0.1:1/pki?sslmode=disable";
    for url in [
        "postgres://ca:geheim@127.0.0.1:1/pki?sslmode=disable",
        "postgres://ca@127.0.0.1:1/pki?sslmode=disable&password=geheim",
    ] {
        refused(store(url, &[]), "a URL has none here");
    }
    std::fs::write(folder.join("password"), "geheim\n").unwrap();
    let file = ["--store-password-file", "password"];
    let set = |mode| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(folder.join("password"), mode).unwrap();
    };
    set(0o644);
    refused(store(there, &file), "chmod 600");
    set(0o600);
    refused(store(there, &file), "try again later");
}
