//! Requests, both ways: OpenSSL makes them and we issue, we make them and OpenSSL verifies and
//! issues.

use certwright::key::{KeyFamily, SignatureAlgorithm, Sm2Id};
use certwright::policy::Decision;
use certwright::profile::{ExtendedKeyUsage, KeyUsage, Oid};
use certwright::{AltName, CertificateRequest, Chain, ChainVerifier, Error, KeyAlgorithm, Profile};
use tempfile::TempDir;

use crate::common::{
    SM2_ID, algorithms, families, folder, judge, key, openssl as run, read, write,
};
use crate::openssl::theirs::{generate, sign, signing, theirs};
use crate::openssl::{
    alt_names, issue, name_with_types, ours, policy, request, verify_every_link, write_chain,
};

#[test]
fn requests_of_openssl_are_read_whole() {
    for (algorithm, folder) in judged(algorithms()) {
        let request = CertificateRequest::from_pem(&read(&folder, "server.csr")).unwrap();
        assert_eq!(request.public_key().algorithm(), algorithm);
        let subject = "OU=Größe+CN=www.example.test,OU=Second,OU=First,O=Example,C=DE";
        assert_eq!(request.subject().to_string(), subject);
        let names: Vec<AltName> =
            request.requested_alt_names().iter().map(|name| name.check().unwrap()).collect();
        assert_eq!(names, alt_names());
        assert_eq!(request.requested_key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE));
        assert_eq!(request.requested_extended_key_usage(), [ExtendedKeyUsage::SERVER_AUTH]);
        assert!(!request.requests_authority());
        let challenge_password: Oid = "1.2.840.113549.1.9.7".parse().unwrap();
        let attributes: Vec<_> = request.attributes().collect();
        assert_eq!(attributes, [(challenge_password, &b"\x0c\x0ca challenge!"[..])]);
    }
}

#[test]
fn der_and_text_around_the_block_are_read_alike() {
    for (_, folder) in judged(families()) {
        let request = CertificateRequest::from_pem(&read(&folder, "server.csr")).unwrap();
        let der = run(folder.path(), &["req", "-in", "server.csr", "-outform", "DER"]);
        let read_from_der = CertificateRequest::from_der(&der.expect_success().stdout).unwrap();
        assert_eq!(read_from_der.as_der(), request.as_der());

        let text = run(folder.path(), &["req", "-in", "server.csr", "-text"]).expect_success();
        assert!(text.text().starts_with("Certificate Request:\n"));
        let newer = ["req", "-in", "server.csr", "-newhdr"];
        let newer = run(folder.path(), &newer).expect_success().text();
        assert!(newer.starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----\n"));
        for pem in [text.text(), newer.replace('\n', "\r\n"), newer] {
            let again = CertificateRequest::from_pem(&pem).unwrap();
            assert_eq!(again.as_der(), request.as_der());
        }
    }
}

#[test]
fn what_openssl_asks_for_is_granted_and_the_chain_verifies() {
    for (algorithm, folder) in judged(algorithms()) {
        let request = CertificateRequest::from_pem(&read(&folder, "server.csr")).unwrap();
        let review = policy(Profile::tls_server()).review(&request);
        let count = |wanted: &str, granted: bool| {
            let items = review.items().iter().filter(|item| item.kind == wanted);
            items.filter(|item| (item.decision == Decision::Granted) == granted).count()
        };
        assert_eq!(review.denied().count(), 0, "{review}");
        assert_eq!((count("alternative name", true), count("alternative name", false)), (6, 0));
        // The challenge password is told of and not certified.
        assert_eq!((count("attribute", true), count("attribute", false)), (0, 1));

        let chain = issue(&ours(algorithm).ca, Profile::tls_server(), &request);
        write_chain(folder.path(), &chain);
        let extra = ["-purpose", "sslserver", "-verify_hostname", "www.example.test"];
        verify_every_link(folder.path(), algorithm, &extra);
        // Repeated and multi-valued relative names came through, in order and type.
        let asked = name_with_types(folder.path(), "req", "server.csr", "-subject");
        assert_eq!(name_with_types(folder.path(), "x509", "leaf.pem", "-subject"), asked);
        let keys = [["req", "server.csr"], ["x509", "leaf.pem"]].map(|[kind, name]| {
            run(folder.path(), &[kind, "-in", name, "-noout", "-pubkey"]).expect_success().text()
        });
        assert_eq!(keys[0], keys[1]);
    }
}

#[test]
fn every_digest_of_openssl_is_verified() {
    for (algorithm, folder) in judged(families()) {
        let digests = match algorithm.family() {
            KeyFamily::Ecc => [
                ("-sha256", SignatureAlgorithm::EcdsaSha256),
                ("-sha384", SignatureAlgorithm::EcdsaSha384),
                ("-sha512", SignatureAlgorithm::EcdsaSha512),
            ],
            KeyFamily::Rsa => [
                ("-sha256", SignatureAlgorithm::RsaSha256),
                ("-sha384", SignatureAlgorithm::RsaSha384),
                ("-sha512", SignatureAlgorithm::RsaSha512),
            ],
            // SM2 is signed with SM3 alone.
            _ => continue,
        };
        for (option, expected) in digests {
            let arguments = ["req", "-new", "-key", "server.key", "-subj", "/CN=a", option];
            let pem = run(folder.path(), &arguments).expect_success().text();
            let request = CertificateRequest::from_pem(&pem).unwrap();
            assert_eq!(request.signature_algorithm(), expected);
        }
    }
}

#[test]
fn openssl_verifies_our_requests() {
    for (algorithm, folder) in judged(algorithms()) {
        let request = CertificateRequest::builder("CN=a+OU=b,OU=c,OU=d,C=DE".parse().unwrap())
            .alt_names(alt_names())
            .challenge_password("a challenge!")
            .unwrap()
            .sign(&ours(algorithm).key)
            .unwrap();
        write(&folder, "ours.csr", request.to_pem());
        let said = verify(&folder, algorithm, "ours.csr");
        assert!(said.contains("verify OK"), "{said}");
        assert!(said.contains("C = DE, OU = d, OU = c, CN = a + OU = b"), "{said}");
        assert!(said.contains("challengePassword        :a challenge!"), "{said}");
        let names = "DNS:www.example.test, DNS:*.wild.example.test, IP Address:10.0.0.7";
        assert!(said.contains(names), "{said}");
    }
}

#[test]
fn a_request_that_asks_for_no_extension_has_no_list_of_them() {
    for (algorithm, folder) in judged(families()) {
        let parsed = |names: &[AltName]| {
            let builder = CertificateRequest::builder("CN=a".parse().unwrap());
            let request = builder.alt_names(names.to_vec()).sign(&ours(algorithm).key).unwrap();
            write(&folder, "ours.csr", request.to_pem());
            assert!(verify(&folder, algorithm, "ours.csr").contains("verify OK"));
            run(folder.path(), &["asn1parse", "-in", "ours.csr"]).expect_success().text()
        };
        assert!(parsed(&alt_names()).contains("Extension Request"));
        let none = parsed(&[]);
        assert!(!none.contains("Extension Request"), "{none}");
        // The attributes are mandatory (RFC 2986 section 4.1), and empty.
        assert!(none.contains("l=   0 cons: cont [ 0 ]"), "{none}");
    }
}

#[test]
fn openssl_issues_for_our_requests() {
    for (algorithm, folder) in judged(algorithms()) {
        let theirs = theirs(algorithm);
        let request = request(&ours(algorithm).key);
        write(&folder, "leaf.csr", request.to_pem());
        write(&folder, "ca.pem", &theirs.ca);
        write(&folder, "ca.key", &theirs.ca_key);
        let extensions = "keyUsage = critical, digitalSignature\nextendedKeyUsage = serverAuth\n";
        sign(folder.path(), algorithm, "ca", "leaf", extensions);

        let pem = [read(&folder, "leaf.pem"), theirs.ca.clone(), theirs.root.clone()].concat();
        let chain = Chain::from_pem(&pem).unwrap();
        let leaf = chain.leaf();
        assert_eq!(leaf.public_key().unwrap(), ours(algorithm).key.public_key());
        assert_eq!(leaf.subject(), request.subject());
        assert_eq!(leaf.alt_names(), request.requested_alt_names());
        let verifier = ChainVerifier::new([chain.above()[1].clone()], leaf.validity().not_before());
        verifier
            .with_purpose(ExtendedKeyUsage::SERVER_AUTH)
            .with_name(AltName::dns("www.example.test").unwrap())
            .verify(&chain)
            .unwrap();
    }
}

#[test]
fn a_tampered_request_is_refused_by_both() {
    for (algorithm, folder) in judged(algorithms()) {
        let ours = request(&ours(algorithm).key).as_der().to_vec();
        let theirs = CertificateRequest::from_pem(&read(&folder, "server.csr")).unwrap();
        for good in [ours, theirs.as_der().to_vec()] {
            let mut bad = good.clone();
            let name = b"www.example.test";
            let at = bad.windows(name.len()).position(|window| window == name).unwrap();
            bad[at] = b'v';
            for (der, verdict) in [(good, "verify OK"), (bad, "verify failure")] {
                write(&folder, "request.der", &der);
                let convert = ["req", "-inform", "DER", "-in", "request.der"];
                let pem = run(folder.path(), &convert).expect_success().text();
                write(&folder, "request.pem", &pem);
                let said = verify(&folder, algorithm, "request.pem");
                assert!(said.contains(verdict), "{algorithm}: {said}");
                match CertificateRequest::from_der(&der) {
                    Ok(_) => assert_eq!(verdict, "verify OK"),
                    Err(Error::InvalidSignature { what: "certificate request" }) => {
                        assert_eq!(verdict, "verify failure");
                    }
                    Err(other) => panic!("{algorithm}: {other}"),
                }
            }
        }
    }
}

#[test]
fn the_identifier_of_sm2_must_be_the_same_on_both_sides() {
    if !judge("openssl") || !algorithms().contains(&KeyAlgorithm::Sm2) {
        return;
    }
    let folder = folder();
    let other = Sm2Id::new("ALICE123@YAHOO.COM").unwrap();
    let option = "distid:ALICE123@YAHOO.COM";
    let invalid = |result: Result<CertificateRequest, Error>| {
        matches!(result, Err(Error::InvalidSignature { what: "certificate request" }))
    };

    generate(folder.path(), KeyAlgorithm::Sm2, "theirs.key");
    let theirs = ["req", "-new", "-key", "theirs.key", "-subj", "/CN=a", "-sm3", "-sigopt", option];
    let theirs = run(folder.path(), &theirs).expect_success().text();
    CertificateRequest::from_pem_with_sm2_ids(&theirs, std::slice::from_ref(&other)).unwrap();
    assert!(invalid(CertificateRequest::from_pem(&theirs)));

    let key = key(KeyAlgorithm::Sm2).with_sm2_id(other.clone());
    let ours = request(&key).to_pem();
    write(&folder, "ours.csr", &ours);
    let verify = |option| {
        run(folder.path(), &["req", "-in", "ours.csr", "-verify", "-noout", "-vfyopt", option])
    };
    assert!(verify(option).stderr.contains("verify OK"));
    assert!(verify(SM2_ID).stderr.contains("verify failure"));
    assert!(invalid(CertificateRequest::from_pem(&ours)));
}

/// For each algorithm a folder with a key and request of OpenSSL's; none without the judge.
fn judged(algorithms: Vec<KeyAlgorithm>) -> Vec<(KeyAlgorithm, TempDir)> {
    if !judge("openssl") {
        return Vec::new();
    }
    let make = |algorithm| {
        let folder = folder();
        write(&folder, "configuration", CONFIGURATION);
        // Any key of OpenSSL's will do for a server; that of its authority is there already.
        write(&folder, "server.key", &theirs(algorithm).ca_key);
        let arguments = ["req", "-new", "-config", "configuration", "-key", "server.key"];
        let all = [&arguments[..], &signing(algorithm), &["-out", "server.csr"]].concat();
        run(folder.path(), &all).expect_success();
        (algorithm, folder)
    };
    algorithms.into_iter().map(make).collect()
}

/// What OpenSSL says of a request: the text and, because it exits 0 in either case, the verdict.
fn verify(folder: &TempDir, algorithm: KeyAlgorithm, name: &str) -> String {
    let mut arguments = vec!["req", "-in", name, "-verify", "-noout", "-text"];
    if algorithm == KeyAlgorithm::Sm2 {
        arguments.extend(["-vfyopt", SM2_ID]);
    }
    run(folder.path(), &arguments).expect_success().all()
}

const CONFIGURATION: &str = "
[req]
prompt = no
utf8 = yes
string_mask = utf8only
distinguished_name = name
attributes = attributes
req_extensions = extensions
[name]
C = DE
O = Example
0.OU = First
1.OU = Second
CN = www.example.test
+OU = Größe
[attributes]
challengePassword = a challenge!
[extensions]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:www.example.test, DNS:*.wild.example.test, IP:10.0.0.7, IP:2001:db8::7, \
email:ops@example.test, URI:https://example.test/service
";
