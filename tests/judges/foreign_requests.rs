//! Requests made by GnuTLS, Java and Go are read whole and issued for; GnuTLS and Java verify ours.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use certwright::key::KeyFamily;
use certwright::name::GeneralName;
use certwright::profile::{ExtendedKeyUsage, KeyUsage};
use certwright::{
    AltName, CertificateRequest, ChainVerifier, Error, Issuer, KeyAlgorithm, KeyPair, Profile,
};
use pem_rfc7468::{LineEnding, encode_string};

use crate::common::{families, folder, hierarchy, is_built, judge, key, read, run, write};
use crate::openssl::{alt_names, issue, policy, request, verify_every_link, write_chain};

#[test]
fn requests_of_certtool_are_read_and_issued_for() {
    if !judge("certtool") {
        return;
    }
    for (algorithm, kind) in certtool_keys() {
        let folder = folder();
        write(&folder, "template", CERTTOOL_TEMPLATE);
        let generate = [&["--generate-privkey", "--outfile", "key.pem"], kind].concat();
        run("certtool", folder.path(), &generate).expect_success();
        let make = ["--generate-request", "--load-privkey", "key.pem", "--template", "template"];
        let outfile = ["--outfile", "request.csr"];
        run("certtool", folder.path(), &[&make[..], &outfile].concat()).expect_success();

        let pem = read(&folder, "request.csr");
        assert!(pem.starts_with("PKCS #10 Certificate Request Information:"), "text comes first");
        let subject = "CN=www.example.test,OU=Second,OU=First,O=Größe,C=DE";
        let request = read_and_issue_for(&pem, algorithm, subject);
        assert_eq!(request.requested_key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE));
        assert_eq!(request.requested_extended_key_usage(), [ExtendedKeyUsage::SERVER_AUTH]);
        assert_eq!(request.attributes().count(), 1, "the challenge password");

        let key = KeyPair::from_pem(&read(&folder, "key.pem")).unwrap();
        assert_eq!(key.public_key(), request.public_key());
    }
}

#[test]
fn requests_of_keytool_are_read_and_issued_for() {
    if !keytool_is_here() {
        return;
    }
    for (algorithm, kind) in keytool_keys() {
        let folder = folder();
        let store = ["-keystore", "keys.p12", "-storepass", "changeit", "-alias", "server"];
        let name = "CN=www.example.test, OU=Second, OU=First, O=Example, C=DE";
        let generate = [&["-genkeypair", "-dname", name], kind, &store].concat();
        run("keytool", folder.path(), &generate).expect_success();
        let names = "SAN=dns:www.example.test,dns:*.wild.example.test,ip:10.0.0.7,\
                     ip:2001:db8::7,email:ops@example.test,uri:https://example.test/service";
        let extensions = ["-ext", names, "-ext", "KU=digitalSignature", "-ext", "EKU=serverAuth"];
        let make = [&["-certreq", "-file", "request.csr"], &extensions[..], &store].concat();
        run("keytool", folder.path(), &make).expect_success();

        let pem = read(&folder, "request.csr");
        assert!(pem.starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----"), "{pem}");
        let subject = "CN=www.example.test,OU=Second,OU=First,O=Example,C=DE";
        let request = read_and_issue_for(&pem, algorithm, subject);
        assert_eq!(request.requested_key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE));
        assert_eq!(request.requested_extended_key_usage(), [ExtendedKeyUsage::SERVER_AUTH]);
    }
}

/// `data/go_requests.go` made them.
#[test]
fn requests_of_go_are_read_and_issued_for() {
    let requests = [
        (KeyAlgorithm::EcdsaP256, include_str!("../data/go-p256.csr")),
        (KeyAlgorithm::EcdsaP384, include_str!("../data/go-p384.csr")),
        (KeyAlgorithm::Rsa2048, include_str!("../data/go-rsa2048.csr")),
    ];
    for (algorithm, pem) in requests.into_iter().filter(|(kind, _)| is_built(kind.family())) {
        let subject = "CN=www.example.test,OU=First+OU=Second,O=Größe,C=DE";
        let request = read_and_issue_for(pem, algorithm, subject);
        assert_eq!(request.attributes().count(), 0);
        assert_eq!(request.requested_extensions().len(), 1, "the alternative names");
    }
}

#[test]
fn certtool_verifies_our_requests() {
    if !judge("certtool") {
        return;
    }
    for (algorithm, _) in certtool_keys() {
        let (folder, [good, bad]) = (folder(), good_and_bad(algorithm));
        for (pem, verdict) in [(good, "Self signature: verified"), (bad, "Self signature: FAILED")]
        {
            write(&folder, "ours.csr", pem);
            let said = run("certtool", folder.path(), &["--crq-info", "--infile", "ours.csr"]);
            assert!(said.all().contains(verdict), "{algorithm}: {}", said.all());
            assert!(said.all().contains("IPAddress: 2001:db8::7"), "{algorithm}: {}", said.all());
        }
    }
}

#[test]
fn keytool_verifies_our_requests() {
    if !keytool_is_here() {
        return;
    }
    for (algorithm, _) in keytool_keys() {
        let (folder, [good, bad]) = (folder(), good_and_bad(algorithm));
        let print = |pem| {
            write(&folder, "ours.csr", pem);
            run("keytool", folder.path(), &["-printcertreq", "-file", "ours.csr"])
        };
        let said = print(good).expect_success().text();
        assert!(said.contains("DNSName: www.example.test"), "{algorithm}: {said}");
        let said = print(bad);
        assert!(!said.success);
        assert!(said.all().contains("Invalid PKCS #10 signature"), "{algorithm}: {}", said.all());
    }
}

/// Reads a request for [`alt_names`] and issues for it, under the smallest issuer of its family.
#[track_caller]
fn read_and_issue_for(pem: &str, algorithm: KeyAlgorithm, subject: &str) -> CertificateRequest {
    let request = CertificateRequest::from_pem(pem).unwrap();
    assert_eq!(request.public_key().algorithm(), algorithm);
    assert_eq!(request.subject().to_string(), subject);
    // Each tool has its own order.
    assert_eq!(
        sorted(request.requested_alt_names()),
        sorted(&alt_names().each_ref().map(Into::into))
    );
    let review = policy(Profile::tls_server()).review(&request);
    assert_eq!(review.denied().count(), 0, "{review}");

    let issuer = issuer(algorithm.family());
    let chain = issue(issuer, Profile::tls_server(), &request);
    let leaf = chain.leaf();
    assert_eq!(leaf.subject().to_string(), subject);
    assert_eq!(leaf.public_key().unwrap(), request.public_key());
    assert_eq!(leaf.alt_names(), request.requested_alt_names());
    ChainVerifier::new([chain.above()[1].clone()], leaf.validity().not_before())
        .with_purpose(ExtendedKeyUsage::SERVER_AUTH)
        .with_name(AltName::dns("www.example.test").unwrap())
        .verify(&chain)
        .unwrap();
    if judge("openssl") {
        let folder = folder();
        write_chain(folder.path(), &chain);
        let extra = ["-purpose", "sslserver", "-verify_hostname", "www.example.test"];
        verify_every_link(
            folder.path(),
            issuer.certificate().public_key().unwrap().algorithm(),
            &extra,
        );
    }

    let mut tampered = request.as_der().to_vec();
    *tampered.last_mut().unwrap() ^= 1;
    let error = CertificateRequest::from_der(&tampered).unwrap_err();
    let invalid = matches!(error, Error::InvalidSignature { what: "certificate request" });
    assert!(invalid, "{error}");
    request
}

fn sorted(names: &[GeneralName]) -> Vec<String> {
    let mut texts: Vec<String> = names.iter().map(ToString::to_string).collect();
    texts.sort();
    texts
}

/// An intermediate of ours for keys of this family.
fn issuer(family: KeyFamily) -> &'static Issuer {
    static ALL: LazyLock<BTreeMap<KeyFamily, Issuer>> = LazyLock::new(|| {
        let make = |algorithm: KeyAlgorithm| (algorithm.family(), hierarchy(algorithm).1);
        families().into_iter().map(make).collect()
    });
    &ALL[&family]
}

/// A request of ours, and the same with a letter of its subject changed.
fn good_and_bad(algorithm: KeyAlgorithm) -> [String; 2] {
    let good = request(&key(algorithm));
    let mut bad = good.as_der().to_vec();
    let name = b"www.example.test";
    let at = bad.windows(name.len()).position(|window| window == name).unwrap();
    bad[at] = b'v';
    let pem = |der| encode_string("CERTIFICATE REQUEST", LineEnding::LF, der).unwrap();
    [good.to_pem(), pem(&bad)]
}

/// What certtool can generate, of that which is built in.
fn certtool_keys() -> Vec<(KeyAlgorithm, &'static [&'static str])> {
    let all: [(KeyAlgorithm, &[&str]); 4] = [
        (KeyAlgorithm::EcdsaP256, &["--key-type", "ecdsa", "--curve", "secp256r1"]),
        (KeyAlgorithm::EcdsaP384, &["--key-type", "ecdsa", "--curve", "secp384r1"]),
        (KeyAlgorithm::EcdsaP521, &["--key-type", "ecdsa", "--curve", "secp521r1"]),
        (KeyAlgorithm::Rsa2048, &["--key-type", "rsa", "--bits", "2048"]),
    ];
    all.into_iter().filter(|(algorithm, _)| is_built(algorithm.family())).collect()
}

/// What keytool can generate, of that which is built in.
fn keytool_keys() -> Vec<(KeyAlgorithm, &'static [&'static str])> {
    let all: [(KeyAlgorithm, &[&str]); 4] = [
        (KeyAlgorithm::EcdsaP256, &["-keyalg", "EC", "-groupname", "secp256r1"]),
        (KeyAlgorithm::EcdsaP384, &["-keyalg", "EC", "-groupname", "secp384r1"]),
        (KeyAlgorithm::EcdsaP521, &["-keyalg", "EC", "-groupname", "secp521r1"]),
        (KeyAlgorithm::Rsa2048, &["-keyalg", "RSA", "-keysize", "2048"]),
    ];
    all.into_iter().filter(|(algorithm, _)| is_built(algorithm.family())).collect()
}

/// Whether Java's keytool is on this machine. It is welcome, and CI does not need it.
fn keytool_is_here() -> bool {
    let found = Command::new("keytool")
        .arg("-help")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        eprintln!("SKIPPED: keytool is not on this machine, so it judged nothing");
    }
    found
}

const CERTTOOL_TEMPLATE: &str = r#"
country = DE
organization = "Größe"
unit = "First"
unit = "Second"
cn = "www.example.test"
dns_name = "www.example.test"
dns_name = "*.wild.example.test"
ip_address = "10.0.0.7"
ip_address = "2001:db8::7"
email = "ops@example.test"
uri = "https://example.test/service"
challenge_password = "a challenge!"
signing_key
tls_www_server
"#;
