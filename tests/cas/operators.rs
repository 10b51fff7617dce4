//! Who may call what, and parameters of which nobody could say which counts.

use certwright::cas::{OPERATIONS, OPERATOR_OPERATIONS};
use serde_json::json;

use crate::shop::{application, number, records, shop};
use crate::world::CallJson;

#[test]
fn what_only_operators_may_do_is_not_behind_the_call_of_applicants() {
    let shop = shop();
    let order_id = shop.order(json!({}));
    let before = records(&*shop.store);
    for (name, parameters) in [
        ("AddPackage", json!({ "Count": 1 })),
        ("AttestOrder", json!({ "OrderId": order_id })),
        ("CreateCrl", json!({ "Identifier": shop.issuer })),
    ] {
        assert!(OPERATOR_OPERATIONS.iter().any(|operation| operation.name == name));
        assert!(OPERATIONS.iter().all(|operation| operation.name != name));
        // Nor under another spelling, or by the Action that is among the parameters.
        let also = json!({ "Action": name, "OrderId": order_id }).to_string();
        for (given, parameters) in [
            (name.to_owned(), parameters.to_string()),
            (name.to_lowercase(), parameters.to_string()),
            (format!("{name} "), parameters.to_string()),
            (String::new(), also),
        ] {
            let error = shop.cas.call(&given, &parameters).unwrap_err();
            assert_eq!(error.code(), "InvalidParameter", "{error}");
            assert_eq!(error.message().contains("operator"), given == name, "{error}");
            assert!(!error.request_id().is_empty());
        }
    }
    // What is among the parameters says nothing of who calls, and is not another operation than the called.
    let action = json!({ "OrderId": order_id, "Action": "AttestOrder" }).to_string();
    let error = shop.cas.call("DescribeCertificateState", &action).unwrap_err();
    assert!(error.message().contains("Action: given \"AttestOrder\""), "{error}");
    let action = json!({ "OrderId": order_id, "Action": "DescribeCertificateState" }).to_string();
    let state = shop.cas.call("DescribeCertificateState", &action).unwrap();
    assert!(state.contains("domain_verify"), "{state}");
    assert_eq!(before, records(&*shop.store));

    for operation in OPERATIONS {
        let error = shop.cas.operator().call(operation.name, "{}").unwrap_err();
        assert!(error.message().contains("Cas::call"), "{error}");
    }
    let attest = json!({ "OrderId": order_id }).to_string();
    let answer = shop.cas.operator().call("AttestOrder", &attest).unwrap();
    assert!(answer.contains("\"certificate\""), "{answer}");
    let identifier = json!({ "Identifier": shop.issuer }).to_string();
    shop.cas.operator().call("CreateCrl", &identifier).unwrap();
}

#[test]
fn a_parameter_that_is_given_twice_is_refused_in_every_form() {
    let shop = shop();
    let before = records(&*shop.store);
    let mut whole = application();
    let fields = whole.as_object_mut().unwrap();
    fields.remove("Domain");
    let whole = whole.to_string();
    let rest = whole.strip_prefix('{').unwrap();
    for twice in [
        r#""Domain": "a.example", "Domain": "bank.example""#,
        r#""Domain": "a.example", "\u0044omain": "a.example""#,
        r#""Domain": "", "Domain": "a.example""#,
        r#""Domain": "a.example", "Tags": [{"Key": "k", "Value": "v", "Key": "k"}]"#,
        r#""Domain": "a.example", "Tags": [{"Key": "k"}], "Tags.1.Value": "v""#,
        r#""Domain": "a.example", "Tags.1.Value": "v", "Tags": [{"Key": "k"}]"#,
        r#""Domain": "a.example", "Tags.1": {"Key": "k"}, "Tags.1.Value": "v""#,
        r#""Domain": "a.example", "Tags.1.Key": "k", "Tags.1.Key": "k""#,
        r#""Domain": "a.example", "Tags.1.Key": "k", "Tags.01.Key": "k""#,
        r#""Domain": "a.example", "Timestamp": "1", "Timestamp": "2""#,
        r#""Domain": "a.example", "Version": "2020-04-07", "Version": "2020-04-07""#,
    ] {
        let parameters = format!("{{{twice}, {rest}");
        for operation in ["CreateCertificateForPackageRequest", "CreateCertificateRequest"] {
            let error = shop.cas.call(operation, &parameters).unwrap_err();
            assert_eq!(error.code(), "InvalidParameter", "{twice}: {error}");
        }
        let operation = OPERATIONS.iter().find(|o| o.name == "CreateCertificateRequest").unwrap();
        assert!(operation.check(&parameters).is_err(), "{twice}");
    }
    assert_eq!(before, records(&*shop.store));
    let once = format!("{{\"Domain\": \"a.example\", {rest}");
    let operation = OPERATIONS.iter().find(|o| o.name == "CreateCertificateRequest").unwrap();
    operation.check(&once).unwrap();
    let answer = shop.cas.call("CreateCertificateRequest", &once).unwrap();
    number(&serde_json::from_str(&answer).unwrap());
    assert!(operation.check("{}").unwrap_err().code() == "MissingParameter");
    let order = shop.cas.call_json("DescribePackageState", json!({})).unwrap();
    assert_eq!(order["UsedCount"], 1);
}
