//! What the service's Terraform provider sends, call for call (`alicloud_ssl_certificates_service_pca_certificate` and
//! `…_pca_cert` of its repository, read in 2026), and what it reads of the answers: a value that comes back
//! otherwise than it was given is a change to Terraform, and a new CA with it.

use serde_json::Value;

use crate::asked::{Asked, any_algorithm};
use crate::served::Served;

/// As its client sends it: POST, with the parameters as a form, signed in headers.
fn call(served: &Served, action: &str, given: &[(&str, &str)]) -> Value {
    let mut asked = Asked::new(action, given).applicant();
    asked.in_body = true;
    asked.answered(served)
}

#[track_caller]
fn assert_reads(described: &Value, given: &[(&str, &str)]) {
    for (field, expected) in given {
        let found = match &described[*field] {
            Value::String(text) => text.clone(),
            Value::Null => panic!("no {field} in {described}"),
            other => other.to_string(),
        };
        assert_eq!(found, *expected, "{field} in {described}");
    }
}

/// What it makes of the tags of an answer.
fn tags(described: &Value) -> Vec<(String, String)> {
    let text = |tag: &Value, names: [&str; 2]| {
        names.iter().find_map(|name| tag[*name].as_str()).unwrap().to_owned()
    };
    let tags = described["Tags"].as_array().unwrap_or_else(|| panic!("no Tags in {described}"));
    let read = |tag| (text(tag, ["TagKey", "Key"]), text(tag, ["TagValue", "Value"]));
    tags.iter().map(read).collect()
}

#[test]
fn a_hierarchy_is_made_read_changed_and_destroyed_as_the_provider_does_it() {
    let served = Served::start();
    let subject = [
        ("Organization", "Example"),
        ("OrganizationUnit", "IT"),
        ("Locality", "Hangzhou"),
        ("State", "Zhejiang"),
    ];
    let made = |ca: &Value| ca["Identifier"].as_str().unwrap().to_owned();
    let read_ca = |ca: &str| {
        call(&served, "DescribeCACertificate", &[("Identifier", ca)])["Certificate"].clone()
    };

    // The root. Create is followed by Update, which asks nothing, and by Read.
    let of_root = [("CommonName", "Root"), ("CountryCode", "CN"), ("Years", "10")];
    let more = [
        ("ClientToken", "TF-CreateRootCACertificate-1"),
        ("Algorithm", any_algorithm()),
        ("Tags.1.Key", "team"),
        ("Tags.1.Value", "pki"),
        ("ResourceGroupId", "rg-1"),
    ];
    let given = [&subject[..], &of_root, &more].concat();
    let root = made(&call(&served, "CreateRootCACertificate", &given));
    // A create whose answer was lost is asked again with its token.
    assert_eq!(made(&call(&served, "CreateRootCACertificate", &given)), root);
    let expected =
        [("FullAlgorithm", any_algorithm()), ("Status", "ISSUE"), ("CertificateType", "ROOT")];
    let described = read_ca(&root);
    assert_reads(&described, &[&subject[..], &of_root, &expected].concat());
    assert_reads(&described, &[("ResourceGroupId", "rg-1")]);
    assert_eq!(tags(&described), [("team".to_owned(), "pki".to_owned())]);

    // The intermediate.
    let of_ca = [("CommonName", "CA"), ("CountryCode", "CN"), ("Years", "5"), ("CrlDay", "30")];
    let more = [
        ("ClientToken", "TF-CreateSubCACertificate-1"),
        ("Algorithm", any_algorithm()),
        ("ParentIdentifier", root.as_str()),
        ("PathLenConstraint", "0"),
        ("EnableCrl", "true"),
        ("ExtendedKeyUsages.1", "serverAuth"),
        ("ExtendedKeyUsages.2", "clientAuth"),
    ];
    let ca =
        made(&call(&served, "CreateSubCACertificate", &[&subject[..], &of_ca, &more].concat()));
    let expected = [("ParentIdentifier", root.as_str()), ("CertificateType", "SUB_ROOT")];
    let described = read_ca(&ca);
    assert_reads(&described, &[&subject[..], &of_ca, &expected].concat());

    // What is changed of it.
    let alias = [("Identifier", ca.as_str()), ("AliasName", "issuing"), ("ClientToken", "TF-U-1")];
    call(&served, "UpdatePcaCertificate", &alias);
    let of = |id: &'static str| {
        [("RegionId", "cn-hangzhou"), ("ResourceType", "PcaCertificate"), (id, ca.as_str())]
    };
    let group = [("ResourceGroupId", "rg-2")];
    call(&served, "MoveResourceGroup", &[&of("ResourceId")[..], &group].concat());
    let tag = [("Tag.1.Key", "team"), ("Tag.1.Value", "web")];
    call(&served, "TagResources", &[&of("ResourceId.1")[..], &tag].concat());
    assert_eq!(tags(&read_ca(&ca)), [("team".to_owned(), "web".to_owned())]);
    assert_reads(&read_ca(&ca), &group);
    call(&served, "UntagResources", &[&of("ResourceId.1")[..], &[("TagKey.1", "team")]].concat());
    assert_eq!(tags(&read_ca(&ca)), []);

    // A certificate of a client, revoked by its `status` and destroyed.
    let of_leaf = [("CommonName", "device-1"), ("Days", "30"), ("CustomIdentifier", "device-1")];
    let more = [
        ("ClientToken", "TF-CreateClientCertificate-1"),
        ("Country", "CN"),
        ("Algorithm", any_algorithm()),
        ("ParentIdentifier", ca.as_str()),
        ("AliasName", "device"),
        ("EnableCrl", "1"),
        ("Immediately", "0"),
        ("SanType", "1"),
        ("SanValue", "device-1@example.com"),
    ];
    let given = [&subject[..], &of_leaf, &more].concat();
    let leaf = made(&call(&served, "CreateClientCertificate", &given));
    let read_leaf = || {
        let given = [("Identifier", leaf.as_str())];
        call(&served, "DescribeClientCertificate", &given)["Certificate"].clone()
    };
    let expected = [
        ("FullAlgorithm", any_algorithm()),
        ("CountryCode", "CN"),
        ("AliasName", "device"),
        ("ParentIdentifier", ca.as_str()),
        ("Status", "ISSUE"),
    ];
    assert_reads(&read_leaf(), &[&subject[..], &of_leaf, &expected].concat());
    // Its `upload_flag`, both ways.
    assert_reads(&read_leaf(), &[("UploadFlag", "0")]);
    call(&served, "UploadPcaCertToCas", &[("Ids", leaf.as_str())]);
    assert_reads(&read_leaf(), &[("UploadFlag", "1")]);
    call(&served, "CreateRevokeClientCertificate", &[("Identifier", leaf.as_str())]);
    assert_reads(&read_leaf(), &[("Status", "REVOKE")]);
    call(&served, "DeleteClientCertificate", &[("Identifier", leaf.as_str())]);
    // What is gone is known to it by this code.
    let gone = Asked::new("DescribeClientCertificate", &[("Identifier", leaf.as_str())]);
    gone.applicant().send(&served).refused(400, "NotFound");

    // Destroying a CA is asked as if it were a leaf. A CA is kept: docs/terraform.md.
    let destroyed = Asked::new("DeleteClientCertificate", &[("Identifier", ca.as_str())]);
    destroyed.applicant().send(&served).refused(400, "NotFound");
}
