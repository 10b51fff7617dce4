//! Server certificates, by the letter of the documentation of CreateServerCertificateWithCsr.

use crate::world::CallJson;
use certwright::cas::{
    CommonNameRule, Config, CreateServerCertificateWithCsr, LeafValidity, SubjectFromCsr, TlsLeaf,
    ValidityRule,
};
use certwright::policy::Decision;
use certwright::profile::{ExtendedKeyUsage, KeyUsage, LeafBasicConstraints};
use certwright::{CertificateRequest, KeyAlgorithm};
use serde_json::{Value, json};

use crate::craft;
use crate::leaf_world::{DAY, NOW, World, alt_names, csr, csr_of, with};

const OPERATION: &str = "CreateServerCertificateWithCsr";

fn base(world: &World) -> Value {
    json!({ "Csr": csr("CN=www.example.test"), "ParentIdentifier": world.ca, "Days": 30 })
}

fn generated(world: &World) -> Value {
    json!({
        "CommonName": "www.example.test", "Algorithm": "ECC_256", "ParentIdentifier": world.ca,
        "Days": 30,
    })
}

#[test]
fn csr_and_parent_are_required_and_no_other_parameter() {
    let world = World::new();
    for name in ["Csr", "ParentIdentifier"] {
        world.refuses(
            OPERATION,
            with(&base(&world), json!({ name: null })),
            "MissingParameter",
            name,
        );
        // What clients leave empty they do not give.
        world.refuses(
            OPERATION,
            with(&base(&world), json!({ name: "" })),
            "MissingParameter",
            name,
        );
    }
    for name in ["CommonName", "Algorithm", "ParentIdentifier"] {
        let without = with(&generated(&world), json!({ name: null }));
        world.refuses("CreateServerCertificate", without, "MissingParameter", name);
    }
    world.refuses(OPERATION, with(&base(&world), json!({ "Cvv": 1 })), "InvalidParameter", "Cvv");
    world.call(OPERATION, base(&world));
}

#[test]
fn a_csr_that_does_not_parse_or_is_not_signed_by_its_key_has_a_code_of_its_own() {
    let world = World::new();
    let good = csr("CN=a.test");
    let mut lines: Vec<&str> = good.lines().collect();
    lines.swap(1, 2);
    for bad in ["-----BEGIN CERTIFICATE REQUEST-----", "x", &lines.join("\n")] {
        let given = with(&base(&world), json!({ "Csr": bad }));
        world.refuses(OPERATION, given, "CertificateFormatException", "");
    }
    let other = csr("CN=b.test");
    // The last line but one holds the end of the signature.
    let (ours, theirs) = (good.lines().collect::<Vec<_>>(), other.lines().collect::<Vec<_>>());
    let mixed = [&ours[..ours.len() - 2], &theirs[theirs.len() - 2..]].concat().join("\n");
    let given = with(&base(&world), json!({ "Csr": mixed }));
    world.refuses(OPERATION, given, "CertificateFormatException", "");
}

#[test]
fn the_subject_has_the_defaults_of_the_page_and_the_rest_of_the_issuer() {
    let world = World::new();
    for (name, base) in [(OPERATION, base(&world)), ("CreateServerCertificate", generated(&world))]
    {
        let certificate = world.certificate(name, base);
        // RFC 4514 text, the most specific first: the encoding is C, ST, L, O, OU, CN.
        assert_eq!(
            certificate.subject().to_string(),
            "CN=www.example.test,OU=Aliyun CDN,O=Alibaba Inc,L=Hangzhou,ST=Zhejiang,C=DE"
        );
    }
}

#[test]
fn the_fields_of_the_request_go_before_the_defaults() {
    let world = World::new();
    let fields = json!({
        "Organization": "O", "OrganizationUnit": "U", "Country": "us", "State": "S", "Locality": "L",
    });
    let certificate = world.certificate(OPERATION, with(&base(&world), fields));
    assert_eq!(certificate.subject().to_string(), "CN=www.example.test,OU=U,O=O,L=L,ST=S,C=us");
}

#[test]
fn the_bounds_of_the_fields_are_those_of_x_520() {
    let world = World::new();
    for (name, most) in
        [("Organization", 64), ("OrganizationUnit", 64), ("State", 128), ("Locality", 128)]
    {
        let given = |count| with(&base(&world), json!({ name: "ü".repeat(count) }));
        world.call(OPERATION, given(most));
        world.refuses(OPERATION, given(most + 1), "DataTooLongException", name);
    }
    let given = with(&generated(&world), json!({ "CommonName": "a".repeat(65) }));
    world.refuses("CreateServerCertificate", given, "DataTooLongException", "CommonName");
    for country in ["C", "CHN", "C1", "中国"] {
        let given = with(&base(&world), json!({ "Country": country }));
        world.refuses(OPERATION, given, "InvalidParameter", "Country");
    }
    let given = with(&base(&world), json!({ "State": "a\u{7}" }));
    world.refuses(OPERATION, given, "InvalidParameter", "State");
}

#[test]
fn the_common_name_of_the_csr_wins() {
    let world = World::new();
    let given = with(&base(&world), json!({ "CommonName": "other.example.test" }));
    let certificate = world.certificate(OPERATION, given);
    assert_eq!(certificate.subject().common_name().unwrap(), "www.example.test");
    let nameless = json!({ "Csr": csr("O=None"), "CommonName": "other.example.test" });
    let certificate = world.certificate(OPERATION, with(&base(&world), nameless));
    assert_eq!(certificate.subject().common_name().unwrap(), "other.example.test");
}

#[test]
fn the_other_fields_of_the_csr_are_copied_only_where_the_switch_says_so() {
    let csr = csr("CN=a.test, OU=Theirs, O=Theirs, L=Theirs, ST=Theirs, C=FR");
    for (rule, subject) in [
        (SubjectFromCsr::Ignore, "CN=a.test,OU=Aliyun CDN,O=Ours,L=Hangzhou,ST=Zhejiang,C=DE"),
        (SubjectFromCsr::Copy, "CN=a.test,OU=Theirs,O=Ours,L=Theirs,ST=Theirs,C=FR"),
    ] {
        let mut config = Config::default();
        config.subject_from_csr = rule;
        let world = World::configured("ECC_256", config);
        let given = with(&base(&world), json!({ "Csr": csr, "Organization": "Ours" }));
        assert_eq!(world.certificate(OPERATION, given).subject().to_string(), subject);
    }
}

#[test]
fn domain_takes_names_and_addresses_mixed_after_the_common_name() {
    let world = World::new();
    let domain = " b.test ,10.0.0.7,*.c.test , 2001:DB8::7, xn--bcher-kva.test,www.EXAMPLE.test";
    let names = [
        "DNS:b.test",
        "IP:10.0.0.7",
        "DNS:*.c.test",
        "IP:2001:db8::7",
        "DNS:xn--bcher-kva.test",
        "DNS:www.example.test",
    ];
    let given = json!({ "Domain": domain });
    // The common name is among them already.
    let certificate = world.certificate(OPERATION, with(&base(&world), given));
    assert_eq!(alt_names(&certificate), names);
    let certificate = world.certificate(
        "CreateServerCertificate",
        with(
            &generated(&world),
            json!({
                "Domain": "b.test", "CommonName": "10.0.0.9",
            }),
        ),
    );
    assert_eq!(alt_names(&certificate), ["IP:10.0.0.9", "DNS:b.test"]);
}

#[test]
fn a_bad_item_of_domain_is_refused_by_its_name() {
    let world = World::new();
    for (domain, says) in [
        ("a.test,,b.test", "\"\""),
        ("a.test,", "\"\""),
        ("a.test,b.test,A.test", "\"A.test\""),
        ("10.0.0.7,10.0.0.7", "\"10.0.0.7\""),
        ("a.test,a*.b.test", "a*.b.test"),
        ("a.*.test", "a.*.test"),
        ("*", "\"*\""),
        ("a..test", "a..test"),
        ("-a.test", "-a.test"),
        ("a_b.test", "underscore"),
        ("fe80::1%eth0", "zone"),
        ("::ffff:10.0.0.7", "write 10.0.0.7"),
        ("10.0.0.256", "10.0.0.256"),
        ("2001:db8:::1", "2001:db8:::1"),
        ("bücher.*.test", "bücher.*.test"),
        ("xn--a.test", "xn--a"),
        ("a.test b.test", "a.test b.test"),
        ("https://a.test", "https://a.test"),
    ] {
        let given = with(&base(&world), json!({ "Domain": domain }));
        let error = world.refuses(OPERATION, given, "InvalidParameter", says);
        assert!(error.message().contains("Domain"), "{error}");
    }
}

#[test]
fn at_most_250_names_are_taken() {
    let world = World::new();
    let domain = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("a{number}.test")).collect();
        with(&base(&world), json!({ "Domain": names.join(",") }))
    };
    assert_eq!(world.certificate(OPERATION, domain(250)).alt_names().len(), 251);
    world.refuses(OPERATION, domain(251), "InvalidParameter", "250");
}

#[test]
fn a_common_name_that_is_a_host_name_is_an_alternative_name_unless_switched_off() {
    let world = World::new();
    assert_eq!(alt_names(&world.certificate(OPERATION, base(&world))), ["DNS:www.example.test"]);
    let given = with(&base(&world), json!({ "Csr": csr("CN=Not a host"), "Domain": "a.test" }));
    assert_eq!(alt_names(&world.certificate(OPERATION, given)), ["DNS:a.test"]);
    let mut config = Config::default();
    config.common_name = CommonNameRule::Only;
    let world = World::configured("ECC_256", config);
    assert!(world.certificate(OPERATION, base(&world)).alt_names().is_empty());
}

#[test]
fn a_server_certificate_names_a_host() {
    let mut only = Config::default();
    only.common_name = CommonNameRule::Only;
    for world in [World::new(), World::configured("ECC_256", only)] {
        let given = with(&base(&world), json!({ "Csr": csr("CN=Not a host") }));
        world.refuses(OPERATION, given, "MissingParameter", "Domain");
        let generated = with(&generated(&world), json!({ "CommonName": "Not a host" }));
        world.refuses("CreateServerCertificate", generated, "MissingParameter", "Domain");
        let custom = json!({
            "Csr": csr("CN=Not a host"), "ParentIdentifier": world.ca, "Validity": "30d",
            "ApiPassthrough": { "Extensions": { "ExtendedKeyUsages": ["serverAuth"] } },
        });
        let operation = "CreateCustomCertificate";
        world.refuses(operation, custom.clone(), "MissingParameter", "SubjectAlternativeNames");
        world.call(operation, with(&custom, json!({ "Csr": csr("CN=a.test") })));
    }
}

#[test]
fn no_dump_of_bytes_and_no_blank_is_certified() {
    let world = World::new();
    let crafted = |string, bytes: &[u8]| {
        let subject = craft::name(&[("2.5.4.3", string, bytes)]);
        let der = craft::request(&subject, &[], &*craft::key(KeyAlgorithm::EcdsaP256, 2));
        CertificateRequest::from_der(&der).unwrap().to_pem()
    };
    let custom = |csr: &str| {
        json!({
            "Csr": csr, "ParentIdentifier": world.ca, "Validity": "30d",
            "ApiPassthrough": { "Extensions": { "ExtendedKeyUsages": ["clientAuth"] } },
        })
    };
    for (string, bytes, name) in
        [(0x0c, &b"M\xfcller.test"[..], "UTF8String"), (0x1c, &[0, 0, b'a'], "UniversalString")]
    {
        let csr = crafted(string, bytes);
        for operation in [OPERATION, "CreateClientCertificateWithCsr"] {
            let given = with(&base(&world), json!({ "Csr": csr }));
            world.refuses(operation, given, "InvalidParameter", name);
        }
        world.refuses("CreateCustomCertificate", custom(&csr), "InvalidParameter", name);
    }
    // A blank one asks for nothing, so that the parameter counts.
    for blank in [&b""[..], b" ", "\u{a0}".as_bytes()] {
        let given = json!({ "Csr": crafted(0x0c, blank), "CommonName": "a.test" });
        let subject =
            world.certificate(OPERATION, with(&base(&world), given)).subject().to_string();
        assert!(subject.starts_with("CN=a.test,"), "{subject}");
    }
    for blank in [" ", "\t", "\u{a0}", " a.test"] {
        let given = with(&generated(&world), json!({ "CommonName": blank, "Domain": "a.test" }));
        let code = if blank.trim().is_empty() { "MissingParameter" } else { "InvalidParameter" };
        world.refuses("CreateServerCertificate", given, code, "CommonName");
    }
}

#[test]
fn before_time_lies_no_further_back_than_the_rules_allow() {
    let world = World::new();
    let later = NOW + 30 * DAY;
    world.clock.set(later);
    let period = |before: i64| {
        let period = json!({ "Days": null, "BeforeTime": before, "AfterTime": later + DAY });
        with(&base(&world), period)
    };
    let certificate = world.certificate(OPERATION, period(later - 2 * DAY));
    assert_eq!(certificate.validity().not_before().unix(), later - 2 * DAY);
    world.refuses(OPERATION, period(later - 2 * DAY - 1), "InvalidParameter", "2 days before now");
    let custom = |from: i64| {
        let time = |unix| certwright::time::Time::from_unix(unix).unwrap();
        json!({
            "Csr": csr("CN=a.test"), "ParentIdentifier": world.ca,
            "Validity": format!("{}/{}", time(from), time(later + DAY)),
            "ApiPassthrough": { "Extensions": { "ExtendedKeyUsages": ["serverAuth"] } },
        })
    };
    world.call("CreateCustomCertificate", custom(later - 2 * DAY));
    let early = custom(later - 2 * DAY - 1);
    world.refuses("CreateCustomCertificate", early, "InvalidParameter", "2 days before now");
}

#[test]
fn the_validity_rules_of_the_page_hold_one_by_one() {
    let world = World::new();
    let none = with(&base(&world), json!({ "Days": null }));
    let refused = |changes: Value, code: &str, says: &str| {
        world.refuses(OPERATION, with(&none, changes), code, says);
    };
    // Not all empty; both or neither; without Days both.
    refused(json!({}), "MissingParameter", "Days");
    refused(json!({ "BeforeTime": NOW }), "MissingParameter", "AfterTime");
    refused(json!({ "AfterTime": NOW + DAY }), "MissingParameter", "BeforeTime");
    refused(json!({ "Days": 1, "BeforeTime": NOW }), "MissingParameter", "AfterTime");
    refused(json!({ "Days": 1, "AfterTime": NOW + DAY }), "MissingParameter", "BeforeTime");
    // Years and Months alone are not in the rule.
    refused(json!({ "Years": 1 }), "MissingParameter", "Days");
    refused(json!({ "Months": 1 }), "MissingParameter", "Days");
    // Values.
    refused(json!({ "Days": 0 }), "InvalidParameter", "Days");
    refused(json!({ "Days": -1 }), "InvalidParameter", "Days");
    refused(json!({ "Days": i64::MAX }), "InvalidParameter", "Days");
    refused(json!({ "Days": "x" }), "InvalidParameter", "Days");
    let period = |before: i64, after: i64| json!({ "BeforeTime": before, "AfterTime": after });
    refused(period(NOW + DAY, NOW + DAY), "InvalidParameter", "AfterTime");
    refused(period(NOW + DAY, NOW), "InvalidParameter", "AfterTime");
    refused(period(-631_152_001, NOW), "InvalidParameter", "BeforeTime");
    refused(period(NOW, 253_402_300_800), "InvalidParameter", "AfterTime");
    refused(with(&period(NOW + 2, NOW + 1), json!({ "Days": 1 })), "InvalidParameter", "AfterTime");
    refused(json!({ "Days": 1, "Years": -1 }), "InvalidParameter", "Years");
    refused(json!({ "Days": 1, "Months": -1 }), "InvalidParameter", "Months");
}

#[test]
fn days_decides_over_all_others_and_begins_now() {
    let world = World::new();
    for others in [
        json!({}),
        json!({ "BeforeTime": NOW + DAY, "AfterTime": NOW + 9 * DAY }),
        json!({ "Years": 1, "Months": 1 }),
    ] {
        let validity = *world.certificate(OPERATION, with(&base(&world), others)).validity();
        assert_eq!(validity.not_before().unix(), NOW);
        assert_eq!(validity.not_after().unix(), NOW + 30 * DAY);
    }
}

#[test]
fn before_time_and_after_time_are_taken_exactly_also_in_the_future() {
    let world = World::new();
    let given = json!({
        "Days": null, "BeforeTime": (NOW + DAY).to_string(), "AfterTime": NOW + 9 * DAY + 1, "Years": 1,
    });
    let validity = *world.certificate(OPERATION, with(&base(&world), given)).validity();
    assert_eq!(validity.not_before().unix(), NOW + DAY);
    assert_eq!(validity.not_after().unix(), NOW + 9 * DAY + 1);
}

#[test]
fn years_and_months_are_taken_by_the_calendar_where_the_rule_is_lenient() {
    let mut config = Config::default();
    config.validity = ValidityRule::Lenient;
    let world = World::configured("ECC_256", config);
    let end = |changes: Value| {
        let given = with(&base(&world), with(&json!({ "Days": null }), changes));
        world.certificate(OPERATION, given).validity().not_after().to_string()
    };
    assert_eq!(end(json!({ "Years": 1 })), "2028-01-15T08:00:00Z");
    assert_eq!(end(json!({ "Months": 1 })), "2027-02-15T08:00:00Z");
    assert_eq!(end(json!({ "Years": 1, "Months": 13 })), "2029-02-15T08:00:00Z");
    assert_eq!(end(json!({ "Years": 1, "Days": 1 })), "2027-01-16T08:00:00Z");
    world.clock.set("2027-08-31T08:00:00Z".parse::<certwright::time::Time>().unwrap().unix());
    assert_eq!(end(json!({ "Months": 6 })), "2028-02-29T08:00:00Z", "the month's last day");
    for nothing in [json!({}), json!({ "Years": 0 }), json!({ "Years": 0, "Months": 0 })] {
        let given = with(&base(&world), with(&json!({ "Days": null }), nothing.clone()));
        let error = world.cas.call_json(OPERATION, given).unwrap_err();
        let missing = nothing.as_object().unwrap().is_empty();
        assert_eq!(error.code(), if missing { "MissingParameter" } else { "InvalidParameter" });
    }
}

#[test]
fn a_leaf_may_last_as_long_as_its_issuer_and_not_a_second_more() {
    let world = World::new();
    let described = world.call("DescribeCACertificate", json!({ "Identifier": world.ca }));
    let end = described["Certificate"]["AfterDate"].as_i64().unwrap() / 1_000;
    let until = |after: i64| {
        with(&base(&world), json!({ "Days": null, "BeforeTime": NOW, "AfterTime": after }))
    };
    assert_eq!(world.certificate(OPERATION, until(end)).validity().not_after().unix(), end);
    let error =
        world.refuses(OPERATION, until(end + 1), "InvalidParameter", "2032-01-15T08:00:01Z");
    assert!(error.message().contains("2032-01-15T08:00:00Z"), "both ends: {error}");
    let before = json!({ "Days": null, "BeforeTime": NOW - 1, "AfterTime": end });
    world.refuses(
        OPERATION,
        with(&base(&world), before),
        "InvalidParameter",
        "2027-01-15T07:59:59Z",
    );
    let days = json!({ "Days": 5 * 366 });
    world.refuses(
        OPERATION,
        with(&base(&world), days),
        "InvalidParameter",
        "end of the issuing CA",
    );
}

#[test]
fn cert_max_time_of_the_issuer_bounds_its_leaves() {
    let world = World::new();
    let ca = world.sub_ca(json!({ "CertMaxTime": 30 }));
    let given = |days: i64| with(&base(&world), json!({ "ParentIdentifier": ca, "Days": days }));
    world.call(OPERATION, given(30));
    world.refuses(OPERATION, given(31), "InvalidParameter", "CertMaxTime");
}

#[test]
fn the_family_is_the_issuers_and_the_length_is_free() {
    let world = World::new();
    for algorithm in [KeyAlgorithm::EcdsaP384, KeyAlgorithm::EcdsaP521] {
        let given = with(&base(&world), json!({ "Csr": csr_of(algorithm, "CN=a.test", &[]) }));
        assert_eq!(
            world.certificate(OPERATION, given).public_key().unwrap().algorithm(),
            algorithm
        );
    }
    for name in ["RSA_2048", "SM2_256"] {
        let given = with(&generated(&world), json!({ "Algorithm": name }));
        world.refuses("CreateServerCertificate", given, "InvalidParameter", "ECC");
    }
    let theirs = csr_of(KeyAlgorithm::Sm2, "CN=a.test", &[]);
    let given = with(&base(&world), json!({ "Csr": theirs }));
    world.refuses(OPERATION, given, "InvalidParameter", "ECC");
}

#[test]
fn an_algorithm_beside_a_csr_must_be_that_of_its_key() {
    let world = World::new();
    world.call(OPERATION, with(&base(&world), json!({ "Algorithm": "ECC_256" })));
    for other in ["ECC_384", "RSA_2048"] {
        let given = with(&base(&world), json!({ "Algorithm": other }));
        let error = world.refuses(OPERATION, given, "InvalidParameter", "ECC_256");
        assert!(error.message().contains(other), "both are named: {error}");
    }
    for unknown in ["ECC_257", "ecc_256", "RSA_1024", "DSA"] {
        let given = with(&base(&world), json!({ "Algorithm": unknown }));
        world.refuses(OPERATION, given, "InvalidParameter", "Algorithm");
        let given = with(&generated(&world), json!({ "Algorithm": unknown }));
        world.refuses("CreateServerCertificate", given, "InvalidParameter", "Algorithm");
    }
}

#[test]
fn only_an_intermediate_that_is_in_force_issues() {
    let world = World::new();
    let parent = |text: &str| with(&base(&world), json!({ "ParentIdentifier": text }));
    world.refuses(OPERATION, parent(&world.root), "InvalidParameter", "intermediate");
    for unknown in ["0".repeat(32), "x".to_owned()] {
        world.refuses(OPERATION, parent(&unknown), "NotFound", "ParentIdentifier");
    }
    let leaf = world.identifier(OPERATION, base(&world));
    world.refuses(OPERATION, parent(&leaf), "NotFound", "ParentIdentifier");

    let revoked = world.sub_ca(json!({}));
    let revoke = |identifier: &str| {
        world.call(
            "UpdateCACertificateStatus",
            json!({ "Identifier": identifier, "Status": "REVOKE" }),
        );
    };
    revoke(&revoked);
    world.refuses(OPERATION, parent(&revoked), "InvalidStatus.UpdateProtection", &revoked);
    world.clock.set(NOW + 6 * 365 * DAY);
    world.refuses(OPERATION, base(&world), "CertificateExpired", "Test CA");
    world.clock.set(NOW - 1);
    world.refuses(OPERATION, base(&world), "CertificateExpired", "Test CA");
    world.clock.set(NOW);
    revoke(&world.root);
    world.refuses(OPERATION, base(&world), "InvalidStatus.UpdateProtection", &world.root);
}

#[test]
fn an_intermediate_that_is_called_like_its_root_is_an_intermediate() {
    let world = World::new();
    let ca = world.sub_ca(json!({ "CommonName": "Test Root" }));
    world.call(OPERATION, with(&base(&world), json!({ "ParentIdentifier": ca })));
}

#[test]
fn immediately_says_what_is_answered() {
    let world = World::new();
    for (name, base) in [(OPERATION, base(&world)), ("CreateServerCertificate", generated(&world))]
    {
        let answer = |value: Value| world.call(name, with(&base, json!({ "Immediately": value })));
        for nothing in [json!(null), json!(0), json!("0")] {
            let answer = answer(nothing);
            assert!(answer.get("X509Certificate").is_none(), "{answer}");
            assert!(answer.get("CertificateChain").is_none(), "{answer}");
        }
        let one = answer(json!("1"));
        let certificate = one["X509Certificate"].as_str().unwrap();
        assert!(certificate.starts_with("-----BEGIN CERTIFICATE-----\n"));
        assert!(one.get("CertificateChain").is_none(), "{one}");
        let two = answer(json!(2));
        assert!(two["X509Certificate"].is_string());
        let ca = world.call("DescribeCACertificate", json!({ "Identifier": world.ca }));
        let root = world.call("DescribeCACertificate", json!({ "Identifier": world.root }));
        let pem = |of: &Value| of["Certificate"]["X509Certificate"].as_str().unwrap().to_owned();
        assert_eq!(two["CertificateChain"], pem(&ca) + &pem(&root), "the issuer, then the root");
        for other in [json!(3), json!(-1), json!("yes")] {
            let given = with(&base, json!({ "Immediately": other }));
            world.refuses(name, given, "InvalidParameter", "Immediately");
        }
    }
}

#[test]
fn the_identifier_has_32_and_the_serial_number_40_digits_and_no_two_are_the_same() {
    let world = World::new();
    let hexadecimal = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| b"0123456789abcdef".contains(&b))
    };
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let answer = world.call(OPERATION, with(&base(&world), json!({ "Immediately": 1 })));
        let (identifier, serial) =
            (answer["Identifier"].as_str().unwrap(), answer["SerialNumber"].as_str().unwrap());
        assert!(hexadecimal(identifier, 32), "{identifier}");
        assert!(hexadecimal(serial, 40), "{serial}");
        assert!(seen.insert(identifier.to_owned()) && seen.insert(serial.to_owned()));
        let pem = answer["X509Certificate"].as_str().unwrap();
        let certificate = certwright::Certificate::from_pem(pem).unwrap();
        assert_eq!(certificate.serial().to_string(), serial);
        let request = answer["RequestId"].as_str().unwrap();
        assert!(request.len() == 36 && request == request.to_uppercase(), "{request}");
    }
}

#[test]
fn enable_crl_needs_a_crl_of_the_issuer_and_a_place_for_it() {
    let world = World::new();
    let url = format!("http://crl.example.test/{}.crl", world.ca);
    let points = |world: &World, changes: Value| {
        let certificate = world.certificate(OPERATION, with(&base(world), changes));
        let extension = certificate.extensions().iter().find(|e| e.oid.to_string() == "2.5.29.31");
        extension.map(|found| String::from_utf8_lossy(&found.value).into_owned())
    };
    assert!(points(&world, json!({ "EnableCrl": 1 })).unwrap().contains(&url));
    for zero in [json!({}), json!({ "EnableCrl": 0 }), json!({ "EnableCrl": "0" })] {
        assert_eq!(points(&world, zero), None);
    }
    let given = with(&base(&world), json!({ "EnableCrl": 2 }));
    world.refuses(OPERATION, given, "InvalidParameter", "EnableCrl");
    let without = world.sub_ca(json!({ "EnableCrl": false }));
    let given = json!({ "EnableCrl": 1, "ParentIdentifier": without });
    world.refuses(OPERATION, with(&base(&world), given), "InvalidParameter", "EnableCrl");
    let world = World::configured("ECC_256", Config::default());
    let given = with(&base(&world), json!({ "EnableCrl": 1 }));
    world.refuses(OPERATION, given, "InvalidParameter", "EnableCrl");
}

#[test]
fn a_custom_identifier_is_the_certificates_alone() {
    let world = World::new();
    let given = |text: &str| with(&base(&world), json!({ "CustomIdentifier": text }));
    let first = world.identifier(OPERATION, given("order 4711"));
    world.refuses(OPERATION, given("order 4711"), "ParamRepeat", "CustomIdentifier");
    world.refuses(OPERATION, given(&first), "ParamRepeat", "CustomIdentifier");
    for bad in ["a,b", " a", "a ", "a\nb"] {
        world.refuses(OPERATION, given(bad), "InvalidParameter", "CustomIdentifier");
    }
    world.call(OPERATION, given(&"a".repeat(128)));
    world.refuses(OPERATION, given(&"a".repeat(129)), "DataTooLongException", "CustomIdentifier");
    let by_name = world.call("DescribeClientCertificate", json!({ "Identifier": "order 4711" }));
    assert_eq!(by_name["Certificate"]["Identifier"], first);
}

#[test]
fn tags_are_kept_within_their_rules() {
    let world = World::new();
    let tags = json!({ "Tags.1.Key": "team", "Tags.1.Value": "payments", "Tags.2.Key": "empty" });
    let leaf = world.identifier(OPERATION, with(&base(&world), tags));
    let described = world.call("DescribeClientCertificate", json!({ "Identifier": leaf }));
    let kept = json!([{ "TagKey": "team", "TagValue": "payments" }, { "TagKey": "empty" }]);
    assert_eq!(described["Certificate"]["Tags"], kept);
    for key in ["1a", "aliyun-a", "acs:a", "a b", "http://a", ""] {
        let given = with(&base(&world), json!({ "Tags": [{ "Key": key, "Value": "v" }] }));
        let code = if key.is_empty() { "MissingParameter" } else { "InvalidParameter" };
        world.refuses(OPERATION, given, code, "Tags.1.Key");
    }
    let many: Vec<Value> = (0..21).map(|number| json!({ "Key": format!("k{number}") })).collect();
    let given = with(&base(&world), json!({ "Tags": many }));
    world.refuses(OPERATION, given, "InvalidParameter", "20");
}

#[test]
fn usages_are_those_of_a_tls_server_and_there_is_no_basic_constraints() {
    let world = World::new();
    let certificate = world.certificate(OPERATION, base(&world));
    assert_eq!(certificate.key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE));
    assert_eq!(certificate.extended_key_usage(), Some(&[ExtendedKeyUsage::SERVER_AUTH][..]));
    let has_constraints = |certificate: &certwright::Certificate| {
        certificate.extensions().iter().any(|extension| extension.oid.to_string() == "2.5.29.19")
    };
    assert!(!has_constraints(&certificate));
    assert!(certificate.subject_key_identifier().is_some());
    assert!(certificate.authority_key_identifier().is_some());
    let mut config = Config::default();
    config.leaf_basic_constraints = LeafBasicConstraints::Include;
    let world = World::configured("ECC_256", config);
    let certificate = world.certificate(OPERATION, base(&world));
    assert!(has_constraints(&certificate) && !certificate.is_authority());
}

#[test]
fn the_outcome_lists_what_of_the_csr_was_left_out() {
    let world = World::new();
    let names = ["www.example.test", "left.example.test"];
    let request = CreateServerCertificateWithCsr {
        csr: csr_of(KeyAlgorithm::EcdsaP256, "CN=www.example.test, O=Theirs", &names),
        leaf: TlsLeaf {
            parent_identifier: world.ca.clone(),
            validity: LeafValidity { days: Some(1), ..Default::default() },
            ..Default::default()
        },
        ..Default::default()
    };
    let answer = world.cas.run_with_outcome(&request).unwrap();
    let decided = |granted: bool| -> Vec<&str> {
        let items = answer.outcome.iter();
        let wanted = items.filter(|item| (item.decision == Decision::Granted) == granted);
        wanted.map(|item| item.value.as_str()).collect()
    };
    assert_eq!(decided(true), ["P-256", "DNS:www.example.test", "CN=www.example.test"]);
    assert_eq!(decided(false), ["DNS:left.example.test", "O=Theirs"]);
}

#[test]
fn the_key_that_is_generated_is_of_the_algorithm_and_kept() {
    let world = World::new();
    for (name, algorithm) in
        [("ECC_384", KeyAlgorithm::EcdsaP384), ("ECC_512", KeyAlgorithm::EcdsaP521)]
    {
        let given = with(&generated(&world), json!({ "Algorithm": name, "Immediately": 1 }));
        let answer = world.call("CreateServerCertificate", given);
        let pem = answer["X509Certificate"].as_str().unwrap();
        let certificate = certwright::Certificate::from_pem(pem).unwrap();
        assert_eq!(certificate.public_key().unwrap().algorithm(), algorithm);
        assert_eq!(certificate.signature_algorithm().unwrap().to_string(), "ecdsa-with-SHA256");
        let given = json!({ "Identifier": answer["Identifier"], "EncryptedCode": "code" });
        let key = world.call("DescribeCertificatePrivateKey", given);
        let pem = key["EncryptedData"].as_str().unwrap();
        let key = certwright::KeyPair::from_pem_encrypted(pem, "code").unwrap();
        assert_eq!(key.public_key(), certificate.public_key().unwrap());
    }
}
