//! TLS: a chain and its key, by rustls with a provider that compiles no C.

use std::path::Path;
use std::sync::Arc;

use certwright::{Error, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::super::failure::Failure;
use super::super::input::{BYTES, file_error, read_certificates, read_secret_text};

/// What takes TLS connections with a chain, the leaf first, and the leaf's key.
pub fn acceptor(chain: &Path, key: &Path) -> Result<TlsAcceptor, Failure> {
    let provider = provider().ok_or_else(|| {
        Failure::Reason(
            "TLS: its cryptography, Graviola, does not run on this processor".to_owned(),
        )
    })?;
    let certificates = read_certificates(chain, true)?;
    let text = read_secret_text(key, BYTES)?;
    let pair = KeyPair::from_pem(&text).map_err(|error| file_error(key, error.to_string()))?;
    let is_keys = |leaf: &certwright::Certificate| {
        Ok::<_, Error>(leaf.public_key()?.to_der() == pair.public_key().to_der())
    };
    if !certificates.first().map(is_keys).transpose()?.unwrap_or_default() {
        return Err(file_error(key, "not the key of the first certificate of --tls-cert").into());
    }
    // Clients have the root, or do not believe it.
    let sent = certificates.iter().enumerate();
    let sent = sent.filter(|(at, one)| *at == 0 || !one.is_self_issued());
    let sent: Vec<_> = sent.map(|(_, one)| CertificateDer::from(one.as_der().to_vec())).collect();
    let pkcs8 = PrivatePkcs8KeyDer::from(pair.to_pkcs8_der()?.as_bytes().to_vec());
    let unusable = |error: rustls::Error| Failure::Reason(format!("TLS: {error}"));
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(sent, pkcs8.into())
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
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
