//! Keys on curves that this crate's own arithmetic works on, and their hedged nonces.

use std::sync::OnceLock;

use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::algorithm::KeyAlgorithm;
use crate::arithmetic::Arithmetic;
use crate::curves::{CurveName, Lanes, PublicKey, SecretKey, ToSign};
pub(super) use crate::curves::{Signature, Signed};

/// A point on a curve.
#[derive(Clone)]
pub(super) struct OwnPublic {
    key: PublicKey,
    /// What works on many signatures at once.
    lanes: Lanes,
}

/// A scalar of a curve; its drop wipes it.
pub(super) struct OwnSecret {
    key: SecretKey,
    curve: CurveName,
    lanes: Lanes,
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
        let key = PublicKey::from_coordinates(curve(arithmetic, algorithm)?, coordinates)?;
        Some(Self { key, lanes: lanes(arithmetic) })
    }

    /// The uncompressed SEC 1 form.
    pub(super) fn to_point(&self) -> Vec<u8> {
        let mut point = vec![4];
        point.extend_from_slice(&self.key.coordinates());
        point
    }

    pub(super) fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.key.verify(digest, r, s)
    }

    /// The same for a key of which many signatures are verified: a table of its multiples is made
    /// when that pays, and makes the rest several times as fast.
    pub(super) fn verify_often(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.key.verify_often(digest, r, s)
    }

    /// For each signature whether it is one of this key. `is_often` says that more will be asked for.
    pub(super) fn verify_many(&self, signed: &[Signed<'_>], is_often: bool) -> Vec<bool> {
        self.key.verify_many(self.lanes, signed, is_often)
    }

    /// For each signature whether it is one of the key beside it.
    pub(super) fn verify_each(signed: &[(&Self, Signed<'_>)]) -> Vec<bool> {
        let lanes = signed.first().map_or(Lanes::None, |(first, _)| first.lanes);
        let signed: Vec<_> = signed.iter().map(|(own, signed)| (&own.key, *signed)).collect();
        PublicKey::verify_each(lanes, &signed)
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
        Some(Self { key, curve, lanes: lanes(arithmetic), prefix: OnceLock::new() })
    }

    /// As [`OwnSecret::from_scalar`] for each of several scalars, which are of one length.
    pub(super) fn from_scalars(
        arithmetic: Arithmetic,
        algorithm: KeyAlgorithm,
        scalars: &[&[u8]],
    ) -> Vec<Option<Self>> {
        let Some(curve) = curve(arithmetic, algorithm) else {
            return scalars.iter().map(|_| None).collect();
        };
        let lanes = lanes(arithmetic);
        let keys = SecretKey::from_scalars(curve, lanes, scalars).into_iter();
        keys.map(|key| Some(Self { key: key?, curve, lanes, prefix: OnceLock::new() })).collect()
    }

    /// Big-endian, as long as the order.
    pub(super) fn to_scalar(&self) -> Zeroizing<Vec<u8>> {
        self.key.scalar()
    }

    pub(super) fn public(&self) -> OwnPublic {
        OwnPublic { key: self.key.public(), lanes: self.lanes }
    }

    /// r and s for each digest and its nonce, which is reduced modulo n. `None` where the nonce gives no
    /// signature.
    pub(super) fn sign_many(
        &self,
        digests: &[&[u8]],
        nonces: &[Zeroizing<Vec<u8>>],
    ) -> Vec<Option<Signature>> {
        let all: Vec<_> =
            digests.iter().zip(nonces).map(|(digest, nonce)| ToSign { digest, nonce }).collect();
        self.key.sign_many(self.lanes, &all)
    }

    /// A nonce from SHA-512 over a prefix of the key's own, random bytes and the digest: it is as good as
    /// the better of key and random numbers, and another one when anything is different. 512 bits, for
    /// P-521 1024, so that nothing is left of them modulo n.
    pub(super) fn hedged_nonce(&self, digest: &[u8], random: &[u8]) -> Zeroizing<Vec<u8>> {
        let blocks = if self.curve == CurveName::P521 { 2 } else { 1 };
        let mut nonce = Zeroizing::new(vec![0; 64 * usize::from(blocks)]);
        for (block, out) in (0..blocks).zip(nonce.chunks_exact_mut(64)) {
            let hash = Sha512::new()
                .chain_update(NONCE)
                .chain_update([self.curve as u8 + 16 * block])
                .chain_update(self.prefix())
                .chain_update(random)
                .chain_update(digest);
            if let Ok(out) = out.try_into() {
                hash.finalize_into(out);
            }
        }
        nonce
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

/// What works on many numbers at once.
fn lanes(arithmetic: Arithmetic) -> Lanes {
    match arithmetic {
        Arithmetic::Portable => Lanes::Portable,
        Arithmetic::Fastest | Arithmetic::Vectors => Lanes::fastest(),
        Arithmetic::RustCrypto | Arithmetic::Scalar => Lanes::None,
    }
}

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
