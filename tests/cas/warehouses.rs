//! Warehouses of certificates: what is in them, what is put there, and what its keys do.

use certwright::cas::Config;
use certwright::{Certificate, KeyAlgorithm};
use serde_json::{Value, json};

use crate::kept::{foreign, p256};
use crate::leaf_world::{DAY, NOW, World, with};

fn put(world: &World, given: &Value) -> String {
    world.call("UploadPCACert", given.clone())["Identifier"].as_str().unwrap().to_owned()
}

fn listed(world: &World, asked: Value) -> Vec<Value> {
    let asked = with(&json!({ "Version": "2020-04-07", "CertType": "CERT" }), asked);
    world.call("ListCert", asked)["CertList"].as_array().unwrap().clone()
}

#[test]
fn there_are_two_warehouses_and_lists_choose_by_them() {
    let world = World::new();
    let list = |asked: Value| {
        let answer = world.call("ListCertWarehouse", asked);
        let list = answer["CertWarehouseList"].as_array().unwrap();
        let numbers: Vec<i64> = list.iter().map(|it| it["WhId"].as_i64().unwrap()).collect();
        (numbers, answer["TotalCount"].as_i64().unwrap())
    };
    let all = world.call("ListCertWarehouse", json!({}));
    assert_eq!((&all["CurrentPage"], &all["ShowSize"]), (&json!(1), &json!(50)));
    let first = json!({
        "InstanceId": "cas-warehouse-1", "IsExpired": false, "Name": "aliyunPCA",
        "Type": "aliyunPCA", "WhId": 1,
    });
    assert_eq!(all["CertWarehouseList"][0], first);
    for (asked, numbers, count) in [
        (json!({}), vec![1, 2], 2),
        (json!({ "Type": "uploadPCA" }), vec![2], 1),
        (json!({ "Type": "uploadCA" }), vec![], 0),
        (json!({ "Name": "PCA" }), vec![1, 2], 2),
        (json!({ "Name": "yun" }), vec![1], 1),
        (json!({ "InstanceId": "cas-warehouse-2" }), vec![2], 1),
        (json!({ "InstanceId": "cas-warehouse-3" }), vec![], 0),
        (json!({ "ShowSize": 1, "CurrentPage": 2 }), vec![2], 2),
    ] {
        assert_eq!(list(asked.clone()), (numbers, count), "{asked}");
    }
    for (asked, says) in [(json!({ "Type": "x" }), "Type"), (json!({ "ShowSize": 0 }), "ShowSize")]
    {
        world.refuses("ListCertWarehouse", asked, "InvalidParameter", says);
    }

    let leaf = json!({
        "CommonName": "a.test", "Algorithm": "ECC_256", "ParentIdentifier": world.ca, "Days": 30,
    });
    let leaf = world.identifier("CreateServerCertificate", leaf);
    let (cert, key) = p256();
    let given = json!({ "Cert": cert, "PrivateKey": key, "Name": "shop", "WarehouseId": 2 });
    let put = put(&world, &given);
    let of = |number: i64| {
        let list = listed(&world, json!({ "WarehouseId": number }));
        list.iter().map(|it| it["Identifier"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((of(1), of(2), of(3)), (vec![leaf.clone()], vec![put.clone()], vec![]));
    let rows = listed(&world, json!({}));
    assert_eq!(rows.iter().map(|row| &row["Identifier"]).collect::<Vec<_>>(), [&leaf, &put]);
    assert_eq!((&rows[0]["SourceType"], &rows[0]["WhId"]), (&json!("aliyun"), &json!(1)));
    let certificate = Certificate::many_from_pem(&cert).unwrap().remove(0);
    for (name, value) in [
        ("SourceType", json!("upload")),
        ("WhId", json!(2)),
        ("WhInstanceId", json!("cas-warehouse-2")),
        ("ExistPrivateKey", json!(true)),
        ("CommonName", json!("www.example.test")),
        ("SerialNo", json!(certificate.serial().to_string())),
        ("Status", json!("ISSUE")),
    ] {
        assert_eq!(rows[1][name], value, "{name}");
    }
    assert_eq!(listed(&world, json!({ "SourceType": "upload" })).len(), 1);
    assert_eq!(listed(&world, json!({ "SourceType": "aliyun" })).len(), 1);
    assert!(listed(&world, json!({ "SourceType": "upload", "WarehouseId": 1 })).is_empty());
    assert!(listed(&world, json!({ "Status": "REVOKE" })).is_empty());
    assert_eq!(listed(&world, json!({ "Identifiers": put })).len(), 1);
    assert_eq!(listed(&world, json!({ "KeyWord": "www.example" })).len(), 1);
    let cas = json!({ "Version": "2020-04-07", "CertType": "CA", "WarehouseId": 1 });
    assert_eq!(world.call("ListCert", cas)["TotalCount"], 0, "CAs are in none");
    // It is no certificate of a user.
    assert_eq!(world.call("ListCertificates", json!({}))["TotalCount"], 0);
}

#[test]
fn what_was_put_into_a_warehouse_signs_and_is_deleted_with_its_key() {
    let world = World::new();
    let (cert, key) = p256();
    let given = json!({ "Cert": cert, "PrivateKey": key, "WarehouseId": 2 });
    let identifier = put(&world, &given);
    assert_eq!(identifier.len(), 32);
    let asked = json!({
        "CertIdentifier": identifier, "WarehouseId": 2, "Message": "m",
        "SigningAlgorithm": "SHA256withECDSA",
    });
    let signature = world.call("Sign", asked.clone())["Signature"].clone();
    let verify = with(&asked, json!({ "SignatureValue": signature }));
    assert_eq!(world.call("Verify", verify.clone())["SignatureValid"], true);
    world.refuses("Sign", with(&asked, json!({ "WarehouseId": 1 })), "NotFound", "WarehouseId");
    world.refuses("UploadPCACert", given.clone(), "ParamRepeat", &identifier);

    world.clock.set(NOW + 91 * DAY);
    world.refuses("Sign", asked.clone(), "CertificateExpired", &identifier);
    let delete = json!({ "Identifier": identifier });
    world.call("DeletePCACert", delete.clone());
    world.refuses("DeletePCACert", delete, "NotFound", "Identifier");
    world.refuses("Verify", verify.clone(), "NotFound", "CertIdentifier");
    let names = world.cas.ledger().key_names(None, 100).unwrap();
    assert!(names.iter().all(|name| !name.starts_with("warehouse")), "{names:?}");

    // Without its key it verifies.
    world.clock.set(NOW);
    assert_eq!(put(&world, &with(&given, json!({ "PrivateKey": null }))), identifier);
    assert_eq!(world.call("Verify", verify)["SignatureValid"], true);
    world.refuses("Sign", asked, "NotFound", "not kept here");
    assert_eq!(listed(&world, json!({ "WarehouseId": 2 }))[0]["ExistPrivateKey"], false);
    world.cas.ledger().verify().unwrap();
}

#[test]
fn what_belongs_into_no_warehouse_is_refused() {
    let mut config = Config::default();
    config.user_certificates = 1;
    let world = World::configured("ECC_256", config);
    let (cert, key) = p256();
    let good = json!({ "Cert": cert, "PrivateKey": key, "WarehouseId": 2 });
    let authority = world.call("DescribeCACertificate", json!({ "Identifier": world.ca }));
    let authority = authority["Certificate"]["X509Certificate"].clone();
    let other = p256();
    for (changes, code, says) in [
        (json!({ "WarehouseId": null }), "MissingParameter", "WarehouseId"),
        (json!({ "Cert": null }), "MissingParameter", "Cert"),
        (json!({ "WarehouseId": 1 }), "InvalidParameter", "WarehouseId"),
        (json!({ "WarehouseId": 3 }), "NotFound", "WarehouseId"),
        (json!({ "Cert": "no PEM" }), "CertificateFormatException", "Cert"),
        (json!({ "PrivateKey": "no PEM" }), "CertificateFormatException", "PrivateKey"),
        (json!({ "PrivateKey": other.1 }), "NotMatch.CsrAndPrivateKey", "PrivateKey"),
        (json!({ "Cert": authority, "PrivateKey": null }), "InvalidParameter", "of the CA"),
        (json!({ "Name": "x".repeat(64) }), "DataTooLongException", "at most 63"),
        (json!({ "Name": "a\u{7}b" }), "InvalidParameter", "Name"),
    ] {
        world.refuses("UploadPCACert", with(&good, changes), code, says);
    }
    let first = put(&world, &good);
    let second = json!({ "Cert": other.0, "WarehouseId": 2 });
    world.refuses("UploadPCACert", second.clone(), "NotRemainCount", "at most 1");
    world.call("DeletePCACert", json!({ "Identifier": first }));
    put(&world, &second);
    for identifier in [first.as_str(), world.ca.as_str(), "x"] {
        world.refuses(
            "DeletePCACert",
            json!({ "Identifier": identifier }),
            "NotFound",
            "warehouse",
        );
    }
}

#[test]
fn every_family_is_kept() {
    let world = World::new();
    for (algorithm, family, name) in [
        (KeyAlgorithm::Rsa2048, "RSA_2048", "SHA256withRSA/PSS"),
        (KeyAlgorithm::Sm2, "SM2_256", "SM3withSM2"),
    ] {
        let (cert, key) = foreign(algorithm, family);
        let identifier = put(&world, &json!({ "Cert": cert, "PrivateKey": key, "WarehouseId": 2 }));
        let asked =
            json!({ "CertIdentifier": identifier, "Message": "m", "SigningAlgorithm": name });
        let signature = world.call("Sign", asked.clone())["Signature"].clone();
        let verify = with(&asked, json!({ "SignatureValue": signature }));
        assert_eq!(world.call("Verify", verify)["SignatureValid"], true);
    }
}
