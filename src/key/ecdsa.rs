//! ECDSA over P-256, P-384 and P-521 (FIPS 186-5), with hedged RFC 6979 nonces.

use ::ecdsa::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use ::ecdsa::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, Generate};
use ::ecdsa::hazmat::{sign_prehashed_rfc6979, verify_prehashed};
use ::ecdsa::{EcdsaCurve, Signature, SigningKey};
use p256::NistP256;
use p384::NistP384;
use p521::NistP521;
use rand_core::CryptoRng;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm};
use crate::error::Error;
use crate::wire::signature::{encode_pair, fixed_width, read_pair};

/// A point on a curve.
#[derive(Clone)]
pub(super) enum Public {
    P256(::ecdsa::elliptic_curve::PublicKey<NistP256>),
    P384(::ecdsa::elliptic_curve::PublicKey<NistP384>),
    P521(::ecdsa::elliptic_curve::PublicKey<NistP521>),
}

/// A scalar of a curve; its drop wipes it. Each stands in a box of its own size: in an enum of all
/// three, the octets that a shorter one does not use would carry whatever the stack held, a copy of
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

    pub(super) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let digest = digest(algorithm, message);
        each!(Self, self, key => verify_on(key, &digest, signature))
    }
}

impl Secret {
    pub(super) fn generate(algorithm: KeyAlgorithm, rng: &mut impl CryptoRng) -> Option<Self> {
        match algorithm {
            KeyAlgorithm::EcdsaP256 => {
                Some(Self::P256(Box::new(SigningKey::generate_from_rng(rng))))
            }
            KeyAlgorithm::EcdsaP384 => {
                Some(Self::P384(Box::new(SigningKey::generate_from_rng(rng))))
            }
            KeyAlgorithm::EcdsaP521 => {
                Some(Self::P521(Box::new(SigningKey::generate_from_rng(rng))))
            }
            _ => None,
        }
    }

    /// A scalar from its big-endian octets: in [1, n−1], or it is refused.
    pub(super) fn from_scalar(algorithm: KeyAlgorithm, scalar: &[u8]) -> Result<Self, Error> {
        let width = (algorithm.bits() as usize).div_ceil(8);
        let significant = scalar.iter().position(|octet| *octet != 0).unwrap_or(scalar.len());
        let scalar =
            Zeroizing::new(fixed_width(scalar.get(significant..).unwrap_or(scalar), width)?);
        let key = match algorithm {
            KeyAlgorithm::EcdsaP256 => {
                SigningKey::from_slice(&scalar).map(Box::new).map(Self::P256)
            }
            KeyAlgorithm::EcdsaP384 => {
                SigningKey::from_slice(&scalar).map(Box::new).map(Self::P384)
            }
            KeyAlgorithm::EcdsaP521 => {
                SigningKey::from_slice(&scalar).map(Box::new).map(Self::P521)
            }
            other => {
                return Err(Error::unsupported("curve", other.to_string(), "NIST curves"));
            }
        };
        key.map_err(|_| {
            Error::malformed("private key", algorithm.to_string(), "the scalar is not in [1, n-1]")
        })
    }

    pub(super) fn to_scalar(&self) -> Zeroizing<Vec<u8>> {
        each!(Self, self, key => {
            let octets = Zeroizing::new(key.to_bytes());
            Zeroizing::new(octets.to_vec())
        })
    }

    pub(super) fn public(&self) -> Public {
        match self {
            Self::P256(key) => Public::P256(key.verifying_key().into()),
            Self::P384(key) => Public::P384(key.verifying_key().into()),
            Self::P521(key) => Public::P521(key.verifying_key().into()),
        }
    }

    /// Signs with a nonce from RFC 6979, over the algorithm's own hash, with `extra` as its
    /// additional data k' (section 3.6): empty for a deterministic nonce.
    pub(super) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        extra: &[u8],
    ) -> Vec<u8> {
        let digest = digest(algorithm, message);
        each!(Self, self, key => sign_on(key, algorithm, &digest, extra))
    }
}

fn sign_on<C>(
    key: &SigningKey<C>,
    algorithm: SignatureAlgorithm,
    digest: &[u8],
    extra: &[u8],
) -> Vec<u8>
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
    encode_pair(&r, &s)
}

fn verify_on<C>(
    key: &::ecdsa::elliptic_curve::PublicKey<C>,
    digest: &[u8],
    signature: &[u8],
) -> bool
where
    C: EcdsaCurve + CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let width = FieldBytes::<C>::default().len();
    let Ok((r, s)) = read_pair(signature, width) else {
        return false;
    };
    let (Ok(r), Ok(s)) =
        (FieldBytes::<C>::try_from(r.as_slice()), FieldBytes::<C>::try_from(s.as_slice()))
    else {
        return false;
    };
    Signature::<C>::from_scalars(r, s)
        .is_ok_and(|signature| verify_prehashed(&key.to_projective(), digest, &signature).is_ok())
}

/// The digest of a message. Algorithms of other families do not come here.
fn digest(algorithm: SignatureAlgorithm, message: &[u8]) -> Vec<u8> {
    match algorithm {
        SignatureAlgorithm::EcdsaSha384 => Sha384::digest(message).to_vec(),
        SignatureAlgorithm::EcdsaSha512 => Sha512::digest(message).to_vec(),
        _ => Sha256::digest(message).to_vec(),
    }
}
