//! The examples of the documentation, masked values filled in.

use serde_json::json;

use crate::world::*;

#[test]
fn the_example_of_create_csr() {
    let cas = cas();
    let answer = call(
        &cas,
        "CreateCsr",
        json!({
            "KeySize": 2048, "Algorithm": "RSA", "CommonName": "123.com",
            "Sans": "www.example.com,www.aliyundoc.com", "CountryCode": "CN", "Province": "Beijing",
            "Locality": "Beijing", "Name": "csr-123", "Department": "IT",
        }),
    );
    assert!(text(&answer, "Csr").starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    assert!(answer["CsrId"].as_i64().unwrap() > 0);
    assert_eq!(text(&answer, "RequestId").len(), "12345678-1234-1234-1234-123456789ABC".len());
    assert_eq!(answer.as_object().unwrap().len(), 3);
}

#[test]
fn the_example_of_create_server_certificate_with_csr() {
    // The page: an EC server of the organization "ec server o", below an intermediate of ten years
    // that began before 2021.
    let cas = certwright::cas::Cas::new(
        certwright::MemoryStore::default(),
        certwright::time::FixedClock(certwright::time::Time::from_unix(1_634_283_958).unwrap()),
        {
            let mut config = certwright::cas::Config::default();
            config.crl_base_url = Some(CRL_BASE.to_owned());
            config
        },
    );
    let root = root(&cas, "RSA_2048");
    let parent = intermediate(
        &cas,
        &root,
        "RSA_2048",
        json!({ "Algorithm": "RSA_2048", "EnableCrl": true }),
    );
    let csr = csr(&cas, "RSA", 2048, "mtcsq.com");
    let answer = call(
        &cas,
        "CreateServerCertificateWithCsr",
        json!({
            "Csr": csr, "Domain": "example.com", "Organization": "ec server o",
            "OrganizationUnit": "IT", "Country": "CN", "CommonName": "mtcsq.com", "State": "Zhejiang",
            "Locality": "Hangzhou", "Algorithm": "RSA_2048", "ParentIdentifier": parent, "Years": 1,
            "Months": 12, "Days": 365, "BeforeTime": 1_634_283_958, "AfterTime": 1_665_819_958,
            "Immediately": 2, "EnableCrl": 1,
        }),
    );
    let names: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    let page = ["CertificateChain", "Identifier", "RequestId", "SerialNumber", "X509Certificate"];
    assert_eq!(names, page);
    let leaf = certwright::Certificate::from_pem(text(&answer, "X509Certificate")).unwrap();
    let subject = "CN=mtcsq.com,OU=IT,O=ec server o,L=Hangzhou,ST=Zhejiang,C=CN";
    assert_eq!(leaf.subject().to_string(), subject);
    assert_eq!(leaf.validity().not_after().unix(), 1_634_283_958 + 365 * 86_400);
    assert_eq!(text(&answer, "CertificateChain").matches("BEGIN CERTIFICATE").count(), 2);
    assert_eq!(text(&answer, "SerialNumber"), leaf.serial().to_string());
    assert_eq!(text(&answer, "Identifier").len(), 32);
}
