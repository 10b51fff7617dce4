//! Certificates of users: uploaded with their keys, kept, shown, listed and deleted; never trusted, and nothing is
//! issued or revoked by one.

use std::collections::BTreeSet;

use certwright::cas::Config;
use certwright::ledger::AuditAction;
use certwright::{
    AltName, Certificate, CertificateRequest, Issuer, KeyAlgorithm, KeyPair, Profile,
};
use serde_json::{Value, json};

use crate::leaf_world::{DAY, NOW, World, with};

/// A certificate from elsewhere, with its chain, and its key; both in PEM.
pub fn foreign(algorithm: KeyAlgorithm, family: &str) -> (String, String) {
    let elsewhere = World::of(family);
    let key = KeyPair::generate(algorithm).unwrap();
    let csr = CertificateRequest::builder("CN=www.example.test".parse().unwrap());
    let csr = csr.alt_names(["www.example.test".parse::<AltName>().unwrap()]);
    let answer = elsewhere.call(
        "CreateServerCertificateWithCsr",
        json!({
            "Csr": csr.sign(&key).unwrap().to_pem(), "ParentIdentifier": elsewhere.ca, "Days": 90,
            "Domain": "www.example.test,10.0.0.7", "Immediately": 2,
        }),
    );
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    let cert = text("X509Certificate") + &text("CertificateChain");
    (cert, key.to_pkcs8_pem().unwrap().as_str().to_owned())
}

pub fn p256() -> (String, String) {
    foreign(KeyAlgorithm::EcdsaP256, "ECC_256")
}

fn upload(name: &str) -> Value {
    let (cert, key) = p256();
    json!({ "Name": name, "Cert": cert, "Key": key })
}

pub fn number(answer: &Value) -> i64 {
    answer["CertId"].as_i64().unwrap()
}

fn exports(world: &World) -> usize {
    let entries = world.cas.ledger().audit(1, 10_000).unwrap();
    entries.iter().filter(|entry| entry.action == AuditAction::KeyExported).count()
}

#[test]
fn a_certificate_of_a_user_is_kept_shown_listed_and_deleted() {
    let world = World::new();
    let given = upload("shop");
    let more = json!({ "ResourceGroupId": "rg-1", "Tags.1.Key": "team", "Tags.1.Value": "a" });
    let answer = world.call("UploadUserCertificate", with(&given, more));
    let id = number(&answer);
    let instance = format!("cas-upload-{id}");
    assert_eq!(answer["ResourceId"], instance.as_str());

    let asked = json!({ "CertId": id });
    let detail = world.call("GetUserCertificateDetail", asked.clone());
    assert_eq!((&detail["Cert"], &detail["Key"]), (&given["Cert"], &given["Key"]));
    assert_eq!(exports(&world), 1, "the audit log has each key that is handed out");
    let leaf = Certificate::many_from_pem(given["Cert"].as_str().unwrap()).unwrap().remove(0);
    for (name, value) in [
        ("Algorithm", json!("ECC")),
        ("BuyInAliyun", json!(false)),
        ("CertIdentifier", json!(format!("{id}-cn-hangzhou"))),
        ("Common", json!("www.example.test")),
        ("EndDate", json!("2027-04-15")),
        ("Expired", json!(false)),
        ("Id", json!(id)),
        ("InstanceId", json!(instance)),
        ("Issuer", json!("Test CA")),
        ("Name", json!("shop")),
        ("NotAfter", json!((NOW + 90 * DAY) * 1_000)),
        ("NotBefore", json!(NOW * 1_000)),
        ("ResourceGroupId", json!("rg-1")),
        ("Sans", json!("www.example.test,10.0.0.7")),
        ("SerialNo", json!(leaf.serial().to_string())),
        ("StartDate", json!("2027-01-15")),
        ("Tags", json!([{ "TagKey": "team", "TagValue": "a" }])),
    ] {
        assert_eq!(detail[name], value, "{name}");
    }
    let chain = detail["CertChain"].as_array().unwrap();
    assert_eq!(chain.len(), 3);
    assert_eq!(chain[0]["RemainDay"], 90);
    assert_eq!(chain[1]["IssuerCommonName"], "Test Root");
    let filtered =
        world.call("GetUserCertificateDetail", with(&asked, json!({ "CertFilter": true })));
    assert!(["Cert", "Key", "SignCert"].iter().all(|name| filtered.get(name).is_none()));
    assert_eq!(exports(&world), 1);

    let facts = world.call("GetCertificateDetail", json!({ "CertificateId": id }));
    assert_eq!(facts["SubjectAlternativeNames"], json!(["www.example.test", "10.0.0.7"]));
    assert_eq!((&facts["CertificateStatus"], &facts["KeySize"]), (&json!("issued"), &json!(256)));
    assert_eq!(facts["CertificateChainList"][2]["Subject"], "Test Root");
    assert!(!facts.to_string().contains("PRIVATE KEY"));
    let listed = world.call("ListCertificates", json!({}));
    assert_eq!((&listed["TotalCount"], &listed["ShowSize"]), (&json!(1), &json!(10)));
    assert_eq!(listed["CertificateList"][0]["CertificateId"], id.to_string());
    assert_eq!(listed["CertificateList"][0]["ExistPrivateKey"], true);

    // It is a resource like others.
    let resource = json!({ "ResourceType": "instance", "ResourceId.1": instance });
    world.call("TagResources", with(&resource, json!({ "Tag.1.Key": "team", "Tag.1.Value": "b" })));
    let moved =
        json!({ "ResourceType": "instance", "ResourceId": instance, "ResourceGroupId": "rg-2" });
    world.call("MoveResourceGroup", moved);
    let facts = world.call("GetUserCertificateDetail", with(&asked, json!({ "CertFilter": true })));
    assert_eq!(
        (&facts["ResourceGroupId"], &facts["Tags"][0]["TagValue"]),
        (&json!("rg-2"), &json!("b"))
    );
    let tagged = world.call("ListTagResources", resource);
    assert_eq!(tagged["Data"]["TagResources"]["TagResources"][0]["ResourceId"], instance.as_str());

    world.call("DeleteUserCertificate", asked.clone());
    world.refuses("GetUserCertificateDetail", asked.clone(), "NotFound", "CertId");
    world.refuses("DeleteUserCertificate", asked, "NotFound", "CertId");
    assert!(
        world
            .cas
            .ledger()
            .key_names(None, 100)
            .unwrap()
            .iter()
            .all(|name| !name.starts_with("user-"))
    );
    // The name is free again, the number is not.
    let again = number(&world.call("UploadUserCertificate", given));
    assert!(again > id);
    world.cas.ledger().verify().unwrap();
}

#[test]
fn what_is_no_certificate_with_its_key_is_refused() {
    let world = World::new();
    let good = upload("good");
    world.call("UploadUserCertificate", good.clone());
    let other = with(&good, json!({ "Name": "other" }));
    let certificates = Certificate::many_from_pem(good["Cert"].as_str().unwrap()).unwrap();
    let pem =
        |order: &[usize]| -> String { order.iter().map(|at| certificates[*at].to_pem()).collect() };
    let (authority, authority_key) = {
        let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
        let pem = key.to_pkcs8_pem().unwrap().as_str().to_owned();
        let issuer = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key).unwrap();
        (issuer.certificate().to_pem(), pem)
    };
    for (changes, code, says) in [
        (json!({ "Name": "good" }), "NameRepeat", "good"),
        (json!({ "Name": null }), "MissingParameter", "Name"),
        (json!({ "Name": "x".repeat(64) }), "DataTooLongException", "at most 63"),
        (json!({ "Name": "a\u{7}b" }), "InvalidParameter", "Name"),
        (json!({ "Cert": null }), "MissingParameter", "Cert and Key"),
        (json!({ "Key": null }), "MissingParameter", "Cert and Key"),
        (json!({ "Cert": "no PEM" }), "CertificateFormatException", "Cert"),
        (json!({ "Key": "no PEM" }), "CertificateFormatException", "Key"),
        (json!({ "Cert": pem(&[0, 2, 1]) }), "CertificateFormatException", "certificate 2"),
        (json!({ "Cert": pem(&[0; 11]) }), "CertificateFormatException", "at most 10"),
        (json!({ "Cert": "x".repeat(64 * 1024 + 1) }), "DataTooLongException", "at most 65536"),
        (json!({ "Key": p256().1 }), "NotMatch.CsrAndPrivateKey", "Key"),
        (
            json!({ "Cert": authority, "Key": authority_key }),
            "InvalidParameter",
            "of the CA CN=Root",
        ),
        (json!({ "Tags.1.Key": "aliyun" }), "InvalidParameter", "Tags.1.Key"),
        (json!({ "ResourceGroupId": "a b" }), "InvalidParameter", "ResourceGroupId"),
        (json!({ "ClientToken": "x".repeat(65) }), "InvalidParameter", "ClientToken"),
    ] {
        let error = world.refuses("UploadUserCertificate", with(&other, changes), code, says);
        let key = good["Key"].as_str().unwrap().lines().nth(1).unwrap();
        assert!(!error.message().contains(&key[..20]), "no key is in any message");
    }
    assert_eq!(world.call("ListCertificates", json!({}))["TotalCount"], 1);
    for (name, parameters) in [
        ("GetUserCertificateDetail", json!({ "CertId": -1 })),
        ("GetUserCertificateDetail", json!({ "CertId": 7 })),
        ("GetCertificateDetail", json!({ "CertificateId": i64::MAX })),
        ("DeleteUserCertificate", json!({ "CertId": 0 })),
        ("UploadPcaCertToCas", json!({ "Ids": "7" })),
        ("RevokeCertificate", json!({ "InstanceId": "cas-upload-1" })),
        ("RevokeCertificate", json!({ "InstanceId": "cas-1" })),
    ] {
        world.refuses(name, parameters, "NotFound", "there is no");
    }
}

#[test]
fn a_call_that_is_repeated_under_its_token_keeps_and_deletes_once() {
    let world = World::new();
    let given = with(&upload("once"), json!({ "ClientToken": "t1" }));
    let first = world.call("UploadUserCertificate", given.clone());
    assert_eq!(world.call("UploadUserCertificate", given.clone()), first);
    let other = with(&given, json!({ "Name": "other" }));
    world.refuses("UploadUserCertificate", other, "InvalidParameter", "ClientToken");
    let delete = json!({ "CertId": number(&first), "ClientToken": "t2" });
    let deleted = world.call("DeleteUserCertificate", delete.clone());
    assert_eq!(world.call("DeleteUserCertificate", delete), deleted);
    assert_eq!(world.call("ListCertificates", json!({}))["TotalCount"], 0);
}

#[test]
fn a_double_certificate_of_sm2_has_two_keys() {
    let world = World::of("SM2_256");
    let (sign, encrypt) =
        (foreign(KeyAlgorithm::Sm2, "SM2_256"), foreign(KeyAlgorithm::Sm2, "SM2_256"));
    let given = json!({
        "Name": "double", "SignCert": sign.0, "SignPrivateKey": sign.1, "EncryptCert": encrypt.0,
        "EncryptPrivateKey": encrypt.1,
    });
    for name in ["SignCert", "SignPrivateKey", "EncryptCert", "EncryptPrivateKey"] {
        let without = with(&given, json!({ name: null }));
        world.refuses("UploadUserCertificate", without, "MissingParameter", "all of SignCert");
    }
    let crossed = with(&given, json!({ "SignPrivateKey": encrypt.1 }));
    world.refuses("UploadUserCertificate", crossed, "NotMatch.CsrAndPrivateKey", "SignPrivateKey");
    let (cert, key) = p256();
    let ecc = with(&given, json!({ "EncryptCert": cert, "EncryptPrivateKey": key }));
    world.refuses("UploadUserCertificate", ecc, "InvalidParameter", "EncryptCert");
    let id = number(&world.call("UploadUserCertificate", given.clone()));
    let detail = world.call("GetUserCertificateDetail", json!({ "CertId": id }));
    for name in ["SignCert", "SignPrivateKey", "EncryptCert", "EncryptPrivateKey"] {
        assert_eq!(detail[name], given[name], "{name}");
    }
    assert!(detail.get("Cert").is_none() && detail.get("Key").is_none());
    assert_eq!(exports(&world), 2);
    world.call("DeleteUserCertificate", json!({ "CertId": id }));
    assert!(
        world
            .cas
            .ledger()
            .key_names(None, 100)
            .unwrap()
            .iter()
            .all(|name| !name.starts_with("user-"))
    );

    // Beside a certificate and its key they are left out, and that is told.
    let both = with(&given, json!({ "Cert": cert, "Key": key })).to_string();
    let answered = world.cas.call_with_outcome("UploadUserCertificate", &both).unwrap();
    assert_eq!(answered.left_out().count(), 4);
    let id = number(&serde_json::from_str(&answered.answer).unwrap());
    let detail = world.call("GetUserCertificateDetail", json!({ "CertId": id }));
    assert_eq!((&detail["Cert"], detail.get("SignCert")), (&json!(cert), None));
}

#[test]
fn leaves_become_certificates_of_users_once_each_and_outlive_them() {
    let world = World::new();
    let leaf = |common_name: &str| {
        let given = json!({
            "CommonName": common_name, "ParentIdentifier": world.ca, "Days": 30,
            "Algorithm": "ECC_256", "Tags.1.Key": "team",
        });
        world.identifier("CreateServerCertificate", given)
    };
    let described = |identifier: &str| {
        world.call("DescribeClientCertificate", json!({ "Identifier": identifier }))
    };
    let (one, two, revoked) = (leaf("one.test"), leaf("two.test"), leaf("revoked.test"));
    world.call("CreateRevokeClientCertificate", json!({ "Identifier": revoked }));
    let with_csr = json!({
        "Csr": crate::leaf_world::csr("CN=three.test"), "ParentIdentifier": world.ca, "Days": 30,
    });
    let three = world.identifier("CreateServerCertificateWithCsr", with_csr);
    for (ids, code, says) in [
        (format!("{one},"), "InvalidParameter", "empty"),
        (format!("{one},{revoked}"), "InvalidStatus.UpdateProtection", revoked.as_str()),
        (format!("{one},{}", world.ca), "NotFound", "Ids"),
        (format!("{one},0{}", described(&two)["Certificate"]["Id"]), "NotFound", "Ids"),
        (vec![one.as_str(); 101].join(","), "InvalidParameter", "at most 100"),
    ] {
        world.refuses("UploadPcaCertToCas", json!({ "Ids": ids }), code, says);
    }
    assert_eq!(world.call("ListCertificates", json!({}))["TotalCount"], 0);
    let before = described(&one);
    assert_eq!(before["Certificate"]["UploadFlag"], 0);
    // By Id and by identifier, twice in a list, and once more.
    let ids = format!("{},{one},{two},{three}", before["Certificate"]["Id"]);
    world.call("UploadPcaCertToCas", json!({ "Ids": ids }));
    world.call("UploadPcaCertToCas", json!({ "Ids": ids }));
    assert_eq!(described(&one)["Certificate"]["UploadFlag"], 1);
    let listed = world.call("ListCertificates", json!({}));
    let listed = listed["CertificateList"].as_array().unwrap();
    assert_eq!(listed.len(), 3);
    assert_eq!(listed.iter().filter(|it| it["ExistPrivateKey"] == true).count(), 2);
    let copy = listed.iter().find(|it| it["CertificateName"] == one.as_str()).unwrap();
    let id: i64 = copy["CertificateId"].as_str().unwrap().parse().unwrap();
    let detail = world.call("GetUserCertificateDetail", json!({ "CertId": id }));
    let key = KeyPair::from_pem(detail["Key"].as_str().unwrap()).unwrap();
    let chain = Certificate::many_from_pem(detail["Cert"].as_str().unwrap()).unwrap();
    assert_eq!(chain.len(), 3);
    assert_eq!(chain[0].public_key().unwrap(), key.public_key());
    assert_eq!(detail["Tags"], json!([{ "TagKey": "team" }]));

    // What becomes of the leaf, the copy tells.
    let statuses = |status: &str| {
        let asked = json!({ "CertificateStatus": status });
        world.call("ListCertificates", asked)["TotalCount"].as_i64().unwrap()
    };
    assert_eq!((statuses("issued"), statuses("willExpire")), (0, 3));
    world.call("CreateRevokeClientCertificate", json!({ "Identifier": one }));
    world.call("DeleteClientCertificate", json!({ "Identifier": one }));
    assert_eq!((statuses("revoked"), statuses("willExpire"), statuses("expired")), (1, 2, 0));
    let kept = world.call("GetUserCertificateDetail", json!({ "CertId": id }));
    assert_eq!(kept["Key"], detail["Key"]);
    world.clock.set(NOW + 31 * DAY);
    assert_eq!((statuses("revoked"), statuses("willExpire"), statuses("expired")), (1, 0, 2));
    world.cas.ledger().verify().unwrap();
}

#[test]
fn lists_are_filtered_and_in_pages() {
    let world = World::new();
    let given = upload("x");
    for number in 0..12 {
        let changes = json!({ "Name": format!("name {number}"), "ResourceGroupId": if number % 2 == 0 { "even" } else { "odd" } });
        world.call("UploadUserCertificate", with(&given, changes));
    }
    let count =
        |asked: Value| world.call("ListCertificates", asked)["TotalCount"].as_i64().unwrap();
    assert_eq!(count(json!({ "ResourceGroupId": "odd" })), 6);
    assert_eq!(count(json!({ "Keyword": "name 1" })), 3);
    assert_eq!(count(json!({ "Keyword": "www.example" })), 12);
    assert_eq!(count(json!({ "Keyword": "cas-upload-12" })), 1);
    assert_eq!(count(json!({ "InstanceId": "cas-upload-12" })), 1);
    assert_eq!(count(json!({ "InstanceId": "cas-upload-012" })), 0);
    assert_eq!(count(json!({ "CertificateSource": "UPLOAD" })), 12);
    assert_eq!(count(json!({ "CertificateSource": "BUY" })), 0);
    for (asked, says) in [
        (json!({ "CertificateSource": "upload" }), "CertificateSource"),
        (json!({ "CertificateStatus": "ISSUED" }), "CertificateStatus"),
        (json!({ "ShowSize": 0 }), "ShowSize"),
        (json!({ "CurrentPage": 0 }), "CurrentPage"),
    ] {
        world.refuses("ListCertificates", asked, "InvalidParameter", says);
    }
    let page = |number: i64| {
        let answer = world.call("ListCertificates", json!({ "CurrentPage": number }));
        let items = answer["CertificateList"].as_array().unwrap().clone();
        items
            .iter()
            .map(|it| it["CertificateName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!((page(1).len(), page(1)[0].as_str()), (10, "name 11"), "the latest first");
    assert_eq!(page(2), ["name 1", "name 0"]);
}

#[test]
fn numbers_are_given_once_and_no_more_are_kept_than_the_rule_says() {
    let mut config = Config::default();
    config.user_certificates = 8;
    let world = World::configured("ECC_256", config);
    let given = upload("x");
    let ids: BTreeSet<i64> = std::thread::scope(|scope| {
        let (world, given) = (&world, &given);
        let upload = |name: String| {
            number(&world.call("UploadUserCertificate", with(given, json!({ "Name": name }))))
        };
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                scope.spawn(move || [0, 1].map(|number| upload(format!("{thread} {number}"))))
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(ids, (1..=8).collect());
    world.refuses("UploadUserCertificate", given.clone(), "NotRemainCount", "at most 8");
    world.call("DeleteUserCertificate", json!({ "CertId": 8 }));
    assert_eq!(number(&world.call("UploadUserCertificate", given)), 9);
}

#[test]
fn the_certificate_of_an_order_is_revoked_by_its_instance() {
    let shop = crate::shop::shop();
    let order_id = shop.order(json!({}));
    let asked = json!({ "InstanceId": format!("cas-{order_id}") });
    let refused = |asked: Value, code: &str| {
        crate::world::refused(&shop.cas, "RevokeCertificate", asked, code, &[])
    };
    refused(asked.clone(), "OrderStateError");
    refused(with(&asked, json!({ "CertificateId": 1 })), "InvalidParameter");
    shop.call("AttestOrder", json!({ "OrderId": order_id }));
    let state =
        || shop.call("DescribeCertificateState", json!({ "OrderId": order_id }))["Type"].clone();
    assert_eq!(state(), "certificate");
    shop.call("RevokeCertificate", asked.clone());
    refused(asked, "OrderStateError");
}

#[test]
fn client_certificates_of_a_warehouse_are_those_of_cas() {
    let world = World::new();
    let base = json!({
        "ParentIdentifier": world.ca, "CommonName": "device 7", "Days": 30, "SanType": 2,
        "SanValue": "device.test", "Immediately": 2,
    });
    let answer = world.call("CreateWHClientCertificate", base.clone());
    let text = |name: &str| answer[name].as_str().unwrap();
    assert_eq!(
        text("CertificateChain"),
        [text("ParentX509Certificate"), text("RootX509Certificate")].concat()
    );
    let leaf = Certificate::from_pem(text("X509Certificate")).unwrap();
    let parent = Certificate::from_pem(text("ParentX509Certificate")).unwrap();
    let root = Certificate::from_pem(text("RootX509Certificate")).unwrap();
    leaf.verify_signature(parent.public_key().unwrap()).unwrap();
    parent.verify_signature(root.public_key().unwrap()).unwrap();
    let described =
        world.call("DescribeClientCertificate", json!({ "Identifier": text("Identifier") }));
    assert_eq!(described["Certificate"]["CertificateType"], "CLIENT");
    // A CSR brings its key and its common name.
    let csr = crate::leaf_world::csr("CN=device 8");
    let with_csr = with(&base, json!({ "Csr": csr, "CommonName": null, "Immediately": 1 }));
    let answer = world.call("CreateWHClientCertificate", with_csr);
    let of_csr = Certificate::from_pem(answer["X509Certificate"].as_str().unwrap()).unwrap();
    let csr = CertificateRequest::from_pem(&csr).unwrap();
    assert_eq!(of_csr.public_key().unwrap(), csr.public_key());
    assert!(
        ["CertificateChain", "ParentX509Certificate"].iter().all(|name| answer.get(name).is_none())
    );
    for (changes, code, says) in [
        (json!({ "SanType": 4 }), "InvalidParameter", "SanType"),
        (json!({ "SanType": null }), "MissingParameter", "SanType"),
        (json!({ "Days": null }), "MissingParameter", "Days"),
        (json!({ "ParentIdentifier": world.root }), "InvalidParameter", "ParentIdentifier"),
        (json!({ "ParentIdentifier": "x" }), "NotFound", "ParentIdentifier"),
        (json!({ "Csr": "no PEM" }), "CertificateFormatException", "Csr"),
        (json!({ "Algorithm": "RSA_2048" }), "InvalidParameter", "Algorithm"),
    ] {
        world.refuses("CreateWHClientCertificate", with(&base, changes), code, says);
    }
    let revoke = json!({ "Identifier": text("Identifier") });
    world.call("RevokeWHClientCertificate", revoke.clone());
    world.refuses("RevokeWHClientCertificate", revoke, "InvalidStatus.UpdateProtection", "revoked");
    let unknown = json!({ "Identifier": "x" });
    world.refuses("RevokeWHClientCertificate", unknown, "NotFound", "Identifier");
}
