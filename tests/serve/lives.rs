//! A life over HTTP: a root, an intermediate, a leaf, its revocation and the lists, which OpenSSL believes.

use serde_json::Value;

use crate::asked::{Asked, FORMS, any_algorithm, authority};
use crate::common::{judge, openssl};
use crate::served::{Answer, Served};

pub fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

/// The parameters of CreateCsr for a key of the algorithm of these tests.
pub fn csr_parameters() -> [(&'static str, &'static str); 7] {
    let (family, size) = match any_algorithm() {
        "ECC_256" => ("ECC", "256"),
        "SM2_256" => ("SM2", "256"),
        _ => ("RSA", "2048"),
    };
    [
        ("Algorithm", family),
        ("KeySize", size),
        ("CommonName", "db.example"),
        ("CountryCode", "CN"),
        ("Province", "Zhejiang"),
        ("Locality", "Hangzhou"),
        ("Sans", "db.example,left.example"),
    ]
}

/// A root, and an intermediate that has lists.
pub fn hierarchy(served: &Served, call: impl Fn(Asked) -> Asked) -> (Value, Value) {
    let root = Asked::new("CreateRootCACertificate", &authority("Root", any_algorithm()));
    let root = call(root).answered(served);
    let mut parameters = authority("CA", any_algorithm());
    parameters.extend([("ParentIdentifier", text(&root, "Identifier")), ("EnableCrl", "true")]);
    let ca = call(Asked::new("CreateSubCACertificate", &parameters)).answered(served);
    (root, ca)
}

#[test]
fn a_life_ends_on_a_list_that_openssl_believes() {
    let served = Served::start();
    for form in FORMS {
        let call = |asked: Asked| asked.form(form).applicant();
        let (root, ca) = hierarchy(&served, call);
        let csr = call(Asked::new("CreateCsr", &csr_parameters()).older()).answered(&served);
        let leaf = call(Asked::new(
            "CreateServerCertificateWithCsr",
            &[
                ("Csr", text(&csr, "Csr")),
                ("Domain", "db.example"),
                ("ParentIdentifier", text(&ca, "Identifier")),
                ("Days", "30"),
                ("Immediately", "2"),
                ("EnableCrl", "1"),
                ("Tags.1.Key", "team"),
                ("Tags.1.Value", "例"),
            ],
        ));
        let answer = leaf.send(&served);
        // The service's answer has no place for it.
        let left_out = answer.header("x-certwright-left-out").unwrap().to_owned();
        assert!(left_out.contains("left.example"), "{left_out}");
        let leaf = answer.answered();
        assert!(served.log().lines().last().unwrap().contains("left.example"));
        let identifier = text(&leaf, "Identifier").to_owned();
        let about = |action: &str| {
            call(Asked::new(action, &[("Identifier", &identifier)])).answered(&served)
        };
        assert_eq!(about("DescribeClientCertificate")["Certificate"]["Status"], "ISSUE");
        let listed = call(Asked::new("ListClientCertificate", &[])).answered(&served);
        assert!(listed["CertificateList"].to_string().contains(&identifier));
        let tags = [("ResourceType", "instance"), ("ResourceId.1", &identifier)];
        let tags = call(Asked::new("ListTagResources", &tags)).answered(&served);
        assert!(tags.to_string().contains("例"), "{tags}");

        // What certificates say where the list is, and what is there.
        let ca_identifier = text(&ca, "Identifier");
        let described = call(Asked::new("DescribeCACertificate", &[("Identifier", ca_identifier)]));
        let url = described.answered(&served)["Certificate"]["CrlUrl"].as_str().unwrap().to_owned();
        assert_eq!(url, format!("http://{}/crl/{ca_identifier}.crl", served.address));
        let path = url.strip_prefix(&format!("http://{}", served.address)).unwrap();
        let write =
            |name: &str, content: &[u8]| std::fs::write(served.path(name), content).unwrap();
        write("root.pem", text(&root, "Certificate").as_bytes());
        write("ca.pem", text(&ca, "Certificate").as_bytes());
        write("leaf.pem", text(&leaf, "X509Certificate").as_bytes());
        let issuing = served.get(&format!("/ca/{ca_identifier}.cer"));
        assert_eq!(
            (issuing.status, issuing.header("content-type")),
            (200, Some("application/pkix-cert"))
        );
        write("ca.cer", &issuing.body);
        let before = list(served.get(path));
        write("before.crl", &before);
        about("CreateRevokeClientCertificate");
        // At once, and once only.
        let after = list(served.get(path));
        write("after.crl", &after);
        assert_eq!(list(served.get(path)), after);
        assert_ne!(before, after);
        let root_list = served.get(&format!("/crl/{}.crl", text(&root, "Identifier")));
        write("root.crl", &list(root_list));
        if judge("openssl") && any_algorithm() != "SM2_256" {
            let folder = served.folder.path();
            for name in ["before", "after", "root"] {
                let (from, to) = (format!("{name}.crl"), format!("{name}.crl.pem"));
                openssl(folder, &["crl", "-inform", "DER", "-in", &from, "-out", &to])
                    .expect_success();
            }
            let from = ["x509", "-inform", "DER", "-in", "ca.cer", "-out", "ca2.pem"];
            openssl(folder, &from).expect_success();
            let verify = |list: &str| {
                let lists = ["-CRLfile", list, "-CRLfile", "root.crl.pem", "-CAfile", "root.pem"];
                let rest = ["-untrusted", "ca2.pem", "leaf.pem"];
                let first = ["verify", "-x509_strict", "-crl_check_all"];
                openssl(folder, &[&first[..], &lists, &rest].concat())
            };
            verify("before.crl.pem").expect_success();
            let revoked = verify("after.crl.pem");
            assert!(
                !revoked.success && revoked.all().contains("certificate revoked"),
                "{revoked:?}"
            );
            let shown = openssl(
                folder,
                &["x509", "-noout", "-ext", "crlDistributionPoints", "-in", "leaf.pem"],
            );
            assert!(shown.text().contains(&url), "{shown:?}");
        }
        about("DeleteClientCertificate");
    }
}

#[track_caller]
pub fn list(answer: Answer) -> Vec<u8> {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/pkix-crl")));
    answer.body
}

#[test]
fn what_has_no_list_has_none_here() {
    let served = Served::start();
    let root = Asked::new("CreateRootCACertificate", &authority("Root", any_algorithm()));
    let root = root.answered(&served);
    let mut parameters = authority("CA", any_algorithm());
    parameters.push(("ParentIdentifier", text(&root, "Identifier")));
    let ca = Asked::new("CreateSubCACertificate", &parameters).answered(&served);
    let ca = text(&ca, "Identifier");
    assert_eq!(served.get(&format!("/crl/{ca}.crl")).status, 404);
    assert_eq!(served.get(&format!("/ca/{ca}.cer")).status, 200);
    for path in ["/crl/x.crl", "/crl/", "/crl", "/crl/..%2fca.redb", "/ca/00.cer", "/crl/a/b.crl"] {
        assert_eq!(served.get(path).status, 404, "{path}");
    }
    assert_eq!(served.get(&format!("/ca/{ca}.crl")).status, 404);
    assert_eq!(served.get(&format!("/ca/{}.cer", "0".repeat(32))).status, 404);
}

#[test]
fn the_actor_of_the_credential_is_in_the_audit_log() {
    let mut served = Served::start();
    let root = authority("Root", any_algorithm());
    Asked::new("CreateRootCACertificate", &root).applicant().answered(&served);
    Asked::new("AddPackage", &[("Count", "1")]).answered(&served);
    let (log, stopped) = (served.log(), (served.terminate(), served.wait()).1);
    assert!(stopped.success());
    let line = |action: &str| log.lines().find(|line| line.contains(action)).unwrap().to_owned();
    assert!(line("CreateRootCACertificate").contains("\"actor\":\"anna\""));
    assert!(line("AddPackage").contains("\"actor\":\"olga\""));
    let audit = served.command().args(["audit", "--store", "ca.redb"]).output().unwrap();
    assert!(audit.status.success());
    let audit = String::from_utf8(audit.stdout).unwrap();
    assert!(
        audit.lines().any(|line| line.contains("\"issued\"") && line.contains("anna")),
        "{audit}"
    );
    assert!(audit.lines().any(|line| line.contains("olga")), "{audit}");
}

#[test]
fn what_is_public_may_have_an_address_of_its_own() {
    let mut served = Served::folder();
    let lines = served.begin(&["--credentials", "credentials.toml", "--publish", "127.0.0.1:0"]);
    let public = lines[1].strip_prefix("publishing on ").unwrap().to_owned();
    let root = Asked::new("CreateRootCACertificate", &authority("Root", any_algorithm()));
    let root = root.answered(&served);
    let identifier = text(&root, "Identifier");
    let asked = Asked::new("DescribeCACertificate", &[("Identifier", identifier)]);
    let url = asked.answered(&served)["Certificate"]["CrlUrl"].as_str().unwrap().to_owned();
    assert_eq!(url, format!("{public}/crl/{identifier}.crl"));
    let operations = served.address.clone();
    served.address = public.strip_prefix("http://").unwrap().to_owned();
    let path = url.strip_prefix(&public).unwrap();
    list(served.get(path));
    // No operation is there.
    assert_eq!(Asked::new("ListCsr", &[]).older().send(&served).status, 404);
    served.address = operations;
    for (path, says) in [("health", "alive"), ("ready", "ready")] {
        let answer = served.get(&format!("/.well-known/certwright/{path}"));
        assert_eq!((answer.status, answer.text().trim()), (200, says));
    }
    let metrics = served.get("/metrics");
    let count = "certwright_requests_total{action=\"CreateRootCACertificate\",code=\"\"} 1\n";
    assert!(metrics.text().contains(count), "{}", metrics.text());
    assert!(metrics.text().contains("certwright_panics_total 0\n"));
    assert!(metrics.text().contains("certwright_nonces 2\n"));
}
