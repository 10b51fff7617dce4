//! TLS to the database, by rustls with a provider that compiles no C. Certificates are always verified.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use crate::error::Error;

/// How the database is spoken to.
#[derive(Clone)]
pub(super) enum Tls {
    Off,
    Verified(Arc<ClientConfig>),
    /// Roots were not given yet.
    WithoutRoots,
}

/// What verifies servers by these roots.
pub(super) fn config(pem: &[u8]) -> Result<Arc<ClientConfig>, Error> {
    let wrong = |problem: String| Error::malformed("trusted roots", "of the database", problem);
    let mut roots = RootCertStore::empty();
    for read in CertificateDer::pem_slice_iter(pem) {
        let certificate = read.map_err(|error| wrong(format!("not PEM: {error}")))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("no certificate in PEM".to_owned()));
    }
    let provider = provider().ok_or_else(|| {
        wrong("the cryptography of TLS, Graviola, does not run on this processor".to_owned())
    })?;
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Graviola, where the processor is one that it was written for.
fn provider() -> Option<CryptoProvider> {
    #[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
    if processor_is_known() {
        return Some(rustls_graviola::default_provider());
    }
    None
}

#[cfg(target_arch = "aarch64")]
fn processor_is_known() -> bool {
    use std::arch::is_aarch64_feature_detected as has;
    has!("aes") && has!("neon") && has!("pmull") && has!("sha2")
}

#[cfg(target_arch = "x86_64")]
fn processor_is_known() -> bool {
    use std::arch::is_x86_feature_detected as has;
    let vectors = has!("avx") && has!("avx2") && has!("ssse3");
    vectors && has!("adx") && has!("aes") && has!("bmi1") && has!("bmi2") && has!("pclmulqdq")
}

/// Makes the TLS connections of a configuration.
#[derive(Clone)]
pub(super) struct Connector(pub(super) Arc<ClientConfig>);

/// One connection that is to be made, to a name that the certificate must have.
pub(super) struct Connecting {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

/// A connection.
pub(super) struct Stream<S>(Box<tokio_rustls::client::TlsStream<S>>);

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> MakeTlsConnect<S> for Connector {
    type Stream = Stream<S>;
    type TlsConnect = Connecting;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Connecting> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        Ok(Connecting { config: Arc::clone(&self.0), name })
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> TlsConnect<S> for Connecting {
    type Stream = Stream<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Stream<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let connecting = TlsConnector::from(self.config).connect(self.name, stream);
        Box::pin(async { Ok(Stream(Box::new(connecting.await?))) })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Stream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        // The server's certificate was verified.
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
