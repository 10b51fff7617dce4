//! RSA key files from their numbers.

use certwright::KeyPair;
use crypto_bigint::{BoxedUint, ConcatenatingMul, Gcd, NonZero, Resize};

use super::{SEQUENCE, content, hex, integer, malformed, rsa_public_key, value, whole};

/// The numbers of a private key.
#[derive(Clone)]
pub struct Numbers {
    pub n: BoxedUint,
    pub e: BoxedUint,
    pub d: BoxedUint,
    pub p: BoxedUint,
    pub q: BoxedUint,
}

impl Numbers {
    /// The key of two factors, as if they were prime.
    pub fn new(p: &str, q: &str, exponent: u64) -> Self {
        let (p, q, e) = (boxed(p), boxed(q), number(exponent));
        let mut numbers = Self { n: p.concatenating_mul(&q), e, d: number(0), p, q };
        numbers.d = inverse(&numbers.e, &numbers.lcm());
        numbers
    }

    /// Reads RSAPrivateKey.
    pub fn read(der: &[u8]) -> Self {
        let mut rest = content(der);
        let mut next = || {
            let integer = whole(rest);
            rest = &rest[integer.len()..];
            BoxedUint::from_be_slice_vartime(content(integer))
        };
        let _version = next();
        let [n, e, d, p, q] = [(); 5].map(|()| next());
        Self { n, e, d, p, q }
    }

    pub fn p_minus_1(&self) -> BoxedUint {
        self.p.wrapping_sub(number(1))
    }

    pub fn q_minus_1(&self) -> BoxedUint {
        self.q.wrapping_sub(number(1))
    }

    /// lcm(p-1, q-1).
    pub fn lcm(&self) -> BoxedUint {
        let divisor = NonZero::new(self.p_minus_1().gcd(&self.q_minus_1())).unwrap();
        self.p_minus_1().wrapping_div(&divisor).concatenating_mul(self.q_minus_1())
    }

    pub fn public(&self) -> Vec<u8> {
        rsa_public_key(&self.n.to_be_bytes(), &self.e.to_be_bytes())
    }

    /// RSAPrivateKey.
    pub fn pkcs1(&self) -> Vec<u8> {
        let remainder = |modulus: BoxedUint| self.d.rem(&NonZero::new(modulus).unwrap());
        let coefficient = self.q.invert_mod(&NonZero::new(self.p.clone()).unwrap());
        self.pkcs1_with_crt([
            &remainder(self.p_minus_1()).to_be_bytes(),
            &remainder(self.q_minus_1()).to_be_bytes(),
            &coefficient.into_option().unwrap_or(number(1)).to_be_bytes(),
        ])
    }

    pub fn pkcs1_with_crt(&self, crt: [&[u8]; 3]) -> Vec<u8> {
        let numbers = [&number(0), &self.n, &self.e, &self.d, &self.p, &self.q];
        let numbers = numbers.map(|number| integer(&number.to_be_bytes())).concat();
        value(SEQUENCE, &[&numbers, &crt.map(integer).concat()])
    }

    /// Why the key is malformed.
    #[track_caller]
    pub fn refusal(&self) -> String {
        malformed(KeyPair::from_pkcs1_der(&self.pkcs1_with_crt([&[1]; 3]))).1
    }
}

pub fn boxed(digits: &str) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(&hex(digits))
}

pub fn number(small: u64) -> BoxedUint {
    BoxedUint::from(small)
}

pub fn product(p: &str, q: &str) -> BoxedUint {
    boxed(p).concatenating_mul(boxed(q))
}

/// number⁻¹ modulo a modulus.
pub fn inverse(number: &BoxedUint, modulus: &BoxedUint) -> BoxedUint {
    // Both must have room for the same length.
    let number = number.clone().resize(modulus.bits_precision());
    number.invert_mod(&NonZero::new(modulus.clone()).unwrap()).unwrap()
}

/// The private key inside PrivateKeyInfo.
pub fn whole_private_key(der: &[u8]) -> &[u8] {
    let after_version = &content(der)[3..];
    content(&after_version[whole(after_version).len()..])
}
