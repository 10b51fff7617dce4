//! Keys on curves that this crate's own arithmetic works on, and their hedged nonces.

use std::sync::OnceLock;

use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::algorithm::KeyAlgorithm;
use crate::arithmetic::Arithmetic;
use crate::curves::{CurveName, PublicKey, SecretKey, Signature};

/// A point on a curve.
#[derive(Clone)]
pub(super) struct OwnPublic(PublicKey);

/// A scalar of a curve; its drop wipes it.
pub(super) struct OwnSecret {
    key: SecretKey,
    curve: CurveName,
    /// What this key's nonces have from it beside random bytes. Computed when it is used first, in a
    /// place of its own: room for it here would hold until then whatever the stack had on which the key
    /// was put together.
    prefix: OnceLock<Box<Zeroizing<[u8; 32]>>>,
}

impl OwnPublic {
    /// Reads an uncompressed SEC 1 point; `None` where it is none on the curve, of another form, or
    /// the RustCrypto crates are to work.
    pub(super) fn from_point(
        arithmetic: Arithmetic,
        algorithm: KeyAlgorithm,
        point: &[u8],
    ) -> Option<Self> {
        let coordinates = point.strip_prefix(&[4])?;
        PublicKey::from_coordinates(curve(arithmetic, algorithm)?, coordinates).map(Self)
    }

    /// The uncompressed SEC 1 form.
    pub(super) fn to_point(&self) -> Vec<u8> {
        let mut point = vec![4];
        point.extend_from_slice(&self.0.coordinates());
        point
    }

    pub(super) fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.0.verify(digest, r, s)
    }

    /// The same for a key of which many signatures are verified: a table of its multiples is made
    /// when that pays, and makes the rest several times as fast.
    pub(super) fn verify_often(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.0.verify_often(digest, r, s)
    }
}

impl OwnSecret {
    /// From a big-endian scalar; `None` where it is out of range, among the few of which the
    /// arithmetic cannot compute the point, or the RustCrypto crates are to work.
    pub(super) fn from_scalar(
        arithmetic: Arithmetic,
        algorithm: KeyAlgorithm,
        scalar: &[u8],
    ) -> Option<Self> {
        let curve = curve(arithmetic, algorithm)?;
        let key = SecretKey::from_scalar(curve, scalar)?;
        Some(Self { key, curve, prefix: OnceLock::new() })
    }

    /// Big-endian, as long as the order.
    pub(super) fn to_scalar(&self) -> Zeroizing<Vec<u8>> {
        self.key.scalar()
    }

    pub(super) fn public(&self) -> OwnPublic {
        OwnPublic(self.key.public())
    }

    /// r and s for a digest and a nonce, which is reduced modulo n. `None` where the nonce gives no
    /// signature.
    pub(super) fn sign(&self, digest: &[u8], nonce: &[u8]) -> Option<Signature> {
        self.key.sign(digest, nonce)
    }

    /// As [`OwnSecret::sign`] with a nonce from SHA-512 over a prefix of the key's own, random bytes
    /// and the digest: it is as good as the better of key and random numbers, and another one when
    /// anything is different. 512 bits, for P-521 1024, so that nothing is left of them modulo n.
    pub(super) fn sign_hedged(&self, digest: &[u8], random: &[u8]) -> Option<Signature> {
        let blocks = if self.curve == CurveName::P521 { 2 } else { 1 };
        let mut nonce = Zeroizing::new([[0; 64]; 2]);
        for (block, out) in (0..blocks).zip(nonce.iter_mut()) {
            let hash = Sha512::new()
                .chain_update(NONCE)
                .chain_update([self.curve as u8 + 16 * block])
                .chain_update(self.prefix())
                .chain_update(random)
                .chain_update(digest);
            hash.finalize_into(out.into());
        }
        self.sign(digest, nonce.as_flattened().get(..64 * usize::from(blocks))?)
    }

    fn prefix(&self) -> &[u8; 32] {
        self.prefix.get_or_init(|| {
            let hash = Sha512::new()
                .chain_update(PREFIX)
                .chain_update([self.curve as u8])
                .chain_update(&*self.to_scalar());
            let mut whole = Zeroizing::new([0; 64]);
            hash.finalize_into((&mut *whole).into());
            let mut prefix = Box::new(Zeroizing::new([0; 32]));
            prefix.iter_mut().zip(whole.iter()).for_each(|(byte, value)| *byte = *value);
            prefix
        })
    }

    /// A key whose signatures are wrong.
    #[cfg(test)]
    pub(super) fn with_fault(mut self, fault: crate::curves::Fault) -> Self {
        self.key = self.key.with_fault(fault);
        self
    }
}

/// What is hashed first. With one byte for the curve, a prefix, 32 random bytes and a digest of 32,
/// one block of SHA-512 holds all of it.
const NONCE: &[u8; 14] = b"certwright k 1";
const PREFIX: &[u8; 14] = b"certwright p 1";

/// The curve of an algorithm; `None` for RSA, and where the RustCrypto crates are to work.
fn curve(arithmetic: Arithmetic, algorithm: KeyAlgorithm) -> Option<CurveName> {
    if !arithmetic.is_own_on_curves() {
        return None;
    }
    match algorithm {
        KeyAlgorithm::EcdsaP256 => Some(CurveName::P256),
        KeyAlgorithm::EcdsaP384 => Some(CurveName::P384),
        KeyAlgorithm::EcdsaP521 => Some(CurveName::P521),
        KeyAlgorithm::Sm2 => Some(CurveName::Sm2),
        _ => None,
    }
}
