//! SM2 signatures (GB/T 32918.2) with SM3 (GB/T 32905).
//!
//! Signing is written out over the sm2 crate's arithmetic: its `SigningKey` does not wipe the
//! scalar, inverts 1 + d for every signature, and gives up where the standard says to draw another
//! nonce.

use ::sm2::dsa::signature::Verifier as _;
use ::sm2::dsa::{Signature, VerifyingKey};
use ::sm2::elliptic_curve::ops::Reduce;
use ::sm2::elliptic_curve::point::AffineCoordinates;
use ::sm2::elliptic_curve::sec1::ToSec1Point;
use ::sm2::elliptic_curve::{Curve, Generate, Group, PrimeField};
use ::sm2::{FieldBytes, ProjectivePoint, PublicKey, Scalar, SecretKey, Sm2, U256};
use rand_core::CryptoRng;
use rfc6979::KGenerator;
use sm3::{Digest, Sm3};
use zeroize::Zeroizing;

use super::sm2_id::Sm2Id;
use crate::error::Error;
use crate::wire::signature::{encode_pair, fixed_width, read_pair};

/// Octets of a scalar or coordinate.
const WIDTH: usize = 32;

/// A point on sm2p256v1 and the digest of its identifier.
#[derive(Clone)]
pub(super) struct Public {
    key: VerifyingKey,
    /// ZA of GB/T 32918.2 section 5.5.
    identity: [u8; 32],
}

/// A scalar in [1, n−2] with what depends on it alone. Wiped when dropped.
pub(super) struct Secret {
    scalar: Zeroizing<Scalar>,
    /// (1 + d)⁻¹ mod n.
    inverse: Zeroizing<Scalar>,
}

impl Public {
    /// Reads a SEC 1 point: on the curve and not at infinity, or it is refused.
    pub(super) fn from_point(point: &[u8], id: &Sm2Id) -> Result<Self, Error> {
        let malformed = |problem| Error::malformed("public key", "SM2_256", problem);
        let public = PublicKey::from_sec1_bytes(point)
            .map_err(|_| malformed("not a point on the curve sm2p256v1"))?;
        let identity = identity(&public, id.as_str());
        let key = VerifyingKey::new(id.as_str(), public)
            .map_err(|_| malformed("the identifier is too long"))?;
        Ok(Self { key, identity })
    }

    /// The uncompressed SEC 1 form.
    pub(super) fn to_point(&self) -> Vec<u8> {
        self.key.to_sec1_point(false).as_bytes().to_vec()
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok((r, s)) = read_pair(signature, WIDTH) else {
            return false;
        };
        Signature::from_slice(&[r, s].concat())
            .is_ok_and(|signature| self.key.verify(message, &signature).is_ok())
    }

    /// e of GB/T 32918.2 section 6.1, steps A1 and A2.
    fn digest(&self, message: &[u8]) -> [u8; 32] {
        Sm3::new().chain_update(self.identity).chain_update(message).finalize().into()
    }
}

impl Secret {
    pub(super) fn generate(rng: &mut impl CryptoRng) -> Self {
        loop {
            // All but two in 2^256 draws are in range.
            let key = SecretKey::generate_from_rng(rng);
            let octets = Zeroizing::new(key.to_bytes());
            if let Ok(secret) = Self::from_scalar(&octets) {
                return secret;
            }
        }
    }

    /// A scalar from its big-endian octets: in [1, n−2] (GB/T 32918.1 section 6.1), or it is
    /// refused. With n − 1, 1 + d would have no inverse.
    pub(super) fn from_scalar(scalar: &[u8]) -> Result<Self, Error> {
        let out_of_range =
            || Error::malformed("private key", "SM2_256", "the scalar is not in [1, n-2]");
        let significant = scalar.iter().position(|octet| *octet != 0).unwrap_or(scalar.len());
        let octets = fixed_width(scalar.get(significant..).unwrap_or(scalar), WIDTH)?;
        let key = SecretKey::from_slice(&Zeroizing::new(octets)).map_err(|_| out_of_range())?;
        let scalar = Zeroizing::new(*key.to_nonzero_scalar());
        let plus_one = Zeroizing::new(*scalar + Scalar::ONE);
        let inverse = plus_one.invert().into_option().ok_or_else(out_of_range)?;
        Ok(Self { scalar, inverse: Zeroizing::new(inverse) })
    }

    pub(super) fn to_scalar(&self) -> Zeroizing<Vec<u8>> {
        let octets = Zeroizing::new(self.scalar.to_repr());
        Zeroizing::new(octets.to_vec())
    }

    /// The uncompressed public point.
    pub(super) fn to_point(&self) -> Vec<u8> {
        let point = ProjectivePoint::mul_by_generator(&*self.scalar).to_affine();
        point.to_sec1_point(false).as_bytes().to_vec()
    }

    /// Signs with a nonce from RFC 6979 over SM3, with `extra` as its additional data (section 3.6):
    /// empty for a deterministic nonce.
    pub(super) fn sign(&self, public: &Public, message: &[u8], extra: &[u8]) -> Vec<u8> {
        let digest = public.digest(message);
        let e = Scalar::reduce(&FieldBytes::from(digest));
        let octets = Zeroizing::new(self.scalar.to_repr());
        let order = Sm2::ORDER;
        let mut nonces = KGenerator::<Sm3, U256>::new(&octets, &e.to_repr(), extra, order.as_ref());
        let mut nonce = Zeroizing::new(FieldBytes::default());
        loop {
            nonces.fill_next_k(&mut nonce);
            if let Some(signature) = self.sign_with(e, &nonce) {
                return signature;
            }
        }
    }

    /// Steps A4 to A7 of GB/T 32918.2 section 6.1; none where the standard says to draw again.
    fn sign_with(&self, e: Scalar, nonce: &FieldBytes) -> Option<Vec<u8>> {
        let k = Zeroizing::new(Scalar::from_repr(*nonce).into_option()?);
        let x = ProjectivePoint::mul_by_generator(&*k).to_affine().x();
        let r = e + Scalar::reduce(&x);
        let s = *self.inverse * (*k - r * *self.scalar);
        let again = r.is_zero() | (r + *k).is_zero() | s.is_zero();
        if again.into() {
            return None;
        }
        Some(encode_pair(&r.to_repr(), &s.to_repr()))
    }
}

/// ZA = SM3(ENTL ‖ ID ‖ a ‖ b ‖ xG ‖ yG ‖ xA ‖ yA), GB/T 32918.2 section 5.5.
fn identity(public: &PublicKey, id: &str) -> [u8; 32] {
    // a, b, xG and yG of GB/T 32918.5.
    const CURVE: [u8; 128] = curve_parameters();
    let point = public.to_sec1_point(false);
    // The identifier has at most 8191 octets, so its bits fit.
    let bits = (id.len() as u16).wrapping_mul(8);
    Sm3::new()
        .chain_update(bits.to_be_bytes())
        .chain_update(id.as_bytes())
        .chain_update(CURVE)
        .chain_update(point.as_bytes().get(1..).unwrap_or_default())
        .finalize()
        .into()
}

const fn curve_parameters() -> [u8; 128] {
    const HEX: &[u8; 256] = b"fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc\
28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93\
32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7\
bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0";
    let mut octets = [0; 128];
    let mut at = 0;
    #[allow(clippy::indexing_slicing)] // evaluated by the compiler, which checks the bounds
    while at < 128 {
        octets[at] = digit(HEX[2 * at]) << 4 | digit(HEX[2 * at + 1]);
        at += 1;
    }
    octets
}

const fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        _ => character - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
    }

    /// The example of GB/T 32918.5 annex A.2, nonce included.
    #[test]
    fn the_standards_example() {
        let secret = Secret::from_scalar(&hex(
            "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8",
        ))
        .unwrap();
        let point = secret.to_point();
        let expected = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                        ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
        assert_eq!(point, hex(expected));
        let public = Public::from_point(&point, &Sm2Id::default()).unwrap();
        let za = "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3";
        assert_eq!(public.identity.to_vec(), hex(za));
        let digest = public.digest(b"message digest");
        assert_eq!(
            digest.to_vec(),
            hex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640")
        );
        let nonce = hex("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21");
        let nonce = FieldBytes::try_from(nonce.as_slice()).unwrap();
        let e = Scalar::reduce(&FieldBytes::from(digest));
        let signature = secret.sign_with(e, &nonce).unwrap();
        let r = hex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3");
        let s = hex("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
        assert_eq!(signature, encode_pair(&r, &s));
        assert!(public.verify(b"message digest", &signature));
        assert!(!public.verify(b"message digesu", &signature));
    }

    #[test]
    fn scalars_end_at_n_minus_2() {
        let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d541";
        assert!(Secret::from_scalar(&hex(&format!("{order}21"))).is_ok(), "n-2");
        for last in ["22", "23", "24"] {
            assert!(Secret::from_scalar(&hex(&format!("{order}{last}"))).is_err(), "{last}");
        }
        assert!(Secret::from_scalar(&[0; 32]).is_err());
        assert!(Secret::from_scalar(&[1]).is_ok());
        assert!(Secret::from_scalar(&[1; 33]).is_err());
    }
}
