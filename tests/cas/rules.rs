//! The rules as a text: each can be set, and what is wrong is said by its name.

use certwright::cas::{Cas, Config, OrderOutliving, ProductKind};
use certwright::key::{Sm2Id, WeakKeys};
use certwright::time::{Lifetime, SystemClock};
use certwright::{KeyAlgorithm, KeyPair, MemoryStore};
use serde_json::{Value, json};

use crate::leaf_world::{World, with};

fn read(rules: Value) -> Result<Config, String> {
    Config::from_json(&rules.to_string()).map_err(|error| {
        assert_eq!(error.code(), "InvalidParameter");
        error.message().to_owned()
    })
}

#[test]
fn the_defaults_are_written_and_read_again() {
    let written = Config::default().to_json();
    assert_eq!(Config::from_json(&written).unwrap().to_json(), written);
    assert_eq!(Config::from_json("{}").unwrap().to_json(), written);
    let fields: Value = serde_json::from_str(&written).unwrap();
    let fields = fields.as_object().unwrap();
    let rules = Config::rules();
    assert_eq!(rules.len(), fields.len());
    for rule in &rules {
        assert!(fields.contains_key(&rule.name) && !rule.description.is_empty(), "{rule:?}");
        // Null is the default.
        assert_eq!(read(json!({ &*rule.name: null })).unwrap().to_json(), written);
        // Nothing that a rule cannot be is taken for it.
        let error = read(json!({ &*rule.name: { "a": true } })).unwrap_err();
        assert!(
            error.starts_with(&format!("{}: given a structure, allowed ", rule.name)),
            "{error}"
        );
    }
}

#[test]
fn each_rule_is_set_by_its_name() {
    let config = read(json!({
        "algorithms": [{ "name": "EC", "key": "P-256", "signature": "ecdsa-with-SHA384" }],
        "backdate": "90d", "crl_base_url": "https://crl.example/ca", "crl_day": 30,
        "default_product": "own", "order_outliving": "wait", "path_len": 3,
        "products": [{ "code": "own", "kind": "wildcard", "lifetime": "36h" }],
        "sm2_ids": ["", "1234567812345678"], "weak_keys": "dangerously-allow-rsa-1024",
        "root_algorithm": "SM2", "reserved_tag_keys": [], "expiring": "600s",
    }))
    .unwrap();
    assert_eq!(config.algorithms[0].name, "EC");
    assert_eq!(config.algorithms[0].key, KeyAlgorithm::EcdsaP256);
    assert_eq!((config.backdate, config.expiring), (Lifetime::days(90), Lifetime::seconds(600)));
    assert_eq!(config.crl_base_url.as_deref(), Some("https://crl.example/ca"));
    assert_eq!((config.crl_day, config.path_len), (30, 3));
    assert_eq!(config.order_outliving, OrderOutliving::Wait);
    assert_eq!(config.products[0].kind, ProductKind::Wildcard);
    assert_eq!(config.products[0].lifetime, Lifetime::hours(36));
    assert_eq!(config.sm2_ids, [Sm2Id::new("").unwrap(), Sm2Id::default()]);
    assert_eq!(config.weak_keys, WeakKeys::DangerouslyAllowRsa1024);
    assert_eq!(config.root_algorithm, KeyAlgorithm::Sm2);
    assert!(config.reserved_tag_keys.is_empty());
    let cas = Cas::new(MemoryStore::default(), SystemClock, config);
    assert_eq!(cas.config().crl_day, 30);
}

#[test]
fn a_wrong_rule_is_named_with_what_was_given_and_what_is_allowed() {
    for (rules, says) in [
        (json!({ "crl_day": 366 }), "crl_day: given 366, allowed 1 to 365"),
        (json!({ "path_len": 256 }), "path_len: given 256, allowed 0 to 255"),
        (json!({ "tags": -1 }), "tags: given -1, allowed 0 to "),
        (
            json!({ "backdate": "2 weeks" }),
            "backdate: given \"2 weeks\", allowed a time such as 90d",
        ),
        (json!({ "backdate": "99999999999999999999d" }), "backdate: given"),
        (
            json!({ "crl_base_url": "crl.example" }),
            "crl_base_url: given \"crl.example\", allowed a URL",
        ),
        (json!({ "client_country": "CHN" }), "client_country: given \"CHN\", allowed two letters"),
        (json!({ "validity": "loose" }), "validity: given \"loose\", allowed lenient or strict"),
        (json!({ "sm2_ids": [] }), "sm2_ids: given a list, allowed 1 to 16 identifiers"),
        (
            json!({ "order_issuers": ["x"] }),
            "order_issuers.1: given \"x\", allowed the identifier of a CA",
        ),
        (json!({ "page_size": 0 }), "page_size: given 0, allowed 1 to 10000"),
        (json!({ "page_size": 5000 }), "page_size: given 5000, allowed 1 to 1000"),
        (
            json!({ "default_product": "x" }),
            "default_product: given \"x\", allowed digicert-free-1-free",
        ),
        (
            json!({ "algorithms": [{ "name": "EC", "key": "P-256", "signature": "SM2-with-SM3" }] }),
            "signatures of the family of each key",
        ),
        (json!({ "products": [{ "code": "x", "kind": "both" }] }), "products.1.lifetime: missing"),
        (json!({ "organisation": "x" }), "unknown rule \"organisation\", allowed algorithms, "),
    ] {
        let error = read(rules.clone()).unwrap_err();
        assert!(error.contains(says), "{rules}: {error}");
    }
    // All at once.
    let error = read(json!({ "crl_day": 0, "path_len": 256, "colour": 1 })).unwrap_err();
    for part in ["crl_day", "path_len", "\"colour\""] {
        assert!(error.contains(part), "{error}");
    }
    let twice = Config::from_json(r#"{ "crl_day": 1, "crl_day": 2 }"#).unwrap_err();
    assert!(twice.message().contains("given twice"), "{twice}");
    let text = Config::from_json("[1").unwrap_err();
    assert!(text.message().starts_with("the rules: given no JSON"), "{text}");
}

/// OpenSSL 3.0 signs with the empty identifier where it is not told one.
#[test]
fn csrs_of_sm2_keys_are_tried_with_the_identifiers_of_the_rules_in_their_order() {
    let named = |id: &str| {
        let key =
            KeyPair::generate(KeyAlgorithm::Sm2).unwrap().with_sm2_id(Sm2Id::new(id).unwrap());
        let builder = certwright::CertificateRequest::builder("CN=a.test".parse().unwrap());
        builder.sign(&key).unwrap().to_pem()
    };
    let base =
        |world: &World, csr: String| json!({ "Csr": csr, "ParentIdentifier": world.ca, "Days": 1 });
    let operation = "CreateServerCertificateWithCsr";
    let world = World::of("SM2_256");
    world.call(operation, base(&world, named(Sm2Id::DEFAULT)));
    let says = "given the empty one (\"\"), with which it verifies, allowed \"1234567812345678\"";
    world.refuses(operation, base(&world, named("")), "InvalidParameter", says);
    world.refuses("UploadCsr", json!({ "Csr": named("") }), "InvalidParameter", says);
    let unknown = base(&world, named("alice@example"));
    world.refuses(operation, unknown.clone(), "CertificateFormatException", "does not verify");

    let config = read(json!({ "sm2_ids": ["1234567812345678", "", "alice@example"] })).unwrap();
    let world = World::configured("SM2_256", config);
    for csr in [named(Sm2Id::DEFAULT), named(""), named("alice@example")] {
        world.call(operation, base(&world, csr));
    }
    let number = world.call("UploadCsr", json!({ "Csr": named("") }))["CsrId"].clone();
    world.call("GetCsrDetail", json!({ "CsrId": number }));
    world.call(operation, with(&unknown, json!({ "ParentIdentifier": world.ca })));
}
