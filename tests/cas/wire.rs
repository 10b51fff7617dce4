//! How calls come and go: nested or flat, typed or as text, and what is refused before an operation.

use serde_json::{Value, json};

use crate::world::*;

fn nested() -> Value {
    with(
        authority("Root", 3, "ECC_256"),
        json!({ "Tags": [{ "Key": "team", "Value": "payments" }, { "Key": "empty", "Value": "" }] }),
    )
}

fn flat() -> Value {
    json!({
        "CommonName": "Root", "Organization": "Example", "OrganizationUnit": "Security",
        "Locality": "Hangzhou", "State": "Zhejiang", "CountryCode": "CN", "Years": "3",
        "Algorithm": "ECC_256", "Tags.1.Key": "team", "Tags.1.Value": "payments",
        "Tags.2.Key": "empty", "Tags.2.Value": "", "Action": "CreateRootCACertificate",
        "Version": "2020-06-30", "Format": "JSON", "AccessKeyId": "x", "Signature": "x",
        "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": "1",
        "Timestamp": "2027-01-15T08:00:00Z", "RegionId": "cn-hangzhou",
    })
}

#[test]
fn the_flat_form_means_the_nested_one() {
    let tags = |parameters: Value| {
        let cas = cas();
        let created = call(&cas, "CreateRootCACertificate", parameters);
        let identifier = &created["Identifier"];
        let described = call(&cas, "DescribeCACertificate", json!({ "Identifier": identifier }));
        (described["Certificate"]["Tags"].clone(), described["Certificate"]["Years"].clone())
    };
    assert_eq!(tags(nested()), tags(flat()));
    assert_eq!(tags(flat()).1, 3);
}

#[test]
fn lists_and_booleans_come_flat_and_as_text() {
    let cas = cas_with_crls();
    let root = root(&cas, "ECC_256");
    for (number, flag) in
        [json!(true), json!("true"), json!("True"), json!("1"), json!(1)].iter().enumerate()
    {
        let sub = with(
            authority(&format!("CA {number}"), 1, "ECC_256"),
            json!({
                "ParentIdentifier": root, "EnableCrl": flag, "ExtendedKeyUsages.1": "serverAuth",
                "ExtendedKeyUsages.2": "clientAuth", "CrlDay": "30",
            }),
        );
        let created = call(&cas, "CreateSubCACertificate", sub);
        let answer =
            call(&cas, "DescribeCACertificate", json!({ "Identifier": created["Identifier"] }));
        assert_eq!(answer["Certificate"]["CrlStatus"], true);
        assert_eq!(answer["Certificate"]["CrlDay"], 30);
    }
}

#[test]
fn what_is_neither_true_nor_false_is_refused() {
    let cas = cas_with_crls();
    let root = root(&cas, "ECC_256");
    for flag in [json!("yes"), json!(2), json!("TRUE "), json!([true])] {
        let sub = with(
            authority("CA", 1, "ECC_256"),
            json!({ "ParentIdentifier": root, "EnableCrl": flag }),
        );
        refused(&cas, "CreateSubCACertificate", sub, "InvalidParameter", &["EnableCrl"]);
    }
}

#[test]
fn an_unknown_parameter_is_refused_by_name_at_every_level() {
    let cas = cas();
    let unknown = with(nested(), json!({ "Colour": "red" }));
    refused(
        &cas,
        "CreateRootCACertificate",
        unknown,
        "InvalidParameter",
        &["Colour", "CommonName"],
    );
    let unknown = with(nested(), json!({ "Tags": [{ "Key": "a", "Kind": "b" }] }));
    refused(&cas, "CreateRootCACertificate", unknown, "InvalidParameter", &["Tags.1.Kind"]);
    let case = with(without(nested(), "Years"), json!({ "years": 3 }));
    refused(&cas, "CreateRootCACertificate", case, "MissingParameter", &["Years", "years"]);
}

#[test]
fn all_problems_come_at_once() {
    let cas = cas();
    let bad = json!({ "CommonName": "a", "Years": "x", "Colour": 1, "Tags": "t" });
    let words = ["Organization", "Locality", "State", "Years", "Colour", "Tags"];
    refused(&cas, "CreateRootCACertificate", bad, "MissingParameter", &words);
}

#[test]
fn flat_lists_are_numbered_from_1_without_a_gap() {
    let cas = cas();
    for bad in [
        json!({ "Tags.0.Key": "a" }),
        json!({ "Tags.2.Key": "a" }),
        json!({ "Tags.1.Key": "a", "Tags.3.Key": "b" }),
        json!({ "Tags.01.Key": "a", "Tags.1.Key": "b" }),
        json!({ "Tags..Key": "a" }),
        json!({ "Tags.x.Key": "a" }),
        json!({ "Tags": [], "Tags.1.Key": "a" }),
        json!({ "a.b.c.d.e.f.g.h.i": "a" }),
        json!({ "Tags.99999999999999999999.Key": "a" }),
    ] {
        let bad = with(without(nested(), "Tags"), bad);
        refused(&cas, "CreateRootCACertificate", bad, "InvalidParameter", &[]);
    }
}

#[test]
fn the_version_of_an_operation_may_be_given_and_must_be_right() {
    let cas = cas();
    call(&cas, "CreateRootCACertificate", with(nested(), json!({ "Version": "2020-06-30" })));
    let other = with(nested(), json!({ "Version": "2020-04-07" }));
    refused(&cas, "CreateRootCACertificate", other, "InvalidParameter", &["Version", "2020-06-30"]);
}

#[test]
fn the_action_among_the_parameters_is_the_one_that_is_called() {
    let cas = cas();
    call(&cas, "ListCsr", json!({ "Action": "ListCsr" }));
    let words = ["Action: given \"DeleteCsr\", allowed ListCsr"];
    refused(&cas, "ListCsr", json!({ "Action": "DeleteCsr" }), "InvalidParameter", &words);
}

#[test]
fn an_answer_is_json_or_the_same_tree_in_xml_as_the_format_says() {
    let cas = cas();
    csr(&cas, "ECC", 256, "a.example");
    for format in ["JSON", "json", ""] {
        let answer = cas.call("ListCsr", &json!({ "Format": format }).to_string()).unwrap();
        assert!(answer.starts_with('{'), "{answer}");
    }
    let answer = cas.call("ListCsr", r#"{ "Format": "XML" }"#).unwrap();
    for part in [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListCsrResponse>",
        "<CsrList><Algorithm>ECC</Algorithm><CommonName>a.example</CommonName>",
        "<HasPrivateKey>true</HasPrivateKey>",
        "<TotalCount>1</TotalCount></ListCsrResponse>",
    ] {
        assert!(answer.contains(part), "{part}\n{answer}");
    }
    for odd in [json!("YAML"), json!(1), json!(["XML"])] {
        refused(&cas, "ListCsr", json!({ "Format": odd }), "InvalidParameter", &["JSON or XML"]);
    }
}

#[test]
fn an_unknown_operation_and_parameters_that_are_no_object_are_refused() {
    let cas = cas();
    refused(&cas, "DropTables", json!({}), "InvalidParameter", &["DropTables"]);
    refused(&cas, "createCsr", json!({}), "InvalidParameter", &["createCsr"]);
    for odd in [json!([]), json!(null), json!("x"), json!(1)] {
        refused(&cas, "CreateCsr", odd, "InvalidParameter", &[]);
    }
}

#[test]
fn a_request_identifier_is_a_uuid_in_capitals_and_never_the_same() {
    let cas = cas();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let answer = call(&cas, "ListCsr", json!({}));
        let id = text(&answer, "RequestId").to_owned();
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(id.chars().all(|c| c == '-' || c.is_ascii_digit() || ('A'..='F').contains(&c)));
        assert!(seen.insert(id));
    }
}

#[test]
fn an_error_is_code_status_message_and_request_identifier() {
    let cas = cas();
    let error = cas.call_json("CreateCsr", json!({})).unwrap_err().to_json();
    let error: Value = serde_json::from_str(&error).unwrap();
    assert_eq!(error["Code"], "MissingParameter");
    assert_eq!(error["HttpStatus"], 400);
    assert!(text(&error, "Message").contains("CommonName"));
    assert_eq!(text(&error, "RequestId").len(), 36);
}

#[test]
fn every_operation_has_help_for_every_parameter() {
    use certwright::cas::{OPERATIONS, OPERATOR_OPERATIONS, ParameterHelp};
    fn check(place: &str, help: &[ParameterHelp]) {
        for parameter in help {
            assert!(!parameter.description.is_empty(), "{place}.{}", parameter.name);
            assert!(!parameter.kind.is_empty());
            check(&format!("{place}.{}", parameter.name), &parameter.parts);
        }
    }
    let mut names = std::collections::BTreeSet::new();
    for operation in OPERATIONS.iter().chain(OPERATOR_OPERATIONS) {
        assert!(names.insert(operation.name), "{} is there twice", operation.name);
        assert!(operation.description.trim().ends_with('.'), "{}", operation.name);
        check(operation.name, &operation.parameters());
        check(operation.name, &operation.answers());
    }
}

#[test]
fn the_typed_structures_are_the_wire_form() {
    use certwright::cas::{CreateCsr, TagParameter};
    let given = json!({
        "Algorithm": "ECC", "KeySize": "256", "CommonName": "a.example", "CountryCode": "CN",
        "Province": "Zhejiang", "Locality": "Hangzhou",
    });
    let read: CreateCsr = serde_json::from_value(given.clone()).unwrap();
    assert_eq!(read.key_size, 256);
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(written, with(given, json!({ "KeySize": 256 })));
    let refused = serde_json::from_value::<TagParameter>(json!({ "Kind": 1 })).unwrap_err();
    assert!(refused.to_string().contains("Kind"), "{refused}");
}
