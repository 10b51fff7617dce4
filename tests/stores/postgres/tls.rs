//! TLS to the database, and passwords.
#![cfg(feature = "ecc")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use certwright::error::StoreErrorKind;
use certwright::issuance::Issuance;
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::store::{PostgresSettings, PostgresStore};
use certwright::testing::check_store;
use certwright::*;
use certwright_tests::postgres::Server;
use certwright_tests::provider::provider;

/// A root, and the chain and key of a server `localhost`.
fn site() -> (String, String, String) {
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let root = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key).unwrap();
    let pem = root.chain().to_pem();
    let policy = Policy::new(Profile::tls_server())
        .with_root_leaves(RootLeaves::Allow)
        .allow_subject_attribute(AttributeType::COMMON_NAME)
        .allow_dns("localhost")
        .unwrap();
    let authority = Authority::new(root, policy, MemoryStore::default());
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let request = CertificateRequest::builder("CN=localhost".parse().unwrap())
        .alt_name(AltName::dns("localhost").unwrap())
        .sign(&key)
        .unwrap();
    let issued = authority.issue(Issuance::from(&request)).unwrap();
    (pem, issued.certificate().to_pem(), key.to_pkcs8_pem().unwrap().as_str().to_owned())
}

#[test]
fn a_server_is_verified_by_its_name_and_root_and_a_password_is_asked_for() {
    if provider().is_none() {
        eprintln!("SKIPPED: Graviola does not run on this processor");
        return;
    }
    let (root, certificate, key) = site();
    let (other, ..) = site();
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let (root, other) = (write("root.pem", &root), write("other.pem", &other));
    let Some(server) = Server::start("password_encryption = 'scram-sha-256'\n") else { return };
    server.write("server.crt", &certificate);
    server.write("server.key", &key);
    server.configure("ssl = on\nssl_cert_file = '../server.crt'\nssl_key_file = '../server.key'\n");
    server.sql("ALTER ROLE ca PASSWORD 'a password'");
    server.write(
        "data/pg_hba.conf",
        "hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl all all ::1/128 scram-sha-256\n",
    );
    server.crash();
    server.run_server();

    let port = server.port();
    let url = |host: &str, more: &str| format!("postgres://ca@{host}:{port}/postgres?{more}");
    let verified = |root: &str| url("localhost", &format!("sslrootcert={root}"));
    let settings = |url: &str, password: &str| {
        PostgresSettings::from_url(url).unwrap().with_password(password).unwrap()
    };
    let create = |url: &str, password: &str| PostgresStore::create(&settings(url, password));
    let refused = |url: &str, password: &str, words: &str| {
        let error = create(url, password).map(drop).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Backend, "{error}");
        let mut told = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            told = format!("{told}: {cause}");
            source = cause.source();
        }
        assert!(told.contains(words), "{url}: {told}");
        assert!(!told.contains("a password") && !told.contains("another word"), "{told}");
    };
    // Another root, another name, no TLS, another password, none.
    refused(&verified(&other), "a password", "invalid peer certificate");
    let by_address = url("127.0.0.1", &format!("sslrootcert={root}"));
    refused(&by_address, "a password", "certificate not valid for name");
    refused(&url("localhost", "sslmode=disable"), "a password", "pg_hba");
    refused(&verified(&root), "another word", "password authentication failed");
    let none = PostgresSettings::from_url(&verified(&root)).unwrap();
    assert!(PostgresStore::create(&none).unwrap_err().to_string().contains("password"));
    // `require` verifies as well.
    let required = url("localhost", &format!("sslmode=require&sslrootcert={other}"));
    refused(&required, "a password", "invalid peer certificate");

    let store = create(&verified(&root), "a password").unwrap();
    check_store(&store).unwrap();
    // Roots that are given otherwise.
    let given = PostgresSettings::from_url(&url("localhost", "")).unwrap();
    let given = given.with_root_certificates(&fs::read_to_string(&root).unwrap()).unwrap();
    PostgresStore::open(&given.with_password("a password").unwrap()).unwrap();
}
