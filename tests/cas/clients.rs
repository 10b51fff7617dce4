//! Client certificates.

use certwright::KeyAlgorithm;
use certwright::cas::{Config, CreateClientCertificateWithCsr, LeafValidity, TlsLeaf};
use certwright::policy::Decision;
use certwright::profile::{ExtendedKeyUsage, KeyUsage};
use serde_json::{Value, json};

use crate::leaf_world::{DAY, NOW, World, alt_names, csr, csr_of, with};

const WITH_CSR: &str = "CreateClientCertificateWithCsr";
const GENERATED: &str = "CreateClientCertificate";

/// Both operations with what they need.
fn bases(world: &World) -> [(&'static str, Value); 2] {
    let generated = json!({ "ParentIdentifier": world.ca, "CommonName": "Bob", "Days": 30 });
    let with_csr = with(&generated, json!({ "Csr": csr("CN=Bob"), "CommonName": null }));
    [(WITH_CSR, with_csr), (GENERATED, generated)]
}

#[test]
fn only_the_issuer_and_the_csr_are_required() {
    let world = World::new();
    for (name, base) in bases(&world) {
        let given = with(&base, json!({ "ParentIdentifier": null }));
        world.refuses(name, given, "MissingParameter", "ParentIdentifier");
        world.refuses(
            name,
            with(&base, json!({ "Domain": "a.test" })),
            "InvalidParameter",
            "Domain",
        );
    }
    world.refuses(WITH_CSR, bases(&world)[1].1.clone(), "MissingParameter", "Csr");
    let nameless = json!({ "ParentIdentifier": world.ca, "Days": 30 });
    let certificate = world.certificate(GENERATED, nameless);
    let subject = "OU=Aliyun CDN,O=Alibaba Inc,L=Hangzhou,ST=Zhejiang,C=CN";
    assert_eq!(certificate.subject().to_string(), subject);
}

#[test]
fn the_country_is_cn_and_the_other_defaults_are_those_of_servers() {
    let world = World::new();
    for (name, base) in bases(&world) {
        let certificate = world.certificate(name, base.clone());
        let subject = "CN=Bob,OU=Aliyun CDN,O=Alibaba Inc,L=Hangzhou,ST=Zhejiang,C=CN";
        assert_eq!(certificate.subject().to_string(), subject);
        let fields = json!({
            "Organization": "O", "OrganizationUnit": "U", "Country": "FR", "State": "S",
            "Locality": "L",
        });
        let certificate = world.certificate(name, with(&base, fields));
        assert_eq!(certificate.subject().to_string(), "CN=Bob,OU=U,O=O,L=L,ST=S,C=FR");
        for (name_of, value) in [("Country", "X"), ("State", "\u{7}")] {
            let given = with(&base, json!({ name_of: value }));
            world.refuses(name, given, "InvalidParameter", name_of);
        }
        let given = with(&base, json!({ "Organization": "o".repeat(65) }));
        world.refuses(name, given, "DataTooLongException", "Organization");
    }
    let mut config = Config::default();
    config.client_country = "DE".to_owned();
    let world = World::configured("ECC_256", config);
    for (name, base) in bases(&world) {
        assert!(world.certificate(name, base).subject().to_string().ends_with(",C=DE"));
    }
}

#[test]
fn the_common_name_of_the_csr_wins() {
    let world = World::new();
    let [(_, base), _] = bases(&world);
    let given = with(&base, json!({ "CommonName": "Alice" }));
    assert_eq!(world.certificate(WITH_CSR, given).subject().common_name().unwrap(), "Bob");
    let given = with(&base, json!({ "CommonName": "Alice", "Csr": csr("O=None") }));
    assert_eq!(world.certificate(WITH_CSR, given).subject().common_name().unwrap(), "Alice");
}

#[test]
fn usages_are_those_of_a_tls_client() {
    let world = World::new();
    for (name, base) in bases(&world) {
        let certificate = world.certificate(name, base);
        assert_eq!(certificate.key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE));
        assert_eq!(certificate.extended_key_usage(), Some(&[ExtendedKeyUsage::CLIENT_AUTH][..]));
        assert!(certificate.alt_names().is_empty(), "a common name is none");
    }
}

#[test]
fn san_type_says_whether_san_value_lists_addresses_or_uris() {
    let world = World::new();
    for (name, base) in bases(&world) {
        let names = |kind: Value, value: &str| {
            let given = json!({ "SanType": kind, "SanValue": value });
            alt_names(&world.certificate(name, with(&base, given)))
        };
        assert_eq!(
            names(json!(1), "bob@example.test , ops@example.test"),
            ["email:bob@example.test", "email:ops@example.test"]
        );
        assert_eq!(
            names(json!("6"), "spiffe://example.test/bob,acs:ecs:cn-hangzhou:1:instance/i-1"),
            ["URI:spiffe://example.test/bob", "URI:acs:ecs:cn-hangzhou:1:instance/i-1"]
        );
    }
}

#[test]
fn san_type_and_san_value_are_given_together_and_well_formed() {
    let world = World::new();
    for (name, base) in bases(&world) {
        for (given, code, says) in [
            (json!({ "SanType": 1 }), "MissingParameter", "SanValue"),
            (json!({ "SanValue": "a@b.test" }), "MissingParameter", "SanType"),
            (json!({ "SanType": 3, "SanValue": "C=CN" }), "InvalidParameter", "SanType"),
            (json!({ "SanType": 5, "SanValue": "x" }), "InvalidParameter", "SanType"),
            (json!({ "SanType": "email", "SanValue": "a@b.test" }), "InvalidParameter", "SanType"),
            (json!({ "SanType": 1, "SanValue": "a@b.test,," }), "InvalidParameter", "\"\""),
            (json!({ "SanType": 1, "SanValue": "bob" }), "InvalidParameter", "\"bob\""),
            (json!({ "SanType": 1, "SanValue": "a@b.test,a@b.test" }), "InvalidParameter", "once"),
            (json!({ "SanType": 1, "SanValue": "https://a.test" }), "InvalidParameter", "SanValue"),
            (json!({ "SanType": 6, "SanValue": "a.test" }), "InvalidParameter", "SanValue"),
            (
                json!({ "SanType": 6, "SanValue": "https://bücher.test" }),
                "InvalidParameter",
                "SanValue",
            ),
        ] {
            world.refuses(name, with(&base, given), code, says);
        }
    }
}

#[test]
fn the_rules_on_validity_are_those_of_servers() {
    let world = World::new();
    for (name, base) in bases(&world) {
        let none = with(&base, json!({ "Days": null }));
        for (given, code, says) in [
            (json!({}), "MissingParameter", "Days"),
            (json!({ "Years": 1, "Months": 1 }), "MissingParameter", "Days"),
            (json!({ "BeforeTime": NOW }), "MissingParameter", "AfterTime"),
            (json!({ "AfterTime": NOW }), "MissingParameter", "BeforeTime"),
            (json!({ "Days": 0 }), "InvalidParameter", "Days"),
            (json!({ "Days": 36_500 }), "InvalidParameter", "end of the issuing CA"),
        ] {
            world.refuses(name, with(&none, given), code, says);
        }
        let given = json!({ "BeforeTime": NOW + DAY, "AfterTime": NOW + 2 * DAY });
        let validity = *world.certificate(name, with(&none, given.clone())).validity();
        let begin = validity.not_before().unix();
        assert_eq!((begin, validity.not_after().unix()), (NOW + DAY, NOW + 2 * DAY));
        let validity = *world.certificate(name, with(&base, given)).validity();
        let begin = validity.not_before().unix();
        assert_eq!((begin, validity.not_after().unix()), (NOW, NOW + 30 * DAY), "Days decides");
    }
}

#[test]
fn issuer_family_and_algorithm_are_checked_as_for_servers() {
    let world = World::new();
    for (name, base) in bases(&world) {
        let parent = |text: &str| with(&base, json!({ "ParentIdentifier": text }));
        world.refuses(name, parent(&world.root), "InvalidParameter", "intermediate");
        world.refuses(name, parent("nobody"), "NotFound", "ParentIdentifier");
        for algorithm in ["RSA_2048", "ECC_9", "RSA_1024"] {
            let given = with(&base, json!({ "Algorithm": algorithm }));
            world.refuses(name, given, "InvalidParameter", "Algorithm");
        }
        for (changes, says) in
            [(json!({ "Immediately": 3 }), "Immediately"), (json!({ "EnableCrl": 2 }), "EnableCrl")]
        {
            world.refuses(name, with(&base, changes), "InvalidParameter", says);
        }
        let crl = with(&base, json!({ "EnableCrl": 1 }));
        let certificate = world.certificate(name, crl);
        assert!(certificate.extensions().iter().any(|e| e.oid.to_string() == "2.5.29.31"));
    }
    let given = with(&bases(&world)[1].1, json!({ "Algorithm": "ECC_384" }));
    let key = world.certificate(GENERATED, given).public_key().unwrap().algorithm();
    assert_eq!(key, KeyAlgorithm::EcdsaP384);
    // Without one it is the first of the issuer's family.
    let key =
        world.certificate(GENERATED, bases(&world)[1].1.clone()).public_key().unwrap().algorithm();
    assert_eq!(key, KeyAlgorithm::EcdsaP256);
}

#[test]
fn an_issuer_for_servers_alone_issues_no_client() {
    let world = World::new();
    let ca = world.sub_ca(json!({ "ExtendedKeyUsages.1": "serverAuth" }));
    for (name, base) in bases(&world) {
        let given = with(&base, json!({ "ParentIdentifier": ca }));
        world.refuses(name, given, "InvalidParameter", "clientAuth");
    }
}

#[test]
fn an_alias_is_shown_and_bounded_and_need_not_be_unique() {
    let world = World::new();
    for (name, base) in bases(&world) {
        let given = |alias: &str| with(&base, json!({ "AliasName": alias }));
        for alias in ["Bob's phone", "手机"] {
            let leaf = world.identifier(name, given(alias));
            let described = world.call("DescribeClientCertificate", json!({ "Identifier": leaf }));
            assert_eq!(described["Certificate"]["AliasName"], alias);
        }
        world.call(name, given(&"ü".repeat(64)));
        world.refuses(name, given(&"ü".repeat(65)), "DataTooLongException", "AliasName");
        world.refuses(name, given("a\tb"), "InvalidParameter", "AliasName");
    }
}

#[test]
fn a_custom_identifier_is_taken_once_among_all_leaves() {
    let world = World::new();
    let [(_, with_csr), (_, generated)] = bases(&world);
    let custom = json!({ "CustomIdentifier": "bob-1" });
    world.call(WITH_CSR, with(&with_csr, custom.clone()));
    world.refuses(GENERATED, with(&generated, custom), "ParamRepeat", "bob-1");
}

#[test]
fn the_outcome_lists_what_of_the_csr_was_left_out() {
    let world = World::new();
    let request = CreateClientCertificateWithCsr {
        csr: csr_of(KeyAlgorithm::EcdsaP256, "CN=Bob", &["left.example.test"]),
        leaf: TlsLeaf {
            parent_identifier: world.ca.clone(),
            validity: LeafValidity { days: Some(1), ..Default::default() },
            ..Default::default()
        },
        ..Default::default()
    };
    let answer = world.cas.run_with_outcome(&request).unwrap();
    let left: Vec<&str> = answer
        .outcome
        .iter()
        .filter(|item| item.decision != Decision::Granted)
        .map(|item| item.value.as_str())
        .collect();
    assert_eq!(left, ["DNS:left.example.test"]);
}
