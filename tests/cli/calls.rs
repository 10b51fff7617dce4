//! `certwright call`: where its parameters come from, what it answers and refuses.

use serde_json::{Value, json};

use crate::shop::{NOW, Shop, any_algorithm, root, text};

const STORE: [&str; 4] = ["--store", "ca.redb", "--key-file", "seal.key"];

#[test]
fn parameters_are_an_argument_a_file_or_standard_input_and_none_are_an_empty_object() {
    let shop = Shop::new();
    let page = r#"{"CurrentPage": 1, "ShowSize": 7}"#;
    shop.write("page.json", page);
    for (parameters, input) in [(page, ""), ("@page.json", ""), ("-", page)] {
        let arguments = [&STORE[..], &["call", "ListCsr", parameters]].concat();
        let answer = shop.run_with(&arguments, input.as_bytes()).answer();
        assert_eq!(answer["ShowSize"], 7, "{parameters}");
    }
    let answer = shop.run(&[&STORE[..], &["call", "ListCsr"]].concat()).answer();
    assert_eq!(answer["TotalCount"], 0);
}

#[test]
fn options_stand_before_or_after_the_verb_and_not_twice() {
    let shop = Shop::new();
    for arguments in [
        vec!["--store", "ca.redb", "call", "ListCsr"],
        vec!["call", "--store", "ca.redb", "ListCsr"],
        vec!["call", "ListCsr", "--store", "ca.redb"],
        vec!["--now", "5", "call", "ListCsr", "{}", "--store=ca.redb"],
        vec!["--lenient-validity", "call", "ListCsr", "--store=ca.redb"],
    ] {
        shop.run(&arguments).answer();
    }
    let twice = ["--store", "ca.redb", "call", "ListCsr", "--store", "ca.redb"];
    shop.run(&twice).says(2, "--store is given before and after the verb");
}

#[test]
fn a_refusal_is_json_on_standard_error() {
    let shop = Shop::new();
    let missing = shop.try_call(&[], "CreateCsr", &json!({})).refused("MissingParameter");
    assert!(text(&missing, "Message").contains("CommonName"), "{missing}");
    assert_eq!(missing["HttpStatus"], 400);
    let unknown = json!({ "Identifier": "00112233445566778899aabbccddeeff" });
    shop.try_call(&[], "DescribeCACertificate", &unknown).refused("NotFound");
}

#[test]
fn what_can_be_refused_without_a_store_leaves_none_behind() {
    let shop = Shop::new();
    shop.secret("short.key", [7; 31]);
    shop.secret("long.key", [7; 33]);
    shop.write("latin.json", b"{\"CommonName\": \"\xfc\"}");
    shop.write("rules.json", "[]");
    shop.write("twice.json", r#"{"organization": "A", "crl_day": 7, "organization": "B"}"#);
    let twice = r#"{"KeyWord": "a", "KeyWord": "b"}"#;
    for (arguments, code, words) in [
        (vec!["call", "NoSuch"], "InvalidParameter", "\"NoSuch\""),
        (vec!["call", "ListCsr", "{"], "InvalidParameter", "no JSON"),
        (vec!["call", "ListCsr", twice], "InvalidParameter", "given twice"),
        (vec!["call", "AttestOrder", "{}"], "InvalidParameter", "certwright operate"),
        (vec!["operate", "ListCsr"], "InvalidParameter", "certwright call"),
        (vec!["operate", "NoSuch"], "InvalidParameter", "\"NoSuch\""),
        (vec!["call", "ListCsr", "--config", "twice.json"], "InvalidParameter", "given twice"),
        (vec!["call", "ListCsr", "@missing.json"], "InvalidParameter", "missing.json"),
        (vec!["call", "ListCsr", "@latin.json"], "InvalidParameter", "not UTF-8"),
        (vec!["call", "ListCsr", "--key-file", "short.key"], "InvalidParameter", "exactly 32"),
        (vec!["call", "ListCsr", "--key-file", "long.key"], "InvalidParameter", "exactly 32"),
        (vec!["call", "ListCsr", "--key-file", "no.key"], "InvalidParameter", "no.key"),
        (vec!["call", "ListCsr", "--config", "rules.json"], "InvalidParameter", "JSON object"),
    ] {
        let arguments = [&["--store", "new.redb"], &arguments[..]].concat();
        let error = shop.run(&arguments).refused(code);
        assert!(text(&error, "Message").contains(words), "{error}");
        assert!(!shop.path("new.redb").exists(), "{arguments:?}");
    }
    // Parameters that are no object are the operation's to refuse.
    shop.run(&["--store", "ca.redb", "call", "ListCsr", "[]"]).refused("InvalidParameter");
}

#[test]
fn parameters_longer_than_the_limit_are_not_read() {
    let shop = Shop::new();
    let long = format!("{{\"KeyWord\": \"{}\"}}", "x".repeat(4 << 20));
    shop.write("long.json", &long);
    let arguments = [&STORE[..], &["call", "ListCsr", "@long.json"]].concat();
    let error = shop.run(&arguments).refused("InvalidParameter");
    assert!(text(&error, "Message").contains("longer than"), "{error}");
    let arguments = [&STORE[..], &["call", "ListCsr", "-"]].concat();
    shop.run_with(&arguments, long.as_bytes()).refused("InvalidParameter");
}

#[test]
fn now_is_the_clock_of_the_call() {
    let shop = Shop::new();
    let root = root(any_algorithm());
    for (now, begin) in [(NOW.to_string(), NOW), ("2026-06-01T00:00:01Z".to_owned(), NOW + 1)] {
        let made = shop.call_with(&["--now", &now], "CreateRootCACertificate", root.clone());
        let identifier = json!({ "Identifier": made["Identifier"] });
        let described = shop.call("DescribeCACertificate", identifier);
        assert_eq!(described["Certificate"]["BeforeDate"], begin * 1000);
    }
    for wrong in ["soon", "2026-06-01", "253402300800", "1.5"] {
        let arguments = ["--store", "ca.redb", "--now", wrong, "call", "ListCsr"];
        shop.run(&arguments).says(2, "--now");
    }
}

#[test]
fn the_actor_is_in_the_audit_log() {
    let shop = Shop::new();
    let root = root(any_algorithm());
    let actors = |shop: &Shop| -> Vec<String> {
        let log = shop.run(&["audit", "--store", "ca.redb"]).expect(0);
        let line = |line: &str| serde_json::from_str::<Value>(line).unwrap()["actor"].to_string();
        let mut actors: Vec<String> = log.stdout.lines().map(line).collect();
        actors.dedup();
        actors
    };
    shop.call("CreateRootCACertificate", root.clone());
    shop.call_with(&["--actor", "ann"], "CreateRootCACertificate", root.clone());
    assert_eq!(actors(&shop), [r#""tester""#, r#""ann""#]);
    let mut nobody = shop.command();
    nobody.env_remove("USER").env_remove("LOGNAME").env_remove("USERNAME");
    nobody.args(STORE).args(["call", "CreateRootCACertificate", &root.to_string()]);
    assert!(nobody.output().unwrap().status.success());
    assert_eq!(actors(&shop), [r#""tester""#, r#""ann""#, r#""cli""#]);
}
