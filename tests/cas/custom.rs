//! Certificates whose content the caller says.

use certwright::cas::{
    ApiPassthrough, Config, CreateCustomCertificate, LeafOptions, PassthroughExtensions, SerialForm,
};
use certwright::policy::Decision;
use certwright::profile::{ExtendedKeyUsage, KeyUsage};
use certwright::{Certificate, KeyAlgorithm};
use serde_json::{Value, json};

use crate::leaf_world::{NOW, World, alt_names, csr, csr_of, with};

const OPERATION: &str = "CreateCustomCertificate";

fn base(world: &World) -> Value {
    json!({
        "Csr": csr("CN=Bob, OU=Theirs, O=Theirs, C=FR"), "ParentIdentifier": world.ca,
        "Validity": "30d",
        "ApiPassthrough": { "Extensions": { "KeyUsage": { "DigitalSignature": true } } },
    })
}

/// The base with this passthrough.
fn passing(world: &World, passthrough: Value) -> Value {
    with(&base(world), json!({ "ApiPassthrough": passthrough }))
}

/// The base with these extensions.
fn extended(world: &World, extensions: Value) -> Value {
    passing(world, json!({ "Extensions": extensions }))
}

fn is_critical(certificate: &Certificate, oid: &str) -> Option<bool> {
    let found = certificate.extensions().iter().find(|extension| extension.oid.to_string() == oid);
    found.map(|extension| extension.critical)
}

#[test]
fn csr_parent_and_validity_are_required() {
    let world = World::new();
    for name in ["Csr", "ParentIdentifier", "Validity"] {
        world.refuses(
            OPERATION,
            with(&base(&world), json!({ name: null })),
            "MissingParameter",
            name,
        );
    }
    // The common parameters on validity are not of this operation.
    world.refuses(OPERATION, with(&base(&world), json!({ "Days": 1 })), "InvalidParameter", "Days");
    let answer = world.call(OPERATION, with(&base(&world), json!({ "Immediately": 2 })));
    assert_eq!(answer["Certificate"], answer["X509Certificate"]);
    assert_eq!(answer["Identifier"].as_str().unwrap().len(), 32);
    assert!(answer["CertificateChain"].is_string() && answer["SerialNumber"].is_string());
    let described =
        world.call("DescribeClientCertificate", json!({ "Identifier": answer["Identifier"] }));
    assert_eq!(described["Certificate"]["CertificateType"], "END_ENTITY");
}

#[test]
fn a_usage_is_needed_of_either_kind() {
    let world = World::new();
    for none in [
        json!(null),
        json!({}),
        json!({ "Extensions": {} }),
        json!({ "Extensions": { "KeyUsage": {} } }),
        json!({ "Extensions": { "KeyUsage": { "DigitalSignature": false }, "ExtendedKeyUsages": [] } }),
        json!({ "Subject": { "CommonName": "Bob" } }),
    ] {
        world.refuses(OPERATION, passing(&world, none), "MissingParameter", "KeyUsage");
    }
    let certificate = world.certificate(OPERATION, base(&world));
    assert_eq!(certificate.extended_key_usage(), None);
    let usages = json!({ "ExtendedKeyUsages": ["timeStamping"] });
    assert_eq!(world.certificate(OPERATION, extended(&world, usages)).key_usage(), None);
}

#[test]
fn every_key_usage_of_a_leaf_can_be_given_and_none_of_a_ca() {
    let world = World::new();
    for (name, usage) in [
        ("ContentCommitment", KeyUsage::CONTENT_COMMITMENT),
        ("DataEncipherment", KeyUsage::DATA_ENCIPHERMENT),
        ("DecipherOnly", KeyUsage::DECIPHER_ONLY),
        ("DigitalSignature", KeyUsage::DIGITAL_SIGNATURE),
        ("EncipherOnly", KeyUsage::ENCIPHER_ONLY),
        ("KeyAgreement", KeyUsage::KEY_AGREEMENT),
        ("KeyEncipherment", KeyUsage::KEY_ENCIPHERMENT),
        ("NonRepudiation", KeyUsage::CONTENT_COMMITMENT),
    ] {
        let flat = format!("ApiPassthrough.Extensions.KeyUsage.{name}");
        let given = with(&base(&world), json!({ "ApiPassthrough": null, flat: "True" }));
        assert_eq!(world.certificate(OPERATION, given).key_usage(), Some(usage), "{name}");
    }
    for name in ["KeyCertSign", "CRLSign", "CrlSign"] {
        let given = extended(&world, json!({ "KeyUsage": { name: true } }));
        world.refuses(OPERATION, given, "InvalidParameter", name);
    }
}

#[test]
fn extended_key_usages_are_names_or_object_identifiers_each_once() {
    let world = World::new();
    let usages = json!({ "ExtendedKeyUsages": [
        "any", "serverAuth", "clientAuth", "codeSigning", "emailProtection", "timeStamping",
        "OCSPSigning", "1.3.6.1.4.1.311.20.2.2",
    ] });
    let certificate = world.certificate(OPERATION, extended(&world, usages));
    let expected = [
        ExtendedKeyUsage::ANY,
        ExtendedKeyUsage::SERVER_AUTH,
        ExtendedKeyUsage::CLIENT_AUTH,
        ExtendedKeyUsage::CODE_SIGNING,
        ExtendedKeyUsage::EMAIL_PROTECTION,
        ExtendedKeyUsage::TIME_STAMPING,
        ExtendedKeyUsage::OCSP_SIGNING,
        ExtendedKeyUsage::other("1.3.6.1.4.1.311.20.2.2".parse().unwrap()),
    ];
    assert_eq!(certificate.extended_key_usage(), Some(&expected[..]));
    for (usages, says) in [
        (json!(["serverauth"]), "ExtendedKeyUsages.1"),
        (json!(["serverAuth", "1.3.6.1.5.5.7.3.1"]), "ExtendedKeyUsages.2"),
        (json!(["1.2.x"]), "ExtendedKeyUsages.1"),
        (json!(vec!["1.2.3"; 101]), "100"),
    ] {
        let given = extended(&world, json!({ "ExtendedKeyUsages": usages }));
        world.refuses(OPERATION, given, "InvalidParameter", says);
    }
}

#[test]
fn a_subject_that_is_given_replaces_that_of_the_csr_whole() {
    let world = World::new();
    let usage = json!({ "KeyUsage": { "DigitalSignature": true } });
    let subject = |subject: Value| {
        let given = passing(&world, json!({ "Extensions": usage, "Subject": subject }));
        world.certificate(OPERATION, given).subject().to_string()
    };
    // Without one it is the CSR's, with no default.
    let own = world.certificate(OPERATION, base(&world)).subject().to_string();
    assert_eq!(own, "CN=Bob,OU=Theirs,O=Theirs,C=FR");
    assert_eq!(subject(json!({ "Organization": "Ours" })), "O=Ours");
    let whole = json!({
        "CommonName": "Alice", "Country": "CN", "Locality": "L", "Organization": "O",
        "OrganizationUnit": "U", "State": "S",
        "CustomAttributes": [
            { "ObjectIdentifier": "2.5.4.5", "Value": "4711" },
            { "ObjectIdentifier": "1.3.6.1.4.1.37244.1.1", "Value": "DEDEDEDE00010001" },
        ],
    });
    assert!(subject(whole.clone()).ends_with(",CN=Alice,OU=U,O=O,L=L,ST=S,C=CN"));
    let certificate = {
        let given = passing(&world, json!({ "Extensions": usage, "Subject": whole }));
        world.certificate(OPERATION, given)
    };
    let values: Vec<String> =
        certificate.subject().attributes().skip(6).map(|attribute| attribute.value()).collect();
    assert_eq!(values, ["4711", "DEDEDEDE00010001"]);
}

#[test]
fn the_fields_of_a_subject_keep_their_bounds() {
    let world = World::new();
    let usage = json!({ "KeyUsage": { "DigitalSignature": true } });
    for (subject, code, says) in [
        (json!({ "Country": "CHN" }), "InvalidParameter", "ApiPassthrough.Subject.Country"),
        (
            json!({ "CommonName": "a".repeat(65) }),
            "DataTooLongException",
            "ApiPassthrough.Subject.CommonName",
        ),
        (
            json!({ "CustomAttributes": [{ "ObjectIdentifier": "x", "Value": "v" }] }),
            "InvalidParameter",
            "CustomAttributes.1.ObjectIdentifier",
        ),
        (
            json!({ "CustomAttributes": [{ "ObjectIdentifier": "2.5.4.5", "Value": "ü" }] }),
            "InvalidParameter",
            "CustomAttributes.1.Value",
        ),
        (
            json!({ "CustomAttributes": [{ "ObjectIdentifier": "2.5.4.5" }] }),
            "MissingParameter",
            "ApiPassthrough.Subject.CustomAttributes.1.Value",
        ),
        (json!({ "Email": "a@b.test" }), "InvalidParameter", "ApiPassthrough.Subject.Email"),
    ] {
        let given = passing(&world, json!({ "Extensions": usage, "Subject": subject }));
        world.refuses(OPERATION, given, code, says);
    }
}

#[test]
fn a_certificate_has_a_subject_or_an_alternative_name_which_is_critical_then() {
    let world = World::new();
    let usage = json!({ "KeyUsage": { "DigitalSignature": true } });
    let nobody = json!({ "Csr": csr("") });
    world.refuses(OPERATION, with(&base(&world), nobody), "MissingParameter", "Subject");
    let empty = passing(&world, json!({ "Extensions": usage, "Subject": {} }));
    world.refuses(OPERATION, empty, "MissingParameter", "Subject");
    let named = json!({
        "KeyUsage": { "DigitalSignature": true },
        "SubjectAlternativeNames": [{ "Type": "dNSName", "Value": "a.test" }],
    });
    let given = passing(&world, json!({ "Extensions": named, "Subject": {} }));
    let certificate = world.certificate(OPERATION, given);
    assert!(certificate.subject().is_empty());
    assert_eq!(is_critical(&certificate, "2.5.29.17"), Some(true));
}

#[test]
fn alternative_names_are_of_four_types() {
    let world = World::new();
    let names = json!([
        { "Type": "rfc822Name", "Value": "example@certqa.cn" },
        { "Type": "dNSName", "Value": "*.certqa.cn" },
        { "Type": "uniformResourceIdentifier", "Value": "acs:ecs:cn-1:15619:instance/i-bp1" },
        { "Type": "iPAddress", "Value": "127.0.0.1" },
        { "Type": "iPAddress", "Value": "::1" },
    ]);
    let given = json!({ "ExtendedKeyUsages": ["any"], "SubjectAlternativeNames": names });
    let certificate = world.certificate(OPERATION, extended(&world, given));
    let expected = [
        "email:example@certqa.cn",
        "DNS:*.certqa.cn",
        "URI:acs:ecs:cn-1:15619:instance/i-bp1",
        "IP:127.0.0.1",
        "IP:::1",
    ];
    let shown: Vec<String> =
        certificate.alt_names().iter().map(|name| name.check().unwrap().to_string()).collect();
    assert_eq!(shown, expected);
}

#[test]
fn an_alternative_name_of_another_form_is_refused_at_its_place() {
    let world = World::new();
    for (kind, value, says) in [
        ("dnsName", "a.test", "SubjectAlternativeNames.2.Type"),
        ("dNSName", "10.0.0.7", "SubjectAlternativeNames.2.Value"),
        ("dNSName", "a..test", "SubjectAlternativeNames.2.Value"),
        ("iPAddress", "a.test", "SubjectAlternativeNames.2.Value"),
        ("iPAddress", "10.0.0.0/8", "SubjectAlternativeNames.2.Value"),
        ("rfc822Name", "bob", "SubjectAlternativeNames.2.Value"),
        ("uniformResourceIdentifier", "a.test", "SubjectAlternativeNames.2.Value"),
        ("dNSName", "GOOD.test", "once"),
    ] {
        let names = json!([
            { "Type": "dNSName", "Value": "good.test" }, { "Type": kind, "Value": value },
        ]);
        let given = json!({ "ExtendedKeyUsages": ["any"], "SubjectAlternativeNames": names });
        world.refuses(OPERATION, extended(&world, given), "InvalidParameter", says);
    }
}

#[test]
fn names_and_usages_of_the_csr_are_left_out_and_listed() {
    let world = World::new();
    let request = CreateCustomCertificate {
        csr: csr_of(KeyAlgorithm::EcdsaP256, "CN=Bob", &["left.test"]),
        parent_identifier: world.ca.clone(),
        validity: "1d".to_owned(),
        options: LeafOptions { immediately: Some(1), ..Default::default() },
        api_passthrough: Some(ApiPassthrough {
            extensions: Some(PassthroughExtensions {
                extended_key_usages: vec!["clientAuth".to_owned()],
                ..Default::default()
            }),
            ..Default::default()
        }),
    };
    let answered = world.cas.run_with_outcome(&request).unwrap();
    let certificate =
        Certificate::from_pem(answered.answer.certificate.as_deref().unwrap()).unwrap();
    assert!(alt_names(&certificate).is_empty());
    let items = answered.outcome.iter();
    let left: Vec<&str> = items
        .filter(|item| item.decision != Decision::Granted)
        .map(|item| item.value.as_str())
        .collect();
    assert_eq!(left, ["DNS:left.test"]);
}

#[test]
fn criticals_name_the_extensions_that_are_critical() {
    let world = World::new();
    let all = json!({
        "KeyUsage": { "DigitalSignature": true }, "ExtendedKeyUsages": ["timeStamping"],
        "SubjectAlternativeNames": [{ "Type": "dNSName", "Value": "a.test" }],
    });
    // Key usage, extended key usage, alternative name: key usage always is.
    let critical = |criticals: Value| {
        let given = extended(&world, with(&all, json!({ "Criticals": criticals })));
        let certificate = world.certificate(OPERATION, given);
        ["2.5.29.15", "2.5.29.37", "2.5.29.17"].map(|oid| is_critical(&certificate, oid).unwrap())
    };
    assert_eq!(critical(json!([])), [true, false, false]);
    assert_eq!(critical(json!(["KeyUsage"])), [true, false, false]);
    assert_eq!(critical(json!(["ExtendedKeyUsages"])), [true, true, false]);
    assert_eq!(critical(json!(["SubjectAlternativeNames"])), [true, false, true]);
    for other in ["BasicConstraints", "keyUsage", "2.5.29.37"] {
        let given = extended(&world, with(&all, json!({ "Criticals": ["KeyUsage", other] })));
        world.refuses(OPERATION, given, "InvalidParameter", "Criticals.2");
    }
    // What is not there is not critical.
    let given =
        json!({ "KeyUsage": { "DigitalSignature": true }, "Criticals": ["ExtendedKeyUsages"] });
    world.refuses(OPERATION, extended(&world, given), "InvalidParameter", "Criticals.1");
}

#[test]
fn a_serial_number_of_ones_own_is_positive_short_and_new() {
    let world = World::new();
    let usage = json!({ "KeyUsage": { "DigitalSignature": true } });
    let given =
        |serial: &str| passing(&world, json!({ "Extensions": usage, "SerialNumber": serial }));
    for (serial, hexadecimal) in [
        ("16889526086333", "0f5c6633eabd"),
        ("1", "01"),
        ("0x10", "10"),
        // 2^159 - 1, the largest that fits into 20 bytes.
        (
            "730750818665451459101842416358141509827966271487",
            "7fffffffffffffffffffffffffffffffffffffff",
        ),
    ] {
        let answer = world.call(OPERATION, given(serial));
        assert_eq!(answer["SerialNumber"], hexadecimal, "{serial}");
        world.refuses(OPERATION, given(serial), "ParamRepeat", "SerialNumber");
    }
    for bad in [
        "0",
        "-1",
        "+1",
        "1.5",
        "ff",
        "0x",
        "0xfg",
        "730750818665451459101842416358141509827966271488",
        "99999999999999999999999999999999999999999999999999",
        "0x0",
    ] {
        world.refuses(OPERATION, given(bad), "InvalidParameter", "SerialNumber");
    }
    // Of another issuer it is new.
    let other = world.sub_ca(json!({}));
    world.call(OPERATION, with(&given("1"), json!({ "ParentIdentifier": other })));
    let mut config = Config::default();
    config.serial_form = SerialForm::Hexadecimal;
    let world = World::configured("ECC_256", config);
    let given = passing(&world, json!({ "Extensions": usage, "SerialNumber": "ff" }));
    assert_eq!(world.call(OPERATION, given)["SerialNumber"], "ff");
}

#[test]
fn validity_is_a_number_of_units_by_the_calendar_or_times() {
    let world = World::new();
    let period = |validity: &str| {
        let given = with(&base(&world), json!({ "Validity": validity }));
        let validity = *world.certificate(OPERATION, given).validity();
        (validity.not_before().to_string(), validity.not_after().to_string())
    };
    let now = "2027-01-15T08:00:00Z";
    for (validity, from, until) in [
        ("1y", now, "2028-01-15T08:00:00Z"),
        ("3m", now, "2027-04-15T08:00:00Z"),
        ("7d", now, "2027-01-22T08:00:00Z"),
        ("2028-02-29T23:59:59Z", now, "2028-02-29T23:59:59Z"),
        (
            "2027-02-01T00:00:00Z/2027-03-01T00:00:00Z",
            "2027-02-01T00:00:00Z",
            "2027-03-01T00:00:00Z",
        ),
    ] {
        assert_eq!(period(validity), (from.to_owned(), until.to_owned()), "{validity}");
    }
    world.clock.set("2027-08-31T08:00:00Z".parse::<certwright::time::Time>().unwrap().unix());
    assert_eq!(period("1m").1, "2027-09-30T08:00:00Z", "the month's last day");
}

#[test]
fn a_validity_of_another_form_is_refused() {
    let world = World::new();
    for bad in [
        "0d",
        "-1d",
        "+1d",
        "1",
        "d",
        "1w",
        "1D",
        "1 d",
        "1.5y",
        "99999999999y",
        "9000y",
        "2027-13-01T00:00:00Z",
        "2027-02-30T00:00:00Z",
        "2027-02-01",
        "2027-02-01T00:00:00",
        "2027-02-01T00:00:00+08:00",
        "2027-02-01T00:00:00.5Z",
        "2027-01-15T08:00:00Z",
        "2027-03-01T00:00:00Z/2027-02-01T00:00:00Z",
        "2027-02-01T00:00:00Z/2027-02-01T00:00:00Z",
        "2027-02-01T00:00:00Z/1y",
        "1d/2d",
        "/",
        "日",
    ] {
        let given = with(&base(&world), json!({ "Validity": bad }));
        world.refuses(OPERATION, given, "InvalidParameter", "Validity");
    }
}

#[test]
fn the_rules_of_all_leaves_hold_as_well() {
    let world = World::new();
    for (changes, code, says) in [
        (json!({ "ParentIdentifier": world.root }), "InvalidParameter", "intermediate"),
        (json!({ "ParentIdentifier": "x" }), "NotFound", "ParentIdentifier"),
        (json!({ "Csr": "x" }), "CertificateFormatException", ""),
        (json!({ "Validity": "6y" }), "InvalidParameter", "end of the issuing CA"),
        (
            json!({ "Validity": "2026-01-01T00:00:00Z/2028-01-01T00:00:00Z" }),
            "InvalidParameter",
            "beginning of the issuing CA",
        ),
        (json!({ "Immediately": 3 }), "InvalidParameter", "Immediately"),
        (json!({ "EnableCrl": 2 }), "InvalidParameter", "EnableCrl"),
        (json!({ "CustomIdentifier": "a,b" }), "InvalidParameter", "CustomIdentifier"),
        (json!({ "Tags": [{ "Key": "1" }] }), "InvalidParameter", "Tags.1.Key"),
    ] {
        world.refuses(OPERATION, with(&base(&world), changes), code, says);
    }
    let crl = world.certificate(OPERATION, with(&base(&world), json!({ "EnableCrl": 1 })));
    assert_eq!(is_critical(&crl, "2.5.29.31"), Some(false));
    assert_eq!(crl.validity().not_before().unix(), NOW);
    let bound = world.sub_ca(json!({ "ExtendedKeyUsages.1": "clientAuth" }));
    let given = json!({ "ParentIdentifier": bound });
    world.refuses(OPERATION, with(&base(&world), given.clone()), "InvalidParameter", "clientAuth");
    let usages = json!({ "ExtendedKeyUsages": ["clientAuth"] });
    world.call(OPERATION, with(&extended(&world, usages), given));
    let given = json!({ "Csr": csr_of(KeyAlgorithm::Sm2, "CN=a", &[]) });
    world.refuses(OPERATION, with(&base(&world), given), "InvalidParameter", "ECC");
}
