//! What the service's clients send and read, by the letter of their models.

use certwright::cas::Config;
use certwright::crl::RevocationList;
use serde_json::{Value, json};

use crate::leaf_world::{World, csr, with};

const SERVER: &str = "CreateServerCertificateWithCsr";

fn base(world: &World) -> Value {
    json!({ "Csr": csr("CN=www.example.test"), "ParentIdentifier": world.ca, "Days": 30 })
}

#[test]
fn a_client_token_names_a_call_that_issues() {
    let world = World::new();
    let generated = json!({
        "CommonName": "a.test", "Algorithm": "ECC_256", "ParentIdentifier": world.ca, "Days": 30,
        "Immediately": 2, "AsynchronousFlag": "true",
    });
    let client =
        json!({ "CommonName": "Bob", "ParentIdentifier": world.ca, "Days": 30, "Immediately": 1 });
    for (name, asked) in [
        (SERVER, with(&base(&world), json!({ "Immediately": 2 }))),
        ("CreateServerCertificate", generated),
        ("CreateClientCertificate", client),
    ] {
        let asked = with(&asked, json!({ "ClientToken": "7d8e-4711" }));
        let first = world.call(name, asked.clone());
        assert_eq!(world.call(name, asked.clone()), first, "answered as the first time");
        let other = with(&asked, json!({ "Days": 31 }));
        world.refuses(name, other, "InvalidParameter", "ClientToken");
        let next = world.call(name, with(&asked, json!({ "ClientToken": "7d8e-4712" })));
        assert_ne!(next["Identifier"], first["Identifier"]);
    }
}

#[test]
fn blank_values_are_not_given() {
    let world = World::new();
    let authority = json!({
        "CommonName": " ", "Organization": "O", "OrganizationUnit": "U", "Locality": "L", "State": "S",
        "Years": 1,
    });
    world.refuses("CreateRootCACertificate", authority.clone(), "MissingParameter", "CommonName");
    let blank = with(&authority, json!({ "CommonName": "Root", "Organization": "\u{3000}\t" }));
    world.refuses("CreateRootCACertificate", blank, "MissingParameter", "Organization");
    // One that has a default takes it.
    let certificate =
        world.certificate(SERVER, with(&base(&world), json!({ "Organization": "  " })));
    assert!(certificate.subject().to_string().contains("O=Alibaba Inc"));
}

#[test]
fn refusals_name_the_parameter() {
    let world = World::new();
    let ca = |changes: Value| {
        let fields = json!({
            "CommonName": "C", "Organization": "O", "OrganizationUnit": "U", "Locality": "L", "State": "S",
            "Years": 1, "Algorithm": "ECC_256", "ParentIdentifier": world.root,
        });
        with(&fields, changes)
    };
    let open = world.identifier("CreateSubCACertificate", ca(json!({ "PathLenConstraint": 1 })));
    for (name, asked, says) in [
        (SERVER, with(&base(&world), json!({ "Csr": "x" })), "Csr: "),
        (SERVER, with(&base(&world), json!({ "Days": 36_500 })), "Days: given until"),
        (
            "CreateSubCACertificate",
            ca(json!({ "ParentIdentifier": world.ca })),
            "ParentIdentifier: given",
        ),
        (
            "CreateSubCACertificate",
            ca(json!({ "ParentIdentifier": open, "PathLenConstraint": 1 })),
            "PathLenConstraint: given 1, allowed 0 to 0",
        ),
    ] {
        let error = world.cas.call(name, &asked.to_string()).unwrap_err();
        assert!(error.message().starts_with(says), "{says}: {error}");
    }
}

#[test]
fn leaves_are_found_by_their_serial_numbers() {
    let world = World::new();
    let mut issued = Vec::new();
    for _ in 0..2 {
        issued.push(world.call(SERVER, base(&world)));
    }
    let revoked = issued[1]["Identifier"].clone();
    world.call("CreateRevokeClientCertificate", json!({ "Identifier": revoked }));
    let serial = |at: usize| issued[at]["SerialNumber"].as_str().unwrap();
    let asked =
        json!({ "SerialNumber": format!("{}, {},0102", serial(0).to_uppercase(), serial(1)) });
    let described = world.call("DescribeClientCertificateForSerialNumber", asked.clone());
    let found = described["CertificateList"].as_array().unwrap();
    assert_eq!(found.len(), 2, "what is not known is left out");
    assert_eq!(found[0]["Identifier"], issued[0]["Identifier"]);
    assert_eq!(found[0]["FullAlgorithm"], "ECC_256");
    let statuses = world.call("DescribeClientCertificateStatusForSerialNumber", asked);
    let statuses: Vec<_> = statuses["CertificateStatus"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["Status"].clone())
        .collect();
    assert_eq!(statuses, ["good", "revoked", "unknown"]);
    for bad in ["xyz", "", &"f".repeat(42), &vec!["01"; 101].join(",")] {
        let asked = json!({ "SerialNumber": bad });
        let code = if bad.is_empty() { "MissingParameter" } else { "InvalidParameter" };
        world.refuses("DescribeClientCertificateForSerialNumber", asked, code, "SerialNumber");
    }
}

#[test]
fn the_version_decides_which_list_cert_is_called() {
    let world = World::new();
    let leaf = world.identifier(SERVER, with(&base(&world), json!({ "Domain": "b.test" })));
    world.call("CreateRevokeClientCertificate", json!({ "Identifier": leaf }));
    let older = |asked: Value| {
        let asked = with(&json!({ "Version": "2020-04-07" }), asked);
        let answer = world.call("ListCert", asked);
        let list = answer["CertList"].as_array().unwrap();
        list.iter().map(|it| it["Identifier"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // Both CAs were made in the same second.
    let mut cas = [world.root.clone(), world.ca.clone()];
    cas.sort();
    assert_eq!(older(json!({})), [std::slice::from_ref(&leaf), &cas].concat());
    assert_eq!(older(json!({ "CertType": "CA" })), cas);
    assert_eq!(older(json!({ "Status": "REVOKE" })), std::slice::from_ref(&leaf));
    assert_eq!(older(json!({ "KeyWord": "b.test" })), std::slice::from_ref(&leaf));
    let two = format!("{},{leaf}", world.ca);
    assert_eq!(older(json!({ "Identifiers": two })), [leaf.clone(), world.ca.clone()]);
    assert!(older(json!({ "SourceType": "upload" })).is_empty());
    assert_eq!(older(json!({ "WarehouseId": 1 })), std::slice::from_ref(&leaf));
    assert!(older(json!({ "WarehouseId": 3 })).is_empty());
    let newer = world.call("ListCert", json!({ "Version": "2020-06-30" }));
    assert_eq!(newer["List"][0]["Identifier"], leaf);
    assert_eq!(world.call("ListCert", json!({}))["List"], newer["List"]);
    let words = "Version: given \"2019-01-01\", allowed 2020-06-30";
    world.refuses("ListCert", json!({ "Version": "2019-01-01" }), "InvalidParameter", words);
}

#[test]
fn a_list_goes_on_by_its_token() {
    let world = World::new();
    let all: Vec<String> = (0..3).map(|_| world.identifier(SERVER, base(&world))).collect();
    let mut asked = json!({ "MaxResults": 2 });
    let mut found = Vec::new();
    loop {
        let part = world.call("ListCert", asked.clone());
        assert_eq!((&part["MaxResults"], &part["TotalCount"]), (&json!(2), &json!(3)));
        found.extend(part["List"].as_array().unwrap().iter().map(|it| it["Identifier"].clone()));
        let Some(next) = part.get("NextToken") else { break };
        asked["NextToken"] = next.clone();
    }
    let mut expected: Vec<Value> = all.into_iter().map(Value::from).collect();
    expected.sort_by_key(|it| it.to_string());
    found.sort_by_key(|it| it.to_string());
    assert_eq!(found, expected);
    for (bad, says) in [
        (json!({ "NextToken": "x" }), "NextToken"),
        (json!({ "NextToken": "2", "CurrentPage": 1 }), "either it or CurrentPage"),
        (json!({ "MaxResults": 2, "ShowSize": 2 }), "either it or ShowSize"),
    ] {
        world.refuses("ListCert", bad, "InvalidParameter", says);
    }
}

#[test]
fn a_ca_issues_no_more_than_its_quota_and_answers_what_is_left() {
    let config = Config::from_json(r#"{ "leaves_of_a_ca": 2 }"#).unwrap();
    let world = World::configured("ECC_256", config);
    let left = || {
        let found = world.call("DescribeCACertificate", json!({ "Identifier": world.ca }));
        let found = &found["Certificate"];
        [&found["CertTotalCount"], &found["CertRemainingCount"]].map(|it| it.as_i64().unwrap())
    };
    assert_eq!(left(), [2, 2]);
    world.call(SERVER, base(&world));
    world.call(SERVER, base(&world));
    assert_eq!(left(), [2, 0]);
    world.refuses(SERVER, base(&world), "NotRemainCount", "ParentIdentifier");
}

#[test]
fn where_a_crl_is_and_when_the_next_follows() {
    let world = World::new();
    let asked = json!({ "CaIdentifier": world.ca });
    let before = world.call("GetCaInstanceCrlAddress", asked.clone());
    let url = format!("http://crl.example.test/{}.crl", world.ca);
    assert_eq!((&before["CrlUrl"], &before["CaType"]), (&json!(url), &json!("SUB_ROOT")));
    assert!(before.get("NextUpdateTime").is_none());
    world.call("CreateCrl", json!({ "Identifier": world.ca }));
    let after = world.call("GetCaInstanceCrlAddress", asked);
    assert!(after["NextUpdateTime"].as_i64().unwrap() > crate::leaf_world::NOW * 1_000);
    assert_ne!(after["HashCode"], before["HashCode"]);
    world.refuses(
        "GetCaInstanceCrlAddress",
        json!({ "CaIdentifier": "x" }),
        "NotFound",
        "CaIdentifier",
    );
}

#[test]
fn where_a_crl_is_a_delta_is_not_what_is_meant() {
    let mut config = Config::default();
    config.crl_base_url = Some("http://crl.example.test".to_owned());
    config.crl_delta_hours = 1;
    let world = World::configured("ECC_256", config);
    let root = json!({ "Identifier": world.root });
    let complete = world.call("CreateCrl", root.clone());
    let asked = json!({ "CaIdentifier": world.root });
    let before = world.call("GetCaInstanceCrlAddress", asked.clone());
    assert_eq!(before["CrlUrl"], complete["CrlUrl"]);
    let list = RevocationList::from_pem(complete["Crl"].as_str().unwrap()).unwrap();
    assert_eq!(before["NextUpdateTime"], list.next_update().unwrap().unix() * 1_000);
    world.clock.set(crate::leaf_world::NOW + 60);
    let delta = world.call("CreateCrl", with(&root, json!({ "Delta": true })));
    assert_ne!(delta["CrlUrl"], complete["CrlUrl"]);
    let after = world.call("GetCaInstanceCrlAddress", asked);
    let no_id = json!({ "RequestId": null });
    assert_eq!(with(&after, no_id.clone()), with(&before, no_id));
}

#[test]
fn cas_are_listed_by_word_and_identifier_and_shortly() {
    let world = World::new();
    let list = |asked: Value| {
        let answer = world.call("DescribePcaAndExternalCACertificateList", asked);
        let list = answer["CertificateList"].as_array().unwrap();
        list.iter().map(|it| it["Identifier"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // Both were made in the same second.
    let mut cas = [world.root.clone(), world.ca.clone()];
    cas.sort();
    assert_eq!(list(json!({})), cas);
    assert_eq!(list(json!({ "KeyWord": "Test CA" })), std::slice::from_ref(&world.ca));
    assert_eq!(list(json!({ "Identifiers": world.root })), std::slice::from_ref(&world.root));
    let first = world.call("ListPcaCaCertificate", json!({ "MaxResults": 1 }));
    let second = world
        .call("ListPcaCaCertificate", json!({ "MaxResults": 1, "NextToken": first["NextToken"] }));
    let listed = [&first["List"][0], &second["List"][0]];
    let row = |identifier: &str, name: &str| json!({ "CertIdentifier": identifier, "CommonName": name, "IssuerIdentifier": world.root, "Status": "ISSUE" });
    let mut rows = [row(&world.root, "Test Root"), row(&world.ca, "Test CA")];
    rows.sort_by_key(|row| row["CertIdentifier"].to_string());
    assert_eq!(listed, [&rows[0], &rows[1]]);
    assert_eq!(second["TotalCount"], 2);
    assert!(second.get("NextToken").is_none());
}

#[test]
fn clients_have_names_of_every_type_that_anybody_reads() {
    let world = World::new();
    let base = json!({ "ParentIdentifier": world.ca, "CommonName": "Bob", "Days": 30 });
    let named = |kind: i64, value: &str| with(&base, json!({ "SanType": kind, "SanValue": value }));
    for (kind, value, expected) in [
        (0, "1.3.6.1.4.1.311.20.2.3 + bob@corp.example", "otherName:UPN:bob@corp.example"),
        (0, "bob+phone@corp.example", "otherName:UPN:bob+phone@corp.example"),
        (0, "1.3.6.1.5.5.7.8.7+_ldap.corp.example", "otherName:SRV:_ldap.corp.example"),
        (1, "bob@corp.example", "email:bob@corp.example"),
        (2, "*.corp.example", "DNS:*.corp.example"),
        (4, "CN=Bob, OU=Tech, O=Corp, C=CN", "directoryName:CN=Bob,OU=Tech,O=Corp,C=CN"),
        (6, "spiffe://corp.example/bob", "URI:spiffe://corp.example/bob"),
        (7, "2001:db8::7", "IP:2001:db8::7"),
        (8, "1.2.3.4.55.6.5.99", "registeredID:1.2.3.4.55.6.5.99"),
    ] {
        let certificate = world.certificate("CreateClientCertificate", named(kind, value));
        assert_eq!(crate::leaf_world::alt_names(&certificate), [expected]);
        let leaf = world.identifier("CreateClientCertificate", named(kind, value));
        let found = world.call("DescribeClientCertificate", json!({ "Identifier": leaf }));
        let sans: Value =
            serde_json::from_str(found["Certificate"]["Sans"].as_str().unwrap()).unwrap();
        assert_eq!(sans[0]["Type"], kind);
        assert_eq!(sans[0]["Value"], expected.split_once(':').unwrap().1);
    }
    let two = world.certificate("CreateClientCertificate", named(7, "10.0.0.7, 10.0.0.8"));
    assert_eq!(two.alt_names().len(), 2);
    for (kind, value, says) in [
        (3, "C=CN", "SanType"),
        (5, "x", "SanType"),
        (9, "x", "SanType"),
        (0, "1.2.3.4+x", "SRV"),
        (0, "bob", "SanValue"),
        (4, "nonsense", "SanValue"),
        (7, "10.0.0.256", "SanValue"),
        (7, "::ffff:10.0.0.7", "SanValue"),
        (8, "1", "SanValue"),
    ] {
        world.refuses("CreateClientCertificate", named(kind, value), "InvalidParameter", says);
    }
}

/// U-labels become A-labels wherever a domain is given.
#[cfg(feature = "idna")]
#[test]
fn international_names_are_taken_as_people_write_them() {
    let world = World::new();
    let (name, label) = ("\u{4f8b}\u{5b50}.\u{4e2d}\u{56fd}", "xn--fsqu00a.xn--fiqs8s");
    let generated = json!({
        "CommonName": name, "Algorithm": "ECC_256", "ParentIdentifier": world.ca, "Days": 30,
        "Domain": "b\u{fc}cher.example",
    });
    let certificate = world.certificate("CreateServerCertificate", generated);
    let expected = [format!("DNS:{label}"), "DNS:xn--bcher-kva.example".to_owned()];
    assert_eq!(crate::leaf_world::alt_names(&certificate), expected);
    let asked = json!({
        "Algorithm": "ECC", "KeySize": 256, "CommonName": name, "Sans": "b\u{fc}cher.example", "CountryCode": "CN",
        "Province": "P", "Locality": "L",
    });
    let made = world.call("CreateCsr", asked);
    let csr = certwright::CertificateRequest::from_pem(made["Csr"].as_str().unwrap()).unwrap();
    let names: Vec<String> = csr.requested_alt_names().iter().map(ToString::to_string).collect();
    assert_eq!(names, expected);
    let with_csr = json!({ "Csr": made["Csr"], "ParentIdentifier": world.ca, "Days": 30 });
    let certificate = world.certificate(SERVER, with_csr);
    assert_eq!(crate::leaf_world::alt_names(&certificate), [format!("DNS:{label}")]);
}
