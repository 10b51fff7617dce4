//! A provider for rustls that compiles no C: Graviola. `examples/tls_server.rs` uses it too.

use rustls::crypto::CryptoProvider;

/// Graviola, where the processor is one that it was written for.
pub fn provider() -> Option<CryptoProvider> {
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
