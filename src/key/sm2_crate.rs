//! SM2 signatures (GB/T 32918.2) by the sm2 crate, from the digest on.
//!
//! Signing is written out over its arithmetic: its `SigningKey` does not wipe the scalar, inverts
//! 1 + d for every signature, and gives up where the standard says to draw another nonce.

use ::sm2::dsa::signature::hazmat::PrehashVerifier as _;
use ::sm2::dsa::{Signature, VerifyingKey};
use ::sm2::elliptic_curve::ops::Reduce;
use ::sm2::elliptic_curve::point::AffineCoordinates;
use ::sm2::elliptic_curve::sec1::ToSec1Point;
use ::sm2::elliptic_curve::{Curve, Group, PrimeField};
use ::sm2::{FieldBytes, ProjectivePoint, PublicKey, Scalar, SecretKey, Sm2, U256};
use rfc6979::KGenerator;
use sm3::Sm3;
use zeroize::Zeroizing;

use crate::error::Error;

/// A point on sm2p256v1.
#[derive(Clone)]
pub(super) struct Public(VerifyingKey);

/// A scalar in [1, n−2] with what depends on it alone. Wiped when dropped.
pub(super) struct Secret {
    scalar: Zeroizing<Scalar>,
    /// (1 + d)⁻¹ mod n.
    inverse: Zeroizing<Scalar>,
}

impl Public {
    /// Reads a SEC 1 point: on the curve and not at infinity, or it is refused.
    pub(super) fn from_point(point: &[u8]) -> Result<Self, Error> {
        let malformed = |problem| Error::malformed("public key", "SM2", problem);
        let public = PublicKey::from_sec1_bytes(point)
            .map_err(|_| malformed("not a point on the curve sm2p256v1"))?;
        // The digest has the identifier in it.
        VerifyingKey::new("", public).map(Self).map_err(|_| malformed("no identifier"))
    }

    /// The uncompressed SEC 1 form.
    pub(super) fn to_point(&self) -> Vec<u8> {
        self.0.to_sec1_point(false).as_bytes().to_vec()
    }

    pub(super) fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        Signature::from_slice(&[r, s].concat())
            .is_ok_and(|signature| self.0.verify_prehash(digest, &signature).is_ok())
    }
}

impl Secret {
    /// A scalar from its 32 big-endian bytes: in [1, n−2] (GB/T 32918.1 section 6.1), or it is
    /// refused. With n − 1, 1 + d would have no inverse.
    pub(super) fn from_scalar(scalar: &[u8]) -> Result<Self, Error> {
        let out_of_range =
            || Error::malformed("private key", "SM2", "the scalar is not in [1, n-2]");
        let key = SecretKey::from_slice(scalar).map_err(|_| out_of_range())?;
        let scalar = Zeroizing::new(*key.to_nonzero_scalar());
        let plus_one = Zeroizing::new(*scalar + Scalar::ONE);
        let inverse = plus_one.invert().into_option().ok_or_else(out_of_range)?;
        Ok(Self { scalar, inverse: Zeroizing::new(inverse) })
    }

    pub(super) fn to_scalar(&self) -> Zeroizing<Vec<u8>> {
        let bytes = Zeroizing::new(self.scalar.to_repr());
        Zeroizing::new(bytes.to_vec())
    }

    /// The uncompressed public point.
    pub(super) fn to_point(&self) -> Vec<u8> {
        let point = ProjectivePoint::mul_by_generator(&*self.scalar).to_affine();
        point.to_sec1_point(false).as_bytes().to_vec()
    }

    /// r and s with a nonce from RFC 6979 over SM3, with `extra` as its additional data (section 3.6):
    /// empty for a deterministic nonce.
    pub(super) fn sign(&self, digest: &[u8; 32], extra: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let scalar = self.to_scalar();
        let mut nonces = Nonces::new(&scalar, digest, extra);
        loop {
            if let Some(signature) = self.sign_with(digest, &nonces.next()) {
                return signature;
            }
        }
    }

    /// Steps A4 to A7 of GB/T 32918.2 section 6.1; none where the standard says to draw again.
    fn sign_with(&self, digest: &[u8; 32], nonce: &[u8; 32]) -> Option<(Vec<u8>, Vec<u8>)> {
        let e = Scalar::reduce(&FieldBytes::from(*digest));
        let k = Zeroizing::new(Scalar::from_repr(FieldBytes::from(*nonce)).into_option()?);
        let x = ProjectivePoint::mul_by_generator(&*k).to_affine().x();
        let r = e + Scalar::reduce(&x);
        let s = *self.inverse * (*k - r * *self.scalar);
        let again = r.is_zero() | (r + *k).is_zero() | s.is_zero();
        if again.into() {
            return None;
        }
        Some((r.to_repr().to_vec(), s.to_repr().to_vec()))
    }
}

/// The nonces of RFC 6979 over SM3.
pub(super) struct Nonces(KGenerator<'static, Sm3, U256>);

impl Nonces {
    pub(super) fn new(scalar: &[u8], digest: &[u8; 32], extra: &[u8]) -> Self {
        let e = Scalar::reduce(&FieldBytes::from(*digest));
        Self(KGenerator::new(scalar, &e.to_repr(), extra, &ORDER))
    }

    pub(super) fn next(&mut self) -> Zeroizing<[u8; 32]> {
        let mut nonce = Zeroizing::new([0; 32]);
        self.0.fill_next_k(nonce.as_mut());
        nonce
    }
}

static ORDER: U256 = *Sm2::ORDER.as_ref();

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GB/T 32918.5 annex A.2, nonce included, from the digest on.
    #[test]
    fn the_standards_example() {
        use crate::key::sm2::tests::{DIGEST, NONCE, R, S, SCALAR, hex};
        let secret = Secret::from_scalar(&hex(SCALAR)).unwrap();
        let array = |text| <[u8; 32]>::try_from(hex(text)).unwrap();
        let signature = secret.sign_with(&array(DIGEST), &array(NONCE)).unwrap();
        assert_eq!(signature, (hex(R), hex(S)));
        let public = Public::from_point(&secret.to_point()).unwrap();
        assert!(public.verify(&hex(DIGEST), &hex(R), &hex(S)));
        assert!(!public.verify(&hex(NONCE), &hex(R), &hex(S)));
    }
}
