//! SM2 signatures (GB/T 32918.2) with SM3 (GB/T 32905), with hedged or RFC 6979 nonces.

use std::sync::OnceLock;

use rand_core::CryptoRng;
use sm3::{Digest, Sm3};
use zeroize::Zeroizing;

use super::own::{OwnPublic, OwnSecret};
use super::sm2_crate::{self as by_crate, Nonces};
use super::sm2_id::Sm2Id;
use crate::algorithm::KeyAlgorithm;
use crate::arithmetic::Arithmetic;
use crate::error::Error;
use crate::hashes::Message;
use crate::wire::signature::{encode_pair, fixed_width, read_pair};

/// Bytes of a scalar or coordinate.
pub(super) const WIDTH: usize = 32;

/// A point on sm2p256v1 and its identifier.
#[derive(Clone)]
pub(super) struct Public {
    point: Point,
    id: Sm2Id,
    /// ZA of GB/T 32918.2 section 5.5. Computed when it is used first.
    identity: OnceLock<[u8; 32]>,
}

/// By whose arithmetic works on it.
#[derive(Clone)]
enum Point {
    Crate(by_crate::Public),
    Own(OwnPublic),
}

/// A scalar in [1, n−2]. Wiped when dropped. That of the crate stands in a box: in the room for it, which the
/// other does not fill, would be whatever the stack held, a copy of the scalar for one.
pub(super) enum Secret {
    Crate(Box<by_crate::Secret>),
    Own(OwnSecret),
}

impl Public {
    /// Reads a SEC 1 point: on the curve and not at infinity, or it is refused.
    pub(super) fn from_point(arithmetic: Arithmetic, point: &[u8]) -> Result<Self, Error> {
        if let Some(own) = OwnPublic::from_point(arithmetic, KeyAlgorithm::Sm2, point) {
            return Ok(Self::new(Point::Own(own)));
        }
        // It may be compressed.
        let key = by_crate::Public::from_point(point)?;
        let own = OwnPublic::from_point(arithmetic, KeyAlgorithm::Sm2, &key.to_point());
        Ok(Self::new(own.map_or(Point::Crate(key), Point::Own)))
    }

    fn new(point: Point) -> Self {
        Self { point, id: Sm2Id::default(), identity: OnceLock::new() }
    }

    /// The same point with another identifier.
    pub(super) fn with_id(&self, id: Sm2Id) -> Self {
        Self { point: self.point.clone(), id, identity: OnceLock::new() }
    }

    /// The uncompressed SEC 1 form.
    pub(super) fn to_point(&self) -> Vec<u8> {
        match &self.point {
            Point::Crate(key) => key.to_point(),
            Point::Own(key) => key.to_point(),
        }
    }

    /// Whether this crate's own arithmetic works on it.
    pub(super) fn own(&self) -> Option<&OwnPublic> {
        match &self.point {
            Point::Crate(_) => None,
            Point::Own(key) => Some(key),
        }
    }

    /// `is_often` says that many signatures of this key are verified.
    pub(super) fn verify(&self, digest: &[u8], signature: &[u8], is_often: bool) -> bool {
        let Ok((r, s)) = read_pair(signature, WIDTH) else {
            return false;
        };
        match &self.point {
            Point::Crate(key) => key.verify(digest, &r, &s),
            Point::Own(key) if is_often => key.verify_often(digest, &r, &s),
            Point::Own(key) => key.verify(digest, &r, &s),
        }
    }

    /// What SM3 hashes for e of GB/T 32918.2 section 6.1, step A1.
    pub(super) fn hashed<'m>(&'m self, message: &'m [u8]) -> Message<'m> {
        let prefix = self.identity.get_or_init(|| identity(&self.to_point(), self.id.as_str()));
        Message { prefix, message }
    }
}

impl Secret {
    pub(super) fn generate(arithmetic: Arithmetic, rng: &mut impl CryptoRng) -> Self {
        let mut scalar = Zeroizing::new([0; WIDTH]);
        loop {
            rng.fill_bytes(scalar.as_mut());
            // All but some in 2^32 draws are in range.
            if let Ok(secret) = Self::from_scalar(arithmetic, scalar.as_ref()) {
                return secret;
            }
        }
    }

    /// The same for many.
    pub(super) fn generate_many(
        arithmetic: Arithmetic,
        count: usize,
        rng: &mut impl CryptoRng,
    ) -> Vec<Self> {
        let mut scalars = Zeroizing::new(vec![0; count.saturating_mul(WIDTH)]);
        rng.fill_bytes(&mut scalars);
        let all: Vec<&[u8]> = scalars.chunks_exact(WIDTH).collect();
        let made = OwnSecret::from_scalars(arithmetic, KeyAlgorithm::Sm2, &all).into_iter();
        // Out of range, or not for this arithmetic.
        made.map(|own| own.map_or_else(|| Self::generate(arithmetic, rng), Self::Own)).collect()
    }

    /// A scalar from its big-endian bytes: in [1, n−2] (GB/T 32918.1 section 6.1), or it is refused.
    pub(super) fn from_scalar(arithmetic: Arithmetic, scalar: &[u8]) -> Result<Self, Error> {
        let significant = scalar.iter().position(|byte| *byte != 0).unwrap_or(scalar.len());
        let significant = scalar.get(significant..).unwrap_or(scalar);
        let bytes = Zeroizing::new(fixed_width("private key", "privateKey", significant, WIDTH)?);
        match OwnSecret::from_scalar(arithmetic, KeyAlgorithm::Sm2, &bytes) {
            Some(own) => Ok(Self::Own(own)),
            None => Ok(Self::Crate(Box::new(by_crate::Secret::from_scalar(&bytes)?))),
        }
    }

    pub(super) fn to_scalar(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Crate(key) => key.to_scalar(),
            Self::Own(own) => own.to_scalar(),
        }
    }

    pub(super) fn public(&self) -> Result<Public, Error> {
        match self {
            Self::Crate(key) => by_crate::Public::from_point(&key.to_point())
                .map(|point| Public::new(Point::Crate(point))),
            Self::Own(own) => Ok(Public::new(Point::Own(own.public()))),
        }
    }

    /// A key whose signatures are wrong.
    #[cfg(all(test, feature = "fast-arithmetic"))]
    pub(super) fn with_fault(self, fault: crate::curves::Fault) -> Self {
        match self {
            Self::Own(own) => Self::Own(own.with_fault(fault)),
            other => other,
        }
    }

    /// Whether this crate's own arithmetic works on it.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// Signs each digest with a nonce hedged with the extra bytes beside it, or with the one of RFC 6979
    /// over SM3 where there are none.
    pub(super) fn sign_many(
        &self,
        digests: &[&[u8]],
        extras: &[&[u8]],
    ) -> Vec<Result<Vec<u8>, Error>> {
        let all = digests.iter().zip(extras);
        let Self::Own(own) = self else {
            return all.map(|(digest, extra)| self.sign_by_crate(digest, extra)).collect();
        };
        let nonce = |(digest, extra): (&&[u8], &&[u8])| match of_sm3(digest) {
            Ok(digest) if extra.is_empty() => {
                Zeroizing::new(Nonces::new(&own.to_scalar(), digest, &[]).next().to_vec())
            }
            Ok(digest) => own.hedged_nonce(digest, extra),
            // No nonce gives no signature, and the crates refuse the digest.
            Err(_) => Zeroizing::default(),
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
                None => self.sign_by_crate(digest, extra),
            })
            .collect()
    }

    /// The same by the RustCrypto crates, which hedge after RFC 6979 section 3.6.
    pub(super) fn sign_by_crate(&self, digest: &[u8], extra: &[u8]) -> Result<Vec<u8>, Error> {
        let digest = of_sm3(digest)?;
        let (r, s) = match self {
            Self::Crate(key) => key.sign(digest, extra),
            Self::Own(own) => by_crate::Secret::from_scalar(&own.to_scalar())?.sign(digest, extra),
        };
        Arithmetic::count_elsewhere(1);
        Ok(encode_pair(&r, &s))
    }
}

/// A digest of SM3, which is as long as a scalar.
fn of_sm3(digest: &[u8]) -> Result<&[u8; WIDTH], Error> {
    let problem = || format!("{} bytes, not {WIDTH}", digest.len());
    digest.try_into().map_err(|_| Error::malformed("digest", "", problem()))
}

/// ZA = SM3(ENTL ‖ ID ‖ a ‖ b ‖ xG ‖ yG ‖ xA ‖ yA), GB/T 32918.2 section 5.5.
fn identity(point: &[u8], id: &str) -> [u8; 32] {
    // a, b, xG and yG of GB/T 32918.5.
    const CURVE: [u8; 128] = curve_parameters();
    // The identifier has at most 8191 bytes, so its bits fit.
    let bits = (id.len() as u16).wrapping_mul(8);
    Sm3::new()
        .chain_update(bits.to_be_bytes())
        .chain_update(id.as_bytes())
        .chain_update(CURVE)
        .chain_update(point.get(1..).unwrap_or_default())
        .finalize()
        .into()
}

const fn curve_parameters() -> [u8; 128] {
    const HEX: &[u8; 256] = b"fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc\
28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93\
32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7\
bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0";
    let mut bytes = [0; 128];
    let mut at = 0;
    #[allow(clippy::indexing_slicing)] // evaluated by the compiler, which checks the bounds
    while at < 128 {
        bytes[at] = digit(HEX[2 * at]) << 4 | digit(HEX[2 * at + 1]);
        at += 1;
    }
    bytes
}

const fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        _ => character - b'a' + 10,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::hashes::Hash;
    use crate::key::digests::digest;

    pub(in crate::key) fn hex(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
    }

    // The example of GB/T 32918.5 annex A.2, nonce included.
    pub(in crate::key) const SCALAR: &str =
        "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    pub(in crate::key) const DIGEST: &str =
        "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
    pub(in crate::key) const NONCE: &str =
        "59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21";
    pub(in crate::key) const R: &str =
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";
    pub(in crate::key) const S: &str =
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

    #[test]
    fn the_standards_example() {
        let secret = Secret::from_scalar(Arithmetic::default(), &hex(SCALAR)).unwrap();
        let public = secret.public().unwrap();
        let expected = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                        ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
        assert_eq!(public.to_point(), hex(expected));
        let e = |public: &Public, message| digest(Hash::Sm3, &public.hashed(message));
        let digest = e(&public, b"message digest");
        let za = "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3";
        assert_eq!(public.identity.get().unwrap().to_vec(), hex(za));
        assert_eq!(digest, hex(DIGEST));
        let signature = encode_pair(&hex(R), &hex(S));
        assert!(public.verify(&digest, &signature, false));
        assert!(!public.verify(&e(&public, b"message digesu"), &signature, false));
        let other = public.with_id(Sm2Id::new("").unwrap());
        assert!(!other.verify(&e(&other, b"message digest"), &signature, false));
    }

    #[test]
    fn scalars_end_at_n_minus_2() {
        let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d541";
        assert!(
            Secret::from_scalar(Arithmetic::default(), &hex(&format!("{order}21"))).is_ok(),
            "n-2"
        );
        for last in ["22", "23", "24"] {
            assert!(
                Secret::from_scalar(Arithmetic::default(), &hex(&format!("{order}{last}")))
                    .is_err(),
                "{last}"
            );
        }
        assert!(Secret::from_scalar(Arithmetic::default(), &[0; 32]).is_err());
        assert!(Secret::from_scalar(Arithmetic::default(), &[1]).is_ok());
        assert!(Secret::from_scalar(Arithmetic::default(), &[1; 33]).is_err());
    }
}
