//! The numbers of RSA keys, and what of a message they raise.

use std::sync::{Arc, OnceLock};

use ::rsa::{BoxedUint, Pkcs1v15Sign, PublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm};
use crate::arithmetic::Arithmetic;
use crate::error::Error;
use crate::lanes::{self, bit_length};
use crate::limits::RSA_EXPONENT_BITS;

/// The only public exponent this crate generates (FIPS 186-5 section 5.4 allows larger ones too).
pub(super) const PUBLIC_EXPONENT: u64 = 65_537;

/// A modulus and exponent.
#[derive(Clone)]
pub(super) struct Public {
    /// Big-endian, without leading zeros.
    pub(super) modulus: Box<[u8]>,
    /// At most 2^33.
    pub(super) exponent: u64,
    /// The same for the rsa crate, which computes half a signature's check to make it: once there is
    /// use for it.
    key: OnceLock<Option<PublicKey>>,
    /// The same for our own arithmetic: what it computes for a modulus, once there is use for it.
    own: OnceLock<Option<Arc<dyn lanes::PublicKey>>>,
    pub(super) arithmetic: Arithmetic,
}

impl Public {
    /// A key from its big-endian numbers: a modulus of a size that is read, an odd exponent below 2^33.
    pub(super) fn from_numbers(
        modulus: &[u8],
        exponent: &[u8],
    ) -> Result<(KeyAlgorithm, Self), Error> {
        let bits = bit_length(modulus);
        let algorithm = KeyAlgorithm::rsa_of_bits(bits).ok_or_else(|| {
            let allowed = "RSA of 1024 bits, or of 2048 to 8192 bits";
            Error::unsupported("public key", format!("RSA of {bits} bits"), allowed)
        })?;
        let malformed = |problem| Error::malformed("public key", algorithm.to_string(), problem);
        if bit_length(exponent) > RSA_EXPONENT_BITS {
            return Err(malformed("the public exponent is above 2^33"));
        }
        let exponent = exponent.iter().fold(0, |value: u64, byte| value << 8 | u64::from(*byte));
        let is_odd = modulus.last().is_some_and(|last| last % 2 == 1);
        // The same range as the rsa crate's, which is that of `RSA_EXPONENT_BITS`.
        if !is_odd || exponent % 2 == 0 || !(3..1 << 33).contains(&exponent) {
            return Err(malformed("the modulus is even, or the exponent even or outside 3..2^33"));
        }
        let first = modulus.iter().position(|byte| *byte != 0).unwrap_or(0);
        let modulus = modulus.get(first..).unwrap_or_default().into();
        Ok((
            algorithm,
            Self {
                modulus,
                exponent,
                key: OnceLock::new(),
                own: OnceLock::new(),
                arithmetic: Arithmetic::default(),
            },
        ))
    }

    /// For our own arithmetic, where the key fits it.
    pub(super) fn own(&self) -> Option<&dyn lanes::PublicKey> {
        let make = || lanes::public_key(&self.modulus, self.exponent).map(Arc::from);
        self.own.get_or_init(make).as_deref()
    }

    /// For the rsa crate.
    pub(super) fn key(&self) -> Option<&PublicKey> {
        let make = || PublicKey::new(number(&self.modulus), self.exponent.into()).ok();
        self.key.get_or_init(make).as_ref()
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 section 9.2). Every key is long enough for every digest.
pub(super) fn padded(algorithm: SignatureAlgorithm, message: &[u8], length: usize) -> Vec<u8> {
    let (scheme, digest) = scheme(algorithm, message);
    padded_digest(&scheme, &digest, length)
}

/// The same of a digest.
pub(super) fn padded_digest(scheme: &Pkcs1v15Sign, digest: &[u8], length: usize) -> Vec<u8> {
    let mut padded = vec![0xff; length.saturating_sub(scheme.prefix.len() + digest.len() + 1)];
    if let [first, second, ..] = padded.as_mut_slice() {
        (*first, *second) = (0, 1);
    }
    padded.push(0);
    padded.extend_from_slice(&scheme.prefix);
    padded.extend_from_slice(digest);
    padded
}

/// The padding and the digest. Algorithms of other families do not come here.
pub(super) fn scheme(algorithm: SignatureAlgorithm, message: &[u8]) -> (Pkcs1v15Sign, Vec<u8>) {
    match algorithm {
        SignatureAlgorithm::RsaSha384 => {
            (Pkcs1v15Sign::new::<Sha384>(), Sha384::digest(message).to_vec())
        }
        SignatureAlgorithm::RsaSha512 => {
            (Pkcs1v15Sign::new::<Sha512>(), Sha512::digest(message).to_vec())
        }
        SignatureAlgorithm::RsaSha256
        | SignatureAlgorithm::EcdsaSha256
        | SignatureAlgorithm::EcdsaSha384
        | SignatureAlgorithm::EcdsaSha512
        | SignatureAlgorithm::Sm2Sm3 => {
            (Pkcs1v15Sign::new::<Sha256>(), Sha256::digest(message).to_vec())
        }
    }
}

pub(super) fn number(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(bytes)
}
