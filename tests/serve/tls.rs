//! The same over TLS, with a chain that this engine issued.

use std::io::Write as _;
use std::sync::Arc;

use certwright::{
    Authority, CertificateRequest, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Policy, Profile,
};
use certwright_tests::provider::provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::asked::Asked;
use crate::served::{Answer, Served};

#[test]
fn operations_are_answered_over_tls_to_who_believes_the_root() {
    let algorithm = match (cfg!(feature = "ecc"), cfg!(feature = "rsa")) {
        (true, _) => KeyAlgorithm::EcdsaP256,
        (_, true) => KeyAlgorithm::Rsa2048,
        _ => return,
    };
    let Some(provider) = provider() else {
        eprintln!("SKIPPED: Graviola does not run on this processor");
        return;
    };
    let key = || KeyPair::generate(algorithm).unwrap();
    let root = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key()).unwrap();
    let ca = root.delegate("CN=CA".parse().unwrap(), Profile::intermediate(0), key()).unwrap();
    let server = key();
    let request = CertificateRequest::builder("CN=127.0.0.1".parse().unwrap())
        .alt_name("127.0.0.1".parse().unwrap())
        .sign(&server)
        .unwrap();
    let policy = Policy::new(Profile::tls_server()).allow_ip("127.0.0.1/32").unwrap();
    let issued = Authority::new(ca, policy, MemoryStore::default()).issue(&request).unwrap();

    let mut served = Served::folder();
    served.secret("chain.pem", issued.chain().to_pem());
    served.secret("server.key", server.to_pkcs8_pem().unwrap().as_str());
    served.secret("other.key", key().to_pkcs8_pem().unwrap().as_str());
    let tls = ["--tls-cert", "chain.pem", "--tls-key"];
    let credentials = ["--credentials", "credentials.toml"];
    let other = Served::arguments(&[&credentials[..], &tls, &["other.key"]].concat());
    let refused = served.command().args(other).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        String::from_utf8(refused.stderr).unwrap().contains("not the key of the first certificate")
    );

    let lines = served.begin(&[&credentials[..], &tls, &["server.key"]].concat());
    assert!(lines[0].starts_with("listening on https://127.0.0.1:"), "{lines:?}");
    let mut roots = RootCertStore::empty();
    let der = issued.chain().certificates().last().unwrap().as_der().to_vec();
    roots.add(CertificateDer::from(der)).unwrap();
    let config = |roots| {
        ClientConfig::builder_with_provider(Arc::new(provider.clone()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    };
    let connect = |config: ClientConfig| {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        StreamOwned::new(connection, served.connect())
    };
    let mut stream = connect(config(roots));
    let asked = Asked::new("ListCsr", &[]).older().bytes(&served.address);
    stream.write_all(&asked).unwrap();
    Answer::read(&mut stream).answered();
    assert!(connect(config(RootCertStore::empty())).write_all(b"GET").is_err());
    // Plain HTTP is no TLS, and holds up nobody.
    let mut plain = served.connect();
    plain.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    assert!(Answer::try_read(&mut plain).is_none());
}
