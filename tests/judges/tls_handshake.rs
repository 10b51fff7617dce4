//! Handshakes of rustls with issued chains, both sides in memory. All cryptography on the wire, and
//! the verification of the chains, is Graviola's, which shares no code with this crate.

use certwright::key::{KeyFamily, WeakKeys};
use certwright::testing::SeededRng;
use certwright::time::Time;
use certwright::{Chain, KeyAlgorithm, KeyPair};
use der::Decode;
use der::asn1::AnyRef;
use rustls::{CertificateError, Error, InconsistentKeys, ServerConfig};

use crate::common::{algorithms, families, is_built, key};
use crate::provider::provider;
use crate::sides::{
    Client, Server, VERSIONS, handshake, known_to_graviola, pkcs8, refused_by, sent,
};
use crate::tls::{SERVER, Site};

#[test]
fn servers_are_believed() {
    for site in known_to_graviola(algorithms()) {
        for (version, number) in VERSIONS {
            for name in [SERVER, "10.0.0.7"] {
                let client = Client { name, version, ..Client::of(site) };
                let [client, server] = handshake(client, Server::of(site)).unwrap();
                assert_eq!(client.protocol_version(), Some(number));
                assert_eq!(client.peer_certificates(), Some(&sent(&site.server)[..]));
                assert_eq!(server.peer_certificates(), None);
            }
        }
    }
}

#[test]
fn clients_are_believed() {
    for site in known_to_graviola(algorithms()) {
        for (version, number) in VERSIONS {
            let client = Client { chain: Some(&site.client), version, ..Client::of(site) };
            let server = Server { client_root: Some(site.root()), ..Server::of(site) };
            let [client, server] = handshake(client, server).unwrap();
            assert_eq!(server.protocol_version(), Some(number));
            assert_eq!(client.peer_certificates(), Some(&sent(&site.server)[..]));
            assert_eq!(server.peer_certificates(), Some(&sent(&site.client)[..]));
        }
    }
}

#[test]
fn a_server_of_another_name_is_refused() {
    for site in known_to_graviola(families()) {
        for name in ["other.example.test", "10.0.0.8"] {
            let client = Client { name, ..Client::of(site) };
            let error = refused_by("client", client, Server::of(site));
            assert!(matches!(error, CertificateError::NotValidForNameContext { .. }), "{error:?}");
        }
    }
}

#[test]
fn a_chain_below_another_root_is_refused() {
    for site in known_to_graviola(families()) {
        // Of the same name, with another key.
        let other = Site::new(site.key.public_key().algorithm());
        let client = Client { root: other.root(), ..Client::of(site) };
        let error = refused_by("client", client, Server::of(site));
        assert_eq!(error, CertificateError::BadSignature);

        let without_ca = Chain::new(site.server.leaf().clone(), vec![]).unwrap();
        let server = Server { chain: &without_ca, ..Server::of(site) };
        let error = refused_by("client", Client::of(site), server);
        assert_eq!(error, CertificateError::UnknownIssuer);
    }
}

#[test]
fn a_server_outside_its_period_is_refused() {
    for site in known_to_graviola(families()) {
        let expired = || Server { chain: &site.expired, ..Server::of(site) };
        let at = |time| Client { time: Some(time), ..Client::of(site) };
        let validity = site.expired.leaf().validity();
        let (first, last) = (validity.not_before(), validity.not_after());
        for inside in [first, last] {
            handshake(at(inside), expired()).unwrap();
        }
        let before = Time::from_unix(first.unix() - 1).unwrap();
        let error = refused_by("client", at(before), expired());
        assert!(matches!(error, CertificateError::NotValidYetContext { .. }), "{error:?}");
        let after = Time::from_unix(last.unix() + 1).unwrap();
        for client in [at(after), Client::of(site)] {
            let error = refused_by("client", client, expired());
            assert!(matches!(error, CertificateError::ExpiredContext { .. }), "{error:?}");
        }
    }
}

#[test]
fn clients_are_no_servers_and_servers_no_clients() {
    for site in known_to_graviola(families()) {
        let server = Server { chain: &site.client, ..Server::of(site) };
        let error = refused_by("client", Client::of(site), server);
        assert!(matches!(error, CertificateError::InvalidPurposeContext { .. }), "{error:?}");

        let client = Client { chain: Some(&site.server), ..Client::of(site) };
        let server = Server { client_root: Some(site.root()), ..Server::of(site) };
        let error = refused_by("server", client, server);
        assert!(matches!(error, CertificateError::InvalidPurposeContext { .. }), "{error:?}");
    }
}

#[test]
fn a_client_without_a_good_certificate_is_refused() {
    for site in known_to_graviola(families()) {
        let server = || Server { client_root: Some(site.root()), ..Server::of(site) };
        let (side, error) = handshake(Client::of(site), server()).unwrap_err();
        assert_eq!((side, error), ("server", Error::NoCertificatesPresented));

        let other = Site::new(site.key.public_key().algorithm());
        let client = Client { chain: Some(&other.client), key: &other.key, ..Client::of(site) };
        assert_eq!(refused_by("server", client, server()), CertificateError::BadSignature);
    }
}

#[test]
fn a_key_that_is_not_the_certificates_is_refused() {
    for site in known_to_graviola(families()) {
        let other = key(site.key.public_key().algorithm());
        let builder = ServerConfig::builder_with_provider(provider().unwrap().into());
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_no_client_auth();
        builder.clone().with_single_cert(sent(&site.server), pkcs8(&site.key)).unwrap();
        let error = builder.with_single_cert(sent(&site.server), pkcs8(&other)).unwrap_err();
        assert_eq!(error, Error::InconsistentKeys(InconsistentKeys::KeyMismatch));
    }
}

/// RFC 8017 does not ask for it. OpenSSL and Go write keys so, and there are stacks (Graviola 0.4
/// among them) that fail to sign with some messages where the smaller comes first.
#[test]
fn rsa_keys_are_written_with_the_larger_prime_first() {
    if !is_built(KeyFamily::Rsa) {
        return;
    }
    for seed in 1..=8 {
        let rng = &mut SeededRng::new(seed);
        let key = KeyPair::generate_with(KeyAlgorithm::Rsa2048, WeakKeys::Refuse, rng).unwrap();
        let pkcs8 = key.to_pkcs8_der().unwrap();
        let info = Vec::<AnyRef<'_>>::from_der(pkcs8.as_bytes()).unwrap();
        let numbers = Vec::<AnyRef<'_>>::from_der(info[2].value()).unwrap();
        let [prime1, prime2] = [4, 5].map(|position| numbers[position].value());
        assert_eq!(prime1.len(), prime2.len());
        assert!(prime1 > prime2, "seed {seed}");
    }
}
