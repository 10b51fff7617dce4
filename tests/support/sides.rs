//! The two sides of a handshake of rustls.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::provider::provider;
use crate::tls::{SERVER, Site};
use certwright::time::Time;
use certwright::{Certificate, Chain, KeyAlgorithm, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, Connection, Error, ProtocolVersion,
    RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion,
};

pub const VERSIONS: [(&SupportedProtocolVersion, ProtocolVersion); 2] =
    [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)];

/// A client: what it believes, when, and what it shows.
pub struct Client<'a> {
    pub root: &'a Certificate,
    pub name: &'static str,
    pub version: &'static SupportedProtocolVersion,
    pub time: Option<Time>,
    pub chain: Option<&'a Chain>,
    pub key: &'a KeyPair,
}

/// A server: what it shows, and whether it wants a client's certificate below some root.
pub struct Server<'a> {
    pub chain: &'a Chain,
    pub key: &'a KeyPair,
    pub client_root: Option<&'a Certificate>,
}

impl<'a> Client<'a> {
    pub fn of(site: &'a Site) -> Self {
        let (root, key) = (site.root(), &site.key);
        Self { root, name: SERVER, version: &TLS13, time: None, chain: None, key }
    }

    fn connect(&self) -> ClientConnection {
        let time: Arc<dyn TimeProvider> = match self.time {
            Some(time) => Arc::new(StandingStill(time)),
            None => Arc::new(DefaultTimeProvider),
        };
        let config = ClientConfig::builder_with_details(provider().unwrap().into(), time)
            .with_protocol_versions(&[self.version])
            .unwrap()
            .with_root_certificates(believing(self.root));
        let config = match self.chain {
            Some(chain) => config.with_client_auth_cert(sent(chain), pkcs8(self.key)).unwrap(),
            None => config.with_no_client_auth(),
        };
        let name = ServerName::try_from(self.name).unwrap();
        ClientConnection::new(config.into(), name).unwrap()
    }
}

impl<'a> Server<'a> {
    pub fn of(site: &'a Site) -> Self {
        Self { chain: &site.server, key: &site.key, client_root: None }
    }

    fn accept(&self) -> ServerConnection {
        let provider = Arc::new(provider().unwrap());
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let config = match self.client_root {
            Some(root) => {
                let roots = Arc::new(believing(root));
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
                config.with_client_cert_verifier(verifier.build().unwrap())
            }
            None => config.with_no_client_auth(),
        };
        let config = config.with_single_cert(sent(self.chain), pkcs8(self.key)).unwrap();
        ServerConnection::new(config.into()).unwrap()
    }
}

/// A clock of rustls that stands still.
#[derive(Debug)]
struct StandingStill(Time);

impl TimeProvider for StandingStill {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = self.0.unix().try_into().ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// The sites whose keys Graviola knows; none on a processor that it was not written for.
pub fn known_to_graviola(algorithms: Vec<KeyAlgorithm>) -> Vec<&'static Site> {
    if provider().is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI needs a processor that Graviola runs on");
        eprintln!("SKIPPED: Graviola does not run on this processor, so rustls judged nothing");
        return Vec::new();
    }
    let unknown = [KeyAlgorithm::EcdsaP521, KeyAlgorithm::Sm2];
    algorithms.into_iter().filter(|kind| !unknown.contains(kind)).map(Site::of).collect()
}

/// Shakes hands and sends a word each way. An error comes with the side that found it.
pub fn handshake(
    client: Client<'_>,
    server: Server<'_>,
) -> Result<[Connection; 2], (&'static str, Error)> {
    let mut client = Connection::Client(client.connect());
    let mut server = Connection::Server(server.accept());
    client.writer().write_all(b"ping").unwrap();
    server.writer().write_all(b"pong").unwrap();
    while client.wants_write() || server.wants_write() {
        carry(&mut client, &mut server).map_err(|error| ("server", error))?;
        carry(&mut server, &mut client).map_err(|error| ("client", error))?;
    }
    assert!(!client.is_handshaking() && !server.is_handshaking());
    for (side, word) in [(&mut client, b"pong"), (&mut server, b"ping")] {
        let mut received = [0; 4];
        side.reader().read_exact(&mut received).unwrap();
        assert_eq!(received, *word);
    }
    Ok([client, server])
}

/// What is wrong with the other's certificate, in the eyes of this side.
#[track_caller]
pub fn refused_by(side: &str, client: Client<'_>, server: Server<'_>) -> CertificateError {
    match handshake(client, server).map(|_| ()) {
        Err((found, Error::InvalidCertificate(error))) if found == side => error,
        other => panic!("the {side} should refuse: {other:?}"),
    }
}

/// The certificates of a chain that a peer sends: all but the root.
pub fn sent(chain: &Chain) -> Vec<CertificateDer<'static>> {
    let below = chain.certificates().filter(|certificate| !certificate.is_self_issued());
    below.map(|certificate| certificate.as_der().to_vec().into()).collect()
}

/// A key as rustls takes it.
pub fn pkcs8(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(key.to_pkcs8_der().unwrap().as_bytes().to_vec()).into()
}

fn believing(root: &Certificate) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(root.as_der().to_vec().into()).unwrap();
    roots
}

/// Carries everything that one side has written to the other.
fn carry(from: &mut Connection, to: &mut Connection) -> Result<(), Error> {
    let mut wire = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut wire).unwrap();
    }
    let mut rest = wire.as_slice();
    while !rest.is_empty() {
        to.read_tls(&mut rest).unwrap();
        to.process_new_packets()?;
    }
    Ok(())
}
