//! A TLS server on loopback with an issued chain, and a client that believes its root.
//!
//! ```text
//! cargo run --release --example tls_server
//! ```

#[path = "../../tests/support/provider.rs"]
mod provider;

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use certwright::{
    AltName, Authority, Certificate, CertificateRequest, Chain, Issuer, KeyAlgorithm, KeyPair,
    MemoryStore, Policy, Profile,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
};

const NAME: &str = "localhost";

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let algorithm = if cfg!(feature = "ecc") {
        KeyAlgorithm::EcdsaP256
    } else if cfg!(feature = "rsa") {
        KeyAlgorithm::Rsa2048
    } else {
        println!("rustls knows no SM2: build this example with the feature ecc or rsa");
        return Ok(());
    };
    let Some(provider) = provider::provider().map(Arc::new) else {
        println!("Graviola, which this example has rustls use, does not run on this processor");
        return Ok(());
    };

    let (chain, key) = issue(algorithm)?;
    let root = chain.above().last().ok_or("no root")?.to_pem();
    println!("issued, the leaf first ({algorithm}):");
    print!("{chain}");

    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(sent(&chain), PrivatePkcs8KeyDer::from(key).into())?;
    let serving = thread::spawn(move || serve(&listener, server));
    println!("\nserving on {address}; the client connects to {NAME}\n");

    connect(TcpStream::connect(address)?, &root, provider)?;
    serving.join().map_err(|_| "the server panicked")??;
    Ok(())
}

/// A root, an intermediate and a server certificate, and the server's key as PKCS #8.
fn issue(algorithm: KeyAlgorithm) -> Result<(Chain, Vec<u8>), certwright::Error> {
    let key = || KeyPair::generate(algorithm);
    let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), key()?)?;
    let ca = root.delegate("CN=Example CA".parse()?, Profile::intermediate(0), key()?)?;

    let server = key()?;
    let request = CertificateRequest::builder(format!("CN={NAME}").parse()?)
        .alt_name(AltName::dns(NAME)?)
        .sign(&server)?;
    let policy = Policy::new(Profile::tls_server()).allow_dns(NAME)?;
    let chain = Authority::new(ca, policy, MemoryStore::default()).issue(&request)?.into_chain();
    Ok((chain, server.to_pkcs8_der()?.as_bytes().to_vec()))
}

/// What a server sends: all but the root, which a client has or does not believe.
fn sent(chain: &Chain) -> Vec<CertificateDer<'static>> {
    let below = chain.certificates().filter(|certificate| !certificate.is_self_issued());
    below.map(|certificate| certificate.as_der().to_vec().into()).collect()
}

/// Says hello to one client.
fn serve(listener: &TcpListener, config: ServerConfig) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (socket, _) = listener.accept()?;
    let mut stream = StreamOwned::new(ServerConnection::new(config.into())?, socket);
    stream.write_all(b"hello from behind the issued chain")?;
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(())
}

/// Connects, believing this root and nothing else, and prints what came of it.
fn connect(
    socket: TcpStream,
    root: &str,
    provider: Arc<CryptoProvider>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root.as_bytes())?)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(config.into(), ServerName::try_from(NAME)?)?;
    let mut stream = StreamOwned::new(connection, socket);
    let mut said = String::new();
    stream.read_to_string(&mut said)?;

    let connection = &stream.conn;
    let suite = connection.negotiated_cipher_suite().ok_or("no cipher suite")?.suite();
    println!("protocol      {:?}", connection.protocol_version().ok_or("no protocol")?);
    println!("cipher suite  {suite:?}");
    println!("the server sent");
    for der in connection.peer_certificates().unwrap_or_default() {
        let certificate = Certificate::from_der(der)?;
        println!("  {}, valid {}", certificate.subject(), certificate.validity());
    }
    println!("it verifies up to the root, and says: {said}");
    Ok(())
}
