//! Lists of leaves.

use serde_json::{Value, json};

use crate::leaf_world::{DAY, NOW, World, csr, with};

const LISTS: [(&str, &str); 3] = [
    ("ListClientCertificate", "CertificateList"),
    ("ListCert", "List"),
    ("ListRevokeCertificate", "CertificateList"),
];

/// A leaf of a kind, issued a day after the one before.
fn issue(world: &World, number: i64, kind: &str) -> String {
    world.clock.set(NOW + number * DAY);
    let all = json!({ "ParentIdentifier": world.ca, "Csr": csr(&format!("CN=leaf {number}")) });
    let days = json!({ "Days": 30 });
    match kind {
        "SERVER" => {
            let given = with(&with(&all, days), json!({ "Domain": "leaf.test" }));
            world.identifier("CreateServerCertificateWithCsr", given)
        }
        "CLIENT" => world.identifier("CreateClientCertificateWithCsr", with(&all, days)),
        _ => {
            let given = json!({
                "Validity": "30d", "ApiPassthrough.Extensions.KeyUsage.DigitalSignature": true,
            });
            world.identifier("CreateCustomCertificate", with(&all, given))
        }
    }
}

fn revoke(world: &World, identifier: &str) {
    world.call("CreateRevokeClientCertificate", json!({ "Identifier": identifier }));
}

/// The identifiers that a list answers.
fn identifiers(world: &World, name: &str, given: Value) -> Vec<String> {
    let (_, list) = LISTS.iter().find(|(list, _)| *list == name).unwrap();
    let answer = world.call(name, given);
    let items = answer[*list].as_array().unwrap().iter();
    items.map(|item| item["Identifier"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn lists_have_pages_of_20_from_1_on() {
    let world = World::new();
    let mut all: Vec<String> = (0..23).map(|number| issue(&world, number, "CLIENT")).collect();
    all.iter().for_each(|leaf| revoke(&world, leaf));
    all.reverse();
    for (name, list) in LISTS {
        let first = world.call(name, json!({}));
        for (field, value) in
            [("CurrentPage", 1), ("PageCount", 2), ("ShowSize", 20), ("TotalCount", 23)]
        {
            assert_eq!(first[field], value, "{name} {field}");
        }
        assert_eq!(first[list].as_array().unwrap().len(), 20);
        assert_eq!(identifiers(&world, name, json!({ "CurrentPage": "2" })).len(), 3);
        assert!(identifiers(&world, name, json!({ "CurrentPage": 3 })).is_empty());
        assert!(identifiers(&world, name, json!({ "CurrentPage": i64::MAX })).is_empty());
        let whole = world.call(name, json!({ "ShowSize": 1_000 }));
        assert_eq!((&whole["PageCount"], &whole["ShowSize"]), (&json!(1), &json!(1_000)));
        for (given, says) in [
            (json!({ "CurrentPage": 0 }), "CurrentPage"),
            (json!({ "CurrentPage": "x" }), "CurrentPage"),
            (json!({ "ShowSize": 0 }), "ShowSize"),
            (json!({ "ShowSize": 1_001 }), "ShowSize"),
            (json!({ "Page": 1 }), "Page"),
        ] {
            world.refuses(name, given, "InvalidParameter", says);
        }
    }
    let mut pages = identifiers(&world, "ListClientCertificate", json!({ "ShowSize": 20 }));
    let second = json!({ "ShowSize": 20, "CurrentPage": 2 });
    pages.extend(identifiers(&world, "ListClientCertificate", second));
    assert_eq!(pages, all, "the latest first");
}

#[test]
fn an_empty_list_has_no_page() {
    let world = World::new();
    for (name, list) in LISTS {
        let answer = world.call(name, json!({}));
        assert_eq!(answer[list], json!([]));
        assert_eq!((&answer["PageCount"], &answer["TotalCount"]), (&json!(0), &json!(0)));
    }
}

#[test]
fn the_list_of_leaves_shows_them_as_they_are_described() {
    let world = World::new();
    let leaves =
        [issue(&world, 0, "SERVER"), issue(&world, 1, "CLIENT"), issue(&world, 2, "END_ENTITY")];
    revoke(&world, &leaves[1]);
    let list = world.call("ListClientCertificate", json!({}));
    for (item, leaf) in list["CertificateList"].as_array().unwrap().iter().zip(leaves.iter().rev())
    {
        let described = world.call("DescribeClientCertificate", json!({ "Identifier": leaf }));
        let left_out = json!({ "CertChain": null, "UploadFlag": null });
        let described = with(&described["Certificate"], left_out);
        assert_eq!(*item, described, "without the chain and the flag");
    }
    let one = json!({ "Identifier": leaves[0] });
    assert_eq!(identifiers(&world, "ListClientCertificate", one), [leaves[0].clone()]);
    let none = json!({ "Identifier": "x" });
    assert!(identifiers(&world, "ListClientCertificate", none).is_empty());
}

#[test]
fn list_cert_filters_by_kind_status_issuer_and_day() {
    let world = World::new();
    let server = issue(&world, 0, "SERVER");
    let client = issue(&world, 1, "CLIENT");
    let custom = issue(&world, 2, "END_ENTITY");
    revoke(&world, &client);
    let other = world.sub_ca(json!({}));
    let list = |given: Value| identifiers(&world, "ListCert", given);
    let all = [&custom, &client, &server].map(String::clone);
    assert_eq!(list(json!({})), all);
    for (kind, leaf) in [("SERVER", &server), ("CLIENT", &client), ("END_ENTITY", &custom)] {
        assert_eq!(list(json!({ "Type": kind })), [leaf.as_str()]);
    }
    assert_eq!(list(json!({ "Status": "REVOKE" })), [client.as_str()]);
    assert_eq!(list(json!({ "Status": "ISSUE" })), [custom.clone(), server.clone()]);
    assert_eq!(list(json!({ "ParentIdentifier": world.ca })), all);
    assert!(list(json!({ "ParentIdentifier": other })).is_empty());
    assert!(list(json!({ "Type": "SERVER", "Status": "REVOKE" })).is_empty());
    // They were issued on 15, 16 and 17 January at 8.
    assert_eq!(list(json!({ "AfterDate": "2027-01-16" })), [custom.clone(), client.clone()]);
    assert_eq!(list(json!({ "BeforeDate": "2027-01-16" })), [client.clone(), server.clone()]);
    let both = json!({ "AfterDate": "2027-01-16", "BeforeDate": "2027-01-16" });
    assert_eq!(list(both), [client.as_str()]);
    assert_eq!(list(json!({ "AfterDate": "2027-01-17 08:00:00" })), [custom]);
    assert!(list(json!({ "AfterDate": "2027-01-17T08:00:01Z" })).is_empty());
    assert_eq!(list(json!({ "BeforeDate": "2027-01-15 08:00:00" })), [server]);
    assert!(list(json!({ "BeforeDate": "2027-01-15 07:59:59" })).is_empty());
    for (given, says) in [
        (json!({ "Type": "CUSTOM" }), "Type"),
        (json!({ "Status": "issue" }), "Status"),
        (json!({ "AfterDate": "yesterday" }), "AfterDate"),
        (json!({ "AfterDate": "2027-02-30" }), "AfterDate"),
        (json!({ "BeforeDate": "2027-1-1" }), "BeforeDate"),
    ] {
        world.refuses("ListCert", given, "InvalidParameter", says);
    }
}

#[test]
fn list_cert_has_fields_of_its_own() {
    let world = World::new();
    let given = json!({
        "ParentIdentifier": world.ca, "CommonName": "Bob", "Days": 1, "AliasName": "phone",
        "CustomIdentifier": "own", "Tags.1.Key": "team", "Tags.1.Value": "payments",
    });
    let leaf = world.identifier("CreateClientCertificate", given);
    let item = world.call("ListCert", json!({}))["List"][0].clone();
    for (name, value) in [
        ("AfterDate", json!("2027-01-16T08:00:00Z")),
        ("AfterTime", json!((NOW + DAY) * 1_000)),
        ("Algorithm", json!("ECC")),
        ("AliasName", json!("phone")),
        ("BeforeDate", json!("2027-01-15T08:00:00Z")),
        ("BeforeTime", json!(NOW * 1_000)),
        ("CertificateType", json!("CLIENT")),
        ("CommonName", json!("Bob")),
        ("CustomIdentifier", json!("own")),
        ("Identifier", json!(leaf)),
        ("KeyExportable", json!(true)),
        ("Organization", json!("Alibaba Inc")),
        ("OrganizationUnit", json!("Aliyun CDN")),
        ("Status", json!("ISSUE")),
        ("SubjectDn", json!("C=CN,O=Alibaba Inc,OU=Aliyun CDN,L=Hangzhou,ST=Zhejiang,CN=Bob")),
        ("Tags", json!(["team=payments"])),
    ] {
        assert_eq!(item[name], value, "{name}");
    }
    issue(&world, 1, "SERVER");
    assert_eq!(world.call("ListCert", json!({}))["List"][0]["KeyExportable"], false);
}

#[test]
fn the_list_of_revoked_leaves_begins_with_the_latest_revocation() {
    let world = World::new();
    let leaves: Vec<String> = (0..4).map(|number| issue(&world, number, "SERVER")).collect();
    // CAs are not leaves.
    let ca = world.sub_ca(json!({}));
    world.call("UpdateCACertificateStatus", json!({ "Identifier": ca, "Status": "REVOKE" }));
    for (number, leaf) in [(10, &leaves[2]), (11, &leaves[0]), (12, &leaves[3])] {
        world.clock.set(NOW + number * DAY);
        revoke(&world, leaf);
    }
    let order = [&leaves[3], &leaves[0], &leaves[2]].map(String::clone);
    assert_eq!(identifiers(&world, "ListRevokeCertificate", json!({})), order);
    let answer = world.call("ListRevokeCertificate", json!({}));
    let item = &answer["CertificateList"][1];
    assert_eq!(item["BeforeDate"], "2027-01-15T08:00Z");
    assert_eq!(item["AfterDate"], "2027-02-14T08:00Z");
    assert_eq!(item["RevokeDate"], "2027-01-26T08:00Z");
    assert_eq!(item["Status"], "REVOKE");
    let described = world.call("DescribeClientCertificate", json!({ "Identifier": leaves[0] }));
    for name in [
        "Algorithm",
        "CertificateType",
        "CommonName",
        "CountryCode",
        "KeySize",
        "Locality",
        "Md5",
        "Organization",
        "OrganizationUnit",
        "ParentIdentifier",
        "SerialNumber",
        "Sha2",
        "SignAlgorithm",
        "State",
        "SubjectDN",
    ] {
        assert_eq!(item[name], described["Certificate"][name], "{name}");
        assert!(!item[name].is_null(), "{name}");
    }
}
