//! The life of a CA, each step in a process of its own.

use certwright::KeyAlgorithm;
use serde_json::{Value, json};

use crate::common::families;
use crate::shop::{NOW, Shop, csr_key, root, service_name, sub, text};

const CRL: &str = "http://crl.example/ca";

#[test]
fn a_ca_lives_from_its_root_to_a_revoked_leaf() {
    for algorithm in families() {
        live(algorithm);
    }
}

fn live(algorithm: KeyAlgorithm) {
    let shop = Shop::new();
    let now = NOW.to_string();
    let options = ["--now", &now, "--crl-base-url", CRL, "--actor", "ann"];
    let call = |action: &str, parameters| shop.call_with(&options, action, parameters);

    let root = call("CreateRootCACertificate", root(algorithm));
    let mut below = sub(algorithm, &root);
    below["EnableCrl"] = true.into();
    let ca = call("CreateSubCACertificate", below);
    let described = call("DescribeCACertificate", json!({ "Identifier": ca["Identifier"] }));
    assert_eq!(described["Certificate"]["Status"], "ISSUE");
    assert_eq!(described["Certificate"]["FullAlgorithm"], service_name(algorithm));

    let (family, bits) = csr_key(algorithm);
    let csr = call(
        "CreateCsr",
        json!({
            "Algorithm": family, "KeySize": bits, "CommonName": "a.example", "CountryCode": "CN",
            "Province": "Zhejiang", "Locality": "Hangzhou",
        }),
    );
    shop.write("leaf.csr", text(&csr, "Csr"));
    shop.run(&["inspect", "leaf.csr"]).expect(0);
    // Flat, as RPC clients send it, from a file.
    let request = json!({
        "Csr": csr["Csr"], "ParentIdentifier": ca["Identifier"], "Domain": "b.example,10.0.0.7",
        "Days": "90", "Immediately": "2", "EnableCrl": "1", "Tags.1.Key": "team",
        "Tags.1.Value": "web",
    });
    shop.write("request.json", request.to_string());
    let mut arguments = vec!["call", "CreateServerCertificateWithCsr", "@request.json"];
    arguments.extend(["--store", "ca.redb", "--key-file", "seal.key"]);
    arguments.extend(options);
    let leaf = shop.run(&arguments).answer();
    let identifier = json!({ "Identifier": leaf["Identifier"] });

    let described = call("DescribeClientCertificate", identifier.clone());
    assert_eq!(described["Certificate"]["Status"], "ISSUE");
    assert_eq!(described["Certificate"]["SerialNumber"], leaf["SerialNumber"]);

    shop.write("root.pem", text(&root, "Certificate"));
    shop.write(
        "chain.pem",
        [text(&leaf, "X509Certificate"), text(&leaf, "CertificateChain")].concat(),
    );
    shop.write("before.crl", crl(&call, &ca));
    verify(&shop, "before.crl").expect(0);

    call("CreateRevokeClientCertificate", identifier.clone());
    let described = call("DescribeClientCertificate", identifier);
    assert_eq!(described["Certificate"]["Status"], "REVOKE");
    shop.write("after.crl", crl(&call, &ca));
    verify(&shop, "after.crl").says(1, "link 0 (CN=a.example").says(1, "the rule on revocation");
    let list = shop.run(&["inspect", "after.crl"]).expect(0);
    assert!(list.stdout.contains(&text(&leaf, "SerialNumber").to_lowercase()), "{}", list.stdout);

    let leaves = call("ListClientCertificate", json!({}));
    assert_eq!(leaves["TotalCount"], 1, "{leaves}");
    assert_eq!(leaves["CertificateList"][0]["Status"], "REVOKE");
    let revoked = call("ListRevokeCertificate", json!({}));
    assert_eq!(revoked["TotalCount"], 1, "{revoked}");
    let authorities = call("DescribeCACertificateList", json!({}));
    assert_eq!(authorities["TotalCount"], 2, "{authorities}");

    let log = shop.run(&["audit", "--store", "ca.redb"]).expect(0);
    assert!(log.stdout.lines().count() > 8 && log.stdout.contains(r#""actor":"ann""#));
}

fn crl(call: &dyn Fn(&str, Value) -> Value, ca: &Value) -> String {
    let crl = call("CreateCrl", json!({ "Identifier": ca["Identifier"] }));
    text(&crl, "Crl").to_owned()
}

fn verify(shop: &Shop, list: &str) -> crate::shop::Ran {
    let mut arguments = vec!["verify", "--trust", "root.pem", "--crl", list, "--name", "b.example"];
    let at = (NOW + 60).to_string();
    arguments.extend(["--purpose", "server", "--at", &at, "chain.pem"]);
    shop.run(&arguments)
}
