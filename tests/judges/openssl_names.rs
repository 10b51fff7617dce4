//! OpenSSL asks for names of every type, and judges those that we issue.

use certwright::name::{AttributeType, OtherName};
use certwright::{
    AltName, Authority, CertificateRequest, Chain, Issuer, KeyAlgorithm, MemoryStore, Policy,
    Profile,
};

use crate::common::{families, folder, judge, openssl as run, read, write};
use crate::openssl::{ours, verify_leaf, write_chain};

/// Names in OpenSSL's own words.
const CONFIGURATION: &str = "\
[req]
prompt = no
distinguished_name = subject
req_extensions = asked
[subject]
O = Example
[asked]
subjectAltName = @names
[names]
otherName.1 = 1.3.6.1.4.1.311.20.2.3;UTF8:tom@corp.example
otherName.2 = 1.3.6.1.5.5.7.8.7;IA5:_ldap.corp.example
otherName.3 = 1.2.3.4;INT:7
dirName = directory
RID = 1.3.6.1.4.1.55555.7
URI = spiffe://prod.example/ns/web
[directory]
C = DE
O = Example
CN = Tom
";

const NAMES: [&str; 6] = [
    "upn:tom@corp.example",
    "srv:_ldap.corp.example",
    "othername:1.2.3.4:020107",
    "dirname:CN=Tom,O=Example,C=DE",
    "rid:1.3.6.1.4.1.55555.7",
    "uri:spiffe://prod.example/ns/web",
];

fn names() -> Vec<AltName> {
    NAMES.iter().map(|name| AltName::typed(name).unwrap()).collect()
}

fn policy() -> Policy {
    let policy = Policy::new(Profile::tls_client()).allow_upn("@corp.example").unwrap();
    let policy =
        policy.allow_other_name(OtherName::SRV).allow_other_name("1.2.3.4".parse().unwrap());
    let policy = policy.allow_directory_name("O=Example,C=DE".parse().unwrap()).unwrap();
    let policy = policy.allow_registered_id("1.3.6.1.4.1.55555".parse().unwrap());
    policy
        .allow_uri("spiffe://prod.example/*")
        .unwrap()
        .allow_subject_attribute(AttributeType::ORGANIZATION)
}

fn issue(issuer: &Issuer, request: &CertificateRequest) -> Chain {
    let authority = Authority::new(issuer.clone(), policy(), MemoryStore::default());
    authority.issue(request).unwrap().into_chain()
}

/// The line below `X509v3 Subject Alternative Name`.
fn shown(text: &str) -> String {
    let (_, after) = text.split_once("X509v3 Subject Alternative Name").unwrap();
    after.lines().nth(1).unwrap().trim().to_owned()
}

#[test]
fn what_openssl_asks_for_is_issued_byte_by_byte() {
    for algorithm in families() {
        if !judge("openssl") {
            return;
        }
        let folder = folder();
        let ours = ours(algorithm);
        write(&folder, "openssl.cnf", CONFIGURATION);
        write(&folder, "key.pem", ours.key.to_pkcs8_pem().unwrap().as_str());
        let arguments =
            ["req", "-new", "-config", "openssl.cnf", "-key", "key.pem", "-out", "r.pem"];
        if algorithm == KeyAlgorithm::Sm2 {
            // It signs with an empty identifier; the names are the same for all families.
            continue;
        }
        run(folder.path(), &arguments).expect_success();
        let request = CertificateRequest::from_pem(&read(&folder, "r.pem")).unwrap();
        let chain = issue(&ours.ca, &request);
        let carried = chain.leaf().alt_names();
        assert_eq!(carried, request.requested_alt_names());
        assert_eq!(carried.iter().map(|n| n.check().unwrap()).collect::<Vec<_>>(), names());

        write_chain(folder.path(), &chain);
        let arguments = ["x509", "-in", "leaf.pem", "-noout", "-ext", "subjectAltName"];
        let theirs = shown(&run(folder.path(), &arguments).expect_success().text());
        let arguments = ["req", "-in", "r.pem", "-noout", "-text"];
        assert_eq!(theirs, shown(&run(folder.path(), &arguments).expect_success().text()));
        for part in [
            "tom@corp.example",
            "_ldap.corp.example",
            "DirName:/C=DE/O=Example/CN=Tom",
            "Registered ID:1.3.6.1.4.1.55555.7",
            "URI:spiffe://prod.example/ns/web",
        ] {
            assert!(theirs.contains(part), "{theirs}");
        }
        verify_leaf(folder.path(), algorithm, &["-purpose", "sslclient"]).expect_success();
    }
}

#[test]
fn openssl_reads_the_names_of_our_requests() {
    for algorithm in families() {
        if !judge("openssl") {
            return;
        }
        let folder = folder();
        let key = &ours(algorithm).key;
        let request = CertificateRequest::builder("O=Example".parse().unwrap());
        let request = request.alt_names(names()).sign(key).unwrap();
        write(&folder, "r.pem", request.to_pem());
        let arguments = ["req", "-in", "r.pem", "-noout", "-text"];
        let theirs = shown(&run(folder.path(), &arguments).expect_success().text());
        for part in [
            "tom@corp.example",
            "_ldap.corp.example",
            "DirName:/C=DE/O=Example/CN=Tom",
            "1.3.6.1.4.1",
        ] {
            assert!(theirs.contains(part), "{theirs}");
        }
    }
}
