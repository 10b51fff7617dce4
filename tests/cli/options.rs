//! The options that are rules, and wrong usage.

use serde_json::json;

use crate::shop::{NOW, Shop, any_algorithm, server, sub, text};

#[test]
fn the_crl_base_url_is_where_certificates_point() {
    let shop = Shop::new();
    let (root, _) = shop.hierarchy(any_algorithm());
    let mut below = sub(any_algorithm(), &root);
    below["CommonName"] = "With CRL".into();
    below["EnableCrl"] = true.into();
    let refused = shop.try_call(&["--now", &NOW.to_string()], "CreateSubCACertificate", &below);
    refused.refused("InvalidParameter");
    let now = NOW.to_string();
    let options = ["--now", &now, "--crl-base-url", "http://crl.example/ca"];
    let ca = shop.call_with(&options, "CreateSubCACertificate", below);
    let mut leaf = server(any_algorithm(), &ca);
    leaf["EnableCrl"] = 1.into();
    let leaf = shop.call_with(&options, "CreateServerCertificate", leaf);
    shop.write("leaf.pem", text(&leaf, "X509Certificate"));
    let shown = shop.run(&["inspect", "leaf.pem"]).expect(0).stdout;
    let url = format!("http://crl.example/ca/{}.crl", text(&ca, "Identifier"));
    assert!(shown.contains(&url), "{shown}");
}

#[test]
fn lenient_validity_takes_years_and_months() {
    let shop = Shop::new();
    let (_, ca) = shop.hierarchy(any_algorithm());
    let mut leaf = server(any_algorithm(), &ca);
    leaf.as_object_mut().unwrap().remove("Days");
    leaf["Years"] = 1.into();
    let now = NOW.to_string();
    let call = |options: &[&str]| {
        shop.try_call(&[&["--now", &now], options].concat(), "CreateServerCertificate", &leaf)
    };
    call(&[]).refused("MissingParameter");
    call(&["--lenient-validity"]).answer();
    shop.write("rules.json", r#"{"validity": "lenient"}"#);
    call(&["--config", "rules.json"]).answer();
    shop.write("rules.json", r#"{"validity": "strict"}"#);
    call(&["--config", "rules.json"]).refused("MissingParameter");
    // An option counts more than the file.
    call(&["--config", "rules.json", "--lenient-validity"]).answer();
}

#[test]
fn a_file_of_rules_sets_them_and_an_unknown_or_wrong_one_is_refused() {
    let shop = Shop::new();
    let (_, ca) = shop.hierarchy(any_algorithm());
    let rules = json!({
        "organization": "Example GmbH", "organization_unit": "Web", "client_country": "DE",
        "authority_country": "DE", "crl_base_url": "http://crl.example", "crl_day": 3,
        "default_product": "digicert-free-1-free", "order_issuers": [ca["Identifier"]],
        "subject_from_csr": "ignore", "validity": "strict",
    });
    shop.write("rules.json", rules.to_string());
    let options = ["--now", &NOW.to_string(), "--config", "rules.json"];
    let leaf = shop.call_with(&options, "CreateServerCertificate", server(any_algorithm(), &ca));
    shop.write("leaf.pem", text(&leaf, "X509Certificate"));
    let shown = shop.run(&["inspect", "leaf.pem"]).expect(0).stdout;
    assert!(shown.contains("OU=Web,O=Example GmbH"), "{shown}");
    for (rules, words) in [
        (json!({ "organisation": "x" }), "\"organisation\""),
        (json!({ "organization": [] }), "a string"),
        (json!({ "crl_day": "x" }), "crl_day: given \"x\", allowed an integer"),
        (json!({ "crl_day": 0 }), "crl_day: given 0, allowed 1 to 365"),
        (json!({ "order_issuers": ["x"] }), "order_issuers.1: given \"x\", allowed the identifier"),
        (json!({ "validity": "loose" }), "allowed lenient or strict"),
        (json!({ "subject_from_csr": true }), "given true, allowed copy or ignore"),
    ] {
        shop.write("rules.json", rules.to_string());
        let refused = shop.try_call(&["--config", "rules.json"], "ListCsr", &json!({}));
        let error = refused.refused("InvalidParameter");
        assert!(text(&error, "Message").contains(words), "{error}");
    }
}

/// Documented in docs/rules.toml, which is what the command prints.
#[test]
fn rules_prints_every_rule_with_its_default_and_config_reads_that() {
    let shop = Shop::new();
    let printed = shop.run(&["rules"]).expect(0).stdout;
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rules.toml");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(kept, &printed).unwrap();
    }
    assert_eq!(std::fs::read_to_string(kept).unwrap(), printed, "UPDATE_GOLDEN=1 writes it");
    for rule in certwright::cas::Config::rules() {
        let lines = [format!("\n{} = ", rule.name), format!("\n# {} = ", rule.name)];
        assert_eq!(lines.iter().map(|line| printed.matches(line).count()).sum::<usize>(), 1);
    }
    shop.write("rules.toml", &printed);
    shop.call_with(&["--config", "rules.toml"], "ListCsr", json!({}));
    for (rules, words) in [
        ("crl_day = 0", "crl_day: given 0, allowed 1 to 365"),
        ("crl_day = 1\ncrl_day = 2", "not TOML: duplicate key at line 2"),
        ("[validity]", "validity: given a structure, allowed lenient or strict"),
        ("# fine\n\nvalidity = lenient", "at line 3"),
        ("organisation = \"x\"", "unknown rule \"organisation\""),
    ] {
        shop.write("rules.toml", rules);
        let refused = shop.try_call(&["--config", "rules.toml"], "ListCsr", &json!({}));
        let error = refused.refused("InvalidParameter");
        assert!(text(&error, "Message").contains(words), "{error}");
    }
}

#[test]
fn wrong_usage_exits_with_2_and_touches_nothing() {
    let shop = Shop::new();
    shop.write("x.pem", "");
    for arguments in [
        &[][..],
        &["--store"],
        &["--store", "new.redb"],
        &["--store", "new.redb", "call"],
        &["--store", "new.redb", "call", "ListCsr", "{}", "{}"],
        &["--store", "new.redb", "frobnicate"],
        &["--store", "new.redb", "--frobnicate", "call", "ListCsr"],
        &["--store", "new.redb", "--order-issuer", "CA1", "call", "ListCsr"],
        &["--store", "new.redb", "--wait", "-1", "call", "ListCsr"],
        &["--store", "new.redb", "inspect", "x.pem"],
        &["--store", "new.redb", "ops"],
        &["--store", "new.redb", "--now", "5", "audit"],
        &["call", "ListCsr"],
        &["audit"],
        &["backup", "copy.redb"],
        &["backup", "--store", "new.redb"],
        &["inspect"],
        &["verify", "x.pem"],
        &["verify", "--trust", "x.pem"],
        &["verify", "--trust", "x.pem", "--purpose", "mail", "x.pem"],
        &["verify", "--trust", "x.pem", "--name", "a b", "x.pem"],
        &["ops", "NoSuch"],
        &["completions", "powershell"],
    ] {
        let ran = shop.run(arguments).expect(2);
        assert_eq!(ran.stdout, "", "{arguments:?}");
        assert!(!ran.stderr.is_empty(), "{arguments:?}");
    }
    assert!(!shop.path("new.redb").exists());
}

#[test]
fn the_environment_chooses_the_arithmetic_of_the_command_or_is_wrong_usage() {
    let shop = Shop::new();
    for (value, code) in [("portable", 0), ("rustcrypto", 0), ("fastets", 2), ("", 2)] {
        let mut command = shop.command();
        let output = command.arg("ops").env("CERTWRIGHT_ARITHMETIC", value).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{value}: {stderr}");
        assert_eq!(code == 2, stderr.contains("fastest, portable, rustcrypto, scalar and vectors"));
    }
}
