//! Others judge what we write and read: OpenSSL, GnuTLS, Java, Go, and TLS stacks on whole chains.

use certwright_tests::{common, craft, key_files, openssl, provider, revoked, sides, tls, tool};

mod foreign_requests;
mod golden;
#[cfg(feature = "openssl-ca")]
mod openssl_ca;
mod openssl_issuance;
mod openssl_issuers;
#[cfg(feature = "encrypted-keys")]
mod openssl_key_encryption;
mod openssl_keys;
mod openssl_names;
mod openssl_requests;
mod openssl_rsa_sizes;
mod openssl_signatures;
mod pki_types;
mod tls_handshake;
mod tls_stacks;
mod x509_cert;
