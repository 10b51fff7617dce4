//! The digests that signatures on curves are made of: of one message, or of many together.

use sha2::{Digest, Sha256, Sha384, Sha512};

#[cfg(feature = "ecc")]
use crate::algorithm::SignatureAlgorithm;
use crate::arithmetic::Arithmetic;
use crate::hashes::{Hash, Message, digest_many};

/// What ECDSA hashes with; `None` for algorithms of other families.
#[cfg(feature = "ecc")]
pub(super) fn ecdsa_hash(algorithm: SignatureAlgorithm) -> Option<Hash> {
    match algorithm {
        SignatureAlgorithm::EcdsaSha256 => Some(Hash::Sha256),
        SignatureAlgorithm::EcdsaSha384 => Some(Hash::Sha384),
        SignatureAlgorithm::EcdsaSha512 => Some(Hash::Sha512),
        _ => None,
    }
}

/// The digest of one message.
pub(super) fn digest(hash: Hash, Message { prefix, message }: &Message<'_>) -> Vec<u8> {
    match hash {
        Hash::Sha256 => chained::<Sha256>(prefix, message),
        Hash::Sha384 => chained::<Sha384>(prefix, message),
        Hash::Sha512 => chained::<Sha512>(prefix, message),
        #[cfg(feature = "sm2")]
        Hash::Sm3 => chained::<sm3::Sm3>(prefix, message),
    }
}

fn chained<D: Digest>(prefix: &[u8], message: &[u8]) -> Vec<u8> {
    D::new().chain_update(prefix).chain_update(message).finalize().to_vec()
}

/// The digest of each message, in their order.
pub(super) fn digests(
    arithmetic: Arithmetic,
    hash: Hash,
    messages: &[Message<'_>],
) -> Vec<Vec<u8>> {
    let together = digest_many(arithmetic, hash, messages);
    together
        .into_iter()
        .zip(messages)
        .map(|(done, message)| done.unwrap_or_else(|| digest(hash, message)))
        .collect()
}
