//! ECDSA over P-256, P-384 and P-521 (FIPS 186-5), with hedged or RFC 6979 nonces.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::ecdsa_crate::{self as by_crate, deterministic_nonce};
use super::own::{OwnPublic, OwnSecret};
use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm};
use crate::arithmetic::Arithmetic;
use crate::error::Error;
use crate::wire::signature::{encode_pair, fixed_width, read_pair};

/// A point on a curve, by whose arithmetic works on it.
#[derive(Clone)]
pub(super) enum Public {
    Crate(by_crate::Public),
    Own(OwnPublic),
}

/// A scalar of a curve; its drop wipes it.
pub(super) struct Secret {
    algorithm: KeyAlgorithm,
    pub(super) scalar: Scalar,
}

pub(super) enum Scalar {
    Crate(by_crate::Secret, Zeroizing<Vec<u8>>),
    Own(OwnSecret),
}

impl Public {
    /// Reads a SEC 1 point: on the curve and not at infinity, or it is refused.
    pub(super) fn from_point(
        arithmetic: Arithmetic,
        algorithm: KeyAlgorithm,
        point: &[u8],
    ) -> Result<Self, Error> {
        if let Some(own) = OwnPublic::from_point(arithmetic, algorithm, point) {
            return Ok(Self::Own(own));
        }
        // It may be compressed.
        let key = by_crate::Public::from_point(algorithm, point)?;
        Ok(OwnPublic::from_point(arithmetic, algorithm, &key.to_point())
            .map_or(Self::Crate(key), Self::Own))
    }

    /// The uncompressed SEC 1 form.
    pub(super) fn to_point(&self) -> Vec<u8> {
        match self {
            Self::Crate(key) => key.to_point(),
            Self::Own(key) => key.to_point(),
        }
    }

    /// Whether this crate's own arithmetic works on it.
    pub(super) fn own(&self) -> Option<&OwnPublic> {
        match self {
            Self::Crate(_) => None,
            Self::Own(key) => Some(key),
        }
    }

    /// `is_often` says that many signatures of this key are verified.
    pub(super) fn verify(
        &self,
        key: KeyAlgorithm,
        digest: &[u8],
        signature: &[u8],
        is_often: bool,
    ) -> bool {
        let Ok((r, s)) = read_pair(signature, width(key)) else {
            return false;
        };
        match self {
            Self::Crate(key) => key.verify(digest, &r, &s),
            Self::Own(key) if is_often => key.verify_often(digest, &r, &s),
            Self::Own(key) => key.verify(digest, &r, &s),
        }
    }
}

impl Secret {
    /// A scalar drawn at random: as many bytes as the order has, until they are in [1, n−1]
    /// (FIPS 186-5 A.2.2). `None` for other families.
    pub(super) fn generate(
        arithmetic: Arithmetic,
        algorithm: KeyAlgorithm,
        rng: &mut impl CryptoRng,
    ) -> Option<Self> {
        let nist = [KeyAlgorithm::EcdsaP256, KeyAlgorithm::EcdsaP384, KeyAlgorithm::EcdsaP521];
        if !nist.contains(&algorithm) {
            return None;
        }
        let mut scalar = Zeroizing::new(vec![0; width(algorithm)]);
        loop {
            draw(algorithm, rng, &mut scalar);
            if let Ok(secret) = Self::from_scalar(arithmetic, algorithm, &scalar) {
                return Some(secret);
            }
        }
    }

    /// The same for many; as many as the scalars have room for. `None` for other families.
    pub(super) fn generate_many(
        arithmetic: Arithmetic,
        algorithm: KeyAlgorithm,
        count: usize,
        rng: &mut impl CryptoRng,
    ) -> Option<Vec<Self>> {
        let mut scalars = Zeroizing::new(vec![0; count.saturating_mul(width(algorithm))]);
        for scalar in scalars.chunks_exact_mut(width(algorithm)) {
            draw(algorithm, rng, scalar);
        }
        let all: Vec<&[u8]> = scalars.chunks_exact(width(algorithm)).collect();
        let made = OwnSecret::from_scalars(arithmetic, algorithm, &all).into_iter();
        made.map(|own| match own {
            Some(own) => Some(Self { algorithm, scalar: Scalar::Own(own) }),
            // Out of range, or not for this arithmetic.
            None => Self::generate(arithmetic, algorithm, rng),
        })
        .collect()
    }

    /// A scalar from its big-endian bytes: in [1, n−1], or it is refused.
    pub(super) fn from_scalar(
        arithmetic: Arithmetic,
        algorithm: KeyAlgorithm,
        scalar: &[u8],
    ) -> Result<Self, Error> {
        let significant = scalar.iter().position(|byte| *byte != 0).unwrap_or(scalar.len());
        let significant = scalar.get(significant..).unwrap_or(scalar);
        let bytes = Zeroizing::new(fixed_width(
            "private key",
            "privateKey",
            significant,
            width(algorithm),
        )?);
        let scalar = match OwnSecret::from_scalar(arithmetic, algorithm, &bytes) {
            Some(own) => Scalar::Own(own),
            None => Scalar::Crate(by_crate::Secret::from_scalar(algorithm, &bytes)?, bytes),
        };
        Ok(Self { algorithm, scalar })
    }

    pub(super) fn to_scalar(&self) -> Zeroizing<Vec<u8>> {
        match &self.scalar {
            Scalar::Crate(_, bytes) => bytes.clone(),
            Scalar::Own(own) => own.to_scalar(),
        }
    }

    pub(super) fn public(&self) -> Public {
        match &self.scalar {
            Scalar::Crate(key, _) => Public::Crate(key.public()),
            Scalar::Own(own) => Public::Own(own.public()),
        }
    }

    /// A key whose signatures are wrong.
    #[cfg(all(test, feature = "fast-arithmetic"))]
    pub(super) fn with_fault(mut self, fault: crate::curves::Fault) -> Self {
        if let Scalar::Own(own) = self.scalar {
            self.scalar = Scalar::Own(own.with_fault(fault));
        }
        self
    }

    /// Whether this crate's own arithmetic works on it.
    pub(super) fn is_own(&self) -> bool {
        matches!(self.scalar, Scalar::Own(_))
    }

    /// Signs each digest with a nonce hedged with the extra bytes beside it, or with the one of RFC 6979
    /// where there are none.
    pub(super) fn sign_many(
        &self,
        algorithm: SignatureAlgorithm,
        digests: &[&[u8]],
        extras: &[&[u8]],
    ) -> Vec<Result<Vec<u8>, Error>> {
        let all = digests.iter().zip(extras);
        let Scalar::Own(own) = &self.scalar else {
            return all
                .map(|(digest, extra)| self.sign_by_crate(algorithm, digest, extra))
                .collect();
        };
        let nonce = |(digest, extra): (&&[u8], &&[u8])| {
            if extra.is_empty() {
                deterministic_nonce(self.algorithm, algorithm, &own.to_scalar(), digest)
            } else {
                own.hedged_nonce(digest, extra)
            }
        };
        let nonces: Vec<_> = all.clone().map(nonce).collect();
        let signed = own.sign_many(digests, &nonces).into_iter();
        signed
            .zip(all)
            .map(|(signature, (digest, extra))| match signature {
                Some(signature) => {
                    Arithmetic::count_on_curves();
                    Ok(encode_pair(&signature.r, &signature.s))
                }
                None => self.sign_by_crate(algorithm, digest, extra),
            })
            .collect()
    }

    /// The same by the RustCrypto crates, which hedge after RFC 6979 section 3.6.
    pub(super) fn sign_by_crate(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
        extra: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let (r, s) = match &self.scalar {
            Scalar::Crate(key, _) => key.sign(algorithm, digest, extra),
            Scalar::Own(own) => {
                let key = by_crate::Secret::from_scalar(self.algorithm, &own.to_scalar())?;
                key.sign(algorithm, digest, extra)
            }
        };
        Arithmetic::count_elsewhere(1);
        Ok(encode_pair(&r, &s))
    }
}

/// As many random bits as the order has.
fn draw(algorithm: KeyAlgorithm, rng: &mut impl CryptoRng, scalar: &mut [u8]) {
    rng.fill_bytes(scalar);
    // The bits that the order does not have: 7 of P-521's first byte.
    let unused = (8 * scalar.len() as u32).saturating_sub(algorithm.bits());
    scalar.iter_mut().take(1).for_each(|first| *first &= 0xff >> unused);
}

/// Bytes of a scalar or coordinate.
pub(super) fn width(algorithm: KeyAlgorithm) -> usize {
    (algorithm.bits() as usize).div_ceil(8)
}
