//! Others judge what we write and read: OpenSSL, GnuTLS, Java, Go, and TLS stacks on whole chains.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/craft.rs"]
mod craft;
#[path = "../key_files/mod.rs"]
mod key_files;
#[path = "../openssl/mod.rs"]
mod openssl;
#[path = "../tls/provider.rs"]
mod provider;
#[path = "../common/revoked.rs"]
mod revoked;
#[path = "../tls/sides.rs"]
mod sides;
#[path = "../tls/mod.rs"]
mod tls;
#[path = "../key_files/tool.rs"]
mod tool;

mod foreign_requests;
mod golden;
mod openssl_ca;
mod openssl_issuance;
mod openssl_issuers;
mod openssl_key_encryption;
mod openssl_keys;
mod openssl_requests;
mod openssl_signatures;
mod tls_handshake;
mod tls_stacks;
