//! Digests that are not part of a signature: fingerprints and key identifiers.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::profile::KeyIdentifierMethod;

/// SHA-256 of a whole certificate.
pub(crate) fn fingerprint(der: &[u8]) -> [u8; 32] {
    Sha256::digest(der).into()
}

/// The identifier of a key from the content of its BIT STRING.
pub(crate) fn key_identifier(method: KeyIdentifierMethod, key: &[u8]) -> Vec<u8> {
    match method {
        // An identifier, not a signature: nothing rests on SHA-1's collision resistance here.
        KeyIdentifierMethod::Rfc5280Method1 => Sha1::digest(key).to_vec(),
        KeyIdentifierMethod::Rfc7093Method1 => {
            Sha256::digest(key).iter().take(20).copied().collect()
        }
    }
}
