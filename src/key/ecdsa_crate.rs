//! ECDSA by the RustCrypto crates, with RFC 6979 nonces.

use ::ecdsa::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use ::ecdsa::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize};
use ::ecdsa::hazmat::{sign_prehashed_rfc6979, verify_prehashed};
use ::ecdsa::{EcdsaCurve, Signature, SigningKey};
use p256::NistP256;
use p384::NistP384;
use p521::NistP521;
use rfc6979::KGenerator;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm};
use crate::error::Error;

/// A point on a curve.
#[derive(Clone)]
pub(super) enum Public {
    P256(::ecdsa::elliptic_curve::PublicKey<NistP256>),
    P384(::ecdsa::elliptic_curve::PublicKey<NistP384>),
    P521(::ecdsa::elliptic_curve::PublicKey<NistP521>),
}

/// A scalar of a curve; its drop wipes it. Each stands in a box of its own size: in an enum of all
/// three, the bytes that a shorter one does not use would carry whatever the stack held, a copy of
/// the scalar for one, and nobody would wipe them.
pub(super) enum Secret {
    P256(Box<SigningKey<NistP256>>),
    P384(Box<SigningKey<NistP384>>),
    P521(Box<SigningKey<NistP521>>),
}

/// Runs the same expression for each curve.
macro_rules! each {
    ($type:ident, $value:expr, $key:ident => $body:expr) => {
        match $value {
            $type::P256($key) => $body,
            $type::P384($key) => $body,
            $type::P521($key) => $body,
        }
    };
}

impl Public {
    /// Reads a SEC 1 point: on the curve and not at infinity, or it is refused.
    pub(super) fn from_point(algorithm: KeyAlgorithm, point: &[u8]) -> Result<Self, Error> {
        use ::ecdsa::elliptic_curve::PublicKey;
        let key = match algorithm {
            KeyAlgorithm::EcdsaP256 => PublicKey::from_sec1_bytes(point).map(Self::P256),
            KeyAlgorithm::EcdsaP384 => PublicKey::from_sec1_bytes(point).map(Self::P384),
            KeyAlgorithm::EcdsaP521 => PublicKey::from_sec1_bytes(point).map(Self::P521),
            other => {
                return Err(Error::unsupported("curve", other.to_string(), "NIST curves"));
            }
        };
        key.map_err(|_| {
            Error::malformed("public key", algorithm.to_string(), "not a point on the curve")
        })
    }

    /// The uncompressed SEC 1 form.
    pub(super) fn to_point(&self) -> Vec<u8> {
        each!(Self, self, key => key.to_sec1_point(false).as_bytes().to_vec())
    }

    pub(super) fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        each!(Self, self, key => verify_on(key, digest, r, s))
    }
}

impl Secret {
    /// A scalar from its big-endian bytes, as many as the order has: in [1, n−1], or it is refused.
    pub(super) fn from_scalar(algorithm: KeyAlgorithm, scalar: &[u8]) -> Result<Self, Error> {
        let key = match algorithm {
            KeyAlgorithm::EcdsaP256 => SigningKey::from_slice(scalar).map(Box::new).map(Self::P256),
            KeyAlgorithm::EcdsaP384 => SigningKey::from_slice(scalar).map(Box::new).map(Self::P384),
            KeyAlgorithm::EcdsaP521 => SigningKey::from_slice(scalar).map(Box::new).map(Self::P521),
            other => {
                return Err(Error::unsupported("curve", other.to_string(), "NIST curves"));
            }
        };
        key.map_err(|_| {
            Error::malformed("private key", algorithm.to_string(), "the scalar is not in [1, n-1]")
        })
    }

    pub(super) fn public(&self) -> Public {
        match self {
            Self::P256(key) => Public::P256(key.verifying_key().into()),
            Self::P384(key) => Public::P384(key.verifying_key().into()),
            Self::P521(key) => Public::P521(key.verifying_key().into()),
        }
    }

    /// r and s with a nonce from RFC 6979, over the algorithm's own hash, with `extra` as its
    /// additional data k' (section 3.6): empty for a deterministic nonce.
    pub(super) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
        extra: &[u8],
    ) -> (Vec<u8>, Vec<u8>) {
        each!(Self, self, key => sign_on(key, algorithm, digest, extra))
    }
}

/// The first deterministic nonce of RFC 6979 for a scalar of the curve and a digest.
pub(super) fn deterministic_nonce(
    key: KeyAlgorithm,
    algorithm: SignatureAlgorithm,
    scalar: &[u8],
    digest: &[u8],
) -> Zeroizing<Vec<u8>> {
    match key {
        KeyAlgorithm::EcdsaP384 => nonce_on::<NistP384>(algorithm, scalar, digest),
        KeyAlgorithm::EcdsaP521 => nonce_on::<NistP521>(algorithm, scalar, digest),
        _ => nonce_on::<NistP256>(algorithm, scalar, digest),
    }
}

fn nonce_on<C: EcdsaCurve + CurveArithmetic>(
    algorithm: SignatureAlgorithm,
    scalar: &[u8],
    digest: &[u8],
) -> Zeroizing<Vec<u8>> {
    let mut nonce = Zeroizing::new(vec![0; FieldBytes::<C>::default().len()]);
    let order = C::ORDER;
    let order: &C::Uint = order.as_ref();
    match algorithm {
        SignatureAlgorithm::EcdsaSha384 => {
            KGenerator::<Sha384, C::Uint>::new(scalar, digest, &[], order).fill_next_k(&mut nonce);
        }
        SignatureAlgorithm::EcdsaSha512 => {
            KGenerator::<Sha512, C::Uint>::new(scalar, digest, &[], order).fill_next_k(&mut nonce);
        }
        _ => KGenerator::<Sha256, C::Uint>::new(scalar, digest, &[], order).fill_next_k(&mut nonce),
    }
    nonce
}

fn sign_on<C>(
    key: &SigningKey<C>,
    algorithm: SignatureAlgorithm,
    digest: &[u8],
    extra: &[u8],
) -> (Vec<u8>, Vec<u8>)
where
    C: EcdsaCurve + CurveArithmetic,
{
    let scalar = key.as_nonzero_scalar();
    let (signature, _) = match algorithm {
        SignatureAlgorithm::EcdsaSha384 => {
            sign_prehashed_rfc6979::<C, Sha384>(scalar, digest, extra)
        }
        SignatureAlgorithm::EcdsaSha512 => {
            sign_prehashed_rfc6979::<C, Sha512>(scalar, digest, extra)
        }
        _ => sign_prehashed_rfc6979::<C, Sha256>(scalar, digest, extra),
    };
    let (r, s) = signature.split_bytes();
    (r.to_vec(), s.to_vec())
}

fn verify_on<C>(
    key: &::ecdsa::elliptic_curve::PublicKey<C>,
    digest: &[u8],
    r: &[u8],
    s: &[u8],
) -> bool
where
    C: EcdsaCurve + CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let (Ok(r), Ok(s)) = (FieldBytes::<C>::try_from(r), FieldBytes::<C>::try_from(s)) else {
        return false;
    };
    Signature::<C>::from_scalars(r, s)
        .is_ok_and(|signature| verify_prehashed(&key.to_projective(), digest, &signature).is_ok())
}
