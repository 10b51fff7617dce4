//! Nothing of a request is left out in silence: what its certificate does not have is told beside the answer,
//! and in the audit log.

use certwright::cas::*;
use certwright::ledger::AuditAction;
use certwright::{KeyAlgorithm, KeyPair};
use serde_json::{Value, json};

use crate::craft;
use crate::leaf_world::{World, csr, csr_of, with};

const OPERATION: &str = "CreateServerCertificateWithCsr";

/// A request of this subject that asks for these extensions.
fn crafted(subject: &[(&str, u8, &[u8])], extensions: &[Vec<u8>]) -> String {
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let asked = craft::extension_request(extensions);
    let der = craft::request(&craft::name(subject), &[asked], &key);
    certwright::CertificateRequest::from_der(&der).unwrap().to_pem()
}

/// What is told to be left out, a line each, and that the audit log has it too.
#[track_caller]
fn left_out(world: &World, operation: &str, parameters: Value) -> Vec<String> {
    let answered = world.cas.call_with_outcome(operation, &parameters.to_string()).unwrap();
    let answer: Value = serde_json::from_str(&answered.answer).unwrap();
    // The answer is the service's.
    assert!(answer.get("Outcome").is_none() && answer["RequestId"] == answered.request_id);
    let told: Vec<String> = answered.left_out().map(ToString::to_string).collect();
    let entries = world.cas.ledger().audit(1, usize::MAX).unwrap();
    let issued = entries.iter().rfind(|entry| entry.action == AuditAction::Issued).unwrap();
    for line in told.iter().filter(|line| !line.contains(" parameter ")) {
        assert!(issued.detail.contains(line.as_str()), "{line:?} is not in {:?}", issued.detail);
    }
    world.cas.ledger().verify().unwrap();
    told
}

fn base(world: &World, csr: String) -> Value {
    json!({ "Csr": csr, "ParentIdentifier": world.ca, "Days": 30 })
}

#[test]
fn each_name_of_a_csr_that_is_not_in_domain_is_told() {
    let world = World::new();
    let names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "10.96.0.1"];
    let asked = base(&world, csr_of(KeyAlgorithm::EcdsaP256, "CN=kubernetes", &names));
    let told = left_out(&world, OPERATION, with(&asked, json!({ "Domain": "10.96.0.1" })));
    assert_eq!(
        told,
        [
            "overridden  alternative name DNS:kubernetes.default: the caller sets the names",
            "overridden  alternative name DNS:kubernetes.default.svc: the caller sets the names",
        ]
    );
    // All of them in Domain: nothing is left out, and the log has nothing to say.
    let all = with(&asked, json!({ "Domain": names[1..].join(",") }));
    assert!(left_out(&world, OPERATION, all).is_empty());
    let entries = world.cas.ledger().audit(1, usize::MAX).unwrap();
    assert_eq!(entries.last().unwrap().detail, "");
}

#[test]
fn usages_extensions_attributes_and_blank_values_are_told() {
    let world = World::new();
    let key_usage = craft::extension("2.5.29.15", true, &[3, 2, 1, 0x06]);
    let usages =
        craft::extension("2.5.29.37", false, &craft::sequence(&[craft::oid("1.3.6.1.5.5.7.3.3")]));
    let own = craft::extension("1.2.3.4", false, &[5, 0]);
    let subject: &[(&str, u8, &[u8])] = &[
        ("2.5.4.3", 0x0c, b"www.example.test"),
        ("2.5.4.10", 0x0c, b""),
        ("2.5.4.11", 0x0c, b"Theirs"),
    ];
    let asked = base(&world, crafted(subject, &[key_usage, usages, own]));
    let told = left_out(&world, OPERATION, asked).join("\n");
    for part in ["subject O=", "subject OU=Theirs", "key usage", "extended key usage", "1.2.3.4"] {
        assert!(told.contains(part), "{part}\n{told}");
    }
}

#[test]
fn a_parameter_that_another_one_overrules_is_told() {
    let world = World::new();
    let asked = with(
        &base(&world, csr("CN=www.example.test")),
        json!({ "CommonName": "other.test", "BeforeTime": 1_800_000_000, "AfterTime": 1_800_086_400,
            "Years": 1 }),
    );
    assert_eq!(
        left_out(&world, OPERATION, asked),
        [
            "overridden  parameter BeforeTime 1800000000: Days",
            "overridden  parameter AfterTime 1800086400: Days",
            "overridden  parameter Years 1: Days",
            "overridden  parameter CommonName \"other.test\": the common name of the CSR",
        ]
    );
}

#[test]
fn every_operation_that_takes_a_csr_tells() {
    let world = World::new();
    let csr = csr_of(KeyAlgorithm::EcdsaP256, "CN=Bob, O=Theirs", &["left.example.test"]);
    let server = csr_of(KeyAlgorithm::EcdsaP256, "CN=a.test, O=Theirs", &["left.example.test"]);
    let usage = json!({ "Extensions": { "ExtendedKeyUsages": ["clientAuth"] }, "Subject": { "CommonName": "B" } });
    let custom = json!({
        "Csr": csr, "ParentIdentifier": world.ca, "Validity": "1d", "ApiPassthrough": usage,
    });
    for (operation, asked) in [
        (OPERATION, base(&world, server)),
        ("CreateClientCertificateWithCsr", base(&world, csr)),
        ("CreateCustomCertificate", custom),
    ] {
        let told = left_out(&world, operation, asked).join("\n");
        assert!(
            told.contains("DNS:left.example.test") && told.contains("O=Theirs"),
            "{operation}: {told}"
        );
    }
}

#[test]
fn an_order_tells_when_it_is_made_and_when_it_is_issued() {
    let shop = crate::shop::shop();
    let csr = csr_of(KeyAlgorithm::EcdsaP256, "CN=a.test, O=Theirs", &["a.test", "left.test"]);
    let ordered = shop
        .cas
        .run_with_outcome(&CreateCertificateWithCsrRequest {
            csr,
            applicant: Applicant {
                username: "Tom".into(),
                phone: "13900000000".into(),
                email: "tom@example.com".into(),
                validate_type: "DNS".into(),
                product_code: None,
            },
        })
        .unwrap();
    let lines = |items: &mut dyn Iterator<Item = &certwright::policy::ReviewItem>| -> Vec<String> {
        items.map(|item| item.value.clone()).collect()
    };
    assert_eq!(lines(&mut ordered.left_out()), ["DNS:left.test", "O=Theirs"]);
    let order_id = ordered.answer;
    let attested = shop.cas.operator().run_with_outcome(&AttestOrder { order_id }).unwrap();
    assert_eq!(attested.answer.kind, "certificate");
    assert_eq!(lines(&mut attested.left_out()), ["DNS:left.test", "O=Theirs"]);
}

#[test]
fn what_asks_for_nothing_tells_nothing() {
    let world = World::new();
    let asked = json!({
        "CommonName": "a.test", "Algorithm": "ECC_256", "ParentIdentifier": world.ca, "Days": 1,
    });
    let answered = world.cas.call_with_outcome("CreateServerCertificate", &asked.to_string());
    assert_eq!(answered.unwrap().left_out().count(), 0);
    assert!(world.cas.run_with_outcome(&ListCsr::default()).unwrap().outcome.is_empty());
}

#[test]
fn the_log_says_how_many_more_where_a_request_asks_for_much() {
    let world = World::new();
    let names: Vec<String> = (0..200).map(|number| format!("host-{number}.example.test")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let asked = base(&world, csr_of(KeyAlgorithm::EcdsaP256, "CN=a.test", &names));
    let answered = world.cas.call_with_outcome(OPERATION, &asked.to_string()).unwrap();
    assert_eq!(answered.left_out().count(), 200);
    let entries = world.cas.ledger().audit(1, usize::MAX).unwrap();
    let detail = &entries.last().unwrap().detail;
    let listed = detail.matches("DNS:host-").count();
    assert!(detail.starts_with("left out: ") && detail.len() <= 1_024, "{detail}");
    assert!(listed > 5 && detail.ends_with(&format!("; and {} more", 200 - listed)), "{detail}");
}
