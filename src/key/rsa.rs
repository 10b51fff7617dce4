//! Private RSA keys, for signatures of PKCS #1 v1.5 (RFC 8017 section 8.2).

use ::rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use ::rsa::{BoxedUint, PrivateKey};
use zeroize::Zeroizing;

use super::rsa_health::{Primes, TOO_CLOSE, private_weaknesses};
use super::rsa_numbers::{PUBLIC_EXPONENT, Public, number};
use crate::algorithm::KeyAlgorithm;
use crate::arithmetic::Arithmetic;
use crate::error::Error;
use crate::lanes::{PrivateNumbers, RsaKey, bit_length};
use crate::wire::private_key::{RsaParts, encode_rsa_private};

/// A private key; its drop wipes it.
pub(super) struct Secret {
    pub(super) key: PrivateKey,
    algorithm: KeyAlgorithm,
    /// The same key for several messages at once.
    pub(super) lanes: Option<RsaKey>,
}

impl Secret {
    /// A key of two primes, which were tested; `None` when FIPS 186-5 A.1.1 or A.1.3 does not
    /// allow the two together.
    pub(super) fn from_primes(
        arithmetic: Arithmetic,
        algorithm: KeyAlgorithm,
        p: &[u8],
        q: &[u8],
    ) -> Option<Self> {
        let [p, q] = larger_first(number(p), number(q));
        // With d modulo lcm(p−1, q−1), as FIPS 186-5 A.1.1 has it.
        let key = PrivateKey::from_p_q(p, q, BoxedUint::from(PUBLIC_EXPONENT)).ok()?;
        private_weaknesses(&key, Primes::Tested)
            .is_empty()
            .then(|| Self::new(arithmetic, key, algorithm))
    }

    fn new(arithmetic: Arithmetic, key: PrivateKey, algorithm: KeyAlgorithm) -> Self {
        let mut secret = Self { key, algorithm, lanes: None };
        secret.set_arithmetic(arithmetic);
        secret
    }

    pub(super) fn set_arithmetic(&mut self, arithmetic: Arithmetic) {
        self.lanes = self.bytes().ok().and_then(|bytes| {
            let numbers = PrivateNumbers {
                modulus: &self.key.n_bytes(),
                p: &bytes.p,
                q: &bytes.q,
                dp: &bytes.dp,
                dq: &bytes.dq,
                q_inverse: &bytes.q_inverse,
            };
            let is_usual = *self.key.e() == BoxedUint::from(PUBLIC_EXPONENT);
            is_usual.then(|| RsaKey::new(arithmetic, &numbers)).flatten()
        });
    }

    /// A key from its numbers: consistent, of prime factors, of a known size and healthy.
    pub(super) fn from_parts(parts: RsaParts<'_>) -> Result<Self, Error> {
        let RsaParts { modulus, public_exponent, private_exponent, prime1, prime2, .. } = parts;
        let bits = bit_length(modulus);
        if matches!(KeyAlgorithm::rsa_of_bits(bits), None | Some(KeyAlgorithm::RsaOther(_))) {
            // To say whether its factors are prime costs the cube of their length.
            let allowed = "private keys of RSA with exactly 1024, 2048, 3072 or 4096 bits";
            return Err(Error::unsupported("private key", format!("RSA of {bits} bits"), allowed));
        }
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
        .map_err(|_| malformed("the numbers are inconsistent"))?;
        // The same key with d modulo lcm(p−1, q−1), as FIPS 186-5 A.1.1 bounds it.
        let key = PrivateKey::from_p_q(p, q, public.exponent.into()).unwrap_or(given);
        let weaknesses = private_weaknesses(&key, Primes::Untested);
        if !weaknesses.is_empty() {
            return Err(malformed(&weaknesses.join("; ")));
        }
        Ok(Self::new(Arithmetic::default(), key, algorithm))
    }

    pub(super) fn public_numbers(&self) -> (Box<[u8]>, Box<[u8]>) {
        (self.key.n_bytes(), self.key.e_bytes())
    }

    /// The DER of its PrivateKeyInfo.
    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let PrivateBytes { d, p, q, dp, dq, q_inverse } = &self.bytes()?;
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

    fn bytes(&self) -> Result<PrivateBytes, Error> {
        let missing = || Error::malformed("private key", "CRT values", "not computed");
        let [p, q] = self.key.primes() else {
            return Err(missing());
        };
        let (dp, dq) = (self.key.dp().ok_or_else(missing)?, self.key.dq().ok_or_else(missing)?);
        let q_inverse = Zeroizing::new(self.key.crt_coefficient().ok_or_else(missing)?);
        let bytes = |number: &BoxedUint| Zeroizing::new(number.to_be_bytes());
        Ok(PrivateBytes {
            d: bytes(self.key.d()),
            p: bytes(p.as_ref()),
            q: bytes(q.as_ref()),
            dp: bytes(dp),
            dq: bytes(dq),
            q_inverse: bytes(&q_inverse),
        })
    }
}

/// The numbers that only the owner has, in big-endian bytes.
struct PrivateBytes {
    d: Zeroizing<Box<[u8]>>,
    p: Zeroizing<Box<[u8]>>,
    q: Zeroizing<Box<[u8]>>,
    dp: Zeroizing<Box<[u8]>>,
    dq: Zeroizing<Box<[u8]>>,
    q_inverse: Zeroizing<Box<[u8]>>,
}

/// PKCS #1 does not order the primes, but every common writer puts the larger first, and some
/// readers count on it in their CRT arithmetic.
fn larger_first(p: BoxedUint, q: BoxedUint) -> [BoxedUint; 2] {
    if p < q { [q, p] } else { [p, q] }
}
