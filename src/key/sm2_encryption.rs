//! SM2 encryption (GB/T 32918.4) over the arithmetic of the sm2 crate.
//!
//! It is written out here because that crate's own compares the digest byte by byte, which tells whoever measures it how
//! to forge one, does not draw again where the standard says so, and leaves the plaintext behind.

use ::sm2::elliptic_curve::Group;
use ::sm2::elliptic_curve::PrimeField;
use ::sm2::elliptic_curve::point::AffineCoordinates;
use ::sm2::{FieldBytes, ProjectivePoint, PublicKey, Scalar};
use rand_core::CryptoRng;
use sm3::{Digest, Sm3};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::limits::SM2_PLAINTEXT_BYTES;
use crate::wire::sm2_ciphertext::Sm2Ciphertext;

/// Encrypts for the key of an uncompressed point; `None` for data of another length than is taken.
pub(super) fn encrypt(point: &[u8], plaintext: &[u8], rng: &mut impl CryptoRng) -> Option<Vec<u8>> {
    let key = PublicKey::from_sec1_bytes(point).ok()?;
    if !(1..=SM2_PLAINTEXT_BYTES).contains(&plaintext.len()) {
        return None;
    }
    let mut nonce = Zeroizing::new([0; 32]);
    loop {
        rng.fill_bytes(nonce.as_mut());
        // All but some in 2^32 draws are in range.
        if let Some(ciphertext) = encrypt_with(&key, plaintext, &nonce) {
            return Some(ciphertext);
        }
    }
}

/// Steps A2 to A8 of GB/T 32918.4 section 6.1; none where the standard says to draw again.
fn encrypt_with(key: &PublicKey, plaintext: &[u8], nonce: &[u8; 32]) -> Option<Vec<u8>> {
    let k = Zeroizing::new(in_range(nonce)?);
    let c1 = ProjectivePoint::mul_by_generator(&*k).to_affine();
    let shared = Shared::new(&key.to_projective(), &k);
    let mut masked = plaintext.to_vec();
    if !shared.mask(&mut masked) {
        return None;
    }
    let digest = shared.digest(plaintext);
    let point = [c1.x(), c1.y()].concat();
    Some(Sm2Ciphertext { point, digest: &digest, masked: &masked }.to_der())
}

/// Section 7.1 of GB/T 32918.4; `None` for whatever is wrong.
pub(super) fn decrypt(scalar: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let Sm2Ciphertext { point, digest, masked } = Sm2Ciphertext::read(ciphertext).ok()?;
    if !(1..=SM2_PLAINTEXT_BYTES).contains(&masked.len()) {
        return None;
    }
    // On the curve, whose order is a prime, and not at infinity: what others choose tells nothing of the scalar.
    let c1 = PublicKey::from_sec1_bytes(&[&[4], &point[..]].concat()).ok()?;
    let scalar = Zeroizing::new(in_range(scalar.try_into().ok()?)?);
    let shared = Shared::new(&c1.to_projective(), &scalar);
    let mut plaintext = Zeroizing::new(masked.to_vec());
    let is_masked = shared.mask(&mut plaintext);
    let is_right: bool = shared.digest(&plaintext).as_slice().ct_eq(digest).into();
    (is_right & is_masked).then_some(plaintext)
}

fn in_range(bytes: &[u8; 32]) -> Option<Scalar> {
    let scalar: Scalar = Scalar::from_repr(FieldBytes::from(*bytes)).into_option()?;
    let is_zero: bool = scalar.is_zero().into();
    (!is_zero).then_some(scalar)
}

/// x and y of the point that both sides can compute.
struct Shared {
    x: Zeroizing<FieldBytes>,
    y: Zeroizing<FieldBytes>,
}

impl Shared {
    fn new(point: &ProjectivePoint, scalar: &Scalar) -> Self {
        let affine = Zeroizing::new((*point * scalar).to_affine());
        Self { x: Zeroizing::new(affine.x()), y: Zeroizing::new(affine.y()) }
    }

    /// Adds the key stream of section 5.4.3 to data, modulo 2; whether any of its bits is set.
    fn mask(&self, data: &mut [u8]) -> bool {
        let mut any = 0;
        for (counter, block) in (1_u32..).zip(data.chunks_mut(32)) {
            let hash = Sm3::new().chain_update(self.x.as_slice()).chain_update(self.y.as_slice());
            let stream = Zeroizing::new(<[u8; 32]>::from(
                hash.chain_update(counter.to_be_bytes()).finalize(),
            ));
            for (byte, mask) in block.iter_mut().zip(stream.iter()) {
                *byte ^= mask;
                any |= mask;
            }
        }
        !bool::from(any.ct_eq(&0))
    }

    /// C3.
    fn digest(&self, plaintext: &[u8]) -> [u8; 32] {
        let hash = Sm3::new().chain_update(self.x.as_slice()).chain_update(plaintext);
        hash.chain_update(self.y.as_slice()).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::sm2::tests::{SCALAR, hex};

    /// The example of GB/T 32918.5 annex C.2, nonce included.
    #[test]
    fn the_standards_example() {
        let point = super::super::sm2_crate::Secret::from_scalar(&hex(SCALAR)).unwrap().to_point();
        let key = PublicKey::from_sec1_bytes(&point).unwrap();
        let nonce = hex("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21");
        let found = encrypt_with(&key, b"encryption standard", &nonce.try_into().unwrap()).unwrap();
        let parts = Sm2Ciphertext::read(&found).unwrap();
        let point = "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73\
                     e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0";
        assert_eq!(parts.point, hex(point));
        let digest = "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766";
        assert_eq!(parts.digest, hex(digest));
        assert_eq!(parts.masked, hex("21886ca989ca9c7d58087307ca93092d651efa"));
        let raw = [&[4], &parts.point[..], parts.digest, parts.masked].concat();
        for ciphertext in [found, raw] {
            assert_eq!(**decrypt(&hex(SCALAR), &ciphertext).unwrap(), *b"encryption standard");
        }
    }
}
