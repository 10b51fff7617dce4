//! The types of rustls: a configuration is built from ours, and what comes back reads the same.

use std::sync::Arc;

use certwright::crl::{CrlRequest, RevocationList};
use certwright::key::PublicKey;
use certwright::time::{Lifetime, Time};
use certwright::{AltName, Certificate, CertificateRequest, Chain, KeyPair};
use rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, CertificateSigningRequestDer, PrivateKeyDer,
    PrivatePkcs1KeyDer, PrivateSec1KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use crate::common::{self, algorithms};
use crate::craft::{Ladder, internal};
use crate::provider::provider;
use crate::sides::known_to_graviola;
use crate::tls::SERVER;

#[test]
fn both_sides_of_rustls_are_configured() {
    for site in known_to_graviola(algorithms()) {
        let provider = Arc::new(provider().unwrap());
        let chain = Vec::<CertificateDer<'static>>::from(&site.server);
        let key = PrivateKeyDer::try_from(&site.key).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();

        let mut roots = RootCertStore::empty();
        roots.add(site.root().into()).unwrap();
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(&AltName::dns(SERVER).unwrap()).unwrap();
        ClientConnection::new(Arc::new(client), name).unwrap();
        ServerConnection::new(Arc::new(server)).unwrap();
    }
}

#[test]
fn what_comes_back_reads_the_same() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(internal());
        let request = ladder.request(&["db.internal"]);
        let issued = authority.issue(&request).unwrap();
        let list = authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap().to_der();
        let list = RevocationList::from_der(&list).unwrap();

        let theirs = CertificateDer::from(issued.certificate());
        assert_eq!(&Certificate::try_from(&theirs).unwrap(), issued.certificate());
        let theirs = CertificateSigningRequestDer::from(&request);
        assert_eq!(CertificateRequest::try_from(&theirs).unwrap().as_der(), request.as_der());
        let theirs = CertificateRevocationListDer::from(&list);
        assert_eq!(RevocationList::try_from(&theirs).unwrap().as_der(), list.as_der());
        let chain = Vec::<CertificateDer<'static>>::from(issued.chain());
        let read = Chain::try_from(chain.as_slice()).unwrap();
        assert_eq!(read.to_pem(), issued.chain().to_pem());
        assert!(Chain::try_from(&chain[..0]).is_err());

        let key = common::key(algorithm);
        let theirs = SubjectPublicKeyInfoDer::from(key.public_key());
        assert_eq!(&PublicKey::try_from(&theirs).unwrap(), key.public_key());
        let theirs = PrivateKeyDer::try_from(&key).unwrap();
        assert_eq!(KeyPair::try_from(&theirs).unwrap().public_key(), key.public_key());

        // What cannot be read does not come in, by whatever name.
        let broken = &issued.certificate().as_der()[..100];
        assert!(Certificate::try_from(&CertificateDer::from(broken)).is_err());
        for other in [
            PrivateKeyDer::from(PrivatePkcs1KeyDer::from(broken)),
            PrivateKeyDer::from(PrivateSec1KeyDer::from(broken)),
        ] {
            assert!(KeyPair::try_from(&other).is_err());
        }
    }
}

#[test]
fn times_and_names_are_converted_where_both_have_them() {
    let time: Time = "2026-06-01T00:00:00Z".parse().unwrap();
    let theirs = UnixTime::try_from(time).unwrap();
    assert_eq!(theirs.as_secs(), 1_780_272_000);
    assert_eq!(Time::try_from(theirs).unwrap(), time);
    assert!(UnixTime::try_from("1969-12-31T23:59:59Z".parse::<Time>().unwrap()).is_err());
    for seconds in [u64::MAX, 1 << 60] {
        let far = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        assert!(Time::try_from(far).is_err());
    }
    for name in ["db.example", "10.0.0.7", "2001:db8::1"] {
        let ours: AltName = name.parse().unwrap();
        let theirs = ServerName::try_from(&ours).unwrap();
        assert_eq!(theirs.to_str(), name);
        assert_eq!(AltName::try_from(&theirs).unwrap(), ours);
    }
    for name in [AltName::dns("*.db.example"), AltName::email("a@db.example")] {
        assert!(ServerName::try_from(&name.unwrap()).is_err());
    }
}
