//! OpenSSL and the file `key.pem`.

use certwright::{KeyPair, Signer};
use tempfile::TempDir;

use crate::common::{Answer, openssl};

/// Makes `key.pem`.
pub fn generate(folder: &TempDir, options: &[&str]) {
    run(folder, &[&["genpkey", "-out", "key.pem"], options].concat());
}

#[track_caller]
pub fn run(folder: &TempDir, arguments: &[&str]) -> Answer {
    openssl(folder.path(), arguments).expect_success()
}

/// The key is that of `key.pem`: OpenSSL finds the same public key, and verifies what it signs.
#[track_caller]
pub fn assert_same(folder: &TempDir, key: &KeyPair) {
    let public = run(folder, &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER"]);
    assert_eq!(public.stdout, key.public_key().to_der());
    let signature = key.sign(b"message").unwrap();
    key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
}
