//! What `certwright serve` refuses to start with, and what it says.

use std::process::Output;

use crate::served::{CREDENTIALS, Served};

fn run(served: &Served, more: &[&str]) -> Output {
    let mut arguments = Served::arguments(more);
    if more.contains(&"--listen") {
        arguments.retain(|one| *one != "127.0.0.1:0");
        let at = arguments.iter().position(|one| *one == "--listen").unwrap();
        arguments.remove(at);
    }
    // It would serve on, were it not refused.
    let mut command = served.command();
    command.args(arguments);
    let child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id().to_string();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(20));
        let _ = std::process::Command::new("kill").args(["-KILL", &pid]).status();
    });
    let output = child.wait_with_output().unwrap();
    drop(stopper);
    output
}

#[track_caller]
fn refuses(served: &Served, more: &[&str], code: i32, says: &str) {
    let output = run(served, more);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.contains(says), "{error}");
    assert!(!error.contains("secret-of"), "{error}");
    assert_eq!(output.stdout, b"");
}

const CALLERS: [&str; 2] = ["--credentials", "credentials.toml"];

#[test]
fn it_does_not_start_where_anybody_or_nobody_could_call() {
    let served = Served::folder();
    refuses(&served, &[], 2, "--credentials <FILE> is missing");
    let anybody = ["--insecure-any-caller", "--listen", "0.0.0.0:0"];
    refuses(&served, &anybody, 2, "for a loopback address alone");
    let both = [&CALLERS[..], &["--insecure-any-caller"]].concat();
    refuses(&served, &both, 2, "cannot be used with");
    let now = [&CALLERS[..], &["--now", "0"]].concat();
    refuses(&served, &now, 2, "--now");
    let anywhere = [&CALLERS[..], &["--listen", "0.0.0.0:0"]].concat();
    refuses(&served, &anywhere, 2, "--public-url <URL> is missing");
    for url in ["ftp://a", "http://", "http://a?b", "http://a b"] {
        let url = [&CALLERS[..], &["--public-url", url]].concat();
        refuses(&served, &url, 2, "--public-url");
    }
    let half = [&CALLERS[..], &["--tls-cert", "x"]].concat();
    refuses(&served, &half, 2, "--tls-key");
}

#[cfg(unix)]
#[test]
fn credentials_that_others_can_read_are_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let served = Served::folder();
    for mode in [0o644, 0o640, 0o604, 0o602] {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(served.path("credentials.toml"), permissions).unwrap();
        refuses(&served, &CALLERS, 1, "chmod 600");
    }
}

#[test]
fn a_file_of_credentials_must_be_whole_and_no_secret_is_shown() {
    let served = Served::folder();
    let with = |from: &str, to: &str| {
        assert!(CREDENTIALS.contains(from));
        CREDENTIALS.replacen(from, to, 1)
    };
    let long_id = format!("access_key_id = \"{}\"", "a".repeat(129));
    for (content, says) in [
        (String::new(), "[[credential]]"),
        ("credential = []".to_owned(), "0 credentials"),
        ("credential = 1".to_owned(), "[[credential]]"),
        (with("[[credential]]", "[[credentials]]"), "[[credential]]"),
        (with("access_key_secret = \"", "access_key_secret = "), "not TOML, at line 4"),
        (with("secret-of-the-operator-1234", "secret-of-it"), "access_key_secret: allowed 22"),
        (with("secret-of-the-operator-1234", "secret-of the-operator-1234"), "access_key_secret"),
        (with("access_key_secret = \"secret-of-the-operator-1234\"", ""), "is missing"),
        (with("access_key_id = \"operator\"", ""), "access_key_id: allowed"),
        (with("access_key_id = \"operator\"", &long_id), "access_key_id: allowed"),
        (with("access_key_id = \"operator\"", "access_key_id = \"reader\""), "another's too"),
        (with("operator = true", "operator = 1"), "operator: allowed true and false"),
        (with("operator = true", "admin = true"), "allowed are access_key_id"),
        (with("actor = \"olga\"", "actor = \"a\\nb\""), "actor: allowed"),
        (with("allow = [\"yundun-cert:*\"]", ""), "allow: allowed a list"),
        (with("allow = [\"yundun-cert:*\"]", "allow = \"yundun-cert:*\""), "allow: allowed a list"),
        (with("allow = [\"yundun-cert:*\"]", "allow = [\"*\"]"), "which allows no operation"),
        (with("\"yundun-cert:ListCsr\"", "\"yundun-cert:ListCSR\""), "credential 3: allow"),
        (with("actor = \"olga\"", "rsa_public_key_file = \"none.pem\""), "none.pem"),
        (with("actor = \"olga\"", "rsa_public_key_file = \"seal.key\""), "seal.key"),
    ] {
        served.secret("credentials.toml", content);
        refuses(&served, &CALLERS, 1, says);
    }
}

#[test]
fn anybody_on_this_machine_may_call_where_it_was_said_so() {
    let mut served = Served::folder();
    served.begin(&["--insecure-any-caller"]);
    let host = served.address.clone();
    let get = |query: &str| {
        served.send(format!("GET /?{query} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"))
    };
    get("Action=ListCsr&Version=2020-04-07").answered();
    // Clients that sign are not refused, whatever they sign with.
    crate::asked::Asked::new("ListCsr", &[]).older().of("any", "other").answered(&served);
    get("Action=AddPackage&Version=2020-04-07&Count=1").refused(403, "NoPermission");
    get("Action=ListCsr&Version=1").refused(400, "InvalidVersion");
    // Pages in browsers are not this machine's programs.
    for head in ["host: 127.0.0.1\r\norigin: http://page.example", "host: page.example"] {
        let head = format!("GET /?Action=ListCsr&Version=2020-04-07 HTTP/1.1\r\n{head}");
        served.send(format!("{head}\r\nconnection: close\r\n\r\n")).refused(403, "NoPermission");
    }
    let host = "host: localhost:1\r\nconnection: close";
    served
        .send(format!("GET /?Action=ListCsr&Version=2020-04-07 HTTP/1.1\r\n{host}\r\n\r\n"))
        .answered();
}

#[test]
fn a_second_process_on_the_store_is_refused() {
    let served = Served::start();
    let more = [&CALLERS[..], &["--wait", "0"]].concat();
    refuses(&served, &more, 1, "another process");
    crate::asked::Asked::new("ListCsr", &[]).older().answered(&served);
}
