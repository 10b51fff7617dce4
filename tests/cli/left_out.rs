//! What of a request was left out is said on standard error, a line each; the answer stays the service's.

use certwright::{AltName, CertificateRequest, KeyPair};
use serde_json::json;

use crate::shop::{NOW, Shop, any_algorithm};

#[test]
fn each_item_that_was_left_out_is_a_line_on_standard_error() {
    let shop = Shop::new();
    let (_, ca) = shop.hierarchy(any_algorithm());
    let key = KeyPair::generate(any_algorithm()).unwrap();
    let names = ["a.example", "b.example", "10.0.0.9"].map(|name| name.parse::<AltName>().unwrap());
    let csr = CertificateRequest::builder("CN=a.example, O=Theirs".parse().unwrap());
    let csr = csr.alt_names(names).sign(&key).unwrap().to_pem();
    let asked = json!({ "Csr": csr, "ParentIdentifier": ca["Identifier"], "Days": 30 });
    let now = NOW.to_string();
    let ran = shop.try_call(&["--now", &now], "CreateServerCertificateWithCsr", &asked).expect(0);
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(answer["Identifier"].is_string() && answer.as_object().unwrap().len() == 3, "{answer}");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "certwright: left out: overridden  alternative name DNS:b.example: the caller sets the names",
            "certwright: left out: overridden  alternative name IP:10.0.0.9: the caller sets the names",
            "certwright: left out: overridden  subject O=Theirs: the caller sets the subject",
        ]
    );
}
