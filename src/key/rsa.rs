//! RSA signatures of PKCS #1 v1.5 (RFC 8017 section 8.2), always blinded.

use std::sync::OnceLock;

use ::rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use ::rsa::{BoxedUint, Pkcs1v15Sign, PrivateKey, PublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::rsa_health::{Primes, TOO_CLOSE, private_weaknesses};
use super::rsa_verify::{Claim, verify_many};
use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm};
use crate::error::Error;
use crate::lanes::{PrivateNumbers, RsaKey, bit_length};
use crate::limits::RSA_EXPONENT_BITS;
use crate::wire::private_key::{RsaParts, encode_rsa_private};

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
}

/// A private key; its drop wipes it.
pub(super) struct Secret {
    pub(super) key: PrivateKey,
    algorithm: KeyAlgorithm,
    /// The same key for several messages at once.
    pub(super) lanes: Option<RsaKey>,
}

impl Public {
    /// A key from its big-endian numbers: a modulus of a known size, an odd exponent below 2^33.
    pub(super) fn from_numbers(
        modulus: &[u8],
        exponent: &[u8],
    ) -> Result<(KeyAlgorithm, Self), Error> {
        let bits = bit_length(modulus);
        let algorithm = KeyAlgorithm::rsa_of_bits(bits).ok_or_else(|| {
            let allowed = "RSA of exactly 1024, 2048, 3072 or 4096 bits";
            Error::unsupported("public key", format!("RSA of {bits} bits"), allowed)
        })?;
        let malformed = |problem| Error::malformed("public key", algorithm.to_string(), problem);
        if bit_length(exponent) > RSA_EXPONENT_BITS {
            return Err(malformed("the public exponent is above 2^33"));
        }
        let exponent = exponent.iter().fold(0, |value: u64, octet| value << 8 | u64::from(*octet));
        let is_odd = modulus.last().is_some_and(|last| last % 2 == 1);
        // The same range as the rsa crate's, which is that of `RSA_EXPONENT_BITS`.
        if !is_odd || exponent % 2 == 0 || !(3..1 << 33).contains(&exponent) {
            return Err(malformed("the modulus is even, or the exponent even or outside 3..2^33"));
        }
        let first = modulus.iter().position(|octet| *octet != 0).unwrap_or(0);
        let modulus = modulus.get(first..).unwrap_or_default().into();
        Ok((algorithm, Self { modulus, exponent, key: OnceLock::new() }))
    }

    /// For the rsa crate.
    pub(super) fn key(&self) -> Option<&PublicKey> {
        let make = || PublicKey::new(number(&self.modulus), self.exponent.into()).ok();
        self.key.get_or_init(make).as_ref()
    }

    pub(super) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let claim = Claim { key: self, algorithm, message, signature };
        verify_many(&[claim]).contains(&true)
    }
}

impl Secret {
    /// A key of two primes, which were tested; `None` when FIPS 186-5 A.1.1 or A.1.3 does not
    /// allow the two together.
    pub(super) fn from_primes(algorithm: KeyAlgorithm, p: &[u8], q: &[u8]) -> Option<Self> {
        let [p, q] = larger_first(number(p), number(q));
        // With d modulo lcm(p−1, q−1), as FIPS 186-5 A.1.1 has it.
        let key = PrivateKey::from_p_q(p, q, BoxedUint::from(PUBLIC_EXPONENT)).ok()?;
        private_weaknesses(&key, Primes::Tested).is_empty().then(|| Self::new(key, algorithm))
    }

    fn new(key: PrivateKey, algorithm: KeyAlgorithm) -> Self {
        let mut secret = Self { key, algorithm, lanes: None };
        secret.lanes = secret.octets().ok().and_then(|octets| {
            let numbers = PrivateNumbers {
                modulus: &secret.key.n_bytes(),
                p: &octets.p,
                q: &octets.q,
                dp: &octets.dp,
                dq: &octets.dq,
                q_inverse: &octets.q_inverse,
            };
            let is_usual = *secret.key.e() == BoxedUint::from(PUBLIC_EXPONENT);
            is_usual.then(|| RsaKey::new(&numbers)).flatten()
        });
        secret
    }

    /// A key from its numbers: consistent, of prime factors, of a known size and healthy.
    pub(super) fn from_parts(parts: RsaParts<'_>) -> Result<Self, Error> {
        let RsaParts { modulus, public_exponent, private_exponent, prime1, prime2, .. } = parts;
        let (algorithm, public) = Public::from_numbers(modulus, public_exponent)?;
        let malformed =
            |problem: &str| Error::malformed("private key", algorithm.to_string(), problem);
        let half = modulus.len().div_ceil(2);
        if bit_length(private_exponent) > bit_length(modulus)
            || [prime1, prime2].iter().any(|prime| prime.len() > half || prime.is_empty())
        {
            return Err(malformed("a number of the wrong size"));
        }
        let [p, q] = larger_first(number(prime1), number(prime2));
        // The rsa crate takes equal factors for numbers that do not belong together.
        if p == q {
            return Err(malformed(TOO_CLOSE));
        }
        let given = PrivateKey::from_components(
            number(&public.modulus),
            public.exponent.into(),
            number(private_exponent),
            vec![p.clone(), q.clone()],
        )
        .map_err(|_| malformed("the numbers do not belong together"))?;
        // The same key with d modulo lcm(p−1, q−1), as FIPS 186-5 A.1.1 bounds it.
        let key = PrivateKey::from_p_q(p, q, public.exponent.into()).unwrap_or(given);
        let weaknesses = private_weaknesses(&key, Primes::Untested);
        if !weaknesses.is_empty() {
            return Err(malformed(&weaknesses.join("; ")));
        }
        Ok(Self::new(key, algorithm))
    }

    pub(super) fn public_numbers(&self) -> (Box<[u8]>, Box<[u8]>) {
        (self.key.n_bytes(), self.key.e_bytes())
    }

    /// The DER of its PrivateKeyInfo.
    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let PrivateOctets { d, p, q, dp, dq, q_inverse } = &self.octets()?;
        let parts = RsaParts {
            modulus: &self.key.n_bytes(),
            public_exponent: &self.key.e_bytes(),
            private_exponent: d,
            prime1: p,
            prime2: q,
            crt: [dp, dq, q_inverse],
        };
        Ok(encode_rsa_private(self.algorithm, parts))
    }

    fn octets(&self) -> Result<PrivateOctets, Error> {
        let missing = || Error::malformed("private key", "CRT values", "not computed");
        let [p, q] = self.key.primes() else {
            return Err(missing());
        };
        let (dp, dq) = (self.key.dp().ok_or_else(missing)?, self.key.dq().ok_or_else(missing)?);
        let q_inverse = Zeroizing::new(self.key.crt_coefficient().ok_or_else(missing)?);
        let octets = |number: &BoxedUint| Zeroizing::new(number.to_be_bytes());
        Ok(PrivateOctets {
            d: octets(self.key.d()),
            p: octets(p.as_ref()),
            q: octets(q.as_ref()),
            dp: octets(dp),
            dq: octets(dq),
            q_inverse: octets(&q_inverse),
        })
    }
}

/// The numbers that only the owner has, in big-endian octets.
struct PrivateOctets {
    d: Zeroizing<Box<[u8]>>,
    p: Zeroizing<Box<[u8]>>,
    q: Zeroizing<Box<[u8]>>,
    dp: Zeroizing<Box<[u8]>>,
    dq: Zeroizing<Box<[u8]>>,
    q_inverse: Zeroizing<Box<[u8]>>,
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
        _ => (Pkcs1v15Sign::new::<Sha256>(), Sha256::digest(message).to_vec()),
    }
}

/// PKCS #1 does not order the primes, but every common writer puts the larger first, and some
/// readers count on it in their CRT arithmetic.
fn larger_first(p: BoxedUint, q: BoxedUint) -> [BoxedUint; 2] {
    if p < q { [q, p] } else { [p, q] }
}

fn number(octets: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(octets)
}
